package stagetest

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

func setMode(p *policy.Policy, m policy.RouteMode) {
	r := p.Routes[record.DatasetMaintenance]
	r.Mode = m
	p.Routes[record.DatasetMaintenance] = r
}

// Reports plans a run of maintenance alone in a mode.
func (b *Fixture) Reports(m policy.RouteMode, rows ...record.Vehicle) ledger.Run {
	b.T.Helper()
	if len(rows) == 0 {
		rows = []record.Vehicle{Car()}
	}
	setMode(b.Policy, m)
	return b.Plan(Only(record.DatasetMaintenance), rows...)
}

// ResolveAgain does what is done before the lookups of a run that are planned are sent.
func (b *Fixture) ResolveAgain(run ledger.Run) {
	b.T.Helper()
	r := resolve.New(b.Ledger, b.Policy)
	for range 4 { // one that comes to another vendor is looked at there
		work, err := b.Ledger.PlannedWork(context.Background(), run, 0, 100)
		b.Must(err)
		for _, w := range work {
			w.Contested = true
			step, movesOn, err := r.LastLook(context.Background(), w)
			b.Must(err)
			if movesOn {
				b.Must(b.Ledger.Advance(step))
			}
		}
	}
}
