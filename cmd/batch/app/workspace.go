package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
)

// Workspace is a folder with a ledger and the outputs of its runs, opened.
type Workspace struct {
	Dir       string // as the user names it
	Simulated bool   // its answers are made up
	Stale     string // why the ledger may not be the newest one, "" when it is

	ledger Store
	now    func() time.Time
}

// Look opens a workspace for looking, also while another process works there.
func Look(ctx context.Context, dir string, at LedgerAt, now func() time.Time) (*Workspace, error) {
	l, err := lookAtLedger(ctx, dir, at, now)
	if err != nil {
		return nil, err
	}
	w := &Workspace{Dir: dir, ledger: l, now: now}
	if w.Simulated, err = l.Simulated(ctx); err == nil {
		w.Stale, err = l.CheckFreshness(ctx, dir)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return w, nil
}

// Close lets go of the ledger.
func (w *Workspace) Close() error { return w.ledger.Close() }

// Run is the run that is named, or the last one for "".
func (w *Workspace) Run(ctx context.Context, id string) (ledger.Run, error) {
	if id == "" {
		return w.lastRun(ctx, "no run")
	}
	run, ok, err := w.ledger.RunByID(ctx, id)
	if err == nil && !ok {
		err = UsageError("the workspace %s has no run %s", w.Dir, id)
	}
	return run, err
}

// HasRun refuses a workspace in which nothing was ever run.
func (w *Workspace) HasRun(ctx context.Context) error {
	_, err := w.lastRun(ctx, "no run yet")
	return err
}

// lastRun is the newest run of the workspace; none says what there is without one.
func (w *Workspace) lastRun(ctx context.Context, none string) (ledger.Run, error) {
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return ledger.Run{}, err
	}
	runs = slices.DeleteFunc(runs, func(r ledger.Run) bool { return r.State == ledger.RunPlanning })
	if len(runs) == 0 {
		return ledger.Run{}, UsageError("the workspace %s has %s: start one with `batch run INPUT --out %s`", w.Dir, none, w.Dir)
	}
	return runs[0], nil
}

// Open is how many lookups of a run are not settled.
func (w *Workspace) Open(ctx context.Context, run ledger.Run) (int64, error) {
	open, err := w.ledger.OpenCount(ctx, run)
	if err != nil {
		return 0, fmt.Errorf("count what is not settled: %w", err)
	}
	return open, nil
}

// disk is where outputs are written, read and removed: nothing outside the workspace.
func (w *Workspace) disk() sinks.Disk { return sinks.DiskIn(w.Dir) }

// runDir is the folder of a run's outputs. The ledger has seen that the id is a name.
func runDir(dir, id string) string { return filepath.Join(dir, "runs", id) }

// Folder is the folder of a run's outputs.
func (w *Workspace) Folder(run ledger.Run) string { return runDir(w.Dir, run.ID) }

// folderOf is runDir for what reads or removes all that is there: a link that leads
// out of the workspace is an error.
func (w *Workspace) folderOf(run ledger.Run) (string, error) {
	dir := runDir(w.Dir, run.ID)
	var outside *inside.OutsideError
	if _, err := w.disk().Stat(dir); errors.As(err, &outside) {
		return "", err
	}
	return dir, nil
}

// keepsOutputs refuses a workspace whose folders of outputs lead somewhere else,
// before anything is bought that could not be written there.
func keepsOutputs(dir string) error {
	if bad := append(leadsOut(dir), noFolders(dir)...); len(bad) > 0 {
		return UsageError("%w", bad[0])
	}
	return nil
}

// noFolders lists what stands in the place of folders of outputs, or of the link to the newest, and is none.
func noFolders(dir string) (out []error) {
	disk := sinks.DiskIn(dir)
	paths := append(below(disk, runDir(dir, ""), "*"), byDateFolders(disk)...)
	for _, path := range append(paths, runDir(dir, "")) {
		if info, err := disk.Stat(path); err == nil && !info.IsDir() && !strings.HasPrefix(filepath.Base(path), ".") {
			out = append(out, fmt.Errorf("%s is no folder, and outputs are written there: put it elsewhere", path))
		}
	}
	latest := filepath.Join(dir, "latest")
	if info, err := disk.Lstat(latest); err == nil && info.IsDir() {
		out = append(out, fmt.Errorf("%s is a folder, and a link to the newest outputs is put there: put it elsewhere", latest))
	}
	return out
}

// leadsOut lists the folders of outputs that lead out of a workspace, or nowhere.
func leadsOut(dir string) (out []error) {
	disk := sinks.DiskIn(dir)
	for _, path := range append([]string{runDir(dir, "")}, byDateFolders(disk)...) {
		var outside *inside.OutsideError
		_, err := disk.Stat(path)
		switch {
		case errors.As(err, &outside):
			out = append(out, outside)
		case err != nil && isLink(disk, path):
			out = append(out, fmt.Errorf("%s is a link that leads nowhere, and outputs are written there: put it elsewhere", path))
		}
	}
	return out
}

func isLink(disk sinks.Disk, path string) bool {
	info, err := disk.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// byDateFolders is by_date with what stands in the place of tables and days in it.
func byDateFolders(disk sinks.Disk) []string {
	dir := byDate(disk.Dir)
	return slices.Concat([]string{dir}, below(disk, dir, "*"), below(disk, dir, "*/*"))
}

// below are the paths below a folder; none where it cannot be looked through, which is said of the folder itself.
func below(disk sinks.Disk, dir, pattern string) []string {
	names, err := disk.Glob(dir, pattern)
	if err != nil {
		return nil
	}
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names
}

// notPurged refuses what needs the vehicles and the answers of a run.
func notPurged(run ledger.Run, done string) error {
	if run.PurgedAt.IsZero() {
		return nil
	}
	return UsageError("run %s was purged %s: its vehicles and answers are forgotten, so it cannot be %s; `batch status` still shows its counts and its money",
		run.ID, ChinaTime(run.PurgedAt), done)
}
