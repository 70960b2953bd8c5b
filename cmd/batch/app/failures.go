package app

import (
	"context"
	"maps"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/all"
)

// Failures gives add every failure of a run, with next steps in the words of said.
func (w *Workspace) Failures(ctx context.Context, run ledger.Run, said *messages.Printer, add func(sinks.FailureRow) error) error {
	return export.Failures(ctx, w.ledger, run, said, add)
}

// Offer is a dataset at a vendor.
type Offer struct {
	Vendor  string
	Dataset record.Dataset
}

// Terms are what is known of the vendors without calling any.
type Terms struct {
	Path   string // of the configuration; "" when there is none
	Prices map[Offer]record.Fen

	readers map[string]export.AnswerReader
}

// TermsOf are those of a configuration.
func TermsOf(path string, conf *config.Config) Terms {
	out := Terms{Path: path, Prices: map[Offer]record.Fen{}, readers: map[string]export.AnswerReader{}}
	for _, v := range conf.Vendors {
		for d, price := range v.Prices {
			out.Prices[Offer{v.Name, d}] = price
		}
		out.readers[v.Name] = export.AnswerReader{Reader: v.Descriptor.Reader, NotTaken: notTaken(v)}
	}
	return out
}

// allReaders reads the answers of every vendor, as its adapter does where it is not configured.
func (t *Terms) allReaders() map[string]export.AnswerReader {
	readers := map[string]export.AnswerReader{}
	for _, d := range all.Descriptors() {
		readers[d.Name] = export.AnswerReader{Reader: d.Reader, NotTaken: d.NotTaken}
	}
	maps.Copy(readers, t.readers)
	return readers
}

// CanFix refuses a run whose failures cannot be looked into any more.
func CanFix(run ledger.Run) error { return notPurged(run, "looked into") }

// Causes are the failures of a run by their cause.
func (w *Workspace) Causes(ctx context.Context, run ledger.Run, known Terms) ([]export.Cause, error) {
	return export.Causes(ctx, w.ledger, run, known.readers)
}
