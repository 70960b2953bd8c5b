package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// rowsAPage is how many rows are read at a time with all that belongs to them: a page costs a handful of questions,
// however many lookups its rows have.
const rowsAPage = 300

// Before is the span of all runs before one whose answers are still there. It ends behind the newest purged one: what
// that one had was nearer, and is forgotten.
func (l *Ledger) Before(ctx context.Context, r ledger.Run) (ledger.Span, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	s := ledger.Span{To: r.Seq - 1, News: true}
	err := l.pool.one(ctx, []any{&s.From}, "SELECT COALESCE(MAX(seq), 0) + 1 FROM runs WHERE seq < $1 AND purged_at > 0", r.Seq)
	if err != nil {
		return s, fmt.Errorf("look for earlier runs: %w", err)
	}
	return s, nil
}

// Rows calls do with each row of a run, in input order, one at a time, as the ledger was when it began.
func (l *Ledger) Rows(ctx context.Context, r ledger.Run, do func(*ledger.Row) error) error {
	return l.RowsSince(ctx, r, ledger.Span{}, do)
}

// RowsSince is Rows with the answer that stood before each lookup's own, out of a span of other runs, for the row that
// pays for the lookup.
func (l *Ledger) RowsSince(ctx context.Context, r ledger.Run, s ledger.Span, do func(*ledger.Row) error) error {
	return l.snapshot(ctx, func(tx pgx.Tx) error {
		reader := rowReader{l: l, tx: tx, run: r, span: s}
		for after := int64(-1 << 62); ; {
			rows, err := reader.page(ctx, "v.row > $2 ORDER BY v.row LIMIT $3", after, int64(rowsAPage))
			if err != nil || len(rows) == 0 {
				return err
			}
			after = rows[len(rows)-1].Vehicle.Row
			if err := each(rows, do); err != nil {
				return err
			}
		}
	})
}

// RowsAt is RowsSince for some rows of a run, by their numbers.
func (l *Ledger) RowsAt(ctx context.Context, r ledger.Run, s ledger.Span, numbers []int64, do func(*ledger.Row) error) error {
	wanted := slices.Compact(slices.Sorted(slices.Values(numbers)))
	return l.snapshot(ctx, func(tx pgx.Tx) error {
		reader := rowReader{l: l, tx: tx, run: r, span: s}
		for chunk := range slices.Chunk(wanted, rowsAPage) {
			rows, err := reader.page(ctx, "v.row = ANY($2::bigint[]) ORDER BY v.row", chunk)
			if err != nil {
				return err
			}
			if err := each(rows, do); err != nil {
				return err
			}
		}
		return nil
	})
}

func each(rows []*ledger.Row, do func(*ledger.Row) error) error {
	for _, row := range rows {
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// rowReader reads rows with their lookups in one snapshot of the ledger.
type rowReader struct {
	l    *Ledger
	tx   pgx.Tx
	run  ledger.Run
	span ledger.Span
}

// A row is asked about by itself, or by the row that it repeats.
var selectRows = "SELECT " + vehicleTable.names("v.") + `, o.maintenance, o.valuation, o.violations
	FROM vehicles v JOIN vehicles o ON o.run=v.run AND o.row=CASE WHEN v.duplicate_of = 0 THEN v.row ELSE v.duplicate_of END WHERE v.run=$1 AND `

// pageOf is a row with the requests that it names, by dataset.
type pageOf struct {
	row      *ledger.Row
	requests [3]int64
}

// page reads the rows that a condition picks, with all that belongs to them.
func (r *rowReader) page(ctx context.Context, where string, args ...any) ([]*ledger.Row, error) {
	ctx, cancel := r.l.quick(ctx)
	defer cancel()
	all, err := collect(ctx, r.tx, scanPageOf, selectRows+where, append([]any{r.run.Seq}, args...)...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var requests []int64
	for _, p := range all {
		for _, id := range p.requests {
			if id > 0 {
				requests = append(requests, id)
			}
		}
	}
	asked, err := r.asked(ctx, slices.Compact(slices.Sorted(slices.Values(requests))))
	if err != nil {
		return nil, err
	}
	rows := make([]*ledger.Row, len(all))
	for i, p := range all {
		for _, id := range p.requests {
			for _, a := range asked[id] {
				p.row.Lookups = append(p.row.Lookups, a.copied())
			}
		}
		rows[i] = p.row
	}
	return rows, r.findEarlier(ctx, rows)
}

func scanPageOf(rows pgx.Rows) (p pageOf, err error) {
	v, err := scanVehicle(rows, &p.requests[0], &p.requests[1], &p.requests[2])
	if err != nil {
		return p, err
	}
	vehicle, err := v.Vehicle()
	p.row = &ledger.Row{VehicleID: v.VehicleID, Vehicle: vehicle, Duplicate: v.DuplicateOf}
	return p, err
}

// asking is a lookup of rows, which several of them may name.
type asking struct{ ledger.Asked }

// copied is its own for each row.
func (a *asking) copied() ledger.Asked {
	out := a.Asked
	out.Lookup.Key = slices.Clone(out.Lookup.Key)
	out.Derived = slices.Clone(out.Derived)
	return out
}

var selectAsked = "SELECT " + lookupTable.names("k.") + ", " + answerTable.names("s.") + " FROM lookups k LEFT JOIN answers s ON s.id=k.answer " + whereServing

// asked reads the lookups that serve requests now, by request.
func (r *rowReader) asked(ctx context.Context, requests []int64) (map[int64][]*asking, error) {
	all, err := collect(ctx, r.tx, func(rows pgx.Rows) (_ *asking, err error) {
		var k lookupRow
		var s answerRow
		if err := rows.Scan(append(k.dest(), s.dest()...)...); err != nil {
			return nil, err
		}
		a := &asking{}
		if a.Lookup, err = k.lookup(); err != nil {
			return nil, err
		}
		if a.Derived, err = record.ParseDerived(a.Lookup.Derived); err != nil {
			return nil, stored.Damage("read what lookup %d was asked with: %w", a.Lookup.ID, err)
		}
		a.Packed, err = s.packedAnswer()
		return a, err
	}, selectAsked, requests)
	if err != nil {
		return nil, err
	}
	out := make(map[int64][]*asking, len(all))
	for _, a := range all {
		out[a.Lookup.Request()] = append(out[a.Lookup.Request()], a)
	}
	if err := r.charge(ctx, all); err != nil {
		return nil, err
	}
	return out, r.findOrigins(ctx, all)
}

var selectAttempts = "SELECT " + attemptTable.names("a.") + `, CASE WHEN k.fan_out THEN 0 ELSE k.group_id END FROM lookups k JOIN attempts a ON a.lookup=k.id
	WHERE k.id = ANY($1::bigint[]) OR k.group_id > 0 AND k.group_id = ANY($2::bigint[]) ORDER BY a.lookup, a.n`

// charge adds what lookups cost, with what the vendors before them were paid, and their last submission.
func (r *rowReader) charge(ctx context.Context, all []*asking) error {
	var ids, groups []int64
	of := map[int64]*asking{} // by lookup, and by the group of those that go on
	for _, a := range all {
		if k := &a.Lookup; k.Continues() {
			groups, of[-k.GroupID] = append(groups, k.GroupID), a
		} else if k.Attempts > 0 {
			ids, of[k.ID] = append(ids, k.ID), a
		}
	}
	if len(of) == 0 {
		return nil
	}
	sent, err := collect(ctx, r.tx, func(rows pgx.Rows) (struct{}, error) {
		var row attemptRow
		var group int64
		if err := rows.Scan(append(row.dest(), &group)...); err != nil {
			return struct{}{}, err
		}
		attempt, err := row.attempt()
		if err != nil {
			return struct{}{}, err
		}
		a := of[attempt.Lookup]
		if a == nil {
			a = of[-group]
		}
		if a != nil {
			chargeTo(&a.Asked, &attempt)
		}
		return struct{}{}, nil
	}, selectAttempts, ids, groups)
	_ = sent
	return err
}

// chargeTo adds one attempt to what a lookup cost.
func chargeTo(s *ledger.Asked, a *ledger.Attempt) {
	s.Last = *a
	switch a.Billed {
	case ledger.BilledYes:
		s.Charged += a.Fen
	case ledger.BilledUnknown:
		s.Unknown += a.Fen
	}
	if a.Outcome != ledger.OutcomeWithdrawn {
		s.Sent++
	}
}

var selectOriginsOf = `WITH RECURSIVE back(start, id) AS (SELECT s, s FROM unnest($1::bigint[]) s UNION SELECT b.start, k.source FROM back b JOIN lookups k ON k.id=b.id WHERE k.attempts=0 AND k.source>0)
	SELECT ` + attemptTable.names("a.") + ", b.start FROM back b JOIN attempts a ON a.lookup=b.id ORDER BY b.start, a.n"

// findOrigins finds the last submission behind failures that were taken over from earlier runs.
func (r *rowReader) findOrigins(ctx context.Context, all []*asking) error {
	var sources []int64
	for _, a := range all {
		if a.Lookup.FailedBefore() {
			sources = append(sources, a.Lookup.Source)
		}
	}
	if len(sources) == 0 {
		return nil
	}
	behind := map[int64][]ledger.Attempt{}
	_, err := collect(ctx, r.tx, func(rows pgx.Rows) (struct{}, error) {
		var row attemptRow
		var start int64
		if err := rows.Scan(append(row.dest(), &start)...); err != nil {
			return struct{}{}, err
		}
		a, err := row.attempt()
		behind[start] = append(behind[start], a)
		return struct{}{}, err
	}, selectOriginsOf, slices.Compact(slices.Sorted(slices.Values(sources))))
	for _, a := range all {
		if k := &a.Lookup; k.FailedBefore() {
			a.Last = ledger.Attempt{}
			for _, sent := range behind[k.Source] {
				if stored.Micros(sent.IntentAt) <= until(k) {
					a.Last = sent
				}
			}
		}
	}
	return err
}

// A report and violations are known again by their key: the VIN, the plate. Where vendors are asked side by side, each is
// held against what it said itself; and one that was asked alone against what it said beside others. A valuation is asked
// anew with each mileage, so it is known by the vehicle; of two rows about one vehicle the one that was asked the same
// goes before.
var (
	earlierColumns      = lookupTable.names("k.") + ", r.id, " + vehicleTable.names("v.") + ", " + answerTable.names("s.")
	selectEarlierAnswer = "SELECT q.n, " + earlierColumns + ` FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::boolean[]) WITH ORDINALITY q(key, before, vendor, fan_out, n)
		CROSS JOIN LATERAL (SELECT o.* FROM lookups o LEFT JOIN answers t ON t.id=o.answer
			WHERE o.key=q.key AND o.run>=$5 AND o.run<=$6 AND o.answered_at < q.before AND o.state IN ('found','no_record')
			AND (NOT o.fan_out AND o.replaced_by=0 AND NOT q.fan_out OR (o.fan_out OR q.fan_out) AND q.vendor=COALESCE(t.vendor, o.vendor))
			ORDER BY o.run DESC, o.fan_out=q.fan_out DESC, o.id DESC LIMIT 1) k
		JOIN runs r ON r.seq=k.run JOIN vehicles v ON v.run=k.run AND v.row=k.row LEFT JOIN answers s ON s.id=k.answer`
	selectEarlierValuation = "SELECT q.n, " + earlierColumns + ` FROM unnest($1::text[], $2::bigint[], $3::bytea[]) WITH ORDINALITY q(vehicle_id, before, key, n)
		CROSS JOIN LATERAL (SELECT o.run, o.row, m.id FROM vehicles o JOIN lookups m ON (m.id=o.valuation OR m.group_id>0 AND m.group_id=o.valuation)
			WHERE o.duplicate_of=0 AND o.valuation > 0 AND o.vehicle_id=q.vehicle_id AND o.run>=$4 AND o.run<=$5 AND m.answered_at < q.before AND m.state IN ('found','no_record') AND m.replaced_by=0
			ORDER BY o.run DESC, m.key=q.key DESC, o.row, m.id LIMIT 1) e
		JOIN lookups k ON k.id=e.id JOIN runs r ON r.seq=k.run JOIN vehicles v ON v.run=e.run AND v.row=e.row LEFT JOIN answers s ON s.id=k.answer`
)

// findEarlier gives the lookups that rows pay for what was answered before, where that is news.
func (r *rowReader) findEarlier(ctx context.Context, rows []*ledger.Row) error {
	if r.span.Empty() {
		return nil
	}
	var reports, valuations earlierSought
	for _, row := range rows {
		for i := range row.Lookups {
			a := &row.Lookups[i]
			if row.Duplicate != 0 || !a.Owner(row) {
				continue
			}
			if a.Lookup.Dataset == record.DatasetValuation {
				valuations.add(r, row, a)
			} else {
				reports.add(r, row, a)
			}
		}
	}
	if err := reports.find(ctx, r, selectEarlierAnswer, reports.keys, reports.before, reports.vendors, reports.every); err != nil {
		return err
	}
	return valuations.find(ctx, r, selectEarlierValuation, valuations.vehicles, valuations.before, valuations.keys)
}

// earlierSought is what earlier answers are looked for, all at once.
type earlierSought struct {
	of                []*ledger.Asked
	keys              [][]byte
	before            []int64
	vendors, vehicles []string
	every             []bool
}

func (e *earlierSought) add(r *rowReader, row *ledger.Row, a *ledger.Asked) {
	k := &a.Lookup
	before := int64(1<<63 - 1)
	if r.span.News {
		before = stored.Micros(k.AnsweredAt)
	}
	if k.State != ledger.Found && k.State != ledger.NoRecord || r.span.News && k.AnsweredAt.Before(r.run.StartedAt) {
		return
	}
	e.of, e.keys, e.before, e.every = append(e.of, a), append(e.keys, someBytes(k.Key)), append(e.before, before), append(e.every, k.FanOut)
	e.vendors, e.vehicles = append(e.vendors, kept(cmp.Or(a.Packed.Vendor, k.Vendor))), append(e.vehicles, kept(row.VehicleID))
}

func (e *earlierSought) find(ctx context.Context, r *rowReader, text string, lists ...any) error {
	if len(e.of) == 0 {
		return nil
	}
	_, err := collect(ctx, r.tx, func(rows pgx.Rows) (struct{}, error) {
		var n int64
		found, err := scanEarlier(rows, &n)
		if err == nil {
			e.of[n-1].Earlier = found
		}
		return struct{}{}, err
	}, text, append(lists, r.span.From, r.span.To)...)
	if err != nil {
		return fmt.Errorf("look for earlier answers: %w", err)
	}
	return nil
}

func scanEarlier(rows pgx.Rows, n *int64) (*ledger.Earlier, error) {
	var out ledger.Earlier
	var k lookupRow
	var v stored.Vehicle
	var s answerRow
	dest := append(append([]any{n}, k.dest()...), &out.RunID)
	err := rows.Scan(append(append(dest, vehicleDest(&v)...), s.dest()...)...)
	if err != nil {
		return nil, err
	}
	if err := restore(&out.RunID); err != nil {
		return nil, err
	}
	if out.Lookup, err = k.lookup(); err != nil {
		return nil, err
	}
	if out.Packed, err = s.packedAnswer(); err != nil {
		return nil, err
	}
	if err := restoreVehicle(&v); err != nil {
		return nil, err
	}
	if out.Vehicle, err = v.Vehicle(); err != nil {
		return nil, err
	}
	out.Vehicle, err = stored.AskedAbout(out.Vehicle, &out.Lookup)
	return &out, err
}

// PriorRows lists rows of a run after a given one, in input order and in pages, without their lookups.
func (l *Ledger) PriorRows(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.PriorRow, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (ledger.PriorRow, error) {
		v, err := scanVehicle(rows)
		if err != nil {
			return ledger.PriorRow{}, err
		}
		return v.Prior()
	}, "SELECT "+vehicleTable.names("v.")+" FROM vehicles v WHERE v.run=$1 AND v.row>$2 ORDER BY v.row LIMIT $3", r.Seq, after, int64(limit))
}
