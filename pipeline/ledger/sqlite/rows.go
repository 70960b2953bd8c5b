package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// packedColumns are what packedRow reads of a row s of answers.
var packedColumns = "s.id, s.vendor, s.received_at, " + integrity.TextOf("s.", integrity.AnswerColumns()) + ", s.sum, s.body"

// packedRow is a row of the table answers, or nothing at all.
type packedRow struct {
	id, receivedAt, sum sql.NullInt64
	vendor              sql.NullString
	text, body          []byte
}

func (r *packedRow) dest() []any {
	return []any{&r.id, &r.vendor, &r.receivedAt, &r.text, &r.sum, &r.body}
}

func (r *packedRow) answer() ledger.PackedAnswer {
	return ledger.PackedAnswer{ID: r.id.Int64, Vendor: r.vendor.String, ReceivedAt: r.receivedAt.Int64, Text: r.text, Sum: r.sum.Int64, Body: r.body}
}

// Unpack returns the answer's raw bytes.
func (l *Ledger) Unpack(p ledger.PackedAnswer) (ledger.Answer, error) { return l.UnpackInto(p, nil) }

// UnpackInto is Unpack into a buffer's memory, if the raw bytes fit.
func (l *Ledger) UnpackInto(p ledger.PackedAnswer, buffer []byte) (ledger.Answer, error) {
	if p.ID > 0 && p.Sum != stored.SumOfAnswer(stored.ChecksumOn(stored.Checksum(p.Text), p.Body), p.ID) {
		return ledger.Answer{}, changedAnswer(p.ID)
	}
	body, err := l.packer.UnpackInto(p.Body, buffer)
	return ledger.Answer{ID: p.ID, Vendor: p.Vendor, ReceivedAt: stored.Moment(p.ReceivedAt), Body: body}, err
}

// A row has its lookups from itself, or from the row that it repeats. Finding a lookup takes one
// step in each of three indexes.
const (
	selectRows = "SELECT " + vehicleColumns + `, o.maintenance, o.valuation, o.violations
		FROM vehicles v JOIN vehicles o ON o.run=v.run AND o.row=IIF(v.duplicate_of = 0, v.Row, v.duplicate_of)
		WHERE v.run=? ORDER BY v.row`
)

var (
	askedColumns     = lookupColumns + ", " + attemptColumns + ", " + packedColumns
	selectRowsLookup = "SELECT " + askedColumns + ` FROM lookups k
		LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts LEFT JOIN answers s ON s.id=k.answer WHERE k.id=?`
)

// Rows calls do with each row of a run, in input order, one at a time, as the
// ledger was when it began.
func (l *Ledger) Rows(ctx context.Context, r ledger.Run, do func(*ledger.Row) error) error {
	return l.RowsSince(ctx, r, ledger.Span{}, do)
}

// RowsSince is Rows with an earlier answer for each lookup as well, taken from a span of other
// runs. Only the row that pays for a lookup gets it.
func (l *Ledger) RowsSince(ctx context.Context, r ledger.Run, s ledger.Span, do func(*ledger.Row) error) error {
	return l.rowsOf(ctx, r, s, rowsQuery{text: selectRows, args: []any{r.Seq}, all: true}, do)
}

// rowsQuery selects rows of a run. With all of them, it is worth reading their lookups in step with
// the rows.
type rowsQuery struct {
	text string
	args []any
	all  bool
}

// rowsOf calls do with the rows that a query selects, in one snapshot of the ledger.
func (l *Ledger) rowsOf(ctx context.Context, r ledger.Run, s ledger.Span, query rowsQuery, do func(*ledger.Row) error) error {
	queries := append([]string{query.text, selectRowsLookup, selectServingIDs, selectOrigin, selectAttemptsOf}, queriesOf(s)...)
	if query.all {
		queries = append(queries, selectAbreast(0), selectAbreast(1), selectAbreast(2))
	}
	snapshot, err := l.reader.begin(ctx, queries...)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Rollback() }() // nothing was written
	reader := rowReader{snapshot: snapshot, earlier: earlierReader{snapshot: snapshot, run: r, span: s}}
	defer reader.close()
	if query.all {
		reader.run = r.Seq
	}
	rows, err := snapshot.QueryContext(ctx, query.text, query.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := reader.row(ctx, rows)
		if err != nil {
			return err
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rowReader reads rows with their lookups in one snapshot of the ledger.
type rowReader struct {
	snapshot *snapshot
	earlier  earlierReader
	run      int64 // the run whose lookups are read in step with its rows, 0 for none
	abreast  [3]*abreast
}

// close ends the queries that were begun; the snapshot ends with its transaction.
func (r *rowReader) close() {
	for _, a := range r.abreast {
		if a != nil {
			_ = a.rows.Close()
		}
	}
}

func (r *rowReader) row(ctx context.Context, rows *sql.Rows) (*ledger.Row, error) {
	var v vehicleRow
	var ids [3]int64
	if err := rows.Scan(append(v.dest(), &ids[0], &ids[1], &ids[2])...); err != nil {
		return nil, err
	}
	vehicle, err := v.Vehicle.Vehicle()
	if err != nil {
		return nil, err
	}
	row := &ledger.Row{VehicleID: v.VehicleID, Vehicle: vehicle, Duplicate: v.DuplicateOf}
	for column, id := range ids {
		if id == 0 {
			continue
		}
		asked, err := r.askedAll(ctx, row, column, id)
		if err != nil {
			return nil, fmt.Errorf("read lookup %d of row %d: %w", id, v.Row, err)
		}
		row.Lookups = append(row.Lookups, asked...)
	}
	return row, r.findEarlier(ctx, row)
}

// findEarlier adds to the lookups that a row pays for what was answered before.
func (r *rowReader) findEarlier(ctx context.Context, row *ledger.Row) (err error) {
	for i := range row.Lookups {
		a := &row.Lookups[i]
		if row.Duplicate != 0 || !a.Owner(row) {
			continue
		}
		if a.Earlier, err = r.earlier.of(ctx, row.VehicleID, a); err != nil {
			return err
		}
	}
	return nil
}

// askedRow is a row of askedColumns.
type askedRow struct {
	k lookupRow
	a attemptRow
	s packedRow
}

func (r *askedRow) dest() []any {
	return append(append(r.k.dest(), r.a.dest()...), r.s.dest()...)
}

// asked reads a lookup by itself.
func (r *rowReader) asked(ctx context.Context, id int64) (ledger.Asked, error) {
	var row askedRow
	if err := r.snapshot.QueryRowContext(ctx, selectRowsLookup, id).Scan(row.dest()...); err != nil {
		return ledger.Asked{}, err
	}
	return r.complete(ctx, &row)
}

// complete adds what a lookup cost, and what it was asked with.
func (r *rowReader) complete(ctx context.Context, row *askedRow) (ledger.Asked, error) {
	k, err := row.k.lookup()
	s := ledger.Asked{Lookup: k}
	if err != nil {
		return s, err
	}
	if s.Last, err = row.a.attempt(); err != nil {
		return s, err
	}
	s.Packed = row.s.answer()
	if s.Derived, err = record.ParseDerived(s.Lookup.Derived); err != nil {
		return s, stored.Damage("read what it was asked with: %w", err)
	}
	if s.Lookup.FailedBefore() {
		last, err := scanOrigin(r.snapshot.QueryRowContext(ctx, selectOrigin, s.Lookup.Source, until(&s.Lookup)))
		if err == nil && s.Lookup.Continues() { // add what the vendors asked before were paid
			err = r.chargeAll(ctx, &s)
		}
		s.Last = last
		return s, err
	}
	if s.Lookup.Attempts <= 1 && !s.Lookup.Continues() {
		return s, chargeTo(&s, &s.Last)
	}
	return s, r.chargeAll(ctx, &s)
}

func (r *rowReader) chargeAll(ctx context.Context, s *ledger.Asked) error {
	attempts, err := attemptsOf(ctx, r.snapshot, &s.Lookup)
	if err != nil {
		return err
	}
	for i := range attempts {
		a := &attempts[i]
		if err := chargeTo(s, a); err != nil {
			return err
		}
		s.Last = *a
	}
	return nil
}

// chargeTo adds one attempt to what a lookup cost; an empty attempt adds nothing.
func chargeTo(s *ledger.Asked, a *ledger.Attempt) error {
	if a.Fen < 0 || a.Fen > record.MostFen {
		return soundMoney(1)
	}
	switch a.Billed {
	case "":
		return nil
	case ledger.BilledYes:
		s.Charged += a.Fen
	case ledger.BilledUnknown:
		s.Unknown += a.Fen
	}
	if a.Outcome != ledger.OutcomeWithdrawn {
		s.Sent++
	}
	return nil
}

// Failures calls do with each matching lookup of a run's failure ledger, in the order in which
// their requests were planned.
func (l *Ledger) Failures(ctx context.Context, r ledger.Run, f ledger.Filter, do func(ledger.Work) error) error {
	const page = 500
	const request = "IIF(k.group_id>0, k.group_id, k.id), k.id"
	var after [2]int64
	for {
		rows, err := l.reader.QueryContext(ctx, selectWork+"WHERE k.run=? AND ("+request+") > (?, ?) AND k.replaced_by=0 AND k.state IN ('failed','in_doubt') ORDER BY "+request+" LIMIT 0+?",
			r.Seq, after[0], after[1], page)
		if err != nil {
			return err
		}
		work, err := scanWork(rows)
		if err != nil || len(work) == 0 {
			return err
		}
		for _, w := range work {
			after = [2]int64{w.Lookup.Request(), w.Lookup.ID}
			if !f.Matches(&w.Lookup) {
				continue
			}
			if err := do(w); err != nil {
				return err
			}
		}
	}
}

// PlannedWork lists planned lookups of a run after a given id, in pages, without those that depend
// on another one.
func (l *Ledger) PlannedWork(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectWork+"WHERE k.run=? AND k.id > ? AND k.state='planned' AND k.depends_on=0 ORDER BY k.id LIMIT 0+?", r.Seq, after, limit)
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// Asked lists the lookups with a key, at any vendor and in any run, the newest first.
func (l *Ledger) Asked(ctx context.Context, key []byte) ([]ledger.Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, selectAsked, key)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

func scanLookups(rows *sql.Rows) ([]ledger.Lookup, error) {
	defer rows.Close()
	var out []ledger.Lookup
	for rows.Next() {
		var r lookupRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, err
		}
		k, err := r.lookup()
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}
