package main

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// Whatever the moment at which it is run, --day with a date is that day in China.
func TestDayIsTheSameWheneverItIsRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_420_000_000, 4_000_000_000).Draw(t, "now"), 0)
		start := record.Date(rapid.Int32Range(16_437, 43_828).Draw(t, "start"))
		days := rapid.IntRange(0, 3650).Draw(t, "days")
		d, err := parseSimulatedDay(fmt.Sprintf("%s+%d", start, days), now)
		if err != nil {
			t.Fatal(err)
		}
		at := now.Add(time.Duration(d.ahead) * 24 * time.Hour)
		if got, want := record.DateOf(at), start+record.Date(days); got != want || d.lived != days { //nolint:gosec // at most 3650
			t.Fatalf("it is %s, want %s; %d days have passed", got, want, d.lived)
		}
	})
}

func TestDaysThatAreTaken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC) // the 23rd in China
	for text, want := range map[string][2]int{"0": {0, 0}, "7": {7, 7}, "2026-11-23": {0, 0}, "2026-11-22": {-1, 0}, "2026-11-25+3": {5, 3}, "2025-11-23+1": {-364, 1}} {
		if d, err := parseSimulatedDay(text, now); err != nil || d.ahead != want[0] || d.lived != want[1] || d.text != text {
			t.Errorf("--day %s: %+v, %v, want %v", text, d, err, want)
		}
	}
	for _, text := range []string{"", "soon", "-1", "3651", "2026-13-01", "2026-02-29", "1999-01-01", "2090-01-01", "2026-03-01+", "+7", "2026-03-01+-2", "2026-03-01+x", "null"} {
		if d, err := parseSimulatedDay(text, now); err == nil {
			t.Errorf("--day %q is taken for %+v", text, d)
		}
	}
}
