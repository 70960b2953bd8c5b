package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// Before is the span of all runs before r whose answers are still there. It ends
// behind the newest purged one: what that one had was nearer, and is forgotten.
func (l *Ledger) Before(ctx context.Context, r ledger.Run) (ledger.Span, error) {
	s := ledger.Span{To: r.Seq - 1, News: true}
	err := l.reader.QueryRowContext(ctx, "SELECT COALESCE(MAX(seq), 0) + 1 FROM runs WHERE seq < ? AND purged_at > 0", r.Seq).Scan(&s.From)
	if err != nil {
		return s, fmt.Errorf("look for earlier runs: %w", err)
	}
	return s, nil
}

// Forgotten tells of a run's id whether Before leaves the run out: what outputs
// of r say against it cannot be worked out again.
func (l *Ledger) Forgotten(ctx context.Context, r ledger.Run) (func(runID string) bool, error) {
	span, err := l.Before(ctx, r)
	if err != nil {
		return nil, err
	}
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for purged runs: %w", err)
	}
	out := map[string]bool{}
	for i := range runs {
		if runs[i].Seq < span.From {
			out[runs[i].ID] = true
		}
	}
	return func(id string) bool { return out[id] }, nil
}

// A report and violations are known again by their key: the VIN, the
// plate. Where vendors are asked side by side, each is held against what it said
// itself; and one that was asked alone against what it said beside others. A valuation is asked anew with each mileage, so it is known by the
// vehicle; of two rows about one vehicle the one that was asked the same goes
// before.
const earlierJoins = " CROSS JOIN runs r ON r.seq=k.run LEFT JOIN answers s ON s.id=k.answer"

var (
	earlierColumns = "SELECT " + lookupColumns + ", r.id, " + vehicleColumns + ", " + packedColumns

	// ?5 is the vendor, and ?6 whether every vendor was asked.
	selectEarlierAnswer = earlierColumns + " FROM lookups k" + earlierJoins + ` CROSS JOIN vehicles v ON v.run=k.run AND v.row=k.row
		WHERE k.key=?1 AND k.run>=?2 AND k.run<=?3 AND k.answered_at < ?4 AND k.state IN ('found','no_record')
		AND (k.every=0 AND k.passed=0 AND ?6=0 OR (k.every OR ?6) AND ?5=COALESCE(s.vendor, k.vendor))
		ORDER BY k.run DESC, k.every=?6 DESC, k.id DESC LIMIT 1`
	selectEarlierValuation = earlierColumns + " FROM vehicles v CROSS JOIN lookups k ON (k.id=v.valuation OR k.lead>0 AND k.lead=v.valuation)" + earlierJoins + `
		WHERE v.duplicate_of=0 AND v.valuation > 0 AND v.vehicle_id=? AND v.run BETWEEN ? AND ? AND k.answered_at < ? AND k.state IN ('found','no_record') AND k.passed=0
		ORDER BY v.run DESC, k.key=? DESC, v.row LIMIT 1`
)

// queries are what is asked for a span again and again.
func queriesOf(s ledger.Span) []string {
	if s.Empty() {
		return nil
	}
	return []string{selectEarlierAnswer, selectEarlierValuation}
}

// earlierReader finds earlier answers in the snapshot of a rowReader.
type earlierReader struct {
	snapshot *snapshot
	run      ledger.Run
	span     ledger.Span
}

// of finds what was answered before a lookup; nil when there is nothing, or the
// lookup itself has no answer that is news.
func (e *earlierReader) of(ctx context.Context, vehicleID string, a *ledger.Asked) (*ledger.Earlier, error) {
	k := &a.Lookup
	if e.span.Empty() || k.State != ledger.Found && k.State != ledger.NoRecord {
		return nil, nil
	}
	before := int64(math.MaxInt64)
	if e.span.News {
		if k.AnsweredAt.Before(e.run.StartedAt) {
			return nil, nil
		}
		before = stored.Micros(k.AnsweredAt)
	}
	if k.Dataset == record.DatasetValuation {
		return scanEarlier(e.snapshot.QueryRowContext(ctx, selectEarlierValuation, vehicleID, e.span.From, e.span.To, before, k.Key))
	}
	return scanEarlier(e.snapshot.QueryRowContext(ctx, selectEarlierAnswer, k.Key, e.span.From, e.span.To, before, cmp.Or(a.Packed.Vendor, k.Vendor), k.FanOut))
}

func scanEarlier(row *sql.Row) (*ledger.Earlier, error) {
	var out ledger.Earlier
	var k lookupRow
	var v vehicleRow
	var packed packedRow
	dest := append(append(k.dest(), &out.RunID), v.dest()...)
	err := row.Scan(append(dest, packed.dest()...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for an earlier answer: %w", err)
	}
	if out.Lookup, err = k.lookup(); err != nil {
		return nil, err
	}
	out.Packed = packed.answer()
	if out.Vehicle, err = v.Vehicle.Vehicle(); err != nil {
		return nil, err
	}
	out.Vehicle, err = stored.AskedAbout(out.Vehicle, &out.Lookup)
	return &out, err
}
