package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/repair"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

func purgeCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "purge", Usage: "forget the vehicles and answers of old runs, and keep the money",
		Description: "   batch purge --older-than 90d --dry-run      what it would forget\n" +
			"   batch purge --older-than 90d                says so, then asks\n" +
			"   batch purge --run 20260102T030405Z-abcdef --yes\n\n" +
			"Forgets raw answers, identifiers and tickets of finished runs, in the ledger and on the disk,\n" +
			"and removes their outputs. Runs, counts, days and charges stay. What is in doubt, and what a\n" +
			"run that stays has its answer from, is left. An answer that is forgotten is bought again\n" +
			"when somebody asks for it again.",
		Flags: []cli.Flag{outFlag(),
			&cli.StringFlag{Name: "older-than", Usage: "runs finished longer than this `AGE` ago: 90d, 90 (days) or 2160h"},
			&cli.StringFlag{Name: "run", Usage: "this run alone, by its `ID`"},
			&cli.BoolFlag{Name: "keep-outputs", Usage: "leave the folders of outputs", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what it would forget, and forget nothing", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "forget without asking", DisableDefaultText: true},
			quietFlag()},
		Action: func(c *cli.Context) error { return purgeAction(c, env) },
	})
}

func purgeAction(c *cli.Context, env environment) (err error) {
	if err := noArguments(c); err != nil {
		return err
	}
	set, err := newSetup(c, env)
	if err != nil {
		return err
	}
	before, err := olderThan(c, env.clock.Now())
	if err != nil {
		return err
	}
	l, err := ledger.OpenExisting(c.Context, set.out, ledger.Options{Now: env.clock.Now, Command: set.command})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	p := &purge{session: &session{setup: set, ledger: l}, keepOutputs: c.Bool("keep-outputs")}
	if err := p.choose(c.Context, before, c.String("run")); err != nil {
		return err
	}
	if err := p.nameCopies(c.Context); err != nil {
		return err
	}
	if len(p.forget) == 0 && !p.needsVacuum {
		set.Linef("Nothing to forget: %s.", p.idle)
		return nil
	}
	p.describe()
	switch {
	case c.Bool("dry-run"):
		set.Linef("Nothing was forgotten.")
		return nil
	case !c.Bool("yes") && len(p.forget) > 0 && !set.Consents("This cannot be undone."):
		return usageError("nothing was forgotten: say --yes to forget without asking")
	}
	return p.carryOut(context.WithoutCancel(c.Context))
}

// olderThan is the moment before which a run must have ended; none where the run is
// named and no age is: then it is that run, even one that ended on a day to come.
func olderThan(c *cli.Context, now time.Time) (record.Opt[time.Time], error) {
	var none record.Opt[time.Time]
	if !c.IsSet("older-than") && !c.IsSet("run") {
		return none, usageError("say which runs: --older-than AGE (90d, 2160h) or --run ID; `batch status` shows the last one")
	}
	if !c.IsSet("older-than") {
		return none, nil
	}
	age, err := parseAge(c.String("older-than"))
	if err != nil {
		return none, err
	}
	return record.Some(now.Add(-age)), nil
}

// mostDays keeps an age within what a duration can hold.
const mostDays = 36500

// parseAge reads 90d and 90, which are days, and 2160h.
func parseAge(text string) (time.Duration, error) {
	if days, err := strconv.ParseUint(strings.TrimSuffix(text, "d"), 10, 32); err == nil && days <= mostDays {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	age, err := time.ParseDuration(text)
	if err != nil || age < 0 {
		return 0, usageError("--older-than %q: want an age such as 90d, 90 (days) or 2160h", text)
	}
	return age, nil
}

// purge is one purge of a workspace.
type purge struct {
	*session
	keepOutputs bool
	forget      []repair.PurgePlan
	needsVacuum bool   // an earlier purge was cut short
	idle        string // why there is nothing to forget
}

// choose finds the runs and counts what they would forget.
func (p *purge) choose(ctx context.Context, before record.Opt[time.Time], id string) error {
	runs, err := p.finished(ctx, id)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		p.idle = "no run is finished"
	} else if before.OK {
		oldest := slices.MinFunc(runs, func(a, b ledger.Run) int { return a.FinishedAt.Compare(b.FinishedAt) })
		runs = slices.DeleteFunc(runs, func(r ledger.Run) bool { return !r.FinishedAt.Before(before.V) })
		p.idle = fmt.Sprintf("no run finished before %s; the oldest, %s, finished %s", app.ChinaTime(before.V), oldest.ID, app.ChinaTime(oldest.FinishedAt))
	}
	if p.forget, err = repair.PlanPurge(ctx, p.ledger, runs); err != nil {
		return err
	}
	if len(runs) > 0 {
		p.idle = staysOf(p.forget)
	}
	p.forget = slices.DeleteFunc(p.forget, func(f repair.PurgePlan) bool { return f.Empty() && !p.removes(f.Run) })
	p.needsVacuum, err = repair.NeedsVacuum(ctx, p.ledger)
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
func (p *purge) finished(ctx context.Context, id string) ([]ledger.Run, error) {
	if id == "" {
		runs, err := p.ledger.Runs(ctx)
		return slices.DeleteFunc(runs, func(r ledger.Run) bool { return r.State != ledger.RunFinished }), err
	}
	run, err := p.chosenRun(ctx, id)
	if err != nil {
		return nil, err
	}
	if run.State != ledger.RunFinished {
		return nil, usageError("run %s is not finished: `batch resume` finishes it, then it can be purged", id)
	}
	return []ledger.Run{run}, nil
}

// removes tells whether the run has outputs that are to go: a folder, or copies.
func (p *purge) removes(r ledger.Run) bool {
	_, err := p.disk().Lstat(runDir(p.out, r.ID))
	there := !errors.Is(err, fs.ErrNotExist) // another error shows when they are removed
	return (there || p.hasCopies(r)) && !p.keepOutputs
}

// hasCopies tells whether the run's Parquet files stand under by_date as well.
func (p *purge) hasCopies(r ledger.Run) bool {
	has, err := sinks.HasCopies(p.disk(), byDate(p.out), r.ID)
	return has || err != nil // an error shows when they are removed
}

// describe says what would be forgotten.
func (p *purge) describe() {
	var charged record.Fen
	for _, f := range p.forget {
		charged += f.Charged
		p.Linef("run %s of %s, finished %s: %s, %s, %s", f.Run.ID, f.Run.InputPath, app.ChinaTime(f.Run.FinishedAt),
			record.Counted(f.Vehicles, "vehicle"), record.Counted(f.Lookups, "lookup"), record.Counted(f.Answers, "raw answer"))
		if f.Unread > 0 {
			p.Linef("  with the tickets of %s that never came or could not be read: `batch retry --run %s --class expired,bad_response` asks for them again, free of charge",
				record.Counted(f.Unread, "paid report"), f.Run.ID)
		}
		if f.Doubts+f.Held > 0 {
			p.Linef("  stays: %s in doubt, %s that a run that stays needs", record.Counted(f.Doubts, "lookup"), record.Counted(f.Held, "lookup"))
		}
		if p.removes(f.Run) {
			p.Linef("  the outputs in %s go, too%s", runDir(p.out, f.Run.ID), p.alsoCopies(f.Run))
		}
	}
	if p.needsVacuum {
		p.Linef("An earlier purge was cut short: the ledger is written anew.")
	}
	if charged > 0 {
		p.Linef("Answers that cost %s are bought again if they are asked for again. Counts and charges stay.", charged.Yuan())
	}
}

// carryOut removes the outputs, forgets the rows, and writes the ledger anew.
// When it is cut short, the next purge finds what is left of it.
func (p *purge) carryOut(ctx context.Context) error {
	if err := p.ledger.DropPlanning(); err != nil {
		return fmt.Errorf("forget a plan that was cut short: %w", err)
	}
	runs := make([]ledger.Run, 0, len(p.forget))
	for _, f := range p.forget {
		runs = append(runs, f.Run)
	}
	if err := p.removeFiles(runs); err != nil {
		return fmt.Errorf("remove the outputs: %w", err)
	}
	if err := repair.Purge(ctx, p.ledger, runs); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if err := repair.Vacuum(ctx, p.ledger); err != nil {
		return fmt.Errorf("%w\n  The rows are forgotten, but traces may be left in the file: run `batch purge` again", err)
	}
	p.Linef("Forgotten.")
	return nil
}

// alsoCopies names the copies that go with a run's folder.
func (p *purge) alsoCopies(r ledger.Run) string {
	if !p.hasCopies(r) {
		return ""
	}
	return fmt.Sprintf(", and its copies in %s", byDate(p.out))
}

// removeFiles removes the runs' folders and copies, a link that led to one, and copies of
// stdin that a killed process left.
func (p *purge) removeFiles(runs []ledger.Run) error {
	disk := p.disk()
	spools, err := disk.Glob(p.out, spoolPattern)
	if err != nil {
		return err
	}
	for _, name := range spools {
		if err := disk.Remove(filepath.Join(p.out, name)); err != nil {
			return err
		}
	}
	removed := false
	for _, r := range runs {
		if !p.removes(r) {
			continue
		}
		if err := sinks.RemoveCopies(disk, byDate(p.out), r.ID); err != nil {
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
	latest := filepath.Join(p.out, "latest")
	if _, err := disk.Stat(latest); errors.Is(err, fs.ErrNotExist) {
		if err := disk.Remove(latest); err != nil {
			return err
		}
	}
	return disk.SyncDir(filepath.Join(p.out, "runs"))
}

// notPurged refuses what needs the vehicles and the answers of a run.
func notPurged(run ledger.Run, done string) error {
	if run.PurgedAt.IsZero() {
		return nil
	}
	return usageError("run %s was purged %s: its vehicles and answers are forgotten, so it cannot be %s; `batch status` still shows its counts and its money",
		run.ID, app.ChinaTime(run.PurgedAt), done)
}
