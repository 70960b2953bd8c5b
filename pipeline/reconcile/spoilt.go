package reconcile

import (
	"slices"
	"sort"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// unreadLines are the lines that cannot be read, by what they name, so that an order is
// held against those alone that may be its: both may be many.
type unreadLines struct {
	lines          []Line
	tickets        map[string]bool
	byVIN, byPlate map[string][]*Line
	vague          map[vagueFor]*vagueLines // those that do not name their order for certain
}

// vagueFor is a kind of orders that a line may be of: with or without a VIN, with or
// without a plate. A line with a whole VIN cannot be of an order with another VIN.
type vagueFor struct {
	vin, plate bool
	dataset    record.Dataset // of the line, "" for any
}

// vagueLines are lines in the order of their time; those without one come first.
type vagueLines struct {
	lines   []*Line
	longest time.Duration // that a line's time may span
}

// byNames puts the lines that cannot be read in order. It comes after the tickets.
func (m *matcher) byNames(lines []Line) unreadLines {
	u := unreadLines{lines: lines, tickets: map[string]bool{}, byVIN: map[string][]*Line{}, byPlate: map[string][]*Line{}, vague: map[vagueFor]*vagueLines{}}
	for i := range lines {
		l := &lines[i]
		l.know()
		u.tickets[l.Ticket] = true
		u.byVIN[l.VIN] = append(u.byVIN[l.VIN], l)
		u.byPlate[l.Plate] = append(u.byPlate[l.Plate], l)
		if _, known := m.tickets[l.Ticket]; !known {
			u.addVague(l)
		}
	}
	for _, v := range u.vague {
		slices.SortStableFunc(v.lines, func(a, b *Line) int { return a.From.Compare(b.From) })
	}
	return u
}

func (u *unreadLines) addVague(l *Line) {
	for _, k := range []vagueFor{{vin: true, plate: true}, {vin: true}, {plate: true}, {}} {
		if k.vin && l.wholeVIN || k.plate && l.wholePlate {
			continue
		}
		k.dataset = l.Dataset
		if u.vague[k] == nil {
			u.vague[k] = &vagueLines{}
		}
		v := u.vague[k]
		v.lines, v.longest = append(v.lines, l), max(v.longest, l.Until.Sub(l.From))
	}
}

// spoilt tells whether a line that cannot be read may be of a charge: it names the
// order or the vehicle, or it might name any, at a time that fits or cannot be read. A
// ticket that is known is of its own order alone.
func (m *matcher) spoilt(c *ledger.Charge) bool {
	if c.Ticket != "" && m.unread.tickets[c.Ticket] {
		return true
	}
	unknown := func(l *Line) bool {
		_, known := m.tickets[l.Ticket]
		return !known
	}
	return m.unread.name(c, unknown) || m.mayBeVague(c, "") || c.Dataset != "" && m.mayBeVague(c, c.Dataset)
}

// spoiltRefund tells whether a line that cannot be read names a charge's order or
// vehicle: it may say that it was paid back.
func (m *matcher) spoiltRefund(c *ledger.Charge) bool {
	return c.Ticket != "" && m.unread.tickets[c.Ticket] || m.unread.name(c, func(*Line) bool { return true })
}

// name tells whether a wanted line names the vehicle of a charge.
func (u *unreadLines) name(c *ledger.Charge, wanted func(*Line) bool) bool {
	its := func(l *Line) bool { return relate(l, c) == related && sameDataset(l.Dataset, c.Dataset) && wanted(l) }
	return c.VIN != "" && slices.ContainsFunc(u.byVIN[c.VIN], its) || c.Plate != "" && slices.ContainsFunc(u.byPlate[c.Plate], its)
}

// mayBeVague tells whether a line of a dataset that names no vehicle for certain may
// be of a charge.
func (m *matcher) mayBeVague(c *ledger.Charge, of record.Dataset) bool {
	v := m.unread.vague[vagueFor{c.VIN != "", c.Plate != "", of}]
	if v == nil {
		return false
	}
	if v.lines[0].From.IsZero() {
		return true
	}
	from, until := m.reach(c)
	first := sort.Search(len(v.lines), func(i int) bool { return v.lines[i].From.After(from.Add(-v.longest)) })
	for _, l := range v.lines[first:] {
		if !l.From.Before(until) {
			break
		}
		if l.Until.After(from) {
			return true
		}
	}
	return false
}
