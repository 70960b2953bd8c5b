package ledger

import (
	"context"
	"maps"

	"vehiclebatch/pipeline/record"
)

// Plan takes in the rows of a run, before anything of it is submitted. It is used by one
// goroutine.
type Plan interface {
	// Batch runs do in one transaction: all of it is written, or nothing.
	Batch(do func(PlanTx) error) error
	// End makes the run open, and says how many rows it has: from now on its lookups are bought.
	End(rows int64) (Run, error)
}

// PlanTx is one transaction of a plan. It can ask what earlier rows and runs said, and can put and replace rows. What
// was put in it is seen at once.
type PlanTx interface {
	Context() context.Context
	// Foresee says what will be asked for, so that it can be read in one go: the first rows of vehicles, and the
	// lookups with some keys. It does not change what the other methods return.
	Foresee(vehicleIDs []string, keys [][]byte) error
	// Earlier finds the first row of this run about a vehicle, leaving out duplicates.
	Earlier(vehicleID string) (PlannedVehicle, bool, error)
	// Asked lists the lookups with a key, at any vendor and in any run: the newest run first, and within a run the
	// newest lookup first; if there are very many, only the 60 newest.
	Asked(key []byte) ([]Lookup, error)
	// AskedIn finds the lookup of one run that has a key and has not been replaced by another, at one vendor or, with
	// "", at any.
	AskedIn(key []byte, run int64, vendor string) (Lookup, bool, error)
	// Serving lists the lookups that serve a request now: one, or all of a fan-out. The request is given by its first
	// lookup.
	Serving(request int64) ([]Lookup, error)
	// PriorRow reads a row of another run with its lookups as they stand. It fails when that run has no such row.
	PriorRow(run, row int64) (PriorRow, error)
	// MayHavePaid tells whether any submission of a lookup to its vendor, or of the lookup that it was taken over from,
	// was charged or may have been.
	MayHavePaid(k *Lookup) (bool, error)
	// Put writes a row and its lookups, and gives them their ids.
	Put(PlannedVehicle) error
	// Revise puts a new version of an earlier row, with what a later row adds to it. Lookups whose key stays the same
	// are kept; the others are removed, since they were only planned.
	Revise(PlannedVehicle) error
}

// PlannedVehicle is an input row with the lookups that it asks for.
type PlannedVehicle struct {
	VehicleID string
	Vehicle   record.Vehicle
	// Duplicate is the earlier row that this one repeats, 0 when it does not.
	Duplicate int64
	// Lookups are those to make, a maintenance lookup before one that depends on it. Shared has the ids of those made
	// by an earlier row, by dataset.
	Lookups []Lookup
	Shared  map[record.Dataset]int64
	// FanOut lists, by vendor, the lookups of a fan-out that an earlier row has made; Shared has the first of them.
	FanOut map[string]int64
	// Given is the row as the input had it, if the plan has changed it because of other rows; nil otherwise.
	Given *record.Vehicle
	// Before are the ids that a row's lookups had when it was read back.
	Before []int64
}

// With is the row that was read back, with new contents.
func (p PlannedVehicle) With(next PlannedVehicle) PlannedVehicle {
	next.Before = p.Before
	return next
}

// Number gives the lookups of a row their ids, starting at next, and returns the ids of the row's requests. Lookups of
// a fan-out get their GroupID, and FanOut lists them.
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

// PriorRow is a row of another run, as a run that takes it over reads it.
type PriorRow struct {
	VehicleID string
	Vehicle   record.Vehicle // as that run's plan left it
	Given     record.Vehicle // as its input had it, except that defaults of the condition are filled in
	Duplicate int64          // the row that it repeated, 0 when it did not
	// Lookups are the row's own, or those of the row that it repeated. PriorRows leaves them out.
	Lookups map[record.Dataset]Lookup
}
