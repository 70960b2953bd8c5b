package main

import (
	"strings"
	"testing"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/sources"
)

func TestFleetIsOfGoodVINs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range 5000 {
		v := harness.VIN(n)
		if err := sources.CheckVIN(v); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		if err := sources.CheckDigit(v); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		if seen[v] {
			t.Fatalf("%s comes twice", v)
		}
		seen[v] = true
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values            figures
		low, middle, high float64
	}{
		{figures{3}, 3, 3, 3},
		{figures{5, 1, 2}, 1, 2, 5},
		{figures{4, 1, 3, 2}, 1, 2.5, 4},
	} {
		low, middle, high := c.values.spread()
		if low != c.low || middle != c.middle || high != c.high {
			t.Errorf("%v: got %v, %v, %v", c.values, low, middle, high)
		}
	}
}

func TestRatiosGoPairByPair(t *testing.T) {
	t.Parallel()
	got := ratios(figures{1, 3}, figures{2, 4})
	if got[0] != 50 || got[1] != 75 {
		t.Errorf("got %v, want 50 and 75", got)
	}
}

func TestOrderNumber(t *testing.T) {
	t.Parallel()
	if got, err := orderNumber([]byte(`{"data":{"detail":{"orderId":"A7"}}}`)); err != nil || got != "A7" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := orderNumber([]byte(`{"data":{}}`)); err == nil {
		t.Error("an answer without a number is taken")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	s, todo, err := parse([]string{"pace", "-span", "5s"}, t.Output())
	if err != nil || names(todo) != "pace" || s.span.Seconds() != 5 {
		t.Errorf("got %+v, %v, %v", s, names(todo), err)
	}
	for _, words := range [][]string{{"speed"}, {"pace", "now"}, {"-n", "0"}, {"-span", "0s"}, {"table", "-runs", "-1"}} {
		if _, _, err := parse(words, t.Output()); err == nil {
			t.Errorf("%v is taken", words)
		}
	}
}

func TestWordsNameMeasures(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"":      "throughput memory pace",
		"table": "peer plan export waiting resume start build",
		"read":  "read",
		"plan":  "plan",
	} {
		if todo, err := chosen(word); err != nil || names(todo) != want {
			t.Errorf("%q: got %q, %v, want %q", word, names(todo), err, want)
		}
	}
}

func names(all []measure) string {
	var out []string
	for _, m := range all {
		out = append(out, m.name)
	}
	return strings.Join(out, " ")
}

// A number that is given goes for every benchmark, the others are its own.
func TestGivenNumbersComeFirst(t *testing.T) {
	t.Parallel()
	s, todo, err := parse([]string{"table", "-n", "7", "-large", "9"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range todo {
		got := s.orElse(m.usual)
		if got.vehicles != 7 || got.large != 9 || got.runs != m.usual.runs || got.small != m.usual.small {
			t.Errorf("%s: got %+v", m.name, got)
		}
	}
}
