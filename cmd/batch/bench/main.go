// Command bench measures what batch can do on the machine at hand: whole
// processes against the simulator in a process of its own, several runs in
// turn, reported as ratios. It is a measure and no test: nothing fails for
// being slow.
//
//	go run ./cmd/batch/bench throughput   lookups a second, beside a bare HTTP client
//	go run ./cmd/batch/bench memory       peak memory by the size of the fleet
//	go run ./cmd/batch/bench pace         the share of an allowed rate that is used
//	go run ./cmd/batch/bench read         files of vehicles, beside DuckDB (node and npm)
//	go run ./cmd/batch/bench table        the table of speed, which is these:
//	go run ./cmd/batch/bench peer         lookups a second, beside Bento and a bare client
//	go run ./cmd/batch/bench plan         a plan of new vehicles, and of answered ones
//	go run ./cmd/batch/bench export       raw reports into Parquet, beside DuckDB (node and npm)
//	go run ./cmd/batch/bench waiting      peak memory with lookups that wait for their reports
//	go run ./cmd/batch/bench resume       a resume with nothing due
//	go run ./cmd/batch/bench start        from the start to the first call, by the size of the ledger
//	go run ./cmd/batch/bench build        what the first build takes, and what is in it
//
// Without a word it does the first three. What it prints stands in docs/benchmarks.md.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/harness"
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
	against     string // another program, which does the same in turn
}

func main() { harness.Main("bench", run) }

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
	s, todo, err := parse(words, log)
	if err != nil {
		return err
	}
	bench, err := newBench(ctx, s, out, log)
	if err != nil {
		return err
	}
	defer bench.close()
	bench.printMachine(words)
	for _, m := range todo {
		turn := *bench
		turn.settings = s.orElse(m.usual)
		if err := m.do(ctx, &turn); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// measure is a benchmark, with the numbers that it takes when the flags say none.
type measure struct {
	name  string
	set   string // the word that does it with others; "" for none: by its name alone
	do    func(context.Context, *bench) error
	usual settings
}

// table is the word for all that stands in the table of speed.
const table = "table"

func measures() []measure {
	return []measure{
		{"throughput", "", throughput, settings{vehicles: 20_000, runs: 5}},
		{"memory", "", memory, settings{runs: 5, small: 10_000, large: 100_000}},
		{"pace", "", pace, settings{runs: 5}},
		{"read", "read", read, settings{runs: 5}},
		{"peer", table, beside, settings{vehicles: 10_000, runs: 3}},
		{"plan", table, plan, settings{vehicles: 50_000, small: 10_000, runs: 3}},
		{"export", table, export, settings{vehicles: 10_000, runs: 3}},
		{"waiting", table, waiting, settings{small: 2_000, large: 20_000, runs: 3}},
		{"resume", table, resume, settings{vehicles: 20_000, runs: 3}},
		{"start", table, startUp, settings{vehicles: 20_000, runs: 5}},
		{"build", table, build, settings{runs: 1}},
	}
}

// chosen are the measures that a word names, or those of no word.
func chosen(word string) ([]measure, error) {
	var names []string
	var found []measure
	for _, m := range measures() {
		names = append(names, m.name)
		if m.name == word || m.set == word {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("unknown benchmark %q: there are %s, %s", word, strings.Join(names, ", "), table)
	}
	return found, nil
}

// orElse is the settings with other numbers where none were given.
func (s settings) orElse(usual settings) settings {
	s.vehicles, s.runs = cmp.Or(s.vehicles, usual.vehicles), cmp.Or(s.runs, usual.runs)
	s.small, s.large = cmp.Or(s.small, usual.small), cmp.Or(s.large, usual.large)
	return s
}

func parse(words []string, log io.Writer) (settings, []measure, error) {
	var s settings
	word := ""
	if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		word, words = words[0], words[1:]
	}
	todo, err := chosen(word)
	if err != nil {
		return s, nil, err
	}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(log)
	f.IntVar(&s.vehicles, "n", 0, "vehicles of a run (default: each benchmark's own number)")
	f.IntVar(&s.runs, "runs", 0, "runs of each kind, in turn (default: each benchmark's own number)")
	f.IntVar(&s.connections, "connections", 64, "connections, and calls in flight")
	f.IntVar(&s.small, "small", 0, "vehicles of the small run of memory and waiting, and answered ones of plan (default: each benchmark's own number)")
	f.IntVar(&s.large, "large", 0, "vehicles of the large run of memory and waiting (default: each benchmark's own number)")
	f.IntVar(&s.rows, "rows", 1_000_000, "vehicles of the files that are read")
	f.DurationVar(&s.span, "span", 20*time.Second, "how long each pace run lasts")
	f.StringVar(&s.only, "only", "", "words in the name of the pace or read runs to do, e.g. 200/s, or xlsx")
	f.StringVar(&s.dir, "dir", "", "folder of the workspaces, on the disk to measure (default: the system's temporary folder)")
	f.StringVar(&s.against, "against", "", "another `PROGRAM` batch that does the same in turn, in the benchmarks of the table")
	if err := f.Parse(words); err != nil {
		return s, nil, fmt.Errorf("read the flags: %w", err)
	}
	if f.NArg() > 0 {
		return s, nil, fmt.Errorf("unknown word %q", f.Arg(0))
	}
	if err := positive(f); err != nil {
		return s, nil, err
	}
	return s, todo, nil
}

// positive refuses a number below 1 that was given.
func positive(f *flag.FlagSet) (err error) {
	f.Visit(func(given *flag.Flag) {
		var ok bool
		switch v := given.Value.(flag.Getter).Get().(type) {
		case int:
			ok = v >= 1
		case time.Duration:
			ok = v > 0
		default:
			ok = true
		}
		if !ok {
			err = fmt.Errorf("-%s %s: want at least 1", given.Name, given.Value)
		}
	})
	return err
}
