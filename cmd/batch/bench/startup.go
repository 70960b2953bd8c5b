package main

import (
	"context"
	"fmt"
	"os"

	"vehiclebatch/cmd/batch/harness"
)

// startUp measures from the start of the process to the first order that the
// vendor takes, with a ledger of many settled orders and with none.
func startUp(ctx context.Context, b *bench) error {
	empty, full := make([]started, len(b.programs())), make([]started, len(b.programs()))
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
			if err := b.firstCall(ctx, p, nil, i, &empty[k]); err != nil {
				return err
			}
			if err := b.firstCall(ctx, p, places[k], i, &full[k]); err != nil {
				return err
			}
			b.say("start %d/%d: %s: %.0f ms (the run %.0f of the processor), with a full ledger %.0f ms (%.0f)", i+1, b.runs, p.name,
				empty[k].first[i], empty[k].cpu[i], full[k].first[i], full[k].cpu[i])
		}
	}
	b.printStarts(empty, full)
	return nil
}

// started is how long it took to the first call, and the processor time of the
// whole run of one vehicle, both in milliseconds.
type started struct{ first, cpu figures }

func (b *bench) printStarts(empty, full []started) {
	fmt.Fprintf(b.out, "\n### Start: a ledger of %d settled orders, %d runs of each in turn\n", b.vehicles, b.runs)
	var first, cpu []line
	for k, p := range b.programs() {
		none, many, share := p.name+", an empty ledger", fmt.Sprintf("%s, %d settled orders", p.name, b.vehicles), p.name+", the full in percent of the empty"
		first = append(first, line{none, empty[k].first, "%.0f"}, line{many, full[k].first, "%.0f"}, line{share, ratios(full[k].first, empty[k].first), "%.0f%%"})
		cpu = append(cpu, line{none, empty[k].cpu, "%.0f"}, line{many, full[k].cpu, "%.0f"}, line{share, ratios(full[k].cpu, empty[k].cpu), "%.0f%%"})
	}
	for k := 1; k < len(full); k++ {
		name := "the full, in percent of " + b.programs()[k].name
		first, cpu = append(first, line{name, ratios(full[0].first, full[k].first), "%.0f%%"}), append(cpu, line{name, ratios(full[0].cpu, full[k].cpu), "%.0f%%"})
	}
	printTable(b.out, "from the start to the first call, ms", first...)
	printTable(b.out, "the whole run of one vehicle, ms of the processor", cpu...)
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
// vendor, and adds after how many milliseconds that took the order.
func (b *bench) firstCall(ctx context.Context, p program, in *place, i int, to *started) error {
	w, err := b.newPlace(ctx, p, job{vehicles: 1})
	if err != nil {
		return err
	}
	defer w.close()
	dir := w.dir
	if in != nil {
		dir = in.dir
		if err := b.prepare(dir, w.vendor.URL, job{vehicles: 1}); err != nil {
			return err
		}
	}
	at := place{dir: dir, program: p.path}
	if err := os.WriteFile(at.path("fleet.csv"), []byte("vin\n"+harness.VIN(b.vehicles+i)+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	var m manifest
	e, err := at.do(ctx, &m, "run", "fleet.csv", "--dataset", "maintenance", "--format", "parquet")
	if err != nil {
		return err
	}
	first, err := w.vendor.firstOrder(ctx)
	if err != nil {
		return err
	}
	to.first, to.cpu = append(to.first, float64(first.Sub(e.began).Microseconds())/1000), append(to.cpu, 1000*e.cpu.Seconds())
	return nil
}
