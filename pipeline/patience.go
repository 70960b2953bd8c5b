package pipeline

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// defaultPatience is how long a vendor that answers nobody is waited for.
const defaultPatience = 2 * time.Hour

// patience is how long a vendor in trouble is waited for: as long as the user waits
// and the configuration wants.
func (p *Policy) patience(s *Seller) time.Duration {
	switch {
	case s.UnavailableFor.OK && p.Wait.OK:
		return min(s.UnavailableFor.V, p.Wait.V)
	case s.UnavailableFor.OK:
		return s.UnavailableFor.V
	case p.Wait.OK:
		return p.Wait.V
	}
	return defaultPatience
}

// giveUp halts what was waited for long enough. waits are the datasets whose orders
// wait for the vendor; polling tells whether tickets do.
func (h *health) giveUp(waits map[record.Dataset]time.Time, polling bool, now time.Time) {
	for key, b := range h.breakers {
		t, troubled := b.Trouble()
		_, waiting := waits[key]
		waiting = waiting || key == polls && polling
		if !troubled || t.State == breaker.Closed || !waiting || now.Sub(t.Since) < h.patience {
			continue
		}
		x := ledger.Halt{Dataset: key, Stops: ledger.StopsOrders, Class: t.Class, Code: t.Code, At: now}
		if key == polls {
			x.Stops = ledger.StopsCalls
		}
		x.Message = h.inVain(t.Message)
		h.halt(x)
	}
	if l := &h.limited; !l.Since.IsZero() && now.Sub(l.Since) >= h.patience {
		h.halt(ledger.Halt{Stops: ledger.StopsCalls, Class: l.Class, Code: l.Code, Message: h.inVain(l.Message), At: now})
	}
}

func (h *health) inVain(last string) string {
	waited := strings.TrimSuffix(strings.TrimSuffix(h.patience.String(), "0s"), "0m") // 2h0m0s is 2h
	return fmt.Sprintf("not one answer for %s, the last word: %s", cmp.Or(waited, "0s"), last)
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
	if !h.limited.Since.IsZero() {
		soonest(h.limited.Since.Add(h.patience))
	}
	return next
}
