package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

var newsSection = regexp.MustCompile(`(?s)<section id="news">.*?</section>`)

// newsOfFleet renders what is new of a fleet: one list of changes for each vehicle.
func newsOfFleet(t *testing.T, lang messages.Lang, earlier bool, fleet ...[]record.Change) string {
	t.Helper()
	r, err := New(Options{Lang: lang, Top: 0}, Facts{Earlier: earlier, Manifest: sinks.Manifest{RunID: "R1", Complete: true, Input: sinks.Input{Path: "fleet.csv"}}})
	must(t, err)
	for i, changes := range fleet {
		v := row(int64(i + 1))
		v.Vehicle.Plate = fmt.Sprintf("沪A%05d", i+1)
		must(t, r.Vehicle(v))
		for n, c := range changes {
			must(t, r.Change(sinks.ChangeRow{VehicleID: v.VehicleID, N: n + 1, Change: c}))
		}
	}
	page := rendered(t, r)
	section := newsSection.FindString(page)
	if section == "" || strings.Index(page, section) > strings.Index(page, `class="cards"`) {
		t.Fatal("the news do not come first")
	}
	return section
}

func violation(fine record.Fen, points int64, state record.ViolationStatus) record.Change {
	return record.Change{Kind: record.ViolationNew, What: fmt.Sprintf("offence of %d", fine), After: string(state), Amount: record.Some(fine), Points: record.Some(points)}
}

func moved(column string, from, to record.Fen) record.Change {
	return record.Change{Kind: record.ValuationMoved, What: column, Before: from.String(), After: to.String(), Amount: record.Some(to - from)}
}

func TestNewsComeFirstAndNothingNewIsSaid(t *testing.T) {
	t.Parallel()
	for lang, want := range map[messages.Lang][2]string{messages.English: {"This is the first run", "Nothing new"}, messages.Chinese: {"第一个批次", "没有新变化"}} {
		for i, earlier := range []bool{false, true} {
			if got := newsOfFleet(t, lang, earlier, nil, nil); !strings.Contains(got, want[i]) || strings.Contains(got, "data-news") {
				t.Errorf("%s, with an earlier run %v: %s", lang, earlier, got)
			}
		}
	}
}

// The sums count everything, the list shows what is not ordinary, the most pressing first.
func TestNewsAreSummedAndRanked(t *testing.T) {
	t.Parallel()
	got := newsOfFleet(t, messages.English, true,
		[]record.Change{moved("dealer_buy_cny", 10_000_00, 9_000_00), moved("private_cny", 10_000_00, 9_900_00), moved("dealer_sell_cny", 10_000_00, 9_000_00)}, // ordinary
		[]record.Change{violation(100_00, 1, record.UnprocessedUnpaid), violation(50_00, 0, record.ProcessedPaid), violation(200_00, 6, record.UnprocessedUnpaid)},
		[]record.Change{moved("private_cny", 10_000_00, 9_000_00)}, // a tenth
		[]record.Change{{Kind: record.OdometerBack, What: "2026-01-02 46255 km"}},
		nil,
		[]record.Change{{Kind: record.FlagTurned, What: "odometer_normal", Before: "true", After: "false"}},
		[]record.Change{{Kind: record.FlagTurned, What: "flood", Before: "true", After: "false"}},
	)
	for _, want := range []string{"6 vehicles have something new", `data-news="violation_new" data-value="3"`, "¥300.00 in fines to pay", `data-news="valuation_moved" data-value="2"`,
		"−¥1,100.00 between private people", "Value moved</b>: ¥10,000 → ¥9,000.00", "the vendor calls the odometer abnormal", "no longer reported as flooded",
		"offence of 20000 · ¥200.00 · 6 points", "offence of 5000 · ¥50.00</li>", "1 more vehicle with ordinary"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	var order []string
	for _, m := range regexp.MustCompile(`沪A0000\d`).FindAllString(got, -1) {
		order = append(order, m[len(m)-1:])
	}
	if strings.Join(order, "") != "46273" {
		t.Errorf("the vehicles stand in the order %v", order)
	}
	if before, after, _ := strings.Cut(got, "offence of 20000"); !strings.Contains(after, "offence of 10000") || strings.Contains(before, "offence of") {
		t.Error("a vehicle's own news are not in order")
	}
}

// What is kept is bounded, whatever a vendor sends.
func TestNewsAreBounded(t *testing.T) {
	t.Parallel()
	var fleet [][]record.Change
	for range mostNews + 7 {
		var one []record.Change
		for range mostOfOne + 3 {
			one = append(one, violation(100_00, 1, record.UnprocessedUnpaid))
		}
		fleet = append(fleet, one)
	}
	got := newsOfFleet(t, messages.English, true, fleet...)
	for want, n := range map[string]int{"and 3 more": mostNews, "offence of": mostNews * mostOfOne, "7 more vehicles with": 1, fmt.Sprintf(`data-value="%d"`, len(fleet)*(mostOfOne+3)): 1} {
		if c := strings.Count(got, want); c != n {
			t.Errorf("%q stands there %d times, want %d", want, c, n)
		}
	}
}

// What is ordinary asks for no attention, and is said where something else does.
func TestWhatIsOrdinaryNeedsNoAttention(t *testing.T) {
	t.Parallel()
	valued := func(r *Report, n int64, registered string, private record.Fen) {
		v := row(n)
		v.Vehicle.FirstRegistered = registered
		must(t, r.Vehicle(v))
		must(t, r.Valuation(sinks.ValuationRow{VehicleID: v.VehicleID, Valuation: record.Valuation{NewPrice: record.Some(record.Fen(100_000_00)), Private: record.Some(private)}}))
	}
	r, err := New(Options{Lang: messages.English, Top: 9}, Facts{Manifest: sinks.Manifest{RunID: "R1", StartedAt: record.At(noon), Input: sinks.Input{Path: "fleet.csv"}}})
	must(t, err)
	valued(r, 1, "2016-11", 10_000_00) // 90% in ten years
	valued(r, 2, "2021-11", 20_000_00) // 80% in five
	valued(r, 3, "2021-11", 28_000_00) // 72% in five
	valued(r, 4, "", 10_000_00)        // nobody knows in how many
	valued(r, 5, "2027-11", 10_000_00) // registered tomorrow, as if new
	must(t, r.Vehicle(row(6)))
	must(t, r.Report(sinks.ReportRow{VehicleID: "v6", Vendor: "acme", Report: record.Report{Component: record.Some(true)}}))
	must(t, r.Vehicle(row(7)))
	must(t, r.Report(sinks.ReportRow{VehicleID: "v7", Vendor: "acme", Report: record.Report{Component: record.Some(true), Flood: record.Some(true)}}))
	page := rendered(t, r)
	if got := r.Totals().Attention; got != 3 {
		t.Errorf("%d need attention, want 3", got)
	}
	for n, want := range map[int64]bool{1: false, 2: true, 3: false, 4: false, 5: true, 6: false, 7: true} {
		if got := strings.Contains(page, fmt.Sprintf(`id="r%d"`, n)); got != want {
			t.Errorf("vehicle %d is listed: %v", n, got)
		}
	}
	for _, want := range []string{"Reported as flooded (acme)", "Important components were repaired (acme)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}
