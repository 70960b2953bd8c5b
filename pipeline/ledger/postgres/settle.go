package postgres

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// Settle writes settlements down, each with its steps in one commit, all or nothing, many to a commit. It ends at the
// first that is stale; those committed before it stay. No run is driven meanwhile.
func (l *Ledger) Settle(list []ledger.Settlement) error {
	for chunk := range slices.Chunk(list, groupLimit) {
		if err := l.writer.do(func(tx *session) error { return l.settleAll(tx, chunk) }); err != nil {
			return err
		}
	}
	return nil
}

// settleAll first changes the attempts, then makes the steps, which have none.
func (l *Ledger) settleAll(tx *session, list []ledger.Settlement) error {
	attempts, err := attemptsFor(tx, list)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	var steps []*change
	for i := range list {
		s := &list[i]
		at := attemptKey{s.Lookup, s.N}
		a, ok := attempts[at]
		if !ok || a.Billed != s.Was {
			return fmt.Errorf("charge %d of lookup %d from %s to %s: %w", s.N, s.Lookup, s.Was, s.Billed, ledger.ErrStale)
		}
		a.Billed, a.Ticket = s.Billed, cmp.Or(s.Ticket, a.Ticket)
		attempts[at] = a
		batch.Queue(updateAttempt, append(picked(&attemptTable, attemptValues(&a), ended), a.Lookup, int64(a.N))...)
		for j := range s.Steps {
			step := s.Steps[j]
			if step.Next.Lookup.State != step.From {
				step.Next.Lookup.LastAt = l.now()
			}
			c, err := l.makes(&step, 0, false)
			if err != nil {
				return err
			}
			steps = append(steps, c)
		}
	}
	if err := tx.send(batch); err != nil {
		return err
	}
	return l.writer.moveAll(steps)
}

type attemptKey struct {
	lookup int64
	n      int
}

var updateAttempt = func() string {
	var s statement
	return "UPDATE attempts SET " + s.sets(&attemptTable, ", ", ended...) + " WHERE " + s.sets(&attemptTable, " AND ", "lookup", "n")
}()

// attemptsFor reads the submissions that settlements are of.
func attemptsFor(tx *session, list []ledger.Settlement) (map[attemptKey]ledger.Attempt, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].Lookup
	}
	all, err := collectIn(tx, scanAttempt, "SELECT "+attemptTable.names("a.")+" FROM attempts a WHERE a.lookup = ANY($1::bigint[])", ids)
	out := make(map[attemptKey]ledger.Attempt, len(all))
	for _, a := range all {
		out[attemptKey{a.Lookup, a.N}] = a
	}
	return out, err
}

// SetKeys gives lookups that could not be asked the keys that they have now, many to a commit.
func (l *Ledger) SetKeys(list []ledger.NewKey) error {
	for chunk := range slices.Chunk(list, groupLimit) {
		keys := make(map[int64][]byte, len(chunk))
		ids := make([]int64, len(chunk))
		for i, q := range chunk {
			keys[q.Lookup], ids[i] = q.Key, q.Lookup
		}
		err := l.writer.do(func(tx *session) error {
			return rewrite(tx, func(k *ledger.Lookup) { k.Key = keys[k.ID] }, "k.id = ANY($1::bigint[])", ids)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rewrite changes the lookups that a condition picks: it reads them in one go and writes them in another.
func rewrite(tx *session, change func(*ledger.Lookup), where string, args ...any) error {
	found, err := collectIn(tx, scanLookup, "SELECT "+lookupTable.names("k.")+" FROM lookups k WHERE "+where, args...)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for i := range found {
		change(&found[i])
		queueRewritten(batch, &found[i])
	}
	return tx.send(batch)
}

const (
	// clockSlack is how far ahead a moment of the ledger may be before the clock that wrote it is taken for one that was
	// wrong: clocks are put right by seconds.
	clockSlack = time.Minute
	// mostWait is later than anything can be due.
	mostWait = record.LongestInterval + 24*time.Hour
)

// SetBack makes due now what was put off by a clock that was ahead of this one: tickets, and orders that wait to be tried
// again, and what is due later than anything can be.
func (l *Ledger) SetBack() error {
	now := l.now()
	err := l.writer.do(func(tx *session) error {
		return rewrite(tx, func(k *ledger.Lookup) {
			if k.NextAt = now; k.LastAt.Before(now) {
				k.NextAt = k.LastAt
			}
		}, "(k.state='waiting' OR k.state='planned' AND k.depends_on=0) AND (k.last_at > $1::bigint OR k.next_at > $2::bigint)",
			stored.Micros(now.Add(clockSlack)), stored.Micros(now.Add(mostWait)))
	})
	if err != nil {
		return fmt.Errorf("bring to the present what a wrong clock has put off: %w", err)
	}
	return nil
}
