package export

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Cause is why some lookups of a run failed, and what would fix all of them. Faults of rows are one
// cause whichever dataset was asked; every other failure is one cause for each vendor and dataset.
type Cause struct {
	Class   record.Class
	Code    string // the vendor's, or the columns that are wrong or missing
	Message string // of the first lookup
	Reasons []Reason
	Rows    int64
	Lookups int64
	Asked   []AskedAt // the datasets and vendors that were asked, sorted by dataset and vendor

	// Columns are those to correct or to fill in; Fill are only those to fill in.
	Columns, Fill []string
	// WholeRow says that no single column is wrong, but the rows as a whole.
	WholeRow bool
	// Nowhere says that no row of the list has a value of the columns that are to be filled in, so
	// that the dataset cannot be asked for any row.
	Nowhere bool
	// Paid says that the vendor has charged for it and gives no report: trying again would pay
	// twice.
	Paid bool
	// Free says that another try costs nothing: the order is paid, and the ticket or the answer is
	// kept.
	Free bool
	// Page is what a gateway answered in the vendor's place to an order in doubt.
	Page vendors.Page
	// NotTaken says that by today's declarations the answer reads as refused before the order was
	// taken, so that the doubt can be opened free of charge.
	NotTaken bool
	// AtStake is what the orders in doubt may have cost.
	AtStake record.Fen

	correct []string // of Columns, those to correct
	first   string   // the first of the columns, by which rows are grouped
	kind    string   // the kind of fault of a whole row, which no column names
	lastRow int64    // the last row that was counted
}

// AskedAt is a dataset and the vendor that was asked for it last.
type AskedAt struct {
	Dataset record.Dataset
	Vendor  string
	Lookups int64
	Last    record.Fen // the highest price of a last order, 0 when there was none
}

// Retry tells whether `batch retry` helps without a change of the input.
func (c *Cause) Retry() bool { return retryable(&ledger.Lookup{Class: c.Class}) }

// InRows tells whether the rows are wrong or lack something, so that no vendor was asked.
func (c *Cause) InRows() bool {
	return c.Class == record.InvalidInput || c.Class == record.MissingInput
}

// causeKey is what the failures of one cause have in common.
type causeKey struct {
	dataset    record.Dataset
	vendor     string
	class      record.Class
	code, kind string
	paid, free bool
	page       vendors.Page
	notTaken   bool
	nowhere    bool
}

// AnswerReader reads a vendor's answers as the configuration and the adapter do today.
type AnswerReader struct {
	Reader   vendors.Reader
	NotTaken []vendors.NotTaken
}

// Causes groups the failures of a run; the causes with most lookups come first. The readers, by
// vendor, know which answers are declared as not taken; without a vendor's reader none of its
// answers counts as such.
func Causes(ctx context.Context, l CauseStore, run ledger.Run, readers map[string]AnswerReader) ([]Cause, error) {
	found, lacking := map[causeKey]*Cause{}, absences{}
	err := l.Rows(ctx, run, func(row *ledger.Row) error {
		for i := range row.Lookups {
			if a := &row.Lookups[i]; a.Owner(row) {
				lacking.count(&a.Lookup)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	nowhere := map[record.Dataset][]string{}
	for d := range lacking {
		nowhere[d] = lacking.nowhere(d)
	}
	err = l.Rows(ctx, run, func(row *ledger.Row) error {
		for i := range row.Lookups {
			a := &row.Lookups[i]
			if k := &a.Lookup; (k.State == ledger.Failed || k.State == ledger.InDoubt) && a.Owner(row) {
				c := causeOf(a)
				if err := c.doubt(ctx, l, row, a, readers[k.Vendor]); err != nil {
					return err
				}
				addCause(found, row, a, c, nowhere[k.Dataset])
			}
		}
		return nil
	})
	out := make([]Cause, 0, len(found))
	for _, c := range found {
		if c.InRows() {
			c.Code = strings.Join(c.Columns, " ")
		}
		slices.SortFunc(c.Asked, compareAsked)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Lookups, a.Lookups), compareAsked(a.Asked[0], b.Asked[0]), cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message), compareBool(a.Free, b.Free), compareBool(a.Paid, b.Paid),
			compareBool(a.NotTaken, b.NotTaken), cmp.Compare(a.Page.Rule, b.Page.Rule))
	})
	return out, err
}

func compareAsked(a, b AskedAt) int {
	return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// doubt reads the answer that left an order in doubt.
func (c *Cause) doubt(ctx context.Context, l CauseStore, row *ledger.Row, a *ledger.Asked, reader AnswerReader) error {
	if c.Class != record.DoubtfulOrder || c.Paid {
		return nil
	}
	k, err := l.Sender(ctx, a.Lookup)
	if err != nil || k.Answer == 0 || k.State != ledger.InDoubt {
		return err
	}
	kept, err := l.AnswerByID(ctx, k.Answer)
	if err != nil {
		return fmt.Errorf("read back the answer to lookup %d: %w", k.ID, err)
	}
	if kept.Failure != "" {
		return nil
	}
	r := vendors.Response{Status: kept.Status, Head: vendors.Head(kept.Head), Body: kept.Body}
	c.Page, _ = vendors.PageOf(r)
	if reader.Reader != nil {
		out := vendors.ReadResponse(reader.Reader, reader.NotTaken, k.Dataset, vendors.Submit, &row.Vehicle, r)
		// Only where no other order of the lookup may have been paid.
		c.NotTaken = out.Kind == vendors.Busy && out.Billed == vendors.BilledNo && a.Unknown <= a.Last.Fen
	}
	return nil
}

func addCause(found map[causeKey]*Cause, row *ledger.Row, a *ledger.Asked, c Cause, nowhere []string) {
	at := causeKey{dataset: a.Lookup.Dataset, vendor: a.Lookup.Vendor, class: c.Class, code: c.Code, paid: c.Paid, free: c.Free, page: c.Page, notTaken: c.NotTaken}
	messages := []said{{text: c.Message}}
	if c.InRows() {
		messages = c.inRow(row, &a.Lookup, nowhere)
		at.code, at.kind, at.nowhere = c.first, c.kind, c.Nowhere
		if !c.Nowhere {
			at.dataset, at.vendor = "", ""
		}
	}
	if found[at] == nil {
		found[at] = &c
	}
	found[at].merge(&c)
	found[at].remark(&row.Vehicle, messages)
	found[at].count(row.Vehicle.Row, a)
}

// count adds a lookup; rows come one after the other.
func (c *Cause) count(row int64, a *ledger.Asked) {
	c.Lookups++
	c.AtStake += max(a.Unknown, lastUnknown(a))
	if c.lastRow != row {
		c.lastRow = row
		c.Rows++
	}
	i := slices.IndexFunc(c.Asked, func(at AskedAt) bool { return at.Dataset == a.Lookup.Dataset && at.Vendor == a.Lookup.Vendor })
	if i < 0 {
		c.Asked = append(c.Asked, AskedAt{Dataset: a.Lookup.Dataset, Vendor: a.Lookup.Vendor})
		i = len(c.Asked) - 1
	}
	c.Asked[i].Lookups++
	c.Asked[i].Last = max(c.Asked[i].Last, a.Last.Fen)
}

// lastUnknown is what the last order may have cost, even if an earlier run made it and counts it.
func lastUnknown(a *ledger.Asked) record.Fen {
	if a.Last.Billed != ledger.BilledUnknown {
		return 0
	}
	return a.Last.Fen
}

func causeOf(a *ledger.Asked) Cause {
	k := &a.Lookup
	c := Cause{Class: k.Class, Code: k.Code, Message: k.Message}
	switch k.Class {
	case record.Rejected, record.DoubtfulOrder:
		c.Paid = a.Last.Billed == ledger.BilledYes
	case record.Expired:
		c.Free = k.Ticket != ""
	case record.BadResponse:
		c.Free = k.Ticket != "" || k.Answer != 0
	}
	return c
}
