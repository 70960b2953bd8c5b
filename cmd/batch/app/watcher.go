package app

import (
	"context"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sources"
)

// Watcher is told what happens while a command works, and asked what only its user can
// decide. Its methods are called one after the other.
type Watcher interface {
	// Speak says which language the run has that all after it is about.
	Speak(run messages.Lang) error
	// Tell is given one of the events of this package.
	Tell(event any)
	// CanAsk tells whether there is somebody to answer.
	CanAsk() bool
	// Ask tells whether the user agrees to an event that was not told; an error is the
	// context's.
	Ask(ctx context.Context, event any) (bool, error)
	// Follow shows a run at work until stop is called.
	Follow(d Running, run ledger.Run, limit record.Opt[record.Fen]) (stop func())
}

// Running is a run at work.
type Running interface{ Snapshot() runner.Snapshot }

// The events.
type (
	// ClockBehind says that the ledger has seen a later moment than the clock shows.
	ClockBehind struct{ Seen time.Time }
	// CutShort says that a process was killed while it ordered.
	CutShort struct{ Doubts int }
	// GoesOn says that an unfinished run is taken up.
	GoesOn struct{ RunID string }
	// RunPurged says that a run has no outputs any more.
	RunPurged struct{ RunID string }
	// InputRead says what was found in an input.
	InputRead struct {
		Name string
		Rows int64
		More bool // the rest of the file was not asked for
		Info sources.Info
	}
	// CorrectionRead says what is corrected by an input that is a failure ledger.
	CorrectionRead struct {
		Name, RunID        string
		Lookups, Rows      int64 // that are corrected
		RunRows            int64 // of the run
		AsBefore           int64 // rows in which nothing was corrected
		FirstAsBefore      []int64
		OtherDatasets      int64 // lines that do not count
		Remarks, NotColumn []string
		Info               sources.Info
	}
	// Reopened says which failures are tried again.
	Reopened struct {
		RunID string
		retry.Reopening
	}
	// Rebuying is what may be paid twice.
	Rebuying struct{ retry.Reopening }
)
