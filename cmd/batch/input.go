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

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sources"
)

// input is the file of vehicles, with its fingerprint.
type input struct {
	name   string // as the user gave it; "-" is stdin
	file   *os.File
	sha256 string
	spool  bool // a copy of stdin, to be removed
}

// checkInput refuses a file that cannot be read as vehicles, before a
// workspace is made or a simulator started.
func checkInput(path string) error {
	if path == "-" {
		return nil
	}
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	_, err = sources.OpenCSV(f, path)
	return err
}

// openInput opens the file and takes its fingerprint, by which a later run
// knows it again. Standard input is spooled into the workspace: a run that is
// cut short while planning can begin again, and the fingerprint comes first.
func (s *session) openInput(path string) (*input, error) {
	in := &input{name: path}
	var err error
	if path == "-" {
		in.spool = true
		in.file, err = spool(s.env.stdin, s.dir)
	} else {
		in.file, err = openFile(path)
	}
	if err != nil {
		return nil, err
	}
	if err := in.fingerprint(); err != nil {
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
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close() //nolint:errcheck // nothing was written
		return nil, usageError("the input %s is a folder: name a CSV file in it", path)
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

func (in *input) fingerprint() error {
	if _, err := in.file.Seek(0, io.SeekStart); err != nil {
		return usageError("the input %s cannot be read twice: give a regular file, or - for stdin", in.name)
	}
	h := sha256.New()
	if _, err := io.Copy(h, in.file); err != nil {
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

// csv begins to read the vehicles.
func (in *input) csv() (*sources.CSV, error) {
	name := in.name
	if name == "-" {
		name = "stdin"
	}
	return sources.OpenCSV(in.file, name)
}

// plan reads the input into a new run.
func (s *session) plan(ctx context.Context, in *input) (ledger.Run, error) {
	src, err := in.csv()
	if err != nil {
		return ledger.Run{}, err
	}
	run, err := s.newRun(ctx, in)
	if err != nil {
		return run, err
	}
	run, err = pipeline.Plan(ctx, s.ledger, s.policy, run, src, func(rows int64) { s.log.Debug("planning", "rows", rows) })
	if err != nil {
		return run, errors.Join(err, s.ledger.DropPlanning())
	}
	s.describe(src.Info(), in.name, run)
	return run, nil
}

func (s *session) newRun(ctx context.Context, in *input) (ledger.Run, error) {
	datasets, err := s.wanted()
	if err != nil {
		return ledger.Run{}, err
	}
	now := s.env.clock.Now()
	run := ledger.Run{StartedAt: now, InputPath: in.name, InputSHA256: in.sha256, Datasets: datasets, Formats: s.formats}
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
	s.say("%s: %s, %s, %s.", name, counted(run.InputRows, "row"), info.Encoding, delimiterName(info.Delimiter))
	if len(info.Ignored) > 0 {
		s.say("Columns not used: %s.", discreet(strings.Join(info.Ignored, ", ")))
	}
	for _, n := range info.Notes {
		s.say("%s", discreet(n))
	}
}

func delimiterName(r rune) string {
	switch r {
	case ';':
		return "semicolon-separated"
	case '\t':
		return "tab-separated"
	}
	return "comma-separated"
}

// runDir is the folder of a run's outputs.
func runDir(out, id string) string { return filepath.Join(out, "runs", id) }

// say prints a line for people on stderr.
func (s *setup) say(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.env.stderr, format+"\n", args...)
	}
}
