package ratelimit

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// tokensPerCall makes parts of a call out of rate.Limiter's whole tokens.
const tokensPerCall = 1000

// mostBurst keeps the count of tokens within an int. Nobody sends more at once.
const mostBurst = 1e6

// bucket spaces the calls: by a schedule, kept in rate.Limiter, and by the gap
// that is left after a call was sent. A nil bucket knows no limit. The Pace's
// lock guards it.
type bucket struct {
	shape   shape
	limiter *rate.Limiter
	wide    float64 // times the headroom that the shape has
	share   float64 // of full speed, now

	last    time.Time // when the last call was sent; while it is not, when its turn came
	sending *Permit   // of the last call, while it has its turn and is not sent yet
}

func newBucket(l Limits, now time.Time) *bucket {
	if !(l.PerSecond > 0) || math.IsInf(l.PerSecond, 1) { // NaN is no limit either
		return nil
	}
	b := &bucket{shape: shapeOf(l), share: 1, wide: 1}
	size := int(min(b.shape.size, mostBurst) * tokensPerCall)
	b.limiter = rate.NewLimiter(b.limit(), size)
	b.limiter.AllowN(now, size-tokensPerCall)
	return b
}

// perSecond is the pace of the schedule now.
func (b *bucket) perSecond() float64 { return b.shape.perSecond(b.wide) * b.share }

func (b *bucket) limit() rate.Limit { return rate.Limit(b.perSecond() * tokensPerCall) }

// gap is the least time after a call was sent, now.
func (b *bucket) gap() time.Duration { return seconds(b.shape.gap(b.wide) / b.share) }

// take takes one call out of the bucket, or returns how long to wait for it.
func (b *bucket) take(now time.Time, t *Permit) time.Duration {
	if b == nil {
		return 0
	}
	if wait := b.next(now); wait > 0 {
		return wait
	}
	if !b.limiter.AllowN(now, tokensPerCall) {
		return 1 // rounding
	}
	b.last, b.sending = now, t
	return 0
}

// next returns how far away the next turn is.
func (b *bucket) next(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	wait := b.gapLeft(now)
	if missing := 1 - b.callsAt(now); missing > 1e-9 {
		wait = max(wait, seconds(missing/b.perSecond()))
	}
	return wait
}

// stuck is how long a call that has its turn and is not written holds up the
// others. That takes microseconds, or some milliseconds where the machine is
// busy; a connection that takes no bytes takes for ever.
const stuck = 100 * time.Millisecond

// gapLeft returns how much of the gap after the last call is left. While that
// call is not written it is looked at again shortly.
func (b *bucket) gapLeft(now time.Time) time.Duration {
	if b.shape.burst || b.last.IsZero() {
		return 0
	}
	gap := b.gap()
	left := gap - now.Sub(b.last)
	if left <= 0 && b.sending != nil && left > -stuck {
		return min(max(gap/16, 20*time.Microsecond), time.Millisecond)
	}
	return left
}

// sent says that a call that was taken is on its way.
func (b *bucket) sent(now time.Time, t *Permit) {
	if b == nil {
		return
	}
	b.last = now
	if b.sending == t {
		b.sending = nil
	}
}

// lead returns how long to wait before another call may be prepared while
// ahead calls are prepared and not yet sent, 0 for now. Preparing takes some
// time: so much earlier is it begun.
func (b *bucket) lead(now time.Time, ahead int, preparing time.Duration) time.Duration {
	if b == nil {
		return 0
	}
	spacing := 1 / b.perSecond()
	early := clamp(spacing/2, leastLead.Seconds(), mostLead.Seconds()) + preparing.Seconds()
	if b.shape.burst {
		return b.leadOfBurst(now, float64(ahead+1)-early/spacing)
	}
	wait := b.next(now)
	if away := seconds(max(0, float64(ahead)*spacing-early)); away > 1 && wait <= 0 {
		return untilChange // those that are ahead could go, and have not
	}
	return max(0, wait-seconds(early)+seconds(float64(ahead)*spacing))
}

func (b *bucket) leadOfBurst(now time.Time, wanted float64) time.Duration {
	if wanted > float64(b.limiter.Burst())/tokensPerCall {
		return untilChange
	}
	missing := wanted - b.callsAt(now)
	if missing <= 1e-9 {
		return 0
	}
	return seconds(missing / b.perSecond())
}

func (b *bucket) callsAt(now time.Time) float64 { return b.limiter.TokensAt(now) / tokensPerCall }

// slow sets the share of full speed.
func (b *bucket) slow(now time.Time, share float64) {
	if b == nil || b.share == share {
		return
	}
	b.share = share
	b.limiter.SetLimitAt(now, b.limit())
}

// widen multiplies the headroom of a burst of 1, within what the shape allows. A
// burst has its reserve.
func (b *bucket) widen(now time.Time, factor float64) {
	if b == nil || b.shape.burst {
		return
	}
	b.wide = clamp(b.wide*factor, 1, b.shape.widest)
	b.limiter.SetLimitAt(now, b.limit())
}
