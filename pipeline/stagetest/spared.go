package stagetest

import (
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// What must not be bought again: one test a way in which it might be.

// Down fails a run's first planned lookup because the vendor is down, free of charge.
func (b *Fixture) Down(run ledger.Run, vendor string) {
	b.T.Helper()
	for range lookup.MaxTries {
		w := b.Intend(run, vendor)
		r := lookup.Result{Outcome: vendors.Outcome{Kind: vendors.Busy, Billed: vendors.BilledNo, Class: record.Unavailable}, Others: true}
		b.Must(b.Ledger.Advance(b.Policy.After(w, vendors.Submit, r, b.Now)))
		b.Now = b.Now.Add(time.Hour)
	}
}

// WantsToSend says how much a run must have to send to a vendor.
func (b *Fixture) WantsToSend(run ledger.Run, vendor string, want int) {
	b.T.Helper()
	if n := b.Sendable(run, vendor); n != want {
		b.T.Errorf("%s would be sent %d lookups, want %d:\n%s", vendor, n, want, b.Describe(run))
	}
}

// Stands is wants, whatever the spaces.
func (b *Fixture) Stands(run ledger.Run, want string) {
	b.T.Helper()
	if got := b.Describe(run); !slices.Equal(strings.Fields(got), strings.Fields(want)) {
		b.T.Errorf("%s stands\n%s\nwant\n%s", run.ID, got, want)
	}
}

// Routes asks maintenance of these vendors.
func (b *Fixture) Routes(route ...string) {
	r := b.Policy.Routes[record.DatasetMaintenance]
	r.Vendors = route
	b.Policy.Routes[record.DatasetMaintenance] = r
}
