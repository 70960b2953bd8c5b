package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// pair starts several processes in one workspace at once: exactly one works,
// the others say who does.
func pair(ctx context.Context, l *lab) error {
	refused := 0
	for seed := l.seed; seed < l.seed+uint64(l.n); seed++ {
		r := chance(seed)
		c := randomConditions(r)
		c.perSecond, c.wait = 10, 0 // it works for a while
		t, err := l.newTrialWith(ctx, seed, r, c)
		if err != nil {
			return err
		}
		n, err := t.crowded(ctx)
		if err = t.close(ctx, err); err != nil {
			return &failure{words: "pair -n 1", seed: seed, err: err}
		}
		refused += n
	}
	fmt.Fprintf(l.out, "pair: %d workspaces, 4 processes at once in each and more beside the one that works: %d refused, each named who works there; bought twice: 0; seed %d\n", l.n, refused, l.seed)
	return nil
}

func (t *trial) crowded(ctx context.Context) (refused int, err error) {
	var crowd []*process
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			p, serr := startProcess(ctx, start{program: t.lab.batch, dir: t.dir, args: t.runWords(), log: fmt.Sprintf("%s/crowd-%d.log", t.dir, i)})
			mu.Lock()
			defer mu.Unlock()
			if serr != nil {
				err = serr
				return
			}
			crowd = append(crowd, p)
		})
	}
	if group.Wait(); err != nil {
		return 0, err
	}
	worker, refused, err := theWorker(crowd)
	if err != nil {
		return refused, err
	}
	for _, words := range [][]string{t.runWords(), {"resume", "--out", "out"}, {"retry", "--all", "--out", "out"}, {"doctor", "--out", "out", "--rescue", "--yes"}} {
		_, said, err := t.runs(ctx, []int{2}, words...)
		if err != nil {
			return refused, err
		}
		if !worker.running() {
			return refused, fmt.Errorf("it has ended too soon: %s", worker.said())
		}
		if !strings.Contains(said, fmt.Sprintf("process %d", worker.cmd.Process.Pid)) {
			return refused, fmt.Errorf("`batch %s` beside process %d says: %s", words[0], worker.cmd.Process.Pid, said)
		}
		refused++
	}
	if _, _, err := t.runs(ctx, []int{0}, "status", "--out", "out"); err != nil {
		return refused, err
	}
	worker.kill()
	if err := t.finish(ctx); err != nil {
		return refused, err
	}
	_, _, err = t.checkAll(ctx)
	return refused, err
}

// theWorker waits until all but one have been refused.
func theWorker(crowd []*process) (*process, int, error) {
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(10 * time.Millisecond) {
		var working []*process
		for _, p := range crowd {
			if p.running() {
				working = append(working, p)
			} else if err := expect(p.cmd.ProcessState.ExitCode(), []int{2}, p); err != nil || !strings.Contains(p.said(), "is in use by") {
				return nil, 0, fmt.Errorf("one of four says %q: %w", p.said(), err)
			}
		}
		if len(working) == 1 {
			return working[0], len(crowd) - 1, nil
		}
	}
	return nil, 0, fmt.Errorf("more than one, or none, works after %s", patience)
}
