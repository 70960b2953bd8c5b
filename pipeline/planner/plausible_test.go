package planner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
)

// The day is that of China: 16:30 UTC on the last day of a month is the next month.
func TestImplausible(t *testing.T) {
	t.Parallel()
	month := time.Date(2026, 11, 30, 15, 59, 0, 0, time.UTC)
	for _, c := range []struct {
		since string
		km    record.Opt[int64]
		now   time.Time
		want  string
	}{
		{"2026-11", record.Some[int64](31_000), month, ""},
		{"2026-11", record.Some[int64](31_001), month, "mileage_km: the mileage is 31001 km, and the first registration 2026-11: more than 31000 km a month"},
		{"2026-12", record.Some[int64](10), month, "first_registered: the month is 2026-12, and this is 2026-11: a first registration cannot be in the future"},
		{"2026-12", record.Some[int64](10), month.Add(time.Minute), ""},
		{"2121-05", record.Opt[int64]{}, month, "first_registered: the month is 2121-05"},
		{"2027-01", record.Some[int64](2_000_000), month, "first_registered: "},
		{"2025-12", record.Some[int64](12 * 31_000), month, ""},
		{"2025-12", record.Some[int64](12*31_000 + 1), month, "mileage_km: "},
		{"2014-09", record.Some[int64](1_999_999), month, ""},
		{"2014-09", record.Some[int64](0), month, "remark: the mileage is 0 km, and the first registration 2014-09: leave the mileage empty"},
		{"2024-11", record.Some[int64](0), month, "remark: "},
		{"2024-12", record.Some[int64](0), month, ""},
		{"2014-09", record.Opt[int64]{}, month, ""},
		{"", record.Some[int64](0), month, ""},
	} {
		faults, remarks := implausible(&record.Vehicle{FirstRegistered: c.since, MileageKM: c.km}, record.DateOf(c.now))
		var got []string
		for _, f := range faults {
			got = append(got, f.Column+": "+f.Reason)
		}
		for _, r := range remarks {
			got = append(got, "remark: "+r)
		}
		if text := strings.Join(got, " | "); !strings.HasPrefix(text, c.want) || c.want == "" && text != "" || len(got) > 1 {
			t.Errorf("%s, %v at %s: %q, want %q", c.since, c.km, c.now, text, c.want)
		}
	}
}

// docs/inputs.md is made where these bounds are not known.
func TestBoundsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "inputs.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("more than %d,%03d km for each month", mostKMAMonth/1000, mostKMAMonth%1000), fmt.Sprintf("from\n  %d months on", newForMonths)} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/inputs.md does not say %q", want)
		}
	}
}
