package sqlite

import (
	"context"
	"fmt"
	"sync"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// money keeps the totals of the watched run. The writer adds reservations within a commit, so that the budget holds
// within it as well, and takes released ones out after it. A transaction that is rolled back restores the totals. If
// nobody can say whether a commit was made, they are too high, never too low.
type money struct {
	mu     sync.Mutex
	run    int64
	totals ledger.Totals
}

func newMoney() *money { return &money{} }

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

// reserve adds a reservation unless the sum would exceed the limit. It refuses a charge that cannot be true, which
// would make room for others.
func (m *money) reserve(run int64, fen record.Fen, limit record.Opt[record.Fen]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if fen < 0 || fen > record.MostFen {
		return false
	}
	if run != m.run {
		return !limit.OK
	}
	if limit.OK && m.totals.Sum()+fen > limit.V {
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

// setBack restores the totals after a transaction was rolled back.
func (m *money) setBack(before ledger.Totals) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.totals = before
}

// WatchMoney makes a run the one whose budget is kept, with its totals from disk.
func (l *Ledger) WatchMoney(ctx context.Context, r ledger.Run) error {
	t, err := l.runTotals(ctx, r)
	if err != nil {
		return err
	}
	l.money.reset(r.Seq, t)
	return nil
}

// Money is where the watched run's money stands.
func (l *Ledger) Money() ledger.Totals { return l.money.get() }

func (l *Ledger) runTotals(ctx context.Context, r ledger.Run) (ledger.Totals, error) {
	spend, err := l.Spend(ctx, r)
	var t ledger.Totals
	for _, s := range spend {
		t.Charged += s.Charged
		t.Reserved += s.Reserved
		t.Unknown += s.Unknown
	}
	return t, err
}

// Spend adds up a run's attempts by vendor and dataset.
func (l *Ledger) Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error) {
	rows, err := l.reader.QueryContext(ctx, `
		SELECT a.vendor, a.dataset, `+sumOf("yes")+`, `+sumOf("reserved")+`, `+sumOf("unknown")+`,
		COUNT(DISTINCT lookup), SUM(`+wrongMoney+`) FROM lookups k CROSS JOIN attempts a ON a.lookup = k.id
		WHERE k.run = ? AND outcome <> 'withdrawn' GROUP BY a.vendor, a.dataset ORDER BY a.vendor, a.dataset`, r.Seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Spend
	for rows.Next() {
		var s ledger.Spend
		var wrong int64
		if err := rows.Scan(&s.Vendor, &s.Dataset, &s.Charged, &s.Reserved, &s.Unknown, &s.Lookups, &wrong); err != nil {
			return nil, err
		}
		if err := soundMoney(wrong); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// wrongMoney tells for a row of attempts that its charge is not what was written. Every query that adds up charges also
// counts such rows.
var wrongMoney = "(" + integrity.WrongFen + " OR fen IS NOT fen_twice OR billed IS NOT billed_twice OR " + integrity.ChargedWithdrawn + ")"

// sumOf adds up the charges with one value of billed. A charge that cannot be true is left out, so that no sum
// overflows; it is counted as wrong.
func sumOf(b ledger.Billed) string {
	return fmt.Sprintf("SUM(IIF(billed = '%s' AND NOT (%s), fen, 0))", b, integrity.WrongFen)
}

// soundMoney refuses a sum that contains wrong charges.
func soundMoney(wrong int64) error {
	if wrong == 0 {
		return nil
	}
	return stored.Damage("add up what was spent: %d charges are not what was written down", wrong)
}
