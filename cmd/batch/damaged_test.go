package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/sources"
)

var (
	damages    = flag.Int("damages", 0, "how often TestDamagedFiles damages each file; 0 is a few times, and memory is not looked at")
	damageSeed = flag.Uint64("damage-seed", 1, "the first seed of TestDamagedFiles")
	damageOnly = flag.String("damage-only", "", "what TestDamagedFiles damages: a regular expression for its kind and name, as in \"manifests manifest.json\"")
	damageBy   = flag.String("damage-by", "", "the program that reads damaged files, in place of this process")
)

const (
	// someLists is of how many files of a kind one is damaged where nothing else is asked for.
	someLists = 12
	// longestLook is how long a command may take over a damaged file.
	longestLook = time.Minute
	// mostMemory bounds what a command takes and gives back over a damaged file.
	mostMemory = 512 << 20
)

// TestDamagedFiles damages good files of every kind that users hand over, and has the
// command read them that they are for: a file is read, or refused by its name with a
// word that helps. docs/reliability.md says what was found, and how to try more.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	shelf := newShelf(t)
	only := regexp.MustCompile(*damageOnly)
	for _, kind := range damagedKinds() {
		t.Run(kind.name, func(t *testing.T) {
			told := map[string]int{}
			for i, path := range shelf.files(t, kind.good) {
				d := &damaging{damagedKind: kind, shelf: shelf, path: path, told: told}
				if !only.MatchString(d.title()) || *damages == 0 && i%someLists != 0 {
					continue
				}
				if !d.undamaged(t) {
					continue // it is refused as it is
				}
				for seed := range uint64(max(*damages, 1)) {
					d.try(t, *damageSeed+seed)
				}
			}
			for _, what := range slices.Sorted(maps.Keys(told)) {
				t.Logf("%6d %s", told[what], what)
			}
		})
	}
}

// damagedKind is a kind of file, and the command that reads it.
type damagedKind struct {
	name  string
	good  string   // the good files, a pattern on the shelf
	words []string // the command; FILE is the damaged file
	codes []int    // it may end with
	names string   // what a refusal must name, where that is not the file
	help  string   // that stands in a refusal besides the name, a regular expression
	list  bool     // it is a list of vehicles, to be held against the good one
}

func damagedKinds() []damagedKind {
	read := []int{app.ExitSettled, app.ExitUsage}
	plan := []string{"plan", "FILE", "--simulate", "--out", "nowhere"}
	back := []string{"plan", "FILE", "--simulate", "--out", "out"}
	bill := []string{"reconcile", "FILE", "--vendor", "tencent", "--out", "out", "--dry-run"}
	check := []string{"verify", "--out", "out"}
	billed := []int{app.ExitSettled, app.ExitUsage, app.ExitFailures, app.ExitUnfinished}
	compared := []int{app.ExitSettled, app.ExitUnexpected} // "Exit 1 when anything differs"
	folder, again := "out/runs/", "batch export --out out"
	return []damagedKind{
		{name: "Parquet lists", good: "lists/*.parquet", words: plan, codes: read, list: true},
		{name: "xlsx lists", good: "lists/*.xlsx", words: plan, codes: read, list: true},
		{name: "CSV lists", good: "lists/*.csv", words: plan, codes: read, list: true},
		{name: "failure files", good: "failures/failures.*", words: back, codes: read},
		{name: "bills", good: "bills/bill.*", words: bill, codes: billed},
		{name: "configurations", good: "batch.yaml", words: []string{"plan", "fleet.csv", "--config", "FILE", "--out", "nowhere"}, codes: read},
		{name: "manifests", good: "out/runs/*/manifest.json", words: check, codes: compared, names: folder, help: again},
		{name: "outputs", good: "out/runs/*/*.[cpx]*", words: check, codes: compared, names: folder, help: again},
	}
}

// damaging is one good file that is damaged again and again.
type damaging struct {
	damagedKind
	shelf *shelf
	path  string   // on the shelf
	said  string   // of the good one
	rows  []string // of the good one, if it is a list
	told  map[string]int
}

// title names the file whatever the folder of its run is called.
func (d *damaging) title() string { return d.name + " " + filepath.Base(d.path) }

// needs are the parts of the shelf that the command reads.
func (d *damaging) needs() []string {
	parts := []string{"batch.yaml", "fleet.csv"}
	if slices.Contains(d.words, "out") {
		parts = append(parts, "out")
	}
	return append(parts, d.path)
}

// undamaged looks how the good file is read, and tells whether it is.
func (d *damaging) undamaged(t *testing.T) bool {
	t.Helper()
	dir := d.shelf.copied(t, d.needs()...)
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of the test
	code, said, err := d.read(dir)
	if err != nil || !slices.Contains(d.codes, code) {
		t.Fatalf("%s: exit %d, %v\n%s", d.path, code, err, said)
	}
	d.said = said
	if d.list {
		d.rows = vehiclesOf(filepath.Join(dir, d.path))
	}
	return code == app.ExitSettled
}

// try damages the file once.
func (d *damaging) try(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, uint64(len(d.path))))
	dir := d.shelf.copied(t, d.needs()...)
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of the test
	path := filepath.Join(dir, d.path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, how := harmed(r, text)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, said, err := d.read(dir)
	if err == nil {
		err = d.judge(code, said)
	}
	if err != nil {
		t.Errorf("%v\n%s, %s, exit %d:\n%s\nagain: go test ./cmd/batch -run TestDamagedFiles -args -damages=1 -damage-seed=%d -damage-only='%s'",
			err, d.path, how, code, said, seed, regexp.QuoteMeta(d.title()))
		return
	}
	what := d.outcome(path, code, said)
	d.told[what]++
	if strings.Contains(what, "other") && testing.Verbose() {
		t.Logf("%s, seed %d, %s, exit %d: %s", d.title(), seed, how, code, d.difference(path, said))
	}
}

// judge says what is wrong with how a damaged file was taken.
func (d *damaging) judge(code int, said string) error {
	switch {
	case !slices.Contains(d.codes, code):
		return errors.New("an exit code that is not for this")
	case strings.Contains(said, "goroutine ") || strings.Contains(said, "runtime error"):
		return errors.New("it panics")
	case code != app.ExitUsage && code != app.ExitUnexpected:
		return nil
	case !strings.Contains(said, cmp.Or(d.names, filepath.Base(d.path))):
		return errors.New("the refusal does not name the file")
	case !regexp.MustCompile(d.help).MatchString(said):
		return errors.New("the refusal does not help")
	}
	return nil
}

// outcome names what came of it, to be counted.
func (d *damaging) outcome(path string, code int, said string) string {
	switch {
	case code == app.ExitUsage || code == app.ExitUnexpected:
		return fmt.Sprintf("exit %d: refused", code)
	case d.list && slices.Equal(vehiclesOf(path), d.rows), !d.list && said == d.said:
		return fmt.Sprintf("exit %d: read as the good one", code)
	case d.list && len(vehiclesOf(path)) != len(d.rows):
		return fmt.Sprintf("exit %d: other rows", code)
	}
	return fmt.Sprintf("exit %d: other values", code)
}

// difference is the first one between how the damaged file is read and how the good one.
func (d *damaging) difference(path, said string) string {
	got, want := strings.Split(said, "\n"), strings.Split(d.said, "\n")
	if d.list {
		got, want = vehiclesOf(path), d.rows
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%d and %d lines, line %d is\n  %s\nwhere the good one has\n  %s", len(got), len(want), i+1, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d lines where the good one has %d", len(got), len(want))
}

// vehiclesOf reads a list as far as it goes, a text for each vehicle.
func vehiclesOf(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return []string{err.Error()}
	}
	src, err := sources.Open(bytes.NewReader(text), int64(len(text)), "list", sources.Options{})
	var out []string
	for err == nil {
		v, nerr := src.Next()
		if err = nerr; err == nil {
			out = append(out, fmt.Sprintf("%+v", v))
		}
	}
	if !errors.Is(err, io.EOF) {
		out = append(out, err.Error())
	}
	return out
}

// read runs the command over the file in a copy of the shelf.
func (d *damaging) read(dir string) (code int, said string, err error) {
	words := slices.Clone(d.words)
	for i, w := range words {
		switch w {
		case "FILE":
			words[i] = filepath.Join(dir, d.path)
		case "out", "nowhere", "fleet.csv":
			words[i] = filepath.Join(dir, w)
		}
	}
	if !slices.Contains(words, "--config") && words[0] != "verify" {
		words = append(words, "--config", filepath.Join(dir, "batch.yaml"))
	}
	if *damageBy != "" {
		code, said, err = readByProcess(words)
	} else {
		code, said, err = readHere(words)
	}
	return code, strings.ReplaceAll(said, dir+string(filepath.Separator), ""), err
}

// readHere runs the command in this process.
func readHere(words []string) (code int, said string, err error) {
	var out bytes.Buffer
	var before, after runtime.MemStats
	env := systemEnvironment()
	env.stdin, env.stdout, env.stderr, env.getenv = strings.NewReader(""), &out, &out, keysOfSimulator
	ended := make(chan any)
	runtime.ReadMemStats(&before)
	go func() {
		defer func() { ended <- recover() }()
		code = execute(context.Background(), env, append([]string{"batch"}, words...))
	}()
	select {
	case panicked := <-ended:
		runtime.ReadMemStats(&after)
		if panicked != nil {
			return code, out.String(), fmt.Errorf("it panics: %v", panicked)
		}
	case <-time.After(longestLook):
		panic(fmt.Sprintf("it does not end within %s: %q", longestLook, words)) // which shows where
	}
	if taken := after.TotalAlloc - before.TotalAlloc; *damages > 0 && taken > mostMemory {
		return code, out.String(), fmt.Errorf("it takes %d MiB of memory", taken>>20)
	}
	return code, out.String(), nil
}

func keysOfSimulator(name string) (string, bool) {
	key, ok := map[string]string{"SIM": "http://127.0.0.1:9", "WAPI_SECRET": "5f4dcc3b5aa765d61d8327deb882cf99",
		"TENCENT_SECRET_ID": "AKIDsimulatorsimulatorsimulatorsimulator", "TENCENT_SECRET_KEY": "simulator-secret-key"}[name]
	return key, ok
}
