// Package spelling finds the known word that a mistyped one probably meant.
package spelling

import (
	"cmp"
	"slices"

	"github.com/xrash/smetrics"
)

// Nearest returns the known word that is the fewest letters away from what was
// written, and how many that is; "" when every one is more than most away. The
// first of several wins.
func Nearest(written string, known []string, most int) (word string, distance int) {
	letters := []rune(written)
	for _, k := range known {
		if d := edits(letters, []rune(k)); d <= most {
			word, distance, most = k, d, d-1
		}
	}
	return word, distance
}

// edits counts the letters to add, drop or change to make b of a.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ca := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, cb := range b {
			cost := diagonal
			if ca != cb {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// longest is how many bytes of what was written are looked at by Sorted:
// likeness costs the product of the lengths.
const longest = 100

// Sorted returns all known words, the likeliest first. A common beginning counts
// most: those who write `max_spent` meant `max_spend`.
func Sorted(written string, known []string) []string {
	const boostFrom, prefix = 0.7, 4
	written = written[:min(len(written), longest)]
	sorted := slices.Clone(known)
	slices.SortStableFunc(sorted, func(a, b string) int {
		return cmp.Compare(smetrics.JaroWinkler(written, b, boostFrom, prefix), smetrics.JaroWinkler(written, a, boostFrom, prefix))
	})
	return sorted
}
