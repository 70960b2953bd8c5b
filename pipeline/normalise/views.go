package normalise

import (
	"cmp"
	"slices"
	"sort"
	"strconv"

	"vehiclebatch/pipeline/record"
)

// ViewKind says what the visits of a view have in common.
type ViewKind int

// The kinds of view, in the order in which they are joined.
const (
	Structural ViewKind = iota + 1
	Component
	Exterior
)

// View is a vendor's selection of the visits: those that touched the structure,
// an important component or the exterior. Nil Visits say that the answer has no
// such view; an empty list says that the view is there and empty.
type View struct {
	Kind   ViewKind
	Visits []record.Visit
}

// likeEnough is the likeness from which two texts of one day and reading are
// the same visit told twice.
const likeEnough = 0.5

// JoinViews returns all visits, marked with the views they stand in. Views
// repeat visits, so they are joined and never added twice:
//
//   - a visit of a view is the visit of all with the same day and reading; where
//     several have these, or both lack one of the two, the likeness of the
//     texts decides;
//   - where only one of the two sides names the reading, the same day is enough if
//     it has no other visit that could be meant, else the texts must be alike; where
//     only one names the day, the reading and the texts must be;
//   - a visit that stands only in views is added, once;
//   - where a view is given, its flag is true or false in every visit; where it
//     is not, the flag stays as it was;
//   - what a visit of all leaves empty is filled from the view;
//   - a row of a view that fits several visits and has no text to tell them apart
//     marks the first, which notes it.
//
// The given slices are not changed. Added visits come behind the others.
func JoinViews(all []record.Visit, views ...View) []record.Visit {
	joined := make([]record.Visit, len(all))
	for i, v := range all {
		v.Problems = slices.Clone(v.Problems)
		joined[i] = v
	}
	views = slices.Clone(views)
	slices.SortStableFunc(views, func(a, b View) int { return cmp.Compare(a.Kind, b.Kind) })
	for _, view := range views {
		if view.Visits != nil {
			joined = joinView(joined, view)
		}
	}
	return settleFlags(joined, views)
}

// joinView joins one view, day by day and reading by reading.
func joinView(joined []record.Visit, view View) []record.Visit {
	visits, rows := keysOf(joined), keysOf(view.Visits)
	g := grouping{joined: joined, kind: view.Kind, done: make([]bool, len(joined))}
	var left []record.Visit
	for i := range view.Visits {
		key := rows.keys[i]
		if its := rows.of(key); its[0] == i { // the first of its key
			left = append(left, g.match(visits.of(key), picked(view.Visits, its), key.sure())...)
		}
	}
	for _, extra := range g.matchOpen(left) {
		extra.Problems = slices.Clone(extra.Problems)
		mark(&extra, view.Kind)
		joined = append(joined, extra)
	}
	return joined
}

// grouping is the joining of one view.
type grouping struct {
	joined []record.Visit
	kind   ViewKind
	done   []bool // visits that a row of the view was found to be
}

// pair makes a row of the view and a visit one.
func (g *grouping) pair(visit int, row record.Visit) {
	fill(&g.joined[visit], row)
	mark(&g.joined[visit], g.kind)
	g.done[visit] = true
}

// visitKey is what tells visits apart: the day and the reading. A reading of 0
// is none.
type visitKey struct {
	date record.Opt[record.Date]
	km   record.Opt[int64]
}

func keyOf(v *record.Visit) visitKey {
	key := visitKey{date: v.Date, km: reading(v)}
	if !key.date.OK {
		key.date.V = 0
	}
	return key
}

// sure tells whether the key alone names one visit.
func (k visitKey) sure() bool { return k.date.OK && k.km.OK }

func compareKeys(a, b visitKey) int {
	return cmp.Or(compareKnown(a.date, b.date), compareKnown(a.km, b.km))
}

// keyed are visits in the order of their keys, those of one key in their own. It
// costs less than a map of lists.
type keyed struct {
	keys  []visitKey // of each visit
	order []int      // visits
}

func keysOf(visits []record.Visit) keyed {
	k := keyed{keys: make([]visitKey, len(visits)), order: make([]int, len(visits))}
	for i := range visits {
		k.keys[i], k.order[i] = keyOf(&visits[i]), i
	}
	slices.SortStableFunc(k.order, func(a, b int) int { return compareKeys(k.keys[a], k.keys[b]) })
	return k
}

// of are the visits of a key.
func (k keyed) of(key visitKey) []int {
	from := sort.Search(len(k.order), func(i int) bool { return compareKeys(k.keys[k.order[i]], key) >= 0 })
	until := sort.Search(len(k.order), func(i int) bool { return compareKeys(k.keys[k.order[i]], key) > 0 })
	return k.order[from:until]
}

// picked are the visits that are meant.
func picked(visits []record.Visit, which []int) []record.Visit {
	if len(which) == 1 {
		return visits[which[0] : which[0]+1]
	}
	out := make([]record.Visit, len(which))
	for i, at := range which {
		out[i] = visits[at]
	}
	return out
}

// pair is a possible match of a view's row with a visit.
type pair struct {
	row, visit int
	likeness   float64
}

// match marks the visits (indexes into joined) that the rows of a view
// stand for, all of one key, and returns the rows that are visits of their own.
// The likeliest pairs are matched first, one to one. A row that is left over
// although the key has visits is the same visit told in two parts when its text
// is like it; otherwise it is another one.
func (g *grouping) match(visits []int, rows []record.Visit, sure bool) []record.Visit {
	if sure && len(visits) == 1 && len(rows) == 1 { // nearly always: the texts need no look
		g.pair(visits[0], rows[0])
		return nil
	}
	pairs := pairsOf(g.joined, visits, rows)
	rowDone := map[int]bool{}
	for _, p := range pairs {
		if rowDone[p.row] || g.done[p.visit] || (!sure && p.likeness < likeEnough) {
			continue
		}
		rowDone[p.row] = true
		g.pair(p.visit, rows[p.row])
	}
	for _, p := range pairs {
		if !rowDone[p.row] && p.likeness >= likeEnough {
			rowDone[p.row] = true
		}
	}
	return leftOf(rows, rowDone)
}

func leftOf(rows []record.Visit, done map[int]bool) []record.Visit {
	var left []record.Visit
	for i, row := range rows {
		if !done[i] {
			left = append(left, row)
		}
	}
	return left
}

// mostPairs bounds the comparing of texts. Real groups have one visit or two; an
// answer with thousands of one day and reading must not cost minutes.
const mostPairs = 4096

// pairsOf lists every pair, likeliest first; equals in the order of their texts,
// so that the order of the input does not matter.
func pairsOf(joined []record.Visit, visits []int, rows []record.Visit) []pair {
	switch n := len(visits) * len(rows); {
	case n == 0:
		return nil
	case n > mostPairs:
		return equalPairs(joined, visits, rows)
	}
	var pairs []pair
	for r, row := range rows {
		for _, v := range visits {
			pairs = append(pairs, pair{row: r, visit: v, likeness: Likeness(visitText(row), visitText(joined[v]))})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.likeness, a.likeness),
			cmp.Compare(fingerprint(rows[a.row]), fingerprint(rows[b.row])),
			cmp.Compare(fingerprint(joined[a.visit]), fingerprint(joined[b.visit])))
	})
	return pairs
}

// equalPairs pairs the rows with visits of exactly their text, one to one.
func equalPairs(joined []record.Visit, visits []int, rows []record.Visit) []pair {
	byText := map[string][]int{}
	for _, v := range visits {
		text := visitText(joined[v])
		byText[text] = append(byText[text], v)
	}
	var pairs []pair
	for r, row := range rows {
		text := visitText(row)
		if free := byText[text]; len(free) > 0 {
			pairs = append(pairs, pair{row: r, visit: free[0], likeness: 1})
			byText[text] = free[1:]
		}
	}
	return pairs
}

func visitText(v record.Visit) string { return v.Content + "\n" + v.Materials }

// fingerprint orders visits by what they say and how they are marked already.
func fingerprint(v record.Visit) string {
	text := v.Content + "\x00" + v.Materials + "\x00" + v.VendorType + "\x00" + v.PaymentType
	text += "\x00" + strconv.FormatInt(int64(v.Amount.V), 10)
	for _, f := range []record.Flag{v.Structural, v.Component, v.Exterior} {
		text += "\x00" + strconv.FormatBool(f.OK && f.V)
	}
	return text
}

// fill takes from a view's row what the visit leaves empty.
func fill(v *record.Visit, row record.Visit) {
	v.Content = cmp.Or(v.Content, row.Content)
	v.Materials = cmp.Or(v.Materials, row.Materials)
	v.PaymentType = cmp.Or(v.PaymentType, row.PaymentType)
	if v.VendorType == "" && row.VendorType != "" {
		v.VendorType, v.Type = row.VendorType, row.Type
	}
	if !v.Amount.OK {
		v.Amount = row.Amount
	}
	if !v.Date.OK {
		v.Date = row.Date
	}
	if km := reading(&row); !reading(v).OK && km.OK {
		v.MileageKM = km
	}
}

func mark(v *record.Visit, kind ViewKind) {
	if flag := flagOf(v, kind); flag != nil {
		*flag = record.Some(true)
	}
}

// settleFlags makes what no given view has marked a plain no.
func settleFlags(joined []record.Visit, views []View) []record.Visit {
	for _, view := range views {
		if view.Visits == nil {
			continue
		}
		for i := range joined {
			if flag := flagOf(&joined[i], view.Kind); flag != nil && !flag.OK {
				*flag = record.Some(false)
			}
		}
	}
	return joined
}

func flagOf(v *record.Visit, kind ViewKind) *record.Flag {
	switch kind {
	case Structural:
		return &v.Structural
	case Component:
		return &v.Component
	case Exterior:
		return &v.Exterior
	}
	return nil
}
