package repair

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// fanOutRow is a row whose dataset is asked at both vendors.
func fanOutRow(run ledger.Run, row int64) ledger.PlannedVehicle {
	p := rowOf(run, row)
	k := p.Lookups[0]
	car := p.Vehicle
	p.Lookups = nil
	for _, vendor := range []string{"acme", "bolt"} {
		k.Vendor, k.FanOut, k.Key = vendor, true, world.Key(k.Dataset, &car)
		p.Lookups = append(p.Lookups, k)
	}
	return p
}

func planFanOut(t testing.TB, l *sqlite.Ledger, id string, n int64) (ledger.Run, []ledger.Work) {
	t.Helper()
	run, plan := startRun(t, l, id)
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range n {
			if err := tx.Put(fanOutRow(run, row+1)); err != nil {
				return err
			}
		}
		return nil
	})
	run, err := plan.End(n)
	must(t, err)
	must(t, l.WatchMoney(context.Background(), run))
	var work []ledger.Work
	for _, vendor := range []string{"acme", "bolt"} {
		part, err := l.Sendable(context.Background(), run.Seq, vendor, noon, nil, 1000)
		must(t, err)
		work = append(work, part...)
	}
	return run, work
}

func usedFanOut(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for _, id := range []string{"one", "two"} {
		run, work := planFanOut(t, l, id, 60)
		for i, w := range work {
			if i%8 != 7 {
				use(t, l, w, i%8, random)
			}
		}
		run.InputRows = 60
		must(t, l.SetRun(run))
	}
	must(t, l.Close())
	return dir
}

func TestRescueOfLookupsBesideEachOther(t *testing.T) {
	t.Parallel()
	good := usedFanOut(t)
	before := contentsOf(t, good)
	for seed := range uint64(few(8, 40)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			damage(t, rand.New(rand.NewPCG(seed, 3)), filepath.Join(dir, sqlite.FileName))
			r, err := Rescue(context.Background(), dir, options(), world)
			must(t, err)
			checkRescued(t, dir, before, r)
		})
	}
}

// A lookup beside another is named by its row: when it is lost with its orders,
// it is in doubt under the key that a later run asks.
func TestRescueNamesALostLookupBesideAnother(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"id=2", "id=1", "id IN (1, 2)"} {
		for _, orders := range []bool{true, false} {
			dir := t.TempDir()
			l, err := sqlite.Open(context.Background(), dir, options())
			must(t, err)
			_, work := planFanOut(t, l, "one", 2)
			random := rand.New(rand.NewPCG(1, 2))
			for _, w := range work {
				use(t, l, w, 3, random)
			}
			alter(t, dir, "DELETE FROM lookups WHERE "+lost)
			if orders {
				alter(t, dir, "DELETE FROM attempts WHERE lookup IN (1, 2) AND lookup NOT IN (SELECT id FROM lookups)")
			}
			must(t, l.Close())
			e, err := Examine(context.Background(), dir)
			must(t, err)
			if e.Sound() {
				t.Fatalf("%s is not noticed", lost)
			}
			_, err = Rescue(context.Background(), dir, options(), world)
			must(t, err)
			after := contentsOf(t, dir)
			for id, vendor := range map[int64]string{1: "acme", 2: "bolt"} {
				k := after.lookups[id]
				key := world.Key(record.DatasetMaintenance, &record.Vehicle{VIN: "LSVAL41Z882104202", Row: 1})
				if k.State != ledger.InDoubt && (orders || k.State != ledger.Submitting) || k.GroupID != 1 || k.Vendor != vendor || !bytes.Equal(k.Key, key) {
					t.Errorf("%s lost: lookup %d is %+v", lost, id, k)
				}
			}
		}
	}
}

// A row stays while one that it was asked by beside its lead stays.
func TestPurgeKeepsTheRowOfADoubtBesideALead(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planFanOut(t, l, "one", 2)
	random := rand.New(rand.NewPCG(1, 2))
	for _, w := range work {
		kind := 5
		if w.Lookup.ID == 2 {
			kind = 3 // in doubt
		}
		use(t, l, w, kind, random)
	}
	plan := purgeAll(t, l, finish(t, l, run))
	if f := plan[0]; f.Vehicles != 1 || f.Lookups != 3 || f.Doubts != 1 {
		t.Errorf("the plan says %+v", f)
	}
	must(t, l.Rows(context.Background(), run, func(r *ledger.Row) error {
		if kept := r.Vehicle.VIN != ""; kept != (r.Vehicle.Row == 1) {
			t.Errorf("row %d is kept: %v", r.Vehicle.Row, kept)
		}
		return nil
	}))
}

// Of a ledger whose process was killed while it began it nothing is rescued: the next run begins it anew.
func TestAHalfBegunLedgerIsNotRescued(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, sqlite.FileName), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, sqlite.FileName+"-journal"), make([]byte, 512), 0o600))
	e, err := Examine(context.Background(), dir)
	must(t, err)
	if !e.Foreign || len(e.Faults) != 1 || !strings.Contains(e.Faults[0].What, "the next run begins it anew") {
		t.Errorf("found: %+v", e)
	}
}

// Of a simulated workspace a look tells who gave its answers; of another one nobody asks.
func TestExamineTellsWhoGaveMadeUpAnswers(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	alterWithSum(t, dir, "UPDATE answers SET head='Server: nginx'")
	for simulated, want := range []int{0, 1} {
		alterWithSum(t, dir, fmt.Sprintf("UPDATE workspace SET simulated=%d, simulated_twice=%[1]d", simulated))
		e, err := Examine(ctx, dir)
		must(t, err)
		if !e.Sound() || len(e.MadeUpHeads) != want {
			t.Errorf("found: %+v", e)
		}
	}
}
