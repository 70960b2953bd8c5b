// Package workbook reads the cells of an Excel workbook (xlsx) row by row, with
// their types, and the comments on them. It knows no vehicle and no table.
//
// It is there beside the library that writes workbooks because that one's
// stream of rows gives texts alone: whether 123 stands in a cell as a number or as
// a text, and whether a number is a date, can only be asked of a sheet that is in
// memory as a whole. Here one row is held, and the texts that the cells share.
//
// A workbook may be damaged or hostile. What a part may expand to, what a row may
// hold and what the shared texts may take is bounded; XML entities are not
// expanded. Nothing is safe for concurrent use, but several Rows of one Book may be
// read in turn.
package workbook

import "fmt"

// Error says what is wrong with a workbook, and what the user can do about it.
type Error struct {
	Problem string
	Hint    string
	Err     error // the cause, when there is one
}

// Error puts the words together.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v: %s", e.Problem, e.Err, e.Hint)
	}
	return e.Problem + ": " + e.Hint
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

const hintDamaged = "is the file whole? Open it in the spreadsheet and save it again"

func damaged(what string, err error) error {
	return &Error{Problem: what, Hint: hintDamaged, Err: err}
}

// Kind is the type of a cell.
type Kind uint8

// The types of cells.
const (
	Empty  Kind = iota
	Text        // Cell.Text is the text
	Number      // Cell.Text is the number as the file writes it: 12, 1.5E+16
	Bool        // Cell.Text is TRUE or FALSE
	Fault       // Cell.Text is what the spreadsheet shows: #N/A, #VALUE!
	Day         // Cell.Text is an ISO date, as some programs write it
)

// Cell is one cell that is not empty.
type Cell struct {
	Column int // 0 is column A
	Kind   Kind
	Text   string
	// Format says how a Number or a Text is shown.
	Format Format
	// Struck says whether the value is struck through.
	Struck Struck
	// Formula says that the value was worked out; Empty when it was not saved.
	Formula bool
}

// Struck is how much of a value is struck through.
type Struck uint8

// A number is struck through as a whole or not at all; of a text it may be a part.
const (
	NotStruck Struck = iota
	StruckPart
	StruckWhole
)

// Row is one row that the file has, with its cells in their order.
type Row struct {
	Number int64 // 1 is the first
	Hidden bool  // by the user or by a filter
	Cells  []Cell
}

// Name is a cell's name in its sheet, e.g. B17.
func Name(column int, row int64) string {
	var buf [24]byte
	at := len(buf)
	for digits := row; ; digits /= 10 {
		at--
		buf[at] = byte('0' + digits%10)
		if digits < 10 {
			break
		}
	}
	for column++; column > 0 && at > 0; column = (column - 1) / 26 {
		at--
		buf[at] = byte('A' + (column-1)%26)
	}
	return string(buf[at:])
}
