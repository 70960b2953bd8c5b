package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// tally adds up what the trials saw. Safe for concurrent use.
type tally struct {
	mu                                             sync.Mutex
	trials, kills, starts, lookups, doubts, booked int
	fen                                            int64
	moments, weather                               map[string]int
	begun                                          time.Time
}

func newTally() *tally {
	return &tally{moments: map[string]int{}, weather: map[string]int{}, begun: time.Now()}
}

func (a *tally) killed() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.kills
}

func (a *tally) end(t *trial, b simulator.BookPage, v view) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trials++
	a.starts += t.begun
	a.lookups += v.lookups
	a.doubts += v.doubts
	a.booked += len(b.Entries)
	for _, fen := range b.Totals {
		a.fen += fen
	}
	if t.line != nil {
		for kind, n := range t.line.seen {
			a.weather[kind] += n
		}
	}
}

func (a *tally) disturb(moment string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kills++
	a.moments[moment]++
}

func counts(m map[string]int) string {
	var words []string
	for _, name := range sortedKeys(m) {
		words = append(words, fmt.Sprintf("%s %d", name, m[name]))
	}
	return strings.Join(words, ", ")
}

// kills kills batch with SIGKILL, in changing weather, and starts the same
// command again, until the run ends by itself in fair weather.
func kills(ctx context.Context, l *lab) error {
	sum := newTally()
	err := l.trials(ctx, func() bool { return sum.killed() >= l.n }, func(ctx context.Context, seed uint64) error {
		t, err := l.newTrial(ctx, seed)
		if err != nil {
			return err
		}
		return t.close(ctx, t.killed(ctx, sum))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "kills: %d SIGKILLs in %d workspaces, %d processes, %s\n  killed: %s\n  weather: %s\n"+
		"  %d lookups, %d charges (%s), %d in doubt, bought twice: 0, lost: 0; seed %d\n",
		sum.kills, sum.trials, sum.starts, time.Since(sum.begun).Round(time.Second), counts(sum.moments), counts(sum.weather),
		sum.lookups, sum.booked, record.Fen(sum.fen).Yuan(), sum.doubts, l.seed)
	return nil
}

// killed is one trial: some kills, then fair weather, then all that is to be
// held together.
func (t *trial) killed(ctx context.Context, sum *tally) error {
	if err := t.throughProxy(ctx); err != nil {
		return err
	}
	weather := t.line.storm(ctx, chance(t.rand.Uint64()))
	err := t.killOften(ctx, sum, 4+t.rand.IntN(12))
	if err = errors.Join(err, weather.stop(context.WithoutCancel(ctx), t.line)); err != nil {
		return err
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	if err := t.look(); err != nil {
		return err
	}
	b, v, err := t.checkAll(ctx)
	if err != nil {
		return err
	}
	sum.end(t, b, v)
	t.lab.say("seed %s: %d vehicles, %d lookups, %d charges, %d in doubt; %d kills so far", filepath.Base(t.dir), t.terms.vehicles, v.lookups, len(b.Entries), v.doubts, sum.killed())
	if t.rand.IntN(3) == 0 {
		if err := t.checkAgain(ctx); err != nil {
			return err
		}
	}
	return t.checkCalm(ctx, t.outputs(v))
}

// killOften starts and kills until it was killed so often, or has ended by
// itself with nothing left to do.
func (t *trial) killOften(ctx context.Context, sum *tally, times int) error {
	for n := 0; n < times && !t.over && ctx.Err() == nil; {
		p, err := t.start(ctx, t.runWords()...)
		if err != nil {
			return err
		}
		name, wait := t.moment()
		wait(p)
		if p.kill() {
			n++
			sum.disturb(name)
		} else {
			if err := expect(p.cmd.ProcessState.ExitCode(), []int{0, 3, 4}, p); err != nil {
				return err
			}
		}
		if err := t.look(); err != nil {
			return fmt.Errorf("after %s, %d kills: %w", filepath.Base(p.log), n, err)
		}
	}
	return ctx.Err()
}

// moment picks when the next kill comes: its name, and what waits for it or
// for the end of the process.
func (t *trial) moment() (string, func(*process)) {
	switch n := t.rand.IntN(10); {
	case n < 5:
		after := between(t.rand, 0, 1200*time.Millisecond)
		return "at random", func(p *process) { p.pause(after) }
	case n == 5:
		after := between(t.rand, 0, 80*time.Millisecond)
		return "at the start", func(p *process) { p.pause(after) }
	case n < 8:
		return "submitting", t.untilSubmitting
	default:
		return "writing outputs", t.untilWriting
	}
}

// pause waits, but not longer than the process lives.
func (p *process) pause(d time.Duration) {
	select {
	case <-p.ended:
	case <-time.After(d):
	}
}

// longestWatch is how long a moment is waited for that may never come.
const longestWatch = 3 * time.Second

// watch waits until ok.
func (p *process) watch(every time.Duration, ok func() bool) {
	for begun := time.Now(); p.running() && time.Since(begun) < longestWatch && !ok(); {
		p.pause(every)
	}
}

// untilWriting waits for a file of the outputs that is not whole yet.
func (t *trial) untilWriting(p *process) {
	p.watch(500*time.Microsecond, func() bool {
		found, _ := filepath.Glob(filepath.Join(t.workspace(), "runs", "*", ".*.partial")) // the pattern is right
		return len(found) > 0
	})
}

// untilSubmitting waits until the ledger holds a lookup that is being
// submitted by this process: its intent is written, its outcome is not.
func (t *trial) untilSubmitting(p *process) {
	begun := time.Now()
	aside := filepath.Join(t.dir, "watched")
	p.watch(2*time.Millisecond, func() bool {
		l, err := copied(context.Background(), t.workspace(), aside)
		if err != nil || l == nil {
			return false // copied while it was being written
		}
		defer l.Close() //nolint:errcheck // a copy
		work, err := l.Unresolved(context.Background())
		if err != nil {
			return false
		}
		for _, w := range work {
			if w.Attempt.IntentAt.After(begun) {
				return true
			}
		}
		return false
	})
	_ = os.RemoveAll(aside) // it lies in the trial's folder
}
