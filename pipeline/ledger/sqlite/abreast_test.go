package sqlite

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// planMixed plans rows of every kind: with one lookup, none, several, several side
// by side, those of another row, and those of the row that it repeats.
func planMixed(t *testing.T, l *Ledger) ledger.Run {
	t.Helper()
	run, plan := startRun(t, l, "one")
	first, beside, bare, last := rowOf(run, 1), besideRow(run, 3), rowOf(run, 4), rowOf(run, 6)
	bare.Lookups = nil
	last.Lookups = append(last.Lookups, ledger.Lookup{Dataset: record.DatasetViolations, Question: []byte("q"), State: ledger.Planned, Vendor: "acme"})
	put(t, plan, func(tx ledger.PlanTx) error {
		if err := errors.Join(tx.Put(last), tx.Put(first), tx.Put(beside), tx.Put(bare)); err != nil {
			return err
		}
		copied, shared := first.Vehicle, first.Vehicle
		copied.Row, shared.Row = 2, 5
		return errors.Join(tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: copied, Duplicate: 1}),
			tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: shared, Shared: map[record.Dataset]int64{record.DatasetMaintenance: first.Lookups[0].ID}}))
	})
	run, err := plan.End(6)
	must(t, err)
	settleFirst(t, l, run, first.Lookups[0].ID)
	return run
}

// Lookups that are read abreast of the rows are those that are read one by one.
func TestLookupsAbreastAreThoseReadByThemselves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run := planMixed(t, l)
	var abreast, byThemselves []*ledger.Row
	must(t, l.Rows(ctx, run, func(r *ledger.Row) error { abreast = append(abreast, r); return nil }))
	must(t, l.RowsAt(ctx, run, ledger.Span{}, []int64{1, 2, 3, 4, 5, 6}, func(r *ledger.Row) error { byThemselves = append(byThemselves, r); return nil }))
	if len(abreast) != 6 || len(byThemselves) != 6 {
		t.Fatalf("%d and %d rows", len(abreast), len(byThemselves))
	}
	for i, want := range []int{1, 1, 2, 0, 1, 2} {
		if len(abreast[i].Lookups) != want {
			t.Errorf("row %d has %d lookups, want %d", i+1, len(abreast[i].Lookups), want)
		}
		if !reflect.DeepEqual(abreast[i], byThemselves[i]) {
			t.Errorf("row %d is\n%+v\nby itself\n%+v", i+1, abreast[i], byThemselves[i])
		}
	}
}

// A lookup that is missing is told with its row, and after the rows before it.
func TestALookupThatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 4)
	exec(t, l, "PRAGMA foreign_keys=OFF")
	exec(t, l, fmt.Sprintf("DELETE FROM lookups WHERE id=%d", run.FirstLookup+2))
	n := 0
	err := l.Rows(context.Background(), run, func(*ledger.Row) error { n++; return nil })
	if want := fmt.Sprintf("read lookup %d of row 3", run.FirstLookup+2); err == nil || !strings.Contains(err.Error(), want) || n != 2 {
		t.Errorf("%d rows, then %v; want 2, then %s", n, err, want)
	}
}

func TestAnswersUnpackIntoABufferAsWithout(t *testing.T) {
	t.Parallel()
	p, err := newPacker()
	must(t, err)
	defer p.close()
	var buffer []byte
	for _, size := range []int{0, 5000, 3, 700, 40_000, 511} {
		body := strings.Repeat("报告 ", size/7+1)[:size]
		if buffer, err = p.unpackInto(p.pack([]byte(body)), buffer); err != nil || string(buffer) != body {
			t.Errorf("%d bytes come back as %d: %v", size, len(buffer), err)
		}
	}
}
