package runner

import (
	"context"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

// Store is what running needs of a ledger. Safe for concurrent use.
type Store interface {
	resolve.Store
	Recovered
	Calls
	Troubles

	// Due lists the tickets of a vendor, of any run, that may be asked about now; those due longest
	// come first.
	Due(ctx context.Context, vendor string, now time.Time, limit int) ([]ledger.Work, error)
	// NextPoll tells when, after now, the next ticket of any run falls due at a vendor.
	NextPoll(ctx context.Context, vendor string, now time.Time) (record.Opt[time.Time], error)
	// Sendable lists the planned lookups of a run at a vendor that may be sent now, without those
	// of the datasets in skip. No other method fills in whether they are Contested.
	Sendable(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset, limit int) ([]ledger.Work, error)
	// NextSend tells when, after now, the next planned lookup of the run falls due at a vendor,
	// leaving out the datasets in skip.
	NextSend(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset) (record.Opt[time.Time], error)
	// Counts counts a run's lookups by where they stand; OpenCount counts those that are not
	// settled.
	Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error)
	OpenCount(ctx context.Context, r ledger.Run) (int64, error)
	// HasBlocked tells whether any lookup of a run waits for the answer of another; UnblockedBy
	// lists the planned lookups that have waited for one that is now settled.
	HasBlocked(ctx context.Context, r ledger.Run) (bool, error)
	UnblockedBy(ctx context.Context, settled *ledger.Lookup) ([]ledger.Work, error)
	// CountCalls adds calls to a vendor's count of the day.
	CountCalls(vendor string, day record.Date, n int) error
}

// Calls are the commits around a call.
type Calls interface {
	// WatchMoney makes a run the one whose budget is kept; Money says where that budget stands.
	WatchMoney(ctx context.Context, r ledger.Run) error
	Money() ledger.Totals
	// Intend writes down that a planned lookup is about to be submitted, with its charge reserved
	// within a limit. It returns the work with the new attempt; or ErrBudget, ErrStale or
	// *NoRoomError, and nothing is changed. The call may leave only after Intend has succeeded.
	Intend(w ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error)
	// Conclude writes down what came back for a call together with the step that follows from it,
	// in one commit. If the step is stale, only the answer is kept and ErrStale is returned. If the
	// answer can be asked for again and the disk has no room for it, nothing is changed:
	// *NoRoomError.
	Conclude(a ledger.Answer, s ledger.Step) error
	// Advance makes one step, for the lookup and for those that follow it.
	Advance(s ledger.Step) error
}

// Recovered is what a process needs that takes up the work of an ended one.
type Recovered interface {
	// DropPlanning forgets runs whose planning never ended: nothing was bought in them.
	DropPlanning() error
	// SetBack makes due now what was put off by a clock that was ahead of this one.
	SetBack() error
	// Unresolved lists the lookups, of any run, whose call was under way when the process ended.
	Unresolved(ctx context.Context) ([]ledger.Work, error)
	// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
	LastAnswer(ctx context.Context, lookup int64, attempt int) (ledger.Answer, bool, error)
}

// Troubles are the vendors that take no calls, and those that are waited for.
type Troubles interface {
	SetHalt(h ledger.Halt) error
	ClearHalts() error
	Halts(ctx context.Context) ([]ledger.Halt, error)
	SetPause(p ledger.Pause) error
	ClearPause(vendor string, d record.Dataset) error
	Pauses(ctx context.Context) ([]ledger.Pause, error)
}
