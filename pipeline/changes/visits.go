package changes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// compareVisits tells which visits are new or gone, and where the odometer went
// back that was not known to.
func compareVisits(before, after []record.Visit, sameVendor bool) []record.Change {
	before, after = sortedBy(before, visitText), sortedBy(after, visitText)
	m := newMatcher(before, after)
	m.by(visitText)
	matchLike(m)
	m.by(sureKey)
	var out []record.Change
	for i := range after {
		if m.of[i] >= 0 || !sameVendor && toldInParts(before, &after[i]) {
			continue
		}
		c := aboutVisit(record.VisitNew, &after[i])
		c.After, c.Seq = after[i].Content, after[i].Seq
		out = append(out, c)
	}
	for i := range before {
		if sameVendor && !m.taken[i] {
			c := aboutVisit(record.VisitGone, &before[i])
			c.Before = before[i].Content
			out = append(out, c)
		}
	}
	return append(out, newSteps(m)...)
}

// mostPairs bounds the comparing of texts, as in package normalise: an answer
// with thousands of changed visits must not cost minutes.
const mostPairs = 4096

// matchLike pairs visits that may be the same, the likeliest first.
func matchLike(m *matcher[record.Visit]) {
	type candidate struct {
		before, after int
		likeness      float64
	}
	var before, after []int
	for i := range m.before {
		if !m.taken[i] {
			before = append(before, i)
		}
	}
	for i := range m.after {
		if m.of[i] < 0 {
			after = append(after, i)
		}
	}
	if len(before)*len(after) > mostPairs {
		return
	}
	var found []candidate
	for _, a := range before {
		for _, b := range after {
			if like, ok := normalise.MaySame(&m.before[a], &m.after[b], exactly); ok {
				found = append(found, candidate{a, b, like})
			}
		}
	}
	slices.SortStableFunc(found, func(x, y candidate) int { return cmp.Compare(y.likeness, x.likeness) })
	for _, c := range found {
		if !m.taken[c.before] && m.of[c.after] < 0 {
			m.pair(c.before, c.after)
		}
	}
}

// exactly takes no reading for another.
func exactly(int64, int64) bool { return false }

// sureKey is the day and the reading, "" when one is not known.
func sureKey(v *record.Visit) string { return joinKey(v.Date.Text(), v.MileageKM.Text()) }

// toldInParts tells whether the other vendor has a visit of that day and
// reading: vendors split a visit into its works, or do not.
func toldInParts(before []record.Visit, v *record.Visit) bool {
	key := sureKey(v)
	return key != "" && slices.ContainsFunc(before, func(b record.Visit) bool { return sureKey(&b) == key })
}

// newSteps finds the visits at which the odometer went back and that were not
// known for it.
func newSteps(m *matcher[record.Visit]) []record.Change {
	known := map[string]bool{}
	for i := range m.before {
		if stepsBack(&m.before[i]) {
			known[sureKey(&m.before[i])] = true
		}
	}
	var out []record.Change
	for i := range m.after {
		v := &m.after[i]
		if !stepsBack(v) || known[sureKey(v)] || m.of[i] >= 0 && stepsBack(&m.before[m.of[i]]) {
			continue
		}
		known[sureKey(v)] = true // a visit told twice went back once
		out = append(out, record.Change{Kind: record.OdometerBack, What: "visit of " + v.Date.V.String(), On: v.Date, Seq: v.Seq,
			Before: strconv.FormatInt(v.MileageKM.V-v.MileageDeltaKM.V, 10), After: strconv.FormatInt(v.MileageKM.V, 10)})
	}
	return out
}

// stepsBack tells whether the reading is below the one before, and not merely
// below one long before.
func stepsBack(v *record.Visit) bool {
	return v.Rollback.OK && v.Rollback.V && v.MileageDeltaKM.OK && v.MileageDeltaKM.V < 0
}

func aboutVisit(kind record.ChangeKind, v *record.Visit) record.Change {
	km := v.MileageKM.Text()
	if km != "" {
		km += " km"
	}
	return record.Change{Kind: kind, What: words(v.Date.Text(), string(v.Type), km), Amount: v.Amount, On: v.Date}
}

// visitText is what a workshop says of a visit. What is worked out from the
// other visits, and the views it stands in, are left out.
func visitText(v *record.Visit) string {
	return strings.Join([]string{v.Date.Text(), v.MileageKM.Text(), v.Content, v.Materials, v.VendorType, string(v.Type),
		v.Amount.Text(), v.PaymentType}, "\x1f")
}

// words joins what is known.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// sortedBy sorts by a text of each, made once.
func sortedBy[T any](list []T, text func(*T) string) []T {
	type keyed struct {
		key  string
		item T
	}
	all := make([]keyed, len(list))
	for i := range list {
		all[i] = keyed{text(&list[i]), list[i]}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	out := make([]T, len(list))
	for i := range all {
		out[i] = all[i].item
	}
	return out
}
