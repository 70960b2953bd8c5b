package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/sources"
)

// failureFile is an input that has the columns of a failure ledger.
type failureFile struct {
	name  string
	runID string // whose failures they are
	run   ledger.Run
	held  bool // the workspace has the run
	info  sources.Info
	lines []failureLine // none when the run is not held
}

// failureLine is a line of it: what it is about, and what it says.
type failureLine struct {
	sources.Line
	vehicle record.Vehicle
	row     int64
	dataset record.Dataset
	sheet   bool // the file is a workbook
}

// at is where the line stands in its file, as whoever opens it counts.
func (l *failureLine) at() string {
	if l.sheet {
		return fmt.Sprintf("sheet row %d", l.vehicle.Line)
	}
	return fmt.Sprintf("line %d", l.vehicle.Line)
}

// readFailures reads an input that is a failure ledger; nil when it is none.
func (s *buyer) readFailures(ctx context.Context, in *input) (*failureFile, error) {
	src, err := in.source()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if !src.Info().Failures {
		return nil, nil
	}
	if in.limit > 0 {
		return nil, UsageError("--limit %d: %s is a failure ledger, and its corrections are one run: leave lines out of it instead", in.limit, in.name)
	}
	f := &failureFile{name: in.name}
	var foreign *failureLine // the first that names another run than the first of all
	known := map[string]bool{}
	for n := 0; ; n++ {
		v, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		l := failureLine{Line: src.Line(), vehicle: v, sheet: src.Info().Sheet != ""}
		if n == 0 {
			f.runID = l.RunID
		}
		if err := s.knowRun(ctx, f, l.RunID, known); err != nil {
			return nil, err
		}
		if l.RunID != f.runID && foreign == nil {
			first := l
			foreign = &first
		}
		if f.held {
			f.lines = append(f.lines, l)
		}
	}
	f.info = src.Info()
	if foreign != nil && slices.Contains(values(known), true) {
		return nil, f.mixed(foreign)
	}
	return f, nil
}

func values(m map[string]bool) []bool {
	var out []bool
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// knowRun looks once for each run that the file names.
func (s *buyer) knowRun(ctx context.Context, f *failureFile, id string, known map[string]bool) error {
	if _, asked := known[id]; asked || id == "" {
		return nil
	}
	run, ok, err := s.ledger.RunByID(ctx, id)
	if err != nil {
		return fmt.Errorf("look for the run whose failures the input holds: %w", err)
	}
	known[id] = ok
	if id == f.runID {
		f.run, f.held = run, ok
	}
	return nil
}

// asPlainList is the way out for whoever wants the vehicles of a failure ledger alone.
const asPlainList = "To have it read as a plain list of vehicles, which asks each of them for every dataset anew, take the column run_id out"

// foreign refuses a file whose run the workspace does not hold.
func (f *failureFile) foreign(out string) error {
	if f.runID == "" {
		return UsageError("%s has the columns of a failure ledger, and names no run in its column run_id\n  %s", f.name, asPlainList)
	}
	return UsageError("%s is the failure ledger of run %s, which the workspace %s does not hold: name the workspace that does with --out\n  %s",
		f.name, f.runID, out, asPlainList)
}

// mixed refuses a file that is about more than one run.
func (f *failureFile) mixed(l *failureLine) error {
	switch "" {
	case l.RunID:
		return UsageError("%s: %s names no run, the first line names %s: vehicles that are new go into a file of their own", f.name, l.at(), f.runID)
	case f.runID:
		return UsageError("%s: the first line names no run, and %s names %s: vehicles that are new go into a file of their own", f.name, l.at(), l.RunID)
	}
	return UsageError("%s holds failures of more than one run: the first line is of %s, %s of %s. Give those of one run at a time", f.name, f.runID, l.at(), l.RunID)
}

// check looks at every line: whether it can be read, and whether its run has
// asked what it names.
func (f *failureFile) check() error {
	var wrong []string
	for i := range f.lines {
		if why := f.lines[i].check(&f.run); why != "" {
			wrong = append(wrong, f.lines[i].at()+": "+why)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return UsageError("%s does not fit run %s, whose failures it holds:\n  %s", f.name, f.runID, strings.Join(FewOf(wrong), "\n  "))
}

// check says what is wrong with a line, "" for nothing.
func (l *failureLine) check(run *ledger.Run) string {
	if why := sources.Misread(&l.vehicle); why != "" {
		return why
	}
	row, err := strconv.ParseInt(strings.TrimSpace(l.Row), 10, 64)
	if err != nil {
		return fmt.Sprintf("the row is %q, it must be the number of a row of that run", l.Row)
	}
	if row < 1 || row > run.InputRows {
		return fmt.Sprintf("there is no row %d, the run has %d", row, run.InputRows)
	}
	l.row, l.dataset = row, record.Dataset(strings.ToLower(strings.TrimSpace(l.Dataset)))
	if !slices.Contains(run.Datasets, l.dataset) {
		return fmt.Sprintf("the dataset is %q, and the run has asked for %s", l.Dataset, joinWords(run.Datasets))
	}
	return ""
}

func joinWords(datasets []record.Dataset) string {
	words := make([]string, len(datasets))
	for i, d := range datasets {
		words[i] = string(d)
	}
	return strings.Join(words, ", ")
}

// Few is how many of many like remarks are shown.
const Few = 5

// FewOf is the first of a list, and how many more there are.
func FewOf(list []string) []string {
	if len(list) <= Few+1 {
		return list
	}
	return append(slices.Clone(list[:Few]), fmt.Sprintf("and %d more", len(list)-Few))
}

// ignored are the columns that are not used and that the failure ledger does not
// have by itself.
func (f *failureFile) ignored() []string {
	return slices.DeleteFunc(slices.Clone(f.info.Ignored), func(c string) bool {
		return slices.ContainsFunc(sinks.FailureColumns(), func(known string) bool { return strings.EqualFold(known, c) })
	})
}
