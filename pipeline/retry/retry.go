package retry

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

// Reopening counts what opening lookups of the failure ledger again would do.
type Reopening struct {
	Lookups   int        // lookups that would be opened
	Rebought  int        // those of them that may be paid a second time
	AtStake   record.Fen // what paying them again would cost
	PollAgain int        // those of them that only ask again for a ticket
	NotTaken  int        // those of them that were in doubt and, by what the user has declared since, were never taken
	Kept      int        // lookups that cannot be opened: nothing about them has changed
}

// PlanRetry tells what Retry would do.
func PlanRetry(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, f ledger.Filter) (Reopening, error) {
	var r Reopening
	again := reopener{resolve.New(l, p), l, map[int64]bool{}}
	err := l.Failures(ctx, run, f, func(w ledger.Work) error {
		step, ok, err := again.open(ctx, w)
		if err != nil {
			return err
		}
		paid, err := l.MayHavePaid(ctx, &w.Lookup)
		if step.Then != nil && err == nil {
			var there bool
			there, err = l.HasPaid(ctx, &w.Lookup, step.Then.Vendor)
			paid = paid || there
		}
		if err != nil {
			return fmt.Errorf("look for the orders behind lookup %d: %w", w.Lookup.ID, err)
		}
		lift, err := again.lift(ctx, w)
		r.add(p, step.Stands(), ok, paid || w.Lookup.State == ledger.InDoubt, lift.free)
		return err
	})
	return r, err
}

func (r *Reopening) add(p *policy.Policy, next *ledger.Lookup, ok, paid, free bool) {
	if !ok {
		r.Kept++
		return
	}
	r.Lookups++
	switch {
	case next.State == ledger.Waiting:
		r.PollAgain++
	case next.State == ledger.Planned && free:
		r.NotTaken++
	case next.State == ledger.Planned && paid:
		r.Rebought++
		r.AtStake += p.Price(next)
	}
}

// Retry opens the matching lookups of the failure ledger, and reopens their run.
func Retry(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, f ledger.Filter) (ledger.Run, error) {
	var steps []ledger.Step
	var free []ledger.Settlement
	again := reopener{resolve.New(l, p), l, map[int64]bool{}}
	err := l.Failures(ctx, run, f, func(w ledger.Work) error {
		step, ok, err := again.open(ctx, w)
		if err != nil || !ok {
			return err
		}
		steps = append(steps, step)
		lift, err := again.lift(ctx, w)
		free = append(free, lift.charges...)
		return err
	})
	if err != nil {
		return run, err
	}
	if err := l.Settle(free); err != nil { // first: once its orders count as free, a doubt can be opened free of charge
		return run, fmt.Errorf("write down that orders were not taken: %w", err)
	}
	run.State, run.FinishedAt = ledger.RunOpen, time.Time{}
	if err := l.SetRun(run); err != nil {
		return run, fmt.Errorf("open the run again: %w", err)
	}
	if err := askAnew(ctx, l, run, steps); err != nil { // first: a key does no harm while its lookup is not planned yet
		return run, fmt.Errorf("ask lookups anew: %w", err)
	}
	if err := l.AdvanceAll(steps); err != nil {
		return run, fmt.Errorf("open lookups again: %w", err)
	}
	return run, nil
}

// askAnew gives lookups that could not be asked before their real key, so that later runs find
// their answer. If another lookup of the same run asks the same, this one waits for it and ends as
// it does.
func askAnew(ctx context.Context, l Store, run ledger.Run, steps []ledger.Step) error {
	var anew []ledger.NewKey
	asks := map[string]int64{}
	for i := range steps {
		k := &steps[i].Next.Lookup
		key := lookup.Key(k.Dataset, &steps[i].Next.Vehicle)
		if k.Attempts > 0 || k.State != ledger.Planned || k.DependsOn != 0 || bytes.Equal(key, k.Key) {
			continue
		}
		duplicate, known := asks[string(key)]
		if !known {
			same, ok, err := l.SameInRun(ctx, run.Seq, key)
			if err != nil {
				return err
			}
			duplicate, known = same.Request(), ok
		}
		if known {
			k.DependsOn = duplicate
			continue
		}
		asks[string(key)] = k.ID
		k.Key = key
		anew = append(anew, ledger.NewKey{Lookup: k.ID, Key: key})
	}
	return l.SetKeys(anew)
}

// reopen decides how a failed lookup begins again: its ticket is asked about again, its stored
// answer is read again, or it is planned anew. A lookup that was sent to a vendor which has left
// the route stays as it is, and the step names the new lookup that asks another vendor.
func (r *reopener) reopen(ctx context.Context, w ledger.Work) (step ledger.Step, ok bool, err error) {
	step = ledger.Step{From: w.Lookup.State, Next: w, Was: w.Attempt.Billed}
	p, k := r.Policy, &step.Next.Lookup
	k.Tries, k.NextAt = 0, time.Time{}
	if k.Stage == record.StageNormalise && k.Answer != 0 {
		if ok, err := r.readAgain(ctx, &step.Next); ok || err != nil {
			return step, ok, err
		}
	}
	k.Class, k.Code, k.Message, k.Stage = "", "", "", ""
	_, known := p.Vendors[k.Vendor]
	if known && k.Ticket != "" && w.Lookup.State == ledger.Failed && w.Lookup.Class != record.Rejected {
		k.State, k.TicketAt, k.Polls = ledger.Waiting, r.Store.Now(), 0
		return step, true, nil
	}
	stop := p.StepAgain(k, &w.Vehicle)
	if stop < 0 {
		return step, false, nil
	}
	vendor := p.Routes[k.Dataset].Vendors[stop]
	if k.Attempts > 0 && !p.OnRoute(k) {
		other := lookup.Successor(&w.Lookup, vendor)
		other.Forced = true
		step.Next, step.Then = w, &other
		return step, true, nil
	}
	k.State, k.Source, k.Ticket, k.Answer, k.AnsweredAt, k.Forced = ledger.Planned, 0, "", 0, time.Time{}, true
	if w.Lookup.Stage == record.StageValidate {
		k.FirstAt, k.Forced = time.Time{}, false // it has never been asked
	}
	if w.Lookup.Stage == record.StageValidate || !p.OnRoute(k) {
		k.Vendor = vendor
	}
	return step, true, nil
}

// readAgain reads a stored answer with today's decoder.
func (r *reopener) readAgain(ctx context.Context, w *ledger.Work) (bool, error) {
	s, ok := r.Policy.Vendors[w.Lookup.Vendor]
	if !ok {
		return false, nil
	}
	a, err := r.Store.AnswerByID(ctx, w.Lookup.Answer)
	if err != nil {
		return false, fmt.Errorf("read back the answer to lookup %d: %w", w.Lookup.ID, err)
	}
	if a.Status != http.StatusOK {
		return false, nil
	}
	if _, err := s.Vendor.Decode(w.Lookup.Dataset, &w.Vehicle, a.Body); err != nil {
		return false, nil
	}
	k := &w.Lookup
	k.State, k.Class, k.Code, k.Message, k.Stage = ledger.Found, "", "", "", ""
	return true, nil
}
