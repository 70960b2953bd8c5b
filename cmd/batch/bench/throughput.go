package main

import (
	"context"
	"fmt"
	"strconv"
)

// throughputFigures are lookups a second, and seconds of processor time for a
// thousand lookups.
type throughputFigures struct {
	bare, whole, calls           figures
	bareCPU, batchCPU, vendorCPU figures
}

// throughput compares whole runs of batch with the bare client, in turn.
func throughput(ctx context.Context, b *bench) error {
	var f throughputFigures
	n := float64(b.vehicles)
	for i := range b.runs {
		plain, err := b.runBare(ctx)
		if err != nil {
			return err
		}
		r, err := b.runBatch(ctx, job{vehicles: b.vehicles})
		if err != nil {
			return err
		}
		f.bare, f.whole, f.calls = append(f.bare, n/plain.wall.Seconds()), append(f.whole, n/r.wall.Seconds()), append(f.calls, n/r.calls.Seconds())
		f.bareCPU, f.batchCPU = append(f.bareCPU, 1000*plain.cpu.Seconds()/n), append(f.batchCPU, 1000*r.cpu.Seconds()/n)
		f.vendorCPU = append(f.vendorCPU, 1000*r.vendorCPU.Seconds()/n)
		b.say("throughput %d/%d: bare %.0f/s, batch %.0f/s, its calls alone %.0f/s", i+1, b.runs, f.bare[i], f.whole[i], f.calls[i])
	}
	f.print(b)
	return nil
}

func (b *bench) runBare(ctx context.Context) (exited, error) {
	v, err := startVendor(ctx, b.batch)
	if err != nil {
		return exited{}, err
	}
	e, err := runProcess(ctx, start{program: b.self, dir: b.dir,
		args: []string{bareRole, v.url, strconv.Itoa(b.vehicles), strconv.Itoa(b.connections)}})
	if err != nil {
		_ = v.stop()
		return e, err
	}
	return e, v.stop()
}

func (f *throughputFigures) print(b *bench) {
	w := b.out
	fmt.Fprintf(w, "\n### Throughput: %d vehicles, %d connections, %d runs of each in turn\n\n", b.vehicles, b.connections, b.runs)
	fmt.Fprintln(w, "| lookups a second | min | median | max |\n| --- | ---: | ---: | ---: |")
	fmt.Fprintln(w, "| bare client, whole process", f.bare.row("%.0f"))
	fmt.Fprintln(w, "| `batch run`, whole process", f.whole.row("%.0f"))
	fmt.Fprintln(w, "| `batch run`, calls alone", f.calls.row("%.0f"))
	fmt.Fprintln(w, "| **share of the bare client, whole process**", ratios(f.whole, f.bare).row("%.1f%%"))
	fmt.Fprintln(w, "| share of the bare client, calls alone", ratios(f.calls, f.bare).row("%.1f%%"))
	fmt.Fprintln(w, "\n| processor time a lookup, ms | min | median | max |\n| --- | ---: | ---: | ---: |")
	fmt.Fprintln(w, "| bare client", f.bareCPU.row("%.3f"))
	fmt.Fprintln(w, "| `batch run`", f.batchCPU.row("%.3f"))
	fmt.Fprintln(w, "| the simulator, beside `batch run`", f.vendorCPU.row("%.3f"))
	fmt.Fprintf(w, "\nPair by pair, whole process: %s.\n", ratios(f.whole, f.bare).each("%.1f%%"))
}
