package main

import (
	"context"
	"fmt"
	"os"
)

// startUp measures from the start of the process to the first order that the
// vendor takes, with a ledger of many settled orders and with none.
func startUp(ctx context.Context, b *bench) error {
	empty, full := make([]figures, len(b.programs())), make([]figures, len(b.programs()))
	var places []*place
	for _, p := range b.programs() {
		w, err := b.settled(ctx, p)
		if err != nil {
			return err
		}
		defer w.close()
		places = append(places, w)
	}
	for i := range b.runs {
		for k, p := range b.programs() {
			none, err := b.firstCall(ctx, p, nil, i)
			if err != nil {
				return err
			}
			many, err := b.firstCall(ctx, p, places[k], i)
			if err != nil {
				return err
			}
			empty[k], full[k] = append(empty[k], none), append(full[k], many)
			b.say("start %d/%d: %s: %.0f ms, with a full ledger %.0f ms", i+1, b.runs, p.name, none, many)
		}
	}
	fmt.Fprintf(b.out, "\n### Start: a ledger of %d settled orders, %d runs of each in turn\n", b.vehicles, b.runs)
	var lines []line
	for k, p := range b.programs() {
		lines = append(lines, line{p.name + ", an empty ledger", empty[k], "%.0f"}, line{fmt.Sprintf("%s, %d settled orders", p.name, b.vehicles), full[k], "%.0f"},
			line{p.name + ", the full in percent of the empty", ratios(full[k], empty[k]), "%.0f%%"})
	}
	for k := 1; k < len(full); k++ {
		lines = append(lines, line{"the full, in percent of " + b.programs()[k].name, ratios(full[0], full[k]), "%.0f%%"})
	}
	printTable(b.out, "from the start to the first call, ms", lines...)
	return nil
}

// settled is a place with a ledger full of violations: one call an order, so that it is soon made.
func (b *bench) settled(ctx context.Context, p program) (*place, error) {
	w, err := b.newPlace(ctx, p, job{vehicles: 1})
	if err != nil {
		return nil, err
	}
	b.say("start: %s: buying %d answers", p.name, b.vehicles)
	if err = writeCSV(w.path("fleet.csv"), b.vehicles); err == nil {
		err = w.buy(ctx, "violations", b.vehicles)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// firstCall runs one more vehicle, in a place or in a fresh one, at a fresh
// vendor, and tells after how many milliseconds that took the order.
func (b *bench) firstCall(ctx context.Context, p program, in *place, i int) (float64, error) {
	w, err := b.newPlace(ctx, p, job{vehicles: 1})
	if err != nil {
		return 0, err
	}
	defer w.close()
	dir := w.dir
	if in != nil {
		dir = in.dir
		if err := b.prepare(dir, w.vendor.url, job{vehicles: 1}); err != nil {
			return 0, err
		}
	}
	at := place{dir: dir, program: p.path}
	if err := os.WriteFile(at.path("fleet.csv"), []byte("vin\n"+vin(b.vehicles+i)+"\n"), 0o600); err != nil {
		return 0, fmt.Errorf("write the list: %w", err)
	}
	var m manifest
	e, err := at.do(ctx, &m, "run", "fleet.csv", "--dataset", "maintenance", "--format", "parquet")
	if err != nil {
		return 0, err
	}
	first, err := w.vendor.firstOrder(ctx)
	return float64(first.Sub(e.began).Microseconds()) / 1000, err
}
