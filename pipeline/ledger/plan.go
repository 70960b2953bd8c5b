package ledger

import (
	"context"
	"maps"

	"vehiclebatch/pipeline/record"
)

// Plan takes in the rows of a run, before anything of it is submitted. It is used by one
// goroutine.
type Plan interface {
	// Batch runs do in one transaction: all of it is written or nothing.
	Batch(do func(PlanTx) error) error
	// End makes the run open, with so many rows: from now on it is bought.
	End(rows int64) (Run, error)
}

// PlanTx is one transaction of a plan: what earlier rows and runs said can be asked, rows can
// be put and replaced. What was put in it is seen at once.
type PlanTx interface {
	Context() context.Context
	// Foresee says what will be asked for, so that it can be read at once: the first rows of
	// vehicles, and the lookups with keys. It changes no answer.
	Foresee(vehicleIDs []string, keys [][]byte) error
	// Earlier finds the first row of this run about a vehicle that is no duplicate.
	Earlier(vehicleID string) (PlannedVehicle, bool, error)
	// Asked lists the lookups with a key, at any vendor and in any run, the newest run first and in it
	// the newest lookup; of very many, the 60 newest.
	Asked(key []byte) ([]Lookup, error)
	// AskedIn finds the lookup with a key in one run that no other has taken the place of, at one
	// vendor or, with "", at any.
	AskedIn(key []byte, run int64, vendor string) (Lookup, bool, error)
	// Serving lists the lookups that serve a request now: one, or those that are asked side by
	// side. The request is named by its first lookup.
	Serving(request int64) ([]Lookup, error)
	// PriorRow reads a row of another run, with where its lookups stand. It fails when that run has
	// no such row.
	PriorRow(run, row int64) (PriorRow, error)
	// MayHavePaid tells whether any submission of a lookup to its vendor, or of what it has taken over
	// from an earlier run, was charged or may have been.
	MayHavePaid(k *Lookup) (bool, error)
	// Put writes a row and its lookups, and gives them their ids.
	Put(PlannedVehicle) error
	// Revise puts an earlier row again, with what a later row adds to it. Lookups whose key stays are
	// kept; the others were never more than a plan.
	Revise(PlannedVehicle) error
}

// PlannedVehicle is an input row with the lookups that it asks for.
type PlannedVehicle struct {
	VehicleID string
	Vehicle   record.Vehicle
	// Duplicate is the earlier row that this one repeats, 0 when it does not.
	Duplicate int64
	// Lookups to make, that of maintenance before one that awaits it, and the ids
	// of those made by an earlier row, by dataset.
	Lookups []Lookup
	Shared  map[record.Dataset]int64
	// FanOut names, by vendor, the lookups that ask every vendor side by side and were made
	// by an earlier row; Shared names the first of them.
	FanOut map[string]int64
	// Given is the row as the input had it, where the plan has changed it after
	// other rows; nil where it has not.
	Given *record.Vehicle
	// Before are the ids of the lookups of a row that was read back.
	Before []int64
}

// With is the row read back with new contents.
func (p PlannedVehicle) With(next PlannedVehicle) PlannedVehicle {
	next.Before = p.Before
	return next
}

// Number gives the lookups of a row their ids, from next on, and returns the ids of the row's requests. Those
// of a fan-out get their group, and FanOut names them.
func (p *PlannedVehicle) Number(run, next int64) map[record.Dataset]int64 {
	requests := make(map[record.Dataset]int64, len(record.Datasets()))
	maps.Copy(requests, p.Shared)
	for i := range p.Lookups {
		k := &p.Lookups[i]
		k.ID, k.Run, k.Row = next+int64(i), run, p.Vehicle.Row
		if k.DependsOn == DependsOnMaintenance {
			k.DependsOn = requests[record.DatasetMaintenance]
		}
		if !k.FanOut || requests[k.Dataset] == 0 {
			requests[k.Dataset] = k.ID
		}
		if !k.FanOut {
			continue
		}
		k.GroupID = requests[k.Dataset]
		if p.FanOut == nil {
			p.FanOut = map[string]int64{}
		}
		p.FanOut[k.Vendor] = k.ID
	}
	return requests
}

// PriorRow is a row of another run, for a run that takes it over.
type PriorRow struct {
	VehicleID string
	Vehicle   record.Vehicle // as that run's plan left it
	Given     record.Vehicle // as its input had it, but for the defaults of the condition
	Duplicate int64          // the row that it repeated, 0 when it did not
	// Lookups are its own, or those of the row that it repeated. PriorRows
	// leaves them out.
	Lookups map[record.Dataset]Lookup
}
