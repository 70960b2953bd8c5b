package sqlite

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

const (
	plannedWithRemark = ` FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row
		WHERE k.run=? AND k.state='planned' AND instr(v.details, ?) > 0`
	selectRemarked     = "SELECT k.dataset, k.vendor, COUNT(*)" + plannedWithRemark + " GROUP BY 1, 2 ORDER BY 1, 2"
	selectRemarkedRows = "SELECT COUNT(DISTINCT v.Row), COUNT(DISTINCT v.vin)" + plannedWithRemark
)

// Remarked counts a run's planned lookups about vehicles on which the plan has a remark that begins
// with remark: record.WrongCheckDigit, record.SetApart.
func (l *Ledger) Remarked(ctx context.Context, r ledger.Run, remark string) (ledger.Remarked, error) {
	var out ledger.Remarked
	args := []any{r.Seq, remark}
	if err := l.reader.QueryRowContext(ctx, selectRemarkedRows, args...).Scan(&out.Rows, &out.VINs); err != nil || out.Rows == 0 {
		return out, err
	}
	rows, err := l.reader.QueryContext(ctx, selectRemarked, args...)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		c := ledger.Count{State: ledger.Planned}
		if err := rows.Scan(&c.Dataset, &c.Vendor, &c.N); err != nil {
			return out, fmt.Errorf("count the vehicles with a remark: %w", err)
		}
		out.Lookups = append(out.Lookups, c)
	}
	return out, rows.Err()
}
