package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// The lookups of a run's rows are read abreast of the rows, in one query for each
// dataset: a query for each lookup costs more than what it reads. A row that
// repeats another has its lookups fetched by themselves.
var selectLookupsAbreast = "SELECT v.Row, " + askedColumns + ` FROM vehicles v CROSS JOIN lookups k ON k.id=v.%[1]s
	LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts LEFT JOIN answers s ON s.id=k.answer
	WHERE v.run=? AND v.row>=? AND v.duplicate_of=0 AND v.%[1]s>0 ORDER BY v.row`

// selectAbreast reads the lookups of one of the columns of a row of vehicles that
// name its lookups.
func selectAbreast(column int) string {
	return fmt.Sprintf(selectLookupsAbreast, [3]string{"maintenance", "valuation", "violations"}[column])
}

// abreast reads the lookups of one column of a run's rows, in the order of the rows.
type abreast struct {
	rows  *sql.Rows
	row   int64 // that asked is of; 0 before the first
	asked askedRow
}

// to goes on to a row, or to the next one that has a lookup.
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

// ofRow is the lookup that a row names in a column, if it is read abreast.
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
