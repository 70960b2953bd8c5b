package pipeline

import (
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// A correction takes over what each vendor has come to, and asks again only
// the one that failed; nothing that was paid or is in doubt is bought again.
func TestCorrectWhatSeveralVendorsSaid(t *testing.T) {
	t.Parallel()
	m := record.DatasetMaintenance
	at := []lookupAt{{1, m}}
	broken := with(car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColVIN, Reason: "wrong"}} })
	engine := func(v *record.Vehicle) { v.EngineNo = "0071235" }
	for _, c := range []struct {
		name   string
		row    record.Vehicle
		acme   string // "" is not sent
		named  []lookupAt
		change func(*record.Vehicle)
		want   string
	}{
		{"one was refused, and the row is as it was", car(), "refused no", at, nil, "maintenance acme failed submit rejected: refused no | maintenance bolt found"},
		{"one was refused, and the row is corrected", car(), "refused no", at, engine, "maintenance acme planned | maintenance bolt found"},
		{"one was refused, and nothing is named", car(), "refused no", nil, nil, "maintenance acme failed submit rejected: refused no | maintenance bolt found"},
		{"one is in doubt", car(), "unknown", at, engine, "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown | maintenance bolt found"},
		{"both have answered", car(), "no_record yes", at, engine, "maintenance acme no_record | maintenance bolt found"},
		{"another vehicle by now", car(), "answered yes", at, vin(vinB), "maintenance acme planned | maintenance bolt planned"},
		{"nobody could be asked", broken, "", at, vin(vinB), "maintenance acme planned | maintenance bolt planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			base := b.reports(RouteAll, c.row)
			if c.acme != "" {
				b.buy(base, "acme", c.acme)
				b.buy(base, "bolt", "answered yes")
			}
			b.now = b.now.Add(always / 100)
			change := map[int64]func(*record.Vehicle){}
			if c.change != nil {
				change[1] = c.change
			}
			run := b.correct(b.finish(base), []record.Dataset{m}, c.named, change)
			b.wants(run, "1 | "+c.want+"\n")
			if row := b.rows(run)[0]; len(row.Lookups) == 2 && (row.Lookups[0].Lookup.Lead == 0 || row.Lookups[0].Lookup.Lead != row.Lookups[1].Lookup.Lead) {
				t.Errorf("they do not stand beside each other: %+v", []ledger.Lookup{row.Lookups[0].Lookup, row.Lookups[1].Lookup})
			}
		})
	}
}
