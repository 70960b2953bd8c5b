package sqlite

import (
	"fmt"
	"runtime"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Reading ahead takes no more of each key than counts (60), however many nights have asked it.
func TestForeseeIsBounded(t *testing.T) {
	const rows = 60
	l := openAt(t, t.TempDir())
	var keys [][]byte
	for row := range int64(rows) {
		keys = append(keys, digestOf(0, row))
	}
	nights := 0
	pass := func(more int) (allocated uint64) {
		for range more {
			nights++
			_, plan := startRun(t, l, fmt.Sprint("night", nights))
			must(t, plan.Batch(func(tx ledger.PlanTx) error {
				for row := range int64(rows) {
					pv := ledger.PlannedVehicle{VehicleID: "v", Vehicle: record.Vehicle{Row: row + 1},
						Lookups: []ledger.Lookup{{Dataset: record.DatasetViolations, Key: keys[row], State: ledger.Planned, Vendor: "acme"}}}
					if err := tx.Put(pv); err != nil {
						return err
					}
				}
				return nil
			}))
			_, err := plan.End(rows)
			must(t, err)
		}
		_, plan := startRun(t, l, fmt.Sprint("tonight", nights))
		must(t, plan.Batch(func(tx ledger.PlanTx) error {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := tx.Foresee(nil, keys)
			runtime.ReadMemStats(&after)
			allocated = after.TotalAlloc - before.TotalAlloc
			return err
		}))
		return allocated
	}
	few := pass(60)
	if many := pass(3 * 60); many > few*3/2 {
		t.Errorf("%d nights take %d MiB, %d nights %d MiB", 60, few>>20, 4*60, many>>20)
	}
}
