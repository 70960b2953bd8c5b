// Package storetest holds a store of a ledger to what its users count on. Whoever writes another store
// makes it a Store, calls Run from a test, and Agree with the store of package memory beside it.
//
// A promise is a subtest. What belongs to one store alone, such as its files, is tested in its own package.
package storetest

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/dryrun"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
)

// Store is all that a run needs of the place where its ledger is: what each stage has declared, and what the
// commands ask for on the way of run, resume, retry, export, reconcile and status. It is safe for concurrent use.
//
// A moment is kept in microseconds and comes back in UTC. What was handed in or out is the caller's to change.
// A query sees every change whose method has returned. The ids of runs and lookups are one more than the largest that
// is there; those of answers grow. What a step says of the charge before it (Step.Was) is believed: the callers see to it
// that one lookup has one step at a time.
type Store interface {
	Driven
	dryrun.Ledger
	retry.Store
	export.Store
	reconcile.Store
	Runs
	Sums
	Finds

	// Receive keeps what came back for a call, alone, and returns the id of the answer. Ids grow.
	Receive(a ledger.Answer) (int64, error)
	// PriorRows lists rows of a run after a given one, in input order and in pages, without their lookups.
	PriorRows(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.PriorRow, error)
}

// Driven is runner.Store without what other stages declare as well. That package says what its methods promise; it
// cannot be named here, since its own tests stand on a store that this package has tried.
type Driven interface {
	Due(ctx context.Context, vendor string, now time.Time, limit int) ([]ledger.Work, error)
	NextPoll(ctx context.Context, vendor string, now time.Time) (record.Opt[time.Time], error)
	Sendable(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset, limit int) ([]ledger.Work, error)
	NextSend(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset) (record.Opt[time.Time], error)
	Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error)
	OpenCount(ctx context.Context, r ledger.Run) (int64, error)
	HasBlocked(ctx context.Context, r ledger.Run) (bool, error)
	UnblockedBy(ctx context.Context, settled *ledger.Lookup) ([]ledger.Work, error)
	CountCalls(vendor string, day record.Date, n int) error

	WatchMoney(ctx context.Context, r ledger.Run) error
	Money() ledger.Totals
	Intend(w ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error)
	Conclude(a ledger.Answer, s ledger.Step) error
	Advance(s ledger.Step) error

	DropPlanning() error
	SetBack() error
	Unresolved(ctx context.Context) ([]ledger.Work, error)

	SetHalt(h ledger.Halt) error
	ClearHalts() error
	Halts(ctx context.Context) ([]ledger.Halt, error)
	SetPause(p ledger.Pause) error
	ClearPause(vendor string, d record.Dataset) error
	Pauses(ctx context.Context) ([]ledger.Pause, error)
}

// Runs are the runs that a ledger has, and what is known of each as a whole.
type Runs interface {
	// NewRun starts a run in state planning and gives it its Seq, which grows. Two runs cannot have one id.
	NewRun(r ledger.Run) (ledger.Run, error)
	// RunByID finds a run, if there is one.
	RunByID(ctx context.Context, id string) (ledger.Run, bool, error)
	// HoldRun makes a run that is planned one that is not, until SetRun makes it open again.
	HoldRun(r ledger.Run) error
	// DropRun forgets a run that was only planned, and every other one that still is.
	DropRun(r ledger.Run) error
	// Written is what SetWritten has said of a run last, at first "".
	Written(ctx context.Context, r ledger.Run) (fingerprint string, err error)
	SetWritten(r ledger.Run, fingerprint string) error
	// Fingerprint is another text whenever the outputs of a run would be others, and perhaps at other times.
	// with is what else they depend on.
	Fingerprint(ctx context.Context, r ledger.Run, with string) (string, error)
	// Ahead is how far the newest moment of the ledger, the start of its newest run or the receipt of its newest
	// answer, lies ahead of the clock; none up to an hour.
	Ahead(ctx context.Context) (time.Duration, error)
}

// Sums are what a ledger adds up.
type Sums interface {
	// CountRows counts a run's input rows.
	CountRows(ctx context.Context, r ledger.Run) (ledger.RowCount, error)
	// CallsOn tells how many calls a vendor had on a day.
	CallsOn(ctx context.Context, vendor string, day record.Date) (int, error)
	// Spend adds up a run's submissions by vendor and dataset, in that order; one that was withdrawn counts nothing.
	Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error)
	// SpendOver adds up money of runs that are planned by groups, sorted by them, and its total.
	SpendOver(ctx context.Context, q ledger.SpendQuery) ([]ledger.SpendLine, ledger.SpendLine, error)
	// Remarked counts a run's planned lookups about vehicles on which the plan has a remark that begins so:
	// record.WrongCheckDigit, record.SetApart.
	Remarked(ctx context.Context, r ledger.Run, remark string) (ledger.Remarked, error)
	// VendorsNamed lists the vendors that lookups or orders name, by name.
	VendorsNamed(ctx context.Context) ([]ledger.NamedVendor, error)
}

// Finds are for a user who looks: what a ledger knows of one vehicle, and what it knows no more.
type Finds interface {
	// FindVehicles lists the vehicles of planned runs that are sought, those of the newest runs first, but no more than
	// most. Who is known by anything but the VIN comes with all rows of the same vehicle.
	FindVehicles(ctx context.Context, s ledger.Sought, most int) ([]ledger.KnownVehicle, error)
	// Trace is what a lookup has been through, as far as it is kept.
	Trace(ctx context.Context, k *ledger.Lookup) (ledger.Trace, error)
	// LastLoss is what a rescue could not name last; its time is zero where nothing was lost.
	LastLoss(ctx context.Context) (ledger.Loss, error)
	// LostRows counts the rows of a run that a rescue could not save and has put blanks for.
	LostRows(ctx context.Context, r ledger.Run) (int64, error)
}

// Open makes an empty store that tells the time by a clock. It is closed with the test.
type Open func(t *testing.T, now func() time.Time) Store

// Run holds the stores that open makes to every promise.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) Store) {
	t.Helper()
	for _, part := range []struct {
		name     string
		promises []promise
	}{{"runs", runPromises()}, {"plan", planPromises()}, {"work", workPromises()}, {"steps", stepPromises()}, {"followers", followerPromises()},
		{"awaiting", awaitingPromises()}, {"money", moneyPromises()}, {"rows", rowPromises()}, {"earlier", earlierPromises()}, {"orders", orderPromises()},
		{"settle", settlePromises()}, {"answers", answerPromises()}, {"find", findPromises()}, {"troubles", troublePromises()}} {
		t.Run(part.name, func(t *testing.T) {
			for _, p := range part.promises {
				t.Run(p.name, func(t *testing.T) {
					t.Parallel()
					p.hold(newBench(t, open))
				})
			}
		})
	}
}

// promise is what every store does, in words, and how that is tried.
type promise struct {
	name string
	hold func(b *bench)
}
