package ledger

import (
	"slices"

	"vehiclebatch/pipeline/record"
)

// Row is an input row with its lookups, for the outputs.
type Row struct {
	VehicleID string
	Vehicle   record.Vehicle
	Duplicate int64 // the earlier row it repeats, 0 when none
	Lookups   []Asked
}

// VehicleOf is the vehicle of a row as one of its lookups asks about it.
func (r *Row) VehicleOf(a *Asked) *record.Vehicle {
	if len(a.Derived) == 0 {
		return &r.Vehicle
	}
	v := r.Vehicle.With(slices.Clone(a.Derived))
	return &v
}

// Asked is one lookup of a row: where it stands, what it cost and its answer.
type Asked struct {
	Lookup  Lookup
	Charged record.Fen // by all its attempts
	Unknown record.Fen
	Sent    int64 // attempts that left
	// Last is the lookup's last submission. For a failure that was taken over from an earlier run
	// it is the last submission there, which that run counts.
	Last    Attempt
	Packed  PackedAnswer
	Earlier *Earlier         // what RowsSince found; nil if nothing
	Derived []record.Derived // values it was asked with that the input left out
}

// Owner tells whether the row pays for the lookup: that is the first row that asks for it.
func (a *Asked) Owner(r *Row) bool { return a.Lookup.Row == r.Vehicle.Row }

// PackedAnswer is a raw answer as it is stored. ID 0 means that there is none. Text and Sum are
// what its store checks it against when it is unpacked.
type PackedAnswer struct {
	ID         int64
	Vendor     string
	ReceivedAt int64  // microseconds UTC
	Body       []byte // packed
	Text       []byte
	Sum        int64
}

// Earlier is an answer that another run had about the same vehicle and dataset.
type Earlier struct {
	RunID   string
	Lookup  Lookup         // found or no_record
	Vehicle record.Vehicle // as it was known when it was asked about
	Packed  PackedAnswer
}

// Span is the range of runs in which earlier answers are looked for: from From to To (Run.Seq, both
// included). An empty one, like the zero Span, contains no run, and looking in it costs nothing.
type Span struct {
	From, To int64
	// News asks only about answers that came since the run began, and finds only what came before
	// them. An answer that the run used again is no news to it, and what an old run learnt by a
	// later retry was not known yet.
	News bool
}

// Empty tells whether there is no run to look in.
func (s Span) Empty() bool { return s.To < s.From || s.To <= 0 }
