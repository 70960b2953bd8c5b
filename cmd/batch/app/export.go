package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/sinks"
)

// Exporting is which outputs are written again.
type Exporting struct {
	Command string // that does it, for who finds the workspace held
	RunID   string // "" is the last run
	Outputs OutputOptions
}

// Exported is what was written.
type Exported struct {
	Run      ledger.Run
	Manifest sinks.Manifest
	Folder   string // of the run
	ByDate   string // of the copies of this run by date, "" without any
}

// Export writes the outputs of a run again, from the ledger alone.
func Export(ctx context.Context, o Exporting, now func() time.Time) (out Exported, err error) {
	if err := o.Outputs.Check(); err != nil {
		return out, err
	}
	if bad := noFolders(o.Outputs.Dir); len(bad) > 0 {
		return out, UsageError("%w", bad[0])
	}
	l, err := openLedgerThere(ctx, o.Outputs.Dir, o.Outputs.Ledger, sqlite.Options{Now: now, Command: o.Command})
	if err != nil {
		return out, err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	w := &Workspace{Dir: o.Outputs.Dir, ledger: l, now: now}
	if out.Run, err = w.Run(ctx, o.RunID); err != nil {
		return out, err
	}
	if err := notPurged(out.Run, "exported"); err != nil {
		return out, err
	}
	outputs, err := o.Outputs.changed(out.Run)
	if err != nil {
		return out, err
	}
	outputs.into(&out.Run)
	if err := l.SetWritten(out.Run, ""); err != nil { // the run's own may be others
		return out, fmt.Errorf("write down that the outputs are written anew: %w", err)
	}
	out.Manifest, err = w.write(ctx, out.Run, o.Outputs.Partition)
	out.Folder, out.ByDate = runDir(w.Dir, out.Run.ID), byDateOf(w.Dir, out.Manifest)
	return out, err
}

// byDateOf names the copies by date of a run, "" without any.
func byDateOf(dir string, m sinks.Manifest) string {
	if m.RunDate == "" {
		return ""
	}
	return filepath.Join(byDate(dir), "*", "run_date="+m.RunDate)
}
