package reconcile

import (
	"errors"
	"regexp"
	"strings"

	"vehiclebatch/sources"
)

// A spreadsheet keeps 15 digits of a number. It writes a longer order number as 1.2E+16, or,
// where the column was given another format, with zeros for the digits that it has lost.

// ticket drops an order number whose digits a spreadsheet has lost, where the vehicle is
// there to tell the order by.
func (r *reading) ticket(l *Line) error {
	err := sources.CheckExcel(sources.CleanIdentifier(l.Ticket))
	if err == nil {
		return nil
	}
	if !l.wholeVIN && !l.wholePlate {
		return err
	}
	l.Ticket = ""
	r.lost++
	return nil
}

// long is a number of which two digits at least would be lost.
var long = regexp.MustCompile(`^[1-9]\d{16,}$`)

// rounded drops the order numbers of a bill of which every long one ends in zeros behind its
// first 15 digits. That is chance for one number, and none for several.
func (r *reading) rounded() {
	seen := 0
	for i := range r.entries {
		ticket := r.entries[i].line.Ticket
		if !long.MatchString(ticket) {
			continue
		}
		if strings.Trim(ticket[sources.ExactDigits:], "0") != "" {
			return
		}
		seen++
	}
	if seen < 2 {
		return
	}
	kept := r.entries[:0]
	for _, e := range r.entries {
		switch {
		case !long.MatchString(e.line.Ticket):
		case e.line.wholeVIN || e.line.wholePlate:
			e.line.Ticket = ""
			r.lost++
		default:
			r.unread(e.line, errors.New("a spreadsheet has put zeros for the last digits of the order number, as of all long ones: download the bill again, and open it with the column as text"))
			continue
		}
		kept = append(kept, e)
	}
	r.entries = kept
}
