package ledger

import (
	"fmt"
	"maps"
	"slices"

	"vehiclebatch/pipeline/record"
)

// besideOf are the lookups, by vendor, that a row v of vehicles was asked by side
// by side. The row names them all: which are lost can be said of each.
func besideOf(vehicles string) string {
	return fmt.Sprintf("SELECT value FROM json_each(IIF(json_valid(%[1]s.details), %[1]s.details, '{}'), '$.beside')", vehicles)
}

// besideIn are the lookups of a row that stand beside each other, as they would
// be written anew.
func (f *mender) besideIn(v *vehicleRow, car *record.Vehicle) []lost {
	var out []lost
	for _, vendor := range slices.Sorted(maps.Keys(v.beside())) {
		id := v.beside()[vendor]
		question := BesideQuestion(f.known.Question(record.DatasetMaintenance, car), vendor)
		out = append(out, lost{id: id, run: v.run, row: v.row, dataset: record.DatasetMaintenance, question: question, vendor: vendor, lead: v.maintenance})
	}
	return out
}

// besideUnplaced counts numbers that no row names among what cannot be named,
// where vendors were asked side by side and orders are missing: a row that is
// lost may have had more lookups than it has datasets.
func (f *mender) besideUnplaced(s *stretch, numbers int64) error {
	if numbers == 0 || f.allOrders {
		return nil
	}
	beside, err := f.number("SELECT EXISTS (SELECT 1 FROM lookups WHERE run=? AND lead>0)", s.seq)
	if err != nil || beside == 0 {
		return err
	}
	f.unnamed = append(f.unnamed, fmt.Sprintf("what %d lookups were about", numbers))
	return nil
}
