package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// These queries read a lookup with its vehicle and its last attempt, one row for each lookup.
const workFrom = " FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts "

const (
	selectWork      = "SELECT 0, " + lookupColumns + ", " + vehicleColumns + ", " + attemptColumns + workFrom
	selectContested = "SELECT EXISTS (SELECT 1 FROM lookups o WHERE o.key=k.key AND o.id<>k.id), " + lookupColumns + ", " + vehicleColumns + ", " + attemptColumns + workFrom
)

// The other queries of the hot path. All of them must be answered from an index. With "LIMIT ?"
// SQLite plans a query again for each new limit; with "LIMIT 0+?" it plans the query once.
const (
	selectDue        = selectWork + "WHERE k.state='waiting' AND k.vendor=? AND k.next_at<=? ORDER BY k.next_at LIMIT 0+?"
	selectAnswer     = "SELECT " + answerColumns + " FROM answers s "
	selectLastAnswer = selectAnswer + "WHERE lookup=? AND attempt=? ORDER BY id DESC LIMIT 1"
	whereSendable    = "WHERE k.state='planned' AND k.depends_on=0 AND k.run=? AND k.vendor=? "
	minNextPoll      = "SELECT MIN(next_at) FROM lookups WHERE state='waiting' AND vendor=? AND next_at>?"
)

// Due lists the tickets of a vendor, of any run, that may be polled now; those due longest come
// first.
func (l *Ledger) Due(ctx context.Context, vendor string, now time.Time, limit int) ([]ledger.Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectDue, vendor, stored.Micros(now), limit)
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// Sendable lists the planned lookups of a run at a vendor that may be sent now, leaving out the
// datasets in skip.
func (l *Ledger) Sendable(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset, limit int) ([]ledger.Work, error) {
	query, args := sendable(run, vendor, now, skip, limit)
	rows, err := l.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

func sendable(run int64, vendor string, now time.Time, skip []record.Dataset, limit int) (string, []any) {
	args := []any{run, vendor, stored.Micros(now)}
	query := selectContested + whereSendable + "AND k.next_at<=?" + notIn(skip, &args) + " ORDER BY k.next_at, k.id LIMIT 0+?"
	return query, append(args, limit)
}

func notIn(skip []record.Dataset, args *[]any) string {
	if len(skip) == 0 {
		return ""
	}
	for _, d := range skip {
		*args = append(*args, string(d))
	}
	return " AND k.dataset NOT IN (?" + strings.Repeat(",?", len(skip)-1) + ")"
}

// NextSend tells when, after now, the next planned lookup of the run falls due at a vendor, leaving
// out the datasets in skip.
func (l *Ledger) NextSend(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset) (record.Opt[time.Time], error) {
	query, args := nextSend(run, vendor, now, skip)
	return l.earliest(ctx, query, args)
}

func nextSend(run int64, vendor string, now time.Time, skip []record.Dataset) (string, []any) {
	args := []any{run, vendor, stored.Micros(now)}
	return "SELECT MIN(next_at) FROM lookups k " + whereSendable + "AND k.next_at>?" + notIn(skip, &args), args
}

// NextPoll tells when, after now, the next ticket of any run falls due at a vendor.
func (l *Ledger) NextPoll(ctx context.Context, vendor string, now time.Time) (record.Opt[time.Time], error) {
	return l.earliest(ctx, minNextPoll, []any{vendor, stored.Micros(now)})
}

func (l *Ledger) earliest(ctx context.Context, query string, args []any) (record.Opt[time.Time], error) {
	var us sql.NullInt64
	err := l.reader.QueryRowContext(ctx, query, args...).Scan(&us)
	return record.Opt[time.Time]{V: stored.Moment(us.Int64), OK: us.Valid}, err
}

// Unresolved lists the lookups, of any run, whose call was under way when the
// process ended.
func (l *Ledger) Unresolved(ctx context.Context) ([]ledger.Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectWork+"WHERE k.state='submitting' ORDER BY k.id")
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// OpenCount counts the lookups of a run that are not settled.
func (l *Ledger) OpenCount(ctx context.Context, r ledger.Run) (int64, error) {
	var n int64
	err := l.reader.QueryRowContext(ctx, "SELECT COUNT(*) FROM lookups WHERE run=? AND state IN ('planned','submitting','waiting','following')", r.Seq).Scan(&n)
	return n, err
}

func scanWork(rows *sql.Rows) ([]ledger.Work, error) {
	defer rows.Close()
	var out []ledger.Work
	for rows.Next() {
		var k lookupRow
		var v vehicleRow
		var a attemptRow
		var w ledger.Work
		if err := rows.Scan(append(append(append([]any{&w.Contested}, k.dest()...), v.dest()...), a.dest()...)...); err != nil {
			return nil, err
		}
		vehicle, err := v.Vehicle.Vehicle()
		if err != nil {
			return nil, err
		}
		if w.Lookup, err = k.lookup(); err != nil {
			return nil, err
		}
		if w.Vehicle, err = stored.AskedAbout(vehicle, &w.Lookup); err != nil {
			return nil, err
		}
		if w.Attempt, err = a.attempt(); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// AnswerByID reads one raw answer back.
func (l *Ledger) AnswerByID(ctx context.Context, id int64) (ledger.Answer, error) {
	return l.scanAnswer(l.reader.QueryRowContext(ctx, selectAnswer+"WHERE id=?", id))
}

// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
func (l *Ledger) LastAnswer(ctx context.Context, lookup int64, attempt int) (ledger.Answer, bool, error) {
	a, err := l.scanAnswer(l.reader.QueryRowContext(ctx, selectLastAnswer, lookup, attempt))
	if noRows(err) {
		return ledger.Answer{}, false, nil
	}
	return a, err == nil, err
}

func (l *Ledger) scanAnswer(row *sql.Row) (ledger.Answer, error) {
	var r answerRow
	if err := row.Scan(r.dest()...); err != nil {
		return ledger.Answer{}, err
	}
	return r.answer(l.packer)
}
