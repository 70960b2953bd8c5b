package stagetest

import (
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/vendors"
)

// Keep writes down an answer that nobody came to read.
func (b *Fixture) Keep(w ledger.Work, a ledger.Answer) {
	b.T.Helper()
	a.Lookup, a.Attempt, a.Call, a.Vendor, a.ReceivedAt = w.Lookup.ID, w.Lookup.Attempts, string(vendors.Submit), w.Lookup.Vendor, b.Now
	_, err := b.Ledger.Receive(a)
	b.Must(err)
}
