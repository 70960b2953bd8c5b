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
	// leastPatience is how long it is at least, however short the user wants to wait
	// for slow reports: a blip is no reason to leave orders unsent.
	leastPatience = 10 * time.Second
	// leastLimited is how often "too many" must be said before it is given up: one
	// Retry-After may be longer than patience is.
	leastLimited = 3
)

// patienceOf is how long a vendor in trouble is waited for: as long as the user waits
// and the configuration wants.
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

// longHold is how long a vendor may want no calls without a word of it.
const longHold = 2 * time.Second

// noteHeld takes in until when the pace lets no call go, because the vendor said so. It
// tells whether that is news.
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

// giveUp halts what was waited for long enough, and tells whether it did. waits are the
// datasets whose orders wait for the vendor; due tells whether a call could leave now,
// were the vendor well: patience is only lost while something wants an answer.
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

// nextMove is when, after now, something changes by itself: a pause ends, or
// patience does; never if nothing does.
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
