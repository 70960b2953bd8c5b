package dryrun

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
)

// Ledger is what a dry run needs of the ledger: nothing that writes.
type Ledger interface {
	planner.Store
	// Sender is the lookup that sent the order behind another.
	Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error)
	// Origin is the last submission behind what a lookup has taken over from an earlier run; its N is 0 when none is
	// known.
	Origin(ctx context.Context, k *ledger.Lookup) (ledger.Attempt, error)
}

// Store takes in the plan of one run, over a ledger that it leaves unchanged. It is used by one goroutine.
type Store struct {
	Ledger
	rows   *rows
	run    int64            // runs.seq
	next   int64            // id of the next lookup
	shared map[int64][]byte // keys of requests that more than one row may share

	count  ledger.RowCount
	counts map[ledger.Count]int64
	noted  map[int64]int64 // where the rows are kept that Rows and Remarked need, by row number
}

// firstID is above every id that the ledger has given to a lookup, so the ids of the plan cannot clash.
const firstID = 1 << 40

// New is a store over a ledger. Close removes its scratch file.
func New(ctx context.Context, l Ledger) (*Store, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the last run: %w", err)
	}
	s := &Store{Ledger: l, rows: newRows(), run: 1, next: firstID, shared: map[int64][]byte{}, counts: map[ledger.Count]int64{}, noted: map[int64]int64{}}
	if len(runs) > 0 {
		s.run = runs[0].Seq + 1
	}
	return s, nil
}

// Close frees what was kept.
func (s *Store) Close() error { return s.rows.file.close() }

// NewRun gives the run its number, one above all that are there.
func (s *Store) NewRun(r ledger.Run) (ledger.Run, error) {
	r.State, r.Seq = ledger.RunPlanning, s.run
	return r, nil
}

// DropPlanning has nothing to forget: a plan that fails has left nothing.
func (s *Store) DropPlanning() error { return nil }

// StartPlan begins to plan the run.
func (s *Store) StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error) {
	under, err := s.Ledger.StartPlan(ctx, r)
	if err != nil {
		return nil, err
	}
	return &plan{s, under, r}, nil
}

// plan is a plan whose transactions change nothing in the ledger under it.
type plan struct {
	s     *Store
	under ledger.Plan
	run   ledger.Run
}

func (p *plan) Batch(do func(ledger.PlanTx) error) error {
	return p.under.Batch(func(t ledger.PlanTx) error { return do(&tx{t, p.s}) })
}

func (p *plan) End(rows int64) (ledger.Run, error) {
	r := p.run
	r.State, r.InputRows = ledger.RunOpen, rows
	return r, nil
}

// add counts a row that is kept at home.
func (s *Store) add(p *ledger.PlannedVehicle, home int64) {
	s.tally(p, 1)
	if len(p.Lookups) > 0 && (isRemarked(p) || slices.ContainsFunc(p.Lookups, unbought)) {
		s.noted[p.Vehicle.Row] = home
	}
}

// remove takes a row out of the counts.
func (s *Store) remove(p *ledger.PlannedVehicle) {
	s.tally(p, -1)
	delete(s.noted, p.Vehicle.Row)
}

func (s *Store) tally(p *ledger.PlannedVehicle, n int64) {
	s.count.Rows += n
	if p.Duplicate != 0 {
		s.count.Duplicates += n
	}
	if len(p.Vehicle.Faults) > 0 || p.Given != nil && len(p.Given.Faults) > 0 {
		s.count.Faulty += n
	}
	for i := range p.Lookups {
		s.counts[ledger.CountOf(&p.Lookups[i])] += n
	}
}

func isRemarked(p *ledger.PlannedVehicle) bool {
	return len(p.Vehicle.Problems) > 0 || p.Given != nil && len(p.Given.Problems) > 0
}

func unbought(k ledger.Lookup) bool { return k.State == ledger.Failed || k.State == ledger.InDoubt }

// CountRows returns how many rows were counted.
func (s *Store) CountRows(context.Context, ledger.Run) (ledger.RowCount, error) { return s.count, nil }

// Counts counts the lookups by where they stand.
func (s *Store) Counts(context.Context, ledger.Run) ([]ledger.Count, error) {
	var out []ledger.Count
	for c, n := range s.counts {
		if c.N = n; n > 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b ledger.Count) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.State, b.State), cmp.Compare(a.Class, b.Class))
	})
	return out, nil
}

// Spend is what the run has spent: nothing.
func (s *Store) Spend(context.Context, ledger.Run) ([]ledger.Spend, error) { return nil, nil }

// Remarked counts the planned lookups of rows with a remark that begins with remark.
func (s *Store) Remarked(_ context.Context, _ ledger.Run, remark string) (out ledger.Remarked, err error) {
	vins, planned := map[string]bool{}, map[ledger.Count]int64{}
	err = s.eachNoted(func(p *ledger.PlannedVehicle) error {
		if !hasRemark(&p.Vehicle, remark) && (p.Given == nil || !hasRemark(p.Given, remark)) {
			return nil
		}
		var any bool
		for i := range p.Lookups {
			if k := &p.Lookups[i]; k.State == ledger.Planned {
				any = true
				planned[ledger.Count{Dataset: k.Dataset, Vendor: k.Vendor, State: ledger.Planned}]++
			}
		}
		if any {
			out.Rows++
			vins[p.Vehicle.VIN] = true
		}
		return nil
	})
	out.VINs = int64(len(vins))
	for c, n := range planned {
		c.N = n
		out.Lookups = append(out.Lookups, c)
	}
	slices.SortFunc(out.Lookups, func(a, b ledger.Count) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor))
	})
	return out, err
}

func hasRemark(v *record.Vehicle, remark string) bool {
	return slices.ContainsFunc(v.Problems, func(p string) bool { return strings.Contains(p, remark) })
}

// Rows calls do, in input order, with the rows that have lookups of their own which are not bought, and with those that
// have a remark. A lookup that an earlier row asks for is listed with that row alone.
func (s *Store) Rows(ctx context.Context, _ ledger.Run, do func(*ledger.Row) error) error {
	return s.eachNoted(func(p *ledger.PlannedVehicle) error {
		row := &ledger.Row{VehicleID: p.VehicleID, Vehicle: p.Vehicle, Duplicate: p.Duplicate}
		for _, k := range p.Lookups {
			a := ledger.Asked{Lookup: k}
			var err error
			if a.Derived, err = record.ParseDerived(k.Derived); err != nil {
				return err
			}
			if k.FailedBefore() {
				if a.Last, err = s.Origin(ctx, &k); err != nil {
					return fmt.Errorf("look for the order behind row %d: %w", p.Vehicle.Row, err)
				}
			}
			row.Lookups = append(row.Lookups, a)
		}
		return do(row)
	})
}

// eachNoted calls do with the noted rows in input order.
func (s *Store) eachNoted(do func(*ledger.PlannedVehicle) error) error {
	for _, row := range slices.Sorted(maps.Keys(s.noted)) {
		r, err := s.rows.read(s.noted[row])
		if err != nil {
			return err
		}
		if err := do(&r.PlannedVehicle); err != nil {
			return err
		}
	}
	return nil
}
