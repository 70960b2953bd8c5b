package memory

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// stale is the error for a change that starts from another state than its lookup has.
func stale(k *ledger.Lookup, from ledger.State) error {
	return fmt.Errorf("lookup %d from %s to %s: %w", k.ID, from, k.State, ledger.ErrStale)
}

// Intend writes down that a planned lookup is about to be submitted, with its charge reserved within a limit.
func (l *Ledger) Intend(w ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error) {
	now := l.now()
	k, read := &w.Lookup, w.Lookup
	k.State, k.Forced, k.LastAt, k.Attempts = ledger.Submitting, false, now, read.Attempts+1
	if k.FirstAt.IsZero() {
		k.FirstAt = now
	}
	w.Attempt = ledger.Attempt{Lookup: k.ID, N: k.Attempts, Vendor: k.Vendor, Dataset: k.Dataset, Fen: fen, Billed: ledger.Reserved, IntentAt: now}
	return w, l.write(func(s *state) error {
		if !s.affords(k.Run, fen, limit) {
			return ledger.ErrBudget
		}
		was, ok := s.lookups[k.ID]
		if !ok || was.State != ledger.Planned || was.DependsOn != 0 || !reflect.DeepEqual(was, keptLookup(read)) {
			return stale(k, ledger.Planned)
		}
		was.State, was.Forced, was.Attempts, was.FirstAt, was.LastAt = k.State, false, k.Attempts, k.FirstAt, k.LastAt
		s.lookups[k.ID] = keptLookup(was)
		s.attempts[k.ID] = append(slices.Clip(s.attempts[k.ID]), keptAttempt(w.Attempt))
		return nil
	})
}

func keptAttempt(a ledger.Attempt) ledger.Attempt {
	a.IntentAt, a.EndedAt = stored(a.IntentAt), stored(a.EndedAt)
	return a
}

// Receive keeps what came back for a call alone.
func (l *Ledger) Receive(a ledger.Answer) (id int64, err error) {
	err = l.change(func(s *state) { id = s.receive(a) })
	return id, err
}

func (s *state) receive(a ledger.Answer) int64 {
	a.ID, a.Body, a.ReceivedAt = int64(len(s.answers))+1, bytes.Clone(a.Body), stored(a.ReceivedAt)
	s.answers = append(s.answers, a)
	return a.ID
}

// Conclude keeps what came back for a call and makes the step that follows from it. If the step is stale, only the
// answer is kept.
func (l *Ledger) Conclude(a ledger.Answer, step ledger.Step) error {
	var late error
	err := l.write(func(s *state) error {
		id := s.receive(a)
		if step.Next.Lookup.Answer == ledger.ThisAnswer {
			step.Next.Lookup.Answer = id
		}
		if late = s.advance(&step, l.now()); errors.Is(late, ledger.ErrStale) {
			return nil
		}
		return late
	})
	if err != nil {
		return err
	}
	return late
}

// Advance makes one step, for the lookup and for those that follow it.
func (l *Ledger) Advance(step ledger.Step) error {
	return l.write(func(s *state) error { return s.advance(&step, l.now()) })
}

// AdvanceAll makes many steps, all or nothing. A store that writes to a disk may use several commits.
func (l *Ledger) AdvanceAll(steps []ledger.Step) error {
	return l.write(func(s *state) error {
		for _, step := range steps {
			if err := s.advance(&step, l.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// advance makes a step. If the step is stale, it fails before anything is changed.
func (s *state) advance(step *ledger.Step, now time.Time) error {
	step.Next.Lookup.LastAt = now
	return s.move(step)
}

func (s *state) move(step *ledger.Step) error {
	k, a := &step.Next.Lookup, &step.Next.Attempt
	if k.ReplacedBy != 0 && (k.State.Open() || step.Then != nil) {
		return fmt.Errorf("lookup %d cannot become %s: its request has gone on as lookup %d", k.ID, k.State, k.ReplacedBy)
	}
	was, ok := s.lookups[k.ID]
	if !ok || was.State != step.From || was.Attempts != k.Attempts || was.ReplacedBy != k.ReplacedBy || !bytes.Equal(was.Key, k.Key) {
		return stale(k, step.From)
	}
	k.Run, k.Row, k.Dataset, k.FanOut = was.Run, was.Row, was.Dataset, was.FanOut // a step does not change what a lookup belongs to
	if step.Then != nil {
		s.goOn(k, step.Then)
	}
	s.lookups[k.ID] = keptLookup(*k)
	if a.N > 0 && (step.From == ledger.Submitting || a.Billed != step.Was) {
		s.end(*a)
	}
	s.propagate(k, step.Then)
	return nil
}

// goOn writes the lookup at the next vendor, which replaces one that has come to its end.
func (s *state) goOn(k, next *ledger.Lookup) {
	next.ID = s.lastLookup() + 1
	k.GroupID, k.ReplacedBy = k.Request(), next.ID
	next.Run, next.Row, next.Dataset, next.Key, next.GroupID, next.LastAt = k.Run, k.Row, k.Dataset, k.Key, k.GroupID, k.LastAt
	s.lookups[next.ID] = keptLookup(*next)
}

// end writes what has become of a submission.
func (s *state) end(a ledger.Attempt) {
	s.attempts[a.Lookup] = slices.Clone(s.attempts[a.Lookup])
	for i, was := range s.attempts[a.Lookup] {
		if was.N == a.N {
			was.Billed, was.EndedAt, was.Outcome, was.Code, was.Ticket = a.Billed, a.EndedAt, a.Outcome, a.Code, a.Ticket
			s.attempts[a.Lookup][i] = keptAttempt(was)
		}
	}
}

// propagate gives the outcome of a lookup to the lookups that follow it, which pay nothing. Some followers are planned
// again instead: those outside a fan-out, if the lookup's request goes on at another vendor, or if the lookup is part
// of a fan-out and ended without a report. Each of these is decided anew before it is sent.
func (s *state) propagate(k, then *ledger.Lookup) {
	if k.State.Open() {
		return
	}
	goesOn := then != nil || k.FanOut && (k.State == ledger.NoRecord || k.State == ledger.Unsupported)
	for _, f := range s.where(func(f *ledger.Lookup) bool { return f.State == ledger.Following && f.Source == k.ID }) {
		f.NextAt, f.LastAt = time.Time{}, k.LastAt
		switch {
		case !goesOn || f.FanOut:
			f.State, f.Ticket, f.Answer, f.AnsweredAt = k.State, k.Ticket, k.Answer, k.AnsweredAt
			f.Stage, f.Class, f.Code, f.Message = k.Stage, k.Class, k.Code, k.Message
		case then != nil: // the follower goes on at the same place in the route
			f.Vendor, f.FirstAt = then.Vendor, then.FirstAt
			fallthrough
		default:
			f.State, f.Source, f.Ticket = ledger.Planned, 0, ""
		}
		s.lookups[f.ID] = keptLookup(f)
	}
}

// Unblock makes the step of a lookup that has waited for another, and gives it the key that it has now.
func (l *Ledger) Unblock(step ledger.Step, awaited int64) error {
	return l.write(func(s *state) error {
		k := &step.Next.Lookup
		was, ok := s.lookups[k.ID]
		if !ok || was.State != ledger.Planned || was.DependsOn != awaited {
			return stale(k, ledger.Planned)
		}
		was.Key = k.Key
		s.lookups[k.ID] = was
		return s.advance(&step, l.now())
	})
}

// Settle writes down what a bill says of submissions, with the steps that follow from that, all or nothing.
func (l *Ledger) Settle(list []ledger.Settlement) error {
	return l.write(func(s *state) error {
		for i := range list {
			if err := s.settle(&list[i], l.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *state) settle(p *ledger.Settlement, now time.Time) error {
	a := s.attempt(p.Lookup, p.N)
	if a.N == 0 || a.Billed != p.Was {
		return fmt.Errorf("charge %d of lookup %d from %s to %s: %w", p.N, p.Lookup, p.Was, p.Billed, ledger.ErrStale)
	}
	a.Billed = p.Billed
	if p.Ticket != "" {
		a.Ticket = p.Ticket
	}
	s.end(a)
	for _, step := range p.Steps {
		if step.Next.Lookup.State != step.From { // the state has changed; otherwise nothing has happened to the lookup
			step.Next.Lookup.LastAt = now
		}
		if err := s.move(&step); err != nil {
			return err
		}
	}
	return nil
}

// SetKeys gives lookups that could not be asked before their real keys.
func (l *Ledger) SetKeys(list []ledger.NewKey) error {
	return l.change(func(s *state) {
		for _, q := range list {
			if k, ok := s.lookups[q.Lookup]; ok {
				k.Key = q.Key
				s.lookups[q.Lookup] = keptLookup(k)
			}
		}
	})
}

// SetBack makes due now what was put off by a clock that was ahead of this one by more than a minute, and what is due
// later than the longest interval plus a day.
func (l *Ledger) SetBack() error {
	now := l.now()
	return l.change(func(s *state) {
		for _, k := range s.where(func(k *ledger.Lookup) bool {
			return k.State == ledger.Waiting || k.State == ledger.Planned && k.DependsOn == 0
		}) {
			if k.LastAt.After(now.Add(time.Minute)) || k.NextAt.After(now.Add(record.LongestInterval+24*time.Hour)) {
				k.NextAt = now
				if k.LastAt.Before(now) {
					k.NextAt = k.LastAt
				}
				s.lookups[k.ID] = keptLookup(k)
			}
		}
	})
}
