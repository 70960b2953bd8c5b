package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// input is the file of vehicles, with its fingerprint.
type input struct {
	name   string // as the user gave it; "-" is stdin
	file   *os.File
	sha256 string
	spool  bool   // a copy of stdin, to be removed
	sheet  string // of a workbook; "" is the first that has a header
	limit  int    // of rows that can be bought for, from the first on; 0 is all
}

// CheckInput refuses a file that cannot be read as vehicles, or that is the failure
// ledger of a workspace which is not there, before one is made or a simulator started.
func CheckInput(ctx context.Context, path, sheet, out string, at LedgerAt) error {
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
	if has, err := hasLedger(ctx, out, at); err != nil || has {
		return err
	}
	if _, err := src.Next(); err != nil {
		return nil //nolint:nilerr // what is wrong with its lines is said when they are read
	}
	return (&failureFile{name: path, runID: src.Line().RunID}).foreign(out)
}

// Where a run names its input, these stand between the name of the file and what of it was asked for: a sheet
// of a workbook, and how many rows.
const (
	sheetMark = "#sheet="
	limitMark = "#limit="
)

// path is the input as a run names it.
func (in *input) path() string { return in.name + in.part() }

// part is what of the file is asked for, "" for all.
func (in *input) part() string {
	part := ""
	if in.sheet != "" {
		part = sheetMark + in.sheet
	}
	if in.limit > 0 {
		part += limitMark + strconv.Itoa(in.limit)
	}
	return part
}

// InputFile is the name of the file that a run has read.
func InputFile(r ledger.Run) string {
	name, _, _ := strings.Cut(r.InputPath, sheetMark)
	name, _, _ = strings.Cut(name, limitMark)
	return name
}

// IsWorkbook tells whether the list of a run is a workbook, by its name.
func IsWorkbook(r ledger.Run) bool {
	ext := strings.ToLower(filepath.Ext(InputFile(r)))
	return ext == ".xlsx" || ext == ".xlsm"
}

// is tells whether a run has this input: the same bytes, and the same part of them.
func (in *input) is(r ledger.Run) bool {
	return r.InputSHA256 == in.sha256 && strings.TrimPrefix(r.InputPath, InputFile(r)) == in.part()
}

// openInput opens the file and takes its fingerprint, by which a later run
// knows it again. Standard input is spooled into the folder at: a run that is
// cut short while planning can begin again, and the fingerprint comes first.
func (s *buyer) openInput(ctx context.Context, i Input, at string) (*input, error) {
	in := &input{name: cmp.Or(i.Name, i.Path), sheet: i.Sheet, limit: i.Limit}
	var err error
	if i.Path == "-" {
		in.spool = true
		in.file, err = spool(stoppable{ctx, i.Stdin}, at)
	} else {
		in.file, err = openFile(i.Path)
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
		return nil, UsageError("the input %s is not there", path)
	case err != nil:
		return nil, UsageError("cannot read the input: %w", err)
	}
	info, err := f.Stat()
	switch {
	case err == nil && info.IsDir():
		err = UsageError("the input %s is a folder: name a file in it", path)
	case err == nil && info.Mode()&fs.ModeDevice != 0:
		err = UsageError("the input %s is a device, which may have no end: give a file, or - for stdin", path)
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
		return UsageError("the input %s cannot be read twice: give a regular file, or - for stdin", in.name)
	}
	h := sha256.New()
	if _, err := io.Copy(h, stoppable{ctx, in.file}); errors.Is(err, context.Canceled) {
		return err
	} else if err != nil {
		return UsageError("cannot read the input: %w", err)
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
		return nil, UsageError("cannot read the input: %w", err)
	}
	src, err := sources.Open(in.file, info.Size(), name, sources.Options{Sheet: in.sheet})
	if err != nil || in.limit == 0 {
		return src, err
	}
	return &firstRows{Source: src, left: in.limit}, nil
}

// firstRows is a source up to so many rows without a fault, and those with one before them.
type firstRows struct {
	sources.Source
	left int
	cut  bool // there is more
}

// Next is that of the source, until the rows are read.
func (f *firstRows) Next() (record.Vehicle, error) {
	if f.cut {
		return record.Vehicle{}, io.EOF
	}
	v, err := f.Source.Next()
	switch {
	case f.left == 0 && !errors.Is(err, io.EOF):
		f.cut = true
		return record.Vehicle{}, io.EOF
	case err == nil && len(v.Faults) == 0:
		f.left--
	}
	return v, err
}

// plan reads the input into a new run. A failure ledger of this workspace makes
// one that corrects the run it is of.
func (s *buyer) plan(ctx context.Context, in *input, into plans, failures *failureFile) (ledger.Run, error) {
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
	if run, err = into.NewRun(run); err != nil {
		return run, err
	}
	progress := func(rows int64) { s.o.Log.Debug("planning", "rows", rows) }
	if c != nil {
		run, err = s.planCorrection(ctx, into, c, run, progress)
	} else {
		run, err = planner.Plan(ctx, into, s.policy, run, src, progress)
	}
	if err != nil {
		return run, errors.Join(err, into.DropPlanning())
	}
	if c != nil {
		s.watch.Tell(c.event())
	} else {
		first, limited := src.(*firstRows)
		s.watch.Tell(InputRead{in.name, run.InputRows, limited && first.cut, src.Info()})
	}
	return run, nil
}

// newRun is a run that begins, under an id that is not taken.
func (s *buyer) newRun(ctx context.Context, in *input, c *correction) (ledger.Run, error) {
	datasets, err := s.o.wanted()
	if err != nil {
		return ledger.Run{}, err
	}
	outputs, err := s.outputsFor(c)
	if err != nil {
		return ledger.Run{}, err
	}
	now := s.now()
	run := ledger.Run{StartedAt: now, InputPath: in.path(), InputSHA256: in.sha256, Datasets: datasets, MaxSpend: s.o.MaxSpend, StrictVIN: s.o.strict(s.o.Config.StrictVIN)}
	outputs.into(&run)
	if c != nil {
		c.into(&run)
		run.StrictVIN = s.o.strict(c.run.StrictVIN)
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
			return run, nil
		}
	}
}
