package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

func runFlag() cli.Flag {
	return &cli.StringFlag{Name: "run", Usage: "the run's `ID` (default: the last one)"}
}

func exportCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "export", Usage: "write the outputs of a run again, from the ledger alone",
		Description: "   batch export\n   batch export --run 20260102T030405Z-abcdef --format csv",
		Flags:       []cli.Flag{outFlag(), configFlag(), runFlag(), formatFlag(), partitionFlag(), langFlag(), jsonFlag(), quietFlag()},
		Action:      func(c *cli.Context) error { return exportAction(c, env) },
	})
}

func exportAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	set, err := newSetup(c, env)
	if err != nil {
		return err
	}
	if err := set.looksWith(c); err != nil {
		return err
	}
	if err := set.checkFormats(); err != nil {
		return err
	}
	l, err := ledger.OpenExisting(c.Context, set.out, ledger.Options{Now: env.clock.Now, Command: set.command})
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	s := &session{setup: set, ledger: l}
	run, err := s.chosenRun(c.Context, c.String("run"))
	if err != nil {
		return err
	}
	if err := notPurged(run, "exported"); err != nil {
		return err
	}
	if err := set.Speak(langOf(run)); err != nil {
		return err
	}
	o, err := set.changedOutputs(run)
	if err != nil {
		return err
	}
	o.into(&run)
	m, err := s.write(c.Context, run)
	if err != nil {
		return err
	}
	if set.json {
		return printManifest(ui.AsJSON(env.stdout), m)
	}
	set.tellOutputs(run, m)
	return nil
}

// tellOutputs names what was written.
func (s *setup) tellOutputs(run ledger.Run, m sinks.Manifest) {
	for _, o := range m.Outputs {
		s.Tell("file_rows", o.Rows, o.Path)
	}
	if m.RunDate != "" {
		s.Tell("end_by_date", filepath.Join(byDate(s.out), "*", "run_date="+m.RunDate))
	}
	s.Tell("end_outputs", runDir(s.out, run.ID))
}

// chosenRun is the run that --run names, or the last one.
func (s *session) chosenRun(ctx context.Context, id string) (ledger.Run, error) {
	if id == "" {
		return s.lastRun(ctx)
	}
	run, ok, err := s.ledger.RunByID(ctx, id)
	if err == nil && !ok {
		err = usageError("the workspace %s has no run %s", s.out, id)
	}
	return run, err
}

func verifyCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "verify", Usage: "read every output back and hold it against the manifest and the ledger",
		Description: "   batch verify --out out\n\nParquet is read by another implementation than the one that wrote it. Exit 1 when anything differs.",
		Flags:       []cli.Flag{outFlag(), runFlag(), quietFlag()},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, set *setup, l *ledger.Ledger, _ ledger.Run) error {
				s := &session{setup: set, ledger: l}
				run, err := s.chosenRun(ctx, c.String("run"))
				if err != nil {
					return err
				}
				return s.verify(ctx, run)
			})
		},
	})
}

func (s *session) verify(ctx context.Context, run ledger.Run) error {
	dir := runDir(s.out, run.ID)
	if _, err := s.disk().Stat(dir); err != nil && !run.PurgedAt.IsZero() {
		return notPurged(run, "verified")
	}
	m, err := s.readManifest(run)
	if err != nil {
		return s.mismatch(s.unreadable(dir, run, err))
	}
	found, err := s.checkCopies(run, m)
	if err != nil {
		return err
	}
	found = append(found, sinks.CheckFiles(dir, m)...)
	if !run.PurgedAt.IsZero() {
		s.Linef("Run %s was purged: its files are held against the manifest alone.", run.ID)
	} else if len(found) == 0 {
		if found, err = s.compare(ctx, run, dir, m); err != nil {
			return err
		}
	}
	for _, d := range found {
		fmt.Fprintln(s.env.stdout, ui.Printable(d.String()))
	}
	if len(found) > 0 {
		return s.mismatch(fmt.Errorf("the outputs in %s are not what the ledger says: write them again with `batch export --out %s --run %s`", dir, s.out, run.ID))
	}
	var rows int64
	for _, o := range m.Outputs {
		rows += o.Rows
	}
	if !s.Quiet {
		by := "the manifest and the ledger say"
		if !run.PurgedAt.IsZero() {
			by = "the manifest says"
		}
		fmt.Fprintf(s.env.stdout, "%d files with %s are as %s%s\n", len(m.Outputs), record.Counted(rows, "row"), by, s.sayCopies(m))
	}
	return nil
}

// unreadable says what to do about a manifest that cannot be read. An export puts a file in
// the place of a link; it does not write through a folder that is one, and that error says enough.
func (s *setup) unreadable(dir string, run ledger.Run, err error) error {
	var outside *inside.OutsideError
	if errors.As(err, &outside) {
		if filepath.Dir(outside.Link) != dir {
			return outside
		}
		err = fmt.Errorf("%s is a link that leads out of its folder, and is not read", outside.Link)
	}
	return fmt.Errorf("%w: write the outputs again with `batch export --out %s --run %s`", err, s.out, run.ID)
}

// readManifest reads what stands in a run's folder.
func (s *setup) readManifest(run ledger.Run) (sinks.Manifest, error) {
	dir, err := s.folderOf(run)
	if err != nil {
		return sinks.Manifest{}, err
	}
	return sinks.ReadManifest(dir)
}

// mismatch is the error for outputs that are not as they should be. While another
// process works in the workspace the reason is that it has not written them yet.
func (s *setup) mismatch(why error) error {
	if holder := ledger.Holder(s.out); holder != "" {
		why = fmt.Errorf("the workspace %s is in use by %s: its outputs are written when that ends. Verify them then", s.out, holder)
	}
	return &codeError{code: exitUnexpected, err: why}
}

// compare holds every cell, and the manifest's counts, against the ledger.
func (s *session) compare(ctx context.Context, run ledger.Run, dir string, m sinks.Manifest) ([]sinks.Discrepancy, error) {
	c, err := sinks.NewComparer(dir, m)
	if err != nil {
		return nil, err
	}
	forgotten, err := s.ledger.Forgotten(ctx, run)
	if err != nil {
		return nil, err
	}
	c.Forget(forgotten)
	said, err := messages.New(messages.Lang(cmp.Or(m.Lang, string(messages.English))))
	if err != nil {
		return nil, fmt.Errorf("the manifest's language %w", err)
	}
	if err := export.Write(ctx, s.ledger, run, readers(), said, c); err != nil {
		return nil, err
	}
	found, err := c.Close()
	if err != nil {
		return nil, err
	}
	now, err := manifestOf(ctx, s.ledger, run)
	if err != nil {
		return nil, err
	}
	now.Outputs, now.Lang = m.Outputs, m.Lang // an export may have chosen others than the run's
	now.RunDate = m.RunDate                   // held against the files already
	want, err := now.Text()
	if err != nil {
		return nil, err
	}
	got, err := m.Text()
	if err == nil && string(want) != string(got) {
		found = append(found, sinks.Discrepancy{File: "manifest.json", Want: string(want), Got: string(got)})
	}
	return found, err
}
