package app

import (
	"context"
	"fmt"
	"io"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// correction is a run that asks again what a failure ledger names, and takes all
// else over from the run that it is of.
type correction struct {
	*failureFile
	datasets []record.Dataset // of which lines count
	byRow    map[int64][]*failureLine
	named    map[lookupName]bool
	left     int // lines of other datasets

	asBefore int      // rows in which nothing was corrected
	firstOf  []int64  // the first of them
	remarks  []string // what was not taken for a correction
}

// lookupName names a lookup within a run.
type lookupName struct {
	row     int64
	dataset record.Dataset
}

// correctionOf makes a correction of a failure ledger, nil of another input. Of a
// run that the workspace knows nothing of nothing could be taken over: read as a
// list of vehicles it would buy all of them in all datasets.
func (s *buyer) correctionOf(f *failureFile) (*correction, error) {
	switch {
	case f == nil:
		return nil, nil
	case !f.held:
		return nil, f.foreign(s.Dir)
	case !f.run.PurgedAt.IsZero():
		return nil, UsageError("%s is the failure ledger of run %s, which was purged %s: its answers are forgotten and cannot be taken over\n  %s",
			f.name, f.runID, ChinaTime(f.run.PurgedAt), asPlainList)
	case f.run.State != ledger.RunFinished:
		return nil, UsageError("%s holds failures of run %s, which is not finished: `batch resume --out %s%s` first, then give it again", f.name, f.runID, s.Dir, s.o.Flags)
	}
	for _, d := range f.run.Datasets {
		if _, ok := s.o.Config.Datasets[d]; !ok {
			return nil, UsageError("run %s, whose failures %s holds, has asked for %s, and no configured vendor offers it: add one to the configuration", f.runID, f.name, d)
		}
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	c := &correction{failureFile: f, byRow: map[int64][]*failureLine{}, named: map[lookupName]bool{}}
	var err error
	if c.datasets, err = s.corrected(f.run.Datasets); err != nil {
		return nil, err
	}
	return c, c.choose()
}

// corrected are the datasets that may be asked again: those of the run that is
// corrected, or those of --dataset.
func (s *buyer) corrected(all []record.Dataset) ([]record.Dataset, error) {
	if len(s.o.Datasets) == 0 {
		return all, nil
	}
	return s.o.wanted()
}

// choose sorts the lines by row. A row of which no line counts is left as it is.
func (c *correction) choose() error {
	for i := range c.lines {
		l := &c.lines[i]
		c.byRow[l.row] = append(c.byRow[l.row], l)
		if slices.Contains(c.datasets, l.dataset) {
			c.named[lookupName{l.row, l.dataset}] = true
		} else {
			c.left++
		}
	}
	if len(c.named) == 0 {
		return UsageError("%s has no line of %s: nothing to correct", c.name, joinWords(c.datasets))
	}
	for row := range c.byRow {
		if !slices.ContainsFunc(c.datasets, func(d record.Dataset) bool { return c.named[lookupName{row, d}] }) {
			delete(c.byRow, row)
		}
	}
	return nil
}

// into makes a new run one that corrects.
func (c *correction) into(run *ledger.Run) {
	run.Datasets, run.Corrects, run.Corrected = c.run.Datasets, c.run.ID, c.datasets
}

// outputsFor are the outputs of a new run. One that corrects has those of the
// run that it corrects, but for what the flags say.
func (s *buyer) outputsFor(c *correction) (outputs, error) {
	if c == nil {
		return s.o.Outputs.fresh()
	}
	return s.o.Outputs.changed(c.run)
}

// isPlanned tells whether an unfinished run is what this file and these flags
// would begin.
func (s *buyer) isPlanned(r *ledger.Run, in *input, f *failureFile) (bool, error) {
	if r.State == ledger.RunFinished || !in.is(*r) {
		return false, nil
	}
	wanted, err := s.o.wanted()
	if err != nil {
		return false, err
	}
	if r.Corrects == "" {
		return fmt.Sprint(r.Datasets) == fmt.Sprint(wanted), nil
	}
	if len(s.o.Datasets) == 0 {
		wanted = r.Datasets
	}
	return f != nil && f.runID == r.Corrects && fmt.Sprint(r.Corrected) == fmt.Sprint(wanted), nil
}

// planCorrection plans a run that corrects another.
func (s *buyer) planCorrection(ctx context.Context, into plans, c *correction, run ledger.Run, progress func(int64)) (ledger.Run, error) {
	what := planner.Correction{Base: c.run, Named: func(row int64, d record.Dataset) bool { return c.named[lookupName{row, d}] }}
	return planner.Correct(ctx, into, s.policy, run, what, &correctedRows{ctx: ctx, ledger: s.ledger, correction: c}, progress)
}

// event says what is corrected.
func (c *correction) event() CorrectionRead {
	return CorrectionRead{Name: c.name, RunID: c.runID, Lookups: int64(len(c.named)), Rows: int64(len(c.byRow)), RunRows: c.run.InputRows, AsBefore: int64(c.asBefore),
		FirstAsBefore: c.firstOf, OtherDatasets: int64(c.left), Remarks: c.remarks, NotColumn: c.ignored(), Info: c.info}
}

// correctedRows are the rows of the run that is corrected, with what the lines
// say otherwise.
type correctedRows struct {
	*correction
	ctx    context.Context
	ledger Store
	page   []ledger.PriorRow
	after  int64
}

// rowsPage is how many rows are read at a time.
const rowsPage = 1000

// Next returns the next row.
func (r *correctedRows) Next() (record.Vehicle, error) {
	if len(r.page) == 0 {
		var err error
		if r.page, err = r.ledger.PriorRows(r.ctx, r.run, r.after, rowsPage); err != nil {
			return record.Vehicle{}, fmt.Errorf("read the rows of run %s: %w", r.runID, err)
		}
	}
	if len(r.page) == 0 {
		return record.Vehicle{}, io.EOF
	}
	f := r.page[0]
	r.page, r.after = r.page[1:], f.Vehicle.Row
	lines := r.byRow[f.Vehicle.Row]
	if len(lines) == 0 {
		return f.Given, nil
	}
	return r.corrected(&f, lines)
}

// corrected is a row with what its lines correct. Each lookup of a row has a line,
// and a value that is corrected in one of them counts for all.
func (r *correctedRows) corrected(f *ledger.PriorRow, lines []*failureLine) (record.Vehicle, error) {
	v := f.Given
	said := map[string]*failureLine{}
	remarked := map[string]bool{} // each line of a row may say the same
	for _, l := range lines {
		if l.VehicleID != "" && l.VehicleID != f.VehicleID {
			return v, UsageError("%s: %s is not about the vehicle that row %d of run %s is (vehicle_id %s): were columns sorted without the others?",
				r.name, l.at(), l.row, r.runID, f.VehicleID)
		}
		columns, remarks := sources.Corrected(&f.Vehicle, &l.vehicle, l.Columns)
		for _, c := range columns {
			if before := said[c]; before != nil && before.vehicle.Value(c) != l.vehicle.Value(c) {
				return v, UsageError("%s: %s and %s are both about row %d and correct its %s differently, %q and %q: say the same in both, or in one alone",
					r.name, before.at(), l.at(), l.row, c, before.vehicle.Value(c), l.vehicle.Value(c))
			}
			said[c] = l
		}
		for _, remark := range remarks {
			if remarked[remark] {
				continue
			}
			remarked[remark] = true
			r.remarks = append(r.remarks, fmt.Sprintf("%s: %s: not taken: %s", r.name, l.at(), remark))
		}
		v = sources.Correct(v, &l.vehicle, columns)
	}
	if len(said) == 0 {
		if r.asBefore++; len(r.firstOf) < Few {
			r.firstOf = append(r.firstOf, f.Vehicle.Row)
		}
	}
	return v, nil
}
