package retry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

// reopener opens failed lookups again, in the order in which their requests were planned, so that a
// lookup comes after the one it waits for.
type reopener struct {
	*resolve.Resolver
	store  Store
	opened map[int64]bool
}

func (r *reopener) open(ctx context.Context, w ledger.Work) (step ledger.Step, ok bool, err error) {
	step, ok, err = r.reopen(ctx, w)
	if err == nil && !ok {
		step, ok, err = r.derive(ctx, w)
	}
	if k := &step.Next.Lookup; ok && k.State == ledger.Planned && k.Attempts == 0 && k.Derived != "" {
		k.DependsOn = k.ID // never sent: another row that is opened too may ask the same
	}
	if ok {
		r.opened[w.Lookup.ID] = true
	}
	return step, ok, err
}

// derive opens a lookup that lacks nothing but values from its maintenance answer, which is there
// or still to come. What the lookup asks is decided when the run goes on.
func (r *reopener) derive(ctx context.Context, w ledger.Work) (ledger.Step, bool, error) {
	out := ledger.Step{From: w.Lookup.State, Next: w, Was: w.Attempt.Billed}
	k, p := w.Lookup, r.Policy
	bare := w.Vehicle.Bare()
	step := p.NextStep(k.Dataset, p.AssumeDerived(k.Dataset, &bare), 0)
	if k.Attempts > 0 { // it stays with its vendor, which may have left the route
		step = slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor)
	}
	if step < 0 || len(p.MissingColumns(k.Dataset, &bare)) == 0 {
		return out, false, nil
	}
	own, err := r.Store.MaintenanceOf(ctx, k.Run, k.Row)
	if err != nil {
		return out, false, fmt.Errorf("look for the maintenance answer of row %d: %w", k.Row, err)
	}
	k.DependsOn = k.ID
	if i := slices.IndexFunc(own, func(m ledger.Lookup) bool { return m.State.Open() || r.opened[m.ID] }); i >= 0 {
		k.DependsOn = own[i].Request()
	} else {
		past, err := r.PastOf(ctx, &bare, own, r.Store.Now())
		full := p.ApplyDerived(k.Dataset, bare, past, record.DateOf(r.Store.Now()))
		if err != nil || p.NextStep(k.Dataset, &full, 0) < 0 {
			return out, false, err
		}
	}
	if k.Forced = k.Stage != record.StageValidate; !k.Forced {
		k.FirstAt = time.Time{} // it has never been asked
	}
	k.Class, k.Code, k.Message, k.Stage, k.Tries, k.NextAt = "", "", "", "", 0, time.Time{}
	k.State, k.Source, k.Ticket, k.Answer, k.AnsweredAt = ledger.Planned, 0, "", 0, time.Time{}
	k.Vendor = p.Routes[k.Dataset].Vendors[step]
	out.Next.Lookup, out.Next.Vehicle = k, bare
	return out, true, nil
}
