package main

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"vehiclebatch/cmd/batch/harness"
)

// The bare client's file is one that checkReports reads, and each way of missing
// an answer is found.
func TestEveryVehicleHasItsReport(t *testing.T) {
	t.Parallel()
	answer := func(vin, code string) string {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		if err := keepIn(w)(vin, []byte(`{"data":{"detail":{"resultCode":`+code+`}}}`)); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := answer(harness.VIN(0), "\"\xe5\x89\""); !utf8.ValidString(got) {
		t.Errorf("%q has a broken character", got)
	}
	there, none := answer(harness.VIN(0), `"1205"`), answer(harness.VIN(1), `"1206"`)
	if err := checkReports(strings.NewReader(none+there), 2); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{
		"one missing":    there,
		"one twice":      there + none + there,
		"not ready":      there + answer(harness.VIN(1), `1203`),
		"an empty line":  there + "{}\n",
		"another's":      there + answer(harness.VIN(2), `"1205"`),
		"a line cut off": there + none[:len(none)-9],
	} {
		if err := checkReports(strings.NewReader(text), 2); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestWeigh(t *testing.T) {
	t.Parallel()
	deps := "fmt \nexample.com/a/b example.com/a\nexample.com/a/c.d example.com/a\n"
	symbols := []symbol{
		{"fmt.Println", 30}, {"example.com/a/b.(*T).M", 7}, {"example.com/a/c%2ed.table", 5}, {"type:*", 11},
		{"example.com/a/b.F[go.shape.*uint8,example.com/x/y.Z]", 2},
	}
	got := fmt.Sprint(weigh([]byte(deps), symbols))
	want := fmt.Sprint(map[string]carried{"the standard library": {1, 30}, "example.com/a": {2, 14}, "types and tables of no package": {0, 11}})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTableOfRuns(t *testing.T) {
	t.Parallel()
	a, b := taken{figures{2, 4}, figures{1, 1}, figures{30, 10}}, taken{figures{4, 4}, figures{1, 2}, figures{10, 10}}
	var out bytes.Buffer
	printTable(&out, "here", append(a.lines("a")[:1], a.against("a in percent of b", &b)...)...)
	want := `
| here | min | median | max |
| --- | ---: | ---: | ---: |
| a, s | 2.00 | 3.00 | 4.00 |
| a in percent of b: time | 50% | 75% | 100% |
| a in percent of b: processor time | 50% | 75% | 100% |
| a in percent of b: peak memory | 100% | 200% | 300% |
`
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

// What batch does is held once against each of the others, whole with whole, and
// its calls with the calls of the other build.
func TestBesideComparesLikeWithLike(t *testing.T) {
	t.Parallel()
	bento := &contestant{name: "Bento", rate: figures{100}, each: figures{2}, taken: taken{peak: figures{1}}}
	ours := &contestant{name: "ours", rate: figures{50}, calls: figures{80}, vendor: figures{1}, each: figures{4}, taken: taken{peak: figures{1}}}
	other := &contestant{name: "theirs", rate: figures{25}, calls: figures{40}, vendor: figures{1}, each: figures{8}, taken: taken{peak: figures{1}}}
	var out bytes.Buffer
	b := &bench{out: &out}
	b.printBeside("Beside Bento", []*contestant{bento, ours, other})
	for _, want := range []string{
		"| ours in percent of Bento | 50% |", "| ours, calls alone, in percent of the whole process of Bento | 80% |",
		"| ours, processor time a lookup in percent of Bento | 200% |",
		"| ours in percent of theirs | 200% |", "| ours, calls alone, in percent of those of theirs | 200% |",
		"| theirs in percent of Bento | 25% |",
	} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "theirs in percent of ours") {
		t.Error("two builds are compared twice")
	}
}
