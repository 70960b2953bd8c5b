package stagetest

import (
	"vehiclebatch/pipeline/ledger"
)

// Print is the fingerprint of a run.
func (b *Fixture) Print(run ledger.Run) string {
	b.T.Helper()
	text, err := b.Ledger.Fingerprint(b.T.Context(), run, "this program")
	b.Must(err)
	return text
}
