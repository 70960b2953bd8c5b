package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// plainQuestion is what is asked about a vehicle where it is asked alone.
func plainQuestion(v *record.Vehicle) []byte {
	return fmt.Appendf(nil, "maintenance %s %d", v.VIN, v.Row)
}

// besideRow is a row whose dataset is asked at both vendors.
func besideRow(run ledger.Run, row int64) ledger.PlannedVehicle {
	p := rowOf(run, row)
	k := p.Lookups[0]
	car := p.Vehicle
	p.Lookups = nil
	for _, vendor := range []string{"acme", "bolt"} {
		k.Vendor, k.Every, k.Question = vendor, true, plainQuestion(&car)
		p.Lookups = append(p.Lookups, k)
	}
	return p
}

func planBeside(t fatal, l *Ledger, id string, n int64) (ledger.Run, []ledger.Work) {
	t.Helper()
	run, plan := startRun(t, l, id)
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range n {
			if err := tx.Put(besideRow(run, row+1)); err != nil {
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

func TestRowsHaveTheLookupsThatStandBesideEachOther(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planBeside(t, l, "one", 3)
	if len(work) != 6 {
		t.Fatalf("%d lookups", len(work))
	}
	lead := int64(0)
	must(t, l.Rows(context.Background(), run, func(r *ledger.Row) error {
		if len(r.Lookups) != 2 || r.Lookups[0].Lookup.Vendor != "acme" || r.Lookups[1].Lookup.Vendor != "bolt" {
			t.Errorf("row %d has %+v", r.Vehicle.Row, r.Lookups)
		}
		lead = r.Lookups[0].Lookup.ID
		for _, a := range r.Lookups {
			if a.Lookup.Lead != lead || !bytes.Equal(a.Lookup.Question, plainQuestion(&r.Vehicle)) {
				t.Errorf("lookup %+v of lead %d", a.Lookup, lead)
			}
		}
		return nil
	}))
	list, err := l.MaintenanceOf(context.Background(), run.Seq, 3)
	must(t, err)
	if len(list) != 2 || list[0].ID != lead || list[1].Lead != lead {
		t.Errorf("beside %d stand %+v", lead, list)
	}
	all, err := l.Asked(context.Background(), work[0].Lookup.Question)
	must(t, err)
	if len(all) != 2 || all[0].ID < all[1].ID {
		t.Errorf("asked are %+v", all)
	}
}

func exec(t *testing.T, l *Ledger, query string) {
	t.Helper()
	_, err := l.writer.conn.ExecContext(context.Background(), query)
	must(t, err)
}
