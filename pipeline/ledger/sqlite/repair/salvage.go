package repair

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// salvager copies what can be read of a damaged ledger into a new one, table
// by table, row by row.
type salvager struct {
	ctx      context.Context
	from, to *sql.Conn
	// tries bounds the reads of one table: of a table whose upper pages are
	// gone, nothing is found however often one looks.
	tries int
	torn  map[string]bool // tables of which something could not be read
}

// mostTries is a few seconds of looking.
const mostTries = 100_000

// source is one table to be read by ranges of a key.
type source struct {
	table   string
	columns []string
	key     string // a whole number, by which the table is ordered
	where   string // "" or a condition with its AND
	breaks  string // of a row, that it breaks a rule and is lost
	insert  string
}

// source prepares to copy a table, in the columns that both files have.
func (s *salvager) source(table, key, where string) (*source, error) {
	columns, err := columnsOf(s.ctx, s.to, table)
	if err != nil {
		return nil, err
	}
	had, err := columnsOf(s.ctx, s.from, table)
	if err != nil || len(had) == 0 {
		return nil, err
	}
	from := had // in their order, whatever damage makes of their names
	if len(had) != len(columns) {
		columns = slices.DeleteFunc(columns, func(c string) bool { return !slices.Contains(had, c) })
		from = columns
	}
	return &source{table: table, columns: s.amounts(table, quoted(from)), key: key, where: where, breaks: s.breaks(table), insert: fmt.Sprintf("INSERT OR IGNORE INTO %s (%s) VALUES (?%s)",
		table, strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1))}, nil
}

// breaks tells of a row of a table that it breaks one of the rules that ask of
// it alone, and that can be asked: an older ledger lacks columns.
func (s *salvager) breaks(table string) string {
	all := []string{"0"}
	for _, breaks := range integrity.LeftOut(table) {
		if s.can("SELECT " + breaks + " FROM " + table) {
			all = append(all, "COALESCE("+breaks+", 0)")
		}
	}
	return strings.Join(all, " OR ")
}

// can tells whether the damaged file can be asked something.
func (s *salvager) can(query string) bool {
	stmt, err := s.from.PrepareContext(s.ctx, query)
	return err == nil && stmt.Close() == nil
}

// amounts reads an amount that stands twice as the one that is safe: the higher
// charge, the lower limit. One that cannot be is no amount.
func (s *salvager) amounts(table string, columns []string) []string {
	const possible = "IIF(MAX(fen, fen_twice) BETWEEN 0 AND %[1]d, MAX(fen, fen_twice), IIF(MIN(fen, fen_twice) BETWEEN 0 AND %[1]d, MIN(fen, fen_twice), 0))"
	charge := fmt.Sprintf(possible, record.MostFen) // where neither can be, the checksum may tell
	charge = "COALESCE(" + charge + ", fen, fen_twice)"
	limit := "IIF(MIN(max_spend, max_twice) >= 0, MIN(max_spend, max_twice), COALESCE(MAX(max_spend, max_twice), max_spend, max_twice))"
	billed := "IIF(billed IS billed_twice, billed, 'unknown')" // it counts against the limit, and a bill can settle it
	for column, as := range map[string]string{`"fen"`: charge, `"fen_twice"`: charge, `"billed"`: billed, `"billed_twice"`: billed, `"max_spend"`: limit, `"max_twice"`: limit} {
		if at := slices.Index(columns, column); at >= 0 && s.can("SELECT "+as+" FROM "+table) { // an older ledger has it once
			columns[at] = as
		}
	}
	return columns
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return out
}

func columnsOf(ctx context.Context, db *sql.Conn, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// span copies the rows whose key lies between low and high, both included:
// from both ends up to what cannot be read, then in halves of what is left
// between. An error means that the new file cannot be written.
func (s *salvager) span(t *source, low, high int64) error {
	if low > high || s.tries > mostTries {
		return nil
	}
	last, whole, err := s.walk(t, low, high, false)
	if whole || err != nil {
		return err
	}
	if last >= low {
		low = last // the same key may have more rows
	}
	first, _, err := s.walk(t, low, high, true)
	if err != nil {
		return err
	}
	if first <= high {
		high = first
	}
	if high-low < 2 {
		return nil
	}
	middle := low + (high-low)/2
	if err := s.span(t, low+1, middle); err != nil {
		return err
	}
	return s.span(t, middle+1, high-1)
}

// walk copies rows in the order of their keys, or backwards, until one cannot
// be read. It returns the last key that could, or one beyond where it began.
func (s *salvager) walk(t *source, low, high int64, back bool) (last int64, whole bool, err error) {
	last, order := low-1, ""
	if back {
		last, order = high+1, " DESC"
	}
	s.tries++
	rows, err := s.from.QueryContext(s.ctx, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s %s BETWEEN ? AND ? ORDER BY %s%s",
		t.key, t.breaks, strings.Join(t.columns, ", "), t.table, t.where, t.key, t.key, order), low, high)
	if err != nil {
		s.torn[t.table] = true
		return last, false, s.ctx.Err()
	}
	defer rows.Close()
	values := make([]any, len(t.columns))
	var broken bool
	dest := []any{&last, &broken}
	for i := range values {
		dest = append(dest, &values[i])
	}
	for rows.Next() {
		if rows.Scan(dest...) != nil || broken { // a key that is no number, or a row that cannot be
			s.torn[t.table] = true
			continue
		}
		if err := s.put(t, values); err != nil {
			return last, false, err
		}
	}
	whole = rows.Err() == nil
	s.torn[t.table] = s.torn[t.table] || !whole
	return last, whole, s.ctx.Err()
}

// put inserts a row, once. One that breaks the table's rules was damaged.
func (s *salvager) put(t *source, values []any) error {
	for i, v := range values {
		if b, ok := v.([]byte); ok && b == nil { // an answer of which nothing came: the driver reads it as nil, and would write NULL
			values[i] = []byte{}
		}
	}
	_, err := s.to.ExecContext(s.ctx, t.insert, values...)
	if err != nil && isConstraint(err) {
		s.torn[t.table] = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("write what was saved of %s: %w", t.table, err)
	}
	return nil
}

// highest is the highest number that any of some queries finds in either file;
// what cannot be read does not count.
func (s *salvager) highest(queries ...string) int64 {
	var most int64
	for _, q := range queries {
		for _, db := range []*sql.Conn{s.from, s.to} {
			var n sql.NullInt64
			if err := db.QueryRowContext(s.ctx, q).Scan(&n); err == nil && n.Valid && n.Int64 < 1<<40 {
				most = max(most, n.Int64)
			}
		}
	}
	return most
}

// all copies every table. It is in an order in which each one helps to know
// how far the next one goes.
func (s *salvager) all(m sqlite.Watermark) error {
	runs := s.highest("SELECT MAX(seq) FROM runs", "SELECT MAX(run) FROM lookups", "SELECT MAX(run) FROM vehicles") + 16
	if err := s.tableAndOutliers("runs", "seq", -runs, runs); err != nil {
		return err
	}
	last := "SELECT MAX(last_lookup) FROM runs"
	lookups := max(m.Lookup, s.highest(last, "SELECT MAX(id) FROM lookups", "SELECT MAX(id) FROM lookups INDEXED BY lookups_key",
		"SELECT MAX(lookup) FROM attempts", "SELECT MAX(lookup) FROM answers INDEXED BY answers_lookup"))
	if err := s.tableAndOutliers("attempts", "lookup", 1, lookups); err != nil {
		return err
	}
	if err := s.tableAndOutliers("lookups", "id", 1, lookups); err != nil {
		return err
	}
	answers := max(m.Answer, s.highest("SELECT MAX(id) FROM answers", "SELECT MAX(id) FROM answers INDEXED BY answers_lookup", "SELECT MAX(answer) FROM lookups"))
	if err := s.tableAndOutliers("answers", "id", 1, answers); err != nil {
		return err
	}
	rows := s.highest("SELECT MAX(input_rows) FROM runs", "SELECT MAX(row) FROM lookups", "SELECT MAX(row) FROM vehicles")
	for _, run := range s.runsWithRows(runs) {
		if err := s.table("vehicles", "row", fmt.Sprintf("run=%d AND", run), 1, rows); err != nil {
			return err
		}
	}
	for table, key := range map[string]string{"calls": "day", "halts": "at", "pauses": "since", "losses": "at"} {
		if err := s.table(table, key, "", 0, 1<<60); err != nil {
			return err
		}
	}
	return nil
}

// mostRuns is more runs than a workspace has.
const mostRuns = 100_000

// runsWithRows are the runs that may have rows: the first ones up to a number, and those that anything names.
func (s *salvager) runsWithRows(highest int64) []int64 {
	var out []int64
	for run := int64(1); run <= min(highest, mostRuns); run++ {
		out = append(out, run)
	}
	for _, next := range []string{"SELECT MIN(run) FROM vehicles WHERE run>?", "SELECT MIN(run) FROM lookups WHERE run>?", "SELECT MIN(seq) FROM runs WHERE seq>?"} {
		for _, db := range []*sql.Conn{s.from, s.to} {
			last := sql.NullInt64{Int64: min(highest, mostRuns)}
			for range mostRuns {
				if err := db.QueryRowContext(s.ctx, next, last.Int64).Scan(&last); err != nil || !last.Valid {
					break // what cannot be read does not count
				}
				out = append(out, last.Int64)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// whole tells whether SQLite finds nothing wrong with a table: a page that hides
// some of its rows reads like one that has fewer.
func (s *salvager) whole(table string) bool {
	var verdict string
	err := s.from.QueryRowContext(s.ctx, "PRAGMA quick_check("+table+")").Scan(&verdict)
	return err == nil && verdict == "ok"
}

// allWhole tells whether nothing is wrong with any of the tables that say what was bought.
func (s *salvager) allWhole() bool {
	for _, table := range []string{"workspace", "runs", "vehicles", "lookups", "attempts", "answers"} {
		if s.torn[table] || !s.whole(table) {
			return false
		}
	}
	return true
}

func (s *salvager) table(name, key, where string, low, high int64) error {
	t, err := s.source(name, key, where)
	if err != nil || t == nil {
		s.torn[name] = true
		return s.ctx.Err() // a table that the damaged file does not know
	}
	s.tries = 0
	return s.span(t, low, high)
}

// tableAndOutliers copies a table with the rows whose key cannot be: their checksum may tell what it was.
func (s *salvager) tableAndOutliers(name, key string, low, high int64) error {
	if err := s.table(name, key, "", low, high); err != nil {
		return err
	}
	t, err := s.source(name, key, "")
	if err != nil || t == nil {
		return s.ctx.Err()
	}
	for _, part := range [][2]int64{{math.MinInt64, low - 1}, {high + 1, math.MaxInt64}} {
		if _, _, err := s.walk(t, part[0], part[1], false); err != nil {
			return err
		}
	}
	return nil
}
