package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// stopPatience is how long a process may take to end after a SIGTERM: ten
// seconds for the calls under way, and what a busy machine needs for the rest.
const stopPatience = 13 * time.Second

// terms stops batch with SIGTERM. A stop leaves nothing in doubt, and outputs
// that are whole.
func terms(ctx context.Context, l *lab) error {
	sum := newTally()
	var slowest time.Duration
	err := l.trials(ctx, func() bool { return sum.killed() >= l.n }, func(ctx context.Context, seed uint64) error {
		t, err := l.newTrial(ctx, seed)
		if err != nil {
			return err
		}
		took, err := t.stopped(ctx, sum)
		sum.mu.Lock()
		slowest = max(slowest, took)
		sum.mu.Unlock()
		return t.close(ctx, err)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "terms: %d SIGTERMs in %d workspaces, the slowest end after %s; %s\n  %d lookups, %d charges, in doubt: 0, bought twice: 0; seed %d\n",
		sum.kills, sum.trials, slowest.Round(10*time.Millisecond), counts(sum.moments), sum.lookups, sum.booked, l.seed)
	return nil
}

// stopped is one trial: answers are slow, nothing is lost on the way.
func (t *trial) stopped(ctx context.Context, sum *tally) (slowest time.Duration, err error) {
	if err := t.throughProxy(ctx); err != nil {
		return 0, err
	}
	late := map[string]any{"toxicity": 1, "attributes": map[string]int{"latency": 50 + t.rand.IntN(400), "jitter": 50}}
	if err := t.line.lay(ctx, "downstream-latency", late); err != nil {
		return 0, err
	}
	t.line.toxics = []string{"downstream-latency"}
	for n := 0; n < 6 && !t.over; n++ {
		took, err := t.stopOnce(ctx, sum)
		if err != nil {
			return slowest, err
		}
		slowest = max(slowest, took)
	}
	if err := t.finish(ctx); err != nil {
		return slowest, err
	}
	b, v, err := t.checkAll(ctx)
	if err != nil {
		return slowest, err
	}
	if v.doubts > 0 {
		return slowest, fmt.Errorf("%d lookups are in doubt, and nothing was ever broken off", v.doubts)
	}
	sum.end(t, b, v)
	return slowest, t.checkCalm(ctx, t.outputs(v))
}

func (t *trial) stopOnce(ctx context.Context, sum *tally) (time.Duration, error) {
	p, err := t.start(ctx, t.runWords()...)
	if err != nil {
		return 0, err
	}
	p.pause(between(t.rand, 0, 1500*time.Millisecond))
	begun := time.Now()
	if p.running() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may just have ended
	}
	code, err := p.wait(stopPatience)
	took := time.Since(begun)
	if err != nil {
		return took, err
	}
	moment := fmt.Sprintf("exit %d", code)
	if code == -1 && p.said() == "" { // before it could hear
		moment = "at the start"
	} else if err := expect(code, []int{0, 3, 4}, p); err != nil {
		return took, err
	}
	sum.disturb(moment)
	if err := t.look(); err != nil {
		return took, err
	}
	return took, t.checkStopped(ctx, code)
}

// checkStopped wants nothing under way or in doubt after a stop, and whole outputs.
func (t *trial) checkStopped(ctx context.Context, code int) error {
	v, err := viewOf(t.workspace(), filepath.Join(t.dir, "aside"))
	if err != nil {
		return err
	}
	if v.doubts > 0 || v.submitting > 0 {
		return fmt.Errorf("after a stop %d lookups are in doubt, %d under way", v.doubts, v.submitting)
	}
	if v.runs == 0 || v.run.State == ledger.RunPlanning || code == -1 {
		return nil
	}
	_, said, err := t.runs(ctx, []int{0}, "verify", "--out", "out")
	if err != nil {
		return errors.Join(err, errors.New(said))
	}
	m, err := readManifest(t.outputs(v))
	if err != nil || m.Complete != (code != 4) {
		return errors.Join(err, fmt.Errorf("exit %d, and the manifest says complete: %v", code, m.Complete))
	}
	return t.checkPlaces(t.outputs(v))
}
