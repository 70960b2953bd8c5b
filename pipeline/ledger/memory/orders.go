package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// back lists the lookup with an id, then the one from which it has taken over its answer, failure or doubt, and so on
// to the lookup that was sent.
func (s *state) back(id int64) (out []ledger.Lookup) {
	seen := map[int64]bool{}
	for k, ok := s.lookups[id]; ok && !seen[k.ID]; k, ok = s.lookups[k.Source] {
		seen[k.ID] = true
		out = append(out, k)
		if k.Attempts > 0 || k.Source == 0 {
			break
		}
	}
	return out
}

// heldBy tells whether a submission belongs to what a lookup has taken over. Submissions that were made after the
// answer was taken over do not.
func heldBy(k *ledger.Lookup, a *ledger.Attempt) bool {
	return k.Attempts > 0 || !a.IntentAt.After(stored(k.LastAt))
}

// cost tells whether a submission was charged or may have been charged.
func cost(a *ledger.Attempt) bool {
	return a.Outcome != ledger.OutcomeWithdrawn && (a.Billed == ledger.BilledYes || a.Billed == ledger.BilledUnknown)
}

// MayHavePaid tells whether any submission of a lookup to its vendor, or of the lookup that it was taken over from, was
// charged or may have been.
func (l *Ledger) MayHavePaid(_ context.Context, k *ledger.Lookup) (bool, error) {
	return l.read().mayHavePaid(k), nil
}

func (s *state) mayHavePaid(k *ledger.Lookup) bool {
	for _, from := range s.back(k.ID) {
		for _, a := range s.attempts[from.ID] {
			if heldBy(k, &a) && a.Vendor == k.Vendor && cost(&a) {
				return true
			}
		}
	}
	return false
}

// Origin is the last submission behind what a lookup has taken over.
func (l *Ledger) Origin(_ context.Context, k *ledger.Lookup) (ledger.Attempt, error) {
	return l.read().origin(k), nil
}

// origin is the last submission behind what a lookup has taken over.
func (s *state) origin(k *ledger.Lookup) (last ledger.Attempt) {
	for _, from := range s.back(k.Source) {
		for _, a := range s.attempts[from.ID] {
			if heldBy(k, &a) {
				last = a
			}
		}
	}
	return last
}

// attemptsOf lists the submissions for a lookup, including those to the vendors that were asked before.
func (s *state) attemptsOf(k *ledger.Lookup) (out []ledger.Attempt) {
	for _, of := range s.where(func(o *ledger.Lookup) bool { return o.ID == k.ID || k.Continues() && o.GroupID == k.GroupID }) {
		out = append(out, s.attempts[of.ID]...)
	}
	return out
}

// HasPaid tells whether any submission for the request of a lookup to a vendor was charged or may have been.
func (l *Ledger) HasPaid(_ context.Context, k *ledger.Lookup, vendor string) (bool, error) {
	return slices.ContainsFunc(l.read().attemptsOf(k), func(a ledger.Attempt) bool { return a.Vendor == vendor && cost(&a) }), nil
}

// Sender is the lookup that sent the order behind another.
func (l *Ledger) Sender(_ context.Context, k ledger.Lookup) (ledger.Lookup, error) {
	s := l.read()
	for range len(s.lookups) { // bounded, because the chain may go round in a circle
		if k.Attempts > 0 || k.Source == 0 {
			break
		}
		of, err := s.lookup(k.Source)
		if err != nil {
			return k, err
		}
		k = of
	}
	return k, nil
}

// Orders lists the submissions of a lookup to its vendor, the first one first.
func (l *Ledger) Orders(_ context.Context, k *ledger.Lookup) ([]ledger.Attempt, error) {
	return slices.DeleteFunc(copied(l.read().attempts[k.ID]), func(a ledger.Attempt) bool { return a.Vendor != k.Vendor }), nil
}

// ticket is the ticket of a submission. For the last submission at its vendor it may be kept with the lookup alone.
func (o *order) ticket() string {
	if o.a.Ticket == "" && o.a.N == o.k.Attempts && o.k.Vendor == o.a.Vendor {
		return o.k.Ticket
	}
	return o.a.Ticket
}

// Charges lists the submissions to a vendor, of any run, whose intent was at or after since and before until.
func (l *Ledger) Charges(_ context.Context, vendor string, since, until time.Time) ([]ledger.Charge, error) {
	s := l.read()
	var out []ledger.Charge
	for _, o := range s.sent() {
		r, v := s.runs[o.k.Run], s.rows[place{o.k.Run, o.k.Row}].vehicle
		if o.a.Vendor != vendor || o.a.IntentAt.Before(stored(since)) || !o.a.IntentAt.Before(stored(until)) || r.State == ledger.RunPlanning {
			continue
		}
		c := ledger.Charge{Lookup: o.k.ID, N: o.a.N, Last: o.a.N == o.k.Attempts, Run: r.Seq, RunID: r.ID, Row: o.k.Row, VIN: v.VIN, Plate: v.Plate, Dataset: o.a.Dataset,
			Fen: o.a.Fen, Billed: o.a.Billed, IntentAt: o.a.IntentAt, EndedAt: o.a.EndedAt, Ticket: o.ticket(), State: o.k.State, Passed: o.k.ReplacedBy > 0}
		if c.Last && o.k.Source == 0 && o.k.AnsweredAt.After(c.EndedAt) {
			c.EndedAt = o.k.AnsweredAt
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b ledger.Charge) int { return a.IntentAt.Compare(b.IntentAt) })
	return out, nil
}

// HeldDoubts lists the lookups that were never sent and are in doubt because another one is.
func (l *Ledger) HeldDoubts(context.Context) ([]ledger.Lookup, error) {
	return l.read().where(func(k *ledger.Lookup) bool { return k.State == ledger.InDoubt && k.Attempts == 0 && k.Source > 0 }), nil
}

// TicketOwners lists the orders, of any run, vendor and time, that have one of some tickets, the oldest first.
func (l *Ledger) TicketOwners(_ context.Context, tickets []string) ([]ledger.TicketOwner, error) {
	s := l.read()
	var owners []order
	for id, list := range s.attempts {
		for _, a := range list {
			if o := (order{s.lookups[id], a}); o.ticket() != "" && slices.Contains(tickets, o.ticket()) {
				owners = append(owners, o)
			}
		}
	}
	slices.SortFunc(owners, func(a, b order) int {
		return cmp.Or(a.a.IntentAt.Compare(b.a.IntentAt), cmp.Compare(a.k.ID, b.k.ID), cmp.Compare(a.a.N, b.a.N))
	})
	var out []ledger.TicketOwner
	for _, o := range owners {
		out = append(out, ledger.TicketOwner{Ticket: o.ticket(), Vendor: o.a.Vendor, RunID: s.runs[o.k.Run].ID, Row: o.k.Row})
	}
	return out, nil
}
