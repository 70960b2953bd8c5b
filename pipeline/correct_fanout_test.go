package pipeline_test

import (
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
)

// A correction takes over what each vendor has come to, and asks again only
// the one that failed; nothing that was paid or is in doubt is bought again.
func TestCorrectWhatSeveralVendorsSaid(t *testing.T) {
	t.Parallel()
	m := record.DatasetMaintenance
	at := []stagetest.LookupAt{{Row: 1, Dataset: m}}
	broken := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColVIN, Reason: "wrong"}} })
	engine := func(v *record.Vehicle) { v.EngineNo = "0071235" }
	for _, c := range []struct {
		name   string
		row    record.Vehicle
		acme   string // "" is not sent
		named  []stagetest.LookupAt
		change func(*record.Vehicle)
		want   string
	}{
		{"one was refused, and the row is as it was", stagetest.Car(), "refused no", at, nil, "maintenance acme failed submit rejected: refused no | maintenance bolt found"},
		{"one was refused, and the row is corrected", stagetest.Car(), "refused no", at, engine, "maintenance acme planned | maintenance bolt found"},
		{"one was refused, and nothing is named", stagetest.Car(), "refused no", nil, nil, "maintenance acme failed submit rejected: refused no | maintenance bolt found"},
		{"one is in doubt", stagetest.Car(), "unknown", at, engine, "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown | maintenance bolt found"},
		{"both have answered", stagetest.Car(), "no_record yes", at, engine, "maintenance acme no_record | maintenance bolt found"},
		{"another vehicle by now", stagetest.Car(), "answered yes", at, vin(vinB), "maintenance acme planned | maintenance bolt planned"},
		{"nobody could be asked", broken, "", at, vin(vinB), "maintenance acme planned | maintenance bolt planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			base := b.Reports(policy.RouteAll, c.row)
			if c.acme != "" {
				b.Buy(base, "acme", c.acme)
				b.Buy(base, "bolt", "answered yes")
			}
			b.Now = b.Now.Add(always / 100)
			change := map[int64]func(*record.Vehicle){}
			if c.change != nil {
				change[1] = c.change
			}
			run := b.Correct(b.Finish(base), []record.Dataset{m}, c.named, change)
			b.Wants(run, "1 | "+c.want+"\n")
			if row := b.Rows(run)[0]; len(row.Lookups) == 2 && (row.Lookups[0].Lookup.GroupID == 0 || row.Lookups[0].Lookup.GroupID != row.Lookups[1].Lookup.GroupID) {
				t.Errorf("they do not stand beside each other: %+v", []ledger.Lookup{row.Lookups[0].Lookup, row.Lookups[1].Lookup})
			}
		})
	}
}
