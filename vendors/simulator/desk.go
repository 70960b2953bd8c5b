package simulator

import (
	"fmt"
	"time"
)

// Latency is how long an order takes, evenly spread from Min to Max. The zero
// Latency makes every order ready at once.
type Latency struct{ Min, Max time.Duration }

// Desk says which orders are worked by hand, and when nobody is there.
type Desk struct {
	Share  float64 // of all orders, 0 to 1
	Closed string  // "HH:MM-HH:MM" in China time, e.g. "18:30-09:00"; "" is never
}

// hours is the part of a day in which the desk works; open == close is always.
type hours struct{ open, close time.Duration }

// parseClosed reads the closed part of the day and returns the open one.
func parseClosed(s string) (hours, error) {
	if s == "" {
		return hours{}, nil
	}
	var h1, m1, h2, m2 int
	if n, err := fmt.Sscanf(s, "%02d:%02d-%02d:%02d", &h1, &m1, &h2, &m2); n != 4 || err != nil || len(s) != 11 {
		return hours{}, fmt.Errorf("closed hours %q are not of the form 18:30-09:00", s)
	}
	if h1 > 23 || h2 > 23 || m1 > 59 || m2 > 59 {
		return hours{}, fmt.Errorf("closed hours %q are not times of the day", s)
	}
	clock := func(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }
	return hours{open: clock(h2, m2), close: clock(h1, m1)}, nil
}

// readyAt is when the order will be answered.
func (s *Simulator) readyAt(vendor uint8, vin string, at time.Time) time.Time {
	c := newChance(s.seed, "latency", vendorNames[vendor], vin)
	took := s.latency.Min
	if spread := s.latency.Max - s.latency.Min; spread > 0 {
		took += time.Duration(c.next() % uint64(spread+1))
	}
	if c.unit() < s.deskShare {
		return s.desk.after(at, took)
	}
	return at.Add(took)
}

// after adds working time to a moment: the desk's clock stands while it is
// closed, so the result never falls into the closed hours.
func (h hours) after(at time.Time, work time.Duration) time.Time {
	if h.open == h.close {
		return at.Add(work)
	}
	at = h.opening(at)
	for {
		left := h.closing(at).Sub(at)
		if work < left {
			return at.Add(work)
		}
		work -= left
		at = h.opening(at.Add(left))
	}
}

// isOpen tells whether the desk works at the moment.
func (h hours) isOpen(t time.Time) bool {
	now := t.Sub(midnight(t))
	if h.open < h.close {
		return now >= h.open && now < h.close
	}
	return h.open == h.close || now >= h.open || now < h.close
}

// opening is t itself when the desk is open, else when it opens next.
func (h hours) opening(t time.Time) time.Time {
	if h.isOpen(t) {
		return t
	}
	return nextAt(t, h.open)
}

func (h hours) closing(t time.Time) time.Time { return nextAt(t, h.close) }

// nextAt is the first moment after t at which China's clocks show the time.
func nextAt(t time.Time, clock time.Duration) time.Time {
	next := midnight(t).Add(clock)
	if !next.After(t) {
		next = next.Add(24 * time.Hour)
	}
	return next
}

func midnight(t time.Time) time.Time { return time.Unix(chinaMidnight(chinaDay(t)), 0) }
