// Command bench measures what batch can do on the machine at hand: whole
// processes against the simulator in a process of its own, several runs in
// turn, reported as ratios. It is a measure and no test: nothing fails for
// being slow.
//
//	go run ./cmd/batch/bench throughput   lookups a second, beside a bare HTTP client
//	go run ./cmd/batch/bench memory       peak memory by the size of the fleet
//	go run ./cmd/batch/bench pace         the share of an allowed rate that is used
//	go run ./cmd/batch/bench read         files of vehicles, beside DuckDB (node and npm)
//
// Without a word it does the first three. What it prints stands in docs/benchmarks.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	vehicles    int
	runs        int
	connections int
	small       int
	large       int
	rows        int
	span        time.Duration
	only        string
	dir         string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// run does what the words ask for: `bare URL N CONNECTIONS` is the role of the
// bare client, `gateway` that of a vendor and `read-file FILE` that of a reader, in which the benchmark starts itself.
func run(ctx context.Context, words []string, out, log io.Writer) error {
	if len(words) > 0 && words[0] == bareRole {
		return bareMain(ctx, words[1:])
	}
	if len(words) > 0 && words[0] == gatewayRole {
		return gatewayMain(ctx, words[1:], out, log)
	}
	if len(words) == 2 && (words[0] == readRole || words[0] == excelizeRole) {
		return readMain(words[0], words[1], out)
	}
	s, names, err := parse(words, log)
	if err != nil {
		return err
	}
	bench, err := newBench(ctx, s, out, log)
	if err != nil {
		return err
	}
	defer bench.close()
	bench.printMachine(words)
	for _, name := range names {
		if err := measures[name](ctx, bench); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// measures are the benchmarks by name.
var measures = map[string]func(context.Context, *bench) error{
	"throughput": throughput,
	"memory":     memory,
	"pace":       pace,
	"read":       read,
}

func parse(words []string, log io.Writer) (settings, []string, error) {
	names := []string{"throughput", "memory", "pace"}
	if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		if measures[words[0]] == nil {
			return settings{}, nil, fmt.Errorf("unknown benchmark %q: there are %s, read", words[0], strings.Join(names, ", "))
		}
		names, words = []string{words[0]}, words[1:]
	}
	var s settings
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(log)
	f.IntVar(&s.vehicles, "n", 20_000, "vehicles of a throughput run")
	f.IntVar(&s.runs, "runs", 5, "runs of each kind, in turn")
	f.IntVar(&s.connections, "connections", 64, "connections, and calls in flight")
	f.IntVar(&s.small, "small", 10_000, "vehicles of the small memory run")
	f.IntVar(&s.large, "large", 100_000, "vehicles of the large memory run")
	f.IntVar(&s.rows, "rows", 1_000_000, "vehicles of the files that are read")
	f.DurationVar(&s.span, "span", 20*time.Second, "how long each pace run lasts")
	f.StringVar(&s.only, "only", "", "words in the name of the pace or read runs to do, e.g. 200/s, or xlsx")
	f.StringVar(&s.dir, "dir", "", "folder of the workspaces, on the disk to measure (default: the system's temporary folder)")
	if err := f.Parse(words); err != nil {
		return s, nil, fmt.Errorf("read the flags: %w", err)
	}
	if f.NArg() > 0 {
		return s, nil, fmt.Errorf("unknown word %q", f.Arg(0))
	}
	if min(s.vehicles, s.runs, s.connections, s.small, s.large, s.rows) < 1 || s.span <= 0 {
		return s, nil, fmt.Errorf("every number must be at least 1")
	}
	return s, names, nil
}
