package runner

import (
	"cmp"
	"fmt"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
)

const (
	// defaultPatience is how long a vendor that answers nobody is waited for.
	defaultPatience = 2 * time.Hour
	// leastPatience is the least time that a vendor is waited for, however short the user wants to
	// wait for slow reports: a short outage is no reason to leave orders unsent.
	leastPatience = 10 * time.Second
	// leastLimited is how many times a vendor must say "too many" before the runner gives up on it:
	// a single Retry-After may be longer than patience.
	leastLimited = 3
)

// patienceOf is how long a vendor in trouble is waited for: as long as both the user's wait and the
// configuration allow.
func patienceOf(p *policy.Policy, s *policy.VendorConfig) time.Duration {
	switch {
	case s.UnavailableFor.OK && p.Wait.OK:
		return min(s.UnavailableFor.V, max(p.Wait.V, leastPatience))
	case s.UnavailableFor.OK:
		return s.UnavailableFor.V
	case p.Wait.OK:
		return max(p.Wait.V, leastPatience)
	}
	return defaultPatience
}

// longHold is how long a vendor may ask for no calls before that is shown as a pause.
const longHold = 2 * time.Second

// noteHeld takes in until when the pace lets no call go because the vendor has said so. It tells
// whether that is news.
func (h *health) noteHeld(until, now time.Time) bool {
	was := h.held
	if until.Sub(now) <= longHold && (was.Since.IsZero() || !until.After(now)) {
		h.held = ledger.Pause{}
		return !was.Since.IsZero()
	}
	if was.Since.IsZero() {
		h.held = ledger.Pause{Vendor: h.vendor, Since: now, Nth: 1, Class: record.RateLimited, Code: h.tooMany.Code,
			Message: record.Shorten(cmp.Or(h.tooMany.Message, "too many requests"))}
	}
	h.held.NextAt = until
	return h.held != was
}

// giveUp halts what was waited for long enough, and tells whether it halted anything. waits are the
// datasets whose orders wait for the vendor. due tells whether a call could leave now if the vendor
// were well: patience runs out only while something is waiting to be called.
func (h *health) giveUp(waits map[record.Dataset]time.Time, due bool, now time.Time) bool {
	before := len(h.halts)
	for key, b := range h.breakers {
		t, troubled := b.Trouble()
		_, waiting := waits[key]
		waiting = waiting || key == polls && due
		if !troubled || t.State == breaker.Closed || !waiting || now.Sub(t.Since) < h.patience {
			continue
		}
		x := ledger.Halt{Dataset: key, Stops: ledger.StopsOrders, Class: t.Class, Code: t.Code, Message: h.inVain(t.Message), At: now}
		if key == polls {
			x.Stops = ledger.StopsCalls
		}
		h.halt(x)
	}
	if due && !h.held.Since.IsZero() && now.Sub(h.held.Since) >= h.patience {
		h.halt(ledger.Halt{Stops: ledger.StopsCalls, Class: h.held.Class, Code: h.held.Code, At: now,
			Message: fmt.Sprintf("it wants no call before %s: %s", h.held.NextAt.In(record.China()).Format(time.DateTime), h.held.Message)})
	}
	if l := &h.limited; l.Nth >= leastLimited && (due || len(waits) > 0) && now.Sub(l.Since) >= h.patience {
		h.halt(ledger.Halt{Stops: ledger.StopsCalls, Class: l.Class, Code: l.Code, Message: h.inVain(l.Message), At: now})
	}
	return len(h.halts) > before
}

func (h *health) inVain(last string) string {
	return fmt.Sprintf("waited for %s in vain, the last word: %s", record.Brief(h.patience), last)
}

// nextMove is the next moment after now at which something changes by itself: a pause ends, or
// patience runs out; never if neither will.
func (h *health) nextMove(now time.Time) time.Time {
	next := never
	soonest := func(at time.Time) {
		if at.After(now) {
			next = earlier(next, at)
		}
	}
	for _, p := range h.pauses() {
		soonest(p.NextAt)
		soonest(p.Since.Add(h.patience))
	}
	for _, p := range []ledger.Pause{h.limited, h.held} {
		if !p.Since.IsZero() {
			soonest(p.NextAt)
			soonest(p.Since.Add(h.patience))
		}
	}
	return next
}
