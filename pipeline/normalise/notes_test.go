package normalise

import (
	"slices"
	"testing"

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
		{"absurd stamp", "1464105610000", "2018-05-25", "2018-05-25", []string{"visit_date: the time stamp 1464105610000 is not a plausible time"}},
		{"bad stamp", "soon", "2018-05-25", "2018-05-25", []string{`visit_date: "soon" is not a whole number`}},
		{"bad text", "1464105610", "May", "2016-05-25", []string{`visit_date: "May" is not a day`}},
	}
	for _, c := range cases {
		var n Notes
		got := show(n.StampedDay("visit_date", c.stamp, c.text, DayOfSeconds))
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
