package repair

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// unsure holds the rows, by table and key, of which nobody can say what they were.
const unsure = "CREATE TEMP TABLE unsure (what TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (what, a, b)) WITHOUT ROWID"

// unsureRow is the condition that a row, named by two numbers, is one of them.
func unsureRow(table, a, b string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM temp.unsure u WHERE u.what='%s' AND u.a=%s AND u.b=%s)", table, a, b)
}

// sums deals with rows that are not what was written down. A copy of another row is left out. Where one
// change makes a row agree with its checksum again, that is what it was. Else a row of the input is lost,
// of a lookup nobody can say whether it was bought, a charge may be one, of a limit nothing may be spent,
// and an answer is kept and taken for none.
func (f *repairer) sums() error {
	if _, err := f.exec(unsure); err != nil {
		return err
	}
	tables := []struct {
		summed integrity.Summed
		lost   func(*changed) error
		rows   []changed
	}{{integrity.SummedRuns, f.loseLimit, nil}, {integrity.SummedLookups, f.loseLookup, nil}, {integrity.SummedAttempts, f.loseOrder, nil}, {integrity.SummedAnswers, f.loseAnswer, nil},
		{integrity.SummedVehicles, f.loseRow, nil}, {integrity.SummedHalts, f.drop, nil}, {integrity.SummedPauses, f.drop, nil}, {integrity.SummedCalls, nil, nil}, {integrity.SummedLosses, f.loseLoss, nil}}
	for i := range tables { // of all tables first: a copy would be evidence of what others were
		t := &tables[i]
		wrong, err := t.summed.Wrong(f.ctx, f.db)
		if err != nil {
			return err
		}
		if t.rows, err = changedRows(f.ctx, f.db, &t.summed, wrong); err != nil {
			return err
		}
		if t.rows, err = f.withoutCopies(&t.summed, t.rows); err != nil {
			return err
		}
	}
	for i := range tables {
		if err := f.mendSums(tables[i].rows, tables[i].lost); err != nil {
			return err
		}
	}
	return nil
}

// mendSums deals with those rows of one table.
func (f *repairer) mendSums(rows []changed, lose func(*changed) error) error {
	var lost []*changed
	for i := range rows {
		ok, err := f.mendSum(&rows[i], rows)
		if err != nil {
			return err
		}
		if ok {
			continue
		}
		lost = append(lost, &rows[i])
		a, isNumber := rows[i].key[0].(int64)
		b, alsoNumber := rows[i].key[1].(int64)
		if isNumber && alsoNumber {
			if _, err := f.db.ExecContext(f.ctx, "INSERT OR IGNORE INTO temp.unsure VALUES (?, ?, ?)", rows[i].Table, a, b); err != nil {
				return err
			}
		}
	}
	for _, c := range lost {
		if lose == nil {
			break
		}
		if err := lose(c); err != nil {
			return err
		}
	}
	return nil
}

// resum gives every row that was mended the checksum of what it says now.
func (f *repairer) resum() error { return integrity.Resum(f.ctx, f.db) }

// changed is a row that does not agree with its checksum, column by column.
type changed struct {
	*integrity.Summed
	key    [2]any
	sum    int64
	values [][]byte
}

// changedRows reads the columns of rows that do not agree with their checksum.
func changedRows(ctx context.Context, db *sql.Conn, s *integrity.Summed, wrong []integrity.WrongRow) ([]changed, error) {
	out := make([]changed, 0, len(wrong))
	for _, r := range wrong {
		c := changed{Summed: s, key: r.Key, sum: r.Sum, values: make([][]byte, len(s.Columns))}
		dest := make([]any, len(c.values))
		for i := range dest {
			dest[i] = &c.values[i]
		}
		query := "SELECT CAST(" + strings.Join(s.Columns, " AS BLOB), CAST(") + " AS BLOB) FROM " + s.Table + " WHERE " + s.Names
		if err := db.QueryRowContext(ctx, query, nil, c.key[0], c.key[1]).Scan(dest...); err != nil {
			return nil, fmt.Errorf("read a row of %s: %w", s.Table, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// was tells whether the row agrees with its checksum when a column is something else.
func (c *changed) was(column int, value []byte) bool {
	is := c.values[column]
	c.values[column] = value
	defer func() { c.values[column] = is }()
	return c.checksum() == c.sum
}

func (c *changed) checksum() int64 {
	sum := int64(0)
	for _, v := range c.values {
		sum = stored.ChecksumOn(stored.ChecksumOn(sum, v), []byte("|"))
	}
	return sum
}

// sumChanged tells whether a byte of the checksum itself was changed, and the row says what it said.
func (c *changed) sumChanged() bool {
	differs := uint64(c.checksum() ^ c.sum)
	for place := 0; place < 64; place += 8 {
		if differs&^(0xff<<place) == 0 {
			return true
		}
	}
	return false
}

// mendSum puts the one column of a row right that was changed, and tells whether it could. others are all rows of
// the table that do not agree with theirs.
func (f *repairer) mendSum(c *changed, others []changed) (bool, error) {
	for _, g := range guesses[c.Table] {
		column := slices.Index(c.Columns, g.column)
		found, err := f.guessed(g.query, c.key)
		if err != nil {
			return false, err
		}
		for _, value := range found {
			if c.was(column, value) {
				return true, f.put(c, column, g.set, value)
			}
		}
	}
	if c.sumChanged() {
		return true, nil
	}
	if column, value, ok := c.changedNumber(); ok {
		return true, f.put(c, column, setOf(c, column), value)
	}
	if column, value, ok := c.changedByte(); ok {
		return true, f.put(c, column, setOf(c, column), value)
	}
	switch c.Table {
	case integrity.SummedRuns.Table:
		return f.mendLimit(c)
	case integrity.SummedAttempts.Table:
		return f.mendCharge(c)
	case integrity.SummedLookups.Table:
		return f.mendKey(c)
	case integrity.SummedAnswers.Table:
		return f.mendBody(c, others)
	}
	return false, nil
}

// setOf is how a guess for a column has it set.
func setOf(c *changed, column int) string {
	for _, g := range guesses[c.Table] {
		if g.column == c.Columns[column] {
			return g.set
		}
	}
	return ""
}

// put sets a column of a row; set is how, or "" by its name. A row whose place is taken by another was a copy.
func (f *repairer) put(c *changed, column int, set string, value []byte) error {
	if set == "" {
		set = c.Columns[column] + "=?1"
	}
	var is any = string(value)
	if c.Columns[column] == "body" {
		is = value
	}
	res, err := f.db.ExecContext(f.ctx, "UPDATE OR IGNORE "+c.Table+" SET "+set+" WHERE "+c.Names, is, c.key[0], c.key[1])
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 && slices.Contains(numbersOf[c.Table], c.Columns[column]) {
		return errors.Join(err, f.leaveOutCopy(c))
	}
	if c.Table == integrity.SummedAttempts.Table && (c.Columns[column] == "fen" || c.Columns[column] == "billed") {
		return f.givenBack(c, column, value)
	}
	return nil
}

// guessed are the texts that a query finds for a row.
func (f *repairer) guessed(query string, key [2]any) ([][]byte, error) {
	rows, err := f.db.QueryContext(f.ctx, query, key[0], key[1])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var was []byte
		if err := rows.Scan(&was); err != nil {
			return nil, err
		}
		out = append(out, was)
	}
	return out, rows.Err()
}

// changedNumber looks for the one byte of a number that was changed.
func (c *changed) changedNumber() (column int, value []byte, ok bool) {
	for column, is := range c.values {
		n, err := strconv.ParseInt(string(is), 10, 64)
		if err != nil || len(is) == 0 {
			continue
		}
		for place := 0; place < 64; place += 8 {
			for b := range int64(256) {
				if value := strconv.AppendInt(nil, n&^(0xff<<place)|b<<place, 10); c.was(column, value) {
					return column, value, true
				}
			}
		}
	}
	return 0, nil, false
}

// changedByte looks for the one byte of a text that was changed.
func (c *changed) changedByte() (column int, value []byte, ok bool) {
	at, was, ok := integrity.ChangedByte(append(bytes.Join(c.values, []byte("|")), '|'), c.sum)
	if !ok {
		return 0, nil, false
	}
	for column, is := range c.values {
		if at < len(is) {
			value := slices.Clone(is)
			value[at] = was
			return column, value, (isNumber(value) || !isNumber(is)) && !strings.ContainsRune(c.Columns[column], '(')
		}
		at -= len(is) + 1
	}
	return 0, nil, false
}

// isNumber tells whether a column of numbers takes a text.
func isNumber(text []byte) bool {
	_, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil
}

// mendKey puts the key of a lookup right, by what its row says.
func (f *repairer) mendKey(c *changed) (bool, error) {
	asked, err := f.keysOf(c.key[0])
	if err != nil {
		return false, err
	}
	column := slices.Index(c.Columns, "lower(hex(key))")
	for _, key := range asked {
		if c.was(column, key) {
			return true, f.put(c, column, "key=unhex(?1)", key)
		}
	}
	return false, nil
}

// mendBody gives an answer back the body that another one has.
func (f *repairer) mendBody(c *changed, others []changed) (bool, error) {
	column := slices.Index(c.Columns, "body")
	for i := range others {
		if body := others[i].values[column]; c.was(column, body) {
			return true, f.put(c, column, "", body)
		}
	}
	return false, nil
}

// loseLookup deals with a lookup of which nobody can say what it was.
func (f *repairer) loseLookup(c *changed) error {
	if err := f.doubtUnordered(fmt.Sprintf("id=%d AND state='planned'", c.key[0])); err != nil {
		return err
	}
	return f.doubt(fmt.Sprintf("id=%d AND state IN ('failed', 'no_record', 'unsupported')", c.key[0]))
}

// loseAnswer keeps an answer of which nobody can say what it was, as one that broke off: nothing is read out of it, and what
// was found in it is asked for again or is in doubt.
func (f *repairer) loseAnswer(c *changed) error {
	if _, err := f.db.ExecContext(f.ctx, "UPDATE answers SET status=0, failure='it was changed after it was written down' WHERE id=?", c.key[0]); err != nil {
		return err
	}
	_, err := f.db.ExecContext(f.ctx, "UPDATE lookups SET answer=-answer WHERE answer=? AND state='found'", c.key[0])
	return err
}

// drop takes out a row: what keeps a vendor from being called comes again where it has to.
func (f *repairer) drop(c *changed) error {
	_, err := f.db.ExecContext(f.ctx, "DELETE FROM "+c.Table+" WHERE "+c.Names, nil, c.key[0], c.key[1])
	return err
}

// loseLoss has a doubt begin anew of which nobody can say when it began.
func (f *repairer) loseLoss(c *changed) error {
	_, err := f.db.ExecContext(f.ctx, "UPDATE OR REPLACE losses SET at=? WHERE at=?", f.now.UnixMicro(), c.key[0])
	return err
}

// loseRow takes out a row of the input of which nobody can say what it was.
func (f *repairer) loseRow(c *changed) error {
	f.allRows = false
	_, err := f.db.ExecContext(f.ctx, "DELETE FROM vehicles WHERE run=? AND row=?", c.key[0], c.key[1])
	return err
}

// keysOf are what a lookup may have asked, by what its row says, in hexadecimal.
func (f *repairer) keysOf(id any) ([][]byte, error) {
	var dataset record.Dataset
	var derived string
	rows, err := f.db.QueryContext(f.ctx, "SELECT "+sqlite.VehicleColumns+" FROM vehicles v JOIN lookups k ON v.run=k.run AND v.row=k.row WHERE k.id=?", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	v, err := sqlite.ScanNamed(rows)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(rows.Close(), f.db.QueryRowContext(f.ctx, "SELECT dataset, derived FROM lookups WHERE id=?", id).Scan(&dataset, &derived)); err != nil {
		return nil, err
	}
	out := [][]byte{hex.AppendEncode(nil, f.known.Key(dataset, &v.Vehicle))}
	if list, err := record.ParseDerived(derived); err == nil && len(list) > 0 {
		with := v.Vehicle.With(list)
		out = append(out, hex.AppendEncode(nil, f.known.Key(dataset, &with)))
	}
	return out, nil
}
