package postgres

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

func stale(k *ledger.Lookup, from ledger.State) error {
	return fmt.Errorf("lookup %d from %s to %s: %w", k.ID, from, k.State, ledger.ErrStale)
}

// stepSQL are the texts of steps: a lookup moves if it still stands where the step begins, and only then its attempt
// and the lookup at the next vendor are written. One statement does it all, so that a stale step leaves nothing and the
// changes sent with it go on.
type stepSQL struct{ attempt, then, unblocks bool }

// moved are the columns that a step changes of a lookup.
func moved(unblocks bool) []string {
	list := []string{"vendor", "group_id", "replaced_by", "forced", "state", "next_at", "tries", "polls", "ticket", "answer", "source", "stage", "class", "code", "message",
		"first_at", "ticket_at", "last_at", "answered_at", "depends_on", "derived", "sum"}
	if unblocks {
		list = append(list, "key")
	}
	return list
}

// isState compares the state of a lookup whose id is known. As an expression it fits no partial index: with one of those
// PostgreSQL would step over all that is planned to find the id, as long as it takes the table for a small one.
const isState = "state||''="

// guards are what must still be so of a lookup; the key is compared unless the step gives it anew.
func guards(unblocks bool) []string {
	list := []string{"id", "run", "row", "dataset", "fan_out", "attempts"}
	if !unblocks {
		list = append(list, "key")
	}
	return list
}

// ended are the columns that a step changes of an attempt.
var ended = []string{"billed", "ended_at", "outcome", "code", "ticket", "sum"}

func (x stepSQL) text() string {
	var s statement
	s.add("WITH k AS (UPDATE lookups SET token=" + s.param(number) + ", " + s.sets(&lookupTable, ", ", moved(x.unblocks)...))
	s.add(" WHERE " + s.sets(&lookupTable, " AND ", guards(x.unblocks)...))
	s.add(" AND " + isState + s.param(words) + " AND replaced_by=" + s.param(number))
	if x.unblocks {
		s.add(" AND " + isState + "'planned' AND depends_on=" + s.param(number))
	}
	s.add(" RETURNING id)")
	if x.attempt {
		s.add(", a AS (UPDATE attempts SET " + s.sets(&attemptTable, ", ", ended...) + " WHERE " + s.sets(&attemptTable, " AND ", "lookup", "n") + " AND EXISTS (SELECT FROM k))")
	}
	if x.then {
		s.add(", t AS (INSERT INTO lookups (" + lookupTable.names("") + ") SELECT " + s.params(&lookupTable) + " WHERE EXISTS (SELECT FROM k))")
	}
	s.add(" SELECT id FROM k")
	return s.text.String()
}

// picked are the values of some columns of a table.
func picked(t *table, values []any, names []string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		at := slices.IndexFunc(t.columns, func(c column) bool { return c.name == n })
		out[i] = values[at]
	}
	return out
}

// texts of steps are made once.
var stepTexts = func() map[stepSQL]string {
	out := map[stepSQL]string{}
	for n := range 8 {
		x := stepSQL{n&1 > 0, n&2 > 0, n&4 > 0}
		out[x] = x.text()
	}
	return out
}()

// makes is the change that makes a step; awaited is the request that the lookup has waited for, if the step unblocks it.
func (l *Ledger) makes(step *ledger.Step, awaited int64, unblocks bool) (*change, error) {
	k := &step.Next.Lookup
	if unblocks && k.ReplacedBy != 0 { // what waits has not gone on
		return nil, stale(k, step.From)
	}
	if k.ReplacedBy != 0 && (k.State.Open() || step.Then != nil) {
		return nil, fmt.Errorf("lookup %d cannot become %s: its request has gone on as lookup %d", k.ID, k.State, k.ReplacedBy)
	}
	l.money.raise(step)
	passed := k.ReplacedBy
	return &change{
		lookup: k.ID,
		queue: func(w *writer, token int64) ([]query, error) {
			w.followed = w.followed || k.State == ledger.Following
			if step.Then != nil {
				if err := w.goOn(k, step.Then); err != nil {
					return nil, err
				}
			}
			return []query{moveOf(step, token, passed, awaited, unblocks)}, nil
		},
		settles: step,
		stale:   stale(k, step.From),
		after:   func(made bool) { l.money.settle(step, made) },
	}, nil
}

// moveOf is the statement of a step.
func moveOf(step *ledger.Step, token, passed, awaited int64, unblocks bool) query {
	k, a := &step.Next.Lookup, &step.Next.Attempt
	x := stepSQL{attempt: a.N > 0 && (step.From == ledger.Submitting || a.Billed != step.Was), then: step.Then != nil, unblocks: unblocks}
	values := lookupValues(k)
	args := append(append([]any{token}, picked(&lookupTable, values, moved(unblocks))...), picked(&lookupTable, values, guards(unblocks))...)
	args = append(args, string(step.From), passed)
	if unblocks {
		args = append(args, awaited)
	}
	if x.attempt {
		values := attemptValues(a)
		args = append(append(args, picked(&attemptTable, values, ended)...), a.Lookup, int64(a.N))
	}
	if x.then {
		args = append(args, lookupValues(step.Then)...)
	}
	return query{stepTexts[x], args}
}

// goOn names the lookup at the next vendor, which takes the place of one that has come to its end.
func (w *writer) goOn(k, next *ledger.Lookup) (err error) {
	if next.ID, err = w.nextLookup(); err != nil {
		return err
	}
	k.ReplacedBy, k.GroupID = next.ID, k.Request()
	next.Run, next.Row, next.Dataset, next.Key, next.GroupID, next.LastAt = k.Run, k.Row, k.Dataset, k.Key, k.GroupID, k.LastAt
	return nil
}

// Advance makes one guarded step, for the lookup and for those that follow it.
func (l *Ledger) Advance(s ledger.Step) error {
	s.Next.Lookup.LastAt = l.now()
	c, err := l.makes(&s, 0, false)
	if err != nil {
		return err
	}
	return l.writer.write(c)
}

// Unblock makes the step of a lookup that has waited, gives it the key that it has now, and ends its waiting, in one
// commit. ErrStale means that it was unblocked before.
func (l *Ledger) Unblock(s ledger.Step, awaited int64) error {
	s.Next.Lookup.LastAt = l.now()
	c, err := l.makes(&s, awaited, true)
	if err != nil {
		return err
	}
	return l.writer.write(c)
}

// Conclude writes down what came back for a call together with the step that it means, in one commit. Where the step is
// stale the answer is kept alone, and ErrStale returned.
func (l *Ledger) Conclude(a ledger.Answer, s ledger.Step) error {
	s.Next.Lookup.LastAt = l.now()
	this := s.Next.Lookup.Answer == ledger.ThisAnswer
	keeps := l.keeps(&a)
	moves, err := l.makes(&s, 0, false)
	if err != nil {
		return err
	}
	step := moves.queue
	moves.answer = &a
	moves.queue = func(w *writer, token int64) ([]query, error) {
		first := keeps(w)
		if this {
			s.Next.Lookup.Answer = a.ID
		}
		rest, err := step(w, token)
		return append([]query{first}, rest...), err
	}
	return l.writer.write(moves)
}

var insertAnswer = func() string {
	var s statement
	return "INSERT INTO answers (" + answerTable.names("") + ") VALUES (" + s.params(&answerTable) + ")"
}()

// keeps packs an answer; what it returns gives it its id and says what to write.
func (l *Ledger) keeps(a *ledger.Answer) func(w *writer) query {
	packed := l.packer.Pack(a.Body)
	sum := stored.SumWithoutID(stored.AnswerText(a), packed)
	return func(w *writer) query {
		w.answers++
		a.ID = w.answers
		return query{insertAnswer, answerValues(a, stored.SumOfAnswer(sum, a.ID), packed)}
	}
}

// Receive writes down what came back for a call alone. It returns the answer's id.
func (l *Ledger) Receive(a ledger.Answer) (int64, error) {
	keeps := l.keeps(&a)
	err := l.writer.write(&change{answer: &a, queue: func(w *writer, _ int64) ([]query, error) { return []query{keeps(w)}, nil }})
	return a.ID, err
}

var insertIntent = func() string {
	var s statement
	s.add("WITH k AS (UPDATE lookups SET token=" + s.param(number) + ", " + s.sets(&lookupTable, ", ", "forced", "state", "attempts", "first_at", "last_at", "sum"))
	s.add(" WHERE id=" + s.param(number) + " AND " + isState + "'planned' AND depends_on=0 AND sum=" + s.param(number) + " AND attempts=" + s.param(number) + " RETURNING id)")
	s.add(" INSERT INTO attempts (" + attemptTable.names("") + ") SELECT " + s.params(&attemptTable) + " WHERE EXISTS (SELECT FROM k)")
	return s.text.String()
}()

// Intend writes down that a planned lookup is about to be submitted, with its charge reserved within a limit. It returns
// the work with the new attempt, or ErrBudget or ErrStale with nothing changed. Only after it may the call leave.
func (l *Ledger) Intend(w ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error) {
	now := l.now()
	was, next := w.Lookup, w
	k := &next.Lookup
	k.State, k.Forced, k.LastAt, k.Attempts = ledger.Submitting, false, now, was.Attempts+1
	if k.FirstAt.IsZero() {
		k.FirstAt = now
	}
	a := &next.Attempt
	*a = ledger.Attempt{Lookup: k.ID, N: k.Attempts, Vendor: k.Vendor, Dataset: k.Dataset, Fen: fen, Billed: ledger.Reserved, IntentAt: now}
	if !l.money.reserve(k.Run, fen, limit) {
		return next, ledger.ErrBudget
	}
	args := picked(&lookupTable, lookupValues(k), []string{"forced", "state", "attempts", "first_at", "last_at", "sum"})
	args = append(append(args, k.ID, stored.SumOfLookup(&was), int64(was.Attempts)), attemptValues(a)...)
	return next, l.writer.write(&change{
		lookup: k.ID,
		intent: a,
		queue: func(_ *writer, token int64) ([]query, error) {
			return []query{{insertIntent, append([]any{token}, args...)}}, nil
		},
		stale: stale(k, ledger.Planned),
		after: func(made bool) {
			if !made {
				l.money.move(k.Run, fen, ledger.Reserved, ledger.BilledNo)
			}
		},
	})
}

var selectFollowers = "SELECT " + lookupTable.names("k.") + " FROM lookups k WHERE k.source = ANY($1::bigint[]) AND k.state='following' ORDER BY k.id FOR UPDATE"

// followable tells whether others may have followed a lookup that a step settles.
func followable(s *ledger.Step) bool { return s != nil && !s.Next.Lookup.State.Open() }

func anySettles(group []*change) bool {
	return slices.ContainsFunc(group, func(c *change) bool { return followable(c.settles) })
}

func settledBy(group []*change) (ids []int64) {
	for _, c := range group {
		if followable(c.settles) {
			ids = append(ids, c.settles.Next.Lookup.ID)
		}
	}
	return ids
}

// carry gives the outcomes of lookups that are settled to those that follow them, and commits.
func (w *writer) carry(group []*change, made []bool, followers []ledger.Lookup) error {
	batch := &pgx.Batch{}
	queueCarries(batch, group, made, followers)
	queueCommit(batch)
	return w.session.send(batch)
}

func queueCarries(batch *pgx.Batch, group []*change, made []bool, followers []ledger.Lookup) {
	for _, f := range followers {
		for i, c := range group {
			if s := c.settles; made[i] && followable(s) && s.Next.Lookup.ID == f.Source {
				queueCarried(batch, s, f)
				break
			}
		}
	}
}

// queueCarried writes a follower as the lookup that it follows has ended. It paid nothing. Of those that ask one vendor
// after the other, where the vendor has come to nothing for a request that goes on, or that was not theirs, each goes on
// by itself: it is looked at again before it is sent.
func queueCarried(batch *pgx.Batch, s *ledger.Step, f ledger.Lookup) {
	k, then := &s.Next.Lookup, s.Then
	goesOn := then != nil || k.FanOut && (k.State == ledger.NoRecord || k.State == ledger.Unsupported)
	f.NextAt, f.LastAt = time.Time{}, k.LastAt
	if goesOn && !f.FanOut {
		f.State, f.Source, f.Ticket = ledger.Planned, 0, ""
		if then != nil { // it keeps its place in the route
			f.Vendor, f.FirstAt = then.Vendor, then.FirstAt
		}
	} else {
		f.State, f.Ticket, f.Answer, f.AnsweredAt = k.State, k.Ticket, k.Answer, k.AnsweredAt
		f.Stage, f.Class, f.Code, f.Message = k.Stage, k.Class, k.Code, k.Message
	}
	queueRewritten(batch, &f)
}

var updateAll = func() string {
	var s statement
	return "UPDATE lookups SET " + s.sets(&lookupTable, ", ", lookupTable.list()[1:]...) + " WHERE id=" + s.param(number)
}()

// queueRewritten writes all of a lookup that was read in the same transaction.
func queueRewritten(batch *pgx.Batch, k *ledger.Lookup) {
	values := lookupValues(k)
	batch.Queue(updateAll, append(values[1:], values[0])...)
}

// AdvanceAll makes many steps in few commits, each of them all or nothing. It ends at the first that fails; those
// committed before it stay.
func (l *Ledger) AdvanceAll(steps []ledger.Step) error {
	for chunk := range slices.Chunk(steps, groupLimit) {
		for i := range chunk {
			chunk[i].Next.Lookup.LastAt = l.now()
		}
		if err := l.together(chunk); err != nil {
			return err
		}
	}
	return nil
}

// together makes steps all or nothing.
func (l *Ledger) together(steps []ledger.Step) error {
	list := make([]*change, 0, len(steps))
	undo := func() {
		for _, c := range list {
			c.after(false)
		}
	}
	var cannot error // of the first that cannot be, behind those that may be stale
	for i := range steps {
		c, err := l.makes(&steps[i], 0, false)
		if err != nil {
			cannot = err
			break
		}
		list = append(list, c)
	}
	err := l.writer.do(func(*session) error { return cmp.Or(l.writer.moveAll(list), cannot) })
	if err != nil {
		undo()
		return err
	}
	for _, c := range list {
		c.after(true)
	}
	return nil
}

// moveAll makes steps within a transaction, or fails at the first that is stale. They go to the server together, unless
// one of them settles what others follow: those may be changed by a later one.
func (w *writer) moveAll(list []*change) error {
	followed, err := w.anyFollows(list)
	if err != nil {
		return err
	}
	if !followed {
		return w.move(list)
	}
	for _, c := range list {
		if err := w.move([]*change{c}); err != nil {
			return err
		}
	}
	return nil
}

// anyFollows tells whether any lookup follows one that steps settle, or will.
func (w *writer) anyFollows(list []*change) (bool, error) {
	ids := settledBy(list)
	if len(ids) == 0 {
		return false, nil
	}
	for _, c := range list {
		if k := &c.settles.Next.Lookup; k.State == ledger.Following && slices.Contains(ids, k.Source) {
			return true, nil
		}
	}
	if !w.followed {
		return false, nil
	}
	var some bool
	err := w.session.one([]any{&some}, "SELECT EXISTS (SELECT FROM lookups WHERE state='following' AND source = ANY($1::bigint[]))", ids)
	return some, err
}

// move makes steps that leave each other alone.
func (w *writer) move(list []*change) error {
	made := make([]bool, len(list))
	batch := &pgx.Batch{}
	for i, c := range list {
		queries, err := c.queue(w, 0)
		if err != nil {
			return err
		}
		for _, q := range queries {
			batch.Queue(q.text, q.args...).Exec(func(tag pgconn.CommandTag) error { made[i] = tag.RowsAffected() > 0; return nil })
		}
	}
	var followers []ledger.Lookup
	if w.followed && anySettles(list) {
		batch.Queue(selectFollowers, settledBy(list)).Query(func(rows pgx.Rows) (err error) {
			followers, err = collected(rows, scanLookup)
			return err
		})
	}
	if err := w.session.send(batch); err != nil {
		return err
	}
	if at := slices.Index(made, false); at >= 0 {
		return list[at].stale
	}
	carries := &pgx.Batch{}
	queueCarries(carries, list, made, followers)
	return w.session.send(carries)
}
