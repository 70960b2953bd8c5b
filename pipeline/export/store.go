package export

import (
	"context"

	"vehiclebatch/pipeline/ledger"
)

// Store is what the outputs need of a ledger. Each call of Rows, RowsSince and RowsAt sees the
// ledger as it was when the call began.
type Store interface {
	CauseStore
	// RowsSince is Rows with an earlier answer for each lookup as well, taken from a span of other
	// runs. Only the row that pays for a lookup gets it.
	RowsSince(ctx context.Context, r ledger.Run, s ledger.Span, do func(*ledger.Row) error) error
	// RowsAt is RowsSince for some rows of a run, given by their numbers.
	RowsAt(ctx context.Context, r ledger.Run, s ledger.Span, numbers []int64, do func(*ledger.Row) error) error
	// Before is the span of all runs before r whose answers are still there.
	Before(ctx context.Context, r ledger.Run) (ledger.Span, error)
	// UnpackInto returns the raw bytes of an answer, in a buffer's memory if they fit.
	UnpackInto(p ledger.PackedAnswer, buffer []byte) (ledger.Answer, error)
}

// CauseStore is what Causes needs of a ledger.
type CauseStore interface {
	// Rows calls do with each row of a run, in input order, one at a time.
	Rows(ctx context.Context, r ledger.Run, do func(*ledger.Row) error) error
	// Sender is the lookup that sent the order behind another.
	Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error)
	AnswerByID(ctx context.Context, id int64) (ledger.Answer, error)
}
