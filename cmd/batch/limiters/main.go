// Command limiters puts batch behind real rate limiters: those that stand before
// vendors' interfaces. Each is installed from its packages, set up as its own
// pages show, and placed on loopback before `batch simulate`; then batch buys a
// fleet through it, at exactly the rate that it allows.
//
//	go run ./cmd/batch/limiters                     all of them
//	go run ./cmd/batch/limiters nginx httprate      some
//	go run ./cmd/batch/limiters -undeclared nginx   with a batch.yaml that says nothing of the limiter
//
// It needs root on Debian or the like (apt-get), Go, node and npm. It is a measure
// and no test: what it prints stands in docs/limiters.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/harness"
)

// settings are the flags.
type settings struct {
	rate       int
	asked      int // calls a second in batch.yaml
	vehicles   int
	runs       int
	undeclared bool
	batch      string
}

func main() { harness.Main("limiters", run) }

func run(ctx context.Context, words []string, out, log io.Writer) error {
	s, chosen, err := parse(words, log)
	if err != nil {
		return err
	}
	l, err := newLab(ctx, s, log)
	if err != nil {
		return err
	}
	defer l.close()
	fmt.Fprintf(out, "`go run ./cmd/batch/limiters %s`: %s, %d cores, %s\n\n", strings.Join(words, " "), runtime.Version(), runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintln(out, "| limiter | allows | refuses with | share used | refused | in doubt | paid and not fetched | bought twice | settled | ended |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
	for _, one := range chosen {
		if err := one.install(ctx, l); err != nil {
			return fmt.Errorf("install %s: %w", one.name, err)
		}
		for range s.runs {
			r, err := l.measure(ctx, one)
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			fmt.Fprintf(out, "| %s | %s | %s\n", one.version(ctx), fmt.Sprintf(one.allows, s.rate), r.row(s))
		}
	}
	return nil
}

func parse(words []string, log io.Writer) (settings, []limiter, error) {
	var s settings
	f := flag.NewFlagSet("limiters", flag.ContinueOnError)
	f.SetOutput(log)
	f.IntVar(&s.rate, "rate", 200, "calls a second that each limiter allows")
	f.IntVar(&s.asked, "asked", 0, "rate.per_second in batch.yaml (default: as many, or what docs/limiters.md advises)")
	f.IntVar(&s.vehicles, "n", 500, "vehicles of a run, of two calls each, at most 2000")
	f.IntVar(&s.runs, "runs", 1, "runs at each limiter")
	f.BoolVar(&s.undeclared, "undeclared", false, "write neither rate.gateway nor not_taken into batch.yaml")
	f.StringVar(&s.batch, "batch", "", "the program to try (default: built from the source)")
	if err := f.Parse(words); err != nil {
		return s, nil, fmt.Errorf("read the flags: %w", err)
	}
	if s.rate < 1 || s.asked < 0 || s.runs < 1 || s.vehicles < 1 || s.vehicles > 2000 {
		return s, nil, errors.New("every number must be at least 1, and -n at most 2000")
	}
	chosen := limiters()
	if f.NArg() > 0 {
		chosen = slices.DeleteFunc(chosen, func(l limiter) bool { return !slices.Contains(f.Args(), l.word) })
	}
	if len(chosen) == 0 {
		return s, nil, fmt.Errorf("no limiter is called %s", strings.Join(f.Args(), " or "))
	}
	return s, chosen, nil
}
