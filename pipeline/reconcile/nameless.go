package reconcile

import (
	"cmp"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Some vendors list products without saying of which vehicle. Such lines are told
// by their number alone: nobody can say which order each is of, but where there
// are as many as orders of the dataset at that time, every order has one.

// nameless tells whether a line names neither a vehicle nor an order.
func (m *matcher) nameless(i int) bool {
	l := &m.lines[i]
	return m.chargeOf[i] < 0 && !m.vague[i] && l.VIN == "" && l.Plate == "" && (l.Ticket == "" || m.foreign && !m.elsewhere(l))
}

// byCount pairs lines that name nothing with the orders that are left.
func (m *matcher) byCount() {
	var all []crowd
	for _, d := range record.Datasets() { // a line may be in the crowds of two
		all = append(all, m.crowds(d)...)
	}
	for i := range all {
		for _, c := range all[i].charges {
			all[i].doubtful = all[i].doubtful || m.spoilt(&m.charges[c])
		}
		m.count(&all[i])
	}
}

// crowd is what lies together in time, of one dataset: no line of it is in time
// for an order outside.
type crowd struct {
	lines, charges []int
	// doubtful: lines that may be of another dataset, or pay back, or an order that
	// may have a line which names its vehicle or cannot be read. Their number tells nothing.
	doubtful bool
}

// member is a line or an order in its time.
type member struct {
	from, until time.Time
	line        bool
	at          int
}

// crowds puts together the lines that name nothing and the orders without a line.
func (m *matcher) crowds(d record.Dataset) []crowd {
	var members []member
	for i := range m.lines {
		if l := &m.lines[i]; m.nameless(i) && !zero(l) && m.mayBeOf(l, d) {
			members = append(members, member{l.From, l.Until, true, i})
		}
	}
	if len(members) == 0 {
		return nil
	}
	for i := range m.charges {
		if c := &m.charges[i]; m.lineOf[i] < 0 && c.Dataset == d {
			from, until := m.reach(c)
			members = append(members, member{from, until, false, i})
		}
	}
	slices.SortStableFunc(members, func(a, b member) int { return a.from.Compare(b.from) })
	var out []crowd
	var until time.Time
	for _, x := range members {
		if len(out) == 0 || !x.from.Before(until) {
			out, until = append(out, crowd{}), x.until
		}
		until = later(until, x.until)
		m.join(&out[len(out)-1], x)
	}
	return out
}

func (m *matcher) join(c *crowd, x member) {
	if !x.line {
		c.charges, c.doubtful = append(c.charges, x.at), c.doubtful || m.unsure[x.at]
		return
	}
	c.lines = append(c.lines, x.at)
	l := &m.lines[x.at]
	c.doubtful = c.doubtful || !positive(l) || l.Dataset == "" && len(m.pricedAs(l)) > 1
}

// mayBeOf tells whether a line may be a charge of a dataset. Where the bill does
// not say which, the exact price does.
func (m *matcher) mayBeOf(l *Line, d record.Dataset) bool {
	if l.Dataset != "" {
		return l.Dataset == d
	}
	return slices.Contains(m.pricedAs(l), d)
}

// pricedAs lists the datasets of which an order has the line's price.
func (m *matcher) pricedAs(l *Line) []record.Dataset {
	return m.priced[max(l.Fen, -l.Fen)+l.Back]
}

// count pairs a crowd where the numbers agree: as many lines as orders that were
// sent and not refused, or as many as the vendor has admitted. What is in doubt is
// never taken for not bought by a number alone.
func (m *matcher) count(c *crowd) {
	var admitted, taken []int
	certain := !c.doubtful
	for _, i := range c.charges {
		charge := &m.charges[i]
		switch charge.Billed {
		case ledger.BilledYes:
			admitted, taken = append(admitted, i), append(taken, i)
		case ledger.BilledNo:
		default:
			taken = append(taken, i)
		}
	}
	if len(c.lines) == 0 || len(c.charges) == 0 {
		return
	}
	switch {
	case certain && len(c.lines) == len(taken) && m.doubtsAreCovered(c) && m.zip(c.lines, taken):
		return
	case certain && len(c.lines) == len(admitted) && m.zip(c.lines, admitted): // the others stay in doubt
	default:
		for _, i := range c.lines {
			m.vague[i] = true
		}
	}
	for _, i := range taken {
		m.unsure[i] = m.lineOf[i] < 0
	}
}

// doubtsAreCovered tells whether the bill would hold all that is in doubt, and
// nothing was refused whose line might be among the others.
func (m *matcher) doubtsAreCovered(c *crowd) bool {
	doubts, refused, covered := false, false, true
	for _, i := range c.charges {
		switch charge := &m.charges[i]; charge.Billed {
		case ledger.BilledYes:
		case ledger.BilledNo:
			refused = true
		default:
			doubts, covered = true, covered && m.covers(charge)
		}
	}
	return !doubts || covered && !refused
}

// zip gives each order a line of its price, in the order of time, if each is in time.
func (m *matcher) zip(lines, charges []int) bool {
	lines, charges = slices.Clone(lines), slices.Clone(charges)
	slices.SortStableFunc(lines, func(a, b int) int {
		return cmp.Or(cmp.Compare(m.lines[a].Fen, m.lines[b].Fen), m.lines[a].From.Compare(m.lines[b].From))
	})
	slices.SortStableFunc(charges, func(a, b int) int {
		return cmp.Or(cmp.Compare(m.charges[a].Fen, m.charges[b].Fen), m.charges[a].IntentAt.Compare(m.charges[b].IntentAt))
	})
	for i := range lines {
		if !m.inTime(&m.lines[lines[i]], &m.charges[charges[i]]) {
			return false
		}
	}
	for i := range lines {
		m.pair(lines[i], charges[i])
	}
	return true
}
