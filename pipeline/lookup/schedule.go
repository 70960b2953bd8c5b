package lookup

import (
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
)

// PollPlan says when a ticket is asked about.
type PollPlan struct {
	First       time.Duration // after the ticket
	Interval    time.Duration // between polls after the first; it grows by half each time
	MaxInterval time.Duration
	GiveUpAfter time.Duration
	Closed      ratelimit.Hours // the desk's closed hours, China time
	Grace       time.Duration   // how long a fresh ticket is asked about even in closed hours: not every order goes to the desk
}

// Next is when to ask again about a ticket that has been asked about n times. In the desk's closed
// hours only a fresh ticket is asked about; an older one rests until the desk opens.
func (p *PollPlan) Next(now, ticketAt time.Time, polls int) time.Time {
	at := now.Add(min(p.interval(polls), record.LongestInterval))
	if p.Closed.Closed(at) && at.Sub(ticketAt) > p.Grace {
		return p.Closed.NextOpen(at)
	}
	return at
}

func (p *PollPlan) interval(polls int) time.Duration {
	if polls == 0 {
		return p.First
	}
	d := p.Interval
	for range polls - 1 {
		if d = d * 3 / 2; d >= p.MaxInterval {
			return p.MaxInterval
		}
	}
	return d
}

// Resting tells whether a ticket that is next asked about at next rests because the desk is closed
// now, or will close before then. A ticket that falls due within the grace is worth waiting for.
func (p *PollPlan) Resting(now, next time.Time) bool {
	closing, closes := p.Closed.NextClose(now)
	return closes && !next.Before(p.Closed.NextOpen(closing)) && next.Sub(now) > p.Grace
}

// Waits between submissions that were not taken.
const (
	firstBackoff = time.Second
	MaxBackoff   = 5 * time.Minute
)

// Backoff is how long to wait before an order that was not taken is sent again, after so many
// tries.
func Backoff(tries int) time.Duration {
	if tries > 9 {
		return MaxBackoff
	}
	return min(firstBackoff<<max(tries-1, 0), MaxBackoff)
}
