package normalise

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

func TestStampedDay(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, stamp, text, want string
		problems                []string
	}{
		{"agree", "1464105610", "2016-05-25", "2016-05-25", nil},
		{"the stamp wins", "1464105610", "2018-05-25", "2016-05-25", []string{"visit_date: the time stamp says 2016-05-25, the text 2018-05-25"}},
		{"stamp alone", "1464105610", "", "2016-05-25", nil},
		{"text alone", "", "2018-05-25", "2018-05-25", nil},
		{"no stamp", "0", "2018-05-25", "2018-05-25", nil},
		{"epoch in China", "-28800", "2018-05-25", "2018-05-25", nil},
		{"neither", "", "null", "?", nil},
		{"milliseconds", "1464105610000", "2016-05-25", "2016-05-25", nil},
		{"a written stamp", "2016/5/25", "20160525", "2016-05-25", nil},
		{"a text of milliseconds", "", "1464105610000", "2016-05-25", nil},
		{"absurd stamp", "1464105610000000", "2018-05-25", "2018-05-25", []string{`visit_date: "1464105610000000" is neither a day nor a plausible time`}},
		{"bad stamp", "soon", "2018-05-25", "2018-05-25", []string{`visit_date: "soon" is not a day`}},
		{"bad text", "1464105610", "May", "2016-05-25", []string{`visit_date: "May" is not a day`}},
	}
	for _, c := range cases {
		var n Notes
		got := show(n.StampedDay("visit_date", c.stamp, c.text))
		if got != c.want || !slices.Equal(n.Problems, c.problems) {
			t.Errorf("%s: got %s %q, want %s %q", c.name, got, n.Problems, c.want, c.problems)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	var n Notes
	for in, want := range map[string]string{"1.9": "1.9", "3": "3", "1.995": "2", "1.2349": "1.23", "": "", "0": "0", "-1": "", "2e9": "", "x": ""} {
		if got := n.PerYear("services_per_year", in); got != want {
			t.Errorf("PerYear(%q) = %q, want %q", in, got, want)
		}
	}
	if len(n.Problems) != 3 {
		t.Errorf("problems %q", n.Problems)
	}
	for in, want := range map[string]string{"26394": "26394", "26394.5": "26395", "0": "?", "": "?", "x": "?", "0.0": "?"} {
		if got := show(asWhole(n.Distance("mileage_per_year_km", in))); got != want {
			t.Errorf("Distance(%q) = %s, want %s", in, got, want)
		}
	}
	n = Notes{}
	if got := n.Yuan("amount_cny", "a lot"); got != (record.Opt[record.Fen]{}) || len(n.Problems) != 1 {
		t.Errorf("Yuan = %v, %q", got, n.Problems)
	}
	n.Add("")
	n.Add(n.Problems[0])
	if len(n.Problems) != 1 {
		t.Errorf("problems %q", n.Problems)
	}
}

func TestStampedDayOfTwoTexts(t *testing.T) {
	t.Parallel()
	var n Notes
	if got := show(n.StampedDay("visit_date", "0", "", "2018-05-25", "2018/5/26 10:00")); got != "2018-05-25" ||
		!slices.Equal(n.Problems, []string{"visit_date: the text says 2018-05-25, the text 2018-05-26"}) {
		t.Errorf("got %s, %q", got, n.Problems)
	}
}

func TestAnyDay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2018-05-25": "2018-05-25", "2018/5/25": "2018-05-25", "20180525": "2018-05-25", "2018-05-25 10:11:12": "2018-05-25", "2018年5月25日": "2018-05-25",
		"20180525101112": "2018-05-25", "1527177600000": "2018-05-25", "1527177600": "2018-05-25", "1.5271776E12": "2018-05-25", "1527177600.123": "2018-05-25",
		"1082995200000": "2004-04-27", "946656000000": "2000-01-01", "315504000": "1980-01-01", " 1527177600 ": "2018-05-25",
		"0": "?", "-": "?", "": "?", "null": "?", "-28800000": "?", "-1": "?", "(为空)": "?", "0000-00-00": "?", "00": "?",
		"1": "!", "12345": "!", "1527177600000000": "!", "soon": "!", "2018-05": "!", "2018-02-30": "!", "1.5": "!",
	} {
		got, err := AnyDay(in)
		if text := show(got); (err != nil) != (want == "!") || err == nil && text != want {
			t.Errorf("AnyDay(%q) = %s, %v; want %s", in, text, err, want)
		}
	}
}

func TestAnyDayRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sec := rapid.Int64Range(315504000, 4102415999).Draw(t, "sec")
		local := time.Unix(sec, 0).In(record.China())
		for _, form := range []string{strconv.FormatInt(sec, 10), strconv.FormatInt(sec*1000+999, 10), local.Format("2006-01-02"), local.Format("2006/1/2"),
			local.Format("20060102"), local.Format("20060102150405"), local.Format("200601021504"), local.Format("2006-01-02T15:04:05.000+08:00")} {
			if got, err := AnyDay(form); err != nil || got != DayOfSeconds(sec) {
				t.Fatalf("AnyDay(%q) = %v, %v", form, got, err)
			}
		}
	})
}

func TestNotesFlag(t *testing.T) {
	t.Parallel()
	yes, no, unknown := record.Some(true), record.Some(false), record.Flag{}
	for in, want := range map[string]record.Flag{"1": yes, "0": no, "1.0": yes, "true": yes, "TRUE": yes, "false": no, "是": yes, "否": no,
		"-1": unknown, "": unknown, "null": unknown, "不确定": unknown, "2": unknown} {
		var n Notes
		if got := n.Flag("fire", in, "1", "0", "2"); got != want || n.Problems != nil {
			t.Errorf("%q: %v, %q", in, got, n.Problems)
		}
	}
	var n Notes
	if got := n.Flag("fire", "7", "1", "0"); got != unknown || !slices.Equal(n.Problems, []string{`fire: the vendor's code "7" is not known`}) {
		t.Errorf("7: %v, %q", got, n.Problems)
	}
	if got := n.Flag("accident", "-1", "1", "-1", "0"); got != no {
		t.Errorf("-1 as no: %v", got)
	}
}
