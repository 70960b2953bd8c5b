package changes

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// The values are few, so that equals and near equals are many.

func drawOpt[T any](t *rapid.T, g *rapid.Generator[T], what string) record.Opt[T] {
	if rapid.IntRange(0, 4).Draw(t, what+" known") == 0 {
		return record.Opt[T]{}
	}
	return record.Some(g.Draw(t, what))
}

func drawViolation(t *rapid.T) record.Violation {
	hours := rapid.Int64Range(0, 2)
	at := drawOpt(t, rapid.Map(hours, func(h int64) time.Time { return time.Unix(h*3600, 0).UTC() }), "at")
	return record.Violation{OccurredAt: at,
		Code: rapid.SampledFrom([]string{"", "1208", "1345"}).Draw(t, "code"), Address: rapid.SampledFrom([]string{"", "长江路", "长江 路"}).Draw(t, "address"),
		HandleNo: rapid.SampledFrom([]string{"", "0", "h1", "h2"}).Draw(t, "handle"), DecisionNo: rapid.SampledFrom([]string{"", "d1"}).Draw(t, "decision"),
		Fine:   drawOpt(t, rapid.Map(rapid.Int64Range(0, 1), func(n int64) record.Fen { return record.Fen(n * 100) }), "fine"),
		Status: rapid.SampledFrom([]record.ViolationStatus{"", record.UnprocessedUnpaid, record.ProcessedUnpaid, record.ProcessedPaid}).Draw(t, "status")}
}

func drawVisit(t *rapid.T) record.Visit {
	date := drawOpt(t, rapid.Map(rapid.Int32Range(1, 3), func(n int32) record.Date { return record.Date(n) }), "date")
	return record.Visit{Date: date, MileageKM: drawOpt(t, rapid.Int64Range(1, 3), "km"), Type: record.Service,
		Content: rapid.SampledFrom([]string{"", "更换机油", "机油更换", "年检"}).Draw(t, "content")}
}

func drawSaid(t *rapid.T, vendor string) Said {
	flag := rapid.Custom(func(t *rapid.T) record.Flag { return drawOpt(t, rapid.Bool(), "flag") })
	price := rapid.Custom(func(t *rapid.T) record.Opt[record.Fen] {
		return drawOpt(t, rapid.Map(rapid.Int64Range(0, 2), func(n int64) record.Fen { return record.Fen(n) }), "price")
	})
	return Said{Status: record.Found, Vendor: vendor, Answer: record.Answer{
		Report: &record.Report{Fire: flag.Draw(t, "fire"), Accident: flag.Draw(t, "accident"),
			Visits: rapid.SliceOfN(rapid.Custom(drawVisit), 0, 6).Draw(t, "visits")},
		Valuation:  &record.Valuation{Private: price.Draw(t, "private"), DealerBuy: price.Draw(t, "buy")},
		Violations: append([]record.Violation{}, rapid.SliceOfN(rapid.Custom(drawViolation), 0, 6).Draw(t, "violations")...)}}
}

// parts are the datasets of a drawn answer, each as an answer of its own.
func parts(s Said) []Said {
	a := s.Answer
	report := *a.Report
	report.Visits = slices.Clone(report.Visits)
	normalise.FinishReport(&report)
	out := []Said{s, s, s}
	out[0].Answer = record.Answer{Report: &report}
	out[1].Answer = record.Answer{Valuation: a.Valuation}
	out[2].Answer = record.Answer{Violations: a.Violations}
	return out
}

func shuffled(t *rapid.T, s Said) Said {
	r := *s.Answer.Report
	r.Visits = slices.Clone(rapid.Permutation(r.Visits).Draw(t, "order of visits"))
	s.Answer.Report = &r
	s.Answer.Violations = append([]record.Violation{}, rapid.Permutation(s.Answer.Violations).Draw(t, "order of violations")...)
	return s
}

func TestNothingChangesByItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawSaid(t, "v")
		b := shuffled(t, a)
		for i, part := range parts(a) {
			if got := Compare(part, parts(b)[i]); len(got) > 0 {
				t.Fatalf("an answer differs from itself in another order: %s", told(got))
			}
		}
	})
}

func TestTheOrderOfAListDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSaid(t, "v"), drawSaid(t, rapid.SampledFrom([]string{"v", "w"}).Draw(t, "vendor"))
		a2, b2 := shuffled(t, a), shuffled(t, b)
		for i := range parts(a) {
			one, two := Compare(parts(a)[i], parts(b)[i]), Compare(parts(a2)[i], parts(b2)[i])
			for _, list := range [][]record.Change{one, two} {
				for j := range list {
					list[j].Seq = 0 // of equals, the vendor's order decides
				}
			}
			if told(one) != told(two) {
				t.Fatalf("in one order:\n%s\nin another:\n%s", told(one), told(two))
			}
		}
	})
}

// What came and what went explains how many there are.
func TestTheChangesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSaid(t, "v"), drawSaid(t, "v")
		count := map[record.ChangeKind]int{}
		for i, part := range parts(a) {
			for _, c := range Compare(part, parts(b)[i]) {
				count[c.Kind]++
				if c.Before == c.After && c.Kind != record.VisitNew && c.Kind != record.VisitGone && c.Kind != record.ViolationNew && c.Kind != record.ViolationGone {
					t.Fatalf("a change that changes nothing: %s", told([]record.Change{c}))
				}
			}
		}
		if was, is := len(a.Answer.Violations), len(b.Answer.Violations); was+count[record.ViolationNew]-count[record.ViolationGone] != is {
			t.Fatalf("%d violations became %d by %v", was, is, count)
		}
		if was, is := len(a.Answer.Report.Visits), len(b.Answer.Report.Visits); was+count[record.VisitNew]-count[record.VisitGone] != is {
			t.Fatalf("%d visits became %d by %v", was, is, count)
		}
	})
}

// Two that differ in how their place is written, and in nothing else.
func TestTheOrderOfNearEqualsDoesNotMatter(t *testing.T) {
	t.Parallel()
	one := record.Violation{Address: "长江路", Status: record.UnprocessedUnpaid}
	two := one
	two.Address = "长江 路"
	first, second := violations(one, two), violations(two, one)
	if a, b := told(Compare(violations(), first)), told(Compare(violations(), second)); a != b {
		t.Errorf("in one order:\n%s\nin another:\n%s", a, b)
	}
}
