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
	// How many refusals in a row, with a pause between them, a gateway must give before they are
	// taken for trouble with the account: firstConfirmations if it has never let a call through,
	// confirmations if it lets other calls through, manyConfirmations if it has let this kind of
	// call through. With a rate limiter that also counts the calls it refuses, refusals can go on
	// for more than two pauses.
	firstConfirmations, confirmations, manyConfirmations = 2, 3, 6
	// mostGone is how many tickets may be unknown, while none is known, before the vendor's address
	// is doubted instead of the tickets.
	mostGone = 10
	// recently is for how long an answer shows that the vendor answers others; justNow is the same
	// for polls.
	recently, justNow = time.Minute, 2 * time.Second
)

// polls is the key of the breaker for a vendor's polls. The other breakers are for orders, one for
// each dataset.
const polls record.Dataset = ""

// health is what is known of how a vendor answers: which calls it answers, which wait for it to
// recover, and which it takes no more. It has no clock of its own; the worker's lock guards it.
type health struct {
	vendor   string
	patience time.Duration
	canProbe bool                                // the vendor offers a call that costs nothing
	breakers map[record.Dataset]*breaker.Breaker // one for the orders of each dataset, and one for polls
	halts    []ledger.Halt

	answeredAt time.Time               // when it last spoke for itself; zero: never
	answered   map[record.Dataset]bool // the keys of breakers whose calls it has answered
	polledAt   time.Time               // when it last answered a poll; zero: never
	gone       map[int64]bool          // lookups whose ticket was unknown, until a poll is answered
	address    address                 // whether polls go to the right address
	probing    bool                    // a call that costs nothing is under way
	limited    ledger.Pause            // since Since its only answer is "too many"; Nth counts how often
	held       ledger.Pause            // the vendor wants no call before NextAt; Since is zero when it has not said so
	tooMany    breaker.Reason          // the last "too many"

	// To be written down: halts, and pauses whose breaker has moved.
	newHalts []ledger.Halt
	written  map[record.Dataset]ledger.Pause
}

// address is what is known of the URL that polls go to, after tickets were unknown there.
type address int

const (
	unseen     address = iota
	inQuestion         // too many tickets are unknown: a call that costs nothing should tell
	right
	wrong
)

// troubles is what an earlier process has left: which vendors it waited for, and what was halted.
type troubles struct {
	pauses []ledger.Pause
	halts  []ledger.Halt
}

func newHealth(vendor string, p *policy.Policy, s *policy.VendorConfig, before troubles, now time.Time) *health {
	h := &health{vendor: vendor, patience: patienceOf(p, s), breakers: map[record.Dataset]*breaker.Breaker{},
		answered: map[record.Dataset]bool{}, gone: map[int64]bool{}, written: map[record.Dataset]ledger.Pause{}}
	h.canProbe = s.Prober() != nil
	h.breakers[polls] = breaker.New(breaker.Terms{Free: true}, p.Chance)
	for _, o := range s.Offers {
		b := breaker.New(breaker.Terms{Most: p.MostDoubt, Free: !h.canProbe}, p.Chance) // without a free call, an order has to find out
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
				t.Refusals = manyConfirmations // the user goes on; one more such refusal is enough to halt again
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

// allows tells whether the vendor's health lets a call leave now.
func (h *health) allows(call vendors.Call, d record.Dataset, now time.Time) bool {
	if h.closed() || call == vendors.Submit && h.ordersHalted(d) {
		return false
	}
	b := h.breakers[breakerOf(call, d)]
	return b == nil || b.Ask(now)
}

// stillAllows tells whether a call that has its place may still go, now that its turn has come.
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

// others tells whether the vendor has recently answered any call.
func (h *health) others(now time.Time) bool {
	return !h.answeredAt.IsZero() && now.Sub(h.answeredAt) <= recently
}

// observe takes in how a call ended. fen is the price of the call.
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

// stoppedBy tells what trouble with an account stops. Without money nothing more is bought, but
// what was bought is still asked for.
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

// resultOf tells what a call says of the vendor's health. A result that concerns one lookup alone
// says nothing of it.
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

// refusal tells whether a refusal is the vendor's trouble or the lookup's own. It is the lookup's
// own if the vendor answered others since it refused this lookup in the same way. An unknown ticket
// is the lookup's own too, unless all tickets are unknown from the start.
func (h *health) refusal(t task, out *vendors.Outcome, now time.Time) breaker.Result {
	k := &t.work.Lookup
	switch {
	case out.From == vendors.FromVendor:
		return breaker.Neutral // what the vendor says of the account halts it without a breaker
	case t.call == vendors.Poll && out.Gone():
		return h.unknownTicket(k.ID)
	case k.Code == out.Code && h.answeredAt.After(k.LastAt):
		return breaker.Neutral
	case t.call == vendors.Poll && !h.polledAt.IsZero() && now.Sub(h.polledAt) < justNow: // the next polls will tell, and they cost nothing
		return breaker.Failed
	}
	return breaker.Refused
}

// unknownTicket takes in that a ticket is unknown. When many are, and no other poll is answered,
// the address may be wrong instead of the tickets.
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

// confirm halts calls that a gateway has refused too often.
func (h *health) confirm(key record.Dataset, now time.Time) {
	b, enough := h.breakers[key], confirmations
	t, _ := b.Trouble()
	switch {
	case h.answered[key] && t.Class == record.Auth, // an empty account is said plainly; "auth" may only be the page of a rate limiter
		key == polls && h.address == wrong: // more polls cost nothing, and make it sure
		enough = manyConfirmations
	case h.answeredAt.IsZero() && key != polls:
		enough = firstConfirmations
	}
	if b.Refusals() < enough {
		return
	}
	x := ledger.Halt{Dataset: key, Stops: ledger.StopsOrders, Class: t.Class, Code: t.Code, Message: t.Message, At: now}
	if key == polls || h.answeredAt.Before(t.Since) && t.Class == record.Auth { // the gateway lets no call through
		x.Dataset, x.Stops = "", ledger.StopsCalls
	}
	h.halt(x)
}

// noteLimited remembers since when the vendor has answered nothing but "too many".
func (h *health) noteLimited(out *vendors.Outcome, now time.Time) {
	if out.Kind != vendors.Busy || out.Class != record.RateLimited {
		if out.From != vendors.FromNobody { // somebody answered, and with something else
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

// halt stops calls or orders until the user goes on. The first reason is the one that is kept.
func (h *health) halt(x ledger.Halt) {
	if h.closed() || x.Stops == ledger.StopsOrders && h.ordersHalted(x.Dataset) {
		return
	}
	x.Vendor, x.Message = h.vendor, record.Shorten(x.Message) // the message holds the vendor's words, and is shown and logged
	h.halts, h.newHalts = append(h.halts, x), append(h.newHalts, x)
}

// wantsProbe tells whether to find out with a call that costs nothing if the vendor is there again,
// because orders wait for it.
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

// answerAddress takes in the result of a call that costs nothing, when the address of the polls was
// doubted. "Not found" for this call too means that the address is wrong. No clear result says
// nothing; the call is made again after as many more unknown tickets.
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

// probed takes in the result of a call that costs nothing.
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
		case r == breaker.Neutral: // only an order can find out
			b.Heard()
		default:
			b.ProbeFailed(r, why, now)
			h.confirm(key, now)
		}
	}
}
