package stagetest

import (
	"vehiclebatch/pipeline/ledger"
)

func (b *Fixture) Print(run ledger.Run) string {
	b.T.Helper()
	text, err := b.Ledger.Fingerprint(b.T.Context(), run, "this program")
	b.Must(err)
	return text
}
