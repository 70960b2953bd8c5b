package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// memory is what other runs have asked, wait for and have been told, whether the
// vendors were asked one after the other or side by side: whoever asks in one
// mode finds what was bought in the other.
type memory struct {
	ledger *ledger.Ledger
	policy *Policy
	beside bool // vendors were asked side by side in some run
}

func newMemory(ctx context.Context, l *ledger.Ledger, p *Policy) (*memory, error) {
	beside, err := l.AnyBeside(ctx)
	if err != nil {
		return nil, fmt.Errorf("look whether vendors were asked side by side: %w", err)
	}
	return &memory{ledger: l, policy: p, beside: beside}, nil
}

// bound lets a bound lookup take over what its vendor has said, owes or may have
// taken. asked are the lookups of other runs, the newest first.
func (m *memory) bound(ctx context.Context, k *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, now time.Time) error {
	for i := range asked {
		old, done := &asked[i], false
		var err error
		switch {
		case old.Vendor == k.Vendor:
			done = m.policy.takesOver(k, old, now)
		case old.Lead == 0:
			done, err = m.past(ctx, k, v, old, now)
		}
		if done || err != nil {
			return err
		}
	}
	return nil
}

// takesOver is reuse for a bound lookup: what the vendor said is its answer,
// whatever it was. It tells whether there is no need to look further back.
func (p *Policy) takesOver(k, old *ledger.Lookup, now time.Time) bool {
	step := k.Step
	defer func() { k.Step = step }()
	switch old.State {
	case ledger.Found, ledger.NoRecord, ledger.Unsupported:
		if now.Sub(old.AnsweredAt) < p.Routes[k.Dataset].MaxAge {
			takeAnswer(k, old)
		}
		return true
	case ledger.Waiting, ledger.Submitting:
		k.State, k.Source = ledger.Following, old.ID
		return true
	case ledger.InDoubt:
		return p.holdsDoubt(k, old, now)
	case ledger.Failed:
		return p.inherits(k, old, now)
	}
	return false
}

func takeAnswer(k, old *ledger.Lookup) {
	k.State, k.Vendor, k.Source = old.State, old.Vendor, old.ID
	k.Answer, k.Ticket, k.AnsweredAt, k.Code, k.Message = old.Answer, old.Ticket, old.AnsweredAt, old.Code, old.Message
}

// past looks at what a bound lookup's vendor said to one that has gone on to
// another vendor since: that was asked as well, and is not asked again.
func (m *memory) past(ctx context.Context, k *ledger.Lookup, v *record.Vehicle, old *ledger.Lookup, now time.Time) (bool, error) {
	seller, known := m.policy.Sellers[k.Vendor]
	if old.Attempts == 0 || !known {
		return false, nil
	}
	a, ok, err := m.ledger.LastAttemptAt(ctx, old.ID, k.Vendor)
	if err != nil || !ok || a.Billed == ledger.Reserved {
		return false, err
	}
	kept, ok, err := m.ledger.LastAnswer(ctx, old.ID, a.N)
	if err != nil {
		return false, err
	}
	out := vendors.Outcome{Kind: vendors.Kind(a.Outcome)}
	if ok {
		out = seller.read(k.Dataset, vendors.Call(kept.Call), v, responseOf(kept))
	}
	return m.policy.wasTold(k, old, a, kept, out, now), nil
}

// wasTold takes over the end of an earlier order at the same vendor, whose
// lookup has gone on.
func (p *Policy) wasTold(k, old *ledger.Lookup, a ledger.Attempt, kept ledger.Answer, out vendors.Outcome, now time.Time) bool {
	end := ledger.Lookup{ID: old.ID, Dataset: old.Dataset, Vendor: k.Vendor, Step: k.Step, FirstAt: a.IntentAt, LastAt: later(a.EndedAt, a.IntentAt),
		Code: out.Code, Message: out.Message, Answer: kept.ID, AnsweredAt: later(kept.ReceivedAt, a.EndedAt)}
	switch {
	case out.Kind == vendors.NoRecord:
		end.State = ledger.NoRecord
	case out.Kind == vendors.Unsupported:
		end.State = ledger.Unsupported
	case out.Kind == vendors.Refused || a.Billed == ledger.BilledNo:
		return false
	case a.Ticket != "":
		end.State, end.Class, end.Ticket = ledger.Failed, record.Expired, a.Ticket
	case out.Kind == vendors.Answered:
		end.State, end.Class, end.Stage = ledger.Failed, record.BadResponse, record.StageNormalise
	default:
		end.State, end.ID = ledger.InDoubt, 0 // its lookup stands elsewhere by now
	}
	return p.takesOver(k, &end, now)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// free lets a lookup that is bound to no vendor take over what other runs have,
// also from those that were bound to one of its route.
func (m *memory) free(ctx context.Context, k *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, now time.Time) error {
	var plain, bound []ledger.Lookup
	for _, a := range asked {
		if a.Lead == 0 {
			plain = append(plain, a)
		} else {
			bound = append(bound, a)
		}
	}
	was := *k
	m.policy.reuse(k, v, plain, now)
	if len(bound) == 0 || k.State == ledger.Found {
		return nil
	}
	best := *k
	for step, vendor := range m.policy.Routes[k.Dataset].Vendors {
		at := was
		at.Step, at.Vendor = step, vendor
		if err := m.bound(ctx, &at, v, bound, now); err != nil {
			return err
		}
		if worth(at.State) > worth(best.State) {
			best = at
		}
	}
	if *k = best; k.State != ledger.Planned {
		return nil
	}
	return m.goOn(ctx, k, v, bound, now)
}

// worth orders what may be taken over: what is had before what is owed, what is
// owed before what keeps others from being bought.
func worth(s ledger.State) int {
	return 1 + slices.Index([]ledger.State{ledger.Failed, ledger.InDoubt, ledger.Waiting, ledger.Following, ledger.Found}, s)
}

// goOn looks at the vendor that a free lookup has come to: what a bound one has
// there is taken over, and one that knew nothing is passed by, as the route has it.
func (m *memory) goOn(ctx context.Context, k *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, now time.Time) error {
	for {
		at := *k
		if err := m.bound(ctx, &at, v, asked, now); err != nil || at.State == ledger.Planned {
			return err
		}
		if status := at.State.Status(); status != record.NoRecord && status != record.Unsupported || !m.policy.fallsBack(k.Dataset, status) {
			*k = at
			return nil
		}
		next := m.policy.nextStep(k.Dataset, v, k.Step+1)
		if next < 0 {
			*k = at
			return nil
		}
		k.Step, k.Vendor, k.Tries, k.NextAt = next, m.policy.Routes[k.Dataset].Vendors[next], 0, time.Time{}
	}
}

// others are the lookups of other runs with the question of a planned one, the
// newest first, but for doubts and failures in spite of which it is bought.
func (m *memory) others(ctx context.Context, w *ledger.Work, inSpite bool) ([]ledger.Lookup, error) {
	k := &w.Lookup
	find := m.ledger.SameQuestion
	if m.beside {
		find = m.ledger.AskedAnywhere
	}
	asked, err := find(ctx, k.Plain())
	return elsewhere(asked, w, inSpite), err
}

// elsewhere leaves the lookups of other runs, but for doubts and failures in spite
// of which a lookup is bought, or after which it has been sent itself.
func elsewhere(asked []ledger.Lookup, w *ledger.Work, inSpite bool) []ledger.Lookup {
	return slices.DeleteFunc(asked, func(a ledger.Lookup) bool {
		unread := a.State == ledger.Failed && a.Ticket == "" // its kept answer has just been tried again
		sentSince := w.Attempt.N > 0 && w.Attempt.IntentAt.After(a.LastAt)
		return a.Run == w.Lookup.Run || (inSpite || sentSince) && (a.State == ledger.InDoubt || unread)
	})
}

// inSpite tells whether the user has said to buy a lookup in spite of a doubt, or
// it has gone on to another vendor behind one.
func inSpite(k *ledger.Lookup, last ledger.Billed) bool {
	return !k.FirstAt.IsZero() && k.Attempts == 0 || last == ledger.BilledYes || last == ledger.BilledUnknown
}

// lookAgain looks at a lookup just before it is sent: what it followed has
// left it, or it has come to another vendor. It tells whether it is not sent.
func (m *memory) lookAgain(ctx context.Context, w ledger.Work, now time.Time) (ledger.Work, bool, error) {
	next := w
	k := &next.Lookup
	if passed, err := m.pastFinal(ctx, &next); passed || err != nil {
		return next, passed, err
	}
	if !m.beside {
		return next, false, nil
	}
	// Of what was said elsewhere about another vendor, nothing counts here.
	here, _, err := m.ledger.LastAttemptAt(ctx, k.ID, k.Vendor)
	if err != nil {
		return next, false, err
	}
	asked, err := m.others(ctx, &w, inSpite(k, here.Billed))
	if err != nil {
		return next, false, err
	}
	if k.Lead != 0 {
		err = m.bound(ctx, k, &w.Vehicle, asked, now)
	} else {
		asked = slices.DeleteFunc(asked, func(a ledger.Lookup) bool { return a.Lead == 0 })
		err = m.goOn(ctx, k, &w.Vehicle, asked, now)
	}
	moved := k.Vendor != w.Lookup.Vendor
	if moved && k.State == ledger.Planned && !k.FirstAt.After(m.policy.Loss.At) { // as when it falls back
		m.policy.fear(k, now)
	}
	return next, moved || k.State != ledger.Planned, err
}

// pastFinal passes by a vendor that has said its last word on a lookup before: one comes back to
// it when the route was changed meanwhile. It goes on behind that vendor, or ends as it would have then.
func (m *memory) pastFinal(ctx context.Context, w *ledger.Work) (bool, error) {
	k := &w.Lookup
	if k.Attempts == 0 {
		return false, nil
	}
	last, ok, err := m.ledger.LastAttemptAt(ctx, k.ID, k.Vendor)
	if err != nil || !ok || !isLastWord(last.Outcome) {
		return false, err
	}
	status := record.Status(last.Outcome)
	if step := m.policy.nextStep(k.Dataset, &w.Vehicle, k.Step+1); step >= 0 && m.policy.fallsBack(k.Dataset, status) {
		k.Step, k.Vendor, k.Tries, k.NextAt = step, m.policy.Routes[k.Dataset].Vendors[step], 0, time.Time{}
		return true, nil
	}
	kept, _, err := m.ledger.LastAnswer(ctx, k.ID, last.N)
	k.State, k.Answer, k.AnsweredAt = ledger.State(status), kept.ID, later(kept.ReceivedAt, last.EndedAt)
	return true, err
}

func isLastWord(outcome string) bool {
	return outcome == string(vendors.NoRecord) || outcome == string(vendors.Unsupported)
}
