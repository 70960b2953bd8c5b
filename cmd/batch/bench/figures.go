package main

import (
	"fmt"
	"slices"
	"strings"
)

// figures are the values of one kind of run, in the order of the runs.
type figures []float64

// spread is the least, the middle and the most.
func (f figures) spread() (low, middle, high float64) {
	s := slices.Sorted(slices.Values(f))
	n := len(s)
	return s[0], (s[(n-1)/2] + s[n/2]) / 2, s[n-1]
}

// row prints min, median and max as cells of a table.
func (f figures) row(format string) string {
	low, middle, high := f.spread()
	return fmt.Sprintf("| "+format+" | "+format+" | "+format+" |", low, middle, high)
}

// each prints every value.
func (f figures) each(format string) string {
	words := make([]string, len(f))
	for i, v := range f {
		words[i] = fmt.Sprintf(format, v)
	}
	return strings.Join(words, ", ")
}

// ratios are a/b in percent, pair by pair: what disturbed the machine disturbed
// both runs of a pair.
func ratios(a, b figures) figures {
	out := make(figures, len(a))
	for i := range a {
		out[i] = 100 * a[i] / b[i]
	}
	return out
}
