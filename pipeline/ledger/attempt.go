package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

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

// OutcomeWithdrawn is the outcome of an attempt whose intent was written down and that was never
// sent.
const OutcomeWithdrawn = "withdrawn"

// Billed is what is known of the charge of an attempt.
type Billed string

// The states of a charge.
const (
	Reserved      Billed = "reserved" // may still be charged
	BilledYes     Billed = "yes"
	BilledNo      Billed = "no"
	BilledUnknown Billed = "unknown"
)

// Answer is what came back for one call, unchanged.
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

// Charge is a submission with everything that is compared with a vendor's bill.
type Charge struct {
	Lookup   int64
	N        int
	Last     bool // it is the last of its lookup's submissions
	Run      int64
	RunID    string
	Row      int64
	VIN      string
	Plate    string
	Dataset  record.Dataset
	Fen      record.Fen
	Billed   Billed
	IntentAt time.Time
	EndedAt  time.Time // when the lookup's answer came, if that was later; zero: neither has come
	Ticket   string
	State    State // the state of its lookup
	Passed   bool  // another lookup has taken the place of its own
}

// Settlement is what a vendor's bill says of one submission, and the steps that follow from that:
// of the submission's own lookup, and of those that are in doubt because of it.
type Settlement struct {
	Lookup int64
	N      int
	Was    Billed // the charge that was read before; it must be unchanged
	Billed Billed
	Ticket string // "" leaves it as it is
	Steps  []Step // without attempts
}
