package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// The lookups of a run's rows are read in step with the rows, with one query for each dataset: a
// query for each lookup takes longer than reading its result. Only for a row that repeats another
// are the lookups fetched one by one.
var selectLookupsAbreast = "SELECT v.Row, " + askedColumns + ` FROM vehicles v CROSS JOIN lookups k ON k.id=v.%[1]s
	LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts LEFT JOIN answers s ON s.id=k.answer
	WHERE v.run=? AND v.row>=? AND v.duplicate_of=0 AND v.%[1]s>0 ORDER BY v.row`

// selectAbreast reads the lookups that the rows of vehicles name in one column.
func selectAbreast(column int) string {
	return fmt.Sprintf(selectLookupsAbreast, [3]string{"maintenance", "valuation", "violations"}[column])
}

// abreast reads the lookups of one column of a run's rows, in step with the rows.
type abreast struct {
	rows  *sql.Rows
	row   int64 // the row that asked belongs to; 0 before the first
	asked askedRow
}

// to moves to a row, or to the next row that has a lookup.
func (a *abreast) to(row int64) error {
	for a.row < row {
		if !a.rows.Next() {
			return a.rows.Err()
		}
		a.asked = askedRow{}
		if err := a.rows.Scan(append([]any{&a.row}, a.asked.dest()...)...); err != nil {
			return err
		}
	}
	return nil
}

// ofRow is the lookup that a row names in a column, if that column is read in step with the rows.
func (r *rowReader) ofRow(ctx context.Context, row *ledger.Row, column int, id int64) (*askedRow, error) {
	if r.run == 0 || row.Duplicate != 0 {
		return nil, nil
	}
	if r.abreast[column] == nil {
		rows, err := r.snapshot.QueryContext(ctx, selectAbreast(column), r.run, row.Vehicle.Row) //nolint:rowserrcheck // abreast.to does
		if err != nil {
			return nil, err
		}
		r.abreast[column] = &abreast{rows: rows}
	}
	a := r.abreast[column]
	if err := a.to(row.Vehicle.Row); err != nil || a.row != row.Vehicle.Row || a.asked.k.k.ID != id {
		return nil, err
	}
	return &a.asked, nil
}
