package normalise

import (
	"cmp"
	"slices"

	"vehiclebatch/pipeline/record"
)

// matchOpen is match for rows of whose day and reading a visit may name one alone, or
// the other way round. It returns the rows that are visits of their own.
func (g *grouping) matchOpen(rows []record.Visit) []record.Visit {
	if len(rows) == 0 { // nearly always
		return nil
	}
	pairs := g.openPairs(rows)
	if pairs == nil {
		return rows
	}
	ofRow, ofVisit := map[int]int{}, map[int]int{} // how many pairs each is in that are still open
	for _, p := range pairs {
		if !g.done[p.visit] {
			ofRow[p.row]++
			ofVisit[p.visit]++
		}
	}
	rowDone := map[int]bool{}
	for _, p := range pairs {
		alone := ofRow[p.row] == 1 && ofVisit[p.visit] == 1 && g.joined[p.visit].Date == rows[p.row].Date
		if !rowDone[p.row] && !g.done[p.visit] && (alone || p.likeness >= likeEnough) {
			rowDone[p.row] = true
			g.pair(p.visit, rows[p.row])
		}
	}
	for _, p := range pairs {
		row, visit := &rows[p.row], &g.joined[p.visit]
		switch fits := oneOpen(row, visit) || keyOf(row) == keyOf(visit); {
		case rowDone[p.row] || !fits: // a reading may have come to the visit
		case p.likeness >= likeEnough: // told in two parts
			rowDone[p.row] = true
		case visitText(rows[p.row]) == "\n":
			rowDone[p.row] = true
			g.markFirst(p.visit, rows[p.row])
		}
	}
	return leftOf(rows, rowDone)
}

// markFirst takes the first visit that a row without words may be, and says so.
func (g *grouping) markFirst(visit int, row record.Visit) {
	v := &g.joined[visit]
	mark(v, g.kind)
	if g.done[visit] { // it is told of already
		return
	}
	missing := "reading"
	if !row.Date.OK {
		missing = "day"
	}
	v.Problems = AddProblem(v.Problems, g.kind.column()+": the vendor's view names neither "+missing+" nor work, and other visits fit it as well")
}

func (k ViewKind) column() string {
	switch k {
	case Structural:
		return "is_structural"
	case Component:
		return "is_component"
	case Exterior:
		return "is_exterior"
	}
	return "visit"
}

// openPairs lists the pairs that may be one visit, the likeliest first; equals by
// reading and text, so that the order of the input does not matter.
func (g *grouping) openPairs(rows []record.Visit) []pair {
	near := g.nearby(len(rows))
	var pairs []pair
	for r := range rows {
		its := near(&rows[r])
		if len(pairs)+len(its) > mostPairs {
			return nil
		}
		for _, i := range its {
			if oneOpen(&rows[r], &g.joined[i]) {
				pairs = append(pairs, pair{row: r, visit: i, likeness: Likeness(visitText(rows[r]), visitText(g.joined[i]))})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.likeness, a.likeness), InTime(&g.joined[a.visit], &g.joined[b.visit]), InTime(&rows[a.row], &rows[b.row]),
			cmp.Compare(fingerprint(rows[a.row]), fingerprint(rows[b.row])),
			cmp.Compare(fingerprint(g.joined[a.visit]), fingerprint(g.joined[b.visit])))
	})
	return pairs
}

// nearby tells which visits may be a row by their day or reading. To hold a few rows
// against every visit costs less than to put the visits in order.
func (g *grouping) nearby(rows int) func(*record.Visit) []int {
	var its []int
	if (rows+2)*len(g.joined) <= mostPairs {
		return func(row *record.Visit) []int {
			its = its[:0]
			for i := range g.joined {
				if oneOpen(row, &g.joined[i]) {
					its = append(its, i)
				}
			}
			return its
		}
	}
	byDay, byKM := map[record.Date][]int{}, map[int64][]int{}
	for i := range g.joined {
		v := &g.joined[i]
		if v.Date.OK {
			byDay[v.Date.V] = append(byDay[v.Date.V], i)
		}
		if km := reading(v); km.OK {
			byKM[km.V] = append(byKM[km.V], i)
		}
	}
	return func(row *record.Visit) []int {
		its = its[:0]
		if row.Date.OK {
			its = append(its, byDay[row.Date.V]...)
		}
		if km := reading(row); km.OK {
			its = append(its, byKM[km.V]...)
		}
		return its
	}
}

// oneOpen tells whether two tellings agree on the day or the reading, and one of them
// alone names the other.
func oneOpen(a, b *record.Visit) bool {
	kmA, kmB := reading(a), reading(b)
	sameDay, sameKM := a.Date.OK && a.Date == b.Date, kmA.OK && kmA == kmB
	return sameDay && kmA.OK != kmB.OK || sameKM && a.Date.OK != b.Date.OK
}
