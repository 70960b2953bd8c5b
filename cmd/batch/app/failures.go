package app

import (
	"context"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/sinks"
)

// Failures gives add every failure of a run, with next steps in the words of said.
func (w *Workspace) Failures(ctx context.Context, run ledger.Run, said *messages.Printer, add func(sinks.FailureRow) error) error {
	return export.Failures(ctx, w.ledger, run, said, add)
}
