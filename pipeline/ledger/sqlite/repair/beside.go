package repair

import (
	"fmt"
	"maps"
	"slices"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// besideIn lists the fan-out lookups of a row as they would be written anew.
func (f *repairer) besideIn(v *sqlite.Named) []lost {
	var out []lost
	for _, vendor := range slices.Sorted(maps.Keys(v.Beside)) {
		id := v.Beside[vendor]
		out = append(out, lost{id: id, run: v.Run, row: v.Row, dataset: record.DatasetMaintenance, key: f.known.Key(record.DatasetMaintenance, &v.Vehicle),
			vendor: vendor, lead: v.Lookups[record.DatasetMaintenance], every: true})
	}
	return out
}

// besideUnplaced counts numbers that no row names among what cannot be named,
// where vendors were asked side by side and orders are missing: a row that is
// lost may have had more lookups than it has datasets.
func (f *repairer) besideUnplaced(s *idRange, numbers int64) error {
	if numbers == 0 || f.allOrders {
		return nil
	}
	beside, err := f.number("SELECT EXISTS (SELECT 1 FROM lookups WHERE run=? AND every=1)", s.seq)
	if err != nil || beside == 0 {
		return err
	}
	f.unnamed = append(f.unnamed, fmt.Sprintf("what %d lookups were about", numbers))
	return nil
}
