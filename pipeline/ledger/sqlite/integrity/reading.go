package integrity

import (
	"context"
	"database/sql"
	"fmt"
)

// Querier is a database or one connection to it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Reading is a column that only the program can read; it must be readable in every row. A rescue
// removes the rows in which it is not, or mends them.
type Reading struct {
	Broken  string // what is wrong when a row's cannot be read; the number of rows follows
	Table   string
	Columns string // two numbers that name a row, and what is read
	Names   string // the columns of those numbers, as a condition
	Mend    string // what a rescue sets in a row that is not readable; "" means that the row is lost
	// Open prepares reading; done ends it.
	Open func() (read func([]byte) error, done func(), err error)
}

// Bad names the rows that cannot be read.
func (r *Reading) Bad(ctx context.Context, db Querier) (bad [][2]int64, err error) {
	read, done, err := r.Open()
	if err != nil {
		return nil, err
	}
	defer done()
	rows, err := db.QueryContext(ctx, "SELECT "+r.Columns+" FROM "+r.Table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row [2]int64
		var text sql.RawBytes
		if err := rows.Scan(&row[0], &row[1], &text); err != nil {
			return nil, fmt.Errorf("read %s: %w", r.Table, err)
		}
		if read(text) != nil {
			bad = append(bad, row)
		}
	}
	return bad, rows.Err()
}
