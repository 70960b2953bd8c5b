package main

// nearest is the name that a mistyped word probably meant, or "".
func nearest(word string, names []string) string {
	best, distance := "", 1+len(word)/4
	for _, name := range names {
		if d := edits(word, name); d <= distance && (best == "" || d < edits(word, best)) {
			best = name
		}
	}
	return best
}

// edits counts the letters to add, drop or change to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
