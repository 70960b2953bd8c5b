package simulator

import (
	"fmt"
	"slices"
	"testing"
)

// lines is what a life tells, a line a visit.
func (h *history) lines() []string {
	var out []string
	for i := range h.visits {
		v := &h.visits[i]
		out = append(out, fmt.Sprint(v.day, v.km, string(h.of(v.content)), string(h.of(v.materials))))
	}
	return out
}

// What wapi tells differs from what tencent tells, by a little, and a later day
// only adds to it.
func TestWapiTellsALittleOtherwise(t *testing.T) {
	t.Parallel()
	const today = 20_000
	shared, other, visits := 0, 0, 0
	for i := range 200 {
		vin := fmt.Sprintf("LSVFA49J0J%07d", i)
		var all, told, later, base history
		all.make(1, vin, today)
		told.make(1, vin, today)
		told.tellOtherwise(1)
		later.make(1, vin, today+300)
		base.make(1, vin, today+300)
		later.tellOtherwise(1)
		known := map[string]bool{}
		for _, line := range all.lines() {
			known[line] = true
		}
		visits += len(known)
		for _, line := range told.lines() {
			if known[line] {
				shared++
			} else {
				other++
			}
		}
		if len(told.visits) < fewestVisits {
			t.Errorf("%s has %d visits left", vin, len(told.visits))
		}
		if base.rolledBack && !slices.Equal(all.lines(), base.lines()[:len(all.visits)]) {
			continue // its odometer was turned since
		}
		after := later.lines()
		for n, line := range told.lines() {
			if n >= len(after) || after[n] != line {
				t.Fatalf("%s tells otherwise on a later day: %q", vin, line)
			}
		}
		for n := range told.visits[1:] {
			if told.visits[n].day > told.visits[n+1].day {
				t.Errorf("%s: visit %d stands before its time", vin, n+1)
			}
		}
	}
	if shared*10 < visits*6 || other*100 < visits*8 || shared == visits {
		t.Errorf("of %d visits %d are told alike, and %d otherwise", visits, shared, other)
	}
}
