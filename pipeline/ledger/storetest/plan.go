package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func planPromises() []promise {
	return []promise{
		{"vehicles come back whole", vehiclesComeBackWhole},
		{"lookups come back whole", lookupsComeBackWhole},
		{"a batch that fails leaves nothing", failedBatchesLeaveNothing},
		{"what was put is seen at once, foreseen or not", whatWasPutIsSeen},
		{"Earlier finds the first row that is no duplicate", earlierFindsTheFirst},
		{"Revise keeps what is still asked and drops the rest", reviseKeeps},
		{"Revise leaves a lookup to the next row that asks it", reviseHandsOn},
		{"Revise drops all of a request that is asked side by side, or leaves all to the next row", reviseSideBySide},
		{"Asked lists the newest first, the 60 newest of many", askedNewestFirst},
		{"AskedIn looks in one run, at one vendor or any, and at none that was replaced", askedInOneRun},
		{"Serving lists those that serve a request now", servingNow},
		{"PriorRow reads a row of another run with where its lookups stand", formerRows},
		{"the lookups of a fan-out are a group named by the first", sideBySideInThePlan},
		{"End opens a run with the range of its lookups", endOpens},
	}
}

// fullVehicle has a value in every field.
func fullVehicle() record.Vehicle {
	return record.Vehicle{Row: 1, Line: 3, VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", PlateType: "02", EngineNo: "0071234",
		LicenseImageURL: "https://img.example/1.jpg", ModelID: "2049", CityID: "198", FirstRegistered: "2014-09",
		MileageKM: record.Some[int64](0),
		Condition: record.Condition{Transfers: "1", Color: "2", Accident: "3", Appearance: "4", Interior: "5", Electrical: "6", Engine: "7"},
		Defaulted: []string{record.ColColor}, Problems: []string{"the check digit is 2, not 8"}, Faults: []record.Fault{{Column: "plate", Reason: "too short"}, {Reason: "broken row", Impossible: true}}}
}

func vehiclesComeBackWhole(b *bench) {
	v := fullVehicle()
	for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
		if f.Name != "Derived" && reflect.ValueOf(v).FieldByIndex(f.Index).IsZero() { // that belongs to a lookup
			b.t.Fatalf("the test says nothing of %s", f.Name)
		}
	}
	blank := record.Vehicle{Row: 2, Line: 4}
	handed := fullVehicle()
	run, plan := b.start("one")
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		return putAll(tx, ledger.PlannedVehicle{VehicleID: "va", Vehicle: handed}, ledger.PlannedVehicle{VehicleID: "vb", Vehicle: blank})
	}))
	handed.Problems[0], handed.Faults[0].Reason, handed.Defaulted[0] = "changed", "changed", "changed"
	for range 2 {
		rows := b.rows(run)
		if len(rows) != 2 || !reflect.DeepEqual(rows[0].Vehicle, v) || !reflect.DeepEqual(rows[1].Vehicle, blank) || rows[0].VehicleID != "va" {
			b.t.Fatalf("came back as %+v", rows)
		}
		rows[0].Vehicle.Problems[0], rows[0].Vehicle.Faults[0].Reason = "changed", "changed"
	}
	if n, err := b.CountRows(ctx(), run); err != nil || n != (ledger.RowCount{Rows: 2, Faulty: 1}) {
		b.t.Errorf("counted %+v, %v", n, err)
	}
}

// fullLookup has a value in every field that a plan gives.
func fullLookup() ledger.Lookup {
	return ledger.Lookup{Dataset: record.DatasetValuation, Key: []byte{0, 255, 1}, Vendor: "bolt", State: ledger.InDoubt, NextAt: noon.Add(1500), Attempts: 0, Tries: 2, Polls: 3,
		Ticket: "T1", Answer: 5, Source: 6, Forced: true, DependsOn: 8, Derived: record.PackDerived([]record.Derived{{Column: record.ColMileageKM, Value: "5000", Source: "a guess", Basis: "x"}}),
		Stage: record.StageSubmit, Class: record.DoubtfulOrder, Code: "c", Message: "报告", FirstAt: noon.Add(2500), TicketAt: noon.Add(3500), LastAt: noon.Add(4500), AnsweredAt: noon.Add(5500)}
}

func lookupsComeBackWhole(b *bench) {
	run, plan := b.start("one")
	row := rowOf(run, 1)
	row.Lookups = []ledger.Lookup{fullLookup(), asking(record.DatasetViolations, "", "")}
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, row) }))
	want := fullLookup()
	want.ID, want.Run, want.Row = row.Lookups[0].ID, run.Seq, 1
	want.NextAt, want.FirstAt, want.TicketAt, want.LastAt, want.AnsweredAt = noon.Add(1000), noon.Add(2000), noon.Add(3000), noon.Add(4000), noon.Add(5000)
	got := b.lookup(want.ID)
	if want.ID == 0 || !reflect.DeepEqual(got, want) {
		b.t.Errorf("came back as\n%+v, want\n%+v", got, want)
	}
	got.Key[0] = 'x'
	row.Lookups[0].Key[1] = 'x'
	if again := b.lookup(want.ID); !reflect.DeepEqual(again, want) {
		b.t.Errorf("the key was changed from outside: %q", again.Key)
	}
	if k := b.lookup(row.Lookups[1].ID); len(k.Key) != 0 || !k.LastAt.IsZero() || k.State != ledger.Planned || k.ID != want.ID+1 {
		b.t.Errorf("a bare one came back as %+v", k)
	}
}

func failedBatchesLeaveNothing(b *bench) {
	run, plan := b.start("one")
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(run, 1)) }))
	broken := errors.New("broken")
	err := plan.Batch(func(tx ledger.PlanTx) error {
		old, _, err := tx.Earlier(rowOf(run, 1).VehicleID)
		next := ledger.PlannedVehicle{VehicleID: old.VehicleID, Vehicle: old.Vehicle}
		return errors.Join(err, tx.Put(rowOf(run, 2)), tx.Revise(old.With(next)), broken)
	})
	if !errors.Is(err, broken) {
		b.t.Fatalf("Batch: %v", err)
	}
	if rows := b.rows(run); len(rows) != 1 || len(rows[0].Lookups) != 1 {
		b.t.Errorf("left are %+v", rows)
	}
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(run, 2)) }))
	run, err = plan.End(2)
	b.must(err)
	if run.FirstLookup != 1 || run.LastLookup != 2 || len(b.rows(run)) != 2 {
		b.t.Errorf("lookups are %d to %d", run.FirstLookup, run.LastLookup)
	}
}

func whatWasPutIsSeen(b *bench) {
	for _, foreseen := range []bool{false, true} {
		run, plan := b.start(fmt.Sprint("foreseen-", foreseen))
		key := fmt.Append(nil, foreseen)
		row := rowOf(run, 1)
		row.Lookups[0].Key = key
		b.must(plan.Batch(func(tx ledger.PlanTx) error {
			if foreseen {
				b.must(tx.Foresee([]string{row.VehicleID, "nobody"}, [][]byte{key, []byte("nothing")}))
			}
			if tx.Context() == nil {
				b.t.Errorf("a transaction without a context")
			}
			for round := range 2 { // before and after
				first, ok, err := tx.Earlier(row.VehicleID)
				if err != nil || ok != (round == 1) || ok && (first.Vehicle.VIN != row.Vehicle.VIN || first.Before[0] != row.Lookups[0].ID || first.Given != nil) {
					b.t.Errorf("round %d: earlier is %+v, %v, %v", round, first, ok, err)
				}
				asked, err := tx.Asked(key)
				if err != nil || len(asked) != round {
					b.t.Errorf("round %d: asked are %+v, %v", round, asked, err)
				}
				k, ok, err := tx.AskedIn(key, run.Seq, "")
				if err != nil || ok != (round == 1) || ok && k.ID != row.Lookups[0].ID {
					b.t.Errorf("round %d: asked in its run is %+v, %v, %v", round, k, ok, err)
				}
				if round == 0 {
					b.must(tx.Put(row))
				}
			}
			for _, none := range []string{"nobody", "somebody"} {
				if _, ok, err := tx.Earlier(none); ok || err != nil {
					b.t.Errorf("there is a row of %s: %v", none, err)
				}
			}
			return nil
		}))
		_, err := plan.End(1)
		b.must(err)
	}
}

func earlierFindsTheFirst(b *bench) {
	run, plan := b.start("one")
	given := record.Vehicle{Row: 2, VIN: "as given"}
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		v := func(row, duplicate int64) ledger.PlannedVehicle {
			return ledger.PlannedVehicle{VehicleID: "v", Vehicle: record.Vehicle{Row: row, VIN: fmt.Sprint(row)}, Duplicate: duplicate}
		}
		second := v(2, 0)
		second.Given = &given
		return putAll(tx, v(3, 0), v(1, 2), second, v(4, 2))
	}))
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		for range 2 { // read by itself, then foreseen
			first, ok, err := tx.Earlier("v")
			if !ok || err != nil || first.Vehicle.Row != 2 || first.VehicleID != "v" || first.Given == nil || first.Given.VIN != "as given" || !slices.Equal(first.Before, []int64{0, 0, 0}) {
				b.t.Errorf("the first is %+v, %v, %v", first, ok, err)
			}
			b.must(tx.Foresee([]string{"v"}, nil))
		}
		return nil
	}))
	_, err := plan.End(4)
	b.must(err)
	_, plan = b.start("two")
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		if _, ok, err := tx.Earlier("v"); ok || err != nil {
			b.t.Errorf("a row of run %d was found in another: %v", run.Seq, err)
		}
		return nil
	}))
}

func reviseKeeps(b *bench) {
	run, plan := b.start("one")
	pv := rowOf(run, 1)
	failed := asking(record.DatasetValuation, "without plate", "acme")
	failed.State = ledger.Failed
	pv.Lookups = append(pv.Lookups, failed)
	other := rowOf(run, 2)
	other.VehicleID = "other"
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, pv, other) }))
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		b.must(tx.Foresee([]string{pv.VehicleID}, [][]byte{[]byte("without plate"), []byte("with plate")}))
		old, ok, err := tx.Earlier(pv.VehicleID)
		if !ok || err != nil {
			return errors.Join(errors.New("row 1 is not there"), err)
		}
		next := ledger.PlannedVehicle{VehicleID: pv.VehicleID, Vehicle: old.Vehicle, Given: &record.Vehicle{Row: 1, VIN: "given"},
			Shared:  map[record.Dataset]int64{record.DatasetMaintenance: pv.Lookups[0].ID},
			Lookups: []ledger.Lookup{asking(record.DatasetValuation, "with plate", "acme")}}
		next.Vehicle.Plate = "粤B8J7L1"
		b.must(tx.Revise(old.With(next)))
		gone, err := tx.Asked([]byte("without plate"))
		b.must(err)
		there, err := tx.Asked([]byte("with plate"))
		if len(gone) != 0 || len(there) != 1 {
			b.t.Errorf("asked are %+v and %+v", gone, there)
		}
		return err
	}))
	run, err := plan.End(2)
	b.must(err)
	rows := b.rows(run)
	if len(rows) != 2 || rows[0].Vehicle.Plate != "粤B8J7L1" || len(rows[0].Lookups) != 2 || len(rows[1].Lookups) != 1 {
		b.t.Fatalf("rows are %+v", rows)
	}
	if got := rows[0].Lookups[0].Lookup; got.ID != pv.Lookups[0].ID || got.State != ledger.Planned {
		b.t.Errorf("the lookup that is still asked became %+v", got)
	}
	if got := rows[0].Lookups[1].Lookup; string(got.Key) != "with plate" || got.State != ledger.Planned || got.Row != 1 {
		b.t.Errorf("the other became %+v", got)
	}
	if _, err := b.LookupByID(ctx(), pv.Lookups[1].ID); err == nil {
		b.t.Errorf("the lookup that is not asked any more is left")
	}
	prior, err := b.PriorRows(ctx(), run, 0, 1)
	if err != nil || prior[0].Given.VIN != "given" {
		b.t.Errorf("it was given as %+v, %v", prior, err)
	}
}

func reviseHandsOn(b *bench) {
	run, plan := b.start("one")
	first := rowOf(run, 1)
	first.VehicleID = "v"
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		b.must(tx.Put(first))
		shared := map[record.Dataset]int64{record.DatasetMaintenance: first.Lookups[0].ID}
		for _, row := range []int64{7, 5} { // other values, the same key
			b.must(tx.Put(ledger.PlannedVehicle{VehicleID: "v", Vehicle: record.Vehicle{Row: row}, Shared: shared}))
		}
		old, _, err := tx.Earlier("v")
		b.must(err)
		return tx.Revise(old.With(ledger.PlannedVehicle{VehicleID: "v", Vehicle: old.Vehicle, Lookups: []ledger.Lookup{asking(record.DatasetMaintenance, "another", "acme")}}))
	}))
	if k := b.lookup(first.Lookups[0].ID); k.Row != 5 || !slices.Equal(k.Key, first.Lookups[0].Key) {
		b.t.Errorf("it is asked by %+v", k)
	}
	if rows := b.rows(run); len(rows) != 3 || string(rows[0].Lookups[0].Lookup.Key) != "another" || rows[1].Lookups[0].Lookup.ID != first.Lookups[0].ID {
		b.t.Errorf("rows are %+v", rows)
	}
}

func reviseSideBySide(b *bench) {
	for _, shared := range []bool{false, true} {
		run, plan := b.start(fmt.Sprint("shared-", shared))
		first := fanOutRow(run, 1)
		b.must(plan.Batch(func(tx ledger.PlanTx) error {
			b.must(tx.Put(first))
			if shared {
				b.must(tx.Put(ledger.PlannedVehicle{VehicleID: first.VehicleID, Vehicle: record.Vehicle{Row: 2}, Shared: map[record.Dataset]int64{record.DatasetMaintenance: first.Lookups[0].ID}}))
			}
			old, _, err := tx.Earlier(first.VehicleID)
			b.must(err)
			return tx.Revise(old.With(ledger.PlannedVehicle{VehicleID: first.VehicleID, Vehicle: old.Vehicle, Lookups: []ledger.Lookup{asking(record.DatasetMaintenance, "another", "acme")}}))
		}))
		for _, k := range first.Lookups {
			got, err := b.LookupByID(ctx(), k.ID)
			if shared != (err == nil) || shared && got.Row != 2 {
				b.t.Errorf("shared by a later row: %v; lookup %d at %s is %+v, %v", shared, k.ID, k.Vendor, got, err)
			}
		}
	}
}

func askedNewestFirst(b *bench) {
	key := []byte("the same")
	var last ledger.Run
	for n := range 21 { // of each, three lookups
		id := fmt.Sprint("run", n)
		run, plan := b.start(id)
		b.must(plan.Batch(func(tx ledger.PlanTx) error {
			if n%2 == 0 {
				b.must(tx.Foresee(nil, [][]byte{key}))
			}
			for row := range int64(3) {
				pv := rowOf(run, row+1)
				pv.Lookups[0].Key = key
				if err := tx.Put(pv); err != nil {
					return err
				}
			}
			for range 2 { // read by itself, then foreseen
				asked, err := tx.Asked(key)
				b.must(err)
				b.wantNewest(id, asked, min(60, 3*(n+1)))
				b.must(tx.Foresee(nil, [][]byte{[]byte("another"), key}))
			}
			return nil
		}))
		var err error
		last, err = plan.End(3)
		b.must(err)
	}
	asked, err := b.Asked(ctx(), key)
	b.must(err)
	b.wantNewest("at last", asked, 60)
	if asked[0].Run != last.Seq || asked[0].ID != last.LastLookup {
		b.t.Errorf("the first is %+v", asked[0])
	}
	if asked, err := b.Asked(ctx(), []byte("another")); len(asked) != 0 || err != nil {
		b.t.Errorf("nobody asked this: %+v, %v", asked, err)
	}
}

func (b *bench) wantNewest(when string, asked []ledger.Lookup, want int) {
	b.t.Helper()
	if len(asked) != want || !slices.IsSortedFunc(asked, func(x, y ledger.Lookup) int { return int(y.Run-x.Run)*1000 + int(y.ID-x.ID) }) {
		b.t.Errorf("%s: %d are asked, want %d in order", when, len(asked), want)
	}
}

// routed plans a run of one vehicle whose order went on from acme to bolt, and returns both lookups.
func (b *bench) routed(id string) (run ledger.Run, was, then ledger.Lookup) {
	b.t.Helper()
	run, work := b.simple(id, 1)
	s := step(b.intend(work[0], 100), ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	b.advance(s)
	was = b.lookup(work[0].Lookup.ID)
	return run, was, b.lookup(was.ReplacedBy)
}

func askedInOneRun(b *bench) {
	run, was, then := b.routed("one")
	next, plan := b.start("two")
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		for _, c := range []struct {
			run    int64
			vendor string
			want   int64
		}{{run.Seq, "", then.ID}, {run.Seq, "bolt", then.ID}, {run.Seq, "acme", 0}, {next.Seq, "", 0}} {
			k, ok, err := tx.AskedIn(was.Key, c.run, c.vendor)
			if err != nil || ok != (c.want != 0) || k.ID != c.want {
				b.t.Errorf("in run %d at %q: %+v, %v, %v", c.run, c.vendor, k, ok, err)
			}
		}
		return nil
	}))
	if k, ok, err := b.SameInRun(ctx(), run.Seq, was.Key); err != nil || !ok || k.ID != then.ID {
		b.t.Errorf("the same in its run: %+v, %v, %v", k, ok, err)
	}
	if _, ok, err := b.SameInRun(ctx(), next.Seq, was.Key); err != nil || ok {
		b.t.Errorf("the same in another run: %v, %v", ok, err)
	}
}

func servingNow(b *bench) {
	_, was, then := b.routed("one")
	beside, work := b.fanOutRun("two", 1)
	_, alone := b.simple("three", 1)
	_, plan := b.start("four")
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		for request, want := range map[int64][]int64{was.ID: {then.ID}, work[0].Lookup.ID: idsOf(work), alone[0].Lookup.ID: idsOf(alone), 1 << 40: nil} {
			list, err := tx.Serving(request)
			b.must(err)
			var got []int64
			for _, k := range list {
				got = append(got, k.ID)
			}
			if !slices.Equal(got, want) {
				b.t.Errorf("request %d is served by %v, want %v", request, got, want)
			}
		}
		return nil
	}))
	for row, want := range map[int64]int{1: 2, 2: 0} {
		if list, err := b.MaintenanceOf(ctx(), beside.Seq, row); err != nil || len(list) != want || want > 0 && list[0].ID != work[0].Lookup.ID {
			b.t.Errorf("row %d is asked about by %+v, %v", row, list, err)
		}
	}
	if list, err := b.MaintenanceOf(ctx(), was.Run, 1); err != nil || len(list) != 1 || list[0].ID != then.ID {
		b.t.Errorf("what went on is asked by %+v, %v", list, err)
	}
}

func formerRows(b *bench) {
	_, plan := b.start("one")
	given := record.Vehicle{Row: 1, Line: 2, VIN: "A", MileageKM: record.Some[int64](7), Problems: []string{"as given"},
		Faults: []record.Fault{{Column: "plate", Reason: "wrong"}}, Condition: record.Condition{Color: "2"}}
	filled := given
	filled.Plate, filled.Problems = "P", []string{"as given", "plate taken from row 2"}
	copied := record.Vehicle{Row: 2, VIN: "A", Plate: "P"}
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		k := asking(record.DatasetMaintenance, "q", "acme")
		k.State = ledger.Found
		return putAll(tx, ledger.PlannedVehicle{VehicleID: "va", Vehicle: copied, Duplicate: 1}, ledger.PlannedVehicle{VehicleID: "va", Vehicle: filled, Given: &given, Lookups: []ledger.Lookup{k}})
	}))
	run, err := plan.End(2)
	b.must(err)
	want := []ledger.PriorRow{{VehicleID: "va", Vehicle: filled, Given: given}, {VehicleID: "va", Vehicle: copied, Given: copied, Duplicate: 1}}
	for after, n := range []int{2, 1, 0} {
		rows, err := b.PriorRows(ctx(), run, int64(after), 9)
		b.must(err)
		for i := range rows {
			if len(rows[i].Lookups) != 0 {
				b.t.Errorf("row %d has lookups", rows[i].Vehicle.Row)
			}
			rows[i].Lookups = nil
		}
		if len(rows) != n || n > 0 && !reflect.DeepEqual(rows, want[after:]) {
			b.t.Errorf("after row %d there are %+v", after, rows)
		}
	}
	if rows, err := b.PriorRows(ctx(), run, 0, 1); err != nil || len(rows) != 1 || rows[0].Vehicle.Row != 1 {
		b.t.Errorf("the first is %+v, %v", rows, err)
	}
	b.formerWithLookups(run)
}

func (b *bench) formerWithLookups(run ledger.Run) {
	routed, _, then := b.routed("routed")
	beside, work := b.fanOutRun("beside", 1)
	_, plan := b.start("last")
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		for _, c := range []struct{ run, row, want int64 }{{run.Seq, 1, run.FirstLookup}, {run.Seq, 2, run.FirstLookup}, {routed.Seq, 1, then.ID}, {beside.Seq, 1, work[0].Lookup.ID}} {
			f, err := tx.PriorRow(c.run, c.row)
			if err != nil || len(f.Lookups) != 1 || f.Lookups[record.DatasetMaintenance].ID != c.want {
				b.t.Errorf("row %d of run %d has %+v, %v", c.row, c.run, f.Lookups, err)
			}
		}
		if f, err := tx.PriorRow(run.Seq, 3); err == nil {
			b.t.Errorf("a row that is not there: %+v", f)
		}
		return nil
	}))
}

// fanOutRow is a row whose dataset is asked at both vendors.
func fanOutRow(run ledger.Run, row int64) ledger.PlannedVehicle {
	p := rowOf(run, row)
	k := p.Lookups[0]
	k.FanOut = true
	other := k
	other.Vendor = "bolt"
	p.Lookups = []ledger.Lookup{k, other}
	return p
}

// fanOutRun makes a run of rows that are asked about at acme and bolt, side by side, and
// returns first those at acme.
func (b *bench) fanOutRun(id string, n int64) (ledger.Run, []ledger.Work) {
	b.t.Helper()
	run := b.plan(id, func(run ledger.Run) (rows []ledger.PlannedVehicle) {
		for row := range n {
			rows = append(rows, fanOutRow(run, row+1))
		}
		return rows
	})
	var work []ledger.Work
	for _, vendor := range []string{"acme", "bolt"} {
		part, err := b.Sendable(ctx(), run.Seq, vendor, noon, nil, 1000)
		b.must(err)
		work = append(work, part...)
	}
	return run, work
}

func sideBySideInThePlan(b *bench) {
	run, work := b.fanOutRun("one", 3)
	if len(work) != 6 {
		b.t.Fatalf("%d lookups", len(work))
	}
	var groupID int64
	for _, r := range b.rows(run) {
		if len(r.Lookups) != 2 || r.Lookups[0].Lookup.Vendor != "acme" || r.Lookups[1].Lookup.Vendor != "bolt" {
			b.t.Fatalf("row %d has %+v", r.Vehicle.Row, r.Lookups)
		}
		groupID = r.Lookups[0].Lookup.ID
		for _, a := range r.Lookups {
			if a.Lookup.GroupID != groupID || !a.Lookup.FanOut || !a.Owner(r) || a.Lookup.Continues() {
				b.t.Errorf("lookup %+v of group %d", a.Lookup, groupID)
			}
		}
	}
	list, err := b.MaintenanceOf(ctx(), run.Seq, 3)
	b.must(err)
	if len(list) != 2 || list[0].ID != groupID || list[1].GroupID != groupID {
		b.t.Errorf("in group %d are %+v", groupID, list)
	}
	all, err := b.Asked(ctx(), work[0].Lookup.Key)
	b.must(err)
	if len(all) != 2 || all[0].ID < all[1].ID {
		b.t.Errorf("asked are %+v", all)
	}
}

func endOpens(b *bench) {
	one, plan := b.start("one")
	_, other := b.start("two")
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(one, 1), rowOf(one, 2)) }))
	one, err := plan.End(9)
	b.must(err)
	b.must(other.Batch(func(ledger.PlanTx) error { return nil }))
	two, err := other.End(0)
	b.must(err)
	for _, run := range []ledger.Run{one, two} {
		if got, _, err := b.RunByID(ctx(), run.ID); err != nil || !reflect.DeepEqual(got, run) || run.State != ledger.RunOpen {
			b.t.Errorf("run %s ends as %+v and is kept as %+v, %v", run.ID, run, got, err)
		}
	}
	if one.InputRows != 9 || one.FirstLookup != 1 || one.LastLookup != 2 || two.FirstLookup != 0 || two.LastLookup != -1 {
		b.t.Errorf("runs are %+v and %+v", one, two)
	}
}
