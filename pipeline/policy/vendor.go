package policy

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// VendorConfig is a configured vendor: its adapter, its pace and its terms.
type VendorConfig struct {
	Vendor vendors.Vendor
	Offers []vendors.Offer
	Prices map[record.Dataset]record.Fen
	Poll   lookup.PollPlan
	Pace   *ratelimit.Pace
	// InFlight bounds the calls under way. PerDay bounds the calls of a day; it is 0 where they are
	// not counted.
	InFlight, PerDay int
	Sender           vendors.Sender
	// Probe is a dataset for which the vendor offers a call that is never billed, whether the
	// dataset itself is bought or not; "" when there is none.
	Probe record.Dataset
	// UnavailableFor is how long the vendor is waited for while it answers nobody;
	// unknown means two hours, or as long as the user waits.
	UnavailableFor record.Opt[time.Duration]
	// NotTaken are the answers which say that the vendor refused a call before taking the order:
	// the adapter's and the user's.
	NotTaken []vendors.NotTaken
}

// Read says what a kept answer means. If the adapter panics on it, the answer counts as unreadable;
// it stays in the ledger, because it may have been paid for.
func (s *VendorConfig) Read(d record.Dataset, c vendors.Call, v *record.Vehicle, r vendors.Response) (out vendors.Outcome) {
	defer brokenDown(&out)
	return vendors.ReadResponse(s.Vendor, s.NotTaken, d, c, v, r)
}

// ReadNew is Read for an answer that has just come in; it also removes from the answer what must
// not be kept.
func (s *VendorConfig) ReadNew(d record.Dataset, c vendors.Call, v *record.Vehicle, r *vendors.Response) (out vendors.Outcome) {
	defer brokenDown(&out)
	*r, out = vendors.ReadNew(s.Vendor, s.NotTaken, d, c, v, *r)
	return out
}

// brokenDown corrects an outcome whose reading has panicked. The text of the panic may hold words
// of the answer, so it is reported only when Go itself has worded it.
func brokenDown(out *vendors.Outcome) {
	broken := recover()
	if broken == nil {
		return
	}
	why := fmt.Sprintf("%T", broken)
	if e, ok := broken.(runtime.Error); ok {
		why = e.Error()
	}
	*out = vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromVendor, Code: "unreadable", Message: "reading the answer broke down: " + why}
}

// Offer finds what a vendor sells of a dataset.
func (s *VendorConfig) Offer(d record.Dataset) vendors.Offer {
	i := slices.IndexFunc(s.Offers, func(o vendors.Offer) bool { return o.Dataset == d })
	if i < 0 {
		return vendors.Offer{}
	}
	return s.Offers[i]
}

// Prober is the vendor's call that can never be billed; nil when there is none.
func (s *VendorConfig) Prober() vendors.Prober {
	p, ok := s.Vendor.(vendors.Prober)
	if !ok || s.Probe == "" {
		return nil
	}
	return p
}

// ResponseOf is a kept answer as it came.
func ResponseOf(a ledger.Answer) vendors.Response {
	r := vendors.Response{Status: a.Status, Head: vendors.Head(a.Head), Body: a.Body}
	if a.Failure != "" {
		r.Err = errors.New(a.Failure)
	}
	return r
}

// ReadsNotTaken tells whether a kept answer to an order says that the order was refused before the
// vendor took it.
func (s *VendorConfig) ReadsNotTaken(w *ledger.Work, kept ledger.Answer) bool {
	if vendors.Call(kept.Call) != vendors.Submit {
		return false
	}
	out := s.Read(w.Lookup.Dataset, vendors.Submit, &w.Vehicle, ResponseOf(kept))
	return out.Kind == vendors.Busy && out.Billed == vendors.BilledNo
}
