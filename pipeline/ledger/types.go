package ledger

import (
	"cmp"
	"errors"
	"time"

	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// State is where a lookup stands.
type State = lookup.State

// The states of a lookup.
const (
	Planned     = lookup.Planned
	Submitting  = lookup.Submitting
	Waiting     = lookup.Waiting
	Following   = lookup.Following
	Found       = lookup.Found
	NoRecord    = lookup.NoRecord
	Unsupported = lookup.Unsupported
	Failed      = lookup.Failed
	InDoubt     = lookup.InDoubt
)

// Lookup is one question about one vehicle at one vendor, and how far its answer is.
// Once it was sent it stays with that vendor: what the next one is asked is a lookup
// of its own.
type Lookup struct {
	ID       int64
	Run      int64 // runs.seq
	Row      int64 // the row that pays
	Dataset  record.Dataset
	Question []byte
	Vendor   string
	State    State
	NextAt   time.Time // zero: at once
	Attempts int       // submissions so far
	Tries    int       // failed submissions
	Polls    int
	Ticket   string
	Answer   int64 // 0: none
	Source   int64 // the lookup followed, or whose answer is used again
	// Lead is the first of the lookups that serve one request, 0 where there is only
	// one. Every: they ask every vendor of the route, side by side. Else they ask one
	// after the other, and Passed is the one that has taken the place of this, 0 of
	// the last.
	Lead   int64
	Every  bool
	Passed int64
	// Forced: its user has said to buy it, whatever of the same is in doubt. It counts until
	// it is sent.
	Forced bool
	// Awaits is the request whose answer a planned one needs before it can be
	// asked; its own id when only that is left to be decided what it asks; 0 when
	// it needs nothing. It is not sent before. Derived is what it took from there,
	// by record.PackDerived.
	Awaits  int64
	Derived string

	Stage      record.Stage
	Class      record.Class
	Code       string
	Message    string
	FirstAt    time.Time
	TicketAt   time.Time
	LastAt     time.Time
	AnsweredAt time.Time
}

// Request names the request that a lookup serves: by the first of its lookups.
func (k *Lookup) Request() int64 { return cmp.Or(k.Lead, k.ID) }

// Continues tells whether another vendor has been asked for the request before.
func (k *Lookup) Continues() bool { return !k.Every && k.Lead > 0 && k.Lead != k.ID }

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

// Work is a lookup with what is needed to act on it.
type Work struct {
	Lookup  Lookup
	Vehicle record.Vehicle // with what was derived for the lookup
	Attempt Attempt        // the last one; N is 0 when there was none
	// Contested: other lookups ask the same question. Sendable alone tells.
	Contested bool
}

// RunState is how far a run is.
type RunState string

// The states of a run.
const (
	RunPlanning RunState = "planning" // the input is being read; nothing was bought
	RunOpen     RunState = "open"
	RunSettled  RunState = "settled" // no lookup is open, the outputs are not whole yet
	RunFinished RunState = "finished"
)

// Run is one run of one input.
type Run struct {
	Seq         int64
	ID          string
	State       RunState
	StartedAt   time.Time
	FinishedAt  time.Time // zero while open
	InputPath   string
	InputSHA256 string
	InputRows   int64
	Datasets    []record.Dataset
	Formats     string // of the tables, comma-separated
	FirstLookup int64
	LastLookup  int64
	PurgedAt    time.Time // when its vehicles and answers were forgotten; zero: never

	// Lang is the language of what is for people in the outputs.
	Lang string
	// ReportLang is that of the report beside the tables, "" when there is none, and
	// ReportTop how many vehicles it shows in detail.
	ReportLang string
	ReportTop  int
	// Partitioned: the Parquet files stand by date as well.
	Partitioned bool
	// BOM: CSV files begin with a byte order mark.
	BOM bool

	// MaxSpend is the most that the run may charge, reserve and leave in doubt, as
	// its user gave it last; unknown where none was given.
	MaxSpend record.Opt[record.Fen]

	// StrictVIN refuses VINs with a wrong check digit.
	StrictVIN bool

	// Corrects is the id of the run whose failures this one corrects, "" for none,
	// and Corrected the datasets of which it does.
	Corrects  string
	Corrected []record.Dataset
}

// ErrStale means that a lookup was no longer in the state that a change starts from.
var ErrStale = errors.New("the lookup is no longer in that state")

// ErrBudget means that an intent would pass the budget; nothing was changed.
var ErrBudget = errors.New("the budget does not allow it")

func isGuard(err error) bool {
	var moved *MovedError
	return errors.Is(err, ErrStale) || errors.Is(err, ErrBudget) || errors.As(err, &moved)
}

// micros is how moments are stored: microseconds UTC, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
