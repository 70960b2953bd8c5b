// Command batch buys vehicle data for a fleet: a CSV of vehicles in, maintenance
// records, valuations and traffic violations out, nothing bought twice.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"vehiclebatch/cmd/batch/app"
)

func main() {
	boundMemory()
	ignoreBrokenPipe(os.Args)
	env := systemEnvironment()
	ctx, stop := withSignals(context.Background(), func() { os.Exit(app.ExitUnfinished) })
	code := execute(ctx, env, os.Args)
	stop()
	os.Exit(code)
}

// withSignals ends the context at the first signal that asks for an end, so that
// the run is saved, and calls hurry at the second.
func withSignals(parent context.Context, hurry func()) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endings(signal.Ignored)...)
	go attend(signals, time.Now, cancel, hurry) //nolint:forbidigo // this is the outside
	return ctx, func() { signal.Stop(signals); cancel() }
}

// endings are the signals that ask for an end. A hang-up that was ignored before the
// program began stays ignored: that is what nohup is for.
func endings(ignored func(os.Signal) bool) []os.Signal {
	ends := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	return ends
}

// attend calls end at every signal, and hurry at the second that is not a hang-up.
// Hang-ups come along with others, in no order: a terminal that is closed sends two,
// one by its shell and one by the kernel, and systemd ends a session with SIGTERM and
// SIGHUP in one. GNU timeout sends its SIGTERM to the program and then to the group
// that it is in: SIGTERMs within sameSignal count once.
func attend(signals <-chan os.Signal, now func() time.Time, end, hurry func()) {
	asked, last := 0, time.Time{}
	for s := range signals {
		end()
		if s != syscall.SIGHUP && (s != syscall.SIGTERM || now().Sub(last) > sameSignal) {
			asked++
		}
		if s == syscall.SIGTERM {
			last = now()
		}
		if asked > 1 {
			hurry()
		}
	}
}

// sameSignal is how close two SIGTERMs are that count once.
const sameSignal = 500 * time.Millisecond

// ignoreBrokenPipe keeps a command that buys alive when its output is not read any
// more (a closed pager, a killed tee): SIGPIPE would end it with calls under way.
// Other commands end by that signal, as a shell expects.
func ignoreBrokenPipe(args []string) {
	if buys(args) {
		signal.Ignore(syscall.SIGPIPE)
	}
}

// buys tells whether a command line is of a command that buys.
func buys(args []string) bool {
	args = langAfter(args)
	return len(args) > 1 && slices.Contains(buyers(), args[1])
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
