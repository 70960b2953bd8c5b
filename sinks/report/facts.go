package report

import (
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// DefaultTop is how many vehicles are shown in detail unless told otherwise.
const DefaultTop = 200

// Options say what a report shows and in which language.
type Options struct {
	Lang messages.Lang
	Top  int // vehicles with detail; 0 is none
}

// Facts are what the ledger knows of a run and no row of a table says.
type Facts struct {
	Manifest  sinks.Manifest // without its files
	Simulated bool           // every answer is made up
	Earlier   bool           // the workspace has a run before this one, so that something may be new
	Coverage  []Coverage     // in the order in which they are shown
	Money     []Money        // in the order in which they are shown
}

// Coverage is how the lookups of a dataset ended at one vendor.
type Coverage struct {
	Dataset record.Dataset
	Vendor  string // "" when none was reached
	Counts  map[record.Status]int64
}

// Money is one vendor's part of the run's bill for a dataset.
type Money struct {
	Vendor                            string
	Dataset                           record.Dataset
	Charged, Reserved, Unknown, Saved record.Fen
	Lookups, Reused                   int64
}
