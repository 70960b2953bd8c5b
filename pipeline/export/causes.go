package export

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Cause is why some lookups of a run failed, and what would mend all of them.
type Cause struct {
	Dataset record.Dataset
	Vendor  string
	Class   record.Class
	Code    string // the vendor's, or the columns that are wrong or missing
	Message string // of the first
	Lookups int64

	// Columns are those to correct or to fill in.
	Columns []string
	// Paid says that the vendor keeps the money: there is nothing to try again.
	Paid bool
	// Free says that another try costs nothing: the order is paid and the ticket
	// or the answer is kept.
	Free bool
	// Last is the price at which one of them was asked last, 0 when none was.
	Last record.Fen
}

// Retry tells whether `batch retry` helps, without a change of the input.
func (c *Cause) Retry() bool { return retryable(&ledger.Lookup{Class: c.Class}) }

// Causes groups the failures of a run, those with most lookups first.
func Causes(ctx context.Context, l *ledger.Ledger, run ledger.Run) ([]Cause, error) {
	type key struct {
		dataset    record.Dataset
		vendor     string
		class      record.Class
		code       string
		paid, free bool
	}
	found := map[key]*Cause{}
	err := l.Rows(ctx, run, func(row *ledger.Row) error {
		for i := range row.Lookups {
			a := &row.Lookups[i]
			k := &a.Lookup
			if k.State != ledger.Failed && k.State != ledger.InDoubt || !a.Owner(row) {
				continue
			}
			c := causeOf(a)
			at := key{c.Dataset, c.Vendor, c.Class, c.Code, c.Paid, c.Free}
			if found[at] == nil {
				found[at] = &c
			}
			found[at].Lookups++
			found[at].Last = max(found[at].Last, c.Last)
		}
		return nil
	})
	out := make([]Cause, 0, len(found))
	for _, c := range found {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Lookups, a.Lookups), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor),
			cmp.Compare(a.Class, b.Class), cmp.Compare(a.Code, b.Code), cmp.Compare(boolRank(a.Free), boolRank(b.Free)),
			cmp.Compare(boolRank(a.Paid), boolRank(b.Paid)))
	})
	return out, err
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func causeOf(a *ledger.Asked) Cause {
	k := &a.Lookup
	c := Cause{Dataset: k.Dataset, Vendor: k.Vendor, Class: k.Class, Code: k.Code, Message: k.Message, Last: a.Last.Fen}
	switch k.Class {
	case record.InvalidInput, record.MissingInput:
		c.Columns = strings.Fields(k.Code)
	case record.Rejected:
		c.Paid = a.Last.Billed == ledger.BilledYes
	case record.Expired:
		c.Free = k.Ticket != ""
	case record.BadResponse:
		c.Free = k.Ticket != "" || k.Answer != 0
	}
	return c
}
