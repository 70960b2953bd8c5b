package history

import (
	"cmp"
	"slices"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// member is one vendor's telling of a visit.
type member struct {
	teller int // index into what was told
	visit  *record.Visit
}

// group is the tellings of one visit, at most one a vendor.
type group struct{ members []member }

// mostPairs bounds the comparing of texts, as in package normalise: answers with
// thousands of visits must not cost minutes. Beyond it only visits of the same
// day and reading are matched.
const mostPairs = 4096

// match finds which visits are the same. It goes through the vendors by their
// names, so that the order in which they are given does not matter.
func match(told []Told) []group {
	byName := make([]int, len(told))
	for i := range byName {
		byName[i] = i
	}
	slices.SortFunc(byName, func(a, b int) int { return cmp.Compare(told[a].Vendor, told[b].Vendor) })
	var groups []group
	for _, t := range byName {
		for i := range told[t].Report.Visits {
			groups = append(groups, group{[]member{{t, &told[t].Report.Visits[i]}}})
		}
	}
	groups = joinEquals(groups)
	return joinAlike(groups)
}

// joinEquals joins visits that are told with the same words: the first such
// visit of one vendor with the first of the others, the second with the second.
// Words alone, without a day or a reading, are many visits'.
func joinEquals(groups []group) []group {
	type place struct {
		text string
		nth  int
	}
	type teller struct {
		text string
		of   int
	}
	seen, at := map[teller]int{}, map[place]int{}
	var out []group
	for _, g := range groups {
		m := g.members[0]
		text := wordsOf(m.visit)
		who := teller{text, m.teller}
		where := place{text, seen[who]}
		seen[who]++
		if i, ok := at[where]; ok && (m.visit.Date.OK || m.visit.MileageKM.OK) {
			out[i].members = append(out[i].members, m)
			continue
		}
		at[where] = len(out)
		out = append(out, g)
	}
	return out
}

// wordsOf is what a workshop says of a visit.
func wordsOf(v *record.Visit) string {
	return strings.Join([]string{v.Date.Text(), v.MileageKM.Text(), v.Content, v.Materials}, "\x1f")
}

// pair is two groups that may be one.
type pair struct {
	a, b     int
	sure     bool // same day and reading
	likeness float64
}

// joinAlike joins groups that may be one, the surest and likeliest first.
func joinAlike(groups []group) []group {
	pairs := pairsOf(groups)
	slices.SortStableFunc(pairs, func(x, y pair) int {
		if x.sure != y.sure {
			if x.sure {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.likeness, x.likeness)
	})
	in := make([]int, len(groups)) // the group that each has become part of
	for i := range in {
		in[i] = i
	}
	for _, p := range pairs {
		a, b := in[p.a], in[p.b]
		if a == b || !groups[a].fits(&groups[b]) {
			continue
		}
		a, b = min(a, b), max(a, b)
		groups[a].members = append(groups[a].members, groups[b].members...)
		groups[b].members = nil
		for i := range in {
			if in[i] == b {
				in[i] = a
			}
		}
	}
	return slices.DeleteFunc(groups, func(g group) bool { return len(g.members) == 0 })
}

// pairsOf lists the groups of which any two tellings may be one visit, by the
// day or the reading that they share.
func pairsOf(groups []group) []pair {
	shared := map[string][]int{}
	for i := range groups {
		for _, key := range keysOf(&groups[i]) {
			shared[key] = append(shared[key], i)
		}
	}
	compared := 0
	for _, list := range shared {
		compared += len(list) * len(list) / 2
	}
	seen := map[[2]int]bool{}
	var out []pair
	for i := range groups {
		for _, key := range keysOf(&groups[i]) {
			for _, j := range shared[key] {
				if j <= i || seen[[2]int{i, j}] {
					continue
				}
				seen[[2]int{i, j}] = true
				if p, ok := pairOf(groups, i, j, compared <= mostPairs); ok {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// keysOf are the days and readings of a group: without one in common two are not
// the same.
func keysOf(g *group) []string {
	var keys []string
	for _, m := range g.members {
		for _, key := range []string{m.visit.Date.Text(), m.visit.MileageKM.Text()} {
			if key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func pairOf(groups []group, i, j int, texts bool) (pair, bool) {
	p := pair{a: i, b: j}
	found := false
	for _, a := range groups[i].members {
		for _, b := range groups[j].members {
			sure := a.visit.Date.OK && a.visit.MileageKM.OK && a.visit.Date == b.visit.Date && a.visit.MileageKM == b.visit.MileageKM
			if a.teller == b.teller || !texts && !sure {
				continue
			}
			like, ok := 0.0, true
			if texts {
				like, ok = normalise.MaySame(a.visit, b.visit, near)
			}
			if ok {
				found, p.sure, p.likeness = true, p.sure || sure, max(p.likeness, like)
			}
		}
	}
	return p, found
}

// fits tells whether two groups can be one: no vendor is in both, and no two
// tellings contradict each other.
func (g *group) fits(o *group) bool {
	for _, a := range g.members {
		for _, b := range o.members {
			if a.teller == b.teller || contradict(a.visit, b.visit) {
				return false
			}
		}
	}
	return true
}

// contradict tells whether two tellings name another day, or readings that are
// not even near.
func contradict(a, b *record.Visit) bool {
	return a.Date.OK && b.Date.OK && a.Date != b.Date ||
		a.MileageKM.OK && b.MileageKM.OK && a.MileageKM != b.MileageKM && !near(a.MileageKM.V, b.MileageKM.V)
}

// Readings of one visit may differ by so much: some vendors round them, some take
// the one at the gate and some the one on the bill.
const (
	nearKM    = 100
	nearShare = 100 // a hundredth of the reading
)

func near(a, b int64) bool {
	low, high := min(a, b), max(a, b)
	return low > 0 && high-low <= max(nearKM, low/nearShare)
}
