package main

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// What was ignored before the program began, by nohup, is not asked for.
func TestEndings(t *testing.T) {
	t.Parallel()
	nothing := func(os.Signal) bool { return false }
	hangUp := func(s os.Signal) bool { return s == syscall.SIGHUP }
	if got := endings(nothing); !slices.Equal(got, []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}) {
		t.Errorf("the program ends at %v", got)
	}
	if got := endings(hangUp); !slices.Equal(got, []os.Signal{syscall.SIGINT, syscall.SIGTERM}) {
		t.Errorf("under nohup it ends at %v", got)
	}
}

// The first signal ends the run in order, the second at once, but for a hang-up.
func TestAttend(t *testing.T) {
	t.Parallel()
	const hup, term, intr = syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT
	tests := map[string]struct {
		signals []os.Signal
		apart   time.Duration
		hurry   bool
	}{
		"one":                     {[]os.Signal{term}, 0, false},
		"two":                     {[]os.Signal{intr, intr}, 0, true},
		"two kinds":               {[]os.Signal{intr, term}, 0, true},
		"timeout's two":           {[]os.Signal{term, term}, time.Millisecond, false},
		"two terms":               {[]os.Signal{term, term}, time.Second, true},
		"a terminal closed":       {[]os.Signal{hup, hup}, 0, false},
		"a session ended":         {[]os.Signal{term, hup}, 0, false},
		"the other way round":     {[]os.Signal{hup, term}, 0, false},
		"closed, then terminated": {[]os.Signal{hup, hup, term, term}, time.Second, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal, len(tt.signals))
				ended, hurried := 0, 0
				go attend(signals, time.Now, func() { ended++ }, func() { hurried++ })
				for _, s := range tt.signals {
					signals <- s
					time.Sleep(tt.apart)
				}
				synctest.Wait()
				if ended == 0 || (hurried > 0) != tt.hurry {
					t.Errorf("%v: ended in order %d times, at once %d times", tt.signals, ended, hurried)
				}
				close(signals)
			})
		})
	}
}

// A command that buys outlives a pager that is closed, wherever --lang stands.
func TestBuyersAreKnownByTheirCommandLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"batch": false, "batch run a.csv": true, "batch --lang zh run a.csv": true, "batch --lang=zh resume": true, "batch retry --all": true,
		"batch status": false, "batch --lang zh show run": false, "batch show run": false, "batch --lang run": false,
	} {
		if got := buys(strings.Fields(line)); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}
