package main

import (
	"context"
	"fmt"
)

// longWait is a vendor whose reports take longer than any run.
var longWait = []string{"--latency-min", "168h", "--latency-max", "168h"}

// parked is a place in which n lookups are ordered, and wait for reports that are
// not due for days.
func (b *bench) parked(ctx context.Context, p program, n int) (*place, exited, error) {
	w, err := b.newPlace(ctx, p, job{vehicles: n, poll: "first: 168h, interval: 1h, give_up_after: 2400h"}, longWait...)
	if err != nil {
		return nil, exited{}, err
	}
	e, err := w.wait(ctx, n, "run", "fleet.csv", "--dataset", "maintenance")
	if err != nil {
		w.close()
	}
	return w, e, err
}

// wait runs a command that ends with n lookups waiting.
func (w *place) wait(ctx context.Context, n int, words ...string) (exited, error) {
	var m manifest
	e, err := w.do(ctx, &m, append(words, "--wait", "1ms")...)
	if err != nil {
		return e, err
	}
	if got := m.Waiting["tencent"].Lookups; got != int64(n) {
		return e, fmt.Errorf("%d lookups wait, want %d", got, n)
	}
	return e, nil
}

// waiting compares the peak memory with few and with many lookups that are
// planned, ordered, and wait: of the run itself and of a resume after it.
func waiting(ctx context.Context, b *bench) error {
	all := make([]waits, len(b.programs()))
	for i := range b.runs {
		for k, p := range b.programs() {
			w := &all[k]
			if err := b.waitOnce(ctx, p, b.small, &w.small, &w.smallResume); err != nil {
				return err
			}
			if err := b.waitOnce(ctx, p, b.large, &w.large, &w.largeResume); err != nil {
				return err
			}
			b.say("waiting %d/%d: %s: %d and %d wait, %.0f and %.0f MiB, resume %.0f and %.0f MiB", i+1, b.runs, p.name, b.small, b.large,
				w.small.peak[i], w.large.peak[i], w.smallResume.peak[i], w.largeResume.peak[i])
		}
	}
	fmt.Fprintf(b.out, "\n### Waiting: %d and %d lookups, %d runs of each in turn\n", b.small, b.large, b.runs)
	var lines []line
	for k, p := range b.programs() {
		lines = append(lines, all[k].lines(p.name, b.small, b.large)...)
	}
	for k := 1; k < len(all); k++ {
		name := fmt.Sprintf("%d waiting, in percent of %s", b.large, b.programs()[k].name)
		lines = append(lines, line{"`run`, " + name, ratios(all[0].large.peak, all[k].large.peak), "%.0f%%"},
			line{"`resume`, " + name, ratios(all[0].largeResume.peak, all[k].largeResume.peak), "%.0f%%"})
	}
	printTable(b.out, "peak resident memory, MiB", lines...)
	return nil
}

// waits are what one build took with few and with many lookups that wait.
type waits struct{ small, large, smallResume, largeResume taken }

func (w *waits) lines(name string, few, many int) []line {
	return []line{
		{fmt.Sprintf("%s `run`, %d ordered and waiting", name, few), w.small.peak, "%.0f"},
		{fmt.Sprintf("%s `run`, %d ordered and waiting", name, many), w.large.peak, "%.0f"},
		{name + ", the many in percent of the few", ratios(w.large.peak, w.small.peak), "%.0f%%"},
		{fmt.Sprintf("%s `resume`, %d waiting", name, few), w.smallResume.peak, "%.0f"},
		{fmt.Sprintf("%s `resume`, %d waiting", name, many), w.largeResume.peak, "%.0f"},
		{name + ", the many in percent of the few", ratios(w.largeResume.peak, w.smallResume.peak), "%.0f%%"},
	}
}

func (b *bench) waitOnce(ctx context.Context, p program, n int, run, resume *taken) error {
	w, e, err := b.parked(ctx, p, n)
	if err != nil {
		return err
	}
	defer w.close()
	run.add(e)
	if e, err = w.wait(ctx, n, "resume"); err != nil {
		return err
	}
	resume.add(e)
	return nil
}

// resume measures a resume with nothing due.
func resume(ctx context.Context, b *bench) error {
	all := make([]taken, len(b.programs()))
	var places []*place
	for _, p := range b.programs() {
		b.say("resume: %s: ordering %d reports", p.name, b.vehicles)
		w, _, err := b.parked(ctx, p, b.vehicles)
		if err != nil {
			return err
		}
		defer w.close()
		places = append(places, w)
	}
	for i := range b.runs {
		for k, p := range b.programs() {
			e, err := places[k].wait(ctx, b.vehicles, "resume")
			if err != nil {
				return err
			}
			all[k].add(e)
			b.say("resume %d/%d: %s: %.2f s", i+1, b.runs, p.name, e.wall.Seconds())
		}
	}
	fmt.Fprintf(b.out, "\n### Resume: %d lookups wait and none is due, %d runs\n", b.vehicles, b.runs)
	b.printPrograms(fmt.Sprintf("`resume`, %d waiting", b.vehicles), all)
	return nil
}
