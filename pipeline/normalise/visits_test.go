package normalise

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// visit makes a visit of day and reading; 0 is unknown.
func visit(day record.Date, km int64, content string) record.Visit {
	v := record.Visit{Content: content}
	if day != 0 {
		v.Date = record.Some(day + 15000)
	}
	if km != 0 {
		v.MileageKM = record.Some(km)
	}
	return v
}

// line is what a test wants to see of a visit.
func line(v record.Visit) string {
	return fmt.Sprintf("%s@%d %s S%s C%s E%s", v.Content, v.Date.V, readingText(v), flagText(v.Structural), flagText(v.Component), flagText(v.Exterior))
}

func readingText(v record.Visit) string {
	if !v.MileageKM.OK {
		return "?"
	}
	return fmt.Sprint(v.MileageKM.V)
}

func flagText(f record.Flag) string {
	switch {
	case !f.OK:
		return "?"
	case f.V:
		return "+"
	}
	return "-"
}

func lines(visits []record.Visit) string {
	var out []string
	for _, v := range visits {
		out = append(out, line(v))
	}
	return strings.Join(out, "|")
}

func TestJoinViews(t *testing.T) {
	t.Parallel()
	type V = record.Visit
	a, b := visit(1, 100, "更换前杠"), visit(2, 200, "常规保养")
	twinA, twinB := visit(3, 300, "更换前风挡玻璃"), visit(3, 300, "常规保养更换机油")
	cases := []struct {
		name  string
		all   []V
		views []View
		want  string
	}{
		{"no views", []V{a, b}, nil, "更换前杠@15001 100 S? C? E?|常规保养@15002 200 S? C? E?"},
		{"a nil view is no view", []V{a}, []View{{Exterior, nil}}, "更换前杠@15001 100 S? C? E?"},
		{"an empty view", []V{a}, []View{{Exterior, []V{}}}, "更换前杠@15001 100 S? C? E-"},
		{"marked whatever the text", []V{a, b}, []View{{Exterior, []V{visit(1, 100, "other words")}}},
			"更换前杠@15001 100 S? C? E+|常规保养@15002 200 S? C? E-"},
		{"added once", []V{a}, []View{{Component, []V{b}}, {Exterior, []V{b}}},
			"更换前杠@15001 100 S? C- E-|常规保养@15002 200 S? C+ E+"},
		{"no list at all", nil, []View{{Structural, []V{a}}}, "更换前杠@15001 100 S+ C? E?"},
		{"twins by text", []V{twinA, twinB}, []View{{Component, []V{visit(3, 300, "保养; 更换机油")}}, {Exterior, []V{visit(3, 300, "前风挡玻璃")}}},
			"更换前风挡玻璃@15003 300 S? C- E+|常规保养更换机油@15003 300 S? C+ E-"},
		{"twins in one view", []V{twinA, twinB}, []View{{Component, []V{twinB, twinA}}},
			"更换前风挡玻璃@15003 300 S? C+ E?|常规保养更换机油@15003 300 S? C+ E?"},
		{"a visit told in two parts", []V{visit(4, 400, "更换前杠; 更换机油")}, []View{{Component, []V{visit(4, 400, "更换机油"), visit(4, 400, "更换前杠")}}},
			"更换前杠; 更换机油@15004 400 S? C+ E?"},
		{"a second visit of that day", []V{a}, []View{{Component, []V{a, visit(1, 100, "检查变速箱")}}},
			"更换前杠@15001 100 S? C+ E?|检查变速箱@15001 100 S? C+ E?"},
		{"another reading is another visit", []V{a}, []View{{Component, []V{visit(1, 101, "更换前杠")}}},
			"更换前杠@15001 100 S? C- E?|更换前杠@15001 101 S? C+ E?"},
		{"without a reading the text must fit", []V{visit(1, 0, "更换前杠")}, []View{{Component, []V{visit(1, 0, "更换前杠"), visit(1, 0, "水泵")}}},
			"更换前杠@15001 ? S? C+ E?|水泵@15001 ? S? C+ E?"},
		{"a view without readings", []V{a, b}, []View{{Component, []V{visit(1, 0, "更换前杠"), visit(2, 0, "")}}},
			"更换前杠@15001 100 S? C+ E?|常规保养@15002 200 S? C+ E?"},
		{"the day's one visit, whatever the text", []V{a, b}, []View{{Exterior, []V{visit(1, 0, "水泵")}}},
			"更换前杠@15001 100 S? C? E+|常规保养@15002 200 S? C? E-"},
		{"a list without readings", []V{visit(1, 0, "更换前杠"), b}, []View{{Component, []V{a}}},
			"更换前杠@15001 100 S? C+ E?|常规保养@15002 200 S? C- E?"},
		{"of two visits of a day the alike one", []V{twinA, visit(3, 310, "常规保养更换机油")}, []View{{Component, []V{visit(3, 0, "保养; 更换机油")}}},
			"更换前风挡玻璃@15003 300 S? C- E?|常规保养更换机油@15003 310 S? C+ E?"},
		{"like neither", []V{twinA, visit(3, 310, "常规保养更换机油")}, []View{{Component, []V{visit(3, 0, "水泵漏水")}}},
			"更换前风挡玻璃@15003 300 S? C- E?|常规保养更换机油@15003 310 S? C- E?|水泵漏水@15003 ? S? C+ E?"},
		{"without a text, of two", []V{twinA, visit(3, 310, "常规保养更换机油")}, []View{{Component, []V{visit(3, 0, "")}}},
			"更换前风挡玻璃@15003 300 S? C+ E?|常规保养更换机油@15003 310 S? C- E?"},
		{"a view without days", []V{a, b}, []View{{Component, []V{visit(0, 200, "常规保养"), visit(0, 100, "水泵")}}},
			"更换前杠@15001 100 S? C- E?|常规保养@15002 200 S? C+ E?|水泵@0 100 S? C+ E?"},
		{"both views without readings", []V{a}, []View{{Component, []V{visit(1, 0, "")}}, {Exterior, []V{visit(1, 0, "")}}}, "更换前杠@15001 100 S? C+ E+"},
	}
	for _, c := range cases {
		if got := lines(JoinViews(c.all, c.views...)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestJoinViewsManyAlike: an absurd answer is joined in a moment.
func TestJoinViewsManyAlike(t *testing.T) {
	t.Parallel()
	all := make([]record.Visit, 20000)
	for i := range all {
		all[i] = visit(1, 100, strings.Repeat("常规保养", i%7))
	}
	joined := JoinViews(all, View{Component, all[:15000]})
	marked := 0
	for _, v := range joined {
		if v.Component.V {
			marked++
		}
	}
	if len(joined) != len(all) || marked != 15000 {
		t.Errorf("%d visits, %d marked", len(joined), marked)
	}
}

func TestJoinViewsFillsGaps(t *testing.T) {
	t.Parallel()
	all := []record.Visit{visit(1, 100, "")}
	row := visit(1, 100, "钣金")
	row.Materials, row.VendorType, row.Type, row.Amount = "漆:1", "钣金喷漆", record.Bodywork, record.Some(record.Fen(100))
	got := JoinViews(all, View{Exterior, []record.Visit{row}})[0]
	if got.Content != "钣金" || got.Materials != "漆:1" || got.Type != record.Bodywork || got.Amount.V != 100 {
		t.Errorf("got %+v", got)
	}
	if all[0].Content != "" || all[0].Exterior.OK {
		t.Errorf("the given visit was changed: %+v", all[0])
	}
}

func TestFinishReport(t *testing.T) {
	t.Parallel()
	type V = record.Visit
	cases := []struct {
		name   string
		visits []V
		want   string // content, delta, rollback of each; the report's flag
	}{
		{"none", nil, "=?"},
		{"one", []V{visit(1, 10, "a")}, "a:?? =?"},
		{"rising", []V{visit(2, 20, "b"), visit(1, 10, "a")}, "a:?? b:10- =-"},
		{"equal is no rollback", []V{visit(1, 10, "a"), visit(2, 10, "b")}, "a:?? b:0- =-"},
		{"falling", []V{visit(1, 20, "a"), visit(2, 10, "b")}, "a:?? b:-10+ =+"},
		{"below the highest, not the last", []V{visit(1, 30, "a"), visit(2, 10, "b"), visit(3, 20, "c")}, "a:?? b:-20+ c:10+ =+"},
		{"back above", []V{visit(1, 30, "a"), visit(2, 10, "b"), visit(3, 40, "c")}, "a:?? b:-20+ c:30- =+"},
		{"one day, lower first", []V{visit(1, 10, "a"), visit(1, 20, "b")}, "a:?? b:10- =-"},
		{"one day, lower last", []V{visit(1, 20, "b"), visit(1, 10, "a")}, "a:?? b:10- =-"},
		{"one day below the day before", []V{visit(1, 15, "a"), visit(2, 20, "c"), visit(2, 10, "b")}, "a:?? b:-5+ c:10- =+"},
		{"a reading of 0 is none", []V{visit(1, 20, "a"), {Content: "z", Date: record.Some(record.Date(15002)), MileageKM: record.Some(int64(0))}, visit(3, 30, "c")},
			"a:?? z:?? c:10- =-"},
		{"unknown readings are skipped", []V{visit(1, 20, "a"), visit(2, 0, "b"), visit(3, 10, "c")}, "a:?? b:?? c:-10+ =+"},
		{"without a day last and left out", []V{visit(0, 5, "x"), visit(1, 20, "a"), visit(2, 30, "b")}, "a:?? b:10- x:?? =-"},
		{"two readings, one without a day", []V{visit(0, 5, "x"), visit(1, 20, "a")}, "a:?? x:?? =?"},
		{"unknown reading last of its day", []V{visit(1, 0, "b"), visit(1, 20, "a")}, "a:?? b:?? =?"},
	}
	for _, c := range cases {
		r := record.Report{Visits: slices.Clone(c.visits)}
		FinishReport(&r)
		got := ""
		for i, v := range r.Visits {
			if v.Seq != i+1 {
				t.Errorf("%s: seq %d at %d", c.name, v.Seq, i)
			}
			delta := "?"
			if v.MileageDeltaKM.OK {
				delta = fmt.Sprint(v.MileageDeltaKM.V)
			}
			got += v.Content + ":" + delta + flagText(v.Rollback) + " "
		}
		if got += "=" + flagText(r.OdometerRollback); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFinishReportFillsAndChecks(t *testing.T) {
	t.Parallel()
	visits := []record.Visit{visit(5, 0, ""), visit(1, 10, ""), visit(3, 30, "")}
	r := record.Report{Visits: slices.Clone(visits)}
	FinishReport(&r)
	if r.FirstVisit != record.Some(record.Date(15001)) || r.LastVisit != record.Some(record.Date(15005)) || r.LastMileageKM != record.Some(int64(30)) || r.Problems != nil {
		t.Errorf("filled %+v", r)
	}
	r = record.Report{Visits: slices.Clone(visits), FirstVisit: record.Some(record.Date(15000)), LastVisit: record.Some(record.Date(15006)),
		LastMileageKM: record.Some(int64(31)), LastRepair: record.Some(record.Date(15007)), LastService: record.Some(record.Date(15003))}
	FinishReport(&r)
	FinishReport(&r)
	want := []string{
		"first_visit_date: the vendor says 2011-01-26, the list has 2011-01-27",
		"last_visit_date: the vendor says 2011-02-01, the list has 2011-01-31",
		"last_mileage_km: the vendor says 31, the list has 30",
		"last_repair_date: the vendor says 2011-02-02, the list ends 2011-01-31",
	}
	if !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q", r.Problems)
	}
	if r.LastVisit.V != 15006 {
		t.Errorf("the vendor's word was replaced by %v", r.LastVisit.V)
	}
	empty := record.Report{LastVisit: record.Some(record.Date(1))}
	FinishReport(&empty)
	if len(empty.Problems) != 0 {
		t.Errorf("an empty list disagrees: %q", empty.Problems)
	}
}

func TestNegativeReading(t *testing.T) {
	t.Parallel()
	r := record.Report{Visits: []record.Visit{visit(1, -7, "a")}}
	FinishReport(&r)
	FinishReport(&r)
	if r.Visits[0].MileageKM.OK || !slices.Equal(r.Visits[0].Problems, []string{"mileage_km: -7 is not a reading"}) {
		t.Errorf("got %+v", r.Visits[0])
	}
}

func TestCheckCount(t *testing.T) {
	t.Parallel()
	if got := CheckCount("visits", record.Some(int64(3)), 1); got != "visits: the vendor says 3, the list has 1" {
		t.Errorf("got %q", got)
	}
	if CheckCount("visits", record.Some(int64(1)), 1)+CheckCount("visits", record.Opt[int64]{}, 1) != "" {
		t.Error("agreement is called a problem")
	}
}

// someVisits draws visits of few days, readings and texts, so that many clash.
func someVisits(most int) *rapid.Generator[[]record.Visit] {
	one := rapid.Custom(func(t *rapid.T) record.Visit {
		return visit(record.Date(rapid.IntRange(0, 4).Draw(t, "day")), rapid.Int64Range(0, 4).Draw(t, "km"),
			rapid.SampledFrom([]string{"", "常规保养", "更换前杠; 喷漆", "更换机油机滤", "水泵"}).Draw(t, "text"))
	})
	return rapid.SliceOfN(one, 0, most)
}

// shuffled is a permutation that keeps an empty list from becoming nil.
func shuffled(visits []record.Visit) *rapid.Generator[[]record.Visit] {
	return rapid.Map(rapid.Permutation(visits), func(v []record.Visit) []record.Visit {
		return append([]record.Visit{}, v...)
	})
}

// sorted makes the order of equal visits irrelevant.
func sorted(visits []record.Visit) []string {
	var out []string
	for _, v := range visits {
		out = append(out, line(v)+fmt.Sprint(v.MileageDeltaKM, v.Rollback))
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := someVisits(6).Draw(t, "all")
		component, exterior := someVisits(3).Draw(t, "component"), someVisits(3).Draw(t, "exterior")
		one := record.Report{Visits: JoinViews(all, View{Component, component}, View{Exterior, exterior})}
		other := record.Report{Visits: JoinViews(shuffled(all).Draw(t, "all2"),
			View{Exterior, shuffled(exterior).Draw(t, "exterior2")}, View{Component, shuffled(component).Draw(t, "component2")})}
		FinishReport(&one)
		FinishReport(&other)
		// Visits of one day and reading may change places, and with them their deltas of 0.
		if a, b := joinedLines(one), joinedLines(other); !slices.Equal(a, b) {
			t.Fatalf("\n%q\n%q", a, b)
		}
		if one.OdometerRollback != other.OdometerRollback || one.LastMileageKM != other.LastMileageKM || one.LastVisit != other.LastVisit {
			t.Fatalf("%+v\n%+v", one, other)
		}
	})
}

func joinedLines(r record.Report) []string {
	var out []string
	for _, v := range r.Visits {
		out = append(out, line(v))
	}
	slices.Sort(out)
	return out
}

func TestJoiningKeepsVisits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := someVisits(6).Draw(t, "all")
		view := someVisits(4).Draw(t, "view")
		joined := JoinViews(all, View{Component, view})
		if len(joined) < len(all) || len(joined) > len(all)+len(view) {
			t.Fatalf("%d visits of %d and %d", len(joined), len(all), len(view))
		}
		for _, v := range slices.Concat(all, view) {
			if !slices.ContainsFunc(joined, func(j record.Visit) bool { return keyOf(&j) == keyOf(&v) || oneOpen(&j, &v) || hasAll(j, v) }) {
				t.Fatalf("%s was lost", line(v))
			}
		}
		marked := 0
		for _, j := range joined {
			if !j.Component.OK {
				t.Fatalf("%s is not settled", line(j))
			}
			if j.Component.V {
				marked++
			}
		}
		if (marked == 0) != (len(view) == 0) || marked > len(view) {
			t.Fatalf("%d marks for %d rows", marked, len(view))
		}
	})
}

// hasAll tells whether a visit names whatever another names of day and reading.
func hasAll(j, v record.Visit) bool {
	return (!v.Date.OK || j.Date == v.Date) && (!reading(&v).OK || reading(&j) == reading(&v))
}

// TestAnOpenRowIsSaid: a row without words that fits two visits is noted at one.
func TestAnOpenRowIsSaid(t *testing.T) {
	t.Parallel()
	joined := JoinViews([]record.Visit{visit(3, 310, "b"), visit(3, 300, "a")}, View{Component, []record.Visit{visit(3, 0, "")}})
	want := []string{"is_component: the vendor's view names neither reading nor work, and other visits fit it as well"}
	if !slices.Equal(joined[1].Problems, want) || joined[0].Problems != nil {
		t.Errorf("problems %q and %q", joined[0].Problems, joined[1].Problems)
	}
}

// TestViewsOfTheListAddNothing: views that repeat visits of the list, which is
// what vendors do, mark exactly these.
func TestViewsOfTheListAddNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := someVisits(8).Draw(t, "all")
		var view []record.Visit
		picked := map[int]bool{}
		for i := range all {
			if rapid.Bool().Draw(t, "pick") {
				picked[i] = true
				view = append(view, all[i])
			}
		}
		joined := JoinViews(all, View{Component, append([]record.Visit{}, rapid.Permutation(view).Draw(t, "view")...)})
		want := slices.Clone(all)
		for i := range want {
			want[i].Component = record.Some(picked[i])
		}
		if got := sorted(joined); !slices.Equal(got, sorted(want)) {
			t.Fatalf("\ngot  %q\nwant %q", got, sorted(want))
		}
	})
}

func TestFinishTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := record.Report{Visits: someVisits(8).Draw(t, "visits")}
		FinishReport(&once)
		twice := once
		twice.Visits, twice.Problems = slices.Clone(once.Visits), slices.Clone(once.Problems)
		FinishReport(&twice)
		if !reflect.DeepEqual(once, twice) {
			t.Fatalf("\n%+v\n%+v", once, twice)
		}
	})
}

// TestNearby: few rows are held against every visit and many are looked up, to the same end.
func TestNearby(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := grouping{joined: someVisits(8).Draw(t, "joined")}
		few, many := g.nearby(1), g.nearby(mostPairs)
		for _, row := range someVisits(4).Draw(t, "rows") {
			closed := func(i int) bool { return !oneOpen(&row, &g.joined[i]) }
			want := slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(many(&row)), closed)))
			if got := few(&row); !slices.Equal(got, want) {
				t.Fatalf("%s is near %v, by day and reading %v", line(row), got, want)
			}
		}
	})
}
