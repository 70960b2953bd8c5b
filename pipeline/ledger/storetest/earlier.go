package storetest

import (
	"fmt"
	"reflect"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func earlierPromises() []promise {
	return []promise{
		{"the nearest run before that has an answer tells what it was", earlierNearest},
		{"an earlier answer is found by its key, a valuation by its vehicle", earlierByKeyOrVehicle},
		{"of two valuations of a run the one that was asked the same goes before", earlierValuationAskedTheSame},
		{"what came before is news, and what was used again is none", earlierNews},
		{"vendors side by side are held against themselves", earlierSideBySide},
		{"a request that went on is held against its last", earlierOfRequests},
		{"what an earlier answer was asked with comes with it", earlierDerived},
		{"Before is all runs before", beforeIsAllBefore},
	}
}

// answered is a lookup that has an answer of its own.
func (b *bench) answered(k ledger.Lookup, at time.Time) ledger.Lookup {
	b.t.Helper()
	k.State, k.AnsweredAt = ledger.Found, at
	k.Answer = b.receive(ledger.Answer{Lookup: 1 << 40, Vendor: k.Vendor, ReceivedAt: at, Body: append([]byte("answer to "), k.Key...)})
	return k
}

// night is when a run of the tests of earlier answers begins.
func night(n int) time.Time { return noon.AddDate(0, 0, n) }

// nightly makes the run of a night, with a row for each lookup about one vehicle; their answers
// came an hour into the night.
func (b *bench) nightly(n int, lookups ...ledger.Lookup) ledger.Run {
	b.t.Helper()
	run, err := b.NewRun(ledger.Run{ID: fmt.Sprint("night-", n), StartedAt: night(n), Datasets: record.Datasets()})
	b.must(err)
	plan, err := b.StartPlan(ctx(), run)
	b.must(err)
	for i, k := range lookups {
		if k.State == ledger.Found && k.Answer == 0 {
			at := night(n).Add(time.Hour)
			if !k.AnsweredAt.IsZero() {
				at = k.AnsweredAt
			}
			lookups[i] = b.answered(k, at)
		}
	}
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		for i, k := range lookups {
			v := record.Vehicle{Row: int64(i + 1), VIN: "A", MileageKM: record.Some(int64(n))}
			if err := tx.Put(ledger.PlannedVehicle{VehicleID: "a", Vehicle: v, Lookups: []ledger.Lookup{k}}); err != nil {
				return err
			}
		}
		return nil
	}))
	run, err = plan.End(int64(len(lookups)))
	b.must(err)
	return run
}

func ended(d record.Dataset, key string, s ledger.State) ledger.Lookup {
	k := asking(d, key, "acme")
	k.State = s
	return k
}

func known(key string) ledger.Lookup {
	return ended(record.DatasetViolations, key, ledger.Found)
}

// earlier tells in words what stood before each lookup of a run.
func (b *bench) earlier(run ledger.Run, s ledger.Span) (out []string) {
	b.t.Helper()
	b.must(b.RowsSince(ctx(), run, s, func(r *ledger.Row) error {
		for _, a := range r.Lookups {
			text := "none"
			if e := a.Earlier; e != nil {
				text = fmt.Sprintf("%s/%d %s %s %q", e.RunID, e.Lookup.Row, e.Lookup.Vendor, e.Lookup.State, b.body(e.Packed))
			}
			out = append(out, text)
		}
		return nil
	}))
	return out
}

func (b *bench) wantEarlier(run ledger.Run, s ledger.Span, want ...string) {
	b.t.Helper()
	if got := b.earlier(run, s); !reflect.DeepEqual(got, want) {
		b.t.Errorf("before %s in %+v stood\n%q, want\n%q", run.ID, s, got, want)
	}
}

func (b *bench) before(run ledger.Run) ledger.Span {
	b.t.Helper()
	s, err := b.Before(ctx(), run)
	b.must(err)
	return s
}

func earlierNearest(b *bench) {
	one := b.nightly(1, known("q"), known("x"))
	two := b.nightly(2, known("q"), ended(record.DatasetViolations, "x", ledger.NoRecord))
	three := b.nightly(3, ended(record.DatasetViolations, "q", ledger.Failed), ended(record.DatasetViolations, "x", ledger.InDoubt))
	four := b.nightly(4, known("q"), known("x"), known("new"), ended(record.DatasetViolations, "q", ledger.Failed))
	all := ledger.Span{From: one.Seq, To: three.Seq}
	b.wantEarlier(four, all, `night-2/1 acme found "answer to q"`, `night-2/2 acme no_record ""`, "none", "none")
	b.wantEarlier(four, ledger.Span{From: one.Seq, To: one.Seq}, `night-1/1 acme found "answer to q"`, `night-1/2 acme found "answer to x"`, "none", "none")
	b.wantEarlier(one, ledger.Span{From: two.Seq, To: two.Seq}, `night-2/1 acme found "answer to q"`, `night-2/2 acme no_record ""`) // a span may lie after it
	for _, nowhere := range []ledger.Span{{}, {From: 2, To: 1}, {From: three.Seq, To: three.Seq}} {
		b.wantEarlier(four, nowhere, "none", "none", "none", "none")
	}
	var at []string
	b.must(b.RowsAt(ctx(), four, all, []int64{2}, func(r *ledger.Row) error { at = append(at, r.Lookups[0].Earlier.RunID); return nil }))
	if len(at) != 1 || at[0] != "night-2" {
		b.t.Errorf("of row 2 by itself: %q", at)
	}
}

func earlierByKeyOrVehicle(b *bench) {
	value := func(key string) ledger.Lookup { return ended(record.DatasetValuation, key, ledger.Found) }
	b.nightly(1, value("30000 km"), known("this plate"))
	run := b.nightly(2, value("36000 km"), known("that plate"))
	b.wantEarlier(run, b.before(run), `night-1/1 acme found "answer to 30000 km"`, "none")
	copied := b.plan("copies", func(run ledger.Run) []ledger.PlannedVehicle {
		k := b.answered(known("this plate"), noon.AddDate(1, 0, 0))
		rows := []ledger.PlannedVehicle{{VehicleID: "a", Vehicle: record.Vehicle{Row: 1}, Lookups: []ledger.Lookup{k}}, {VehicleID: "a", Vehicle: record.Vehicle{Row: 2}, Duplicate: 1}}
		return rows
	})
	b.wantEarlier(copied, b.before(copied), `night-1/2 acme found "answer to this plate"`, "none") // for the row that pays
}

func earlierValuationAskedTheSame(b *bench) {
	value := func(key string) ledger.Lookup { return ended(record.DatasetValuation, key, ledger.Found) }
	b.nightly(1, value("same"), value("other"))
	run := b.nightly(2, value("other"), value("same"), value("third"))
	b.wantEarlier(run, b.before(run), `night-1/2 acme found "answer to other"`, `night-1/1 acme found "answer to same"`, `night-1/1 acme found "answer to same"`)
}

func earlierNews(b *bench) {
	first := b.nightly(1, known("q"))
	late := known("q")
	late.AnsweredAt = night(9) // by a later retry
	b.nightly(2, late)
	third := b.nightly(3, known("q"))
	b.wantEarlier(third, b.before(third), `night-1/1 acme found "answer to q"`)
	b.wantEarlier(third, ledger.Span{From: 1, To: 2}, `night-2/1 acme found "answer to q"`)
	again := known("q")
	again.Answer, again.AnsweredAt = b.rows(first)[0].Lookups[0].Packed.ID, night(1).Add(time.Hour)
	fourth := b.nightly(4, again)
	b.wantEarlier(fourth, b.before(fourth), "none")
	b.wantEarlier(fourth, ledger.Span{From: 1, To: 1}, `night-1/1 acme found "answer to q"`)
}

func earlierSideBySide(b *bench) {
	beside := func(n int) ledger.Run {
		run, plan := b.start(fmt.Sprint("beside-", n))
		row := fanOutRow(run, 1)
		for i := range row.Lookups {
			row.Lookups[i].Key = []byte("q")
			row.Lookups[i] = b.answered(row.Lookups[i], night(n))
		}
		b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, row) }))
		run, err := plan.End(1)
		b.must(err)
		return run
	}
	alone := func(n int, vendor string) ledger.Run {
		k := ended(record.DatasetMaintenance, "q", ledger.Found)
		k.Vendor = vendor
		return b.nightly(n, k)
	}
	first := beside(1)
	second := alone(2, "bolt")
	b.wantEarlier(second, ledger.Span{From: first.Seq, To: first.Seq}, `beside-1/1 bolt found "answer to q"`)
	third := beside(3)
	b.wantEarlier(third, ledger.Span{From: first.Seq, To: first.Seq}, `beside-1/1 acme found "answer to q"`, `beside-1/1 bolt found "answer to q"`)
	b.wantEarlier(third, ledger.Span{From: first.Seq, To: second.Seq}, `beside-1/1 acme found "answer to q"`, `night-2/1 bolt found "answer to q"`)
	fourth := alone(4, "third")
	b.wantEarlier(fourth, ledger.Span{From: first.Seq, To: first.Seq}, "none")
	b.wantEarlier(fourth, ledger.Span{From: first.Seq, To: third.Seq}, `night-2/1 bolt found "answer to q"`) // one vendor alone, whichever
}

func earlierOfRequests(b *bench) {
	run := b.nightly(1, ended(record.DatasetMaintenance, "q", ledger.Planned))
	w := ledger.Work{Lookup: b.lookup(run.FirstLookup)}
	s := step(b.intend(w, 1), ledger.NoRecord, ledger.BilledYes)
	s.Next.Lookup.AnsweredAt = night(1)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	b.advance(s)
	second := b.nightly(2, ended(record.DatasetMaintenance, "q", ledger.Found))
	b.wantEarlier(second, b.before(second), "none")
	b.now = night(1).Add(time.Minute)
	b.found(b.intend(ledger.Work{Lookup: b.lookup(s.Then.ID)}, 1), "at last")
	b.wantEarlier(second, b.before(second), `night-1/1 bolt found "at last"`)
}

func earlierDerived(b *bench) {
	k := ended(record.DatasetValuation, "q", ledger.Found)
	k.Derived = record.PackDerived([]record.Derived{{Column: record.ColAccident, Value: "1", Source: "a report"}})
	b.nightly(1, k)
	run := b.nightly(2, ended(record.DatasetValuation, "q", ledger.Found))
	b.must(b.RowsSince(ctx(), run, b.before(run), func(r *ledger.Row) error {
		e := r.Lookups[0].Earlier
		if e == nil || e.Vehicle.Condition.Accident != "1" || e.Vehicle.MileageKM != record.Some[int64](1) || e.Vehicle.VIN != "A" || len(e.Vehicle.Derived) != 1 || e.Packed.Vendor != "acme" {
			b.t.Errorf("earlier was %+v", e)
		}
		return nil
	}))
}

func beforeIsAllBefore(b *bench) {
	one, _ := b.simple("one", 1)
	two, _ := b.simple("two", 1)
	for run, want := range map[int64]ledger.Span{one.Seq: {From: 1, To: one.Seq - 1, News: true}, two.Seq: {From: 1, To: one.Seq, News: true}} {
		if got := b.before(ledger.Run{Seq: run}); got != want {
			b.t.Errorf("before run %d is %+v, want %+v", run, got, want)
		}
	}
	if !b.before(one).Empty() || b.before(two).Empty() {
		b.t.Errorf("before the first is %+v, before the second %+v", b.before(one), b.before(two))
	}
}
