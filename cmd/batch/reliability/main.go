// Command reliability does to batch what a bad night does: real processes, on
// a real disk, over real connections that break, killed again and again. The
// simulator serves in a process of its own, toxiproxy stands between, and the
// vendors' book, the ledger and the outputs are held together afterwards.
//
//	go run ./cmd/batch/reliability kills -n 100   SIGKILL at random and at chosen moments
//	go run ./cmd/batch/reliability terms -n 20    SIGTERM at random moments
//	go run ./cmd/batch/reliability disk           a disk that is full
//	go run ./cmd/batch/reliability damage -n 40   a ledger that was damaged, and its rescue
//	go run ./cmd/batch/reliability pair           two processes in one workspace
//	go run ./cmd/batch/reliability order          what is on disk before what, by strace
//	go run ./cmd/batch/reliability trouble -runs 10 -only random,away   vendors in trouble
//
// It is a test: it exits 1 when a check fails, keeps the folder, and says how
// to repeat what failed. docs/reliability.md says what is checked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/harness"
)

// settings are the flags.
type settings struct {
	n       int
	seed    uint64
	workers int
	dir     string
	batch   string
	proxy   string
	quiet   bool
	only    string        // of trouble: the scenes to play
	away    time.Duration // of trouble: how long a vendor is away
	short   bool          // of trouble: with smaller fleets
}

func main() { harness.Main("reliability", run) }

// trouble is one way to disturb batch.
type trouble struct {
	name string
	n    int // how often, unless the flag says otherwise
	do   func(context.Context, *lab) error
}

func troubles() []trouble {
	return []trouble{{"kills", 100, kills}, {"terms", 20, terms}, {"disk", 3, disk}, {"pair", 3, pair}, {"damage", 40, damage}, {"order", 1, order},
		{vendorTrouble, 1, playAll}}
}

func run(ctx context.Context, words []string, out, log io.Writer) error {
	var names []string
	for _, t := range troubles() {
		if len(words) > 0 && words[0] == t.name {
			s, err := parse(words[1:], &t, log)
			if err != nil {
				return err
			}
			return runTrouble(ctx, t, s, out, log)
		}
		names = append(names, t.name)
	}
	return fmt.Errorf("say what to do: %s", strings.Join(names, ", "))
}

func runTrouble(ctx context.Context, t trouble, s settings, out, log io.Writer) error {
	l, err := newLab(ctx, t.name, s, out, log)
	if err != nil {
		return err
	}
	err = t.do(ctx, l)
	if err == nil {
		return l.close()
	}
	return errors.Join(fmt.Errorf("%s: %w\n  the folder is kept: %s", t.name, err, l.dir), l.stop())
}

func parse(words []string, t *trouble, log io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("reliability", flag.ContinueOnError)
	f.SetOutput(log)
	if t.name == vendorTrouble {
		f.IntVar(&s.n, "runs", t.n, "how often to play each scene")
		f.StringVar(&s.only, "only", "", "scenes to play, by commas: "+sceneNames()+" (default: all)")
		f.DurationVar(&s.away, "away", 45*time.Second, "how long a vendor is away in the scene away")
		f.BoolVar(&s.short, "short", false, "play with smaller fleets")
	} else {
		f.IntVar(&s.n, "n", t.n, "how often to disturb it")
	}
	f.Uint64Var(&s.seed, "seed", 1, "what happens when")
	f.IntVar(&s.workers, "workers", 3, "trials side by side")
	f.StringVar(&s.dir, "dir", "", "folder for the workspaces, on the disk to test (default: the system's temporary folder)")
	f.StringVar(&s.batch, "batch", "", "the program to test (default: built from the source)")
	f.StringVar(&s.proxy, "proxy", "", "toxiproxy's server (default: the one that `go install` puts in place)")
	f.BoolVar(&s.quiet, "quiet", false, "print the summary alone")
	if err := f.Parse(words); err != nil {
		return s, fmt.Errorf("read the flags: %w", err)
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("unknown word %q", f.Arg(0))
	}
	if s.n < 1 || s.workers < 1 {
		return s, errors.New("every number must be at least 1")
	}
	return s, nil
}
