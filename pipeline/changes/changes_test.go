package changes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

func day(t testing.TB, text string) record.Opt[record.Date] {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	d, err := record.NewDate(at.Date())
	if err != nil {
		t.Fatal(err)
	}
	return record.Some(d)
}

func km(n int64) record.Opt[int64] { return record.Some(n) }

// at is a moment in China's words.
func at(t testing.TB, text string) record.Opt[time.Time] {
	t.Helper()
	v, err := time.ParseInLocation(time.DateTime, text, record.China())
	if err != nil {
		t.Fatal(err)
	}
	return record.Some(v.UTC())
}

func found(vendor string, a record.Answer) Said {
	return Said{Status: record.Found, Vendor: vendor, Answer: a}
}

func violations(list ...record.Violation) Said {
	return found("wapi", record.Answer{Violations: append([]record.Violation{}, list...)})
}

func report(vendor string, r record.Report) Said {
	normalise.FinishReport(&r)
	return found(vendor, record.Answer{Report: &r})
}

// told is what a test looks at of changes.
func told(list []record.Change) string {
	var lines []string
	for _, c := range list {
		line := fmt.Sprintf("%s: %s: %q to %q", c.Kind, c.What, c.Before, c.After)
		if c.Amount.OK {
			line += " ¥" + c.Amount.V.String()
		}
		if c.On.OK {
			line += " on " + c.On.V.String()
		}
		if c.Seq > 0 {
			line += fmt.Sprintf(" seq %d", c.Seq)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

type comparison struct {
	before, after Said
	want          string
}

func check(t *testing.T, cases map[string]comparison) {
	t.Helper()
	for name, c := range cases {
		if got := told(Compare(c.before, c.after)); got != strings.TrimSpace(c.want) {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	old := record.Violation{Seq: 1, OccurredAt: at(t, "2026-10-01 23:30:00"), Code: "1345", Action: "压线", Address: "中山路 与 和平街", Fine: record.Some[record.Fen](10000),
		Points: km(1), Status: record.UnprocessedUnpaid, HandleNo: "h1"}
	with := func(change func(*record.Violation)) record.Violation {
		v := old
		change(&v)
		return v
	}
	young := record.Violation{Seq: 2, OccurredAt: at(t, "2026-11-02 00:10:00"), Code: "1208", Address: "长江路", Fine: record.Some[record.Fen](15000), Status: record.UnprocessedUnpaid}
	reworded := with(func(v *record.Violation) {
		v.Address, v.HandleNo, v.DecisionNo = "中山路与和平街。", "h2", "d1"
	})
	paid := with(func(v *record.Violation) { v.Status, v.DecisionNo = record.ProcessedPaid, "d9" })
	check(t, map[string]comparison{
		"the same":       {violations(old), violations(old), ""},
		"none, still":    {violations(), violations(), ""},
		"another order":  {violations(old, young), violations(young, old), ""},
		"told otherwise": {violations(old), violations(reworded), ""},
		"new":            {violations(old), violations(old, young), `violation_new: 2026-11-02 00:10:00 1208 长江路: "" to "unprocessed_unpaid" ¥150.00 on 2026-11-02 seq 2`},
		"gone":           {violations(old, young), violations(old), `violation_gone: 2026-11-02 00:10:00 1208 长江路: "unprocessed_unpaid" to "" ¥150.00 on 2026-11-02`},
		"paid":           {violations(old), violations(paid), `violation_paid: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "processed_paid" ¥100.00 on 2026-10-01 seq 1`},
		"processed": {violations(old), violations(with(func(v *record.Violation) { v.Status = record.ProcessedUnpaid })),
			`violation_processed: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "processed_unpaid" ¥100.00 on 2026-10-01 seq 1`},
		"open again": {violations(paid), violations(old),
			`violation_reopened: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "processed_paid" to "unprocessed_unpaid" ¥100.00 on 2026-10-01 seq 1`},
		"a status that is not known is no turn": {violations(old), violations(with(func(v *record.Violation) { v.Status = "" })), ""},
		"another fine": {violations(old), violations(with(func(v *record.Violation) { v.Fine, v.Points = record.Some[record.Fen](20000), km(3) })),
			`violation_changed: fine_cny of 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "100.00" to "200.00" ¥200.00 on 2026-10-01 seq 1
violation_changed: points of 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "1" to "3" ¥200.00 on 2026-10-01 seq 1`},
		"a fine that is not named is none":      {violations(old), violations(with(func(v *record.Violation) { v.Fine = record.Opt[record.Fen]{} })), ""},
		"the moment corrected, the number kept": {violations(old), violations(with(func(v *record.Violation) { v.OccurredAt = at(t, "2026-10-01 23:31:00") })), ""},
		"a number that all have says nothing": {
			violations(with(func(v *record.Violation) { v.HandleNo = "0" })),
			violations(with(func(v *record.Violation) { v.HandleNo, v.OccurredAt, v.Seq = "0", at(t, "2026-09-01 08:00:00"), 1 }),
				with(func(v *record.Violation) { v.HandleNo, v.Status, v.Seq = "0", record.ProcessedPaid, 2 })),
			`violation_new: 2026-09-01 08:00:00 1345 压线 中山路 与 和平街: "" to "unprocessed_unpaid" ¥100.00 on 2026-09-01 seq 1
violation_paid: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "processed_paid" ¥100.00 on 2026-10-01 seq 2`},
		"a number that two have is no sign of either": {
			violations(with(func(v *record.Violation) { v.HandleNo, v.Code = "0", "1" }), with(func(v *record.Violation) { v.HandleNo, v.Code = "0", "2" })),
			violations(with(func(v *record.Violation) { v.HandleNo, v.Code, v.Seq = "0", "3", 1 }), with(func(v *record.Violation) { v.HandleNo, v.Code, v.Seq = "0", "4", 2 })),
			`violation_new: 2026-10-01 23:30:00 3 压线 中山路 与 和平街: "" to "unprocessed_unpaid" ¥100.00 on 2026-10-01 seq 1
violation_new: 2026-10-01 23:30:00 4 压线 中山路 与 和平街: "" to "unprocessed_unpaid" ¥100.00 on 2026-10-01 seq 2
violation_gone: 2026-10-01 23:30:00 1 压线 中山路 与 和平街: "unprocessed_unpaid" to "" ¥100.00 on 2026-10-01
violation_gone: 2026-10-01 23:30:00 2 压线 中山路 与 和平街: "unprocessed_unpaid" to "" ¥100.00 on 2026-10-01`},
		"two alike become three": {violations(old, old), violations(old, old, with(func(v *record.Violation) { v.Seq = 3 })),
			`violation_new: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "" to "unprocessed_unpaid" ¥100.00 on 2026-10-01 seq 3`},
		"three alike become one, paid": {violations(old, old, old), violations(paid),
			`violation_paid: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "processed_paid" ¥100.00 on 2026-10-01 seq 1
violation_gone: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "" ¥100.00 on 2026-10-01
violation_gone: 2026-10-01 23:30:00 1345 压线 中山路 与 和平街: "unprocessed_unpaid" to "" ¥100.00 on 2026-10-01`},
		"of another vendor, what it does not list is not gone": {violations(old, young), found("other", record.Answer{Violations: []record.Violation{young}}), ""},
	})
}

func TestVisits(t *testing.T) {
	t.Parallel()
	first := record.Visit{Date: day(t, "2020-05-01"), MileageKM: km(10000), Type: record.Service, Content: "更换机油机滤, 检查制动"}
	second := record.Visit{Date: day(t, "2021-05-01"), MileageKM: km(22000), Type: record.Repair, Content: "更换前保险杠", Amount: record.Some[record.Fen](88000)}
	back := record.Visit{Date: day(t, "2022-05-01"), MileageKM: km(15000), Type: record.Service, Content: "保养"}
	more := record.Visit{Date: day(t, "2022-09-01"), MileageKM: km(18000), Type: record.Service, Content: "保养"}
	of := func(vendor string, v ...record.Visit) Said { return report(vendor, record.Report{Visits: v}) }
	silent, reworded, unread := first, first, first
	silent.Content, reworded.Content, unread.MileageKM = "", "机油、机滤更换；制动检查", record.Opt[int64]{}
	other := unread
	other.Content, other.Type = "年检", record.Inspection
	part := first
	part.Content = "年检"
	check(t, map[string]comparison{
		"the same":            {of("a", first, second), of("a", first, second), ""},
		"another order":       {of("a", first, second), of("a", second, first), ""},
		"new":                 {of("a", first), of("a", first, second), `visit_new: 2021-05-01 repair 22000 km: "" to "更换前保险杠" ¥880.00 on 2021-05-01 seq 2`},
		"gone":                {of("a", first, second), of("a", first), `visit_gone: 2021-05-01 repair 22000 km: "更换前保险杠" to "" ¥880.00 on 2021-05-01`},
		"the text came later": {of("a", silent), of("a", first), ""},
		"the text reworded":   {of("a", first), of("a", reworded), ""},
		"the reading came":    {of("a", unread), of("a", first), ""},
		"another one that day": {of("a", first), of("a", first, other),
			`visit_new: 2020-05-01 inspection: "" to "年检" on 2020-05-01 seq 2`},
		"another one instead, that day": {of("a", unread), of("a", part),
			`visit_new: 2020-05-01 service 10000 km: "" to "年检" on 2020-05-01 seq 1
visit_gone: 2020-05-01 service: "更换机油机滤, 检查制动" to "" on 2020-05-01`},
		"twice now":                        {of("a", first), of("a", first, first), `visit_new: 2020-05-01 service 10000 km: "" to "更换机油机滤, 检查制动" on 2020-05-01 seq 2`},
		"in parts, by the same vendor":     {of("a", first), of("a", first, part), `visit_new: 2020-05-01 service 10000 km: "" to "年检" on 2020-05-01 seq 2`},
		"in parts, by another vendor":      {of("a", first), of("b", first, part), ""},
		"another vendor knows less":        {of("a", first, second), of("b", second), ""},
		"another vendor, in its own words": {of("a", first, second), of("b", reworded, second), ""},
		"went back": {of("a", first, second), of("a", first, second, back),
			`visit_new: 2022-05-01 service 15000 km: "" to "保养" on 2022-05-01 seq 3
odometer_back: visit of 2022-05-01: "22000" to "15000" on 2022-05-01 seq 3`},
		"went back long ago": {of("a", first, second, back), of("a", first, second, back, more), `visit_new: 2022-09-01 service 18000 km: "" to "保养" on 2022-09-01 seq 4`},
		"found to have gone back": {of("a", second, more), of("b", second, back, more), `visit_new: 2022-05-01 service 15000 km: "" to "保养" on 2022-05-01 seq 2
odometer_back: visit of 2022-05-01: "22000" to "15000" on 2022-05-01 seq 2`},
		"an old reading was changed": {of("a", first, second, more), of("a", first, record.Visit{Date: second.Date, MileageKM: km(17000), Type: second.Type, Content: second.Content}, more),
			`visit_new: 2021-05-01 repair 17000 km: "" to "更换前保险杠" on 2021-05-01 seq 2
visit_gone: 2021-05-01 repair 22000 km: "更换前保险杠" to "" ¥880.00 on 2021-05-01`},
	})
}

func TestFlagsAndPrices(t *testing.T) {
	t.Parallel()
	yes, no := record.Some(true), record.Some(false)
	worth := func(buy, private record.Opt[record.Fen]) Said {
		return found("wapi", record.Answer{Valuation: &record.Valuation{ModelName: "朗逸", DealerBuy: buy, Private: private}})
	}
	fen := record.Some[record.Fen]
	check(t, map[string]comparison{
		"turned": {report("a", record.Report{Fire: no, Flood: no, Structural: no, Component: yes, Exterior: no, Accident: no, OdometerNormal: yes}),
			report("b", record.Report{Fire: yes, Flood: no, Structural: yes, Component: no, Exterior: yes, Accident: yes, OdometerNormal: no}),
			`flag_turned: fire: "false" to "true"
flag_turned: structural: "false" to "true"
flag_turned: component: "true" to "false"
flag_turned: exterior: "false" to "true"
flag_turned: accident: "false" to "true"
flag_turned: odometer_normal: "true" to "false"`},
		"not said, then said": {report("a", record.Report{Flood: yes}), report("b", record.Report{Fire: yes}), ""},
		"moved": {worth(fen(1000000), fen(1100000)), worth(fen(950050), fen(1100000)),
			`valuation_moved: dealer_buy_cny: "10000.00" to "9500.50" ¥-499.50`},
		"a price that was not named": {worth(record.Opt[record.Fen]{}, fen(5)), worth(fen(3), fen(5)), ""},
	})
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	none := Said{Status: record.NoRecord, Vendor: "b"}
	visits := report("a", record.Report{Visits: []record.Visit{{MileageKM: km(5)}}})
	check(t, map[string]comparison{
		"found":                 {none, visits, `record_found: 1 visit: "no_record" to "found"`},
		"lost":                  {visits, none, `record_lost: 1 visit: "found" to "no_record"`},
		"still nothing":         {none, none, ""},
		"no answer":             {visits, Said{Status: record.Failed}, ""},
		"found, two violations": {none, violations(record.Violation{}, record.Violation{}), `record_found: 2 violations: "no_record" to "found"`},
	})
}

func TestAsked(t *testing.T) {
	t.Parallel()
	before := record.Vehicle{ModelID: "1", MileageKM: km(30000), Plate: "粤AJ44E6"}
	after := record.Vehicle{ModelID: "1", MileageKM: km(36000), Condition: record.Condition{Color: "2"}}
	if got, want := Asked(&before, &after), "asked with mileage_km 36000, before 30000; color 2, before none"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Asked(&before, &before); got != "" {
		t.Errorf("the same question differs: %s", got)
	}
}

// Every kind of change is listed, so that documents and summaries name it.
func TestKindsAreListed(t *testing.T) {
	t.Parallel()
	if n := len(slices.Compact(slices.Sorted(slices.Values(record.ChangeKinds())))); n != 13 {
		t.Errorf("%d kinds", n)
	}
}
