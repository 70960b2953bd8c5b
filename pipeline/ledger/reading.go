package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"vehiclebatch/pipeline/record"
)

// reading is a column that only the program can read: every row's must be readable.
// A rescue leaves out the rows that are not, or mends them.
type reading struct {
	broken, table string
	since         int
	columns       string // two numbers that name a row, and what is read
	names         string // the columns of those numbers, as a condition
	read          func([]byte) error
	mend          string // what a rescue sets in a row that is not readable; "" is that the row is lost
}

func readings() []reading {
	return []reading{
		{broken: "runs have formats that cannot be written", table: "runs", columns: "seq, 0, formats", names: "seq=? AND 0=?", read: readFormats, mend: "formats='parquet,csv'"},
		{broken: "rows have columns that cannot be read", table: "vehicles", columns: "run, row, details", names: "run=? AND row=?", read: readDetails},
		{broken: "lookups were asked with values that cannot be read", table: "lookups", since: awaitingSince,
			columns: "id, 0, derived", names: "id=? AND 0=?", read: readDerived},
		{broken: "raw answers are damaged", table: "answers", columns: "id, 0, body", names: "id=? AND 0=?"},
	}
}

// formatForm is one of a run's formats, with what cmd/batch keeps beside them.
var formatForm = regexp.MustCompile(`^(parquet|csv|xlsx|partition|bom|lang:(en|zh)|html(:(en|zh)(:[0-9]{1,9})?)?)$`)

func readFormats(text []byte) error { return CheckFormats(string(text)) }

// CheckFormats tells what is wrong with a run's formats. A run of which only the outputs
// are left has none.
func CheckFormats(formats string) error {
	if formats == "" {
		return nil
	}
	for word := range strings.SplitSeq(formats, ",") {
		if !formatForm.MatchString(strings.ToLower(strings.TrimSpace(word))) {
			return fmt.Errorf("%q is no format", word)
		}
	}
	return nil
}

func readDetails(text []byte) error {
	var d details
	return json.Unmarshal(text, &d)
}

func readDerived(text []byte) error {
	_, err := record.ParseDerived(string(text))
	return err
}

// bad names the rows that cannot be read.
func (r *reading) bad(ctx context.Context, db querier) (bad [][2]int64, err error) {
	read := r.read
	if read == nil {
		p, err := newPacker()
		if err != nil {
			return nil, err
		}
		defer p.close()
		read = p.readable
	}
	rows, err := db.QueryContext(ctx, "SELECT "+r.columns+" FROM "+r.table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row [2]int64
		var text sql.RawBytes
		if err := rows.Scan(&row[0], &row[1], &text); err != nil {
			return nil, fmt.Errorf("read %s: %w", r.table, err)
		}
		if read(text) != nil {
			bad = append(bad, row)
		}
	}
	return bad, rows.Err()
}
