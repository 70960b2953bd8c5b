package normalise

import "unicode"

// Likeness tells how alike two texts of a workshop are, from 0 to 1; it does not
// matter which comes first. It compares them by the pairs of neighbouring characters they
// share (Dice's coefficient): 1 is the same, 0 has nothing in common. It is
// held against the shorter text, because views shorten: a part of a text is
// like the whole. Spaces and punctuation do not count.
func Likeness(a, b string) float64 {
	pairsA, countA := bigrams(a)
	pairsB, countB := bigrams(b)
	if countA == 0 || countB == 0 {
		if countA == countB {
			return 1
		}
		return 0
	}
	shared := 0
	for p, n := range pairsA {
		shared += min(n, pairsB[p])
	}
	// The full measure breaks ties between a text and a longer one around it.
	part := float64(shared) / float64(min(countA, countB))
	whole := 2 * float64(shared) / float64(countA+countB)
	return (part + whole) / 2
}

// bigrams counts neighbouring characters. The text is bounded: a vendor's text
// of megabytes must not cost minutes.
func bigrams(s string) (map[[2]rune]int, int) {
	const most = 4000
	pairs := map[[2]rune]int{}
	count, last := 0, rune('^')
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		pairs[[2]rune{last, r}]++
		last = r
		if count++; count == most {
			break
		}
	}
	return pairs, count
}
