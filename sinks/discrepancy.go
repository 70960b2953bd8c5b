package sinks

import (
	"fmt"
	"strconv"
)

// Discrepancy is one place where an output is not what it should be.
type Discrepancy struct {
	File   string // name within the run's folder
	Row    int64  // data row, 1 is the first; 0 is the file as a whole
	Column string // "" is the row, or the file, as a whole
	Want   string
	Got    string
}

// What a manifest or a file says may be of any length, and of any letters.
const (
	shownName  = 100
	shownValue = 400
)

// String says it in one line.
func (d Discrepancy) String() string {
	where := d.File
	if quoted := strconv.Quote(where); quoted != `"`+where+`"` || len(where) > shownName {
		where = fmt.Sprintf("%.*q", shownName, d.File)
	}
	if d.Row > 0 {
		where += fmt.Sprintf(", row %d", d.Row)
	}
	if d.Column != "" {
		where += ", column " + d.Column
	}
	return fmt.Sprintf("%s: should be %.*q, is %.*q", where, shownValue, d.Want, shownValue, d.Got)
}

// keptDiscrepancies is how many are kept: a file may be wrong in every row.
const keptDiscrepancies = 100

// findings collects discrepancies: the first ones, and how many there are.
type findings struct {
	kept  []Discrepancy
	total int64
}

func (f *findings) add(d Discrepancy) {
	if f.total++; len(f.kept) < keptDiscrepancies {
		f.kept = append(f.kept, d)
	}
}
