package export

import (
	"cmp"
	"context"
	"fmt"

	"vehiclebatch/pipeline/changes"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Compared counts what Diff has looked at: lookups of the later run that have an answer, each
// counted for the row that pays.
type Compared struct {
	Lookups int64 // compared with another answer of the earlier run
	Same    int64 // with the very same answer in both runs
	Alone   int64 // without an answer of the earlier run
}

// Diff calls do with what differs between the answers of two runs, in the input
// order of the later one. Lookups without an answer in one of the two are left
// out; so are rows of the earlier run that the later one does not have.
func Diff(ctx context.Context, l Store, earlier, later ledger.Run, readers Readers, do func(sinks.ChangeRow) error) (Compared, error) {
	var sum Compared
	e := exporter{ledger: l, readers: readers, span: ledger.Span{From: earlier.Seq, To: earlier.Seq}}
	err := e.each(ctx, later, func(d *decoded) error {
		sum.count(d.row)
		for i := range d.changes {
			if err := do(d.changes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return sum, err
}

func (c *Compared) count(row *ledger.Row) {
	for i := range row.Lookups {
		a := &row.Lookups[i]
		answered := a.Lookup.State == ledger.Found || a.Lookup.State == ledger.NoRecord
		switch {
		case !answered || row.Duplicate != 0 || !a.Owner(row):
		case a.Earlier == nil:
			c.Alone++
		case a.Earlier.Packed.ID == a.Packed.ID:
			c.Same++
		default:
			c.Lookups++
		}
	}
}

// changed adds what a lookup's answer says that the answer before it did not.
func (e *exporter) changed(d *decoded, lookup int) error {
	row, a, answer := d.row, &d.row.Lookups[lookup], &d.answers[lookup]
	old := a.Earlier
	if old == nil || old.Packed.ID == a.Packed.ID {
		return nil
	}
	now := changes.Said{Status: a.Lookup.State.Status(), Vendor: vendorOf(a.Packed.Vendor, &a.Lookup), Answer: *answer}
	was := changes.Said{Status: old.Lookup.State.Status(), Vendor: vendorOf(old.Packed.Vendor, &old.Lookup)}
	if was.Status == record.Found {
		var err error
		was.Answer, err = e.decodeOne(old.Packed, old.Lookup.Dataset, &old.Vehicle)
		if isNotStored(err) {
			return fmt.Errorf("read the earlier %s answer of run %s: %w", old.Lookup.Dataset, old.RunID, err)
		}
		if err != nil { // the earlier answer can no longer be read, so there is nothing to compare with
			return nil
		}
	}
	note := ""
	if a.Lookup.Dataset == record.DatasetValuation {
		note = changes.Asked(&old.Vehicle, row.VehicleOf(a))
	}
	for _, c := range changes.Compare(was, now) {
		if nth := d.history.nth(lookup); c.Seq > 0 && nth >= 0 {
			c.Seq = d.history.Seq(nth, c.Seq)
		}
		d.changes = append(d.changes, sinks.ChangeRow{VehicleID: row.VehicleID, VIN: row.Vehicle.VIN, Plate: row.Vehicle.Plate,
			Dataset: a.Lookup.Dataset, Vendor: now.Vendor, N: d.changesOf(a.Lookup.Dataset) + 1, Change: c, SeenAt: a.Lookup.AnsweredAt,
			ComparedWith: old.RunID, ComparedVendor: was.Vendor, ComparedAt: old.Lookup.AnsweredAt, Note: note})
	}
	return nil
}

// changesOf counts the changes of a dataset so far.
func (d *decoded) changesOf(dataset record.Dataset) int {
	n := 0
	for i := range d.changes {
		if d.changes[i].Dataset == dataset {
			n++
		}
	}
	return n
}

// vendorOf is the vendor that gave an answer. It may not be the lookup's own: an old answer may
// have come from another vendor than the one that the lookup names now.
func vendorOf(answered string, k *ledger.Lookup) string { return cmp.Or(answered, k.Vendor) }
