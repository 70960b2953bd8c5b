package main

import (
	"context"
	"fmt"
)

const mebibyte = 1 << 20

// memory compares the peak memory of a small and a large fleet, in turn.
func memory(ctx context.Context, b *bench) error {
	var small, large figures
	for i := range b.runs {
		for _, size := range []struct {
			vehicles int
			peaks    *figures
		}{{b.small, &small}, {b.large, &large}} {
			r, err := b.runBatch(ctx, job{vehicles: size.vehicles})
			if err != nil {
				return err
			}
			*size.peaks = append(*size.peaks, float64(r.peak)/mebibyte)
			b.say("memory %d/%d: %d vehicles, %.1f MiB, %.0f s", i+1, b.runs, size.vehicles, float64(r.peak)/mebibyte, r.wall.Seconds())
		}
	}
	w := b.out
	fmt.Fprintf(w, "\n### Memory: %d connections, %d runs of each in turn\n\n", b.connections, b.runs)
	fmt.Fprintln(w, "| peak resident memory of `batch run`, MiB | min | median | max |\n| --- | ---: | ---: | ---: |")
	fmt.Fprintf(w, "| %d vehicles %s\n", b.small, small.row("%.1f"))
	fmt.Fprintf(w, "| %d vehicles %s\n", b.large, large.row("%.1f"))
	fmt.Fprintln(w, "| **the large fleet in percent of the small**", ratios(large, small).row("%.0f%%"))
	fmt.Fprintf(w, "\nPair by pair: %s.\n", ratios(large, small).each("%.0f%%"))
	return nil
}
