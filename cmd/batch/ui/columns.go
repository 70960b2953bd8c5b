package ui

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns prints a table whose columns stand under each other on a terminal,
// where a Chinese character is two wide. text/tabwriter counts characters.
type columns struct {
	right bool // aligned to the right
	rows  [][]string
}

// gap is the space between two columns.
const gap = 2

func (c *columns) add(cells ...string) { c.rows = append(c.rows, cells) }

// write prints the table.
func (c *columns) write(to io.Writer) error {
	widths := c.widths()
	for _, row := range c.rows {
		var line strings.Builder
		for i, cell := range row {
			switch {
			case c.right:
				line.WriteString(padding(widths[i]+gap, cell) + cell)
			case i+1 < len(row):
				line.WriteString(cell + padding(widths[i]+gap, cell))
			default:
				line.WriteString(cell)
			}
		}
		if _, err := fmt.Fprintln(to, line.String()); err != nil {
			return err
		}
	}
	return nil
}

// widths are the columns'. The last cell of a row that is aligned to the left
// may be as long as it likes.
func (c *columns) widths() []int {
	var out []int
	for _, row := range c.rows {
		for i, cell := range row {
			if len(out) == i {
				out = append(out, 0)
			}
			if c.right || i+1 < len(row) {
				out[i] = max(out[i], width(cell))
			}
		}
	}
	return out
}

// padding fills a cell up to a width.
func padding(to int, cell string) string { return strings.Repeat(" ", max(0, to-width(cell))) }

// terminal measures texts as terminals show them, whatever the machine's
// locale: what is ambiguous, such as an arrow, is narrow.
func terminal() *runewidth.Condition { return &runewidth.Condition{} }

// width is how many columns a text takes on a terminal.
func width(text string) int { return terminal().StringWidth(text) }

// clip cuts a line to a terminal's width: one that wraps is never cleared.
func clip(line string, most int) string {
	if most < 1 {
		return ""
	}
	return terminal().Truncate(line, most, "…")
}
