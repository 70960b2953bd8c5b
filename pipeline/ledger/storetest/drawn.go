package storetest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// plan draws the rows of a run and plans them.
func (p *pair) plan() {
	t := p.t
	p.runs++
	run := ledger.Run{ID: fmt.Sprint("run", p.runs), StartedAt: p.now, InputPath: "fleet.csv", Datasets: record.Datasets()}
	var rows []ledger.PlannedVehicle
	for n := range rapid.IntRange(1, 4).Draw(t, "rows") {
		rows = append(rows, p.plannedRow(int64(n+1)))
	}
	foreseen, revised := rapid.Bool().Draw(t, "foreseen"), rapid.IntRange(0, 3).Draw(t, "revised") == 0
	var made ledger.Run
	p.same("a plan", func(s Store) any {
		made = ledger.Run{}
		begun, err := s.NewRun(run)
		if err != nil {
			return kind(err)
		}
		plan, err := s.StartPlan(ctx(), begun)
		if err != nil {
			return kind(err)
		}
		var seen []any
		err = plan.Batch(func(tx ledger.PlanTx) error {
			var err error
			seen, err = p.put(tx, begun, rows, foreseen, revised)
			return err
		})
		if err != nil {
			return kind(err)
		}
		made, err = plan.End(int64(len(rows)))
		return []any{seen, result(made, err)}
	})
	p.of = append(p.of, made)
	p.same("the lookups of a plan", func(s Store) any {
		work, err := s.PlannedWork(ctx(), made, 0, 100)
		return result(work, err)
	})
	for id := made.FirstLookup; id > 0 && id <= made.LastLookup; id++ {
		p.ids = append(p.ids, id)
	}
	p.watch()
}

// put puts rows into a plan, and lists what was seen in between.
func (p *pair) put(tx ledger.PlanTx, run ledger.Run, rows []ledger.PlannedVehicle, foreseen, revised bool) (seen []any, err error) {
	look := func() {
		for _, q := range keys {
			asked, err := tx.Asked([]byte(q))
			seen = append(seen, result(asked, err))
			for _, vendor := range append(vendorNames, "") {
				k, ok, err := tx.AskedIn([]byte(q), run.Seq, vendor)
				seen = append(seen, ok, result(k, err))
			}
		}
		for _, row := range rows {
			first, ok, err := tx.Earlier(row.VehicleID)
			seen = append(seen, ok, result(first, err))
		}
	}
	if foreseen {
		if err := tx.Foresee([]string{"va", "vb"}, [][]byte{[]byte("p"), []byte("q")}); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		look()
		row.Lookups = slices.Clone(row.Lookups)
		if err := tx.Put(row); err != nil {
			return nil, err
		}
		seen = append(seen, row.Lookups)
	}
	look()
	if first, ok, err := tx.Earlier(rows[0].VehicleID); revised && ok && err == nil {
		next := ledger.PlannedVehicle{VehicleID: first.VehicleID, Vehicle: first.Vehicle, Lookups: []ledger.Lookup{asking(record.DatasetViolations, "r", "acme")}}
		next.Vehicle.Plate = "revised"
		if first.Before[0] > 0 {
			next.Shared = map[record.Dataset]int64{record.DatasetMaintenance: first.Before[0]}
		}
		if err := tx.Revise(first.With(next)); err != nil {
			return nil, err
		}
		look()
	}
	for _, id := range p.ids {
		serving, err := tx.Serving(id)
		seen = append(seen, result(serving, err))
	}
	for _, of := range p.of {
		prior, err := tx.PriorRow(of.Seq, 1)
		seen = append(seen, result(prior, err))
	}
	return seen, nil
}

// plannedRow draws a row.
func (p *pair) plannedRow(number int64) ledger.PlannedVehicle {
	t := p.t
	id := rapid.SampledFrom([]string{"va", "vb"}).Draw(t, "vehicle")
	row := ledger.PlannedVehicle{VehicleID: id, Vehicle: record.Vehicle{Row: number, Line: number + 1, VIN: "VIN" + id}}
	if rapid.IntRange(0, 4).Draw(t, "remark") == 0 {
		row.Vehicle.Problems, row.Vehicle.Faults = []string{record.SetApart + "hidden"}, []record.Fault{{Reason: "wrong"}}
		row.Given = &record.Vehicle{Row: number, VIN: "given"}
	}
	if number > 1 && rapid.IntRange(0, 4).Draw(t, "duplicate") == 0 {
		row.Duplicate = 1
		return row
	}
	k := p.plannedLookup(record.DatasetMaintenance)
	row.Lookups = []ledger.Lookup{k}
	if k.FanOut {
		k.Vendor = map[string]string{"acme": "bolt", "bolt": "acme"}[k.Vendor]
		row.Lookups = append(row.Lookups, k)
	}
	if rapid.Bool().Draw(t, "valued") {
		k := p.plannedLookup(record.DatasetValuation)
		k.FanOut = false // of vendors side by side no valuation can be made
		if k.State == ledger.Planned && rapid.Bool().Draw(t, "depends") {
			k.DependsOn = ledger.DependsOnMaintenance
		}
		row.Lookups = append(row.Lookups, k)
	}
	return row
}

// plannedLookup draws a lookup as a plan makes it: to be sent, or settled by what another one says.
func (p *pair) plannedLookup(d record.Dataset) ledger.Lookup {
	t := p.t
	k := asking(d, rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom(vendorNames).Draw(t, "vendor"))
	k.LastAt, k.FanOut = p.now, rapid.IntRange(0, 3).Draw(t, "fanOut") == 0
	if len(p.ids) == 0 || rapid.Bool().Draw(t, "of its own") {
		return k
	}
	w := p.work()
	if w.Lookup.State == "" { // it was dropped
		return k
	}
	k.Source = w.Lookup.ID
	switch from := &w.Lookup; {
	case from.State.Open():
		k.State = ledger.Following
	case from.State.Answered():
		k.State, k.Answer, k.AnsweredAt = from.State, from.Answer, from.AnsweredAt
	default:
		k.State, k.Class, k.Code = from.State, from.Class, from.Code
	}
	return k
}

// compare asks both stores all that can be asked of what the sequence has made.
func (p *pair) compare() {
	p.same("Runs", func(s Store) any { return result(s.Runs(ctx())) })
	p.compareAll()
	for _, r := range p.of {
		p.compareRun(r)
	}
	for _, id := range p.ids {
		p.compareLookup(id)
	}
}

func (p *pair) compareAll() {
	hour, far := p.now.Add(60*60e9), noon.AddDate(-1, 0, 0)
	ask := map[string]func(s Store) any{
		"Unresolved":   func(s Store) any { return result(s.Unresolved(ctx())) },
		"HeldDoubts":   func(s Store) any { return result(s.HeldDoubts(ctx())) },
		"Halts":        func(s Store) any { return result(s.Halts(ctx())) },
		"Pauses":       func(s Store) any { return result(s.Pauses(ctx())) },
		"TicketOwners": func(s Store) any { return result(s.TicketOwners(ctx(), []string{"T1", "T3"})) },
		"VendorsNamed": func(s Store) any { return result(s.VendorsNamed(ctx())) },
		"Ahead":        func(s Store) any { return result(s.Ahead(ctx())) },
	}
	for _, vendor := range vendorNames {
		ask["Due at "+vendor] = func(s Store) any { return result(s.Due(ctx(), vendor, hour, 5)) }
		ask["NextPoll at "+vendor] = func(s Store) any { return result(s.NextPoll(ctx(), vendor, p.now)) }
		ask["Charges of "+vendor] = func(s Store) any { return result(s.Charges(ctx(), vendor, far, p.now)) }
		ask["CallsOn of "+vendor] = func(s Store) any { return result(s.CallsOn(ctx(), vendor, record.DateOf(p.now))) }
	}
	for _, by := range [][]ledger.SpendBy{nil, {ledger.ByVendor, ledger.ByDataset}, {ledger.ByRun}, {ledger.ByDay, ledger.ByVendor}} {
		ask[fmt.Sprint("SpendOver by ", by)] = func(s Store) any {
			lines, total, err := s.SpendOver(ctx(), ledger.SpendQuery{By: by})
			return result([]any{lines, total}, err)
		}
	}
	for what, a := range ask {
		p.same(what, a)
	}
}

func (p *pair) compareRun(r ledger.Run) {
	ask := map[string]func(s Store) any{
		"CountRows": func(s Store) any { return result(s.CountRows(ctx(), r)) }, "Counts": func(s Store) any { return result(s.Counts(ctx(), r)) },
		"OpenCount": func(s Store) any { return result(s.OpenCount(ctx(), r)) }, "Spend": func(s Store) any { return result(s.Spend(ctx(), r)) },
		"HasBlocked": func(s Store) any { return result(s.HasBlocked(ctx(), r)) }, "Unblocked": func(s Store) any { return result(s.Unblocked(ctx(), r, 0, 3)) },
		"PlannedWork": func(s Store) any { return result(s.PlannedWork(ctx(), r, 0, 3)) }, "PriorRows": func(s Store) any { return result(s.PriorRows(ctx(), r, 1, 2)) },
		"Remarked": func(s Store) any { return result(s.Remarked(ctx(), r, record.SetApart)) }, "Written": func(s Store) any { return result(s.Written(ctx(), r)) },
		"MaintenanceOf": func(s Store) any { return result(s.MaintenanceOf(ctx(), r.Seq, 1)) },
		"Failures": func(s Store) any {
			var out []ledger.Work
			err := s.Failures(ctx(), r, ledger.Filter{}, func(w ledger.Work) error { out = append(out, w); return nil })
			return result(out, err)
		},
	}
	for _, vendor := range vendorNames {
		ask["Sendable at "+vendor] = func(s Store) any {
			return result(s.Sendable(ctx(), r.Seq, vendor, p.now, []record.Dataset{record.DatasetValuation}, 3))
		}
		ask["NextSend at "+vendor] = func(s Store) any { return result(s.NextSend(ctx(), r.Seq, vendor, p.now, nil)) }
	}
	for _, span := range []ledger.Span{{}, {From: 1, To: 1 << 40}, {From: 1, To: r.Seq - 1, News: true}} {
		ask[fmt.Sprintf("RowsSince of %+v", span)] = func(s Store) any {
			var out []string
			err := s.RowsSince(ctx(), r, span, func(row *ledger.Row) error { out = append(out, p.row(s, row)); return nil })
			return result(out, err)
		}
	}
	for what, a := range ask {
		p.same(fmt.Sprint(what, " of run ", r.Seq), a)
	}
}

func (p *pair) compareLookup(id int64) {
	p.same(fmt.Sprint("lookup ", id), func(s Store) any {
		k, err := s.LookupByID(ctx(), id)
		if err != nil {
			return kind(err)
		}
		a, ok, err := s.LastAnswer(ctx(), id, k.Attempts)
		same, in, sameErr := s.SameInRun(ctx(), k.Run, k.Key)
		out := []any{k, result(s.Orders(ctx(), &k)), result(s.MayHavePaid(ctx(), &k)), result(s.Sender(ctx(), k)), result(s.UnblockedBy(ctx(), &k)), result(s.Asked(ctx(), k.Key)),
			ok, result(a, err), in, result(same, sameErr)}
		for _, vendor := range vendorNames {
			out = append(out, result(s.HasPaid(ctx(), &k, vendor)))
		}
		if k.Answer > 0 {
			out = append(out, result(s.AnswerByID(ctx(), k.Answer)))
		}
		return out
	})
}
