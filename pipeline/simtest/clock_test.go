package simtest

import (
	"testing"
	"time"
)

// A clock that is set moves what it shows, and no span of time that is measured
// with it.
func TestSettingTheClock(t *testing.T) {
	t.Parallel()
	off := time.Duration(0)
	c := clock{off: func() time.Duration { return off }}
	for _, off = range []time.Duration{0, 6*time.Hour + time.Millisecond, -90 * time.Minute} {
		before, shown := time.Now(), c.Now()
		if wrong := shown.Round(0).Sub(before.Round(0)) - off; wrong < 0 || wrong > time.Second {
			t.Errorf("off by %s, it shows %s at %s", off, shown, before)
		}
		off += time.Hour
		if span := c.Now().Sub(shown); span < 0 || span > time.Second {
			t.Errorf("set by an hour, a span of nothing took %s", span)
		}
	}
}
