// Package columnar reads the flat columns of a Parquet file, a batch of rows at a
// time, with their types. It knows no vehicle.
//
// It is there beside the library that writes Parquet because the readers that were
// tried end early on valid files, allocate what a damaged file asks for, or run
// without end on damaged pages. Here every column of every row group must hold as many values as
// the footer says, and what is read is held against the checksum when there is one.
//
// A file may be damaged or hostile. Sizes in it are believed only as far as bytes
// are there; values are decoded as they are asked for, so that a batch and the
// pages under it are what is in memory. Nothing is safe for concurrent use.
package columnar

import (
	"errors"
	"fmt"
	"io"
)

// Error says what is wrong with a file, and what the user can do about it.
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

const hintDamaged = "is the file whole? Copy it again, or write it again"

// damaged never is an io.EOF: that is said at the end of a whole file alone.
func damaged(what string, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Problem: what, Hint: hintDamaged, Err: err}
}

// corrupt is damage that a decoder finds; the page's place is put before it.
type corrupt string

func (c corrupt) Error() string { return string(c) }
