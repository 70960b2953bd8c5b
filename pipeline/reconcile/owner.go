package reconcile

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// The ledger knows tickets of other vendors, and of orders that are older than those which a
// bill is held against. A line with such a ticket is of that order, and of no other one.

// owners are the orders that have the tickets of a bill.
type owners struct {
	vendor string // whose bill it is said to be
	of     map[string]ledger.TicketOwner
	own    map[string]bool // tickets of orders at vendor
}

// ownersOf asks the ledger for the tickets of lines. Where a ticket is of several orders, the one at
// the vendor counts.
func ownersOf(ctx context.Context, l looker, lines []Line, vendor string) (*owners, error) {
	o := &owners{vendor: vendor, of: map[string]ledger.TicketOwner{}, own: map[string]bool{}}
	known, err := l.TicketOwners(ctx, ticketsOf(lines))
	if err != nil {
		return nil, fmt.Errorf("look for the orders of the bill's tickets: %w", err)
	}
	for _, k := range known {
		if _, there := o.of[k.Ticket]; !there || k.Vendor == vendor && !o.own[k.Ticket] {
			o.of[k.Ticket] = k
		}
		o.own[k.Ticket] = o.own[k.Ticket] || k.Vendor == vendor
	}
	return o, nil
}

// ticketsOf lists the tickets of lines, each once.
func ticketsOf(lines []Line) []string {
	var out []string
	seen := map[string]bool{"": true}
	for i := range lines {
		if t := lines[i].Ticket; !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

// OtherVendorError refuses a bill that is another vendor's.
type OtherVendorError struct {
	Vendor string // whose bill it was said to be
	Other  string // whose it is
	Known  int    // of its tickets, the ledger's orders at Other
	Own    int    // and at Vendor
	All    int    // its tickets
}

// Problem says what is wrong.
func (e *OtherVendorError) Problem() string {
	return fmt.Sprintf("this looks like %s's bill: of its %s %d are of orders at %s, and %d of orders at %s", e.Other, several(e.All, "order number", "order numbers"), e.Known, e.Other, e.Own, e.Vendor)
}

// Hint says what to do.
func (e *OtherVendorError) Hint() string {
	hint := "give --vendor " + e.Other
	if e.Own > 0 {
		hint += ", and the lines of " + e.Vendor + " in a file of their own"
	}
	return hint
}

func (e *OtherVendorError) Error() string { return e.Problem() + ": " + e.Hint() }

// sureTicket is the length from which two vendors do not give the same ticket by chance.
const sureTicket = 10

// check refuses a bill with more tickets of another vendor than of its own. Short ones must be most
// of all, for two vendors may count from 1.
func (o *owners) check(lines []Line) error {
	theirs, sure := map[string]int{}, map[string]bool{}
	e := &OtherVendorError{Vendor: o.vendor}
	for _, t := range ticketsOf(lines) {
		e.All++
		k, known := o.of[t]
		switch {
		case !known:
		case o.own[t]:
			e.Own++
		default:
			theirs[k.Vendor]++
			sure[k.Vendor] = sure[k.Vendor] || len(t) >= sureTicket
			if theirs[k.Vendor] > e.Known {
				e.Other, e.Known = k.Vendor, theirs[k.Vendor]
			}
		}
	}
	if e.Known > e.Own && (sure[e.Other] || 2*e.Known > e.All) {
		return e
	}
	return nil
}

// elsewhere tells whether a line's ticket is of an order that is none of the matcher's charges.
func (m *matcher) elsewhere(l *Line) bool {
	if _, here := m.tickets[l.Ticket]; here || m.owners == nil {
		return false
	}
	_, known := m.owners.of[l.Ticket]
	return known
}

// older tells whether a line's ticket is of an order at the vendor itself that is none of the
// matcher's charges.
func (m *matcher) older(l *Line) bool { return m.elsewhere(l) && m.owners.own[l.Ticket] }

// whose says of which order a line is that is none of the matcher's charges.
func (m *matcher) whose(l *Line) string {
	k := m.owners.of[l.Ticket]
	return fmt.Sprintf("its ticket is of an order at %s: %s row %d", k.Vendor, k.RunID, k.Row)
}

// shared finds the tickets that lines have which charge different vehicles: no report can be asked
// for by one.
func shared(lines []Line) map[string]bool {
	out, car := map[string]bool{}, map[string]string{}
	for i := range lines {
		l := &lines[i]
		if l.Ticket == "" || l.car() == "" || !positive(l) {
			continue
		}
		if of, there := car[l.Ticket]; there && of != l.car() {
			out[l.Ticket] = true
		}
		car[l.Ticket] = l.car()
	}
	return out
}
