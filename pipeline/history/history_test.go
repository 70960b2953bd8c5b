package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// visit reads "2020-03-01 22000 更换机油": a day, a reading, a text; - is unknown.
func visit(t testing.TB, text string) record.Visit {
	t.Helper()
	parts := strings.SplitN(text, " ", 3)
	v := record.Visit{Type: normalise.TypeOf(parts[2]), Content: parts[2]}
	if parts[0] != "-" {
		var y, m, d int
		if _, err := fmt.Sscanf(parts[0], "%d-%d-%d", &y, &m, &d); err != nil {
			t.Fatal(err)
		}
		day, err := record.NewDate(y, time.Month(m), d)
		if err != nil {
			t.Fatal(err)
		}
		v.Date = record.Some(day)
	}
	if parts[1] != "-" {
		var km int64
		if _, err := fmt.Sscan(parts[1], &km); err != nil {
			t.Fatal(err)
		}
		v.MileageKM = record.Some(km)
	}
	return v
}

func told(t testing.TB, vendor string, lines ...string) Told {
	t.Helper()
	r := &record.Report{}
	for _, line := range lines {
		r.Visits = append(r.Visits, visit(t, line))
	}
	normalise.FinishReport(r)
	return Told{vendor, r}
}

// text is a history, a line a visit.
func text(h *History) string {
	var out strings.Builder
	for i := range h.Visits {
		v := &h.Visits[i]
		fmt.Fprintf(&out, "%d %s %s %s %s %s", v.Seq, strings.Join(v.Vendors, ","), v.Date.Text(), v.MileageKM.Text(), v.Type, v.Content)
		if v.Rollback.OK && v.Rollback.V {
			out.WriteString(" BACK")
		}
		for _, p := range v.Problems {
			out.WriteString(" | " + p)
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestMergeOfTwoVendors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		a, b []string
		want string
	}{
		{"the same words", []string{"2020-03-01 22000 更换机油"}, []string{"2020-03-01 22000 更换机油"}, "1 a,b 2020-03-01 22000 service 更换机油\n"},
		{"the same day and reading, other words", []string{"2020-03-01 22000 更换机油"}, []string{"2020-03-01 22000 例行"}, "1 a,b 2020-03-01 22000 service 更换机油\n"},
		{"readings that are near", []string{"2020-03-01 22000 更换机油滤芯"}, []string{"2020-03-01 22010 更换机油滤芯"},
			"1 a,b 2020-03-01 22000 service 更换机油滤芯 | mileage_km: a 22000, b 22010\n"},
		{"readings that are near, other words", []string{"2020-03-01 22000 更换机油滤芯"}, []string{"2020-03-01 22010 前保险杠喷漆"},
			"1 a 2020-03-01 22000 service 更换机油滤芯\n2 b 2020-03-01 22010 bodywork 前保险杠喷漆\n"},
		{"readings that are far", []string{"2020-03-01 22000 更换机油滤芯"}, []string{"2020-03-01 29000 更换机油滤芯"},
			"1 a 2020-03-01 22000 service 更换机油滤芯\n2 b 2020-03-01 29000 service 更换机油滤芯\n"},
		{"another day", []string{"2020-03-01 22000 更换机油滤芯"}, []string{"2020-03-02 22000 更换机油滤芯"},
			"1 a 2020-03-01 22000 service 更换机油滤芯\n2 b 2020-03-02 22000 service 更换机油滤芯\n"},
		{"one vendor knows no reading", []string{"2020-03-01 - 更换机油滤芯"}, []string{"2020-03-01 22000 更换机油滤芯; 李"}, "1 a,b 2020-03-01 22000 service 更换机油滤芯\n"},
		{"one vendor knows no day", []string{"- 22000 更换机油滤芯"}, []string{"2020-03-01 22000 更换机油滤芯"}, "1 a,b 2020-03-01 22000 service 更换机油滤芯\n"},
		{"nothing in common but words", []string{"- - 更换机油滤芯"}, []string{"- - 更换机油滤芯"}, "1 a   service 更换机油滤芯\n2 b   service 更换机油滤芯\n"},
		{"two of a day against one", []string{"2020-03-01 22000 更换机油滤芯", "2020-03-01 22000 前保险杠喷漆"}, []string{"2020-03-01 22000 喷漆前保险杠"},
			"1 a 2020-03-01 22000 service 更换机油滤芯\n2 a,b 2020-03-01 22000 bodywork 前保险杠喷漆\n"},
		{"kinds that differ", []string{"2020-03-01 22000 更换机油"}, []string{"2020-03-01 22000 事故维修"},
			"1 a,b 2020-03-01 22000 service 更换机油 | service_type: a service, b bodywork\n"},
		{"a rollback that no vendor shows alone", []string{"2020-03-01 50000 更换机油"}, []string{"2021-03-01 30000 更换机油"},
			"1 a 2020-03-01 50000 service 更换机油\n2 b 2021-03-01 30000 service 更换机油 BACK\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := text(Merge([]Told{told(t, "a", c.a...), told(t, "b", c.b...)})); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestWhatFindingsRestOn(t *testing.T) {
	t.Parallel()
	yes, no := record.Some(true), record.Some(false)
	a := told(t, "a", "2019-01-01 10000 保养", "2020-03-01 50000 更换机油", "2020-06-01 52000 前部事故")
	b := told(t, "b", "2020-06-01 52010 前部事故维修", "2021-03-01 30000 更换机油", "2022-01-01 40000 喷漆", "2023-01-01 60000 保养")
	a.Report.Structural, a.Report.Fire, b.Report.Structural, b.Report.Fire = yes, no, no, no
	a.Report.Visits[2].Structural, a.Report.Visits[0].Structural, a.Report.Visits[1].Structural = yes, no, no
	h := Merge([]Told{a, b})
	if got := h.RollbackSeqs(); !slices.Equal(got.V, []int64{3, 4, 5}) {
		t.Errorf("the rollback rests on %v of\n%s", got, text(h))
	}
	if got := h.AccidentSeqs(0, a.Report); !got.OK || !slices.Equal(got.V, []int64{3}) {
		t.Errorf("a's findings rest on %v", got)
	}
	if got := h.AccidentSeqs(1, b.Report); got.OK {
		t.Errorf("b finds nothing, which rests on %v", got)
	}
	b.Report.Accident = yes
	if got := h.AccidentSeqs(1, b.Report); !slices.Equal(got.V, []int64{3, 5}) {
		t.Errorf("b's findings rest on %v", got)
	}
	if want := []string{"structural: a true, b false"}; !slices.Equal(h.Disagreements, want) {
		t.Errorf("they disagree in %v", h.Disagreements)
	}
	alone := Merge([]Told{told(t, "a", "2020-03-01 50000 更换机油", "2021-03-01 60000 更换机油")})
	if got := alone.RollbackSeqs(); got.OK || alone.Disagreements != nil || alone.Seq(0, 2) != 2 || alone.Seq(1, 1) != 0 {
		t.Errorf("one vendor without a rollback: %v %+v", got, alone)
	}
	back := Merge([]Told{told(t, "a", "2020-03-01 50000 更换机油", "2021-03-01 60000 更换机油", "2022-03-01 55000 更换机油")})
	if got := back.RollbackSeqs(); !got.OK || !slices.Equal(got.V, []int64{2, 3}) || back.Seq(0, 3) != 3 || back.Seq(0, 4) != 0 {
		t.Errorf("one vendor with a rollback: %v %+v", got, back)
	}
}

// anyTold draws histories with many near and equal visits.
func anyTold(r *rapid.T, vendors ...string) []Told {
	texts := []string{"更换机油滤芯", "更换机油 滤芯", "前保险杠喷漆", "保养", ""}
	drawn := rapid.Custom(func(r *rapid.T) record.Visit {
		v := record.Visit{Content: rapid.SampledFrom(texts).Draw(r, "text")}
		v.Type = normalise.TypeOf(v.Content)
		if rapid.IntRange(0, 9).Draw(r, "dated") > 0 {
			v.Date = record.Some(record.Date(rapid.IntRange(18000, 18004).Draw(r, "day")))
		}
		if rapid.IntRange(0, 4).Draw(r, "read") > 0 {
			v.MileageKM = record.Some(rapid.Int64Range(20_000, 20_300).Draw(r, "km") / 50 * 50)
		}
		return v
	})
	var out []Told
	for _, vendor := range vendors {
		report := &record.Report{Visits: rapid.SliceOfN(drawn, 0, 8).Draw(r, vendor)}
		normalise.FinishReport(report)
		out = append(out, Told{vendor, report})
	}
	return out
}

func TestEveryVisitIsToldOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		all := anyTold(r, "acme", "bolt", "cent")
		h := Merge(all)
		sum, tellings := 0, 0
		for _, t := range all {
			sum += len(t.Report.Visits)
		}
		for i := range h.Visits {
			v := &h.Visits[i]
			tellings += len(v.Vendors)
			if v.Seq != i+1 || len(slices.Compact(slices.Sorted(slices.Values(v.Vendors)))) != len(v.Vendors) {
				r.Fatalf("visit %d is %+v", i+1, v)
			}
			if i > 0 && normalise.InTime(&h.Visits[i-1].Visit, &v.Visit) > 0 {
				r.Fatalf("visit %d stands before its time", i+1)
			}
		}
		if tellings != sum {
			r.Fatalf("%d tellings of %d visits", tellings, sum)
		}
		for nth, t := range all {
			seen := map[int]bool{}
			for _, v := range t.Report.Visits {
				seq := h.Seq(nth, v.Seq)
				if seq == 0 || seen[seq] || !slices.Contains(h.Visits[seq-1].Vendors, t.Vendor) {
					r.Fatalf("visit %d of %s is %d of the history", v.Seq, t.Vendor, seq)
				}
				seen[seq] = true
			}
		}
	})
}

// whoTold is which visits of which vendors are one, in any order.
func whoTold(h *History, all []Told) []string {
	groups := map[int][]string{}
	for nth, t := range all {
		for _, v := range t.Report.Visits {
			seq := h.Seq(nth, v.Seq)
			groups[seq] = append(groups[seq], fmt.Sprint(t.Vendor, v.Seq))
		}
	}
	var out []string
	for _, g := range groups {
		slices.Sort(g)
		out = append(out, strings.Join(g, " "))
	}
	slices.Sort(out)
	return out
}

func TestTheOrderOfVendorsDecidesOnlyWhatIsShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		all := anyTold(r, "acme", "bolt", "cent")
		other := rapid.Permutation(all).Draw(r, "order")
		a, b := whoTold(Merge(all), all), whoTold(Merge(other), other)
		if !slices.Equal(a, b) {
			r.Fatalf("%v and %v", a, b)
		}
	})
}

// What two vendors tell alike is one history, and merging it again changes nothing.
func TestMergingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		one := anyTold(r, "acme")[0]
		one.Report.Visits = slices.DeleteFunc(one.Report.Visits, func(v record.Visit) bool { return !v.Date.OK && !v.MileageKM.OK })
		normalise.FinishReport(one.Report)
		h := Merge([]Told{one, {"bolt", one.Report}})
		if len(h.Visits) != len(one.Report.Visits) || h.Rollback != one.Report.OdometerRollback {
			r.Fatalf("%d visits of %d:\n%s", len(h.Visits), len(one.Report.Visits), text(h))
		}
		for i := range h.Visits {
			if v, was := h.Visits[i].Visit, one.Report.Visits[i]; v.Rollback != was.Rollback || v.MileageDeltaKM != was.MileageDeltaKM || len(v.Problems) > 0 {
				r.Fatalf("visit %d is %+v, was %+v", i+1, v, was)
			}
		}
	})
}

// Thousands of visits of one day must not cost minutes.
func TestManyVisitsOfOneDay(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("2020-03-01 %d 更换机油 %d", 20_000+i/2, i))
	}
	h := Merge([]Told{told(t, "a", lines...), told(t, "b", lines[1000:]...)})
	if len(h.Visits) != 3000 {
		t.Errorf("%d visits", len(h.Visits))
	}
}
