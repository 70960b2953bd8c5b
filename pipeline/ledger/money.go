package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// Totals are sums of money in fen, by what is known of the charge.
type Totals struct {
	Charged  record.Fen
	Reserved record.Fen
	Unknown  record.Fen
}

// Sum is what a budget is compared with: charged + reserved + unknown.
func (t Totals) Sum() record.Fen { return t.Charged + t.Reserved + t.Unknown }

// Add adds a charge to the total that it belongs to. A charge that is known not to be billed is
// added to none.
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

// The groups. A day is the day in China of an order's intent, or, for an answer that was used
// again, the day on which its run began.
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
	Since, Until time.Time // intents at or after Since and before Until; zero is no bound
}

// SpendLine is one group's money. Fields that are not grouped by are "".
type SpendLine struct {
	Vendor  string
	Dataset record.Dataset
	Day     string // 2006-01-02
	Run     string // the id of the run
	Totals
	Lookups int64 // requests that were sent, each counted once, however many vendors it went to one after the other
	Reused  int64 // lookups that were settled by an answer bought for another lookup
	// Saved is what using answers again has saved: what those answers cost where they were bought.
	// An answer whose charge is not certain, or that was purged, counts nothing.
	Saved record.Fen
}
