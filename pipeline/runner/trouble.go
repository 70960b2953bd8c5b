package runner

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// This file turns a vendor's health into what is shown to a user and written to the ledger.

// pauses lists what is waited for, polls first.
func (h *health) pauses() []ledger.Pause {
	return slices.DeleteFunc(h.troubles(breaker.Open, breaker.HalfOpen), h.isHalted)
}

func (h *health) isHalted(p ledger.Pause) bool {
	return h.closed() || p.Dataset != polls && h.ordersHalted(p.Dataset)
}

// troubles lists the calls that are not answered, halted or not, polls first, whose breakers are in
// one of some states.
func (h *health) troubles(in ...breaker.State) []ledger.Pause {
	var out []ledger.Pause
	for _, key := range sortedKeys(h.breakers) {
		t, troubled := h.breakers[key].Trouble()
		if t.NextTry.IsZero() { // the breaker has not opened yet: calls go on
			t.State = breaker.Closed
		}
		if troubled && slices.Contains(in, t.State) {
			out = append(out, ledger.Pause{Vendor: h.vendor, Dataset: key, Since: t.Since, NextAt: t.NextTry, Nth: t.Nth,
				Class: t.Class, Code: t.Code, Message: record.Shorten(t.Message)})
		}
	}
	return out
}

// news lists what a user should know of: what is waited for, and what has not been answered for a
// second although calls go on.
func (h *health) news(now, heldUntil time.Time) []ledger.Pause {
	out := h.pauses()
	for _, p := range h.troubles(breaker.Closed) {
		if now.Sub(p.Since) >= time.Second && !h.isHalted(p) {
			out = append(out, p)
		}
	}
	if !h.held.Since.IsZero() && !h.closed() {
		return append(out, h.held)
	}
	if p := h.limited; !p.Since.IsZero() && now.Sub(p.Since) >= time.Second && !h.closed() {
		p.NextAt = heldUntil
		out = append(out, p)
	}
	return out
}

// unwritten returns the halts and pauses that have come since it was last called, and the datasets
// whose pause is over. The pause of a halted dataset stays in the ledger, so that the next process
// begins with a call that costs nothing.
func (h *health) unwritten() (halts []ledger.Halt, begun []ledger.Pause, over []record.Dataset) {
	halts, h.newHalts = h.newHalts, nil
	now := map[record.Dataset]ledger.Pause{}
	for _, p := range h.troubles(breaker.Open, breaker.HalfOpen) {
		now[p.Dataset] = p
		if h.written[p.Dataset] != p {
			begun = append(begun, p)
		}
	}
	if _, other := now[polls]; !other && !h.held.Since.IsZero() {
		now[polls] = h.held
		if h.written[polls] != h.held {
			begun = append(begun, h.held)
		}
	}
	for d := range h.written {
		if _, still := now[d]; !still {
			over = append(over, d)
		}
	}
	h.written = now
	return halts, begun, over
}
