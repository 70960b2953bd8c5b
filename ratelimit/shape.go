package ratelimit

import "time"

// How far the pace stays below what the vendor allows, for a vendor that
// counts with a strict token bucket.
//
// Calls leave evenly but arrive unevenly. With jitter J, two calls that left T
// apart may arrive T-J apart, so a bucket that is refilled R times a second
// may seem R*J calls fuller than was meant. There are two ways to pay for that:
//
//   - With a burst of 2 or more, part of the burst is never used. A reserve of
//     R*J calls covers the jitter for ever and costs no speed. The schedule
//     then needs hardly any headroom, and lateness is made up for.
//   - With a burst of 1 only slower calls help: a strict bucket of 1 gives no
//     lateness back. A call leaves when the schedule says so, but never sooner
//     than a little more than the vendor's spacing after the one before was
//     written. A call that is late is followed so soon after only until the
//     schedule has caught up; else the whole headroom is there against jitter.
//     A network with more of it has calls refused, and each refusal doubles the
//     headroom, up to the widest, which is 2.8 ms at 10 a second.
const (
	coveredJitter = 2600 * time.Microsecond // of a burst
	leastHeadroom = 0.003                   // of a burst
	// Of a burst of 1: 50 µs, the jitter between two processes of a machine,
	// within these bounds.
	wireJitter     = 50 * time.Microsecond
	strictHeadroom = 0.006
	quickHeadroom  = 0.010
	widestHeadroom = 0.028
)

// A prepared call may wait this long for its turn: half of the spacing within
// these bounds. It is longer than a commit takes (0.2 to 5 ms, more on a busy
// disk), so the turn is not missed, and short, so that few calls are in doubt
// after a crash.
const (
	leastLead = 20 * time.Millisecond
	mostLead  = 50 * time.Millisecond
)

// shape is how a vendor with certain limits is called at full speed.
type shape struct {
	spacing  float64 // seconds between two calls that the vendor allows
	headroom float64 // of the schedule, in parts of the spacing
	widest   float64 // so many times the headroom at the most
	size     float64 // calls, and parts of calls, that the schedule may be behind
	burst    bool    // calls may come at once: there is no gap
}

func shapeOf(l Limits) shape {
	s := shape{spacing: max(1/l.PerSecond, l.Spacing.Seconds()), burst: l.Burst > 1}
	if !s.burst {
		s.headroom = clamp(wireJitter.Seconds()/s.spacing, strictHeadroom, quickHeadroom)
		// The schedule may be a call behind: it catches up by what the gap
		// leaves of the headroom.
		s.size = 2
	} else {
		atRisk := coveredJitter.Seconds() / s.spacing
		reserve := min(1.5*atRisk, float64(l.Burst-1)/2)
		s.headroom = clamp(atRisk-reserve, leastHeadroom, widestHeadroom)
		s.size = float64(l.Burst) - reserve
	}
	s.headroom = max(s.headroom, l.Headroom)
	s.widest = max(1, widestHeadroom/s.headroom)
	return s
}

// perSecond is the pace of the schedule when the headroom is so many times as wide.
func (s shape) perSecond(wide float64) float64 { return 1 / (s.spacing * (1 + s.headroom*wide)) }

// gap is the least time between two calls, in seconds. One write in ten takes half
// a millisecond; the less headroom the gap keeps, the sooner that is made up for.
func (s shape) gap(wide float64) float64 { return s.spacing * (1 + s.headroom*wide/4) }

func clamp(v, low, high float64) float64 { return min(max(v, low), high) }
