package runner

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

const (
	// A gateway must refuse so often in a row, with a pause between, before its word
	// is taken for trouble with the account: the first number where it has never let
	// a call through, the second where it lets others through, the last where it has
	// let these through. A limiter that counts what it refuses lasts longer than two pauses.
	firstConfirmations, confirmations, manyConfirmations = 2, 3, 6
	// mostGone is how many tickets may be unknown, and no other one known, before the
	// vendor's address is in question rather than they.
	mostGone = 10
	// recently is how long an answer shows that others are answered, justNow how
	// long that polls are.
	recently, justNow = time.Minute, 2 * time.Second
)

// polls names the breaker of a vendor's polls among those of its orders by dataset.
const polls record.Dataset = ""

// health is what is known of how a vendor answers: whom it answers, what is waited
// for, and what takes no calls. It knows no clock; the worker's lock guards it.
type health struct {
	vendor   string
	patience time.Duration
	canProbe bool                                // the vendor has a call that costs nothing
	breakers map[record.Dataset]*breaker.Breaker // of orders by dataset, and of polls
	halts    []ledger.Halt

	answeredAt time.Time               // when it last spoke for itself; zero: never
	answered   map[record.Dataset]bool // what it has answered of what has a breaker
	polledAt   time.Time               // when it last answered a poll
	gone       map[int64]bool          // lookups whose ticket was unknown, until a poll is answered
	address    address                 // whether polls go to the right place
	probing    bool                    // a call that costs nothing is under way
	limited    ledger.Pause            // it has only said "too many" since; Nth counts how often
	held       ledger.Pause            // it wants no call before NextAt; Since is zero when it does not say so
	tooMany    breaker.Reason          // the last "too many"

	// To be written down: halts, and pauses whose breaker has moved.
	newHalts []ledger.Halt
	written  map[record.Dataset]ledger.Pause
}

// address is what is known of the place that polls go to, where tickets are unknown.
type address int

const (
	unseen     address = iota
	inQuestion         // too many tickets are unknown: a call that costs nothing should tell
	right
	wrong
)

// left is what an earlier process has left: who was waited for, and what was halted.
type left struct {
	pauses []ledger.Pause
	halts  []ledger.Halt
}

func newHealth(vendor string, p *policy.Policy, s *policy.VendorConfig, before left, now time.Time) *health {
	h := &health{vendor: vendor, patience: patienceOf(p, s), breakers: map[record.Dataset]*breaker.Breaker{},
		answered: map[record.Dataset]bool{}, gone: map[int64]bool{}, written: map[record.Dataset]ledger.Pause{}}
	h.canProbe = s.Prober() != nil
	h.breakers[polls] = breaker.New(breaker.Terms{Free: true}, p.Chance)
	for _, o := range s.Offers {
		b := breaker.New(breaker.Terms{Most: p.MostDoubt, Free: !h.canProbe}, p.Chance) // else an order has to find out
		b.Untried()
		h.breakers[o.Dataset] = b
	}
	for _, was := range before.pauses {
		if was.Vendor != vendor {
			continue
		}
		h.written[was.Dataset] = was
		if b := h.breakers[was.Dataset]; b != nil && was.Dataset != polls {
			t := breaker.Trouble{Nth: was.Nth, NextTry: was.NextAt, Reason: breaker.Reason{Class: was.Class, Code: was.Code, Message: was.Message}}
			if slices.ContainsFunc(before.halts, func(x ledger.Halt) bool { return x.Covers(&was) }) {
				t.Refusals = manyConfirmations // the user goes on; the same word again is enough
			}
			b.Resume(t, h.patience/2, now)
		}
	}
	return h
}

func breakerOf(call vendors.Call, d record.Dataset) record.Dataset {
	if call == vendors.Poll {
		return polls
	}
	return d
}

// closed tells whether the vendor takes no calls at all.
func (h *health) closed() bool {
	return slices.ContainsFunc(h.halts, func(x ledger.Halt) bool { return x.Stops == ledger.StopsCalls })
}

// ordersHalted tells whether the vendor takes no orders of a dataset.
func (h *health) ordersHalted(d record.Dataset) bool {
	return slices.ContainsFunc(h.halts, func(x ledger.Halt) bool {
		return x.Stops == ledger.StopsCalls || x.Dataset == "" || x.Dataset == d
	})
}

// allows tells whether a call may leave now, as far as the vendor's health goes.
func (h *health) allows(call vendors.Call, d record.Dataset, now time.Time) bool {
	if h.closed() || call == vendors.Submit && h.ordersHalted(d) {
		return false
	}
	b := h.breakers[breakerOf(call, d)]
	return b == nil || b.Ask(now)
}

// stillAllows tells whether a call that has a place may go, now that its turn has come.
func (h *health) stillAllows(t task) bool {
	d := t.work.Lookup.Dataset
	if h.closed() || t.call == vendors.Submit && !t.probe && h.ordersHalted(d) {
		return false
	}
	b := h.breakers[breakerOf(t.call, d)]
	return t.probe || b == nil || b.Leaves(t.place)
}

// leave takes a place for a call that is allowed.
func (h *health) leave(call vendors.Call, d record.Dataset) breaker.Place {
	if b := h.breakers[breakerOf(call, d)]; b != nil {
		return b.Leave()
	}
	return breaker.Place{}
}

// others tells whether the vendor has answered someone not long ago.
func (h *health) others(now time.Time) bool {
	return !h.answeredAt.IsZero() && now.Sub(h.answeredAt) <= recently
}

// observe takes in how a call ended. fen is its price.
func (h *health) observe(t task, fen record.Fen, out *vendors.Outcome, now time.Time) {
	k := &t.work.Lookup
	r := h.resultOf(t, out, now)
	if r == breaker.Answered {
		h.heard(t.call, now)
		h.answered[breakerOf(t.call, k.Dataset)] = true
	}
	h.noteLimited(out, now)
	key := breakerOf(t.call, k.Dataset)
	if b := h.breakers[key]; b != nil {
		b.Record(t.place, r, fen, reasonOf(out), now)
		h.confirm(key, now)
	}
	if out.Kind == vendors.AccountTrouble && out.From == vendors.FromVendor {
		h.halt(ledger.Halt{Stops: stoppedBy(out.Class), Class: out.Class, Code: out.Code, Message: out.Message, At: now})
	}
}

// notSent takes back the place of a call that did not leave.
func (h *health) notSent(t task, now time.Time) {
	if t.probe {
		h.probing = false
	} else if b := h.breakers[breakerOf(t.call, t.work.Lookup.Dataset)]; b != nil {
		b.Record(t.place, breaker.Neutral, 0, breaker.Reason{}, now)
	}
}

// stoppedBy tells what trouble with an account stops: without money nothing is
// bought, but what was bought is asked for.
func stoppedBy(c record.Class) ledger.Stops {
	if c == record.Balance || c == record.Quota {
		return ledger.StopsOrders
	}
	return ledger.StopsCalls
}

func (h *health) heard(call vendors.Call, now time.Time) {
	h.answeredAt, h.limited = now, ledger.Pause{}
	if call == vendors.Poll {
		h.address, h.polledAt = right, now
		clear(h.gone)
	}
	for _, b := range h.breakers {
		b.Heard()
	}
}

// resultOf tells what a call says of the vendor's health. What concerns one lookup
// alone says nothing.
func (h *health) resultOf(t task, out *vendors.Outcome, now time.Time) breaker.Result {
	switch out.Kind {
	case vendors.Ticket, vendors.Answered, vendors.NoRecord, vendors.Unsupported, vendors.Pending:
		return breaker.Answered
	case vendors.Refused:
		if out.From == vendors.FromVendor {
			return breaker.Answered
		}
		return breaker.Neutral
	case vendors.AccountTrouble:
		return h.refusal(t, out, now)
	case vendors.Busy:
		if out.Class == record.RateLimited {
			return breaker.Neutral
		}
		return breaker.Failed
	}
	switch {
	case t.call == vendors.Submit:
		return breaker.Doubtful
	case out.From == vendors.FromVendor:
		return breaker.Answered
	}
	return breaker.Failed
}

// refusal tells whether a refusal is the vendor's trouble or the lookup's own: it is
// the lookup's when others were answered since the same was said of it before. That a
// ticket is unknown concerns it alone, unless all are from the start.
func (h *health) refusal(t task, out *vendors.Outcome, now time.Time) breaker.Result {
	k := &t.work.Lookup
	switch {
	case out.From == vendors.FromVendor:
		return breaker.Neutral // halts by itself
	case t.call == vendors.Poll && out.Gone():
		return h.unknownTicket(k.ID)
	case k.Code == out.Code && h.answeredAt.After(k.LastAt):
		return breaker.Neutral
	case t.call == vendors.Poll && !h.polledAt.IsZero() && now.Sub(h.polledAt) < justNow: // it costs nothing to see what the next ones come to
		return breaker.Failed
	}
	return breaker.Refused
}

// unknownTicket takes in that a ticket is not known. Where most are not, and no
// other poll is answered, the address may be wrong instead.
func (h *health) unknownTicket(lookup int64) breaker.Result {
	if h.address == right {
		return breaker.Neutral
	}
	h.gone[lookup] = true
	switch {
	case len(h.gone) < mostGone, h.address == inQuestion:
		return breaker.Neutral
	case h.address == unseen && h.canProbe:
		h.address = inQuestion
		return breaker.Neutral
	}
	return breaker.Refused
}

// confirm halts what a gateway has refused too often.
func (h *health) confirm(key record.Dataset, now time.Time) {
	b, enough := h.breakers[key], confirmations
	t, _ := b.Trouble()
	switch {
	case h.answered[key] && t.Class == record.Auth, // an empty account is named; a limiter's page names nothing
		key == polls && h.address == wrong: // it costs nothing to be sure
		enough = manyConfirmations
	case h.answeredAt.IsZero() && key != polls:
		enough = firstConfirmations
	}
	if b.Refusals() < enough {
		return
	}
	x := ledger.Halt{Dataset: key, Stops: ledger.StopsOrders, Class: t.Class, Code: t.Code, Message: t.Message, At: now}
	if key == polls || h.answeredAt.Before(t.Since) && t.Class == record.Auth { // nobody is let through
		x.Dataset, x.Stops = "", ledger.StopsCalls
	}
	h.halt(x)
}

// noteLimited remembers since when the vendor has said nothing but "too many".
func (h *health) noteLimited(out *vendors.Outcome, now time.Time) {
	if out.Kind != vendors.Busy || out.Class != record.RateLimited {
		if out.From != vendors.FromNobody { // it has said something else
			h.limited = ledger.Pause{}
		}
		return
	}
	l := &h.limited
	if l.Since.IsZero() {
		*l = ledger.Pause{Vendor: h.vendor, Since: now}
	}
	l.Class, l.Code, l.Message = out.Class, out.Code, out.Message
	l.Nth++
	h.tooMany = reasonOf(out)
}

func reasonOf(out *vendors.Outcome) breaker.Reason {
	r := breaker.Reason{Class: out.Class, Code: out.Code, Message: out.Message, RetryAfter: out.RetryAfter}
	if r.Class == "" {
		r.Class = record.Unavailable
	}
	return r
}

// halt stops calls or orders until the user goes on. The first word counts.
func (h *health) halt(x ledger.Halt) {
	if h.closed() || x.Stops == ledger.StopsOrders && h.ordersHalted(x.Dataset) {
		return
	}
	x.Vendor, x.Message = h.vendor, record.Shorten(x.Message) // it holds the vendor's words, and is shown and logged
	h.halts, h.newHalts = append(h.halts, x), append(h.newHalts, x)
}

// wantsProbe tells whether the vendor should be tried with a call that costs
// nothing, for the sake of the orders that wait for it.
func (h *health) wantsProbe(waits map[record.Dataset]time.Time, now time.Time) bool {
	if h.address == inQuestion && !h.probing && !h.closed() {
		return true
	}
	for d := range waits {
		b := h.breakers[d]
		if b != nil && !h.probing && !h.closed() && b.WantsProbe(now) {
			return true
		}
	}
	return false
}

// answerAddress takes in what a call that costs nothing came to, where the address of
// the polls was in question. One that says "not found" of that as well is wrong; one that
// came to nothing says nothing, and is asked again after as many tickets.
func (h *health) answerAddress(r breaker.Result) {
	switch r {
	case breaker.Answered:
		h.address = right
	case breaker.Failed:
		h.address = unseen
		clear(h.gone)
	default:
		h.address = wrong
	}
}

// probed takes in what a call that costs nothing came to.
func (h *health) probed(r breaker.Result, why breaker.Reason, now time.Time) {
	h.probing = false
	if h.address == inQuestion {
		h.answerAddress(r)
	}
	if r == breaker.Answered {
		h.heard(vendors.Submit, now)
		return
	}
	for key, b := range h.breakers {
		switch {
		case key == polls:
		case r == breaker.Neutral: // an order has to find out
			b.Heard()
		default:
			b.ProbeFailed(r, why, now)
			h.confirm(key, now)
		}
	}
}
