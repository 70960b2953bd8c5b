// Command batch buys vehicle data for a fleet: a CSV of vehicles in, maintenance
// records, valuations and traffic violations out, nothing bought twice.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	boundMemory()
	env := systemEnvironment()
	ctx, stop := withSignals(context.Background(), func() { os.Exit(exitUnfinished) })
	code := execute(ctx, env, os.Args)
	stop()
	os.Exit(code)
}

// withSignals ends the context at the first SIGINT or SIGTERM, so that the run
// is saved, and calls again at the second.
func withSignals(parent context.Context, again func()) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		again()
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

// boundMemory trades memory for time within bounds: little is kept while
// lookups wait, and the writing of the outputs must not grow with the garbage
// that compressors leave. GOMEMLIMIT and GOGC say otherwise if they are set.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(96 << 20)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
