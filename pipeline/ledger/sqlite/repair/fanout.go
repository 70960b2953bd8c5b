package repair

import (
	"fmt"
	"maps"
	"slices"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// fanOutIn lists the fan-out lookups of a row as they would be written anew.
func (f *repairer) fanOutIn(v *sqlite.Named) []lost {
	var out []lost
	for _, vendor := range slices.Sorted(maps.Keys(v.FanOut)) {
		id := v.FanOut[vendor]
		out = append(out, lost{id: id, run: v.Run, row: v.Row, dataset: record.DatasetMaintenance, key: f.known.Key(record.DatasetMaintenance, &v.Vehicle),
			vendor: vendor, groupID: v.Lookups[record.DatasetMaintenance], fanOut: true})
	}
	return out
}

// fanOutUnplaced counts numbers that no row names among what cannot be named,
// where vendors were asked side by side and orders are missing: a row that is
// lost may have had more lookups than it has datasets.
func (f *repairer) fanOutUnplaced(s *idRange, numbers int64) error {
	if numbers == 0 || f.allOrders {
		return nil
	}
	beside, err := f.number("SELECT EXISTS (SELECT 1 FROM lookups WHERE run=? AND fan_out=1)", s.seq)
	if err != nil || beside == 0 {
		return err
	}
	f.unnamed = append(f.unnamed, fmt.Sprintf("what %d lookups were about", numbers))
	return nil
}
