package ledger

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/record"
)

// WrongDigits is what a run would buy for VINs whose check digit is wrong.
type WrongDigits struct {
	VINs    int64
	Lookups []Count // planned ones, by dataset and vendor
}

const (
	plannedWithRemark = ` FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row
		WHERE k.id BETWEEN ? AND ? AND k.state='planned' AND instr(v.details, ?) > 0`
	selectWrongDigits     = "SELECT k.dataset, k.vendor, COUNT(*)" + plannedWithRemark + " GROUP BY 1, 2 ORDER BY 1, 2"
	selectWrongDigitsVINs = "SELECT COUNT(DISTINCT v.vin)" + plannedWithRemark
)

// WrongDigits counts a run's planned lookups about VINs of which the plan remarks
// that their check digit is wrong.
func (l *Ledger) WrongDigits(ctx context.Context, r Run) (WrongDigits, error) {
	var w WrongDigits
	args := []any{r.FirstLookup, r.LastLookup, record.WrongCheckDigit}
	if err := l.reader.QueryRowContext(ctx, selectWrongDigitsVINs, args...).Scan(&w.VINs); err != nil || w.VINs == 0 {
		return w, err
	}
	rows, err := l.reader.QueryContext(ctx, selectWrongDigits, args...)
	if err != nil {
		return w, err
	}
	defer rows.Close()
	for rows.Next() {
		c := Count{State: Planned}
		if err := rows.Scan(&c.Dataset, &c.Vendor, &c.N); err != nil {
			return w, fmt.Errorf("count the VINs with a wrong check digit: %w", err)
		}
		w.Lookups = append(w.Lookups, c)
	}
	return w, rows.Err()
}
