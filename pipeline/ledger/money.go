package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// Totals is where money stands, in fen.
type Totals struct {
	Charged  record.Fen
	Reserved record.Fen
	Unknown  record.Fen
}

// Sum is what a budget is held against: what is, may be and might be charged.
func (t Totals) Sum() record.Fen { return t.Charged + t.Reserved + t.Unknown }

func (t *Totals) Add(b Billed, fen record.Fen) {
	switch b {
	case Reserved:
		t.Reserved += fen
	case BilledYes:
		t.Charged += fen
	case BilledUnknown:
		t.Unknown += fen
	}
}

// Spend is one vendor's part of a run's money.
type Spend struct {
	Vendor  string
	Dataset record.Dataset
	Totals
	Lookups int64 // lookups submitted there
}

// SpendBy names what a workspace's money is added up by.
type SpendBy string

// The groups. A day is the day in China of an order's intent; of an answer
// that was used again, the day on which its run began.
const (
	ByVendor  SpendBy = "vendor"
	ByDataset SpendBy = "dataset"
	ByDay     SpendBy = "day"
	ByRun     SpendBy = "run"
)

// SpendGroups returns every group, in the order of columns.
func SpendGroups() []SpendBy { return []SpendBy{ByVendor, ByDataset, ByDay, ByRun} }

// SpendQuery picks what is added up. The zero query is the whole workspace.
type SpendQuery struct {
	By           []SpendBy
	Run          int64     // runs.seq, 0 for all
	Since, Until time.Time // intents from Since on and before Until; zero is no bound
}

// SpendLine is one group's money. Texts that are not grouped by are "".
type SpendLine struct {
	Vendor  string
	Dataset record.Dataset
	Day     string // 2006-01-02
	Run     string // its id
	Totals
	Lookups int64 // that were sent, each counted once, however many vendors it was sent to
	Reused  int64 // that were settled by an answer bought for another lookup
	// Saved is what those answers cost where they were bought: what using them
	// again did not cost. An answer whose charge is not certain, or that was
	// purged, counts nothing.
	Saved record.Fen
}
