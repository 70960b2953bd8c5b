package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func moneyPromises() []promise {
	return []promise{
		{"the budget holds, whatever comes back in whatever order", budgetHoldsAlways},
		{"the budget holds for many at once", budgetHoldsForMany},
		{"an intent over the budget changes nothing", overBudgetChangesNothing},
		{"the budget of a run that is not watched is not guessed", unwatchedBudget},
		{"a charge that cannot be is not reserved", impossibleCharges},
		{"WatchMoney begins with what a run has spent", watchMoneyBegins},
		{"Spend counts each lookup once a vendor, and nothing that was withdrawn", spendCounts},
		{"SpendOver adds up by vendor, dataset, day and run", spendByEverything},
		{"SpendOver counts a request once, and each of those side by side", spendOfRequests},
		{"what was taken over saves what its answer has cost", savedByReuse},
		{"planned lookups with a remark are counted", remarkedCounted},
	}
}

// ends are the ends of a call with the charge that each leaves.
var ends = []struct {
	to     ledger.State
	billed ledger.Billed
}{
	{ledger.Planned, ledger.BilledNo}, {ledger.Planned, ledger.BilledUnknown}, {ledger.Waiting, ledger.Reserved}, {ledger.Waiting, ledger.BilledYes}, {ledger.Waiting, ledger.BilledUnknown},
	{ledger.Found, ledger.BilledYes}, {ledger.NoRecord, ledger.BilledNo}, {ledger.Unsupported, ledger.BilledNo}, {ledger.Failed, ledger.BilledYes}, {ledger.Failed, ledger.BilledUnknown}, {ledger.InDoubt, ledger.BilledUnknown},
}

func budgetHoldsAlways(b *bench) {
	n := 0
	rapid.Check(b.t.(rapid.TB), func(t *rapid.T) {
		n++
		b := &bench{Store: b.Store, t: t, now: noon}
		run, work := b.simple(fmt.Sprint("run", n), 6)
		limit := record.Some(record.Fen(rapid.Int64Range(0, 500).Draw(t, "limit")))
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			w := &work[rapid.IntRange(0, len(work)-1).Draw(t, "lookup")]
			b.move(t, w, limit)
			if sum := b.Money().Sum(); sum > limit.V {
				t.Fatalf("spent and reserved ¥%s of ¥%s", sum, limit.V)
			}
		}
		b.sameMoney(run)
	})
}

// move takes a lookup one way that its state allows.
func (b *bench) move(t *rapid.T, w *ledger.Work, limit record.Opt[record.Fen]) {
	switch w.Lookup.State {
	case ledger.Planned:
		fen := record.Fen(rapid.Int64Range(0, 200).Draw(t, "price"))
		room := limit.V - b.Money().Sum()
		next, err := b.Intend(*w, fen, limit)
		if fits := fen <= room; fits != (err == nil) || err != nil && !errors.Is(err, ledger.ErrBudget) {
			t.Fatalf("¥%s with ¥%s left: %v", fen, room, err)
		}
		if err == nil {
			*w = next
		}
	case ledger.Submitting:
		o := rapid.SampledFrom(ends).Draw(t, "end")
		*w = b.goTo(*w, o.to, o.billed)
	case ledger.Waiting:
		billed := w.Attempt.Billed
		if billed != ledger.BilledYes {
			billed = rapid.SampledFrom([]ledger.Billed{w.Attempt.Billed, ledger.BilledYes, ledger.BilledNo, ledger.BilledUnknown}).Draw(t, "billed")
		}
		*w = b.goTo(*w, ledger.Found, billed)
	}
}

func budgetHoldsForMany(b *bench) {
	const limit, price = 1000, 30
	run, work := b.simple("one", 120)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var sent, refused int
	for chunk := range slices.Chunk(work, 10) {
		wg.Go(func() {
			for _, w := range chunk {
				_, err := b.Intend(w, price, record.Some[record.Fen](limit))
				mu.Lock()
				if err == nil {
					sent++
				} else if errors.Is(err, ledger.ErrBudget) {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if sent != limit/price || refused != len(work)-limit/price {
		b.t.Errorf("%d sent, %d refused, want %d and the rest", sent, refused, limit/price)
	}
	b.sameMoney(run)
}

func overBudgetChangesNothing(b *bench) {
	run, work := b.simple("one", 3)
	limit := record.Some[record.Fen](150)
	_, err := b.Intend(work[0], 100, limit)
	b.must(err)
	if _, err := b.Intend(work[1], 51, limit); !errors.Is(err, ledger.ErrBudget) {
		b.t.Errorf("¥0.51 of ¥0.50: %v", err)
	}
	b.wantState(ledger.Planned, work[1].Lookup.ID)
	if k := b.lookup(work[1].Lookup.ID); k.Attempts != 0 || !k.FirstAt.IsZero() || b.Money() != (ledger.Totals{Reserved: 100}) {
		b.t.Errorf("it is %+v, and money %+v", k, b.Money())
	}
	if orders, err := b.Orders(ctx(), &work[1].Lookup); err != nil || len(orders) != 0 {
		b.t.Errorf("its submissions are %+v, %v", orders, err)
	}
	_, err = b.Intend(work[1], 50, limit)
	b.must(err)
	if _, err := b.Intend(work[2], 1, limit); !errors.Is(err, ledger.ErrBudget) {
		b.t.Errorf("a fen of none: %v", err)
	}
	if _, err := b.Intend(work[2], 1, noLimit()); err != nil {
		b.t.Errorf("without a limit: %v", err)
	}
	b.sameMoney(run)
}

func unwatchedBudget(b *bench) {
	old, work := b.simple("one", 2)
	run, _ := b.simple("two", 1) // watched now
	if _, err := b.Intend(work[0], 1, record.Some[record.Fen](1000)); !errors.Is(err, ledger.ErrBudget) {
		b.t.Errorf("a run that is not watched was given money within a limit: %v", err)
	}
	b.intend(work[1], 1)
	if b.Money() != (ledger.Totals{}) {
		b.t.Errorf("money of run %s is %+v", run.ID, b.Money())
	}
	b.must(b.WatchMoney(ctx(), old))
	b.sameMoney(old)
}

func impossibleCharges(b *bench) {
	_, work := b.simple("one", 1)
	for _, fen := range []record.Fen{-1, 1_000_000_001} {
		if _, err := b.Intend(work[0], fen, noLimit()); !errors.Is(err, ledger.ErrBudget) {
			b.t.Errorf("¥%s: %v", fen, err)
		}
	}
	b.intend(work[0], 1_000_000_000)
}

func watchMoneyBegins(b *bench) {
	run, work := b.simple("one", 6)
	for i, billed := range []ledger.Billed{ledger.BilledYes, ledger.BilledUnknown, ledger.BilledNo} {
		b.goTo(b.intend(work[i], record.Fen(1)<<i), ledger.Failed, billed)
	}
	b.intend(work[3], 1<<3)
	withdrawn := step(b.intend(work[4], 1<<4), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	b.advance(withdrawn)
	want := ledger.Totals{Charged: 1, Unknown: 1 << 1, Reserved: 1 << 3}
	if b.Money() != want {
		b.t.Errorf("money is %+v", b.Money())
	}
	b.simple("two", 1)
	if b.Money() != (ledger.Totals{}) {
		b.t.Errorf("money of another run is %+v", b.Money())
	}
	b.must(b.WatchMoney(ctx(), run))
	if b.Money() != want {
		b.t.Errorf("watched anew, money is %+v", b.Money())
	}
}

func spendCounts(b *bench) {
	run, work := b.simple("one", 4)
	again := b.goTo(b.intend(work[0], 1700), ledger.Planned, ledger.BilledNo)
	again = b.goTo(b.intend(again, 1700), ledger.Planned, ledger.BilledUnknown)
	replaced := step(again, ledger.Failed, again.Attempt.Billed)
	replaced.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	b.advance(replaced)
	b.goTo(b.intend(ledger.Work{Lookup: b.lookup(replaced.Then.ID)}, 3200), ledger.Found, ledger.BilledYes)
	b.intend(work[1], 1700)
	withdrawn := step(b.intend(work[2], 1700), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	b.advance(withdrawn)
	got, err := b.Spend(ctx(), run)
	b.must(err)
	want := []ledger.Spend{
		{Vendor: "acme", Dataset: record.DatasetMaintenance, Totals: ledger.Totals{Reserved: 1700, Unknown: 1700}, Lookups: 2},
		{Vendor: "bolt", Dataset: record.DatasetMaintenance, Totals: ledger.Totals{Charged: 3200}, Lookups: 1},
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("spend is %+v, want %+v", got, want)
	}
	b.sameMoney(run)
}

// wantSpent holds SpendOver to what it should say, a line a group, the total last.
func (b *bench) wantSpent(q ledger.SpendQuery, want string) {
	b.t.Helper()
	lines, total, err := b.SpendOver(ctx(), q)
	b.must(err)
	var out strings.Builder
	for _, s := range append(lines, total) {
		fmt.Fprintf(&out, "%s|%s|%s|%s: %s %s %s, %d, reused %d saved %s\n", s.Vendor, s.Dataset, s.Day, s.Run, s.Charged, s.Reserved, s.Unknown, s.Lookups, s.Reused, s.Saved)
	}
	if got := out.String(); got != strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "") {
		b.t.Errorf("by %v: spent\n%swant\n%s", q.By, got, want)
	}
}

// Two runs around midnight in China: one order each is charged, one in doubt,
// one reserved, one withdrawn, and one answer is used again.
func spendByEverything(b *bench) {
	b.now = time.Date(2026, 11, 3, 15, 30, 0, 0, time.UTC) // 23:30 in China
	first, work := b.simple("one", 3)
	found := b.found(b.intend(work[0], 1700), "report")
	b.now = b.now.Add(time.Hour) // the next day in China
	b.goTo(b.intend(work[1], 1700), ledger.InDoubt, ledger.BilledUnknown)
	withdrawn := step(b.intend(work[2], 1700), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	b.advance(withdrawn)
	second, plan := b.start("two")
	again := rowOf(second, 1)
	again.Lookups[0].State, again.Lookups[0].Source, again.Lookups[0].Answer = ledger.Found, found.Lookup.ID, found.Lookup.Answer
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(second, 2), again) }))
	b.wantSpent(ledger.SpendQuery{}, "|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n") // still planning
	second, err := plan.End(2)
	b.must(err)
	b.intend(b.sendable(second)[0], 3200)

	total := "|||: 17.00 32.00 17.00, 3, reused 1 saved 17.00\n"
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor, ledger.ByDataset}}, "acme|maintenance||: 17.00 32.00 17.00, 3, reused 1 saved 17.00\n"+total)
	// Runs begin at noon: there the answer is used again.
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}}, `
		||2026-11-03|: 17.00 0.00 0.00, 1, reused 1 saved 17.00
		||2026-11-04|: 0.00 32.00 17.00, 2, reused 0 saved 0.00
		`+total)
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}}, `
		|||one: 17.00 0.00 17.00, 2, reused 0 saved 0.00
		|||two: 0.00 32.00 0.00, 1, reused 1 saved 17.00
		`+total)
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay, ledger.ByRun}}, `
		||2026-11-03|one: 17.00 0.00 0.00, 1, reused 0 saved 0.00
		||2026-11-03|two: 0.00 0.00 0.00, 0, reused 1 saved 17.00
		||2026-11-04|one: 0.00 0.00 17.00, 1, reused 0 saved 0.00
		||2026-11-04|two: 0.00 32.00 0.00, 1, reused 0 saved 0.00
		`+total)
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor}, Run: first.Seq}, "acme|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n")
	midnight := time.Date(2026, 11, 3, 16, 0, 0, 0, time.UTC)
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}, Since: midnight}, "||2026-11-04|: 0.00 32.00 17.00, 2, reused 0 saved 0.00\n|||: 0.00 32.00 17.00, 2, reused 0 saved 0.00\n")
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}, Until: midnight}, "||2026-11-03|: 17.00 0.00 0.00, 1, reused 1 saved 17.00\n|||: 17.00 0.00 0.00, 1, reused 1 saved 17.00\n")
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}, Until: noon.Add(-time.Hour)}, "|||: 0.00 0.00 0.00, 0, reused 0 saved 0.00\n")
}

func spendOfRequests(b *bench) {
	_, was, then := b.routed("routed") // acme was paid 1.00
	b.intend(ledger.Work{Lookup: then}, 200)
	_, work := b.fanOutRun("beside", 1)
	for _, w := range work {
		b.intend(w, 10)
	}
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}}, `
		|||beside: 0.00 0.20 0.00, 2, reused 0 saved 0.00
		|||routed: 1.00 2.00 0.00, 1, reused 0 saved 0.00
		|||: 1.00 2.20 0.00, 3, reused 0 saved 0.00
		`)
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor}, Run: was.Run}, `
		acme|||: 1.00 0.00 0.00, 1, reused 0 saved 0.00
		bolt|||: 0.00 2.00 0.00, 1, reused 0 saved 0.00
		|||: 1.00 2.00 0.00, 1, reused 0 saved 0.00
		`)
}

func savedByReuse(b *bench) {
	_, work := b.simple("one", 2)
	charged := b.found(b.intend(work[0], 1700), "report")
	unsure := b.found(b.intend(work[1], 900), "report")
	unsure = b.goTo(unsure, ledger.Found, ledger.BilledUnknown)
	b.plan("two", func(run ledger.Run) []ledger.PlannedVehicle {
		rows := []ledger.PlannedVehicle{rowOf(run, 1), rowOf(run, 2), rowOf(run, 3), rowOf(run, 4)}
		for i, c := range []struct {
			state  ledger.State
			answer int64
		}{{ledger.Found, charged.Lookup.Answer}, {ledger.NoRecord, unsure.Lookup.Answer}, {ledger.Unsupported, 0}, {ledger.Failed, charged.Lookup.Answer}} {
			rows[i].Lookups[0].State, rows[i].Lookups[0].Answer = c.state, c.answer
		}
		return rows
	})
	b.wantSpent(ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}}, `
		|||one: 17.00 0.00 9.00, 2, reused 0 saved 0.00
		|||two: 0.00 0.00 0.00, 0, reused 3 saved 17.00
		|||: 17.00 0.00 9.00, 2, reused 3 saved 17.00
		`)
}

func remarkedCounted(b *bench) {
	wrong := func(row int64, vin string, problems ...string) ledger.PlannedVehicle {
		return ledger.PlannedVehicle{VehicleID: "v", Vehicle: record.Vehicle{Row: row, VIN: vin, Problems: problems},
			Lookups: []ledger.Lookup{asking(record.DatasetMaintenance, fmt.Sprint("m", row), "acme"), asking(record.DatasetViolations, fmt.Sprint("v", row), "bolt")}}
	}
	run := b.plan("one", func(ledger.Run) []ledger.PlannedVehicle {
		rows := []ledger.PlannedVehicle{wrong(1, "A", "else", record.WrongCheckDigit+"2, not 8"), wrong(2, "A", record.WrongCheckDigit+"3, not 8"),
			wrong(3, "B", record.WrongCheckDigit+"3, not 8"), wrong(4, "C", "else"), wrong(5, "D"), wrong(6, "E", record.SetApart+"hidden")}
		rows[2].Lookups = rows[2].Lookups[:1]
		rows[2].Lookups[0].State = ledger.Found
		rows[1].Lookups = rows[1].Lookups[:1]
		return rows
	})
	for remark, want := range map[string]ledger.Remarked{
		record.WrongCheckDigit: {Rows: 2, VINs: 1, Lookups: []ledger.Count{{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Planned, N: 2},
			{Dataset: record.DatasetViolations, Vendor: "bolt", State: ledger.Planned, N: 1}}},
		record.SetApart: {Rows: 1, VINs: 1, Lookups: []ledger.Count{{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Planned, N: 1},
			{Dataset: record.DatasetViolations, Vendor: "bolt", State: ledger.Planned, N: 1}}},
		"nothing": {},
	} {
		got, err := b.Remarked(ctx(), run, remark)
		if err != nil || got.Rows != want.Rows || got.VINs != want.VINs || !slices.Equal(got.Lookups, want.Lookups) {
			b.t.Errorf("%s: %+v, %v, want %+v", remark, got, err, want)
		}
	}
}
