package main

import (
	"fmt"
	"io"
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

// line is a row of a table: what was measured, and how its values are printed.
type line struct {
	name   string
	values figures
	format string
}

// printTable prints least, median and most of each line.
func printTable(w io.Writer, head string, lines ...line) {
	fmt.Fprintf(w, "\n| %s | min | median | max |\n| --- | ---: | ---: | ---: |\n", head)
	for _, l := range lines {
		fmt.Fprintf(w, "| %s %s\n", l.name, l.values.row(l.format))
	}
}

// taken is what the runs of one kind took.
type taken struct {
	seconds, cpu, peak figures // s, s of the processor, MiB
}

func (t *taken) add(e exited) {
	t.seconds, t.cpu, t.peak = append(t.seconds, e.wall.Seconds()), append(t.cpu, e.cpu.Seconds()), append(t.peak, float64(e.peak)/mebibyte)
}

// lines are the rows of what one kind took.
func (t *taken) lines(name string) []line {
	return []line{{name + ", s", t.seconds, "%.2f"}, {name + ", s of the processor", t.cpu, "%.2f"}, {name + ", peak MiB", t.peak, "%.0f"}}
}

// against are the rows that hold what one kind took against another.
func (t *taken) against(name string, other *taken) []line {
	return []line{
		{name + ": time", ratios(t.seconds, other.seconds), "%.0f%%"},
		{name + ": processor time", ratios(t.cpu, other.cpu), "%.0f%%"},
		{name + ": peak memory", ratios(t.peak, other.peak), "%.0f%%"},
	}
}
