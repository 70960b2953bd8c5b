package app

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
)

// Ended is what a run has come to.
type Ended struct {
	Standing
	Result  runner.Result
	Code    int
	Folder  string // of the outputs; the newest run's is latest
	RunDir  string // the same by its own name
	ByDate  string // of the copies by date, "" without any
	Tables  string // the formats of the tables
	Newest  bool   // there is no newer run
	Limit   record.Opt[record.Fen]
	ToBuy   []Unbought
	Missing []Unfetched // of a run that is not finished

	Simulated bool
	// Idle says that there was nothing to do: no run is open. Of the run, the last one, only Run and Manifest are known.
	Idle bool
}

// Unbought is what is still to be bought of a vendor.
type Unbought struct {
	Vendor  string
	Lookups int64
	Cost    record.Fen
}

// Unfetched is a vendor at which something is ordered, and that is asked for nothing.
type Unfetched struct {
	ledger.NamedVendor
	Known bool // there is an adapter for it
}

// Reused is how many lookups an earlier run's answers settled.
func (e *Ended) Reused() (n int64) {
	for _, c := range e.Counts {
		switch c.State {
		case ledger.Found, ledger.NoRecord, ledger.Unsupported:
			if c.Reused {
				n += c.N
			}
		}
	}
	return n
}

// Why is the reason for which a run ended, in the word of the summary.
func (e *Ended) Why() string {
	if e.Code == ExitUnfinished {
		return string(e.Result.Reason)
	}
	return "finished"
}

// CodeWithoutPending is the exit code that what is settled comes to.
func (e *Ended) CodeWithoutPending() int {
	settled := runner.Statuses{}
	for d, byStatus := range e.Manifest.Lookups {
		settled[d] = maps.Clone(byStatus)
		delete(settled[d], record.Pending)
	}
	return codeOf(settled)
}

// conclude writes the outputs of what is settled and reads how the run ended. From when
// the outputs are written the end is there, whatever else goes wrong.
func (s *buyer) conclude(ctx context.Context, run ledger.Run, ending runner.Result) (*Ended, error) {
	o, err := s.o.Outputs.changed(run)
	if err != nil {
		return nil, err
	}
	o.into(&run)
	if err := s.ledger.FreeReserve(); err != nil { // the outputs may need it
		return nil, err
	}
	if ending.Open == 0 && run.State == ledger.RunOpen {
		run.State, run.FinishedAt = ledger.RunSettled, s.now()
	}
	if err := s.ledger.SetRun(run); err != nil {
		return nil, fmt.Errorf("write down how far the run is: %w", err)
	}
	m, err := s.writeTelling(ctx, run, s.o.Outputs.Partition)
	if sqlite.Damaged(err) {
		return nil, err
	}
	if err != nil {
		err = AsNoRoom(err, s.Dir, true)
		return nil, fmt.Errorf("%w\n  The ledger is good: `batch resume --out %s` goes on, `batch export --out %s --run %s` writes the outputs again", err, s.Dir, s.Dir, run.ID)
	}
	if run.State == ledger.RunSettled {
		run.State = ledger.RunFinished
		if err := s.ledger.SetRun(run); err != nil {
			return nil, fmt.Errorf("write down that the run is finished: %w", err)
		}
	}
	return s.ended(ctx, run, m, ending, o.tables)
}

func (s *buyer) ended(ctx context.Context, run ledger.Run, m sinks.Manifest, ending runner.Result, tables string) (*Ended, error) {
	e := &Ended{Result: ending, Code: m.ExitCode, RunDir: runDir(s.Dir, run.ID), ByDate: byDateOf(s.Dir, m), Tables: tables,
		Limit: s.policy.MaxSpend, Simulated: s.Simulated}
	e.Run, e.Manifest, e.Folder = run, m, e.RunDir
	standing, err := s.standing(ctx, run, m)
	if err != nil {
		return e, err
	}
	e.Standing = standing
	newest, err := s.Run(ctx, "")
	if err != nil {
		return e, err
	}
	if e.Newest = newest.Seq == run.Seq; e.Newest {
		e.Folder = filepath.Join(s.Dir, "latest")
	}
	e.ToBuy = toBuy(e.Counts, s.policy)
	if e.Code == ExitUnfinished {
		e.Missing, err = s.unfetched(ctx)
	}
	return e, err
}

// toBuy says what is still to be bought of whom, and for how much.
func toBuy(counts []ledger.Count, p *policy.Policy) []Unbought {
	left := map[string]Unbought{}
	for _, c := range counts {
		if vendor := p.Vendors[c.Vendor]; c.State == ledger.Planned && vendor != nil {
			u := left[c.Vendor]
			left[c.Vendor] = Unbought{c.Vendor, u.Lookups + c.N, u.Cost + record.Fen(c.N)*vendor.Prices[c.Dataset]}
		}
	}
	var out []Unbought
	for _, vendor := range slices.Sorted(maps.Keys(left)) {
		out = append(out, left[vendor])
	}
	return out
}

// unfetched names the vendors at which something is ordered and that are asked for nothing.
func (s *buyer) unfetched(ctx context.Context) ([]Unfetched, error) {
	named, err := s.ledger.VendorsNamed(ctx)
	var out []Unfetched
	for _, v := range named {
		if s.policy.Vendors[v.Name] == nil && v.Open > 0 {
			out = append(out, Unfetched{v, isVendor(v.Name)})
		}
	}
	return out, err
}
