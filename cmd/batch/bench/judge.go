package main

import (
	"slices"
	"sync"
	"time"
)

// judge decides over calls by the moments at which they came, and keeps what the
// share of the pace is reckoned from.
type judge struct {
	rule   rule
	refuse int // the call of this number is refused whatever the rule says

	mu      sync.Mutex
	calls   int
	figures wireFigures
}

// rule is how a gateway counts calls that are told in the order in which they came.
type rule interface {
	// admit tells whether a call that came at a moment is let through. A
	// refused one takes nothing.
	admit(at time.Time) bool
	clone() rule
}

// inOrder is a rule for calls that are told in another order: this process may
// have been asleep when they came, and read the later one first. A call is let
// through if all those let through before it would be, had it been told in time.
type inOrder struct {
	base   rule        // after all that are not recent
	recent []time.Time // let through, by their moments
}

// kept is more than are told in another order.
const kept = 256

func (o *inOrder) admit(at time.Time) bool {
	i, _ := slices.BinarySearchFunc(o.recent, at, time.Time.Compare)
	all := slices.Insert(slices.Clone(o.recent), i, at)
	trial := o.base.clone()
	for _, moment := range all {
		if !trial.admit(moment) {
			return false
		}
	}
	if o.recent = all; len(all) > kept {
		o.base.admit(all[0])
		o.recent = all[1:]
	}
	return true
}

func (o *inOrder) clone() rule { return &inOrder{base: o.base.clone(), recent: slices.Clone(o.recent)} }

// wireFigures are what a judge has seen.
type wireFigures struct {
	Admitted, Refused int
	First, Last       time.Time // of the admitted
}

// share is the part of the pace that was used: the first calls, a burst of them,
// were there before the span began.
func (f wireFigures) share(perSecond float64, burst int) float64 {
	return float64(f.Admitted-burst) / f.Last.Sub(f.First).Seconds() / perSecond
}

func (j *judge) admit(at time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls++
	return j.calls != j.refuse && j.rule.admit(at)
}

// count counts a call to a vendor.
func (j *judge) count(at time.Time, admitted bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := &j.figures
	if !admitted {
		f.Refused++
		return
	}
	f.Admitted++
	if f.First.IsZero() || at.Before(f.First) {
		f.First = at
	}
	if at.After(f.Last) {
		f.Last = at
	}
}

func (j *judge) seen() wireFigures {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.figures
}

// strictBucket counts to the nanosecond: it is kept as the moment at which it is
// full again.
type strictBucket struct {
	spacing, slack time.Duration
	full           time.Time
}

func newStrictBucket(perSecond float64, burst int) rule {
	spacing := time.Duration(float64(time.Second) / perSecond)
	return &inOrder{base: &strictBucket{spacing: spacing, slack: time.Duration(burst-1) * spacing}}
}

func (b *strictBucket) clone() rule {
	c := *b
	return &c
}

func (b *strictBucket) admit(at time.Time) bool {
	if b.full.Sub(at) > b.slack {
		return false
	}
	if b.full.Before(at) {
		b.full = at
	}
	b.full = b.full.Add(b.spacing)
	return true
}

// wholeMilliseconds counts as nginx's limit_req does, without burst or with
// burst=N nodelay: in thousandths of a call and whole milliseconds
// (ngx_http_limit_req_lookup).
type wholeMilliseconds struct {
	rate, burst int64 // in thousandths of a call
	start       time.Time
	excess      int64
	last        int64 // millisecond of the last call that was let through
	any         bool
}

func newWholeMilliseconds(perSecond float64, burst int, start time.Time) rule {
	return &inOrder{base: &wholeMilliseconds{rate: int64(perSecond * 1000), burst: int64(burst-1) * 1000, start: start}}
}

func (n *wholeMilliseconds) clone() rule {
	c := *n
	return &c
}

func (n *wholeMilliseconds) admit(at time.Time) bool {
	now := at.Sub(n.start).Milliseconds()
	if !n.any {
		n.any, n.last = true, now
		return true
	}
	excess := max(0, n.excess-n.rate*(now-n.last)/1000+1000)
	if excess > n.burst {
		return false
	}
	n.excess, n.last = excess, now
	return true
}
