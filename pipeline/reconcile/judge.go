package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// judge decides what the bill makes certain.
type judge struct {
	report   *Report
	matcher  *matcher
	ledger   looker
	options  Options
	held     map[int64][]ledger.Lookup // doubts of other runs, by what they stand for
	evidence map[record.Dataset]bool   // what the bill is a witness of
	shared   map[string]bool           // tickets that the bill gives to several vehicles

	surelySince, surelyUntil time.Time
}

func (j *judge) all(ctx context.Context) error {
	held, err := j.ledger.HeldDoubts(ctx)
	if err != nil {
		return fmt.Errorf("look for doubts that stand for others: %w", err)
	}
	j.held = map[int64][]ledger.Lookup{}
	for _, k := range held {
		j.held[k.Source] = append(j.held[k.Source], k)
	}
	j.findEvidence()
	m := j.matcher
	for i := range m.charges {
		c := &m.charges[i]
		if m.covers(c) || m.lineOf[i] >= 0 {
			j.report.Orders++
			j.report.covered[c.Run] = true
		}
		var err error
		if at := m.lineOf[i]; at >= 0 {
			err = j.onBill(ctx, c, &m.lines[at])
		} else {
			err = j.notOnBill(ctx, c, m.unsure[i])
		}
		if err != nil {
			return err
		}
	}
	j.leftLines()
	j.unread()
	return nil
}

// findEvidence notes the datasets of which the bill certainly holds charges. Without
// that it may be the bill of another vendor or product, and that a charge is not on it
// does not show that nothing was bought.
func (j *judge) findEvidence() {
	m, lacks := j.matcher, map[record.Dataset]bool{}
	j.evidence = map[record.Dataset]bool{}
	for i := range m.charges {
		c := &m.charges[i]
		switch {
		case m.lineOf[i] >= 0:
			j.evidence[c.Dataset] = true
		case c.Billed == ledger.BilledYes && !m.unsure[i] && j.surelyCovers(c) && !m.spoilt(c):
			lacks[c.Dataset] = true
		}
	}
	for d := range lacks {
		j.evidence[d] = false
	}
}

// surelyCovers is covers with room at the bill's own edges for a vendor that
// posts a charge later. Where the user says what the bill covers, the user is
// believed.
func (j *judge) surelyCovers(c *ledger.Charge) bool {
	return !c.IntentAt.Before(j.surelySince) && endOf(c).Before(j.surelyUntil)
}

func (j *judge) find(k Kind, l *Line, c *ledger.Charge, billed ledger.Billed) {
	j.findWhy(k, l, c, billed, "")
}

func (j *judge) findWhy(k Kind, l *Line, c *ledger.Charge, billed ledger.Billed, why string) {
	j.report.Findings = append(j.report.Findings, Finding{Kind: k, Line: l, Charge: c, Billed: billed, Why: why})
}

// onBill judges a charge whose line was found.
func (j *judge) onBill(ctx context.Context, c *ledger.Charge, l *Line) error {
	ticket := j.ticketFor(c, l)
	billed := ledger.BilledYes
	switch {
	case c.Billed == ledger.BilledUnknown && (l.perhapsBack || j.matcher.spoiltRefund(c)):
		// It was charged, and perhaps paid back.
		j.find(Ambiguous, l, c, c.Billed)
		return nil
	case ticket != "" && j.shared[ticket]:
		j.findWhy(Ambiguous, l, c, c.Billed, "the bill has its ticket for several vehicles")
		return nil
	case l.Fen == 0 && ticket == "" && l.Back == 0 && c.Billed != ledger.BilledYes:
		// Taken, and free or paid beforehand: nobody can say which.
		if c.Billed != ledger.BilledNo {
			j.find(Ambiguous, l, c, c.Billed)
		}
		return nil
	case l.Fen == 0 && c.Billed != ledger.BilledYes:
		billed = ledger.BilledNo
	}
	switch {
	case c.Billed == ledger.BilledYes && l.Back > 0 && l.Fen+l.Back == c.Fen:
		j.find(PaidBack, l, c, billed)
	case c.Fen != l.Fen && billed == ledger.BilledYes:
		j.find(Differs, l, c, billed)
	case c.Billed == billed && ticket == "":
		j.report.Agreed++
	}
	switch {
	case ticket != "" && (l.Fen > 0 || l.Back == 0):
		j.find(TicketFound, l, c, billed)
		return j.settle(ctx, c, billed, ticket, j.waiting)
	case c.Billed == billed:
		return nil
	case c.State == ledger.InDoubt && c.Last && billed == ledger.BilledNo:
		j.find(NotBought, l, c, billed)
		return j.settle(ctx, c, billed, "", j.notBought)
	case c.State == ledger.InDoubt && c.Last:
		j.find(PaidAndLost, l, c, billed)
	default:
		j.find(ChargeSettled, l, c, billed)
	}
	return j.settle(ctx, c, billed, "", nil)
}

// ticketFor is the ticket by which a lookup that has no answer can ask for it,
// "" when there is none. One whose request has gone on to another vendor asks no more.
func (j *judge) ticketFor(c *ledger.Charge, l *Line) string {
	unanswered := c.State == ledger.InDoubt || c.State == ledger.Failed || c.State == ledger.Planned
	if !unanswered || !c.Last || c.Passed || c.Ticket != "" || j.matcher.foreign || !j.options.Polls(c.Dataset) {
		return ""
	}
	return l.Ticket
}

// notOnBill judges a charge for which no line was found.
func (j *judge) notOnBill(ctx context.Context, c *ledger.Charge, unsure bool) error {
	doubtful := c.Billed == ledger.BilledUnknown
	switch {
	case doubtful && !j.surelyCovers(c), !j.matcher.covers(c):
		switch {
		case c.State != ledger.InDoubt || !doubtful:
		case j.matcher.covers(c):
			j.report.AtEdge++
		default:
			j.report.Outside++
		}
	case doubtful && unsure, c.Billed != ledger.BilledNo && j.matcher.spoilt(c):
		j.find(Ambiguous, nil, c, c.Billed)
	case doubtful && !j.evidence[c.Dataset]:
		j.silent(c.Dataset)
		j.find(Ambiguous, nil, c, c.Billed)
	case doubtful && j.matcher.mayBeOnBill(c):
		j.find(Ambiguous, nil, c, c.Billed)
	case c.Billed == ledger.BilledYes && !unsure:
		j.find(OnlyInLedger, nil, c, c.Billed)
	case doubtful && c.State == ledger.InDoubt && c.Last:
		j.find(NotBought, nil, c, ledger.BilledNo)
		return j.settle(ctx, c, ledger.BilledNo, "", j.notBought)
	case doubtful:
		j.find(ChargeSettled, nil, c, ledger.BilledNo)
		return j.settle(ctx, c, ledger.BilledNo, "", nil)
	}
	return nil
}

// leftLines lists the lines that are of no charge in the ledger.
func (j *judge) leftLines() {
	m := j.matcher
	for i := range m.lines {
		l := &m.lines[i]
		switch {
		case m.chargeOf[i] >= 0 || zero(l) && !m.vague[i]:
		case m.vague[i]:
			j.find(Ambiguous, l, nil, "")
		case l.Fen < 0:
			j.find(RefundAlone, l, j.chargedTwice(l), "")
		case !l.From.Before(j.report.Since) && l.From.Before(j.report.Until):
			j.onlyOnBill(l)
		}
	}
}

// onlyOnBill lists a line without an order, and where it charges an order that another line
// has charged already, that line.
func (j *judge) onlyOnBill(l *Line) {
	why := ""
	c, ok := j.matcher.tickets[l.Ticket]
	switch {
	case j.matcher.elsewhere(l):
		why = j.matcher.whose(l)
	case ok && l.Ticket != "" && j.matcher.lineOf[c] >= 0:
		why = fmt.Sprintf("charged twice: line %d has the same order", j.matcher.lines[j.matcher.lineOf[c]].No)
	case l.Fen == 0:
		why = l.Back.Yuan() + " charged, and paid back"
	}
	j.findWhy(OnlyOnBill, l, j.chargedTwice(l), "", why)
}

// unread lists the lines that cannot be read.
func (j *judge) unread() {
	lines := j.matcher.unread.lines
	for i := range lines {
		j.findWhy(Unreadable, &lines[i], nil, "", lines[i].Why)
	}
}

// chargedTwice is the order whose ticket a line has that another line has taken.
func (j *judge) chargedTwice(l *Line) *ledger.Charge {
	if c, ok := j.matcher.tickets[l.Ticket]; ok && l.Ticket != "" {
		return &j.matcher.charges[c]
	}
	return nil
}

func (j *judge) silent(d record.Dataset) {
	if !slices.Contains(j.report.Silent, d) {
		j.report.Silent = append(j.report.Silent, d)
	}
}

// settle adds a settlement of a charge; move, if any, says where its lookup
// goes, and those that stand in doubt because of it.
func (j *judge) settle(ctx context.Context, c *ledger.Charge, billed ledger.Billed, ticket string, move func(*ledger.Lookup, string)) error {
	s := ledger.Settlement{Lookup: c.Lookup, N: c.N, Was: c.Billed, Billed: billed, Ticket: ticket}
	j.touch(c.Run, false)
	if move != nil {
		k, err := j.ledger.LookupByID(ctx, c.Lookup)
		if err != nil {
			return fmt.Errorf("read lookup %d: %w", c.Lookup, err)
		}
		if k.Vendor == j.options.Vendor {
			from := k.State
			move(&k, ticket)
			j.step(&s, from, k)
			j.moveHeld(&s, k.ID, &k)
		}
	}
	j.report.settlements = append(j.report.settlements, s)
	return nil
}

func (j *judge) touch(run int64, reopened bool) {
	j.report.touched[run] = j.report.touched[run] || reopened
}

func (j *judge) step(s *ledger.Settlement, from ledger.State, k ledger.Lookup) {
	s.Steps = append(s.Steps, ledger.Step{From: from, Next: ledger.Work{Lookup: k}})
	j.touch(k.Run, k.State.Open())
}

// waiting lets a lookup ask for the report of an order that the bill holds.
func (j *judge) waiting(k *ledger.Lookup, ticket string) {
	clearFailure(k)
	k.State, k.Ticket, k.TicketAt, k.NextAt, k.Tries, k.Polls = ledger.Waiting, ticket, j.options.Now, j.options.Now, 0, 0
}

// notBought says that nothing was taken and nothing was paid: the lookup may be
// bought again, by the user's word.
func (j *judge) notBought(k *ledger.Lookup, _ string) {
	k.State, k.Stage, k.Class, k.Code = ledger.Failed, record.StageSubmit, record.Unavailable, ledger.NotOnBill
	k.Message = fmt.Sprintf("%s's bill does not charge it: it was not bought", j.options.Vendor)
}

func clearFailure(k *ledger.Lookup) { k.Stage, k.Class, k.Code, k.Message = "", "", "", "" }

// moveHeld takes those along that are in doubt because a lookup was, and those
// that are because of them.
func (j *judge) moveHeld(s *ledger.Settlement, of int64, root *ledger.Lookup) {
	for _, h := range j.held[of] {
		if h.ID == root.ID {
			continue
		}
		k := h
		k.Source = root.ID
		if root.State == ledger.Waiting {
			clearFailure(&k)
			k.State, k.FirstAt, k.Vendor = ledger.Following, time.Time{}, root.Vendor
		} else {
			k.State, k.Stage, k.Class, k.Code, k.Message = root.State, root.Stage, root.Class, root.Code, root.Message
		}
		j.step(s, h.State, k)
		j.moveHeld(s, h.ID, root)
	}
}
