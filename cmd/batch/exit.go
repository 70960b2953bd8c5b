package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// exitTable is what the help and docs/commands.md say about exit codes.
var exitTable = []struct {
	code    int
	meaning string
}{
	{app.ExitSettled, "every lookup is settled: found, no record or unsupported"},
	{app.ExitUnexpected, "unexpected error"},
	{app.ExitUsage, "wrong usage, configuration or input file: no vendor was called"},
	{app.ExitFailures, "finished; some lookups are in the failure ledger, or lines of a bill cannot be read"},
	{app.ExitUnfinished, "not finished and resumable: parked, interrupted, --max-spend reached, a vendor halted, a disk full, or the server of the ledger is away"},
}

func exitHelp() string {
	var b strings.Builder
	for _, e := range exitTable {
		fmt.Fprintf(&b, "   %d  %s\n", e.code, e.meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}

// message is what is printed for an error: nothing for a bare exit code. Vehicles
// are shortened in it, but where they stand in what the user typed, as in a path.
func message(err error, typed []string) string {
	var coded *app.CodeError
	if errors.As(err, &coded) && coded.Err == nil {
		return ""
	}
	if errors.Is(err, context.Canceled) {
		return "batch: stopped before anything was bought"
	}
	text := "batch: " + ui.RedactExcept(err.Error(), typed)
	if advice := sqlite.Advice(err); sqlite.Damaged(err) && !strings.Contains(text, "batch doctor") {
		text += "\n  " + advice
	}
	return text
}
