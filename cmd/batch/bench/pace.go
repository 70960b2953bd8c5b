package main

import (
	"context"
	"fmt"

	"vehiclebatch/vendors/simulator"
)

// paces are rates that vendors allow.
var paces = []struct {
	perSecond float64
	burst     int
}{{10, 1}, {50, 5}, {200, 10}}

// pace holds batch against a simulator that refuses every call beyond exactly
// the configured rate.
func pace(ctx context.Context, b *bench) error {
	w := b.out
	fmt.Fprintf(w, "\n### Pace: about %s each\n\n", b.span)
	fmt.Fprintln(w, "| allowed | calls | seconds | calls a second | share used | 429 |\n| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, p := range paces {
		j := job{vehicles: max(1, int(p.perSecond*b.span.Seconds()/callsPerVehicle)), perSecond: p.perSecond, burst: p.burst}
		r, err := b.runBatch(ctx, j)
		if err != nil {
			return err
		}
		calls := r.book.Requests[simulator.TencentOrder] + r.book.Requests[simulator.TencentReport]
		span := r.calls.Seconds()
		reached := float64(calls-1) / span // the first call opens the span
		fmt.Fprintf(w, "| %g/s, burst %d | %d | %.1f | %.2f | %.1f%% | %d |\n",
			p.perSecond, p.burst, calls, span, reached, 100*reached/p.perSecond, r.book.Refused[simulator.Tencent])
		b.say("pace %g/s: done", p.perSecond)
	}
	return nil
}

// callsPerVehicle are an order and a report.
const callsPerVehicle = 2
