package ratelimit_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/ratelimit"
)

func TestHoursPassMidnightInChina(t *testing.T) {
	t.Parallel()
	h, err := ratelimit.ParseHours("18:30-09:00")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ at, nextOpen, nextClose string }{
		{"2026-11-22T18:29:59+08:00", "2026-11-22T18:29:59+08:00", "2026-11-22T18:30:00+08:00"},
		{"2026-11-22T18:30:00+08:00", "2026-11-23T09:00:00+08:00", "2026-11-22T18:30:00+08:00"},
		{"2026-11-22T18:00:00Z", "2026-11-23T09:00:00+08:00", "2026-11-22T18:00:00Z"},
		{"2026-11-23T08:59:59+08:00", "2026-11-23T09:00:00+08:00", "2026-11-23T08:59:59+08:00"},
		{"2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00", "2026-11-23T18:30:00+08:00"},
		{"2026-12-31T20:00:00-05:00", "2026-12-31T20:00:00-05:00", "2027-01-01T18:30:00+08:00"},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		nextClose, ok := h.NextClose(at)
		if got := h.NextOpen(at).Format(time.RFC3339); got != c.nextOpen || h.Closed(at) != (c.at != c.nextOpen) {
			t.Errorf("%s opens at %s, want %s (closed %v)", c.at, got, c.nextOpen, h.Closed(at))
		}
		if got := nextClose.Format(time.RFC3339); got != c.nextClose || !ok {
			t.Errorf("%s closes at %s, want %s", c.at, got, c.nextClose)
		}
	}
}

func TestParseHours(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "18:30-09:00": "18:30-09:00", " 9:00 - 17:05 ": "09:00-17:05", "22:00-24:00": "22:00-00:00",
	} {
		if h, err := ratelimit.ParseHours(text); err != nil || h.String() != want {
			t.Errorf("ParseHours(%q) = %q, %v", text, h, err)
		}
	}
	for _, text := range []string{
		"-", "18:30", "18:30-", "18:30-25:00", "24:01-09:00", "18:60-09:00", "1830-0900", "18:30-09:00-10:00",
		"+8:30-09:00", "18:3a-09:00", "18.30-09.00", "09:00-09:00", "00:00-24:00", "１８:30-09:00",
	} {
		if h, err := ratelimit.ParseHours(text); err == nil {
			t.Errorf("ParseHours(%q) = %v, want an error", text, h)
		}
	}
}

func TestHoursProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.IntRange(0, 1439).Draw(r, "from")
		to := rapid.IntRange(0, 1439).Filter(func(m int) bool { return m != from }).Draw(r, "to")
		text := fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60)
		h, err := ratelimit.ParseHours(text)
		if again, err2 := ratelimit.ParseHours(h.String()); err != nil || err2 != nil || again != h || h.String() != text {
			r.Fatalf("%s: %v %v %v", text, h, err, err2)
		}
		at := time.Unix(rapid.Int64Range(-1<<33, 1<<33).Draw(r, "at"), 5)
		opens := h.NextOpen(at)
		closes, _ := h.NextClose(at)
		if h.Closed(opens) || !h.Closed(closes) {
			r.Fatalf("%v at %v: opens %v, closes %v", h, at, opens, closes)
		}
		for _, next := range []time.Time{opens, closes} {
			if d := next.Sub(at); d < 0 || d > 24*time.Hour {
				r.Fatalf("%v at %v: %v away", h, at, d)
			}
			if before := next.Add(-time.Nanosecond); next != at && h.Closed(before) == h.Closed(next) {
				r.Fatalf("%v at %v: nothing changes at %v", h, at, next)
			}
		}
	})
}

func TestZeroHoursNeverClose(t *testing.T) {
	t.Parallel()
	var h ratelimit.Hours
	at := time.Unix(1e9, 0)
	if _, closes := h.NextClose(at); closes || h.Closed(at) || h.NextOpen(at) != at {
		t.Error("the zero Hours close")
	}
}
