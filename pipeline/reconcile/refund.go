package reconcile

import (
	"slices"

	"vehiclebatch/pipeline/record"
)

// refunds finds the charges that money was paid back for.
type refunds struct {
	charges  []Line
	byTicket map[string][]int
	byCar    map[string][]int
	twice    record.Fen // said by the status of a charge, and listed as a refund
}

// payBack takes refunds off their charges: those with the same ticket, else those
// of the same vehicle, dataset and amount before, where there are as many, else in part off the
// only one of the vehicle and dataset. A refund that
// is nobody's stays a line of its own, and what it may be of is marked.
func (b *Bill) payBack(back []Line) {
	slices.SortStableFunc(back, inOrder)
	slices.SortStableFunc(b.Lines, inOrder)
	f := refundsOf(b.Lines)
	g := graph{edges: map[int][]int{}, lines: map[int][]int{}}
	var alone, parts []Line
	for n := range back {
		r := &back[n]
		if of, known := f.byTicket[r.Ticket]; known && r.Ticket != "" {
			if !f.takeOff(r, of) {
				f.mark(of)
				alone = append(alone, *r)
			}
			continue
		}
		of, sure := f.ofCar(r)
		switch {
		case !sure:
			f.mark(of)
			alone = append(alone, *r)
		case len(of) == 0:
			parts = append(parts, *r)
		default:
			g.add(n, of)
		}
	}
	for _, p := range g.parts() {
		if f.resolve(p, &g, back) {
			continue
		}
		f.mark(p.charges)
		for _, n := range p.lines {
			alone = append(alone, back[n])
		}
	}
	alone = append(alone, f.inParts(parts)...)
	b.Lines = append(b.Lines, alone...)
	b.Refunded -= f.twice
	b.Within -= f.twice
	b.Total += f.twice
}

// refundsOf finds the charges by ticket and by vehicle.
func refundsOf(charges []Line) *refunds {
	f := &refunds{charges: charges, byTicket: map[string][]int{}, byCar: map[string][]int{}}
	for i := range charges {
		l := &charges[i]
		if l.Ticket != "" {
			f.byTicket[l.Ticket] = append(f.byTicket[l.Ticket], i)
		}
		if car := l.car(); car != "" {
			f.byCar[car] = append(f.byCar[car], i)
		}
	}
	return f
}

// car names the vehicle of a line.
func (l *Line) car() string {
	if l.VIN != "" {
		return l.VIN
	}
	return l.Plate
}

// takeOff takes a refund off one of the charges with its ticket: the last of which so
// much is left.
func (f *refunds) takeOff(r *Line, of []int) bool {
	for _, said := range []bool{true, false} {
		for _, i := range slices.Backward(of) {
			l := &f.charges[i]
			if !r.Until.Before(l.From) && l.saysBack(r) == said && (said || l.Fen+r.Fen >= 0) {
				f.take(l, r)
				return true
			}
		}
	}
	return false
}

// saysBack tells whether the line of a charge says itself that it was paid back what a
// refund lists.
func (l *Line) saysBack(r *Line) bool { return l.Back == -r.Fen && !l.linked }

func (f *refunds) take(l, r *Line) {
	if l.saysBack(r) {
		f.twice -= r.Fen
	} else {
		l.Fen, l.Back = l.Fen+r.Fen, l.Back-r.Fen
	}
	l.linked = true
}

// ofCar lists the charges of the same vehicle, dataset and amount before a refund. It is
// not sure when the numbers of the orders differ: the refund may be of an older order.
func (f *refunds) ofCar(r *Line) (of []int, sure bool) {
	sure = true
	for _, i := range f.byCar[r.car()] {
		l := &f.charges[i]
		if r.car() == "" || !f.mayPayBack(r, l) || l.Fen != -r.Fen && !l.saysBack(r) {
			continue
		}
		sure = sure && (l.Ticket == "" || r.Ticket == "")
		of = append(of, i)
	}
	return of, sure
}

// inParts takes refunds that have no charge of their amount off the one charge of their vehicle and
// dataset, where so much of it is left. It returns those that are left, and marks what they may be of.
func (f *refunds) inParts(parts []Line) (alone []Line) {
	for i := range parts {
		r := &parts[i]
		var of []int
		sure, sum := true, record.Fen(0)
		for _, n := range f.byCar[r.car()] {
			if l := &f.charges[n]; r.car() != "" && f.mayPayBack(r, l) {
				sure = sure && (l.Ticket == "" || r.Ticket == "") && !l.perhapsBack
				of, sum = append(of, n), sum+l.Fen+l.Back
			}
		}
		switch {
		case sure && len(of) == 1 && f.charges[of[0]].Fen+r.Fen > 0:
			f.take(&f.charges[of[0]], r)
			continue
		case sum+r.Fen >= 0:
			f.mark(of)
		}
		alone = append(alone, *r)
	}
	return alone
}

// mayPayBack tells whether a refund may be of a charge of the same vehicle, whatever its amount.
func (f *refunds) mayPayBack(r, l *Line) bool {
	same := l.Dataset == r.Dataset || l.Dataset == "" || r.Dataset == ""
	return same && !r.Until.Before(l.From)
}

// resolve pairs refunds and charges where there are as many, in the order of time.
func (f *refunds) resolve(p part, g *graph, back []Line) bool {
	if len(p.lines) != len(p.charges) {
		return false
	}
	slices.Sort(p.lines)
	slices.Sort(p.charges)
	for n, line := range p.lines {
		if !slices.Contains(g.edges[line], p.charges[n]) {
			return false
		}
	}
	for n, line := range p.lines {
		f.take(&f.charges[p.charges[n]], &back[line])
	}
	return true
}

func (f *refunds) mark(of []int) {
	for _, i := range of {
		f.charges[i].perhapsBack = true
	}
}
