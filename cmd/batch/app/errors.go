package app

import (
	"context"
	"errors"
	"fmt"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/sources"
)

// The exit codes, the same for every command.
const (
	ExitSettled    = 0
	ExitUnexpected = 1
	ExitUsage      = 2
	ExitFailures   = 3
	ExitUnfinished = 4
)

// CodeError ends the program with a code. Its error, if any, is printed.
type CodeError struct {
	Code int
	Err  error
}

// Error is the text of the error, or the code alone.
func (e *CodeError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap is the error that the program ends by, nil when it is a code alone.
func (e *CodeError) Unwrap() error { return e.Err }

// WithCode makes an end with a code and nothing to print; nil for 0.
func WithCode(code int) error {
	if code == ExitSettled {
		return nil
	}
	return &CodeError{Code: code}
}

// UsageError is a mistake of the user that no vendor saw.
func UsageError(format string, args ...any) error {
	return &CodeError{Code: ExitUsage, Err: fmt.Errorf(format, args...)}
}

// AsUsageError gives a damaged ledger the exit code of wrong usage. It is for
// errors that came before any vendor was called.
func AsUsageError(err error) error {
	var coded *CodeError
	if sqlite.Damaged(err) && !errors.As(err, &coded) {
		return &CodeError{Code: ExitUsage, Err: err}
	}
	return err
}

// ExitCode maps an error to the code that a script sees.
func ExitCode(err error) int {
	var coded *CodeError
	var input *sources.InputError
	var conf *config.Error
	var held *ledger.HeldError
	var unusable *ledger.UserError
	var full *ledger.NoRoomError
	var lost *ledger.LostError
	switch {
	case err == nil:
		return ExitSettled
	case errors.As(err, &full), noSpace(err):
		return ExitUnfinished
	case errors.As(err, &coded):
		return coded.Code
	case errors.As(err, &input), errors.As(err, &conf), errors.As(err, &held), errors.As(err, &unusable):
		return ExitUsage
	case errors.As(err, &lost), errors.Is(err, context.Canceled):
		return ExitUnfinished
	}
	return ExitUnexpected
}
