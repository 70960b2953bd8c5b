package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// plan takes in the rows of a run.
type plan struct {
	l    *Ledger
	ctx  context.Context
	run  ledger.Run
	next int64 // id of the next lookup
}

// StartPlan begins to plan a run.
func (l *Ledger) StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error) {
	return &plan{l: l, ctx: context.WithoutCancel(ctx), run: r, next: l.read().lastLookup() + 1}, nil
}

func (s *state) lastLookup() (last int64) {
	for id := range s.lookups {
		last = max(last, id)
	}
	return last
}

// Batch runs do in one transaction.
func (p *plan) Batch(do func(ledger.PlanTx) error) error {
	before := p.next
	err := p.l.write(func(s *state) error { return do(&planTx{plan: p, s: s}) })
	if err != nil {
		p.next = before
	}
	return err
}

// End makes the run open: from now on its lookups are bought.
func (p *plan) End(rows int64) (ledger.Run, error) {
	r := p.run
	r.State, r.InputRows, r.FirstLookup, r.LastLookup = ledger.RunOpen, rows, 0, -1
	if all := p.l.read().lookupsOf(r.Seq); len(all) > 0 {
		r.FirstLookup, r.LastLookup = all[0].ID, all[len(all)-1].ID
	}
	return r, p.l.SetRun(r)
}

// planTx is one transaction of a plan. It works on the copy that will replace the state.
type planTx struct {
	plan *plan
	s    *state
}

// Context is the context of the plan.
func (t *planTx) Context() context.Context { return t.plan.ctx }

// Foresee has nothing to do: everything is in memory.
func (t *planTx) Foresee([]string, [][]byte) error { return nil }

// Earlier finds the first row of this run about a vehicle, leaving out duplicates.
func (t *planTx) Earlier(vehicleID string) (ledger.PlannedVehicle, bool, error) {
	run := t.plan.run.Seq
	for _, number := range t.s.rowsOf(run) {
		r := t.s.rows[place{run, number}]
		if vehicleID == "" || r.vehicleID != vehicleID || r.duplicate != 0 { // a row without an id is about no known vehicle
			continue
		}
		p := ledger.PlannedVehicle{VehicleID: vehicleID, Vehicle: keptVehicle(r.vehicle), Given: keptGiven(r.given)}
		for _, d := range record.Datasets() {
			p.Before = append(p.Before, r.lookups[d])
		}
		return p, true, nil
	}
	return ledger.PlannedVehicle{}, false, nil
}

// Asked lists the lookups with a key, the newest run first and within a run the newest lookup first; if there are many,
// only the 60 newest.
func (t *planTx) Asked(key []byte) ([]ledger.Lookup, error) { return t.s.askedBy(key), nil }

func (s *state) askedBy(key []byte) []ledger.Lookup {
	all := s.where(func(k *ledger.Lookup) bool { return bytes.Equal(k.Key, key) })
	slices.SortFunc(all, func(a, b ledger.Lookup) int { return cmp.Or(cmp.Compare(b.Run, a.Run), cmp.Compare(b.ID, a.ID)) })
	return all[:min(len(all), 60)]
}

// AskedIn finds the lookup of one run that has a key and has not been replaced by another.
func (t *planTx) AskedIn(key []byte, run int64, vendor string) (ledger.Lookup, bool, error) {
	return t.s.askedIn(key, run, vendor)
}

func (s *state) askedIn(key []byte, run int64, vendor string) (ledger.Lookup, bool, error) {
	found := s.where(func(k *ledger.Lookup) bool {
		return bytes.Equal(k.Key, key) && k.Run == run && k.ReplacedBy == 0 && (vendor == "" || k.Vendor == vendor)
	})
	if len(found) == 0 {
		return ledger.Lookup{}, false, nil
	}
	return found[0], true, nil
}

// Serving lists the lookups that serve a request now.
func (t *planTx) Serving(request int64) ([]ledger.Lookup, error) { return t.s.serving(request), nil }

// MayHavePaid tells whether any submission of a lookup, or of the lookup that it was taken over from, was charged or
// may have been.
func (t *planTx) MayHavePaid(k *ledger.Lookup) (bool, error) { return t.s.mayHavePaid(k), nil }

// PriorRow reads a row of another run with its lookups as they stand.
func (t *planTx) PriorRow(run, number int64) (ledger.PriorRow, error) {
	f, ok := t.s.priorRow(run, number)
	if !ok {
		return f, fmt.Errorf("run %d has no row %d", run, number)
	}
	asks := t.s.rows[place{run, cmp.Or(f.Duplicate, number)}]
	for d, request := range asks.lookups {
		if now := t.s.serving(request); len(now) > 0 {
			f.Lookups[d] = now[0]
		}
	}
	return f, nil
}

func (s *state) priorRow(run, number int64) (ledger.PriorRow, bool) {
	r, ok := s.rows[place{run, number}]
	f := ledger.PriorRow{VehicleID: r.vehicleID, Vehicle: keptVehicle(r.vehicle), Given: keptVehicle(r.vehicle), Duplicate: r.duplicate, Lookups: map[record.Dataset]ledger.Lookup{}}
	if r.given != nil {
		f.Given = keptVehicle(*r.given)
	}
	return f, ok
}

// PriorRows reads rows of a run after a given one, in input order.
func (l *Ledger) PriorRows(_ context.Context, r ledger.Run, after int64, limit int) ([]ledger.PriorRow, error) {
	s := l.read()
	var out []ledger.PriorRow
	for _, number := range s.rowsOf(r.Seq) {
		if f, _ := s.priorRow(r.Seq, number); number > after && len(out) < limit {
			out = append(out, f)
		}
	}
	return out, nil
}

// Put writes a row and its lookups, and gives them their ids. Lookups of a fan-out get the first of them as their
// GroupID.
func (t *planTx) Put(p ledger.PlannedVehicle) error {
	at := place{t.plan.run.Seq, p.Vehicle.Row}
	if _, taken := t.s.rows[at]; taken {
		return fmt.Errorf("row %d is there", at.row)
	}
	requests := p.Number(at.run, t.plan.next)
	t.plan.next += int64(len(p.Lookups))
	for _, k := range p.Lookups {
		t.s.lookups[k.ID] = keptLookup(k)
	}
	t.s.rows[at] = row{vehicleID: p.VehicleID, vehicle: keptVehicle(p.Vehicle), given: keptGiven(p.Given), duplicate: p.Duplicate, lookups: requests}
	return nil
}

// Revise puts a new version of an earlier row. Lookups that it shares are kept; the others are removed, since they were
// only planned.
func (t *planTx) Revise(p ledger.PlannedVehicle) error {
	at := place{t.plan.run.Seq, p.Vehicle.Row}
	delete(t.s.rows, at)
	kept := map[int64]bool{0: true}
	for _, id := range p.Shared {
		kept[id] = true
	}
	for _, id := range p.Before {
		if !kept[id] {
			t.drop(p.VehicleID, at, id)
		}
	}
	return t.Put(p)
}

// drop removes a request from a row that now asks something else. If another row about the vehicle asks for it too, the
// request passes to that row.
func (t *planTx) drop(vehicleID string, at place, request int64) {
	var next int64
	for _, number := range t.s.rowsOf(at.run) {
		r := t.s.rows[place{at.run, number}]
		for _, id := range r.lookups {
			if next == 0 && id == request && r.vehicleID == vehicleID && r.duplicate == 0 {
				next = number
			}
		}
	}
	for _, k := range t.s.serving(request) {
		if k.Run != at.run || k.Row != at.row {
			continue
		}
		if k.Row = next; next == 0 {
			delete(t.s.lookups, k.ID)
		} else {
			t.s.lookups[k.ID] = k
		}
	}
}
