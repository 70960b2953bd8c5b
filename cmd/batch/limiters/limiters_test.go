package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

// Every file of fronts/ belongs to a limiter, and says what the place says.
func TestFilesAreFilledIn(t *testing.T) {
	t.Parallel()
	at := &lab{dir: t.TempDir()}
	used := map[string]bool{}
	for _, l := range limiters() {
		p := place{Dir: at.home(l), Listen: "127.0.0.1:4001", Vendor: "127.0.0.1:4002", Rate: 321}
		if err := os.MkdirAll(p.Dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := at.render(l, p); err != nil {
			t.Fatal(err)
		}
		for _, name := range l.files {
			from, to, renamed := strings.Cut(name, ">")
			if !renamed {
				to = from
			}
			used[from] = true
			text, err := os.ReadFile(filepath.Join(p.Dir, to))
			if err != nil || strings.Contains(string(text), "{{") {
				t.Errorf("%s: %s: %v\n%s", l.word, to, err, text)
			}
			if !strings.HasSuffix(to, ".conf") && !strings.HasSuffix(to, ".cfg") {
				continue // it reads the environment
			}
			for _, said := range []string{"321", p.Listen, p.Vendor} {
				if !strings.Contains(string(text), said) {
					t.Errorf("%s: %s lacks %s", l.word, to, said)
				}
			}
		}
	}
	all, err := fs.ReadDir(fronts, "fronts")
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	for _, f := range all {
		if !used[f.Name()] {
			t.Errorf("no limiter has %s", f.Name())
		}
	}
}

func TestYAML(t *testing.T) {
	t.Parallel()
	l := limiter{burst: 3, gateway: "nginx", notTaken: "{status: 500}"}
	if got, want := l.yaml(settings{rate: 50}), "    rate: {per_second: 50, burst: 3, in_flight: 64, gateway: nginx}\n    not_taken: [{status: 500}]\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := l.yaml(settings{rate: 50, undeclared: true}), "    rate: {per_second: 50, burst: 3, in_flight: 64}\n"; got != want {
		t.Errorf("undeclared: %q, want %q", got, want)
	}
}

// What is asked for is the flag's, else the limiter's share of the rate.
func TestAsked(t *testing.T) {
	t.Parallel()
	half := limiter{burst: 1, asks: 0.5}
	for want, s := range map[string]settings{"per_second: 100,": {rate: 200}, "per_second: 180,": {rate: 200, asked: 180}} {
		if got := half.yaml(s); !strings.Contains(got, want) {
			t.Errorf("%+v: %q, want %s", s, got, want)
		}
	}
}

func TestRefusedAreCounted(t *testing.T) {
	t.Parallel()
	f := front{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(f.dir, "calls.log"), []byte("200\n503\n200\nstarting up\n 429 \n500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := f.refused(); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// The first call opens the span; a run that has not finished ends with what the vendor saw last.
func TestRow(t *testing.T) {
	t.Parallel()
	o := outcome{calls: 199, span: time.Second, settled: 99, inDoubt: 1, unasked: 2, refused: 3, twice: 4, exitCode: 3, refusal: "429"}
	if got, want := o.row(settings{rate: 200, vehicles: 100}), "429 | 99.0% | 3 | 1 | 2 | 4 | 99 of 100 | 1.0 s, exit 3 |"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	b := simulator.BookPage{Orders: []simulator.Order{{At: at(1)}, {At: at(5)}}, Entries: []simulator.Entry{{At: at(2)}, {At: at(7)}, {At: at(3)}}}
	if got := until(b, manifest{}); got.Unix() != 7 {
		t.Errorf("it ended at %v", got)
	}
	if got := until(b, manifest{FinishedAt: time.Unix(9, 0)}); got.Unix() != 9 {
		t.Errorf("it ended at %v", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	s, chosen, err := parse([]string{"-rate", "50", "-asked", "40", "-undeclared", "nginx", "throttled"}, os.Stderr)
	if err != nil || len(chosen) != 2 || chosen[1].word != "throttled" || s.rate != 50 || s.asked != 40 || !s.undeclared {
		t.Errorf("%+v, %v, %v", s, chosen, err)
	}
	for _, words := range [][]string{{"nobody"}, {"-n", "2001"}, {"-rate", "0"}} {
		if _, _, err := parse(words, io.Discard); err == nil {
			t.Errorf("%v is taken", words)
		}
	}
}
