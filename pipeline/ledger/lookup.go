package ledger

import (
	"cmp"
	"time"

	"vehiclebatch/pipeline/record"
)

// Lookup is one request about one vehicle at one vendor, and how far it has come. Once it was sent
// it stays with that vendor: the next vendor is asked by a lookup of its own.
type Lookup struct {
	ID       int64
	Run      int64 // runs.seq
	Row      int64 // the row that pays for it
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
	Source   int64 // the lookup that it follows, or whose answer it uses
	// GroupID is the first of the lookups that serve one request, 0 if there is only one. With
	// FanOut they ask every vendor of the route, side by side. Otherwise they ask one vendor after
	// the other; ReplacedBy is then the lookup that has taken the place of this one, 0 in the last
	// of them.
	GroupID    int64
	FanOut     bool
	ReplacedBy int64
	// Forced: the user has said to buy it, even if an earlier order for the same is in doubt. It
	// counts until the lookup is sent.
	Forced bool
	// DependsOn is the request whose answer a planned lookup needs before it can be asked. It is
	// the lookup's own id when nothing is missing any more and only the decision what to ask is
	// left; it is 0 when the lookup needs nothing. While it is not 0 the lookup is not sent.
	// Derived is what the lookup took from that answer, as record.PackDerived writes it.
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

// Request identifies the request that a lookup serves by the first of the request's lookups.
func (k *Lookup) Request() int64 { return cmp.Or(k.GroupID, k.ID) }

// Continues tells whether another vendor has been asked for the request before.
func (k *Lookup) Continues() bool { return !k.FanOut && k.GroupID > 0 && k.GroupID != k.ID }

// FailedBefore tells whether a lookup of the failure ledger has no order of its own in this run:
// any order behind it was made by an earlier run.
func (k *Lookup) FailedBefore() bool {
	return k.Attempts == 0 && k.Source > 0 && (k.State == Failed || k.State == InDoubt)
}

// DependsOnMaintenance is the DependsOn of a lookup that is planned together with the
// maintenance lookup of its row, before that has its id.
const DependsOnMaintenance int64 = -1

// ThisAnswer stands in Lookup.Answer for the answer that is written in the same commit and has no
// id yet.
const ThisAnswer int64 = -1

// OffRoute is the code of a failed lookup whose vendor is no longer asked.
const OffRoute = "off_route"

// NotOnBill is the code of a failed lookup whose order is not charged on the vendor's bill: it was
// not bought.
const NotOnBill = "not_on_bill"

// Work is a lookup with what is needed to act on it.
type Work struct {
	Lookup  Lookup
	Vehicle record.Vehicle // with what was derived for the lookup
	Attempt Attempt        // the last attempt; N is 0 when there was none
	// Contested: other lookups have the same key. Only Sendable fills it in.
	Contested bool
}

// Step is one change of a lookup: from a state to the values in Next. The charge of the last
// attempt changes in the same commit. If the request goes on at the next vendor, the lookup there
// is written in it too.
type Step struct {
	From State
	Next Work
	Was  Billed  // the last attempt's charge before
	Then *Lookup // the lookup at the next vendor, which gets its id when it is written; nil: the request does not go on
}

// Stands is the lookup at which the request stands after the step.
func (s *Step) Stands() *Lookup {
	if s.Then != nil {
		return s.Then
	}
	return &s.Next.Lookup
}

// MovesOn tells whether a step takes a planned lookup elsewhere: to another state than planned, or
// to another vendor.
func (s *Step) MovesOn(was *Lookup) bool {
	return s.Next.Lookup.State != Planned || s.Next.Lookup.Vendor != was.Vendor
}

// NewKey gives a lookup another key.
type NewKey struct {
	Lookup int64
	Key    []byte
}

// Count is how many lookups of a run stand at one point.
type Count struct {
	Dataset record.Dataset
	Vendor  string
	State   State
	Class   record.Class
	Reused  bool // they use the answer of another lookup
	Blocked bool // planned, and not sent before another lookup is settled
	N       int64
	NextAt  time.Time // the earliest, of planned and waiting ones
}

// CountOf is the Count that a lookup is part of.
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
