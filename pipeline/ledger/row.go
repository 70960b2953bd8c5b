package ledger

import (
	"slices"

	"vehiclebatch/pipeline/record"
)

// Former is a row of another run, for a run that takes it over.
type Former struct {
	VehicleID string
	Vehicle   record.Vehicle // as that run's plan left it
	Given     record.Vehicle // as its input had it, but for the defaults of the condition
	Duplicate int64          // the row that it repeated, 0 when it did not
	// Lookups are its own, or those of the row that it repeated. FormerRows
	// leaves them out.
	Lookups map[record.Dataset]Lookup
}

// Earlier is an answer that another run had about the same vehicle and dataset.
type Earlier struct {
	RunID   string
	Lookup  Lookup         // found or no_record
	Vehicle record.Vehicle // as it was asked about then
	Packed  PackedAnswer
}

// Span is where earlier answers are looked for: in the runs from From to To
// (Run.Seq, both included). The empty one, as the zero Span, is nowhere, and
// looking costs nothing.
type Span struct {
	From, To int64
	// News asks only about answers that came since the run began, and finds only
	// what came before them: what the run used again is no news to it, and what
	// an old run learnt by a later retry was not known yet.
	News bool
}

func (s Span) Empty() bool { return s.To < s.From || s.To <= 0 }

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
	// Beside names, by vendor, those of the lookups that stand beside each other
	// and were made by an earlier row; Shared names their lead.
	Beside map[string]int64
	// Given is the row as the input had it, where the plan has changed it after
	// other rows; nil where it has not.
	Given *record.Vehicle

	Before []int64 // of a row read back: the ids of its lookups
}

// With is the row read back with new contents.
func (p PlannedVehicle) With(next PlannedVehicle) PlannedVehicle {
	next.Before = p.Before
	return next
}

// Row is an input row with its lookups, for the outputs.
type Row struct {
	VehicleID string
	Vehicle   record.Vehicle
	Duplicate int64 // the earlier row it repeats, 0 when none
	Lookups   []Asked
}

// Asked is one lookup of a row: where it stands, what it cost and its answer.
type Asked struct {
	Lookup  Lookup
	Charged record.Fen // by all its attempts
	Unknown record.Fen
	Sent    int64 // attempts that left
	// Last is its last submission; of a failure that was taken over from an
	// earlier run, the last one there, which that run counts.
	Last    Attempt
	Packed  PackedAnswer
	Earlier *Earlier // what RowsSince found; nil without

	Derived []record.Derived
}

// Owner tells whether the row pays for the lookup: it is the first to ask.
func (a *Asked) Owner(r *Row) bool { return a.Lookup.Row == r.Vehicle.Row }

// PackedAnswer is a raw answer as it is stored. ID 0 is none.
type PackedAnswer struct {
	ID         int64
	Vendor     string
	ReceivedAt int64
	Body       []byte
}

// VehicleOf is the vehicle of a row as one of its lookups asks about it.
func (r *Row) VehicleOf(a *Asked) *record.Vehicle {
	if len(a.Derived) == 0 {
		return &r.Vehicle
	}
	v := r.Vehicle.With(slices.Clone(a.Derived))
	return &v
}
