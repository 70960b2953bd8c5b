package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
	"vehiclebatch/sources"
)

// input is the file of vehicles, with its fingerprint.
type input struct {
	name   string // as the user gave it; "-" is stdin
	file   *os.File
	sha256 string
	spool  bool   // a copy of stdin, to be removed
	sheet  string // of a workbook; "" is the first that has a header
}

// checkInput refuses a file that cannot be read as vehicles, or that is the failure
// ledger of a workspace which is not there, before one is made or a simulator started.
func checkInput(path, sheet, out string) error {
	if path == "-" {
		return nil
	}
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err // what cannot be read twice is refused later
	}
	src, err := sources.Open(f, info.Size(), path, sources.Options{Sheet: sheet})
	if err != nil {
		return err
	}
	defer src.Close()
	if !src.Info().Failures {
		return nil
	}
	if _, err := os.Stat(filepath.Join(out, ledger.FileName)); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := src.Next(); err != nil {
		return nil //nolint:nilerr // what is wrong with its lines is said when they are read
	}
	return (&failureFile{name: path, runID: src.Line().RunID}).foreign(out)
}

// sheetMark stands between the name of a workbook and that of the sheet which
// was asked for, where a run names its input.
const sheetMark = "#sheet="

// path is the input as a run names it.
func (in *input) path() string {
	if in.sheet == "" {
		return in.name
	}
	return in.name + sheetMark + in.sheet
}

// is tells whether a run has this input.
func (in *input) is(r ledger.Run) bool {
	_, sheet, _ := strings.Cut(r.InputPath, sheetMark)
	return r.InputSHA256 == in.sha256 && sheet == in.sheet
}

// openInput opens the file and takes its fingerprint, by which a later run
// knows it again. Standard input is spooled into the workspace: a run that is
// cut short while planning can begin again, and the fingerprint comes first.
func (s *session) openInput(ctx context.Context, path, sheet string) (*input, error) {
	in := &input{name: path, sheet: sheet}
	var err error
	if path == "-" {
		in.spool = true
		in.file, err = spool(stoppable{ctx, s.env.stdin}, s.dir)
	} else {
		in.file, err = openFile(path)
	}
	if err != nil {
		return nil, err
	}
	if err := in.fingerprint(ctx); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usageError("the input %s is not there", path)
	case err != nil:
		return nil, usageError("cannot read the input: %w", err)
	}
	info, err := f.Stat()
	switch {
	case err == nil && info.IsDir():
		err = usageError("the input %s is a folder: name a file in it", path)
	case err == nil && info.Mode()&fs.ModeDevice != 0:
		err = usageError("the input %s is a device, which may have no end: give a file, or - for stdin", path)
	}
	if err != nil {
		f.Close() //nolint:errcheck // nothing was written
		return nil, err
	}
	return f, nil
}

// spoolPattern is how the copies of stdin are named.
const spoolPattern = ".stdin-*.csv"

func spool(stdin io.Reader, dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, spoolPattern)
	if err != nil {
		return nil, fmt.Errorf("keep a copy of stdin in the workspace: %w", err)
	}
	_ = os.Remove(f.Name()) // it goes with the process then, however that ends; where that cannot be, close removes it
	if _, err := io.Copy(f, stdin); err != nil {
		err = errors.Join(fmt.Errorf("keep a copy of stdin in the workspace: %w", err), f.Close())
		_ = os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// stoppable reads until the command is to end: a file may be large, on a slow disk.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (r stoppable) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func (in *input) fingerprint(ctx context.Context) error {
	if _, err := in.file.Seek(0, io.SeekStart); err != nil {
		return usageError("the input %s cannot be read twice: give a regular file, or - for stdin", in.name)
	}
	h := sha256.New()
	if _, err := io.Copy(h, stoppable{ctx, in.file}); errors.Is(err, context.Canceled) {
		return err
	} else if err != nil {
		return usageError("cannot read the input: %w", err)
	}
	in.sha256 = hex.EncodeToString(h.Sum(nil))
	_, err := in.file.Seek(0, io.SeekStart)
	return err
}

func (in *input) close() {
	in.file.Close() //nolint:errcheck // nothing was written that matters
	if in.spool {
		os.Remove(in.file.Name()) //nolint:errcheck // a left copy is only clutter
	}
}

// source begins to read the vehicles.
func (in *input) source() (sources.Source, error) {
	name := in.name
	if name == "-" {
		name = "stdin"
	}
	info, err := in.file.Stat()
	if err != nil {
		return nil, usageError("cannot read the input: %w", err)
	}
	return sources.Open(in.file, info.Size(), name, sources.Options{Sheet: in.sheet})
}

// plan reads the input into a new run. A failure ledger of this workspace makes
// one that corrects the run it is of.
func (s *session) plan(ctx context.Context, in *input, failures *failureFile) (ledger.Run, error) {
	c, err := s.correctionOf(failures)
	if err != nil {
		return ledger.Run{}, err
	}
	src, err := in.source()
	if err != nil {
		return ledger.Run{}, err
	}
	defer src.Close()
	run, err := s.newRun(ctx, in, c)
	if err != nil {
		return run, err
	}
	progress := func(rows int64) { s.log.Debug("planning", "rows", rows) }
	if c != nil {
		run, err = s.planCorrection(ctx, c, run, progress)
	} else {
		run, err = pipeline.Plan(ctx, s.ledger, s.policy, run, src, progress)
	}
	if err != nil {
		return run, errors.Join(err, s.ledger.DropPlanning())
	}
	if c != nil {
		s.describeCorrection(c)
	} else {
		s.describe(src.Info(), in.name, run)
	}
	return run, nil
}

func (s *session) newRun(ctx context.Context, in *input, c *correction) (ledger.Run, error) {
	datasets, err := s.wanted()
	if err != nil {
		return ledger.Run{}, err
	}
	outputs, err := s.outputsFor(c)
	if err != nil {
		return ledger.Run{}, err
	}
	now := s.env.clock.Now()
	run := ledger.Run{StartedAt: now, InputPath: in.path(), InputSHA256: in.sha256, Datasets: datasets, MaxSpend: s.maxSpend, StrictVIN: s.strict(s.config.StrictVIN)}
	outputs.into(&run)
	if c != nil {
		c.into(&run)
		run.StrictVIN = s.strict(c.run.StrictVIN)
	}
	base := now.UTC().Format("20060102T150405Z") + "-" + in.sha256[:6]
	for n := 1; ; n++ {
		run.ID = base
		if n > 1 {
			run.ID = fmt.Sprintf("%s-%d", base, n)
		}
		_, taken, err := s.ledger.RunByID(ctx, run.ID)
		if err != nil {
			return run, err
		}
		if !taken {
			return s.ledger.NewRun(run)
		}
	}
}

// describe says what was found in the input.
func (s *setup) describe(info sources.Info, name string, run ledger.Run) {
	s.Tell("input", run.InputRows, name, s.kindOf(info))
	s.describeColumns(info.Ignored, info.Notes)
	s.describeUnknown(info.Unknown)
}

// describeUnknown says, a line for each column, what was taken for an empty cell.
func (s *setup) describeUnknown(words []sources.UnknownWord) {
	for len(words) > 0 {
		column, list := words[0].Column, []string(nil)
		for len(words) > 0 && words[0].Column == column {
			list = append(list, s.Said().Say("input_unknown_word", words[0].Count, ui.Printable(words[0].Word)))
			words = words[1:]
		}
		s.Tell("input_unknown", column, strings.Join(fewOf(list), s.Said().Say("live_comma")))
	}
}

func (s *setup) describeColumns(ignored, notes []string) {
	if len(ignored) > 0 {
		s.Tell("input_ignored", ui.Redact(strings.Join(ignored, ", ")))
	}
	for _, n := range notes {
		s.Linef("%s", ui.Redact(n))
	}
}

// kindOf says what the file is.
func (s *setup) kindOf(info sources.Info) string {
	switch info.Kind {
	case sources.KindCSV:
		return s.Said().Say("input_csv", info.Encoding, s.delimiterName(info.Delimiter))
	case sources.KindXLSX:
		return s.Said().Say("input_xlsx", ui.Redact(info.Sheet))
	}
	return info.Kind
}

func (s *setup) delimiterName(r rune) string {
	switch r {
	case ';':
		return s.Said().Say("input_semicolon")
	case '\t':
		return s.Said().Say("input_tab")
	case '|':
		return s.Said().Say("input_bar")
	}
	return s.Said().Say("input_comma")
}

// runDir is the folder of a run's outputs. The ledger has seen that the id is a name.
func runDir(out, id string) string { return filepath.Join(out, "runs", id) }

// folderOf is runDir for what reads or removes all that is there: a link that leads
// out of the workspace is an error.
func (s *setup) folderOf(run ledger.Run) (string, error) {
	dir := runDir(s.out, run.ID)
	var outside *inside.OutsideError
	if _, err := s.disk().Stat(dir); errors.As(err, &outside) {
		return "", err
	}
	return dir, nil
}

// disk is where outputs are written, read and removed: nothing outside the workspace.
func (s *setup) disk() sinks.Disk { return sinks.DiskIn(s.out) }
