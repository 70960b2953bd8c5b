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

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Purging is which runs are to be forgotten.
type Purging struct {
	Dir         string // the workspace
	Ledger      LedgerAt
	Command     string                // that does it, for who finds the workspace held
	Before      record.Opt[time.Time] // they ended before
	RunID       string                // "" is every finished run
	KeepOutputs bool
}

// PurgePlan is what a purge would forget.
type PurgePlan struct {
	*Workspace
	Forget      []ForgetRun
	NeedsVacuum bool     // an earlier purge was cut short
	Idle        string   // why there is nothing to forget
	Strays      []string // what holds vehicles as well and is left

	file        *sqlite.Ledger // the ledger, which is written anew
	keepOutputs bool
}

// ForgetRun is a run of which something is forgotten.
type ForgetRun struct {
	repair.PurgePlan
	Folder string // its outputs that go, too; "" is none
	ByDate string // the folder of its copies, which go with them; "" is none
}

// Purge finds what would be forgotten and gives it to decide, which may carry it out.
func Purge(ctx context.Context, o Purging, now func() time.Time, decide func(*PurgePlan) error) (err error) {
	address, err := o.Ledger.address(o.Dir)
	if err != nil {
		return err
	}
	if address != "" {
		return UsageError("purge rewrites the ledger as a file, and this one is in PostgreSQL: nothing was forgotten. Its backups and its log hold the same vehicles, so forgetting there is a matter of the database: " +
			"keep a schema for each period (search_path=NAME in the address), and drop the schema with its backups when its time has come")
	}
	l, err := sqlite.OpenExisting(ctx, o.Dir, sqlite.Options{Now: now, Command: o.Command})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	p := &PurgePlan{Workspace: &Workspace{Dir: o.Dir, ledger: l, now: now}, file: l, keepOutputs: o.KeepOutputs}
	if err := p.choose(ctx, o.Before, o.RunID); err != nil {
		return err
	}
	if p.Strays, err = p.strays(ctx); err != nil {
		return err
	}
	return decide(p)
}

// Nothing tells whether there is nothing to do.
func (p *PurgePlan) Nothing() bool { return len(p.Forget) == 0 && !p.NeedsVacuum }

// choose finds the runs and counts what they would forget.
func (p *PurgePlan) choose(ctx context.Context, before record.Opt[time.Time], id string) error {
	runs, err := p.finished(ctx, id)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		p.Idle = "no run is finished"
	} else if before.OK {
		oldest := slices.MinFunc(runs, func(a, b ledger.Run) int { return a.FinishedAt.Compare(b.FinishedAt) })
		runs = slices.DeleteFunc(runs, func(r ledger.Run) bool { return !r.FinishedAt.Before(before.V) })
		p.Idle = fmt.Sprintf("no run finished before %s; the oldest, %s, finished %s", ChinaTime(before.V), oldest.ID, ChinaTime(oldest.FinishedAt))
	}
	plans, err := repair.PlanPurge(ctx, p.file, runs)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		p.Idle = staysOf(plans)
	}
	for _, plan := range plans {
		f := ForgetRun{PurgePlan: plan}
		if f.Folder, f.ByDate = p.removes(plan.Run); f.Folder != "" || !plan.Empty() {
			p.Forget = append(p.Forget, f)
		}
	}
	p.NeedsVacuum, err = repair.NeedsVacuum(ctx, p.file)
	return err
}

// staysOf says what is left of runs of which nothing can be forgotten.
func staysOf(runs []repair.PurgePlan) string {
	which := "the runs that are meant"
	if len(runs) == 1 {
		which = "run " + runs[0].Run.ID
	}
	var doubts, held int64
	for _, f := range runs {
		doubts += f.Doubts
		held += f.Held
	}
	if doubts+held == 0 {
		return "the vehicles and answers of " + which + " are forgotten already"
	}
	return fmt.Sprintf("of %s only %s in doubt and %s that a run that stays needs are left", which, record.Counted(doubts, "lookup"), record.Counted(held, "lookup"))
}

// finished lists the finished runs, the newest first, or the one that is named; else
// it says why that one cannot be.
func (p *PurgePlan) finished(ctx context.Context, id string) ([]ledger.Run, error) {
	if id == "" {
		runs, err := p.ledger.Runs(ctx)
		return slices.DeleteFunc(runs, func(r ledger.Run) bool { return r.State != ledger.RunFinished }), err
	}
	run, err := p.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	if run.State != ledger.RunFinished {
		return nil, UsageError("run %s is not finished: `batch resume` finishes it, then it can be purged", id)
	}
	return []ledger.Run{run}, nil
}

// removes names the outputs of a run that are to go: its folder, and the folder of its
// copies where there are any; "" for what is not there or stays.
func (p *PurgePlan) removes(r ledger.Run) (folder, byDateFolder string) {
	dir := runDir(p.Dir, r.ID)
	_, err := p.disk().Lstat(dir)
	there := !errors.Is(err, fs.ErrNotExist) // another error shows when they are removed
	copies := p.hasCopies(r)
	switch {
	case p.keepOutputs || !there && !copies:
		return "", ""
	case copies:
		return dir, byDate(p.Dir)
	}
	return dir, ""
}

// hasCopies tells whether the run's Parquet files stand under by_date as well.
func (p *PurgePlan) hasCopies(r ledger.Run) bool {
	has, err := sinks.HasCopies(p.disk(), byDate(p.Dir), r.ID)
	return has || err != nil // an error shows when they are removed
}

// CarryOut removes the outputs, forgets the rows, and writes the ledger anew.
// When it is cut short, the next purge finds what is left of it.
func (p *PurgePlan) CarryOut(ctx context.Context) error {
	if err := p.ledger.DropPlanning(); err != nil {
		return fmt.Errorf("forget a plan that was cut short: %w", err)
	}
	runs := make([]ledger.Run, 0, len(p.Forget))
	for _, f := range p.Forget {
		runs = append(runs, f.Run)
	}
	if err := p.removeFiles(runs); err != nil {
		return fmt.Errorf("remove the outputs: %w", err)
	}
	if err := repair.Purge(ctx, p.file, runs); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if err := repair.Vacuum(ctx, p.file); err != nil {
		return fmt.Errorf("%w\n  The rows are forgotten, but traces may be left in the file: run `batch purge` again", err)
	}
	return nil
}

// removeFiles removes the runs' folders and copies, a link that led to one, and copies of
// stdin that a killed process left.
func (p *PurgePlan) removeFiles(runs []ledger.Run) error {
	disk := p.disk()
	spools, err := disk.Glob(p.Dir, spoolPattern)
	if err != nil {
		return err
	}
	for _, name := range spools {
		if err := disk.Remove(filepath.Join(p.Dir, name)); err != nil {
			return err
		}
	}
	removed := false
	for _, r := range runs {
		if folder, _ := p.removes(r); folder == "" {
			continue
		}
		if err := sinks.RemoveCopies(disk, byDate(p.Dir), r.ID); err != nil {
			return err
		}
		dir, err := p.folderOf(r)
		if err != nil {
			return err
		}
		if err := disk.RemoveAll(dir); err != nil {
			return err
		}
		removed = true
	}
	if !removed {
		return nil
	}
	latest := filepath.Join(p.Dir, "latest")
	if _, err := disk.Stat(latest); errors.Is(err, fs.ErrNotExist) {
		if err := disk.Remove(latest); err != nil {
			return err
		}
	}
	return disk.SyncDir(filepath.Join(p.Dir, "runs"))
}

// strays names what holds vehicles beside the ledger and is not forgotten by
// a purge: damaged ledgers that a rescue has kept, and outputs of runs that the
// ledger does not know. They may be the last witness of money: the user removes
// them.
func (p *PurgePlan) strays(ctx context.Context) (out []string, err error) {
	runs, err := p.ledger.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	known := map[string]bool{}
	for _, r := range runs {
		known[r.ID] = true
	}
	for _, pattern := range []string{sqlite.KeptPrefix + "*", "runs/*", "by_date/*/run_date=*/*"} {
		found, err := p.disk().Glob(p.Dir, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if !known[runOf(name)] && filepath.Base(name) != sqlite.SecondMarkName {
				out = append(out, filepath.Join(p.Dir, name))
			}
		}
	}
	return out, nil
}

// runOf is the run that a folder of outputs, or a copy of one of its files, is of.
func runOf(name string) string {
	base := filepath.Base(name)
	if id, ok := strings.CutSuffix(base, ".partial"); ok {
		base = strings.TrimPrefix(id, ".")
	}
	return strings.TrimSuffix(base, "."+string(sinks.Parquet))
}
