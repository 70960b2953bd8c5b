package reconcile

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// matcher finds the order that each line is of. It is pure.
type matcher struct {
	lines   []Line
	charges []ledger.Charge
	options Options

	lineOf   []int // of each charge, -1 when none was found
	chargeOf []int // of each line
	vague    []bool
	unsure   []bool // of each charge: lines may be its, and nobody can say which
	owners   *owners
	// foreign: what the bill calls tickets are not the vendor's tickets.
	foreign bool

	byVIN, byPlate map[string][]int // charges
	tickets        map[string]int
	unread         unreadLines
	priced         map[record.Fen][]record.Dataset // the datasets of charges, by price
}

func newMatcher(lines, unread []Line, charges []ledger.Charge, o Options) *matcher {
	m := &matcher{lines: lines, charges: charges, options: o, lineOf: make([]int, len(charges)), chargeOf: make([]int, len(lines)),
		vague: make([]bool, len(lines)), unsure: make([]bool, len(charges)), byVIN: map[string][]int{}, byPlate: map[string][]int{},
		tickets: map[string]int{}, priced: map[record.Fen][]record.Dataset{}}
	for i := range m.lineOf {
		m.lineOf[i] = -1
	}
	for i := range m.chargeOf {
		m.chargeOf[i] = -1
		lines[i].know()
	}
	for i := range charges {
		if c := &charges[i]; c.VIN != "" {
			m.byVIN[c.VIN] = append(m.byVIN[c.VIN], i)
		}
		if c := &charges[i]; c.Plate != "" {
			m.byPlate[c.Plate] = append(m.byPlate[c.Plate], i)
		}
		if c := &charges[i]; !slices.Contains(m.priced[c.Fen], c.Dataset) {
			m.priced[c.Fen] = append(m.priced[c.Fen], c.Dataset)
		}
		if t := charges[i].Ticket; t != "" {
			m.tickets[t] = i
		}
	}
	m.unread = m.byNames(unread)
	return m
}

func (m *matcher) match() {
	m.byTicket(positive)
	m.byTicket(zero)
	m.foreign = m.ticketsAreForeign()
	m.byVehicle(positive, func(c *ledger.Charge) bool { return c.Billed != ledger.BilledNo })
	m.byVehicle(positive, func(c *ledger.Charge) bool { return c.Billed == ledger.BilledNo })
	m.byCount()
	// Vendors that list every call list free ones as well, polls for one.
	m.byVehicle(zero, func(*ledger.Charge) bool { return true })
}

func positive(l *Line) bool { return l.Fen > 0 || l.Back > 0 }

func zero(l *Line) bool { return l.Fen == 0 && l.Back == 0 }

func (m *matcher) pair(line, charge int) { m.lineOf[charge], m.chargeOf[line] = line, charge }

// byTicket pairs what has the same ticket. A second line with a ticket that is
// taken stays alone: the vendor charged it twice.
func (m *matcher) byTicket(of func(*Line) bool) {
	for i := range m.lines {
		l := &m.lines[i]
		if c, ok := m.tickets[l.Ticket]; ok && of(l) && m.lineOf[c] < 0 {
			m.pair(i, c)
		}
	}
}

// ticketsAreForeign tells whether the bill has numbers of its own in place of
// tickets: none of them is known, though orders with a ticket fit its lines.
func (m *matcher) ticketsAreForeign() bool {
	other := false
	for i := range m.lines {
		if m.chargeOf[i] >= 0 && m.lines[i].Ticket != "" || m.older(&m.lines[i]) {
			return false
		}
		for _, c := range m.near(&m.lines[i]) {
			other = other || m.lines[i].Ticket != "" && m.charges[c].Ticket != "" && m.fits(&m.lines[i], &m.charges[c])
		}
	}
	return other
}

// near lists the charges for the vehicle of a line, by VIN and by plate.
func (m *matcher) near(l *Line) []int {
	of := m.byVIN[l.VIN]
	for _, c := range m.byPlate[l.Plate] {
		if m.charges[c].VIN == "" || m.charges[c].VIN != l.VIN {
			of = append(slices.Clip(of), c)
		}
	}
	return of
}

// byVehicle pairs lines and charges of the same vehicle, dataset and time that
// are left, where there is only one way to do it.
func (m *matcher) byVehicle(of func(*Line) bool, wanted func(*ledger.Charge) bool) {
	g := graph{edges: map[int][]int{}, lines: map[int][]int{}}
	for i := range m.lines {
		l := &m.lines[i]
		if m.chargeOf[i] >= 0 || m.vague[i] || !of(l) {
			continue
		}
		var fit []int
		for _, c := range m.near(l) {
			if m.lineOf[c] < 0 && wanted(&m.charges[c]) && m.fits(l, &m.charges[c]) && !m.contradicts(l, &m.charges[c]) {
				fit = append(fit, c)
			}
		}
		g.add(i, m.ofAmount(l, fit))
	}
	for _, part := range g.parts() {
		m.resolve(part, &g)
	}
}

// ofAmount tells datasets apart by the price where the bill does not say which.
func (m *matcher) ofAmount(l *Line, fit []int) []int {
	several := slices.ContainsFunc(fit, func(c int) bool { return m.charges[c].Dataset != m.charges[fit[0]].Dataset })
	if l.Dataset != "" || !several {
		return fit
	}
	var exact []int
	for _, c := range fit {
		if m.charges[c].Fen == l.Fen {
			exact = append(exact, c)
		}
	}
	if len(exact) == 0 {
		return fit
	}
	return exact
}

// resolve pairs the lines and charges of one part of the graph. As many lines
// as charges: each has its own. As many lines as charges that the vendor has
// admitted and the bill covers: those have them, and the doubtful ones were not
// charged. Anything else is not certain.
func (m *matcher) resolve(p part, g *graph) {
	var admitted []int
	covered := true // what the bill does not cover may have its line elsewhere
	for _, c := range p.charges {
		if m.charges[c].Billed == ledger.BilledYes {
			admitted = append(admitted, c)
			covered = covered && m.covers(&m.charges[c])
		}
	}
	var takers []int
	switch {
	case len(p.lines) >= len(p.charges): // charged more often than ordered: what is left stays alone
		takers = p.charges
	case len(p.lines) == len(admitted) && covered:
		takers = admitted
	}
	if takers != nil && m.share(p.lines, takers, g) {
		return
	}
	for _, l := range p.lines {
		m.vague[l] = true
	}
	for _, c := range p.charges {
		m.unsure[c] = true
	}
}

// share gives each charge a line, in the order of time, or else the nearest one.
func (m *matcher) share(lines, takers []int, g *graph) bool {
	free := slices.Clone(lines)
	slices.SortStableFunc(free, func(a, b int) int { return m.lines[a].From.Compare(m.lines[b].From) })
	slices.SortStableFunc(takers, func(a, b int) int { return m.charges[a].IntentAt.Compare(m.charges[b].IntentAt) })
	given := map[int]int{}
	for n, c := range takers {
		at := -1
		for i, l := range free {
			if !g.joined(l, c) {
				continue
			}
			if at < 0 || len(free) > len(takers)-n && m.timeBetween(l, c) < m.timeBetween(free[at], c) {
				at = i
			}
		}
		if at < 0 {
			return false
		}
		given[c] = free[at]
		free = slices.Delete(free, at, at+1)
	}
	for c, l := range given {
		m.pair(l, c)
	}
	return true
}

func (m *matcher) timeBetween(l, c int) time.Duration {
	return m.lines[l].From.Sub(m.charges[c].IntentAt).Abs()
}

// relation is what the identifiers of a line and of a charge say.
type relation int

const (
	unrelated relation = iota // different vehicles
	perhaps                   // nothing that both name
	related                   // the same vehicle
)

// know remembers which identifiers of a line are whole: a masked or cut one
// says nothing.
func (l *Line) know() {
	_, err := sources.PlateType(l.Plate)
	l.wholeVIN, l.wholePlate = sources.CheckVIN(l.VIN) == nil, err == nil
}

// relate compares the vehicles.
func relate(l *Line, c *ledger.Charge) relation {
	switch {
	case l.VIN != "" && l.VIN == c.VIN:
		return related
	case l.wholeVIN && c.VIN != "":
		return unrelated
	case l.Plate != "" && l.Plate == c.Plate:
		return related
	case l.wholePlate && c.Plate != "":
		return unrelated
	}
	return perhaps
}

// fits tells whether a line may be of a charge as far as vehicle, dataset and
// time say.
func (m *matcher) fits(l *Line, c *ledger.Charge) bool {
	return relate(l, c) == related && sameDataset(l.Dataset, c.Dataset) && m.inTime(l, c)
}

func sameDataset(of, asked record.Dataset) bool { return of == "" || of == asked }

// contradicts tells whether a line names another order than the charge's. A
// ticket that is known is of its own order alone.
func (m *matcher) contradicts(l *Line, c *ledger.Charge) bool {
	if m.elsewhere(l) {
		return true
	}
	if m.foreign || l.Ticket == "" {
		return false
	}
	_, known := m.tickets[l.Ticket]
	return known && l.Ticket != c.Ticket || c.Ticket != "" && l.Ticket != c.Ticket
}

// inTime tells whether a line's time lies within reach of a call: from its
// intent to its end, or to its answer, which some vendors charge.
func (m *matcher) inTime(l *Line, c *ledger.Charge) bool {
	from, until := m.reach(c)
	return l.Until.After(from) && l.From.Before(until)
}

func (m *matcher) reach(c *ledger.Charge) (from, until time.Time) {
	until = endOf(c)
	if c.State == ledger.Waiting {
		until = later(until, m.options.Now)
	}
	return c.IntentAt.Add(-m.options.Within), until.Add(m.options.Within)
}

// longestCall bounds how long a call may have been under way. One that a dying
// process left is found much later.
const longestCall = 10 * time.Minute

// endOf is when nothing of a charge was under way any more.
func endOf(c *ledger.Charge) time.Time {
	end := later(c.IntentAt, c.EndedAt)
	if c.Billed == ledger.BilledUnknown && c.Ticket == "" {
		end = earlier(end, c.IntentAt.Add(longestCall))
	}
	return end
}

// covers tells whether the bill would hold a charge: the whole call lies in
// its time.
func (m *matcher) covers(c *ledger.Charge) bool {
	return !c.IntentAt.Before(m.options.Since) && endOf(c).Before(m.options.Until)
}

// mayBeOnBill tells whether one of the lines without a charge may be of this charge after
// all: it names the same vehicle, at any time, or it names no vehicle, and its time fits. A
// refund counts only for the vehicle or the order that it names.
func (m *matcher) mayBeOnBill(c *ledger.Charge) bool {
	from, until := m.reach(c)
	for i := range m.lines {
		l := &m.lines[i]
		if m.chargeOf[i] >= 0 || !sameDataset(l.Dataset, c.Dataset) {
			continue
		}
		if l.Fen < 0 {
			if c.Ticket != "" && l.Ticket == c.Ticket || relate(l, c) == related && !m.contradicts(l, c) {
				return true
			}
			continue
		}
		// Times are cheap to compare, and most lines are of others.
		inTime := l.Until.After(from) && l.From.Before(until)
		if !inTime && (l.VIN != c.VIN || l.VIN == "") && (l.Plate != c.Plate || l.Plate == "") {
			continue
		}
		if r := relate(l, c); r == unrelated || r == perhaps && !inTime {
			continue
		}
		if _, known := m.tickets[l.Ticket]; !known && !m.older(l) {
			return true
		}
	}
	return false
}
