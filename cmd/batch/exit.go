package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sources"
)

// The exit codes, the same for every command (see exitTable).
const (
	exitSettled    = 0
	exitUnexpected = 1
	exitUsage      = 2
	exitFailures   = 3
	exitUnfinished = 4
)

// exitTable is what the help and the README say about exit codes.
var exitTable = []struct {
	code    int
	meaning string
}{
	{exitSettled, "every lookup is settled: found, no record or unsupported"},
	{exitUnexpected, "unexpected error"},
	{exitUsage, "wrong usage, configuration or input file: no vendor was called"},
	{exitFailures, "finished; some lookups are in the failure ledger, or lines of a bill cannot be read"},
	{exitUnfinished, "not finished and resumable: parked, interrupted, --max-spend reached, or a vendor halted"},
}

func exitHelp() string {
	var b strings.Builder
	for _, e := range exitTable {
		fmt.Fprintf(&b, "   %d  %s\n", e.code, e.meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}

// codeError ends the program with a code. Its error, if any, is printed.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

// withCode makes an end with a code and nothing to print; nil for 0.
func withCode(code int) error {
	if code == exitSettled {
		return nil
	}
	return &codeError{code: code}
}

// usageError is a mistake of the user that no vendor saw.
func usageError(format string, args ...any) error {
	return &codeError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// asUsageError gives a damaged ledger the exit code of wrong usage. It is for
// errors that came before any vendor was called.
func asUsageError(err error) error {
	var coded *codeError
	if ledger.Damaged(err) && !errors.As(err, &coded) {
		return &codeError{code: exitUsage, err: err}
	}
	return err
}

// exitCode maps an error to the code that a script sees.
func exitCode(err error) int {
	var coded *codeError
	var input *sources.InputError
	var conf *config.Error
	var held *ledger.HeldError
	var unusable *ledger.UserError
	switch {
	case err == nil:
		return exitSettled
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &input), errors.As(err, &conf), errors.As(err, &held), errors.As(err, &unusable):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitUnfinished
	}
	return exitUnexpected
}

// message is what is printed for an error: nothing for a bare exit code. Vehicles
// are shortened in it, but where they stand in what the user typed, as in a path.
func message(err error, typed []string) string {
	var coded *codeError
	if errors.As(err, &coded) && coded.err == nil {
		return ""
	}
	if errors.Is(err, context.Canceled) {
		return "batch: stopped before anything was bought"
	}
	text := "batch: " + ui.RedactExcept(err.Error(), typed)
	if advice := ledger.Advice(err); ledger.Damaged(err) && !strings.Contains(text, "batch doctor") {
		text += "\n  " + advice
	}
	return text
}
