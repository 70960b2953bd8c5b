package report

import (
	"strings"
	"testing"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Two vendors' reports are one vehicle: counted once, with who says what.
func TestReportsOfSeveralVendorsAreOneVehicle(t *testing.T) {
	t.Parallel()
	yes, no := record.Some(true), record.Some(false)
	day := date(t, "2023-10-06")
	visits := []record.Visit{{Seq: 1, Date: day, MileageKM: record.Some(int64(50000)), Content: "更换机油"},
		{Seq: 2, Date: record.Some(day.V + 9), MileageKM: record.Some(int64(30000)), MileageDeltaKM: record.Some(int64(-20000)), Rollback: yes, Content: "前保险杠喷漆"}}
	r := fed(t, messages.English, 5, func(r *Report) {
		must(t, r.Vehicle(row(1)))
		must(t, r.Report(sinks.ReportRow{VehicleID: "v1", Vendor: "acme", Problems: []string{"structural: acme false, bolt true"},
			Report:  record.Report{Brand: "大众", Structural: no, Fire: yes, OdometerNormal: yes, Visits: visits[:1]},
			Records: []sinks.VisitRecord{{Vendor: "acme,bolt", Visit: visits[0]}, {Vendor: "bolt", Visit: visits[1]}}}))
		must(t, r.Report(sinks.ReportRow{VehicleID: "v1", Vendor: "bolt", Problems: []string{"structural: acme false, bolt true"},
			Report: record.Report{Structural: yes, Fire: yes, OdometerNormal: no, Visits: visits}, Records: []sinks.VisitRecord{}}))
	})
	text := rendered(t, r)
	for _, want := range []string{"Reported as burnt (acme, bolt)", "Structural parts were repaired (bolt)", "The odometer ran back by 20,000 km on 2023-10-15",
		"2 visits", "<td>acme, bolt</td>", "<td>bolt</td>", "structural: acme false, bolt true", "of 1 vehicle with a report, 2 visits"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(text, "structural: acme false, bolt true"); n != 1 {
		t.Errorf("a remark stands there %d times", n)
	}
	if got := r.Totals(); got.Reports != 1 || got.Visits != 2 || got.RolledBack != 1 || got.RollbackVisits != 1 || got.Fire != 1 || got.Structural != 1 || got.OdometerAbnormal != 1 {
		t.Errorf("the totals are %+v", got)
	}
}
