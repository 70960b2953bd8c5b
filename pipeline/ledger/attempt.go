package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// Billed is what is known of the charge of an attempt.
type Billed string

// The states of a charge.
const (
	Reserved      Billed = "reserved" // may still be charged
	BilledYes     Billed = "yes"
	BilledNo      Billed = "no"
	BilledUnknown Billed = "unknown"
)

// OutcomeWithdrawn is the outcome of an attempt that was written down and never
// sent.
const OutcomeWithdrawn = "withdrawn"

// Attempt is one submission.
type Attempt struct {
	Lookup   int64
	N        int
	Vendor   string
	Dataset  record.Dataset
	Fen      record.Fen
	Billed   Billed
	IntentAt time.Time
	EndedAt  time.Time
	Outcome  string
	Code     string
	Ticket   string
}

// Answer is what came back for one call, as raw as it came.
type Answer struct {
	ID         int64
	Lookup     int64
	Attempt    int
	Call       string
	Vendor     string
	Status     int
	Failure    string
	ReceivedAt time.Time
	Head       string // the few headers that are kept, a line each
	Body       []byte
}

// Charge is a submission with what a vendor's bill can be held against.
type Charge struct {
	Lookup   int64
	N        int
	Last     bool // of its lookup's submissions
	Run      int64
	RunID    string
	Row      int64
	VIN      string
	Plate    string
	Dataset  record.Dataset
	Fen      record.Fen
	Billed   Billed
	IntentAt time.Time
	EndedAt  time.Time // of the lookup's answer, when that came later; zero: neither has come
	Ticket   string
	State    State // of its lookup
	Passed   bool  // another lookup has taken the place of its own
}

// Settlement is what a vendor's bill says of one submission, and where that
// takes lookups: its own, and those that stand in doubt because of it.
type Settlement struct {
	Lookup int64
	N      int
	Was    Billed // the charge that was seen; it must still be so
	Billed Billed
	Ticket string // "" leaves it as it is
	Steps  []Step // without attempts
}
