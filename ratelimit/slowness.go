package ratelimit

import "time"

// The pace moves in sixteenths of full speed: halved when the vendor says "too
// many", and one sixteenth faster after each second's worth of successes.
const fullSpeed = 16

// loneAfter good answers in a row, one refusal is no sign that the pace is
// wrong: a network has bunched two calls, or another client of the account got
// between. It costs a moment and no speed; the next one, if it is soon, does.
const loneAfter = 200

// How long all calls are held when the vendor does not say: a second, doubled
// for each refusal that follows without a success. What the vendor says is
// believed up to longestHold; after it, one call asks again.
const (
	firstHold   = time.Second
	longestWait = time.Minute
	longestHold = time.Hour
)

// A lone refusal holds for the time of two calls, within these bounds.
const (
	leastMoment = 100 * time.Millisecond
	mostMoment  = firstHold
)

// slowness is how far a pace is below full speed, and why. The Pace's lock
// guards it.
type slowness struct {
	speed     int // in sixteenths, 1 to fullSpeed
	heldUntil time.Time
	// round counts the refusals that were acted upon. A call belongs to the
	// round in which it started: what is said about an earlier round was known
	// when it ended, so several refusals of calls that were in flight together
	// count as one.
	round     int
	successes int           // in this round, since the last change of speed
	good      int           // in this round
	nextHold  time.Duration // when the vendor does not say
	limited   int
}

func atFullSpeed() slowness { return slowness{speed: fullSpeed, nextHold: firstHold} }

func (s *slowness) share() float64 { return float64(s.speed) / fullSpeed }

// hold returns how long calls are still held, 0 or less when they are not.
func (s *slowness) hold(now time.Time) time.Duration {
	if s.heldUntil.IsZero() {
		return 0
	}
	return s.heldUntil.Sub(now)
}

// refuse acts on a "too many" about a call of a round, and tells whether it is
// the first of its round. spacing is the time of one call.
func (s *slowness) refuse(now time.Time, round int, retryAfter, spacing time.Duration) bool {
	s.limited++
	if retryAfter > 0 {
		s.holdUntil(now.Add(min(retryAfter, longestHold)))
	}
	if round != s.round {
		return false
	}
	lone := s.good >= loneAfter
	s.round++
	s.successes, s.good = 0, 0
	if lone {
		s.holdUntil(now.Add(min(max(2*spacing, leastMoment), mostMoment)))
		return true
	}
	s.speed = max(1, s.speed/2)
	if retryAfter <= 0 {
		s.holdUntil(now.Add(s.nextHold))
		s.nextHold = min(2*s.nextHold, longestWait)
	}
	return true
}

func (s *slowness) holdUntil(t time.Time) {
	if t.After(s.heldUntil) {
		s.heldUntil = t
	}
}

// succeed counts a good answer to a call of the present round, and speeds up
// after enough of them. It tells whether so many have come, in multiples of
// narrowAfter, that refusals are a thing of the past.
func (s *slowness) succeed(round int, secondsWorth float64) bool {
	if round != s.round {
		return false
	}
	s.nextHold = firstHold
	s.good++
	if s.speed == fullSpeed {
		return s.good%narrowAfter == 0
	}
	s.successes++
	if float64(s.successes) >= secondsWorth {
		s.speed++
		s.successes = 0
	}
	return false
}

// narrowAfter good answers in a row, headroom that a refusal has widened is
// narrowed a little.
const narrowAfter = 1000
