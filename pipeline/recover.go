package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Recover settles what a process that ended left between an intent and its
// outcome: an answer that was kept but not read is read now; a call of which
// nothing was kept is in doubt. It returns how many are in doubt. What a clock that
// was ahead has put off is due at once.
func Recover(ctx context.Context, l *sqlite.Ledger, p *Policy) (doubts int, err error) {
	if err := l.DropPlanning(); err != nil {
		return 0, fmt.Errorf("forget a plan that was cut short: %w", err)
	}
	if err := l.SetBack(); err != nil {
		return 0, err
	}
	work, err := l.Unresolved(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for calls that were cut short: %w", err)
	}
	for _, w := range work {
		if _, known := p.Sellers[w.Lookup.Vendor]; !known {
			continue // its vendor's adapter must read what was kept
		}
		r, err := unread(ctx, l, p, w)
		if err != nil {
			return doubts, err
		}
		next, then := p.after(w, vendors.Submit, r, l.Now())
		if err := l.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: w.Attempt.Billed, Then: then}); err != nil {
			return doubts, fmt.Errorf("settle lookup %d, whose call was cut short: %w", w.Lookup.ID, err)
		}
		if next.Lookup.State == ledger.InDoubt {
			doubts++
		}
	}
	return doubts, nil
}

// unread is the reading of what was kept of a call, if anything was.
func unread(ctx context.Context, l *sqlite.Ledger, p *Policy, w ledger.Work) (reading, error) {
	nothing := reading{out: vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromNobody, Code: "interrupted", Message: "the program ended while the call was under way"}}
	a, ok, err := l.LastAnswer(ctx, w.Lookup.ID, w.Lookup.Attempts)
	if err != nil {
		return nothing, fmt.Errorf("read back what was kept of lookup %d: %w", w.Lookup.ID, err)
	}
	s, known := p.Sellers[w.Lookup.Vendor]
	if !ok || !known {
		return nothing, nil
	}
	resp := responseOf(a)
	out := s.read(w.Lookup.Dataset, vendors.Call(a.Call), &w.Vehicle, resp)
	return reading{answer: a.ID, received: a.ReceivedAt, out: out}, nil
}

func responseOf(a ledger.Answer) vendors.Response {
	r := vendors.Response{Status: a.Status, Head: vendors.Head(a.Head), Body: a.Body}
	if a.Failure != "" {
		r.Err = errors.New(a.Failure)
	}
	return r
}

// Refresh looks again at what a run that goes on has planned: a later run may
// have bought the answer meanwhile, or the route may have changed.
func Refresh(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run) error {
	return eachRefreshed(ctx, l, p, run, func(steps []ledger.Step, _ []ledger.Work) error {
		if err := l.AdvanceAll(steps); err != nil {
			return fmt.Errorf("write down what has changed since: %w", err)
		}
		return nil
	})
}

// Foresee tells of each planned lookup that Refresh would change how it is and how it would
// be, and writes nothing.
func Foresee(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run, tell func(was, next *ledger.Work)) error {
	return eachRefreshed(ctx, l, p, run, func(steps []ledger.Step, was []ledger.Work) error {
		for i := range steps {
			next := steps[i].Next
			next.Lookup = *stands(&steps[i])
			tell(&was[i], &next)
		}
		return nil
	})
}

// eachRefreshed hands out, in chunks, the steps of planned lookups that are not planned any
// more or have another vendor, and how they were.
func eachRefreshed(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run, do func(steps []ledger.Step, was []ledger.Work) error) error {
	r := resolver{l, p}
	after := int64(0)
	for {
		work, err := l.PlannedWork(ctx, run, after, planChunk)
		if err != nil {
			return fmt.Errorf("look again at what is planned: %w", err)
		}
		if len(work) == 0 {
			return nil
		}
		var steps []ledger.Step
		var was []ledger.Work
		for _, w := range work {
			after = w.Lookup.ID
			next := w
			then, err := r.lookAgain(ctx, &next, false)
			if err != nil {
				return fmt.Errorf("look again at lookup %d: %w", w.Lookup.ID, err)
			}
			if next.Lookup.State != ledger.Planned || next.Lookup.Vendor != w.Lookup.Vendor {
				steps, was = append(steps, ledger.Step{From: ledger.Planned, Next: next, Was: w.Attempt.Billed, Then: then}), append(was, w)
			}
		}
		if err := do(steps, was); err != nil {
			return err
		}
	}
}

// serves tells whether the vendor of a planned lookup is still on its route.
func (p *Policy) serves(k *ledger.Lookup) bool {
	_, ok := p.Sellers[k.Vendor]
	return ok && slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor) >= 0
}

// Reopening is what opening lookups of the failure ledger again would do.
type Reopening struct {
	Lookups   int        // that would be opened
	Rebought  int        // of them, those that may be paid a second time
	AtStake   record.Fen // what paying them again would cost
	PollAgain int        // of them, those that only ask again for a ticket
	NotTaken  int        // of them, those in doubt that were refused before they were taken, by what is declared since
	Kept      int        // that cannot be opened: nothing about them has changed
}

// PlanRetry tells what Retry would do.
func PlanRetry(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run, f ledger.Filter) (Reopening, error) {
	var r Reopening
	again := reopener{l, p, map[int64]bool{}}
	err := l.Failures(ctx, run, f, func(w ledger.Work) error {
		next, then, ok, err := again.open(ctx, w)
		if err != nil {
			return err
		}
		paid, err := l.MayHavePaid(ctx, &w.Lookup)
		if then != nil && err == nil {
			next.Lookup = *then
			var again bool
			again, err = l.HasPaid(ctx, &w.Lookup, then.Vendor)
			paid = paid || again
		}
		if err != nil {
			return fmt.Errorf("look for the orders behind lookup %d: %w", w.Lookup.ID, err)
		}
		lift, err := p.lift(ctx, l, w)
		r.add(p, next, ok, paid || w.Lookup.State == ledger.InDoubt, lift.free)
		return err
	})
	return r, err
}

func (r *Reopening) add(p *Policy, next ledger.Work, ok, paid, free bool) {
	if !ok {
		r.Kept++
		return
	}
	r.Lookups++
	switch {
	case next.Lookup.State == ledger.Waiting:
		r.PollAgain++
	case next.Lookup.State == ledger.Planned && free:
		r.NotTaken++
	case next.Lookup.State == ledger.Planned && paid:
		r.Rebought++
		r.AtStake += p.price(&next.Lookup)
	}
}

// Retry opens the lookups of the failure ledger that match, and the run with them.
func Retry(ctx context.Context, l *sqlite.Ledger, p *Policy, run ledger.Run, f ledger.Filter) (ledger.Run, error) {
	var steps []ledger.Step
	var free []ledger.Settlement
	again := reopener{l, p, map[int64]bool{}}
	err := l.Failures(ctx, run, f, func(w ledger.Work) error {
		next, then, ok, err := again.open(ctx, w)
		if err != nil || !ok {
			return err
		}
		steps = append(steps, ledger.Step{From: w.Lookup.State, Next: next, Was: w.Attempt.Billed, Then: then})
		lift, err := p.lift(ctx, l, w)
		free = append(free, lift.charges...)
		return err
	})
	if err != nil {
		return run, err
	}
	if err := l.Settle(free); err != nil { // first: a doubt whose orders were free is free to open
		return run, fmt.Errorf("write down that orders were not taken: %w", err)
	}
	run.State, run.FinishedAt = ledger.RunOpen, time.Time{}
	if err := l.SetRun(run); err != nil {
		return run, fmt.Errorf("open the run again: %w", err)
	}
	if err := askAnew(ctx, l, run, steps); err != nil { // first: a question that nobody asks yet does no harm
		return run, fmt.Errorf("ask lookups anew: %w", err)
	}
	if err := l.AdvanceAll(steps); err != nil {
		return run, fmt.Errorf("open lookups again: %w", err)
	}
	return run, nil
}

// askAnew gives lookups that could not be asked before their real question, so
// that later runs find their answer. One whose run asks the same elsewhere waits
// for that, and ends as it does.
func askAnew(ctx context.Context, l *sqlite.Ledger, run ledger.Run, steps []ledger.Step) error {
	var anew []ledger.NewQuestion
	asks := map[string]int64{}
	for i := range steps {
		k := &steps[i].Next.Lookup
		question := lookup.Key(k.Dataset, &steps[i].Next.Vehicle)
		if k.Attempts > 0 || k.State != ledger.Planned || k.Awaits != 0 || bytes.Equal(question, k.Question) {
			continue
		}
		twin, known := asks[string(question)]
		if !known {
			same, ok, err := l.SameInRun(ctx, run.Seq, question)
			if err != nil {
				return err
			}
			twin, known = same.Request(), ok
		}
		if known {
			k.Awaits = twin
			continue
		}
		asks[string(question)] = k.ID
		k.Question = question
		anew = append(anew, ledger.NewQuestion{Lookup: k.ID, Question: question})
	}
	return l.Ask(anew)
}

// reopen decides how a failed lookup begins again: its ticket is asked again,
// its stored answer is read again, or it is planned anew. One that was sent to a vendor
// that is gone from the route stays as it is: then is the lookup that asks another.
func (p *Policy) reopen(ctx context.Context, l *sqlite.Ledger, w ledger.Work) (next ledger.Work, then *ledger.Lookup, ok bool, err error) {
	next = w
	k := &next.Lookup
	k.Tries, k.NextAt = 0, time.Time{}
	if k.Stage == record.StageNormalise && k.Answer != 0 {
		if ok, err := p.readAgain(ctx, l, &next); ok || err != nil {
			return next, nil, ok, err
		}
	}
	k.Class, k.Code, k.Message, k.Stage = "", "", "", ""
	_, known := p.Sellers[k.Vendor]
	if known && k.Ticket != "" && w.Lookup.State == ledger.Failed && w.Lookup.Class != record.Rejected {
		k.State, k.TicketAt, k.Polls = ledger.Waiting, l.Now(), 0
		return next, nil, true, nil
	}
	step := p.stepAgain(k, &w.Vehicle)
	if step < 0 {
		return w, nil, false, nil
	}
	vendor := p.Routes[k.Dataset].Vendors[step]
	if k.Attempts > 0 && !p.serves(k) {
		other := successor(&w.Lookup, vendor)
		other.Forced = true
		return w, &other, true, nil
	}
	k.State, k.Source, k.Ticket, k.Answer, k.AnsweredAt, k.Forced = ledger.Planned, 0, "", 0, time.Time{}, true
	if w.Lookup.Stage == record.StageValidate {
		k.FirstAt, k.Forced = time.Time{}, false // it has never been asked
	}
	if w.Lookup.Stage == record.StageValidate || !p.serves(k) {
		k.Vendor = vendor
	}
	return next, nil, true, nil
}

// readAgain reads a stored answer with today's decoder.
func (p *Policy) readAgain(ctx context.Context, l *sqlite.Ledger, w *ledger.Work) (bool, error) {
	s, ok := p.Sellers[w.Lookup.Vendor]
	if !ok {
		return false, nil
	}
	a, err := l.AnswerByID(ctx, w.Lookup.Answer)
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
