package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// askOrAwait asks one dataset of a row. One that takes what the input leaves out
// from the row's maintenance answer waits for that.
func (p *planner) askOrAwait(tx *sqlite.PlanTx, d record.Dataset, v *record.Vehicle, row *ledger.PlannedVehicle) (ledger.Lookup, int64, error) {
	gaps := p.policy.gaps(d, v)
	if len(gaps) == 0 {
		return p.ask(tx, d, v)
	}
	hopeful := p.policy.hopeful(d, v)
	if p.policy.nextStep(d, hopeful, 0) < 0 { // it lacks more than that
		return p.ask(tx, d, hopeful)
	}
	own, id, err := maintenanceOf(tx, row)
	if err != nil {
		return ledger.Lookup{}, 0, err
	}
	if anyOpen(own) {
		return p.await(tx, d, v, id)
	}
	past, err := p.policy.pastOf(tx.Context(), p.ledger, v, own, p.now)
	if err != nil {
		return ledger.Lookup{}, 0, err
	}
	full := p.policy.fill(d, *v, past, Today(p.now))
	k, shared, err := p.ask(tx, d, &full)
	if k.State == ledger.Failed && k.Stage == record.StageValidate {
		past.explain(&k, gaps)
	}
	return k, shared, err
}

// maintenanceOf lists the lookups that ask for the maintenance record of a row
// that is being planned, and how a lookup that waits for them names them.
func maintenanceOf(tx *sqlite.PlanTx, row *ledger.PlannedVehicle) (own []ledger.Lookup, id int64, err error) {
	if id, ok := row.Shared[record.DatasetMaintenance]; ok {
		own, err = tx.Serving(id)
		return own, id, err
	}
	for _, k := range row.Lookups {
		if k.Dataset == record.DatasetMaintenance {
			own = append(own, k)
		}
	}
	return own, ledger.AwaitsMaintenance, nil
}

func anyOpen(lookups []ledger.Lookup) bool {
	return slices.ContainsFunc(lookups, func(k ledger.Lookup) bool { return k.State.Open() })
}

// await plans a lookup that is not sent before another one, awaited, is settled.
// Rows that will ask the same share it.
func (p *planner) await(tx *sqlite.PlanTx, d record.Dataset, v *record.Vehicle, awaited int64) (ledger.Lookup, int64, error) {
	k := ledger.Lookup{Dataset: d, LastAt: p.now, State: ledger.Planned, Awaits: awaited, Question: lookup.AwaitingKey(d, v)}
	k.Vendor = p.policy.Routes[d].Vendors[p.policy.nextStep(d, p.policy.hopeful(d, v), 0)]
	asked, err := tx.Asked(k.Question)
	if err != nil {
		return k, 0, err
	}
	for _, a := range asked {
		if a.Run == p.run.Seq {
			return k, a.Request(), nil
		}
	}
	return k, 0, nil
}

// release decides how a lookup goes on that has waited: what its vehicle lacks
// is derived, its question is known then, and the rest is as in a plan.
func (p *Policy) release(ctx context.Context, l *sqlite.Ledger, w ledger.Work) (ledger.Work, error) {
	next, now := w, l.Now()
	k := &next.Lookup
	next.Vehicle = w.Vehicle.Bare()
	if len(p.gaps(k.Dataset, &next.Vehicle)) == 0 { // it has waited for one that asks the same
		return next, p.decide(ctx, l, &next)
	}
	own, err := l.MaintenanceOf(ctx, k.Run, k.Row)
	if err != nil {
		return w, fmt.Errorf("look for the maintenance answer of row %d: %w", k.Row, err)
	}
	if i := slices.IndexFunc(own, func(m ledger.Lookup) bool { return m.State.Open() }); i >= 0 {
		k.Awaits = own[i].Request()
		return next, nil
	}
	past, err := p.pastOf(ctx, l, &next.Vehicle, own, now)
	if err != nil {
		return w, err
	}
	next.Vehicle = p.fill(k.Dataset, next.Vehicle, past, Today(now))
	k.Derived = record.PackDerived(next.Vehicle.Derived)
	if p.nextStep(k.Dataset, &next.Vehicle, 0) < 0 {
		p.refuse(k, &next.Vehicle, now)
		past.explain(k, p.Routes[k.Dataset].Derive)
		k.Awaits, k.Derived = 0, ""
		return next, nil
	}
	return next, p.decide(ctx, l, &next)
}

// decide gives a released lookup its question, and what is known of that.
func (p *Policy) decide(ctx context.Context, l *sqlite.Ledger, w *ledger.Work) error {
	k := &w.Lookup
	question := lookup.Key(k.Dataset, &w.Vehicle)
	twin, ok, err := l.SameInRun(ctx, k.Run, question)
	if err != nil {
		return fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	if ok && twin.ID != k.ID {
		sameAs(k, &twin)
		return nil
	}
	k.Question, k.Awaits, k.NextAt = question, 0, time.Time{}
	r := resolver{l, p}
	if _, err := r.lookAgain(ctx, w, k.FirstAt.IsZero()); err != nil { // never sent: no other takes its place
		return fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	return nil
}

// sameAs lets a lookup end as another one of its run that turned out to ask the
// same; while that is open, it waits for it.
func sameAs(k, twin *ledger.Lookup) {
	if twin.State.Open() {
		k.Awaits = twin.Request()
		return
	}
	k.Awaits, k.State, k.Source, k.Vendor = 0, twin.State, twin.ID, twin.Vendor
	k.Answer, k.Ticket, k.AnsweredAt = twin.Answer, twin.Ticket, twin.AnsweredAt
	k.Stage, k.Class, k.Code, k.Message, k.FirstAt = twin.Stage, twin.Class, twin.Code, twin.Message, twin.FirstAt
	copyDerived(k, twin)
}

// releaseAll releases every lookup of a run that need no longer wait. A process
// that died between an answer and what waited for it has left such.
func releaseAll(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run) error {
	for after := int64(0); ; {
		work, err := l.Released(ctx, run, after, planChunk)
		if err != nil {
			return fmt.Errorf("look for what need not wait any more: %w", err)
		}
		if len(work) == 0 {
			return nil
		}
		for _, w := range work {
			after = w.Lookup.ID
			if _, err := releaseOne(ctx, l, p, w); err != nil {
				return err
			}
		}
	}
}

// releaseOne lets one lookup go on. It is as it was when it still has to wait.
func releaseOne(ctx context.Context, l *sqlite.Ledger, p *Policy, w ledger.Work) (ledger.Work, error) {
	next, err := p.release(ctx, l, w)
	if err != nil || next.Lookup.Awaits == w.Lookup.Awaits {
		return w, err
	}
	err = l.Release(ledger.Step{From: ledger.Planned, Next: next, Was: w.Attempt.Billed}, w.Lookup.Awaits)
	if errors.Is(err, ledger.ErrStale) {
		return w, nil
	}
	if err != nil {
		return w, fmt.Errorf("let lookup %d go on: %w", w.Lookup.ID, err)
	}
	return next, nil
}

// release lets those go on that have waited for a lookup that is settled now, and
// those that wait for these.
func (d *Drive) release(ctx context.Context, settled *ledger.Lookup) error {
	if !d.awaits {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	d.releasing.Lock() // one at a time: of two that turn out to ask the same, the second sees the first
	defer d.releasing.Unlock()
	for list := []ledger.Lookup{*settled}; len(list) > 0; list = list[1:] {
		work, err := d.ledger.ReleasedBy(ctx, &list[0])
		if err != nil {
			return fmt.Errorf("look for what has waited for lookup %d: %w", list[0].ID, err)
		}
		for _, w := range work {
			next, err := releaseOne(ctx, d.ledger, d.policy, w)
			if err != nil {
				return err
			}
			if d.released(&w.Lookup, &next.Lookup) {
				list = append(list, next.Lookup)
			}
		}
	}
	return nil
}

// releaseAll is for a lookup of another run that has settled: one of this run that
// followed it may have been waited for.
func (d *Drive) releaseAll(ctx context.Context) error {
	if !d.awaits {
		return nil
	}
	d.releasing.Lock()
	defer d.releasing.Unlock()
	if err := releaseAll(context.WithoutCancel(ctx), d.ledger, d.policy, d.run); err != nil {
		return err
	}
	for _, s := range d.stations {
		s.expect(time.Time{})
		s.expectPoll(time.Time{})
	}
	return nil
}

// released tells the rest of the drive where a lookup went that had waited. It
// tells whether it is settled.
func (d *Drive) released(was, next *ledger.Lookup) bool {
	d.tally.move(next.Dataset, was.State.Status(), next.State.Status())
	switch {
	case next.State == ledger.Planned && next.Awaits == 0:
		d.stations[next.Vendor].expect(next.NextAt)
	case next.State == ledger.Waiting:
		d.stations[next.Vendor].expectPoll(next.NextAt)
	case !next.State.Open():
		d.mu.Lock()
		d.open--
		d.mu.Unlock()
		d.wake()
		return true
	}
	return false
}

// reopener opens failed lookups again, in the order in which their requests were planned: what a lookup
// waits for comes before it.
type reopener struct {
	ledger *sqlite.Ledger
	policy *Policy
	opened map[int64]bool
}

func (r *reopener) open(ctx context.Context, w ledger.Work) (next ledger.Work, then *ledger.Lookup, ok bool, err error) {
	next, then, ok, err = r.policy.reopen(ctx, r.ledger, w)
	if err == nil && !ok {
		next, ok, err = r.derive(ctx, w)
	}
	if k := &next.Lookup; ok && k.State == ledger.Planned && k.Attempts == 0 && k.Derived != "" {
		k.Awaits = k.ID // never sent: another row may ask the same, which is opened as well
	}
	if ok {
		r.opened[w.Lookup.ID] = true
	}
	return next, then, ok, err
}

// derive opens a lookup that lacks nothing but what its maintenance answer tells,
// or will tell. What it asks is decided when the run goes on.
func (r *reopener) derive(ctx context.Context, w ledger.Work) (ledger.Work, bool, error) {
	k, p := w.Lookup, r.policy
	bare := w.Vehicle.Bare()
	step := p.nextStep(k.Dataset, p.hopeful(k.Dataset, &bare), 0)
	if k.Attempts > 0 { // it stays with its vendor, who may be asked no more
		step = slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor)
	}
	if step < 0 || len(p.gaps(k.Dataset, &bare)) == 0 {
		return w, false, nil
	}
	own, err := r.ledger.MaintenanceOf(ctx, k.Run, k.Row)
	if err != nil {
		return w, false, fmt.Errorf("look for the maintenance answer of row %d: %w", k.Row, err)
	}
	k.Awaits = k.ID
	if i := slices.IndexFunc(own, func(m ledger.Lookup) bool { return m.State.Open() || r.opened[m.ID] }); i >= 0 {
		k.Awaits = own[i].Request()
	} else {
		past, err := p.pastOf(ctx, r.ledger, &bare, own, r.ledger.Now())
		full := p.fill(k.Dataset, bare, past, Today(r.ledger.Now()))
		if err != nil || p.nextStep(k.Dataset, &full, 0) < 0 {
			return w, false, err
		}
	}
	if k.Forced = k.Stage != record.StageValidate; !k.Forced {
		k.FirstAt = time.Time{} // it has never been asked
	}
	k.Class, k.Code, k.Message, k.Stage, k.Tries, k.NextAt = "", "", "", "", 0, time.Time{}
	k.State, k.Source, k.Ticket, k.Answer, k.AnsweredAt = ledger.Planned, 0, "", 0, time.Time{}
	k.Vendor = p.Routes[k.Dataset].Vendors[step]
	w.Lookup, w.Vehicle = k, bare
	return w, true, nil
}
