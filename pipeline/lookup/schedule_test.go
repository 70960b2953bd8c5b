package lookup

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
)

var china = record.China()

// at is a moment of 3 November 2026 (or so many days after) in China.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, 3+day, hour, minute, 0, 0, china)
}

func closedPlan(t testing.TB, closed string) PollPlan {
	t.Helper()
	hours, err := ratelimit.ParseHours(closed)
	if err != nil {
		t.Fatal(err)
	}
	return PollPlan{First: 30 * time.Second, Interval: time.Minute, MaxInterval: 10 * time.Minute, GiveUpAfter: 72 * time.Hour, Closed: hours, Grace: 15 * time.Minute}
}

func TestNextPollAroundClosingAndOpening(t *testing.T) {
	t.Parallel()
	night, noonBreak, never := closedPlan(t, "18:30-09:00"), closedPlan(t, "12:00-13:30"), closedPlan(t, "")
	for _, c := range []struct {
		name          string
		plan          PollPlan
		now, ticketAt time.Time
		polls         int
		want          time.Time
	}{
		{"first poll by day", night, at(0, 12, 0), at(0, 12, 0), 0, at(0, 12, 0).Add(30 * time.Second)},
		{"second poll by day", night, at(0, 12, 1), at(0, 12, 0), 1, at(0, 12, 2)},
		{"last moment before closing", night, at(0, 18, 28), at(0, 10, 0), 1, at(0, 18, 29)},
		{"at the stroke of closing", night, at(0, 18, 29), at(0, 10, 0), 1, at(1, 9, 0)},
		{"old ticket after closing", night, at(0, 20, 0), at(0, 10, 0), 4, at(1, 9, 0)},
		{"old ticket after midnight", night, at(1, 3, 0), at(0, 10, 0), 4, at(1, 9, 0)},
		{"old ticket a minute before opening", night, at(1, 8, 58), at(0, 10, 0), 1, at(1, 9, 0)},
		{"at the stroke of opening", night, at(1, 8, 59), at(0, 10, 0), 1, at(1, 9, 0)},
		{"after opening", night, at(1, 9, 0), at(0, 10, 0), 1, at(1, 9, 1)},
		{"fresh ticket after closing", night, at(0, 20, 0), at(0, 20, 0), 0, at(0, 20, 0).Add(30 * time.Second)},
		{"fresh ticket over the closing", night, at(0, 18, 29), at(0, 18, 25), 1, at(0, 18, 30)},
		{"at the end of its grace", night, at(0, 20, 14), at(0, 20, 0), 1, at(0, 20, 15)},
		{"a second after its grace", night, at(0, 20, 14).Add(time.Second), at(0, 20, 0), 1, at(1, 9, 0)},
		{"fresh ticket before opening", night, at(1, 8, 55), at(1, 8, 55), 1, at(1, 8, 56)},
		{"a desk that rests at noon", noonBreak, at(0, 12, 20), at(0, 9, 0), 1, at(0, 13, 30)},
		{"a desk that rests at noon, by night", noonBreak, at(0, 23, 59), at(0, 9, 0), 1, at(1, 0, 0)},
		{"a desk that never closes", never, at(0, 23, 59), at(0, 9, 0), 1, at(1, 0, 0)},
	} {
		if got := c.plan.Next(c.now, c.ticketAt, c.polls); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.In(china), c.want)
		}
		if got := c.plan.Next(c.now.UTC(), c.ticketAt.UTC(), c.polls); !got.Equal(c.want) {
			t.Errorf("%s, said in UTC: %v, want %v", c.name, got.In(china), c.want)
		}
	}
}

func TestPollsGrowRarer(t *testing.T) {
	t.Parallel()
	p := closedPlan(t, "")
	for polls, want := range []time.Duration{30 * time.Second, time.Minute, 90 * time.Second, 135 * time.Second, 202500 * time.Millisecond,
		303750 * time.Millisecond, 455625 * time.Millisecond, 10 * time.Minute, 10 * time.Minute} {
		if got := p.interval(polls); got != want {
			t.Errorf("after %d polls: %s, want %s", polls, got, want)
		}
	}
	if got := p.interval(1 << 30); got != 10*time.Minute {
		t.Errorf("after very many polls: %s", got)
	}
	p.Interval = 20 * time.Minute // longer than the longest
	if got := p.interval(2); got != 10*time.Minute {
		t.Errorf("never longer than max_interval: %s", got)
	}
}

// Whenever a ticket is next asked about, that is later than now, the desk is open or the ticket
// fresh, and no opening hour is missed.
func TestNextPollProperty(t *testing.T) {
	t.Parallel()
	p := closedPlan(t, "18:30-09:00")
	rapid.Check(t, func(t *rapid.T) {
		ticketAt := at(0, 0, 0).Add(time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "ticket at")))
		now := ticketAt.Add(time.Duration(rapid.Int64Range(0, int64(72*time.Hour)).Draw(t, "age")))
		polls := rapid.IntRange(0, 500).Draw(t, "polls")
		next := p.Next(now, ticketAt, polls)
		if !next.After(now) {
			t.Fatalf("%v is not after %v", next, now)
		}
		if p.Closed.Closed(next) && next.Sub(ticketAt) > p.Grace {
			t.Fatalf("asks at %v, when the desk is closed", next)
		}
		if wait := p.interval(polls); next.Sub(now) > wait && !p.Closed.Closed(next.Add(-time.Second)) {
			t.Fatalf("waits from %v to %v, when the desk was open before", now, next)
		}
	})
}

func TestAsleep(t *testing.T) {
	t.Parallel()
	night, never := closedPlan(t, "18:30-09:00"), closedPlan(t, "")
	for _, c := range []struct {
		name      string
		plan      PollPlan
		now, next time.Time
		want      bool
	}{
		{"by night until the morning", night, at(0, 20, 0), at(1, 9, 0), true},
		{"by night, but due before", night, at(0, 20, 0), at(0, 20, 1), false},
		{"by day", night, at(0, 12, 0), at(0, 12, 10), false},
		{"a minute before opening", night, at(1, 8, 59), at(1, 9, 0), false}, // worth waiting for
		{"a desk that never closes", never, at(0, 20, 0), at(5, 9, 0), false},
	} {
		if got := c.plan.Resting(c.now, c.next); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for tries, want := range map[int]time.Duration{-1: time.Second, 0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 8: 128 * time.Second,
		9: 256 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := Backoff(tries); got != want {
			t.Errorf("after %d tries: %s, want %s", tries, got, want)
		}
	}
}

// However long a vendor tells a lookup to wait, it is due before integrity's longest wait, beyond
// which a ledger counts as damaged.
func TestNoWaitIsLongerThanALedgerMayHold(t *testing.T) {
	t.Parallel()
	p := PollPlan{First: 100 * 24 * time.Hour, Interval: 100 * 24 * time.Hour, MaxInterval: 100 * 24 * time.Hour}
	for polls := range 3 {
		if got := p.Next(at(0, 12, 0), at(0, 12, 0), polls); !got.Equal(at(7, 12, 0)) {
			t.Errorf("after %d polls: %v", polls, got)
		}
	}
}
