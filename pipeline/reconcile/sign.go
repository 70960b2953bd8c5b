package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// The sign of a charge is a matter of the whole bill: some vendors list what was
// paid as 17.00, some, as a bank does, as -17.00.

// tally counts the lines of one motion by the sign of their amounts.
type tally struct{ positive, negative int }

func (t *tally) count(fen record.Fen) {
	switch {
	case fen > 0:
		t.positive++
	case fen < 0:
		t.negative++
	}
}

// sign tells whether charges are negative. What the lines' words say counts first, then
// that all have one sign, then which amounts follow the other ones of the same order.
func (r *reading) sign() (negative bool, err error) {
	switch r.m.Charges {
	case "negative":
		return true, nil
	case "positive":
		return false, nil
	}
	words, all := r.tallies()
	switch {
	case words.positive != words.negative:
		return words.negative > words.positive, nil
	case all.negative == 0 || all.positive == 0:
		return all.negative > 0, nil
	}
	if with, against := r.balance(); with != against {
		return with > against, nil
	}
	afterNegative, afterPositive := r.followers()
	switch {
	case afterNegative > 0 && afterPositive == 0:
		return true, nil
	case afterNegative == 0 && (afterPositive > 0 || all.positive > all.negative):
		return false, nil
	}
	return false, r.table.Wrong(0, fmt.Sprintf("%s positive and %s negative, and nothing says which of them are the charges", amounts(all.positive), amounts(all.negative)),
		"say which sign they have: "+r.m.say("charges: negative")+", or positive")
}

// amounts counts amounts, as the beginning of a sentence.
func amounts(n int) string { return several(n, "amount is", "amounts are") }

// several counts things by their names, of one and of more.
func several(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// tallies counts the amounts of charges by their words, and of all that may be charges. What names
// neither an order nor a vehicle, as a top-up without a word, counts where nothing does.
func (r *reading) tallies() (words, all tally) {
	named := slices.ContainsFunc(r.entries, func(e entry) bool { return e.line.Ticket+e.line.car() != "" })
	for i := range r.entries {
		e := &r.entries[i]
		if named && e.line.Ticket+e.line.car() == "" {
			continue
		}
		if e.motion == charged {
			words.count(e.fen)
		}
		if e.motion == charged || e.motion == unsaid {
			all.count(e.fen)
		}
	}
	return words, all
}

// move is an amount, and what was on the account after it.
type move struct {
	at           time.Time
	fen, balance record.Fen
}

// move keeps the amount and the balance of a record that has both.
func (r *reading) move(rec sources.Record, l *Line) {
	if r.c.at[colBalance] < 0 || l.From.IsZero() {
		return
	}
	fen, said, err := readAmount(r.cell(rec, colAmount), r.c.fen)
	balance, known, wrong := readAmount(r.cell(rec, colBalance), r.c.fen)
	if said && known && err == nil && wrong == nil && fen != 0 {
		r.moves = append(r.moves, move{l.From, fen, balance})
	}
}

// balance counts how often the account went with the sign of an amount, as where a
// charge is negative, and how often against it. Bills have the oldest line first, or last.
func (r *reading) balance() (with, against int) {
	moves := slices.Clone(r.moves)
	if len(moves) == 0 || moves[0].at.Equal(moves[len(moves)-1].at) {
		return 0, 0
	}
	if moves[0].at.After(moves[len(moves)-1].at) {
		slices.Reverse(moves)
	}
	for i := 1; i < len(moves); i++ {
		switch moves[i].balance - moves[i-1].balance {
		case moves[i].fen:
			with++
		case -moves[i].fen:
			against++
		}
	}
	return with, against
}

// followers counts the orders and vehicles with amounts of both signs by the sign of the
// first: what follows it is the refund.
func (r *reading) followers() (afterNegative, afterPositive int) {
	type pair struct{ positive, negative time.Time } // the first ones
	first := map[string]*pair{}
	r.eachOf(func(of string, e *entry) {
		p := first[of]
		if p == nil {
			p = &pair{}
			first[of] = p
		}
		at := &p.positive
		if e.fen < 0 {
			at = &p.negative
		}
		if e.fen != 0 && (at.IsZero() || e.line.From.Before(*at)) {
			*at = e.line.From
		}
	})
	for _, p := range first {
		switch {
		case p.positive.IsZero() || p.negative.IsZero():
		case p.negative.Before(p.positive):
			afterNegative++
		case p.positive.Before(p.negative):
			afterPositive++
		}
	}
	return afterNegative, afterPositive
}

// eachOf yields the entries that may be charges by what they are of: order, vehicle.
func (r *reading) eachOf(yield func(of string, e *entry)) {
	for i := range r.entries {
		e := &r.entries[i]
		if e.motion != unsaid && e.motion != charged {
			continue
		}
		if e.line.Ticket != "" {
			yield("order "+e.line.Ticket, e)
		}
		if car := e.line.car(); car != "" {
			yield("car "+car, e)
		}
	}
}

// signed is the bill with the sign of its charges known.
type signed struct {
	charge record.Fen      // 1 or -1
	backs  tally           // refunds by their words, by sign
	listed map[string]bool // the orders and vehicles that have refunds of their own
	plain  map[string]int  // lines of each order that are charges, and not paid back by their status
}

func (r *reading) signed(negative bool) *signed {
	s := &signed{charge: 1, listed: map[string]bool{}, plain: map[string]int{}}
	if negative {
		s.charge = -1
	}
	for i := range r.entries {
		e := &r.entries[i]
		if e.motion == paidBack {
			s.backs.count(e.fen * s.charge)
		}
		switch {
		case s.back(e):
			s.listed[e.line.Ticket], s.listed[e.line.car()] = true, true
		case !e.full:
			s.plain[e.of()]++
		}
	}
	delete(s.listed, "")
	delete(s.plain, "")
	return s
}

// of names the order of an entry, or what it was: vehicle, dataset and amount.
func (e *entry) of() string {
	switch {
	case e.line.Ticket != "":
		return "order " + e.line.Ticket
	case e.line.car() != "":
		return fmt.Sprint("car ", e.line.car(), " ", e.line.Dataset, " ", e.fen)
	}
	return ""
}

// back tells whether an entry is a refund.
func (s *signed) back(e *entry) bool {
	return e.motion == paidBack || e.motion == reversed || e.fen*s.charge < 0
}

// wrong says why it is not certain what an entry is, nil when it is.
func (s *signed) wrong(e *entry) error {
	switch {
	case e.motion == paidBack && e.fen*s.charge > 0 && s.backs.negative > 0:
		return errors.New("it says that money came back, with the sign of a charge, and other refunds of the bill have the other sign")
	case s.back(e):
	case e.part && !s.listed[e.line.Ticket] && !s.listed[e.line.car()]:
		return errors.New("its status says that a part was paid back, and not how much: look it up, and add a line for it")
	case e.full && s.plain[e.of()] > 0 && !s.listed[e.line.Ticket] && !s.listed[e.line.car()]:
		return errors.New("its status says that it was paid back, and the same order has another line: it may be the refund, or a second charge")
	}
	return nil
}

// line is an entry as a charge, or as a refund with a negative amount.
func (s *signed) line(e *entry) (l Line, refund bool) {
	l = e.line
	fen := e.fen * s.charge
	switch {
	case s.back(e):
		l.Fen = -max(fen, -fen)
		return l, true
	case e.full:
		l.Back = fen
	default:
		l.Fen, l.Back = fen-e.back, e.back
	}
	return l, false
}

// split makes charges and refunds of the entries.
func (r *reading) split(negative bool) (charges, back []Line) {
	s := r.signed(negative)
	for i := range r.entries {
		e := &r.entries[i]
		if err := s.wrong(e); err != nil {
			r.unread(e.line, err)
			continue
		}
		switch l, refund := s.line(e); {
		case refund && l.Fen == 0:
			r.bill.Skipped = append(r.bill.Skipped, Skipped{No: l.No, Why: NotBack, Text: l.Product})
		case refund:
			back = append(back, l)
		default:
			charges = append(charges, l)
		}
	}
	return charges, back
}
