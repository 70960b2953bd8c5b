package simulator

import "slices"

// tellOtherwise makes of the life of a car what wapi knows of it, where tencent
// tells of it as well: some visits are unknown to it, some only it knows, and
// some it knows with another reading or in other words. It is the same on
// every day.
func (h *history) tellOtherwise(seed uint64) {
	c := newChance(seed, "wapi tells", h.vin)
	kept := h.visits[:0]
	for i, v := range h.visits {
		skipped, off, reworded := c.hit(90), c.between(-30, 30), c.hit(150)
		if skipped && i >= fewestVisits { // the first ones are known to all
			continue
		}
		if v.km > 100 && c.hit(70) {
			v.km += int64(off)
		}
		if reworded {
			v.content.from += h.heading(v)
		}
		kept = append(kept, v)
	}
	h.visits = kept
	h.visitElsewhere(seed)
}

// heading is how long the first part of a visit's text is, when another follows.
func (h *history) heading(v visit) int {
	text := h.of(v.content)
	for i := 0; i+1 < len(text); i++ {
		if text[i] == ';' && text[i+1] == ' ' && i+2 < len(text) {
			return i + 2
		}
	}
	return 0
}

// visitElsewhere adds a visit to a workshop of which only wapi knows, to some
// cars: between two of the first, with a reading between theirs.
func (h *history) visitElsewhere(seed uint64) {
	c := newChance(seed, "elsewhere", h.vin)
	at := c.between(1, fewestVisits-1)
	if !c.hit(350) || at >= len(h.visits) {
		return
	}
	before, after := &h.visits[at-1], &h.visits[at]
	if before.km < 0 || after.km < before.km || after.day-before.day < 20 {
		return
	}
	v := visit{day: (before.day + after.day) / 2, km: (before.km + after.km) / 2, kind: repairVisit}
	h.write(&c, &v)
	h.visits = slices.Insert(h.visits, at, v)
}
