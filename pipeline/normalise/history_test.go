package normalise

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// visitsOf reads visits from "2024-11-03@50000" and the like; a blank stands for
// what is unknown.
func visitsOf(t *testing.T, text string) []record.Visit {
	t.Helper()
	var out []record.Visit
	for word := range strings.FieldsSeq(text) {
		day, km, _ := strings.Cut(word, "@")
		date, err := ParseDay(day)
		n, kmErr := Whole(km)
		if err != nil || kmErr != nil {
			t.Fatal(err, kmErr)
		}
		out = append(out, record.Visit{Date: date, MileageKM: n})
	}
	return out
}

func dayOf(t *testing.T, text string) record.Date {
	t.Helper()
	d, err := ParseDay(text)
	if err != nil || !d.OK {
		t.Fatalf("%q is no day", text)
	}
	return d.V
}

func TestReadOdometer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, visits, registered string
		vendor                   record.Opt[int64]
		want                     string // day, km, a year, fell; today's km
	}{
		{"two visits", "2024-03-02@49000 2025-03-02@61000", "", record.Opt[int64]{}, "2025-03-02 61000 {12000 true} {0 false}: 65010"},
		{"in any order", "2025-03-02@61000 2024-03-02@49000 2024-09-02@50000", "", record.Opt[int64]{}, "2025-03-02 61000 {12000 true} {0 false}: 65010"},
		{"the vendor's mean does not count beside ours", "2024-03-02@49000 2025-03-02@61000", "", record.Some[int64](5), "2025-03-02 61000 {12000 true} {0 false}: 65010"},
		{"one visit, and the first registration", "2025-03-02@61000", "2020-03", record.Opt[int64]{}, "2025-03-02 61000 {12186 true} {0 false}: 65073"},
		{"one visit, and the vendor's mean", "2025-03-02@61000", "", record.Some[int64](10000), "2025-03-02 61000 {10000 true} {0 false}: 64342"},
		{"one visit alone", "2025-03-02@61000", "", record.Opt[int64]{}, "2025-03-02 61000 {0 false} {0 false}: 61000"},
		{"registered after the visit", "2025-03-02@61000", "2025-06", record.Opt[int64]{}, "2025-03-02 61000 {0 false} {0 false}: 61000"},
		{"a month that is none", "2025-03-02@61000", "2025-13", record.Opt[int64]{}, "2025-03-02 61000 {0 false} {0 false}: 61000"},
		{"a week between the visits says nothing", "2025-02-23@60000 2025-03-02@61000", "", record.Opt[int64]{}, "2025-03-02 61000 {0 false} {0 false}: 61000"},
		{"stood still", "2024-03-02@61000 2025-03-02@61000", "", record.Opt[int64]{}, "2025-03-02 61000 {0 true} {0 false}: 61000"},
		{"after today is a slip", "2024-03-02@49000 2025-03-02@61000 2052-03-02@70000", "", record.Opt[int64]{}, "2025-03-02 61000 {12000 true} {0 false}: 65010"},
		{"a digit too many is a slip", "2024-03-02@49000 2025-03-02@61000 2025-04-02@615000", "", record.Opt[int64]{}, "2025-03-02 61000 {12000 true} {0 false}: 65010"},
		{"no reading", "2024-03-02@ @61000", "", record.Some[int64](10000), "unknown"},
		{"no visit", "", "2020-03", record.Some[int64](10000), "unknown"},
		{"set back: the mean of the honest part", "2022-03-02@80000 2024-03-02@120000 2025-03-02@60000", "", record.Opt[int64]{}, "2025-03-02 60000 {19972 true} {20149 true}: 66675"},
		{"set back: the longer part, here the later", "2022-03-02@80000 2022-09-02@90000 2023-01-02@40000 2025-01-02@60000", "", record.Opt[int64]{}, "2025-01-02 60000 {9986 true} {19359 true}: 64951"},
		{"set back after one visit: the registration is no help", "2024-03-02@90000 2025-03-02@60000", "2020-03", record.Opt[int64]{}, "2025-03-02 60000 {0 false} {20149 true}: 60000"},
		{"set back, and the vendor's mean", "2024-03-02@90000 2025-03-02@60000", "", record.Some[int64](9000), "2025-03-02 60000 {9000 true} {20149 true}: 63008"},
		{"a vendor's mean below nothing", "2025-03-02@60000", "", record.Some[int64](-9000), "2025-03-02 60000 {0 false} {0 false}: 60000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			today := dayOf(t, "2025-07-02")
			reports := []record.Report{{Visits: visitsOf(t, c.visits), MileagePerYearKM: c.vendor}}
			got := "unknown"
			if o := ReadOdometer(reports, c.registered, today); o.OK {
				got = fmt.Sprintf("%s %d %v {%d %v}: %d", o.V.Day, o.V.KM, o.V.PerYear, o.V.Fell.V, o.V.Fell.OK, o.V.At(today))
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A report without visits may name the last reading itself.
func TestReadOdometerOfAReportWithoutVisits(t *testing.T) {
	t.Parallel()
	day := dayOf(t, "2025-03-02")
	r := record.Report{LastVisit: record.Some(day), LastMileageKM: record.Some[int64](61000), MileagePerYearKM: record.Some[int64](3650)}
	o := ReadOdometer([]record.Report{r}, "", day+100)
	if !o.OK || o.V.At(day+100) != 62000 {
		t.Errorf("%+v", o)
	}
}

// Whatever visits say: it does not fail, is the same for every order of them, does not
// fall behind the last reading, never shrinks from day to day, and reading two
// reports with the same visits is reading one.
func TestReadOdometerHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		today := record.Date(rapid.Int32Range(0, 40000).Draw(t, "today"))
		visits := rapid.SliceOf(rapid.Custom(func(t *rapid.T) record.Visit {
			return record.Visit{Date: record.Opt[record.Date]{V: record.Date(rapid.Int32().Draw(t, "day")%40000 + 1), OK: rapid.Bool().Draw(t, "dated")},
				MileageKM: record.Opt[int64]{V: rapid.Int64().Draw(t, "km") % 5_000_000, OK: rapid.Bool().Draw(t, "read")}}
		})).Draw(t, "visits")
		vendor := record.Opt[int64]{V: rapid.Int64().Draw(t, "a year"), OK: rapid.Bool().Draw(t, "named")}
		month := rapid.SampledFrom([]string{"", "2001-07", "1999-13", "x"}).Draw(t, "registered")
		one := ReadOdometer([]record.Report{{Visits: visits, MileagePerYearKM: vendor}}, month, today)
		shuffled := rapid.Permutation(visits).Draw(t, "shuffled")
		two := ReadOdometer([]record.Report{{Visits: shuffled, MileagePerYearKM: vendor}, {Visits: visits}}, month, today)
		if one != two {
			t.Fatalf("%+v of one report, %+v of two", one, two)
		}
		if !one.OK {
			return
		}
		o := one.V
		if o.Day > today || o.KM <= 0 || o.PerYear.V < 0 || o.PerYear.V > mostPerYear || o.Fell.OK && o.Fell.V > o.Day {
			t.Fatalf("%+v on %s", o, today)
		}
		for day := today; day < today+400; day += 37 {
			if o.At(day) < o.KM || o.At(day) > o.At(day+1) || o.At(day+1) > mostKM {
				t.Fatalf("%+v: %d km, and %d the day after", o, o.At(day), o.At(day+1))
			}
		}
	})
}

func TestGravestAccident(t *testing.T) {
	t.Parallel()
	yes, no, open := record.Some(true), record.Some(false), record.Flag{}
	for _, c := range []struct {
		fire, flood, structural record.Flag
		want                    record.Opt[Accident]
	}{
		{no, no, no, record.Some(AccidentNone)},
		{open, no, no, record.Opt[Accident]{}},
		{no, open, no, record.Opt[Accident]{}},
		{no, no, open, record.Opt[Accident]{}},
		{open, open, open, record.Opt[Accident]{}},
		{open, open, yes, record.Some(AccidentStructural)},
		{no, yes, yes, record.Some(AccidentFlood)},
		{yes, yes, yes, record.Some(AccidentFire)},
		{yes, open, no, record.Some(AccidentFire)},
	} {
		r := record.Report{Fire: c.fire, Flood: c.flood, Structural: c.structural}
		if got := GravestAccident([]record.Report{r}); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c, got, c.want)
		}
		// Another report that knows nothing changes nothing; one that rules all out fills the blanks.
		if got := GravestAccident([]record.Report{{}, r}); got != c.want {
			t.Errorf("%+v with another report: %+v, want %+v", c, got, c.want)
		}
		ruled := GravestAccident([]record.Report{r, {Fire: no, Flood: no, Structural: no}})
		if !ruled.OK || ruled.V != c.want.V {
			t.Errorf("%+v with a report that rules all out: %+v", c, ruled)
		}
	}
	if got := GravestAccident(nil); got.OK {
		t.Errorf("no report says %+v", got)
	}
}

func TestLastStructuralRepair(t *testing.T) {
	t.Parallel()
	visits := visitsOf(t, "2022-05-01@1 2021-05-01@1 2023-05-01@1 @5")
	for i := range visits {
		visits[i].Structural = record.Some(i != 2)
	}
	if got := LastStructuralRepair([]record.Report{{}, {Visits: visits}}); !got.OK || got.V.Time().Format(time.DateOnly) != "2022-05-01" {
		t.Errorf("%+v", got)
	}
	if got := LastStructuralRepair([]record.Report{{}}); got.OK {
		t.Errorf("%+v of nothing", got)
	}
}
