package app

import (
	"context"
	"time"

	"vehiclebatch/pipeline/dryrun"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/runner"
)

// Store is the ledger of a workspace as the commands use it: what each stage has declared, and what the commands ask
// themselves. package storetest says what each method promises.
type Store interface {
	runner.Store
	dryrun.Ledger
	retry.Store
	export.Store
	reconcile.Store
	runStore
	sumStore
	findStore
	onDisk
}

// onDisk is what the commands ask of a ledger that outlives its process.
type onDisk interface {
	// CheckFreshness tells why the ledger in a folder may not be the newest one, "" when it is.
	CheckFreshness(ctx context.Context, dir string) (string, error)
	// Simulated tells whether the answers are made up.
	Simulated(ctx context.Context) (bool, error)
	// FreeReserve gives back the room on the disk that is kept for answers, when no more orders leave.
	FreeReserve() error
	// Holder is who works with the ledger, "" for nobody.
	Holder(ctx context.Context) (string, error)
	// Close lets go of the ledger.
	Close() error
}

// runStore keeps runs, and what is known of each as a whole.
type runStore interface {
	NewRun(r ledger.Run) (ledger.Run, error)
	RunByID(ctx context.Context, id string) (ledger.Run, bool, error)
	HoldRun(r ledger.Run) error
	DropRun(r ledger.Run) error
	PriorRows(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.PriorRow, error)
	Written(ctx context.Context, r ledger.Run) (fingerprint string, err error)
	SetWritten(r ledger.Run, fingerprint string) error
	Fingerprint(ctx context.Context, r ledger.Run, with string) (string, error)
	Ahead(ctx context.Context) (time.Duration, error)
}

// sumStore adds up.
type sumStore interface {
	CountRows(ctx context.Context, r ledger.Run) (ledger.RowCount, error)
	CallsOn(ctx context.Context, vendor string, day record.Date) (int, error)
	Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error)
	SpendOver(ctx context.Context, q ledger.SpendQuery) ([]ledger.SpendLine, ledger.SpendLine, error)
	Remarked(ctx context.Context, r ledger.Run, remark string) (ledger.Remarked, error)
	VendorsNamed(ctx context.Context) ([]ledger.NamedVendor, error)
}

// findStore knows vehicles, and what is known no more.
type findStore interface {
	FindVehicles(ctx context.Context, s ledger.Sought, most int) ([]ledger.KnownVehicle, error)
	Trace(ctx context.Context, k *ledger.Lookup) (ledger.Trace, error)
	LastLoss(ctx context.Context) (ledger.Loss, error)
	LostRows(ctx context.Context, r ledger.Run) (int64, error)
}
