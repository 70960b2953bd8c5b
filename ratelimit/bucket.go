package ratelimit

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// How far the pace stays below what the vendor allows, for a vendor that
// counts with a strict token bucket.
//
// Calls leave evenly but arrive unevenly. With jitter J, two calls that left T
// apart may arrive T-J apart, so a bucket that is refilled R times a second
// may seem R*J calls fuller than was meant. There are two ways to pay for that:
//
//   - With a burst of 2 or more, part of the burst is never used. A reserve of
//     R*J calls covers the jitter for ever and costs no speed.
//   - With a burst of 1 only slower calls help: the spacing must be J longer.
//     Up to about 10 a second that costs at most 2.6% of the rate. Above, 2.8%
//     is all that is given up, so the jitter that is covered shrinks with the
//     spacing (0.14 ms at 100 a second): nobody can promise both 97% of the
//     rate and spacing finer than a network's jitter. A vendor that is so
//     strict refuses now and then, and the pace slows down; configure the
//     burst it allows, or a lower rate. Sleeps of a real clock that end a
//     quarter of a millisecond late cost 2% more at 100 a second.
const (
	coveredJitter  = 2600 * time.Microsecond
	usualHeadroom  = 1/0.985 - 1
	widestHeadroom = 1/0.972 - 1
)

// Sleeps end late. A turn that was late is made up for by at most a part of
// the headroom, so that lateness costs no rate and never closes the gap
// between two calls further than the vendor allows. At high rates the part is
// larger, as lateness weighs more there.
const (
	leastCatchUp = 0.2
	mostCatchUp  = 0.5
	catchUpRate  = 50 // calls a second: catchUp is perSecond/catchUpRate between the two
)

// shape returns the calls a second and the burst, in calls and parts of calls,
// that a vendor with these limits is sent.
func shape(perSecond float64, burst int) (full, calls float64) {
	atRisk := perSecond * coveredJitter.Seconds()
	reserve := min(1.5*atRisk, float64(burst-1)/2)
	headroom := clamp(atRisk-reserve, usualHeadroom, widestHeadroom)
	catchUp := headroom * clamp(perSecond/catchUpRate, leastCatchUp, mostCatchUp)
	return perSecond / (1 + headroom), max(float64(burst)-reserve, 1+catchUp)
}

func clamp(v, low, high float64) float64 { return min(max(v, low), high) }

// A prepared call may wait this long for its turn: half of the spacing within
// these bounds. It is longer than a commit takes (0.2 to 5 ms, more on a busy
// disk), so the turn is not missed, and short, so that few calls are in doubt
// after a crash.
const (
	leastLead = 20 * time.Millisecond
	mostLead  = 50 * time.Millisecond
)

// tokensPerCall makes parts of a call out of rate.Limiter's whole tokens.
const tokensPerCall = 1000

// mostBurst keeps the count of tokens within an int. Nobody sends more at once.
const mostBurst = 1e6

// bucket spaces the calls. A nil bucket knows no limit. The Pace's lock guards it.
type bucket struct {
	limiter *rate.Limiter
	full    float64 // calls a second at full speed
	share   float64 // of full speed, now
}

func newBucket(l Limits, now time.Time) *bucket {
	if !(l.PerSecond > 0) || math.IsInf(l.PerSecond, 1) { // NaN is no limit either
		return nil
	}
	full, calls := shape(l.PerSecond, max(1, l.Burst))
	size := int(min(calls, mostBurst) * tokensPerCall)
	b := &bucket{limiter: rate.NewLimiter(rate.Limit(full*tokensPerCall), size), full: full, share: 1}
	b.limiter.AllowN(now, size-tokensPerCall)
	return b
}

func (b *bucket) perSecond() float64 { return b.full * b.share }

// take takes one call out of the bucket, or returns how long to wait for it.
func (b *bucket) take(now time.Time) time.Duration {
	if b == nil || b.limiter.AllowN(now, tokensPerCall) {
		return 0
	}
	return seconds((1 - b.callsAt(now)) / b.perSecond())
}

// lead returns how long to wait before another call may be prepared while
// ahead calls are prepared and not yet sent, 0 for now.
func (b *bucket) lead(now time.Time, ahead int) time.Duration {
	if b == nil {
		return 0
	}
	spacing := 1 / b.perSecond()
	early := clamp(spacing/2, leastLead.Seconds(), mostLead.Seconds()) / spacing
	wanted := float64(ahead+1) - early
	if wanted > float64(b.limiter.Burst())/tokensPerCall {
		return untilChange
	}
	missing := wanted - b.callsAt(now)
	if missing <= 1e-9 {
		return 0
	}
	return seconds(missing * spacing)
}

func (b *bucket) callsAt(now time.Time) float64 { return b.limiter.TokensAt(now) / tokensPerCall }

// slow sets the share of full speed.
func (b *bucket) slow(now time.Time, share float64) {
	if b == nil || b.share == share {
		return
	}
	b.share = share
	b.limiter.SetLimitAt(now, rate.Limit(b.perSecond()*tokensPerCall))
}
