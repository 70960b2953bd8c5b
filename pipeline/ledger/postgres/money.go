package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// money keeps the totals of the run that is being driven. What may be charged is added before it is written, and what is
// not is taken off after the commit: a commit that fails leaves them too high, never too low; the run ends then.
type money struct {
	mu     sync.Mutex
	run    int64
	totals ledger.Totals
}

func (m *money) reset(run int64, t ledger.Totals) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.run, m.totals = run, t
}

func (m *money) get() ledger.Totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.totals
}

// reserve adds a reservation unless the sum would pass a limit. A charge that cannot be would make room for others.
func (m *money) reserve(run int64, fen record.Fen, limit record.Opt[record.Fen]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case fen < 0 || fen > record.MostFen:
		return false
	case run != m.run:
		return !limit.OK
	case limit.OK && m.totals.Sum()+fen > limit.V:
		return false
	}
	m.totals.Reserved += fen
	return true
}

func (m *money) move(run int64, fen record.Fen, from, to ledger.Billed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if run == m.run {
		m.totals.Add(from, -fen)
		m.totals.Add(to, fen)
	}
}

// raise counts the charge that a step may leave, before it is written.
func (m *money) raise(s *ledger.Step) {
	if a := &s.Next.Attempt; changesCharge(s) && a.Billed != ledger.BilledNo {
		m.move(s.Next.Lookup.Run, a.Fen, s.Was, a.Billed)
	}
}

// settle takes that back of a step that was not made, and lets go of the charge of one that leaves none.
func (m *money) settle(s *ledger.Step, made bool) {
	a, run := &s.Next.Attempt, s.Next.Lookup.Run
	switch {
	case !changesCharge(s):
	case made && a.Billed == ledger.BilledNo:
		m.move(run, a.Fen, s.Was, a.Billed)
	case !made && a.Billed != ledger.BilledNo:
		m.move(run, a.Fen, a.Billed, s.Was)
	}
}

func changesCharge(s *ledger.Step) bool {
	a := &s.Next.Attempt
	return a.N > 0 && a.Billed != s.Was
}

// WatchMoney makes a run the one whose budget is kept, with its totals from disk.
func (l *Ledger) WatchMoney(ctx context.Context, r ledger.Run) error {
	spend, err := l.Spend(ctx, r)
	if err != nil {
		return err
	}
	var t ledger.Totals
	for _, s := range spend {
		t.Charged += s.Charged
		t.Reserved += s.Reserved
		t.Unknown += s.Unknown
	}
	l.money.reset(r.Seq, t)
	return nil
}

// Money is where the watched run's money stands.
func (l *Ledger) Money() ledger.Totals { return l.money.get() }

// billedAs is the sum of the charges that stand so.
func billedAs(billed string) string {
	return "COALESCE(SUM(a.fen) FILTER (WHERE a.billed = '" + billed + "'), 0)::bigint"
}

var selectSpend = "SELECT a.vendor, a.dataset, " + billedAs("yes") + ", " + billedAs("reserved") + ", " + billedAs("unknown") + `, COUNT(DISTINCT a.lookup)
	FROM lookups k JOIN attempts a ON a.lookup = k.id WHERE k.run = $1::bigint AND a.outcome <> 'withdrawn' GROUP BY a.vendor, a.dataset ORDER BY a.vendor, a.dataset`

// Spend adds up a run's submissions by vendor and dataset.
func (l *Ledger) Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (s ledger.Spend, err error) {
		var dataset string
		if err := rows.Scan(&s.Vendor, &dataset, (*int64)(&s.Charged), (*int64)(&s.Reserved), (*int64)(&s.Unknown), &s.Lookups); err != nil {
			return s, err
		}
		s.Dataset = record.Dataset(dataset)
		return s, restore(&s.Vendor)
	}, selectSpend, r.Seq)
}

const chinaDay = "to_char(to_timestamp(%s / 1000000) AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD')"

// spentSQL lists orders that left and answers that were used again, in one table. An answer that was used again is one
// that came for another lookup.
var spentSQL = fmt.Sprintf(`WITH spent AS (
	SELECT a.vendor, a.dataset, a.intent_at AS at, %s AS day, r.id AS run, r.seq, CASE WHEN NOT k.fan_out AND k.group_id > 0 THEN k.group_id ELSE k.id END AS lookup,
		a.fen, a.billed, 0 AS reused, 0::bigint AS saved
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run
	WHERE a.outcome <> 'withdrawn' AND r.state <> 'planning'
	UNION ALL
	SELECT k.vendor, k.dataset, r.started_at, %s, r.id, r.seq, NULL, 0, '', 1,
		COALESCE((SELECT b.fen FROM answers s JOIN attempts b ON b.lookup = s.lookup AND b.n = s.attempt AND b.billed = 'yes'
			WHERE s.id = k.answer AND s.lookup <> k.id), 0)
	FROM lookups k JOIN runs r ON r.seq = k.run
	WHERE k.attempts = 0 AND k.replaced_by = 0 AND k.state IN ('found', 'no_record', 'unsupported') AND r.state <> 'planning'
) SELECT %%s, %s, %s, %s, COUNT(DISTINCT a.lookup), COALESCE(SUM(a.reused), 0)::bigint, COALESCE(SUM(a.saved), 0)::bigint FROM spent a WHERE true`,
	fmt.Sprintf(chinaDay, "a.intent_at"), fmt.Sprintf(chinaDay, "r.started_at"), billedAs("yes"), billedAs("reserved"), billedAs("unknown"))

// SpendOver adds up money by groups, sorted by them, and its total, both at one moment of the ledger.
func (l *Ledger) SpendOver(ctx context.Context, q ledger.SpendQuery) (lines []ledger.SpendLine, total ledger.SpendLine, err error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	err = l.snapshot(ctx, func(tx pgx.Tx) error {
		if len(q.By) > 0 {
			if lines, err = spendLines(ctx, tx, q); err != nil {
				return err
			}
		}
		q.By = nil
		all, err := spendLines(ctx, tx, q)
		if err == nil {
			total = all[0]
		}
		return err
	})
	return lines, total, err
}

func spendLines(ctx context.Context, tx pgx.Tx, q ledger.SpendQuery) ([]ledger.SpendLine, error) {
	text, args := spendSQL(q)
	return collect(ctx, tx, func(rows pgx.Rows) (s ledger.SpendLine, err error) {
		var dataset string
		if err := rows.Scan(&s.Vendor, &dataset, &s.Day, &s.Run, (*int64)(&s.Charged), (*int64)(&s.Reserved), (*int64)(&s.Unknown), &s.Lookups, &s.Reused, (*int64)(&s.Saved)); err != nil {
			return s, err
		}
		s.Dataset = record.Dataset(dataset)
		return s, restore(&s.Vendor, &s.Run)
	}, text, args...)
}

func spendSQL(q ledger.SpendQuery) (string, []any) {
	columns := make([]string, 0, 4)
	for _, g := range ledger.SpendGroups() {
		column := "''"
		for _, by := range q.By {
			if by == g {
				column = "a." + string(g)
			}
		}
		columns = append(columns, column)
	}
	text := fmt.Sprintf(spentSQL, strings.Join(columns, ", "))
	var args []any
	for _, bound := range []struct {
		sql string
		arg int64
	}{{"a.seq =", q.Run}, {"a.at >=", stored.Micros(q.Since)}, {"a.at <", stored.Micros(q.Until)}} {
		if bound.arg != 0 {
			args = append(args, bound.arg)
			text += fmt.Sprintf(" AND %s $%d::bigint", bound.sql, len(args))
		}
	}
	if len(q.By) > 0 {
		groups := make([]string, len(q.By))
		for i, by := range q.By {
			groups[i] = "a." + string(by)
		}
		list := strings.Join(groups, ", ")
		text += " GROUP BY " + list + ` ORDER BY ` + strings.ReplaceAll(list, "a.day", `a.day COLLATE "C"`)
	}
	return text, args
}
