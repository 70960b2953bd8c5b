package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

const updateLookup = `UPDATE lookups SET vendor=?, group_id=?, replaced_by=?, forced=?, state=?, next_at=?, tries=?, polls=?, ticket=?, answer=?, source=?,
	stage=?, class=?, code=?, message=?, first_at=?, ticket_at=?, last_at=?, answered_at=?, depends_on=?, derived=?, sum=? WHERE id=? AND state=? AND attempts=? AND key=? AND replaced_by IN (0, ?)`

// update writes a lookup's new values if its row is as it was read: still in state from, not submitted again, with the
// same key, and replaced by no lookup other than the one that replaces it now.
func (w *writer) update(ctx context.Context, from ledger.State, k *ledger.Lookup) error {
	w.followed = w.followed || k.State == ledger.Following
	n, err := w.execCount(ctx, updateLookup, k.Vendor, k.GroupID, k.ReplacedBy, k.Forced, string(k.State), stored.Micros(k.NextAt), k.Tries, k.Polls, k.Ticket, k.Answer, k.Source,
		string(k.Stage), string(k.Class), k.Code, k.Message, stored.Micros(k.FirstAt), stored.Micros(k.TicketAt), stored.Micros(k.LastAt), stored.Micros(k.AnsweredAt),
		k.DependsOn, k.Derived, stored.SumOfLookup(k), k.ID, string(from), k.Attempts, k.Key, k.ReplacedBy)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(k, from)
	}
	return nil
}

const insertLookups = `INSERT INTO lookups (id, run, row, dataset, key, vendor, group_id, fan_out, replaced_by, forced, state, next_at, attempts, tries, polls, ticket, answer, source,
	depends_on, derived, stage, class, code, message, first_at, ticket_at, last_at, answered_at, sum) VALUES `

// valuesOf are the columns of a lookup that insertLookups writes.
func valuesOf(k *ledger.Lookup, args []any) []any {
	return append(args, k.ID, k.Run, k.Row, string(k.Dataset), k.Key, k.Vendor, k.GroupID, k.FanOut, k.ReplacedBy, k.Forced, string(k.State), stored.Micros(k.NextAt),
		k.Attempts, k.Tries, k.Polls, k.Ticket, k.Answer, k.Source, k.DependsOn, k.Derived, string(k.Stage), string(k.Class), k.Code, k.Message,
		stored.Micros(k.FirstAt), stored.Micros(k.TicketAt), stored.Micros(k.LastAt), stored.Micros(k.AnsweredAt), stored.SumOfLookup(k))
}

// insert writes new lookups, which have their ids already.
func (w *writer) insert(ctx context.Context, list ...*ledger.Lookup) error {
	for _, k := range list {
		w.followed = w.followed || k.State == ledger.Following
	}
	return insertMany(ctx, w, insertLookups, list, valuesOf)
}

// rewrite changes the lookups that a condition picks, which must be few.
func (w *writer) rewrite(ctx context.Context, where string, args []any, change func(*ledger.Lookup)) error {
	rows, err := w.query(ctx, "SELECT "+lookupColumns+" FROM lookups k WHERE "+where, args...)
	if err != nil {
		return err
	}
	found, err := scanLookups(rows)
	if err != nil {
		return err
	}
	for i := range found {
		k := &found[i]
		change(k)
		if err := w.exec(ctx, "DELETE FROM lookups WHERE id=?", k.ID); err != nil {
			return err
		}
		if err := w.insert(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// pass writes the lookup at the next vendor, which replaces one that has come to its end, and names it there.
func (w *writer) pass(ctx context.Context, k, next *ledger.Lookup) error {
	var last int64
	if err := w.one(ctx, []any{&last}, "SELECT MAX(id) FROM lookups"); err != nil {
		return err
	}
	k.GroupID, k.ReplacedBy = k.Request(), last+1
	next.ID, next.Run, next.Row, next.Dataset, next.Key, next.GroupID = last+1, k.Run, k.Row, k.Dataset, k.Key, k.GroupID
	return w.insert(ctx, next)
}

func stale(k *ledger.Lookup, from ledger.State) error {
	return fmt.Errorf("lookup %d from %s to %s: %w", k.ID, from, k.State, ledger.ErrStale)
}

// Intend writes down that a planned lookup is about to be submitted, with its charge reserved within limit. It returns
// the work with the new attempt; or ErrBudget, ErrStale or *NoRoomError, and nothing is changed. The call may leave
// only after Intend has succeeded.
func (l *Ledger) Intend(wk ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error) {
	now := l.now()
	next := wk
	next.Lookup.State, next.Lookup.Forced, next.Lookup.LastAt = ledger.Submitting, false, now
	next.Lookup.Attempts++
	if next.Lookup.FirstAt.IsZero() {
		next.Lookup.FirstAt = now
	}
	next.Attempt = ledger.Attempt{Lookup: wk.Lookup.ID, N: next.Lookup.Attempts, Vendor: wk.Lookup.Vendor, Dataset: wk.Lookup.Dataset,
		Fen: fen, Billed: ledger.Reserved, IntentAt: now}
	if err := l.room.prepare(); err != nil {
		return next, err
	}
	err := l.writer.write(func(ctx context.Context, w *writer) error { return l.intend(ctx, w, &wk.Lookup, &next, limit) },
		func() { l.room.left(wk.Lookup.ID) })
	return next, err
}

func (l *Ledger) intend(ctx context.Context, w *writer, was *ledger.Lookup, wk *ledger.Work, limit record.Opt[record.Fen]) error {
	if err := w.stillThere(); err != nil {
		return err
	}
	if err := w.room.admit(); err != nil {
		return err
	}
	err := l.intendAdmitted(ctx, w, was, wk, limit)
	if err != nil {
		w.room.refuse()
	}
	return err
}

func (l *Ledger) intendAdmitted(ctx context.Context, w *writer, was *ledger.Lookup, wk *ledger.Work, limit record.Opt[record.Fen]) error {
	if !l.money.reserve(wk.Lookup.Run, wk.Attempt.Fen, limit) {
		return ledger.ErrBudget
	}
	if err := w.begin(ctx, was, &wk.Lookup); err != nil {
		l.money.move(wk.Lookup.Run, wk.Attempt.Fen, ledger.Reserved, ledger.BilledNo)
		return err
	}
	a := &wk.Attempt
	w.mark.intent(a.Lookup, int64(a.N))
	return w.exec(ctx, "INSERT INTO attempts (lookup, n, vendor, dataset, fen, fen_twice, billed, billed_twice, intent_at, sum) VALUES (?,?,?,?,?,?,?,?,?,?)",
		a.Lookup, a.N, a.Vendor, string(a.Dataset), int64(a.Fen), int64(a.Fen), string(a.Billed), string(a.Billed), stored.Micros(a.IntentAt), stored.SumOfAttempt(a))
}

// begin writes what an intent changes of a planned lookup. The row must be just as it was read: its checksum, which
// covers all of it, is compared.
func (w *writer) begin(ctx context.Context, was, k *ledger.Lookup) error {
	n, err := w.execCount(ctx, "UPDATE lookups SET state='submitting', forced=0, attempts=?, first_at=?, last_at=?, sum=? WHERE id=? AND state='planned' AND depends_on=0 AND attempts=? AND sum=?",
		k.Attempts, stored.Micros(k.FirstAt), stored.Micros(k.LastAt), stored.SumOfLookup(k), k.ID, k.Attempts-1, stored.SumOfLookup(was))
	if err == nil && n == 0 {
		err = stale(k, ledger.Planned)
	}
	return err
}

// Conclude writes down what came back for a call together with the step that follows from it, in one commit: neither is
// on disk without the other. If the step is stale, only the answer is kept and ErrStale returned. An answer that can be
// asked for again is not kept if it would take the room of answers that cannot: *NoRoomError.
func (l *Ledger) Conclude(a ledger.Answer, s ledger.Step) error {
	packed := l.packer.Pack(a.Body)
	sum := stored.SumWithoutID(stored.AnswerText(&a), packed)
	s.Next.Lookup.LastAt = l.now()
	defer l.orderEnds(&s)
	return l.writer.write(func(ctx context.Context, w *writer) error {
		if s.From != ledger.Submitting { // the answer can be asked for again
			if err := w.room.keeps(len(packed)); err != nil {
				return err
			}
		}
		id, err := w.insertAnswer(ctx, &a, packed, sum)
		if err != nil {
			return err
		}
		step := s
		if step.Next.Lookup.Answer == ledger.ThisAnswer {
			step.Next.Lookup.Answer = id
		}
		return l.advance(ctx, w, &step)
	}, func() { l.count(&s) })
}

// orderEnds stops counting an order as under way once its outcome was handed over, even if writing that failed.
func (l *Ledger) orderEnds(s *ledger.Step) {
	if s.From == ledger.Submitting {
		l.room.ended(s.Next.Lookup.ID)
	}
}

// Receive writes down only what came back for a call. It returns the answer's id.
func (l *Ledger) Receive(a ledger.Answer) (int64, error) {
	packed := l.packer.Pack(a.Body)
	sum := stored.SumWithoutID(stored.AnswerText(&a), packed)
	var id int64
	err := l.writer.write(func(ctx context.Context, w *writer) error {
		var err error
		id, err = w.insertAnswer(ctx, &a, packed, sum)
		return err
	}, nil)
	return id, err
}

const insertAnswer = "INSERT INTO answers (id, lookup, attempt, call, vendor, status, failure, received_at, head, sum, body) VALUES (?,?,?,?,?,?,?,?,?,?,?)"

// insertAnswer writes an answer and returns its id. sum is its checksum without the id.
func (w *writer) insertAnswer(ctx context.Context, a *ledger.Answer, packed []byte, sum int64) (int64, error) {
	id := w.answers + 1
	err := w.exec(ctx, insertAnswer, id, a.Lookup, a.Attempt, a.Call, a.Vendor, a.Status, a.Failure, stored.Micros(a.ReceivedAt), a.Head, stored.SumOfAnswer(sum, id), packed)
	if err != nil {
		return 0, err
	}
	w.answers = id
	w.mark.answer(id)
	return id, nil
}

// Advance makes one guarded step, for the lookup and for those that follow it.
func (l *Ledger) Advance(s ledger.Step) error {
	s.Next.Lookup.LastAt = l.now()
	defer l.orderEnds(&s)
	return l.writer.write(func(ctx context.Context, w *writer) error { return l.advance(ctx, w, &s) }, func() { l.count(&s) })
}

// AdvanceAll makes many steps in few commits; each commit is all or nothing. It stops at the first step that fails;
// what was committed before stays.
func (l *Ledger) AdvanceAll(steps []ledger.Step) error {
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

// advanceChunk makes steps that must leave no trace if one of them is stale: then the commit goes on without them.
func (l *Ledger) advanceChunk(ctx context.Context, w *writer, chunk []ledger.Step) error {
	made := 0
	err := w.savepoint(ctx, func() error {
		for ; made < len(chunk); made++ {
			chunk[made].Next.Lookup.LastAt = l.now()
			if err := l.advance(ctx, w, &chunk[made]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for i := range chunk[:made] {
			l.uncharge(&chunk[i])
		}
	}
	return err
}

// uncharge takes a step's change of the totals back, because the step is not committed.
func (l *Ledger) uncharge(s *ledger.Step) {
	if a := &s.Next.Attempt; a.N > 0 && a.Billed != s.Was && a.Billed != ledger.BilledNo {
		l.money.move(s.Next.Lookup.Run, a.Fen, a.Billed, s.Was)
	}
}

func (l *Ledger) advance(ctx context.Context, w *writer, step *ledger.Step) error {
	made := *step // a copy, because the transaction may be run once more
	s := &made
	k, a := &s.Next.Lookup, &s.Next.Attempt
	if k.ReplacedBy != 0 && (k.State.Open() || s.Then != nil) {
		return fmt.Errorf("lookup %d cannot become %s: its request has gone on as lookup %d", k.ID, k.State, k.ReplacedBy)
	}
	if s.Then != nil {
		if err := w.writeSuccessor(ctx, s); err != nil {
			return err
		}
	} else if err := w.update(ctx, s.From, k); err != nil {
		return err
	}
	if a.N > 0 && (s.From == ledger.Submitting || a.Billed != s.Was) {
		if err := w.endAttempt(ctx, a); err != nil {
			return err
		}
		if a.Billed != ledger.BilledNo {
			l.money.move(k.Run, a.Fen, s.Was, a.Billed)
		}
	}
	if s.From == ledger.Waiting && k.State == ledger.Waiting {
		return nil
	}
	return w.propagate(ctx, k, s.Then)
}

// writeSuccessor updates a lookup that has come to its end and writes the lookup at the next vendor, or neither.
func (w *writer) writeSuccessor(ctx context.Context, s *ledger.Step) error {
	return w.savepoint(ctx, func() error {
		s.Then.LastAt = s.Next.Lookup.LastAt
		if err := w.pass(ctx, &s.Next.Lookup, s.Then); err != nil {
			return err
		}
		return w.update(ctx, s.From, &s.Next.Lookup)
	})
}

// count takes a charge that a committed step has released out of the totals.
func (l *Ledger) count(s *ledger.Step) {
	if a := &s.Next.Attempt; a.N > 0 && a.Billed == ledger.BilledNo {
		l.money.move(s.Next.Lookup.Run, a.Fen, s.Was, a.Billed)
	}
}

func (w *writer) endAttempt(ctx context.Context, a *ledger.Attempt) error {
	return w.exec(ctx, "UPDATE attempts SET billed=?, billed_twice=?, ended_at=?, outcome=?, code=?, ticket=?, sum=? WHERE lookup=? AND n=?",
		string(a.Billed), string(a.Billed), stored.Micros(a.EndedAt), a.Outcome, a.Code, a.Ticket, stored.SumOfAttempt(a), a.Lookup, a.N)
}

const selectFollowers = "SELECT " + lookupColumns + " FROM lookups k WHERE source=? AND state='following'"

// propagate gives the outcome of a lookup to the lookups that follow it, which pay nothing. Some followers are planned
// again instead: those outside a fan-out, if the lookup's request goes on at another vendor, or if the lookup is part
// of a fan-out and ended without a report. Each of these is decided anew before it is sent.
func (w *writer) propagate(ctx context.Context, k, then *ledger.Lookup) error {
	if !w.followed || k.State.Open() {
		return nil
	}
	rows, err := w.query(ctx, selectFollowers, k.ID)
	if err != nil {
		return err
	}
	followers, err := scanLookups(rows)
	if err != nil {
		return err
	}
	goesOn := then != nil || k.FanOut && (k.State == ledger.NoRecord || k.State == ledger.Unsupported)
	for i := range followers {
		f := &followers[i]
		f.NextAt, f.LastAt = time.Time{}, k.LastAt
		if goesOn && !f.FanOut {
			f.State, f.Source, f.Ticket = ledger.Planned, 0, ""
			if then != nil { // the follower goes on at the same place in the route
				f.Vendor, f.FirstAt = then.Vendor, then.FirstAt
			}
		} else {
			f.State, f.Ticket, f.Answer, f.AnsweredAt = k.State, k.Ticket, k.Answer, k.AnsweredAt
			f.Stage, f.Class, f.Code, f.Message = k.Stage, k.Class, k.Code, k.Message
		}
		if err := w.update(ctx, ledger.Following, f); err != nil {
			return err
		}
	}
	return nil
}

// CountCalls adds calls to a vendor's count of the day.
func (l *Ledger) CountCalls(vendor string, day record.Date, n int) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		so, err := readCalls(vendor, day, func(dest ...any) error { return w.one(ctx, dest, selectCalls, vendor, int64(day)) })
		if err != nil {
			return err
		}
		put := w.exec
		if so == 0 { // there may be no row yet
			put = w.execCounted
		}
		return put(ctx, "INSERT OR REPLACE INTO calls (vendor, day, n, sum) VALUES (?,?,?,?)", vendor, int64(day), so+n, stored.SumOfCalls(vendor, day, so+n))
	}, nil)
}

const selectCalls = "SELECT n, sum FROM calls WHERE vendor=? AND day=?"

// readCalls reads a count, 0 where there is none.
func readCalls(vendor string, day record.Date, scan func(dest ...any) error) (int, error) {
	var n int
	var sum int64
	err := scan(&n, &sum)
	if noRows(err) {
		return 0, nil
	}
	if err == nil && sum != stored.SumOfCalls(vendor, day, n) {
		err = stored.Damage("read how many calls %s had: it is not what was written down", vendor)
	}
	return n, err
}

// CallsOn tells how many calls a vendor had on a day.
func (l *Ledger) CallsOn(ctx context.Context, vendor string, day record.Date) (int, error) {
	return readCalls(vendor, day, l.reader.QueryRowContext(ctx, selectCalls, vendor, int64(day)).Scan)
}

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }
