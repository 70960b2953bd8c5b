// Command mutants breaks the program's promises one at a time and says which
// test notices. It is the proof of the tests.
//
//	go run ./pipeline/simtest/mutants              # all of them
//	go run ./pipeline/simtest/mutants -only ledger # those with "ledger" in their names
//
// Each file in mutations says what it breaks, which tests should notice, and
// what to put in the place of what. Nothing in the tree is changed: the compiler
// is told to read other files in the place of those (go build -overlay). It ends
// with 1 when a mutant is not caught or no longer fits the code.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

func main() {
	only := flag.String("only", "", "try the mutants with this in their names")
	jobs := flag.Int("jobs", 2, "how many to try at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *only, *jobs)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, jobs int) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	all, err := readMutants(filepath.Join(root, "pipeline/simtest/mutants/mutations"))
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return fmt.Errorf("make a folder for changed files: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	began := time.Now()
	caught, tried := tryAll(ctx, all, only, jobs, func(m mutant) outcome { return m.try(ctx, root, work) })
	fmt.Printf("%d of %d mutants caught in %s\n", caught, tried, time.Since(began).Round(time.Second))
	if tried == 0 || caught < tried {
		return fmt.Errorf("%d of %d mutants were not caught", tried-caught, tried)
	}
	return nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module's folder (run this inside the tree): %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func tryAll(ctx context.Context, all []mutant, only string, jobs int, try func(mutant) outcome) (caught, tried int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	places := make(chan struct{}, max(jobs, 1))
	for _, m := range all {
		if !strings.Contains(m.name, only) || ctx.Err() != nil {
			continue
		}
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			o := try(m)
			mu.Lock()
			defer mu.Unlock()
			tried++
			if o.caught {
				caught++
			}
			fmt.Println(o.line(m))
		})
	}
	wg.Wait()
	return caught, tried
}

// outcome is what became of a mutant.
type outcome struct {
	caught bool
	by     string // the test, or why it was not caught
	took   time.Duration
}

func (o outcome) line(m mutant) string {
	word := "caught"
	if !o.caught {
		word = "NOT CAUGHT"
	}
	return fmt.Sprintf("%-10s %-40s %5.1fs  %s", word, m.name, o.took.Seconds(), o.by)
}

var (
	failedTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+) \(`)
	panicked   = regexp.MustCompile(`(?m)^(panic: .*|fatal error: .*)`)
)

// try runs the tests that should notice. A mutant that does not compile, or
// whose tests are not there, is not caught.
func (m *mutant) try(ctx context.Context, root, work string) outcome {
	began := time.Now()
	overlay, err := m.overlay(root, filepath.Join(work, m.name))
	if err != nil {
		return outcome{by: err.Error()}
	}
	args := append([]string{"test", "-overlay", overlay, "-vet=off", "-failfast", "-timeout=5m"}, m.tests...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOGC="+cmp.Or(os.Getenv("GOGC"), "400"))
	out, err := cmd.CombinedOutput()
	text := string(out)
	o := outcome{took: time.Since(began), by: "all tests passed: go " + strings.Join(args, " ")}
	names := failedTest.FindAllStringSubmatch(text, -1)
	switch {
	case err == nil:
	case strings.Contains(text, "panic: test timed out"):
		o.by = "the tests took too long: go " + strings.Join(args, " ")
	case len(names) > 0: // the innermost is the last of the first lines
		o.caught, o.by = true, deepest(names)
	case panicked.MatchString(text):
		o.caught, o.by = true, panicked.FindString(text)
	default:
		o.by = "the tests did not run: " + strings.TrimSpace(text[:min(len(text), 600)])
	}
	return o
}

func deepest(names [][]string) string {
	name := names[0][1]
	for _, n := range names {
		if strings.HasPrefix(n[1], name) {
			name = n[1]
		}
	}
	return name
}
