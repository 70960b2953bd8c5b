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

// Before is the span of all runs before r whose answers are still there. It begins after the newest purged run: that
// run's answers would be the ones to compare with, and they are forgotten.
func (l *Ledger) Before(ctx context.Context, r ledger.Run) (ledger.Span, error) {
	s := ledger.Span{To: r.Seq - 1, News: true}
	err := l.reader.QueryRowContext(ctx, "SELECT COALESCE(MAX(seq), 0) + 1 FROM runs WHERE seq < ? AND purged_at > 0", r.Seq).Scan(&s.From)
	if err != nil {
		return s, fmt.Errorf("look for earlier runs: %w", err)
	}
	return s, nil
}

// How an earlier answer is found. Maintenance and violations are matched by their key, which holds the VIN or the
// plate. In a fan-out each vendor's answer is compared with an earlier answer of the same vendor, and so is the answer
// of a single vendor with an earlier fan-out. A valuation has another key for each mileage, so it is matched by the
// vehicle; if two rows are about the vehicle, the row with the same key is preferred.
const earlierJoins = " CROSS JOIN runs r ON r.seq=k.run LEFT JOIN answers s ON s.id=k.answer"

var (
	earlierColumns = "SELECT " + lookupColumns + ", r.id, " + vehicleColumns + ", " + packedColumns

	// ?5 is the vendor, and ?6 whether every vendor was asked.
	selectEarlierAnswer = earlierColumns + " FROM lookups k" + earlierJoins + ` CROSS JOIN vehicles v ON v.run=k.run AND v.row=k.row
		WHERE k.key=?1 AND k.run>=?2 AND k.run<=?3 AND k.answered_at < ?4 AND k.state IN ('found','no_record')
		AND (k.fan_out=0 AND k.replaced_by=0 AND ?6=0 OR (k.fan_out OR ?6) AND ?5=COALESCE(s.vendor, k.vendor))
		ORDER BY k.run DESC, k.fan_out=?6 DESC, k.id DESC LIMIT 1`
	selectEarlierValuation = earlierColumns + " FROM vehicles v CROSS JOIN lookups k ON (k.id=v.valuation OR k.group_id>0 AND k.group_id=v.valuation)" + earlierJoins + `
		WHERE v.duplicate_of=0 AND v.valuation > 0 AND v.vehicle_id=? AND v.run BETWEEN ? AND ? AND k.answered_at < ? AND k.state IN ('found','no_record') AND k.replaced_by=0
		ORDER BY v.run DESC, k.key=? DESC, v.row LIMIT 1`
)

// queriesOf lists the queries that are asked again and again for a span.
func queriesOf(s ledger.Span) []string {
	if s.Empty() {
		return nil
	}
	return []string{selectEarlierAnswer, selectEarlierValuation}
}

// earlierReader finds earlier answers within the snapshot of a rowReader.
type earlierReader struct {
	snapshot *snapshot
	run      ledger.Run
	span     ledger.Span
}

// of finds what was answered before a lookup; nil when there is nothing, or when the lookup has no answer that is news.
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
