package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"vehiclebatch/pipeline/dryrun"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
)

// Plan says what a run of an input would do and cost. It plans the input and writes nothing of that
// into the workspace. A workspace that is not there is not made.
func Plan(ctx context.Context, o Buying, input Input) (e Estimate, err error) {
	dir, cleanup, err := planDir(ctx, o.Dir, o.Ledger)
	if err != nil {
		return e, err
	}
	defer cleanup()
	if dir != o.Dir { // there is no ledger yet, and none is made
		o.Ledger = LedgerAt{}
	}
	err = o.work(ctx, dir, func(s *session) error {
		b := &buyer{s, &o}
		in, err := b.openInput(ctx, input, dir)
		if err != nil {
			return err
		}
		defer in.close()
		e, err = b.dryRun(ctx, in)
		return err
	})
	return e, err
}

// planDir is the workspace if there is one, else a folder for the moment.
func planDir(ctx context.Context, out string, at LedgerAt) (string, func(), error) {
	if err := checkMissing(out, at); err != nil {
		return "", nil, err
	}
	has, err := hasLedger(ctx, out, at)
	if err != nil {
		return "", nil, err
	}
	if has {
		return out, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "batch-plan-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder to plan in: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil //nolint:errcheck // it is in the system's temporary folder
}

// dryRun plans an input in a store that keeps nothing, or looks ahead where its run goes on.
func (s *buyer) dryRun(ctx context.Context, in *input) (e Estimate, err error) {
	dry, err := dryrun.New(ctx, s.ledger)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, dry.Close()) }()
	p, err := s.planned(ctx, in, dry)
	if err != nil {
		return e, err
	}
	if !p.goesOn {
		return s.estimate(ctx, dry, p.run, false)
	}
	s.policy.MaxSpend = s.o.limit(p.run)
	return s.estimate(ctx, s.ledger, p.run, true)
}

// plans is where a run is planned: the ledger, or a store that keeps nothing.
type plans interface {
	planner.Store
	// NewRun gives a new run its number.
	NewRun(r ledger.Run) (ledger.Run, error)
	// DropPlanning forgets runs whose planning never ended.
	DropPlanning() error
}

// tally is what is asked of a run that is planned.
type tally interface {
	export.CauseStore
	doubts
	CountRows(ctx context.Context, r ledger.Run) (ledger.RowCount, error)
	// Counts counts the lookups of a run by where they stand.
	Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error)
	Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error)
}

// Estimate is what a run would do and cost.
type Estimate struct {
	GoesOn   string `json:"goes_on,omitempty"`  // the unfinished run
	Corrects string `json:"corrects,omitempty"` // the run whose failures are corrected
	Rows     struct {
		Total     int64 `json:"total"`
		Valid     int64 `json:"valid"`
		Invalid   int64 `json:"invalid"`
		Duplicate int64 `json:"duplicate"`
	} `json:"rows"`
	Lookups  []EstimateLine         `json:"lookups"`
	Buy      int64                  `json:"buy"`
	Awaits   int64                  `json:"awaits_maintenance"` // of them, that wait for their vehicle's maintenance answer
	Cost     record.Fen             `json:"cost_cny"`
	MaxSpend record.Opt[record.Fen] `json:"max_spend,omitzero"`
	WithinIt bool                   `json:"within_max_spend"`
	// Unbought is why lookups are not bought, the most frequent cause first.
	Unbought []NotBought `json:"not_bought,omitempty"`
	Doubtful

	Lang      messages.Lang `json:"-"` // of the run
	FallsBack bool          `json:"-"` // some vendor may be asked after another
	Sheet     bool          `json:"-"` // the list is a workbook
}

// EstimateLine is one dataset at the vendor that is asked first.
type EstimateLine struct {
	Dataset  record.Dataset `json:"dataset"`
	Vendor   string         `json:"vendor"`
	Buy      int64          `json:"buy"`
	Awaits   int64          `json:"awaits_maintenance"` // of them, first for their vehicle's maintenance answer
	Price    record.Fen     `json:"price_cny"`
	Cost     record.Fen     `json:"cost_cny"`
	Answered int64          `json:"answered"`  // by an earlier run
	Awaited  int64          `json:"awaited"`   // ordered, the answer is not there yet
	InDoubt  int64          `json:"in_doubt"`  // an earlier order is in doubt
	Refused  int64          `json:"not_asked"` // invalid or missing input
}

// estimate says what a planned run would do and cost; one that goes on is looked at as it would be then.
func (s *buyer) estimate(ctx context.Context, of tally, run ledger.Run, goesOn bool) (Estimate, error) {
	e := Estimate{Corrects: run.Corrects, Lang: LangOf(run), Sheet: IsWorkbook(run)}
	if goesOn {
		e.GoesOn = run.ID
	}
	rows, err := of.CountRows(ctx, run)
	if err != nil {
		return e, fmt.Errorf("count the rows: %w", err)
	}
	e.Rows.Total, e.Rows.Duplicate, e.Rows.Invalid = rows.Rows, rows.Duplicates, rows.Faulty
	e.Rows.Valid = rows.Rows - rows.Duplicates - rows.Faulty
	counts, err := of.Counts(ctx, run)
	if err != nil {
		return e, fmt.Errorf("count the lookups: %w", err)
	}
	changes, err := s.foresee(ctx, run, goesOn)
	if err != nil {
		return e, err
	}
	counts = after(counts, changes.moved)
	cost := e.fill(counts, s.policy)
	e.FallsBack = fallsBack(s.policy)
	if e.Unbought, err = s.unbought(ctx, of, run, counts); err != nil {
		return e, err
	}
	e.Cost = cost
	if e.Doubtful, err = s.doubtful(ctx, of, run, changes); err != nil {
		return e, err
	}
	spent, err := of.Spend(ctx, run)
	if err != nil {
		return e, fmt.Errorf("add up the run's money: %w", err)
	}
	e.WithinIt = !s.policy.MaxSpend.OK || cost+sumOf(spent) <= s.policy.MaxSpend.V
	e.MaxSpend = s.policy.MaxSpend
	return e, nil
}

// sumOf is what counts against a limit.
func sumOf(spent []ledger.Spend) record.Fen {
	var sum record.Fen
	for _, p := range spent {
		sum += p.Sum()
	}
	return sum
}

// fallsBack tells whether a dataset may be asked at one vendor after another.
func fallsBack(p *policy.Policy) bool {
	for _, r := range p.Routes {
		if r.Mode != policy.RouteAll && len(r.Vendors) > 1 && len(r.FallbackOn) > 0 {
			return true
		}
	}
	return false
}

func (e *Estimate) fill(counts []ledger.Count, p *policy.Policy) record.Fen {
	var total record.Fen
	for _, d := range record.Datasets() {
		for _, c := range counts {
			if c.Dataset != d {
				continue
			}
			line := e.line(c.Dataset, c.Vendor)
			line.add(c)
		}
	}
	for i := range e.Lookups {
		l := &e.Lookups[i]
		var price record.Fen
		if s, ok := p.Vendors[l.Vendor]; ok {
			price = s.Prices[l.Dataset]
		}
		cost := price * record.Fen(l.Buy)
		l.Price, l.Cost = price, cost
		e.Buy += l.Buy
		e.Awaits += l.Awaits
		total += cost
	}
	return total
}

func (e *Estimate) line(d record.Dataset, vendor string) *EstimateLine {
	for i := range e.Lookups {
		if e.Lookups[i].Dataset == d && e.Lookups[i].Vendor == vendor {
			return &e.Lookups[i]
		}
	}
	e.Lookups = append(e.Lookups, EstimateLine{Dataset: d, Vendor: vendor})
	return &e.Lookups[len(e.Lookups)-1]
}

func (l *EstimateLine) add(c ledger.Count) {
	switch c.State {
	case ledger.Planned:
		l.Buy += c.N
		if c.Blocked {
			l.Awaits += c.N
		}
	case ledger.Submitting, ledger.Waiting, ledger.Following:
		l.Awaited += c.N
	case ledger.InDoubt:
		l.InDoubt += c.N
	case ledger.Failed:
		l.Refused += c.N
	default:
		l.Answered += c.N
	}
}
