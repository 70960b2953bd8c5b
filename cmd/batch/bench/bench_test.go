package main

import (
	"testing"

	"vehiclebatch/sources"
)

func TestFleetIsOfGoodVINs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range 5000 {
		v := vin(n)
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
	s, names, err := parse([]string{"pace", "-span", "5s"}, t.Output())
	if err != nil || len(names) != 1 || names[0] != "pace" || s.span.Seconds() != 5 {
		t.Errorf("got %+v, %v, %v", s, names, err)
	}
	for _, words := range [][]string{{"speed"}, {"pace", "now"}, {"-n", "0"}} {
		if _, _, err := parse(words, t.Output()); err == nil {
			t.Errorf("%v is taken", words)
		}
	}
}
