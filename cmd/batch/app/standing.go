package app

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
)

// Standing is where a run stands, and what goes on in its workspace.
type Standing struct {
	Run      ledger.Run
	Manifest sinks.Manifest // with the outputs that were written last
	Counts   []ledger.Count
	LostRows int64 // blanks in the place of what a rescue could not save
	Halts    []ledger.Halt
	Pauses   []ledger.Pause // vendors in trouble that are waited for
	Others   []OtherRun     // that are not finished
	Holder   string         // the process that works there now; "" is none
	At       time.Time
}

// OtherRun is a run that is not finished, with what is left of it.
type OtherRun struct {
	Run  ledger.Run
	Left int64
}

// Status says where the last run of the workspace stands.
func (w *Workspace) Status(ctx context.Context) (Standing, error) {
	run, err := w.Run(ctx, "")
	if err != nil {
		return Standing{}, err
	}
	m, err := manifestOf(ctx, w.ledger, run)
	if err != nil {
		return Standing{}, err
	}
	if written, err := w.readManifest(run); err == nil && written.RunID == run.ID {
		m.Outputs, m.Lang = written.Outputs, written.Lang
	}
	s, err := w.standing(ctx, run, m)
	if err != nil {
		return s, err
	}
	s.Holder, err = w.ledger.Holder(ctx)
	return s, err
}

// standing reads what the ledger knows of a run that is under way or has ended.
func (w *Workspace) standing(ctx context.Context, run ledger.Run, m sinks.Manifest) (s Standing, err error) {
	s = Standing{Run: run, Manifest: m, At: w.now()}
	if s.Counts, err = w.ledger.Counts(ctx, run); err != nil {
		return s, fmt.Errorf("count the run's lookups: %w", err)
	}
	if s.LostRows, err = w.ledger.LostRows(ctx, run); err != nil {
		return s, fmt.Errorf("count the rows that were lost: %w", err)
	}
	if s.Halts, err = w.ledger.Halts(ctx); err != nil {
		return s, fmt.Errorf("read the halts: %w", err)
	}
	if s.Pauses, err = w.ledger.Pauses(ctx); err != nil {
		return s, fmt.Errorf("read which vendors are waited for: %w", err)
	}
	s.Others, err = w.others(ctx, run)
	return s, err
}

// others lists the other runs that are not finished: what they have ordered is paid and
// waits.
func (w *Workspace) others(ctx context.Context, run ledger.Run) ([]OtherRun, error) {
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var out []OtherRun
	for _, r := range runs {
		if r.Seq == run.Seq || r.State == ledger.RunFinished || r.State == ledger.RunPlanning {
			continue
		}
		left, err := w.ledger.OpenCount(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, OtherRun{r, left})
	}
	return out, nil
}
