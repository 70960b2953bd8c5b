package sources

import (
	"fmt"
	"regexp"
	"strings"

	"vehiclebatch/pipeline/record"
)

// months is the column of the first registration. Programs that take 2018.10 for a number write 2018.1, which
// people write for January. It is January in a column where somebody writes the other months so, 2018.9 or 2018.10; else
// neither is guessed.
type months struct {
	byHand bool // 2018.9 or 2018.10 was seen
	padded bool // 2018.09 was seen
}

var (
	// cutMonth is 2018.1.
	cutMonth = regexp.MustCompile(`^\d{4}\.1$`)
	// monthByHand is a month with a point that is no number of a program: those have no zero at the end, and two digits for September.
	monthByHand = regexp.MustCompile(`^\d{4}\.(?:[2-9]|10)$`)
	paddedMonth = regexp.MustCompile(`^\d{4}\.0[1-9]$`)
)

// preview looks at a value that will be read later.
func (m *months) preview(s string) {
	if len(s) > len("2018.10") {
		return
	}
	m.byHand = m.byHand || monthByHand.MatchString(s)
	m.padded = m.padded || paddedMonth.MatchString(s)
}

// read is the reader of the column.
func (m *months) read(v *record.Vehicle, s string) {
	month, err := ParseMonth(s)
	if err = formulaError(s, err); err == nil && m.mayBeOctober(s) {
		year, _, _ := strings.Cut(month, "-")
		month, err = "", fmt.Errorf("the month is %s, which programs make of %s.10: write %s-01 or %s-10", quote(s), year, year, year)
	}
	if err != nil {
		fault(v, record.ColFirstRegistered, err)
	}
	v.FirstRegistered = month
}

// mayBeOctober tells whether a month is what is left of October.
func (m *months) mayBeOctober(s string) bool {
	return len(s) < 60 && (!m.byHand || m.padded) && cutMonth.MatchString(CleanIdentifier(s))
}
