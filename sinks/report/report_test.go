package report

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

func date(t *testing.T, text string) record.Opt[record.Date] {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return record.Some(record.Date(at.Unix() / (24 * 60 * 60)))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fed(t testing.TB, lang messages.Lang, top int, feed func(*Report)) *Report {
	t.Helper()
	r, err := New(Options{Lang: lang, Top: top}, Facts{Manifest: sinks.Manifest{RunID: "R1", Complete: true, Input: sinks.Input{Path: "/home/me/fleet.csv"}}})
	must(t, err)
	feed(r)
	return r
}

func rendered(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	must(t, r.Render(&b))
	return b.String()
}

func row(n int64) sinks.VehicleRow {
	return sinks.VehicleRow{VehicleID: fmt.Sprint("v", n), Vehicle: record.Vehicle{Row: n, VIN: fmt.Sprintf("LSVAM4187C2%06d", n)},
		Maintenance: record.Found, Valuation: record.NotRequested, Violations: record.NotRequested}
}

// dire is a vehicle with every reason there is.
func dire(t testing.TB, r *Report, n int64, day record.Opt[record.Date]) {
	t.Helper()
	yes, back := record.Some(true), record.Some(int64(-11441))
	must(t, r.Vehicle(row(n)))
	must(t, r.Report(sinks.ReportRow{VehicleID: fmt.Sprint("v", n), Vendor: "acme", Report: record.Report{Brand: "大众", Fire: yes, Flood: yes, Structural: yes,
		Component: yes, Accident: yes, AccidentGrade: "B", FirstVisit: day, LastVisit: day, LastMileageKM: record.Some(int64(46255)),
		Visits: []record.Visit{{Seq: 1, Date: day, MileageKM: record.Some(int64(57696)), Type: record.Service, Structural: yes, Component: yes, Exterior: yes},
			{Seq: 2, Date: record.Some(day.V + 1), MileageKM: record.Some(int64(46255)), MileageDeltaKM: back, Rollback: yes, Type: record.Repair}}}}))
	must(t, r.Valuation(sinks.ValuationRow{VehicleID: fmt.Sprint("v", n), Asked: record.Vehicle{}.With([]record.Derived{
		{Column: record.ColMileageKM, Value: "47000", Source: "46255 km on 2023-10-07"}, {Column: record.ColAccident, Value: "3"}}), Valuation: record.Valuation{DealerBuy: record.Some(record.Fen(6660000)),
		Private: record.Some(record.Fen(7040000)), DealerSell: record.Some(record.Fen(7410000)), NewPrice: record.Some(record.Fen(35800000))}}))
	for i, s := range []record.ViolationStatus{record.UnprocessedUnpaid, record.ProcessedUnpaid, record.ProcessedPaid} {
		must(t, r.Violation(sinks.ViolationRow{VehicleID: fmt.Sprint("v", n), Violation: record.Violation{Seq: i + 1, Fine: record.Some(record.Fen(20000)),
			Points: record.Some(int64(6)), Status: s, Action: "超速"}}))
	}
}

func TestReasonsAreSaidInWords(t *testing.T) {
	t.Parallel()
	for lang, want := range map[messages.Lang][]string{
		messages.English: {"Reported as burnt", "Reported as flooded", "The odometer ran back by 11,441 km on 2023-10-07", "Structural parts were repaired",
			"Accident reported: B", "Important components were repaired", "2 unpaid violations: ¥400.00 in fines, 12 points", "2 unpaid violations, 1 of them unprocessed · 12 points", "Unpaid fines",
			">unprocessed<", ">processed, unpaid<",
			"Has lost 80% of its list price (¥358,000 → ¥70,400)", "asked with mileage_km 47000, from its maintenance record"},
		messages.Chinese: {"有火烧记录", "有泡水记录", "2023-10-07 里程表回退 11,441 公里", "结构件曾维修", "有事故记录：B", "重要部件曾维修",
			"2 条未缴款违章：罚款 ¥400.00，扣 12 分", "2 条未缴款违章（其中 1 条未处理） · 12 分", "未缴款罚款", "较指导价贬值 80%（¥358,000 → ¥70,400）", "估值所用 mileage_km 47000 取自维修保养记录"},
	} {
		r := fed(t, lang, 5, func(r *Report) { dire(t, r, 1, date(t, "2023-10-06")) })
		text := rendered(t, r)
		for _, sentence := range want {
			if !strings.Contains(text, sentence) {
				t.Errorf("%s: the page does not say %q", lang, sentence)
			}
		}
		if totals := r.Totals(); totals.Attention != 1 || totals.UnpaidPoints != 12 || totals.UnpaidFines != 40000 || totals.Unpaid != 2 || totals.Unprocessed != 1 || totals.Violations != 3 || totals.RollbackVisits != 1 {
			t.Errorf("the totals are %+v", totals)
		}
	}
}

func TestOdometerReasons(t *testing.T) {
	t.Parallel()
	day, back := date(t, "2024-02-29"), func(km int64) record.Visit {
		return record.Visit{Rollback: record.Some(true), Date: record.Some(record.Date(20000)), MileageDeltaKM: record.Some(-km)}
	}
	w, err := newWords(messages.English)
	must(t, err)
	for _, c := range []struct {
		report record.Report
		want   string
	}{
		{record.Report{}, ""},
		{record.Report{OdometerNormal: record.Some(true), Visits: []record.Visit{{Date: day}}}, ""},
		{record.Report{OdometerNormal: record.Some(false)}, "The vendor calls its odometer abnormal"},
		{record.Report{Visits: []record.Visit{back(5), back(700), back(60)}}, "The odometer ran back 3 times, by 700 km at most (2024-10-04)"},
		{record.Report{Visits: []record.Visit{{Rollback: record.Some(true)}}}, "The odometer ran back"},
		{record.Report{Visits: []record.Visit{{Rollback: record.Some(true)}, {Rollback: record.Some(true)}}}, "The odometer ran back 2 times"},
	} {
		var said []string
		for _, why := range odometerReasons(&c.report) {
			text, err := w.say(why.key, why.args...)
			must(t, err)
			said = append(said, text)
		}
		if got := strings.Join(said, "; "); got != c.want {
			t.Errorf("said %q, want %q", got, c.want)
		}
	}
}

// Unknown is not a finding, and a settled violation is nothing to do.
func TestNothingIsMadeOfTheUnknown(t *testing.T) {
	t.Parallel()
	r := fed(t, messages.English, 5, func(r *Report) {
		must(t, r.Vehicle(row(1)))
		must(t, r.Report(sinks.ReportRow{VehicleID: "v1"}))
		must(t, r.Valuation(sinks.ValuationRow{VehicleID: "v1", Valuation: record.Valuation{NewPrice: record.Some(record.Fen(100))}}))
		must(t, r.Violation(sinks.ViolationRow{VehicleID: "v1", Violation: record.Violation{Status: record.ProcessedPaid, Points: record.Some(int64(12))}}))
		must(t, r.Violation(sinks.ViolationRow{VehicleID: "v1"}))
	})
	text := rendered(t, r)
	if r.Totals().Attention != 0 || !strings.Contains(text, "No vehicle needs attention") {
		t.Errorf("a vehicle of which nothing is known needs attention: %+v", r.Totals())
	}
}

// Rows without any answer, and duplicates, are counted and not lost.
func TestEveryRowIsCounted(t *testing.T) {
	t.Parallel()
	r := fed(t, messages.English, 5, func(r *Report) {
		bare := row(2)
		bare.Maintenance = record.Failed
		copied := row(3)
		copied.DuplicateOf = record.Some(int64(1))
		for _, v := range []sinks.VehicleRow{row(1), bare, copied} {
			must(t, r.Vehicle(v))
		}
	})
	text := rendered(t, r)
	got := r.Totals()
	if got.Rows != 3 || got.Answered != 1 || got.Unanswered != 1 || got.Duplicates != 1 || got.Statuses[record.DatasetMaintenance][record.Found] != 2 {
		t.Errorf("the totals are %+v", got)
	}
	if !strings.Contains(text, "1 answered · 1 without any answer") || !strings.Contains(text, "1 row repeats another") {
		t.Error("the page does not say how many rows have no answer")
	}
}

// A sum over what nobody was asked, or what nobody knew, is not zero.
func TestWhatIsNotKnownIsNotZero(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked       record.Dataset
		status      record.Status
		known, none []string // totals with a value, and without
		said        map[string]int
	}{
		{record.DatasetViolations, record.Found, []string{"fines"}, []string{"rolled_back", "structural", "value"}, map[string]int{"not asked in this run": 3, "本批次未查询": 3}},
		{record.DatasetMaintenance, record.Found, []string{"rolled_back", "structural"}, []string{"fines", "value"}, map[string]int{"not asked in this run": 2, "本批次未查询": 2}},
		{record.DatasetValuation, record.Found, nil, []string{"fines", "rolled_back", "structural", "value"}, map[string]int{"not asked in this run": 3, "no answer was found": 1, "未查得结果": 1}},
		{record.DatasetViolations, record.Failed, nil, []string{"fines", "rolled_back", "structural", "value"}, map[string]int{"not asked in this run": 3, "no answer was found": 1}},
	} {
		var pages string
		for _, lang := range []messages.Lang{messages.English, messages.Chinese} {
			pages += rendered(t, fed(t, lang, 5, func(r *Report) {
				v := row(1)
				v.Maintenance = record.NotRequested
				*map[record.Dataset]*record.Status{record.DatasetMaintenance: &v.Maintenance, record.DatasetValuation: &v.Valuation, record.DatasetViolations: &v.Violations}[c.asked] = c.status
				must(t, r.Vehicle(v))
			}))
		}
		for _, name := range c.known {
			if !strings.Contains(pages, fmt.Sprintf(`data-total=%q data-value="`, name)) {
				t.Errorf("%s %s: no total %s", c.asked, c.status, name)
			}
		}
		for _, name := range c.none {
			if strings.Count(pages, fmt.Sprintf(`data-total=%q>–<`, name)) != 2 {
				t.Errorf("%s %s: total %s is no dash", c.asked, c.status, name)
			}
		}
		for words, n := range c.said {
			if got := strings.Count(pages, words); got != n {
				t.Errorf("%s %s: %q stands there %d times, want %d", c.asked, c.status, words, got, n)
			}
		}
	}
}

// What is kept is what sorting all vehicles would keep, and no more.
func TestWorstProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 60).Draw(t, "scores")
		limit := rapid.IntRange(0, 12).Draw(t, "limit")
		kept := worst{limit: limit}
		var all []*vehicle
		for i, score := range scores {
			v := &vehicle{score: score}
			v.Vehicle.Row = int64(i)
			all = append(all, v)
			kept.offer(v)
			if len(kept.kept) > limit {
				t.Fatalf("%d vehicles are kept, the limit is %d", len(kept.kept), limit)
			}
		}
		slices.SortFunc(all, heavier)
		if want := all[:min(limit, len(all))]; !slices.Equal(kept.sorted(), want) {
			t.Fatalf("of %v with limit %d the wrong ones are kept", scores, limit)
		}
	})
}

func TestTopBoundsTheDetail(t *testing.T) {
	t.Parallel()
	for top, want := range map[int]int{0: 0, 2: 2, 9: 5} {
		r := fed(t, messages.English, top, func(r *Report) {
			for n := range int64(5) {
				dire(t, r, n+1, date(t, "2023-10-06"))
			}
		})
		text := rendered(t, r)
		if got := strings.Count(text, `<article class="car"`); got != want {
			t.Errorf("--top %d shows %d vehicles, want %d", top, got, want)
		}
		if hidden := 5 - want; hidden > 0 && !strings.Contains(text, fmt.Sprintf("%d more vehicles have reasons", hidden)) {
			t.Errorf("--top %d does not say that %d are left out", top, hidden)
		}
	}
}

// Whatever a vendor or an input holds, it is text.
func TestVendorsTextsAreEscaped(t *testing.T) {
	t.Parallel()
	const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)>'"&{{.}}`
	r := fed(t, messages.English, 5, func(r *Report) {
		v := row(1)
		v.Vehicle.VIN, v.Vehicle.Plate, v.Problems = evil, evil, []string{evil}
		must(t, r.Vehicle(v))
		day := date(t, "2023-10-06")
		must(t, r.Report(sinks.ReportRow{VehicleID: "v1", Vendor: evil, Problems: []string{evil}, Report: record.Report{Brand: evil, Model: evil,
			Accident: record.Some(true), AccidentGrade: evil, Visits: []record.Visit{{Date: day, MileageKM: record.Some(int64(1)), Type: record.Other, Content: evil},
				{Date: day, MileageKM: record.Some(int64(2)), Type: record.Other, Content: evil}}}}))
		must(t, r.Violation(sinks.ViolationRow{VehicleID: "v1", Violation: record.Violation{Status: record.UnprocessedUnpaid, Action: evil, Address: evil, City: evil}}))
		must(t, r.Failure(sinks.FailureRow{VehicleID: "v1", VIN: evil, Class: record.MissingInput, Code: evil, Message: evil, Vendor: evil, Billed: "no", Dataset: record.DatasetValuation}))
	})
	r.facts.Manifest.Input.Path, r.facts.Manifest.RunID = evil, evil
	r.facts.Coverage = []Coverage{{Dataset: record.DatasetMaintenance, Vendor: evil, Counts: map[record.Status]int64{record.Found: 1}}}
	r.facts.Money = []Money{{Vendor: evil, Dataset: record.DatasetMaintenance}}
	text := rendered(t, r)
	for _, bad := range []string{"<script>alert", "<img", "onerror=alert(2)>'\"", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	if scripts := strings.Count(text, "</script>"); scripts != 3 {
		t.Errorf("the page ends %d scripts, want 3", scripts)
	}
}

// The page asks the network for nothing, and holds no path of the machine.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	text := rendered(t, fed(t, messages.Chinese, 5, func(r *Report) { dire(t, r, 1, date(t, "2023-10-06")) }))
	for _, bad := range []string{" src=", "@import", "url(", "<link", "/home/me", "://"} {
		body := text
		if bad == "://" { // the library's banner names its home
			body = strings.ReplaceAll(text, "https://github.com/leeoniya/uPlot", "")
		}
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(text, "default-src &#39;none&#39;") {
		t.Error("the page has no policy")
	}
}

// The page is handed on with the work of others, whose notice goes along.
func TestNoticeOfThePlotsIsInside(t *testing.T) {
	t.Parallel()
	text := rendered(t, fed(t, messages.English, 5, func(*Report) {}))
	for _, want := range []string{"Copyright (c) 2022 Leon Sorokin", "The above copyright notice and this permission notice shall be included"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestSameRowsSameBytes(t *testing.T) {
	t.Parallel()
	feed := func(r *Report) {
		for n := range int64(3) {
			dire(t, r, n+1, date(t, "2023-10-06"))
			for _, class := range record.Classes() {
				must(t, r.Failure(sinks.FailureRow{VehicleID: fmt.Sprint("v", n+1), Class: class, Billed: "no", Dataset: record.DatasetValuation}))
			}
		}
	}
	first := rendered(t, fed(t, messages.English, 5, feed))
	synctest.Test(t, func(t *testing.T) { // at another time
		time.Sleep(1000 * time.Hour)
		if rendered(t, fed(t, messages.English, 5, feed)) != first {
			t.Error("the same rows give other bytes")
		}
	})
}

func TestRowsOutOfPlace(t *testing.T) {
	t.Parallel()
	r := fed(t, messages.English, 5, func(r *Report) { must(t, r.Vehicle(row(1))) })
	if r.Report(sinks.ReportRow{VehicleID: "v2"}) == nil {
		t.Fatal("a report of another vehicle is taken")
	}
	if r.Vehicle(row(2)) == nil || r.Render(&bytes.Buffer{}) == nil {
		t.Error("after an error rows are taken")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Lang: "fr"}, {Lang: messages.English, Top: -1}} {
		if _, err := New(o, Facts{}); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// Bounds hold whatever a vendor sends.
func TestLongHistoriesAreCut(t *testing.T) {
	t.Parallel()
	const many = 20000
	day := date(t, "2020-01-01")
	r := fed(t, messages.English, 5, func(r *Report) {
		must(t, r.Vehicle(row(1)))
		visits := make([]record.Visit, many)
		for i := range visits {
			visits[i] = record.Visit{Seq: i + 1, Date: record.Some(day.V + record.Date(i)), MileageKM: record.Some(int64(i)), Type: record.Service, Content: strings.Repeat("长", 5000)}
		}
		must(t, r.Report(sinks.ReportRow{VehicleID: "v1", Report: record.Report{Fire: record.Some(true), Visits: visits}}))
	})
	text := rendered(t, r)
	if len(text) > 600_000 || !strings.Contains(text, "20,000 visits") || !strings.Contains(text, "19,880 older ones") {
		t.Errorf("a page of %d bytes", len(text))
	}
	if r.Totals().Visits != many {
		t.Errorf("%d visits are counted", r.Totals().Visits)
	}
}

// Every message that a template or a finding asks for is in the catalogue.
func TestMessagesAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	w, err := newWords(messages.English)
	must(t, err)
	keys := map[string]bool{}
	for _, name := range []string{"page", "sections", "car"} {
		text, err := assets.ReadFile("assets/" + name + ".html")
		must(t, err)
		for _, m := range regexp.MustCompile(`\b(?:t|rich) "([a-z_0-9]+)"`).FindAllSubmatch(text, -1) {
			keys[string(m[1])] = true
		}
	}
	if len(keys) < 60 {
		t.Errorf("the templates ask for %d messages: is the search broken?", len(keys))
	}
	for _, b := range []string{"yes", "no", "unknown"} {
		for _, c := range record.Classes() {
			for _, code := range []string{"", "plate engine_no"} {
				step, args := (&failureGroup{failureKey: failureKey{class: c, billed: b, code: code}}).step(w)
				keys[step] = true
				if text, err := w.say(step, args...); err != nil || strings.Contains(text, "%!") {
					t.Errorf("%s says %q: %v", step, text, err)
				}
			}
		}
	}
	for key := range keys {
		if !w.Has(key) {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
}
