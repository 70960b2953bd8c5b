package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/record"
)

const updateLookup = `UPDATE lookups SET step=?, vendor=?, state=?, next_at=?, tries=?, polls=?, ticket=?, answer=?, source=?,
	stage=?, class=?, code=?, message=?, first_at=?, ticket_at=?, last_at=?, answered_at=?, awaits=?, derived=? WHERE id=? AND state=? AND attempts=?`

// update writes a lookup's new values if it is still in state from, and has
// not been submitted again since it was read.
func (w *writer) update(ctx context.Context, from State, k *Lookup) error {
	w.followed = w.followed || k.State == Following
	n, err := w.execCount(ctx, updateLookup, k.Step, k.Vendor, string(k.State), micros(k.NextAt), k.Tries, k.Polls, k.Ticket, k.Answer, k.Source,
		string(k.Stage), string(k.Class), k.Code, k.Message, micros(k.FirstAt), micros(k.TicketAt), micros(k.LastAt), micros(k.AnsweredAt),
		k.Awaits, k.Derived, k.ID, string(from), k.Attempts)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(k, from)
	}
	return nil
}

func stale(k *Lookup, from State) error {
	return fmt.Errorf("lookup %d from %s to %s: %w", k.ID, from, k.State, ErrStale)
}

// Intend writes down that a planned lookup is about to be submitted, with its
// charge reserved within limit. It returns the work with the new attempt, or
// ErrBudget or ErrStale with nothing changed. Only after it may the call leave.
func (l *Ledger) Intend(wk Work, fen record.Fen, limit record.Opt[record.Fen]) (Work, error) {
	now := l.now()
	next := wk
	next.Lookup.State, next.Lookup.LastAt = Submitting, now
	next.Lookup.Attempts++
	if next.Lookup.FirstAt.IsZero() {
		next.Lookup.FirstAt = now
	}
	next.Attempt = Attempt{Lookup: wk.Lookup.ID, N: next.Lookup.Attempts, Vendor: wk.Lookup.Vendor, Dataset: wk.Lookup.Dataset,
		Fen: fen, Billed: Reserved, IntentAt: now}
	err := l.writer.write(func(ctx context.Context, w *writer) error { return l.intend(ctx, w, &next, limit) }, nil)
	return next, err
}

func (l *Ledger) intend(ctx context.Context, w *writer, wk *Work, limit record.Opt[record.Fen]) error {
	if err := w.stillThere(); err != nil {
		return err
	}
	if !l.money.reserve(wk.Lookup.Run, wk.Attempt.Fen, limit) {
		return ErrBudget
	}
	if err := w.begin(ctx, &wk.Lookup); err != nil {
		l.money.move(wk.Lookup.Run, wk.Attempt.Fen, Reserved, BilledNo)
		return err
	}
	a := &wk.Attempt
	w.mark.intent(a.Lookup, int64(a.N))
	return w.exec(ctx, "INSERT INTO attempts (lookup, n, vendor, dataset, fen, fen_twice, billed, intent_at) VALUES (?,?,?,?,?,?,?,?)",
		a.Lookup, a.N, a.Vendor, string(a.Dataset), int64(a.Fen), int64(a.Fen), string(a.Billed), micros(a.IntentAt))
}

// begin writes what an intent changes of a planned lookup.
func (w *writer) begin(ctx context.Context, k *Lookup) error {
	n, err := w.execCount(ctx, "UPDATE lookups SET state='submitting', attempts=?, first_at=?, last_at=? WHERE id=? AND state='planned' AND awaits=0 AND attempts=?",
		k.Attempts, micros(k.FirstAt), micros(k.LastAt), k.ID, k.Attempts-1)
	if err == nil && n == 0 {
		err = stale(k, Planned)
	}
	return err
}

// ThisAnswer stands in Lookup.Answer for the answer that is concluded by it, which has no
// id yet.
const ThisAnswer int64 = -1

// Conclude writes down what came back for a call together with the step that it
// means for its lookup, in one commit: neither is on disk without the other. Where
// the step is stale the answer is kept alone, and ErrStale returned.
func (l *Ledger) Conclude(a Answer, s Step) error {
	packed := l.packer.pack(a.Body)
	s.Next.Lookup.LastAt = l.now()
	return l.writer.write(func(ctx context.Context, w *writer) error {
		id, err := w.insertAnswer(ctx, &a, packed)
		if err != nil {
			return err
		}
		if s.Next.Lookup.Answer == ThisAnswer {
			s.Next.Lookup.Answer = id
		}
		return l.advance(ctx, w, &s)
	}, func() { l.count(&s) })
}

// Receive writes down what came back for a call alone. It returns the answer's id.
func (l *Ledger) Receive(a Answer) (int64, error) {
	packed := l.packer.pack(a.Body)
	var id int64
	err := l.writer.write(func(ctx context.Context, w *writer) error {
		var err error
		id, err = w.insertAnswer(ctx, &a, packed)
		return err
	}, nil)
	return id, err
}

func (w *writer) insertAnswer(ctx context.Context, a *Answer, packed []byte) (int64, error) {
	stmt, err := w.stmt(ctx, "INSERT INTO answers (lookup, attempt, call, vendor, status, failure, received_at, head, body) VALUES (?,?,?,?,?,?,?,?,?)")
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(ctx, a.Lookup, a.Attempt, a.Call, a.Vendor, a.Status, a.Failure, micros(a.ReceivedAt), a.Head, packed)
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	w.mark.answer(id)
	return id, err
}

// Step is one change of a lookup: from a state to the values in Next. The
// charge of the last attempt changes with it in the same commit.
type Step struct {
	From State
	Next Work
	Was  Billed // the last attempt's charge before
}

// Advance makes one guarded step, for the lookup and for those that follow it.
func (l *Ledger) Advance(s Step) error {
	s.Next.Lookup.LastAt = l.now()
	return l.writer.write(func(ctx context.Context, w *writer) error { return l.advance(ctx, w, &s) }, func() { l.count(&s) })
}

// AdvanceAll makes many steps in few commits, each of them all or nothing. It
// ends at the first that fails; those committed before it stay.
func (l *Ledger) AdvanceAll(steps []Step) error {
	for chunk := range slices.Chunk(steps, groupLimit) {
		err := l.writer.write(func(ctx context.Context, w *writer) error { return l.advanceChunk(ctx, w, chunk) }, func() {
			for i := range chunk {
				l.count(&chunk[i])
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// advanceChunk makes steps that must leave no trace if one of them is stale:
// the commit goes on without them.
func (l *Ledger) advanceChunk(ctx context.Context, w *writer, chunk []Step) error {
	return w.savepoint(ctx, func() error {
		for i := range chunk {
			chunk[i].Next.Lookup.LastAt = l.now()
			if err := l.advance(ctx, w, &chunk[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Ledger) advance(ctx context.Context, w *writer, s *Step) error {
	k, a := &s.Next.Lookup, &s.Next.Attempt
	if err := w.update(ctx, s.From, k); err != nil {
		return err
	}
	if a.N > 0 && (s.From == Submitting || a.Billed != s.Was) {
		if err := w.endAttempt(ctx, a); err != nil {
			return err
		}
		if a.Billed != BilledNo {
			l.money.move(k.Run, a.Fen, s.Was, a.Billed)
		}
	}
	if s.From == Waiting && k.State == Waiting {
		return nil
	}
	return w.carry(ctx, k)
}

// count lets go of the charge of a step that is committed, if it has none.
func (l *Ledger) count(s *Step) {
	if a := &s.Next.Attempt; a.N > 0 && a.Billed == BilledNo {
		l.money.move(s.Next.Lookup.Run, a.Fen, s.Was, a.Billed)
	}
}

func (w *writer) endAttempt(ctx context.Context, a *Attempt) error {
	return w.exec(ctx, "UPDATE attempts SET billed=?, ended_at=?, outcome=?, code=?, ticket=? WHERE lookup=? AND n=?",
		string(a.Billed), micros(a.EndedAt), a.Outcome, a.Code, a.Ticket, a.Lookup, a.N)
}

const updateFollowers = `UPDATE lookups SET step=?, vendor=?, state=?, next_at=0, ticket=?, answer=?, source=?, stage=?, class=?, code=?, message=?,
	last_at=?, answered_at=? WHERE source=? AND state='following' AND ((lead > 0) = ? OR ?)`

// carry gives the outcome of a lookup to those that follow it. They paid
// nothing. One that goes on to another vendor takes them out of its train:
// they go on by themselves. So do those that are bound to a vendor when it is
// not, or the other way round, unless it has their answer.
func (w *writer) carry(ctx context.Context, k *Lookup) error {
	if !w.followed || k.State.Open() && k.State != Planned {
		return nil
	}
	source, bound := k.ID, k.Lead > 0
	if k.State == Planned {
		source = 0
	}
	if parts(k.State) {
		if err := w.exec(ctx, releaseFollowers, micros(k.LastAt), k.ID, bound); err != nil {
			return err
		}
	}
	return w.exec(ctx, updateFollowers,
		k.Step, k.Vendor, string(k.State), k.Ticket, k.Answer, source, string(k.Stage), string(k.Class), k.Code, k.Message,
		micros(k.LastAt), micros(k.AnsweredAt), k.ID, bound, !parts(k.State))
}

// CountCalls adds calls to a vendor's count of the day.
func (l *Ledger) CountCalls(vendor string, day record.Date, n int) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "INSERT INTO calls (vendor, day, n) VALUES (?,?,?) ON CONFLICT DO UPDATE SET n = n + excluded.n", vendor, int64(day), n)
	}, nil)
}

// CallsOn tells how many calls a vendor had on a day.
func (l *Ledger) CallsOn(ctx context.Context, vendor string, day record.Date) (int, error) {
	var n int
	err := l.reader.QueryRowContext(ctx, "SELECT COALESCE(SUM(n), 0) FROM calls WHERE vendor=? AND day=?", vendor, int64(day)).Scan(&n)
	return n, err
}

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }
