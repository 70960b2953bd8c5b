package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

const (
	selectPriorRows = "SELECT " + vehicleColumns + " FROM vehicles v WHERE v.run=? AND v.row>? ORDER BY v.row LIMIT 0+?"
	selectPriorRow  = "SELECT " + vehicleColumns + `, o.maintenance, o.valuation, o.violations
		FROM vehicles v JOIN vehicles o ON o.run=v.run AND o.row=IIF(v.duplicate_of = 0, v.Row, v.duplicate_of) WHERE v.run=? AND v.row=?`
	// The lookups that serve the requests which a row names, without those that were replaced.
	selectPriorLookups = "SELECT " + lookupColumns + " FROM lookups k WHERE (k.id IN (?1, ?2, ?3) OR k.group_id>0 AND k.group_id IN (?1, ?2, ?3)) AND k.replaced_by=0 ORDER BY k.id"
	selectAskedIn      = "SELECT " + lookupColumns + " FROM lookups k WHERE key=?1 AND run=?2 AND replaced_by=0 AND ?3 IN ('', vendor) ORDER BY id LIMIT 1"
)

// PriorRows reads rows of a run after a given one, in input order.
func (l *Ledger) PriorRows(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.PriorRow, error) {
	rows, err := l.reader.QueryContext(ctx, selectPriorRows, r.Seq, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.PriorRow
	for rows.Next() {
		var v vehicleRow
		if err := rows.Scan(v.dest()...); err != nil {
			return nil, err
		}
		f, err := v.Prior()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// PriorRow reads a row of another run with its lookups as they stand. It fails when that run has no such row.
func (t *planTx) PriorRow(run, row int64) (ledger.PriorRow, error) {
	var v vehicleRow
	ids := make([]int64, 3)
	if err := t.one(append(v.dest(), &ids[0], &ids[1], &ids[2]), selectPriorRow, run, row); err != nil {
		return ledger.PriorRow{}, fmt.Errorf("read row %d of run %d: %w", row, run, err)
	}
	f, err := v.Prior()
	if err != nil {
		return f, err
	}
	rows, err := t.query(selectPriorLookups, ids[0], ids[1], ids[2])
	if err != nil {
		return f, err
	}
	lookups, err := scanLookups(rows)
	for i := range lookups {
		if k := lookups[i]; f.Lookups[k.Dataset].ID == 0 { // of a fan-out, the first lookup
			f.Lookups[k.Dataset] = k
		}
	}
	return f, err
}

// AskedIn finds the lookup with a key in one run, at one vendor or, with "", at any.
func (t *planTx) AskedIn(key []byte, run int64, vendor string) (ledger.Lookup, bool, error) {
	var r lookupRow
	err := t.one(r.dest(), selectAskedIn, key, run, vendor)
	return r.found(err)
}

// SameInRun finds the lookup of a run with a key, if there is one.
func (l *Ledger) SameInRun(ctx context.Context, run int64, key []byte) (ledger.Lookup, bool, error) {
	var r lookupRow
	return r.found(l.reader.QueryRowContext(ctx, selectAskedIn, key, run, "").Scan(r.dest()...))
}

func (t *planTx) one(dest []any, query string, args ...any) error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.w.one(t.ctx, dest, query, args...)
}

// A lookup that has taken over an answer or a failure names the lookup from which it took it, and so on to the lookup
// that was sent (?1 is where to begin). What happened there after it was taken over (?2) does not count.
const (
	withOrigin = `WITH RECURSIVE back(id) AS (SELECT ?1 UNION SELECT k.source FROM back JOIN lookups k ON k.id=back.id WHERE k.attempts=0 AND k.source>0) `

	selectOrigin = withOrigin + "SELECT " + attemptColumns + ` FROM back JOIN lookups k ON k.id=back.id
		JOIN attempts a ON a.lookup=k.id AND a.n=(SELECT MAX(n) FROM attempts b WHERE b.lookup=k.id AND b.intent_at <= ?2) LIMIT 1`
	selectOrigins = withOrigin + "SELECT " + attemptColumns + " FROM back JOIN attempts a ON a.lookup=back.id"
)

// until is the end of the time from which submissions of a lookup's origin count. A lookup that was sent itself is its
// own origin.
func until(k *ledger.Lookup) int64 {
	if k.Attempts > 0 {
		return math.MaxInt64
	}
	return stored.Micros(k.LastAt)
}

// MayHavePaid tells whether any submission of a lookup to its vendor, or of the lookup that it was taken over from, was
// charged or may have been.
func (l *Ledger) MayHavePaid(ctx context.Context, k *ledger.Lookup) (bool, error) {
	rows, err := l.reader.QueryContext(ctx, selectOrigins, k.ID)
	return mayHavePaid(k, rows, err)
}

func mayHavePaid(k *ledger.Lookup, rows *sql.Rows, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	attempts, err := scanAttempts(rows)
	return slices.ContainsFunc(attempts, func(a ledger.Attempt) bool {
		return stored.Micros(a.IntentAt) <= until(k) && maybePaid(&a, k.Vendor)
	}), err
}

// maybePaid tells whether a submission went to a vendor and was charged, or may have been.
func maybePaid(a *ledger.Attempt, vendor string) bool {
	return a.Vendor == vendor && a.Outcome != ledger.OutcomeWithdrawn && (a.Billed == ledger.BilledYes || a.Billed == ledger.BilledUnknown)
}

// HasPaid tells whether any submission for the request of a lookup to a vendor was charged or may
// have been.
func (l *Ledger) HasPaid(ctx context.Context, k *ledger.Lookup, vendor string) (bool, error) {
	attempts, err := attemptsOf(ctx, l.reader, k)
	return slices.ContainsFunc(attempts, func(a ledger.Attempt) bool { return maybePaid(&a, vendor) }), err
}

// MayHavePaid is Ledger.MayHavePaid within a plan.
func (t *planTx) MayHavePaid(k *ledger.Lookup) (bool, error) {
	rows, err := t.query(selectOrigins, k.ID)
	return mayHavePaid(k, rows, err)
}

// Origin is the last submission behind what a lookup has taken over from an earlier run; its N is 0 when nothing
// is known of one.
func (l *Ledger) Origin(ctx context.Context, k *ledger.Lookup) (ledger.Attempt, error) {
	return scanOrigin(l.reader.QueryRowContext(ctx, selectOrigin, k.Source, until(k)))
}

// scanOrigin reads the last submission behind what a lookup has taken over from an
// earlier run; its N is 0 when nothing is known of one.
func scanOrigin(row *sql.Row) (ledger.Attempt, error) {
	var a attemptRow
	err := row.Scan(a.dest()...)
	if noRows(err) {
		return ledger.Attempt{}, nil
	}
	if err != nil {
		return ledger.Attempt{}, err
	}
	return a.attempt()
}

// Orders lists the submissions of a lookup to its present vendor, the first one first.
func (l *Ledger) Orders(ctx context.Context, k *ledger.Lookup) ([]ledger.Attempt, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT "+attemptColumns+" FROM attempts a WHERE a.lookup=? AND a.vendor=? ORDER BY a.n", k.ID, k.Vendor)
	if err != nil {
		return nil, err
	}
	return scanAttempts(rows)
}

// Sender is the lookup that sent the order behind k: k itself, or the lookup of another run that k stands for, and so
// on along the chain.
func (l *Ledger) Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error) {
	const deepest = 1000 // in a damaged ledger the chain may go round in a circle
	for n := 0; k.Attempts == 0 && k.Source > 0 && n < deepest; n++ {
		of, err := l.LookupByID(ctx, k.Source)
		if err != nil {
			return k, err
		}
		k = of
	}
	return k, nil
}
