package breaker

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// State is where a breaker stands.
type State string

// The states of a breaker.
const (
	Closed   State = "closed"
	Open     State = "open"
	HalfOpen State = "half_open"
)

// Terms are when a breaker opens, and for how long.
type Terms struct {
	// Most is the sum in doubt that opens it: each call in doubt adds its price,
	// each that is answered takes half of one away.
	Most record.Fen
	// Free says that the calls cost nothing: after a pause the first of them finds out
	// whether the vendor is there.
	Free bool
}

// How a breaker measures. A window by number rather than by time: after a minute of
// good calls, a vendor that dies would have half a minute's calls in doubt before half of all
// calls of that minute had failed.
const (
	lastCalls  = 20          // it looks at so many calls at most, and opens by rate with no fewer
	lastSpan   = time.Minute // and not further back
	nobody     = 3           // failures that open it where no call of the window was answered
	mostProbes = 8           // calls of the last step before it closes
	settledBy  = 20          // answers after which the next pause is a short one again
)

// Pauses double from the first to the longest, give or take a fifth, so that
// customers of a vendor that comes back do not all come at once.
const (
	firstPause   = 5 * time.Second
	longestPause = 5 * time.Minute
	jitter       = 0.2
	mostAsked    = time.Hour        // of what a vendor asks for by Retry-After
	longestRest  = 30 * time.Second // of a pause that another process takes up
)

// Result is what a call tells of the vendor's health.
type Result int

// The results. Neutral says nothing: the call did not leave, the vendor wants
// fewer of them, or what it says concerns its own row alone.
const (
	Neutral Result = iota
	Answered
	Failed   // it came to nothing, and cost nothing
	Doubtful // nobody knows whether it was taken
	Refused  // a gateway, not the vendor, refused it
)

// Reason is why a call came to nothing, for people.
type Reason struct {
	Class   record.Class
	Code    string
	Message string
	// RetryAfter is when the vendor wants to be asked again; 0 when it does not say.
	RetryAfter time.Duration
}

// Breaker is one circuit breaker. See New.
type Breaker struct {
	terms  Terms
	chance func() float64

	state    State
	round    int // counts changes of state: what a call of an earlier round says comes too late
	window   []call
	doubt    record.Fen // see Terms.Most
	answers  int        // in a row since it closed
	pauses   int        // so far, of this trouble
	until    time.Time  // of the pause
	answered bool       // some call of the vendor was, since the pause began
	refusals int        // rounds in a row that a gateway refused

	since  time.Time // of the first call that came to nothing after the last answer; zero when all is well
	reason Reason    // of the last one

	// Of a half-open one: how many calls may leave at this step, have left, and
	// how they ended.
	allowed, left, good, bad int
	lastStep                 int // calls of the step after which it closes
}

type call struct {
	at  time.Time
	bad bool
}

// New returns a closed breaker. chance returns numbers from 0 to 1.
func New(t Terms, chance func() float64) *Breaker {
	return &Breaker{terms: t, chance: chance, state: Closed}
}

// Place is the right of one call to leave. It is given back by Record.
type Place struct{ round int }

// Ask tells whether a call may leave now, without taking a place.
func (b *Breaker) Ask(now time.Time) bool {
	switch b.state {
	case Closed:
		return true
	case HalfOpen:
		return b.left < b.allowed
	}
	return b.answered && !now.Before(b.until)
}

// Leave takes a place for a call that Ask allows.
func (b *Breaker) Leave() Place {
	if b.state == Open {
		b.state, b.allowed, b.lastStep = HalfOpen, 1, mostProbes
		b.nextStep()
	}
	if b.state == HalfOpen {
		b.left++
	}
	return Place{b.round}
}

// Leaves tells whether a call that has a place may still go: the breaker has not
// opened since.
func (b *Breaker) Leaves(p Place) bool { return p.round == b.round }

// WantsProbe tells whether the pause is over and the vendor has not been heard
// since it began: a call that costs nothing should find out whether it is there.
func (b *Breaker) WantsProbe(now time.Time) bool {
	return b.state == Open && !b.answered && !now.Before(b.until)
}

// Heard is told when the vendor has answered some other call, or when there is
// no call that costs nothing to try it with.
func (b *Breaker) Heard() { b.answered = true }

// ProbeFailed is told when the call that WantsProbe asked for came to nothing.
func (b *Breaker) ProbeFailed(r Result, why Reason, now time.Time) {
	if b.WantsProbe(now) {
		b.note(r, why, now)
		b.open(now)
	}
}

// Record is told how a call that had a place ended. fen is what it costs.
func (b *Breaker) Record(p Place, r Result, fen record.Fen, why Reason, now time.Time) {
	current := p.round == b.round
	if r == Neutral {
		if current && b.state == HalfOpen {
			b.left--
		}
		return
	}
	if r == Answered {
		b.answered = true
	}
	if !current {
		return
	}
	b.note(r, why, now)
	if b.state == HalfOpen {
		b.step(r, fen, now)
		return
	}
	b.weigh(r, fen, now)
}

// note remembers since when and why nothing is answered.
func (b *Breaker) note(r Result, why Reason, now time.Time) {
	if r == Answered {
		b.since, b.refusals = time.Time{}, 0
		return
	}
	if b.since.IsZero() {
		b.since = now
	}
	b.reason = why
	if b.refusals++; r != Refused {
		b.refusals = 0
	}
}

// weigh opens a closed breaker if there is cause.
func (b *Breaker) weigh(r Result, fen record.Fen, now time.Time) {
	b.window = append(b.window, call{now, r != Answered})
	for len(b.window) > lastCalls || now.Sub(b.window[0].at) > lastSpan {
		b.window = b.window[1:]
	}
	switch r {
	case Answered:
		b.doubt = max(0, b.doubt-fen/2)
		if b.answers++; b.answers >= settledBy {
			b.pauses = 0
		}
		return
	case Doubtful:
		b.doubt += fen
	case Refused:
		b.open(now)
		return
	}
	failures := 0
	for _, c := range b.window {
		if c.bad {
			failures++
		}
	}
	n := len(b.window)
	if 2*failures >= lastCalls && n == lastCalls || failures == n && n >= nobody || b.tooDear() {
		b.open(now)
	}
}

// tooDear tells whether too much money is in doubt.
func (b *Breaker) tooDear() bool { return b.terms.Most > 0 && b.doubt >= b.terms.Most }

// step counts what a call of a half-open breaker came to. Most of a step decide,
// so that a vendor of whom one call in eight fails is not kept waiting.
func (b *Breaker) step(r Result, fen record.Fen, now time.Time) {
	if r == Doubtful {
		b.doubt += fen
	}
	switch r {
	case Refused:
		b.open(now)
		return
	case Answered:
		b.good++
	default:
		b.bad++
	}
	switch {
	case 2*b.bad > b.allowed || b.tooDear():
		b.open(now)
	case b.good+b.bad < b.allowed:
	case b.allowed == b.lastStep:
		b.close()
	default:
		b.allowed *= 2
		b.nextStep()
	}
}

func (b *Breaker) nextStep() {
	b.round++
	b.left, b.good, b.bad = 0, 0, 0
}

func (b *Breaker) close() {
	b.state, b.window, b.doubt, b.answers = Closed, nil, 0, 0
	b.round++
}

func (b *Breaker) open(now time.Time) {
	b.state, b.answered, b.doubt = Open, b.terms.Free, 0
	b.round++
	pause := min(firstPause<<min(b.pauses, 10), longestPause)
	b.pauses++
	pause = time.Duration(float64(pause) * (1 - jitter + 2*jitter*b.chance()))
	b.until = now.Add(max(pause, min(b.reason.RetryAfter, mostAsked)))
}

// Trouble is how a breaker stands while no call is answered.
type Trouble struct {
	State    State
	Since    time.Time // of the first call that was not answered
	NextTry  time.Time // the end of the pause, past while a try is under way; zero where calls go on
	Nth      int       // of that try, 1 is the first
	Refusals int       // see Breaker.Refusals
	Reason
}

// Trouble tells what trouble there is; false while calls are answered.
func (b *Breaker) Trouble() (Trouble, bool) {
	t := Trouble{State: b.state, Since: b.since, Nth: b.pauses, Refusals: b.refusals, Reason: b.reason}
	if b.state != Closed {
		t.NextTry = b.until
	}
	return t, !b.since.IsZero()
}

// Refusals is how often in a row a gateway has refused, with a pause between.
func (b *Breaker) Refusals() int { return b.refusals }

// Resume opens the breaker as a process before this one left it: the vendor has to
// show that it is there. The user goes on, so a call that costs nothing finds out at
// once. Where an order has to, the rest of the pause is cut short to most, and not
// left out: nobody should pay for each of many tries. Patience begins anew, and what a
// gateway refused before counts.
func (b *Breaker) Resume(was Trouble, most time.Duration, now time.Time) {
	b.state, b.answered, b.since, b.reason = Open, b.terms.Free, now, was.Reason
	b.until = now
	if latest := now.Add(min(most, longestRest)); b.terms.Free && was.NextTry.After(now) {
		b.until = was.NextTry
		if b.until.After(latest) {
			b.until = latest
		}
	}
	b.pauses, b.refusals = max(was.Nth, 1), was.Refusals
	b.round++
}

// Untried makes a closed breaker half-open for one call: nobody knows the vendor yet,
// and the first call goes alone.
func (b *Breaker) Untried() {
	b.state, b.allowed, b.lastStep = HalfOpen, 1, 1
	b.nextStep()
}
