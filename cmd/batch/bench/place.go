package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// program is a build of batch.
type program struct{ name, path string }

// programs are the builds that are measured in turn.
func (b *bench) programs() []program {
	all := []program{{"`batch`", b.batch}}
	if b.against != "" {
		all = append(all, program{"the other build", b.against})
	}
	return all
}

// place is a folder with a list and a configuration, and the simulator that the
// configuration names, in a process of its own.
type place struct {
	dir     string
	vendor  *vendor
	program string
}

// newPlace makes a place for a job. The words are the simulator's.
func (b *bench) newPlace(ctx context.Context, p program, j job, words ...string) (*place, error) {
	dir, err := os.MkdirTemp(b.dir, "place-")
	if err != nil {
		return nil, fmt.Errorf("make a workspace: %w", err)
	}
	v, err := startVendor(ctx, b.batch, words...)
	if err != nil {
		return nil, err
	}
	w := &place{dir: dir, vendor: v, program: p.path}
	if err := b.prepare(dir, v.URL, j); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *place) path(name string) string { return filepath.Join(w.dir, name) }

func (w *place) close() {
	_ = w.vendor.Stop() // what it knew was read
	_ = os.RemoveAll(w.dir)
}

// do runs batch in a place and reads into `into` what it prints as JSON.
func (w *place) do(ctx context.Context, into any, words ...string) (exited, error) {
	e, err := runProcess(ctx, start{program: w.program, dir: w.dir, mayFail: true, args: append(words, "--config", "batch.yaml", "--json")})
	if err != nil {
		return e, err
	}
	if err := ctx.Err(); err != nil {
		return e, err // it was interrupted, and printed nothing
	}
	if err := json.Unmarshal(e.out, into); err != nil {
		return e, fmt.Errorf("read what batch %v printed: %w", words, err)
	}
	return e, nil
}

// buy runs the list of a place to its end and checks that all of it is settled.
func (w *place) buy(ctx context.Context, dataset string, n int) error {
	var m manifest
	if _, err := w.do(ctx, &m, "run", "fleet.csv", "--dataset", dataset, "--format", "parquet"); err != nil {
		return err
	}
	statuses := m.Lookups[dataset]
	if done := statuses["found"] + statuses["no_record"]; !m.Complete || done != int64(n) {
		return fmt.Errorf("%d of %d lookups are settled: %v", done, n, statuses)
	}
	return nil
}
