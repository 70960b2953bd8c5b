// Package sources reads a file of vehicles as a stream of record.Vehicle.
//
// It reads CSV, Excel workbooks (xlsx) and Parquet, told apart by what is in the
// file. It detects encoding, delimiter and header, cleans identifiers and says what
// is wrong with a row; it buys nothing, remembers no row and knows no vendor.
// What concerns one row becomes a fault of its Vehicle and reading goes on;
// what concerns the file is an *InputError.
package sources

//go:generate go test -run TestPageIsCurrent . -update

import (
	"fmt"
	"strconv"
)

// InputError says why a file of vehicles cannot be read, or not further. It is
// the user's file that is wrong, so Hint says what the user can do about it.
type InputError struct {
	Name    string // the file, as the caller named it
	Line    int64  // physical line, 1 is the first; 0 when no line is to blame
	Problem string
	Hint    string
	Err     error // what reading returned, when that is the cause

	named bool // the sheet has names of columns, which cannot be read
}

// Error formats the problem as "fleet.csv:12: problem: hint".
func (e *InputError) Error() string {
	where := e.Name
	if e.Line > 0 {
		where += ":" + strconv.FormatInt(e.Line, 10)
	}
	msg := fmt.Sprintf("%s: %s", where, e.Problem)
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		msg += ": " + e.Hint
	}
	return msg
}

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// Info is what was detected in the head of a file, for a message to the user.
type Info struct {
	// Kind is what the file is: KindCSV, KindXLSX or KindParquet. Encoding and
	// Delimiter are of CSV, Sheet is of a workbook.
	Kind  string
	Sheet string
	// Encoding is UTF-8, UTF-8 with BOM, UTF-16LE, UTF-16BE, GB18030 (which
	// holds GBK and GB2312), or ASCII as long as nothing else has been seen: the
	// first row with other bytes decides then.
	Encoding  string
	Delimiter rune
	Columns   []Column // those that are used, in the order of the file
	Ignored   []string // unknown headers, as written
	Failures  bool     // the columns of a failure ledger are there: see Line
	Notes     []string // what a user may want to know, in words
	// Unknown are the words that were taken for "not known" so far, as if their
	// cells were empty.
	Unknown []UnknownWord
	Skipped int64 // rows with text under the header that name no vehicle, said in Notes
}

// Column is a column of the file that is used.
type Column struct {
	Header string // as written
	Name   string // canonical, a record.Col constant
}
