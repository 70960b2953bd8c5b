package main

import (
	"testing"
	"time"
)

func TestBriefly(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{"0s": 0, "1h": time.Hour, "30m": 30 * time.Minute, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "20h": 20 * time.Hour, "1m30s": 90 * time.Second, "1h0m1s": time.Hour + time.Second, "100ms": 100 * time.Millisecond} {
		if got := briefly(d); got != want {
			t.Errorf("%s is written %s, want %s", d, got, want)
		}
	}
}
