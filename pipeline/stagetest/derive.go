package stagetest

import (
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
	"vehiclebatch/vendors"
)

// Derives takes columns of a valuation from maintenance answers.
func (b *Fixture) Derives(columns ...string) {
	r := b.Policy.Routes[record.DatasetValuation]
	r.Derive = columns
	r.Defaults.Accident = "0"
	b.Policy.Routes[record.DatasetValuation] = r
}

// GoOn takes a run up as a new process does.
func (b *Fixture) GoOn(run ledger.Run) {
	b.T.Helper()
	b.Must(planner.Refresh(b.T.Context(), b.Ledger, b.Policy, run))
	b.Must(resolve.New(b.Ledger, b.Policy).UnblockAll(b.T.Context(), run))
}

// Asked tells what the valuation of a run's row is asked with.
func (b *Fixture) Asked(run ledger.Run, row int) string {
	b.T.Helper()
	r := b.Rows(run)[row-1]
	for i := range r.Lookups {
		if a := &r.Lookups[i]; a.Lookup.Dataset == record.DatasetValuation {
			v := r.VehicleOf(a)
			return fmt.Sprintf("%s km, accident %s %q", v.Value(record.ColMileageKM), v.Condition.Accident, v.Sources())
		}
	}
	return "not asked"
}

// Sendable counts what a run has to send to a vendor.
func (b *Fixture) Sendable(run ledger.Run, vendor string) (n int) {
	b.T.Helper()
	work, err := b.Ledger.Sendable(b.T.Context(), run.Seq, vendor, b.Now, nil, 100)
	b.Must(err)
	return len(work)
}

// Settle answers a run's maintenance lookup, after a while where there is a ticket.
func (b *Fixture) Settle(run ledger.Run, body string) {
	b.T.Helper()
	if body == "unknown" || strings.Contains(body, "garbled") { // else it is asked for again
		b.Buy(run, "acme", body)
		return
	}
	ticket := b.Buy(run, "acme", "ticket T1 yes")
	b.GoOn(run)
	if n := b.Sendable(run, "acme"); n != 0 {
		b.T.Errorf("%d lookups can be sent while the report is awaited", n)
	}
	b.Answer(ticket, vendors.Poll, body)
}

// DerivesWithoutDefault is Derives for the accident code, of which there is no default then.
func (b *Fixture) DerivesWithoutDefault() {
	b.Derives(record.ColMileageKM, record.ColAccident)
	r := b.Policy.Routes[record.DatasetValuation]
	r.Defaults.Accident = ""
	b.Policy.Routes[record.DatasetValuation] = r
}
