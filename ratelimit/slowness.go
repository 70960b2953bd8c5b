package ratelimit

import "time"

// The pace moves in sixteenths of full speed: halved when the vendor says "too
// many", and one sixteenth faster after each second's worth of successes.
const fullSpeed = 16

// How long all calls are held when the vendor does not say: a second, doubled
// for each refusal that follows without a success. What the vendor says is
// believed up to longestHold; after it, one call asks again.
const (
	firstHold   = time.Second
	longestWait = time.Minute
	longestHold = time.Hour
)

// slowness is how far a pace is below full speed, and why. The Pace's lock
// guards it.
type slowness struct {
	speed     int // in sixteenths, 1 to fullSpeed
	heldUntil time.Time
	// round counts the slowdowns. A call belongs to the round in which it
	// started: what is said about an earlier round was known when it ended, so
	// several refusals of calls that were in flight together count as one.
	round     int
	successes int           // in this round, since the last change of speed
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

// refuse slows down after a "too many" about a call of a round.
func (s *slowness) refuse(now time.Time, round int, retryAfter time.Duration) {
	s.limited++
	if retryAfter > 0 {
		s.holdUntil(now.Add(min(retryAfter, longestHold)))
	}
	if round != s.round {
		return
	}
	s.round++
	s.successes = 0
	s.speed = max(1, s.speed/2)
	if retryAfter <= 0 {
		s.holdUntil(now.Add(s.nextHold))
		s.nextHold = min(2*s.nextHold, longestWait)
	}
}

func (s *slowness) holdUntil(t time.Time) {
	if t.After(s.heldUntil) {
		s.heldUntil = t
	}
}

// succeed speeds up after enough successes of the present round.
func (s *slowness) succeed(round int, secondsWorth float64) {
	if round != s.round {
		return
	}
	s.nextHold = firstHold
	if s.speed == fullSpeed {
		return
	}
	s.successes++
	if float64(s.successes) >= secondsWorth {
		s.speed++
		s.successes = 0
	}
}
