package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"vehiclebatch/pipeline/record"
)

// compareViolations tells what has become of each violation.
func compareViolations(before, after []record.Violation, sameVendor bool) []record.Change {
	before, after = sortedBy(before, violationWords), sortedBy(after, violationWords)
	m := matchViolations(before, after, sameVendor)
	var out []record.Change
	for i := range after {
		if at := m.of[i]; at >= 0 {
			out = append(out, becameOf(&before[at], &after[i])...)
			continue
		}
		c := aboutViolation(record.ViolationNew, &after[i])
		c.After, c.Seq = string(after[i].Status), after[i].Seq
		out = append(out, c)
	}
	for i := range before {
		if m.taken[i] || !sameVendor {
			continue
		}
		c := aboutViolation(record.ViolationGone, &before[i])
		c.Before = string(before[i].Status)
		out = append(out, c)
	}
	return out
}

// matchViolations knows a violation again by all that it says; by its moment
// and code, with a number or place of the vendor's where they help to tell
// equals apart; and where a vendor has corrected the moment, by a number that
// it gives to no other. Numbers are the vendor's own: some give a new one with
// each answer, so another number alone does not make another violation.
func matchViolations(before, after []record.Violation, sameVendor bool) *matcher[record.Violation] {
	m := newMatcher(before, after)
	m.by(violationWords)
	m.by(violationText)
	if sameVendor {
		m.by(func(v *record.Violation) string { return joinKey(momentOf(v), v.Code, v.HandleNo) })
		m.by(func(v *record.Violation) string { return joinKey(momentOf(v), v.Code, v.DecisionNo) })
	}
	m.by(func(v *record.Violation) string { return joinKey(momentOf(v), v.Code, bare(v.Address)) })
	m.by(func(v *record.Violation) string { return joinKey(momentOf(v), v.Code) })
	if sameVendor {
		m.bySole(func(v *record.Violation) string { return joinKey(v.HandleNo) })
		m.bySole(func(v *record.Violation) string { return joinKey(v.DecisionNo, v.Code) })
	}
	m.by(func(v *record.Violation) string {
		if v.OccurredAt.OK {
			return ""
		}
		return joinKey(v.Code, bare(v.Address))
	})
	return m
}

// joinKey is "" when a part is unknown: what is not said is no sign.
func joinKey(parts ...string) string {
	if slices.Contains(parts, "") {
		return ""
	}
	return strings.Join(parts, "\x1f")
}

// bare is a text without what is written now so, now so: spaces, punctuation,
// the case of letters.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

func momentOf(v *record.Violation) string {
	if !v.OccurredAt.OK {
		return ""
	}
	return v.OccurredAt.V.UTC().Format(time.RFC3339)
}

// violationWords is violationText to the letter.
func violationWords(v *record.Violation) string { return violationText(v) + "\x1f" + v.Address }

// violationText is all that a violation says, its number in the answer aside,
// however its place is written.
func violationText(v *record.Violation) string {
	return strings.Join([]string{momentOf(v), v.Code, bare(v.Address), v.Action, v.Fine.Text(), v.Points.Text(), string(v.Status),
		v.HandleNo, v.DecisionNo, v.MonitorNo, v.City, v.CityCode, v.Organ, fmt.Sprint(v.OnlineHandling)}, "\x1f")
}

// becameOf tells what has changed in a violation that is in both answers.
func becameOf(before, after *record.Violation) []record.Change {
	var out []record.Change
	note := func(kind record.ChangeKind, what, was, is string) {
		c := aboutViolation(kind, after)
		c.What, c.Before, c.After, c.Seq = cmp.Or(what, c.What), was, is, after.Seq
		out = append(out, c)
	}
	if kind := turnOf(before.Status, after.Status); kind != "" {
		note(kind, "", string(before.Status), string(after.Status))
	}
	if before.Fine.OK && after.Fine.OK && before.Fine.V != after.Fine.V {
		note(record.ViolationChanged, "fine_cny of "+describeViolation(after), before.Fine.Text(), after.Fine.Text())
	}
	if before.Points.OK && after.Points.OK && before.Points.V != after.Points.V {
		note(record.ViolationChanged, "points of "+describeViolation(after), before.Points.Text(), after.Points.Text())
	}
	return out
}

// turnOf says where a status went; "" when it stayed or is not known.
func turnOf(before, after record.ViolationStatus) record.ChangeKind {
	steps := map[record.ViolationStatus]int{record.UnprocessedUnpaid: 1, record.ProcessedUnpaid: 2, record.ProcessedPaid: 3}
	from, to := steps[before], steps[after]
	switch {
	case from == 0 || to == 0 || from == to:
		return ""
	case to < from:
		return record.ViolationReopened
	case after == record.ProcessedPaid:
		return record.ViolationPaid
	}
	return record.ViolationProcessed
}

func aboutViolation(kind record.ChangeKind, v *record.Violation) record.Change {
	c := record.Change{Kind: kind, What: describeViolation(v), Amount: v.Fine, Points: v.Points}
	if v.OccurredAt.OK {
		at := v.OccurredAt.V.In(record.China())
		if day, err := record.NewDate(at.Year(), at.Month(), at.Day()); err == nil {
			c.On = record.Some(day)
		}
	}
	return c
}

// describeViolation names a violation: moment in China, code, what was done, place.
func describeViolation(v *record.Violation) string {
	moment := ""
	if v.OccurredAt.OK {
		moment = v.OccurredAt.V.In(record.China()).Format(time.DateTime)
	}
	return words(moment, v.Code, v.Action, v.City+v.Address)
}
