package ledger

import (
	"cmp"
	"time"

	"vehiclebatch/pipeline/record"
)

// Lookup is one question about one vehicle at one vendor, and how far its answer is.
// Once it was sent it stays with that vendor: what the next one is asked is a lookup
// of its own.
type Lookup struct {
	ID       int64
	Run      int64 // runs.seq
	Row      int64 // the row that pays
	Dataset  record.Dataset
	Key      []byte
	Vendor   string
	State    State
	NextAt   time.Time // zero: at once
	Attempts int       // submissions so far
	Tries    int       // failed submissions
	Polls    int
	Ticket   string
	Answer   int64 // 0: none
	Source   int64 // the lookup followed, or whose answer is used again
	// GroupID is the first of the lookups that serve one request, 0 where there is only
	// one. FanOut: they ask every vendor of the route, side by side. Otherwise they ask one
	// after the other, and ReplacedBy is the one that has taken the place of this one; it is 0
	// in the last of them.
	GroupID    int64
	FanOut     bool
	ReplacedBy int64
	// Forced: its user has said to buy it, whatever of the same is in doubt. It counts until
	// it is sent.
	Forced bool
	// DependsOn is the request whose answer a planned one needs before it can be
	// asked; its own id when only that is left to be decided what it asks; 0 when
	// it needs nothing. It is not sent before. Derived is what it took from there,
	// by record.PackDerived.
	DependsOn int64
	Derived   string

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
func (k *Lookup) Request() int64 { return cmp.Or(k.GroupID, k.ID) }

// Continues tells whether another vendor has been asked for the request before.
func (k *Lookup) Continues() bool { return !k.FanOut && k.GroupID > 0 && k.GroupID != k.ID }

// FailedBefore tells of a lookup of the failure ledger whose order, if there was
// one, an earlier run has made.
func (k *Lookup) FailedBefore() bool {
	return k.Attempts == 0 && k.Source > 0 && (k.State == Failed || k.State == InDoubt)
}

// DependsOnMaintenance is the DependsOn of a lookup that is planned together with the
// maintenance lookup of its row, before that has its id.
const DependsOnMaintenance int64 = -1

// ThisAnswer stands in Lookup.Answer for the answer that is concluded by it, which has no
// id yet.
const ThisAnswer int64 = -1

// OffRoute is the code of a lookup whose vendor is no longer asked.
const OffRoute = "off_route"

// NotOnBill is the code of a failed lookup whose order the vendor's bill does
// not charge: it was not bought.
const NotOnBill = "not_on_bill"

// Work is a lookup with what is needed to act on it.
type Work struct {
	Lookup  Lookup
	Vehicle record.Vehicle // with what was derived for the lookup
	Attempt Attempt        // the last one; N is 0 when there was none
	// Contested: other lookups have the same key. Sendable alone tells.
	Contested bool
}

// Step is one change of a lookup: from a state to the values in Next. The
// charge of the last attempt changes with it in the same commit, and the lookup at the
// next vendor is written, where the request goes on there.
type Step struct {
	From State
	Next Work
	Was  Billed  // the last attempt's charge before
	Then *Lookup // nil: the request does not go on; its id is given when it is written
}

// Stands is where the request stands after the step.
func (s *Step) Stands() *Lookup {
	if s.Then != nil {
		return s.Then
	}
	return &s.Next.Lookup
}

// MovesOn tells whether a step takes a planned lookup elsewhere: it is not planned any more,
// or at another vendor.
func (s *Step) MovesOn(was *Lookup) bool {
	return s.Next.Lookup.State != Planned || s.Next.Lookup.Vendor != was.Vendor
}

// NewKey is the key of a lookup from now on.
type NewKey struct {
	Lookup int64
	Key    []byte
}

// Count is how many lookups of a run stand somewhere.
type Count struct {
	Dataset record.Dataset
	Vendor  string
	State   State
	Class   record.Class
	Reused  bool // the answer of another lookup
	Blocked bool // planned, and not sent before another lookup is settled
	N       int64
	NextAt  time.Time // the earliest, of planned and waiting ones
}

// CountOf is the count that a lookup belongs to.
func CountOf(k *Lookup) Count {
	return Count{Dataset: k.Dataset, Vendor: k.Vendor, State: k.State, Class: k.Class, Reused: k.Source > 0, Blocked: k.State == Planned && k.DependsOn > 0}
}

// Filter picks lookups of the failure ledger. Empty fields pick all.
type Filter struct {
	Classes  []record.Class
	Vendors  []string
	Datasets []record.Dataset
}

// Matches tells whether the filter picks a lookup.
func (f *Filter) Matches(k *Lookup) bool {
	return has(f.Classes, k.Class) && has(f.Vendors, k.Vendor) && has(f.Datasets, k.Dataset)
}

func has[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return len(list) == 0
}
