package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
)

const chinaDay = "DATE((%s) / 1000000 + 28800, 'unixepoch')"

// spentSQL lists attempts that were sent and answers that were used again, in one table. An answer was used again if it
// came for another lookup. A charge that cannot be true is counted as wrong and not added up; with it, SQLite would
// only report that the sum overflows.
var spentSQL = fmt.Sprintf(`WITH spent AS (
	SELECT a.vendor, a.dataset, a.intent_at AS at, %s AS day, r.id AS run, r.seq AS seq, IIF(k.fan_out = 0 AND k.group_id > 0, k.group_id, k.id) AS lookup,
		IIF(a.billed = 'yes', can, 0) AS charged, IIF(a.billed = 'reserved', can, 0) AS reserved,
		IIF(a.billed = 'unknown', can, 0) AS unknown, 0 AS reused, 0 AS saved, %s AS wrong
	FROM (SELECT *, IIF(%s, 0, fen) AS can FROM attempts) a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run
	WHERE a.outcome <> 'withdrawn' AND r.state <> 'planning'
	UNION ALL
	SELECT k.vendor, k.dataset, r.started_at, %s, r.id, r.seq, NULL, 0, 0, 0, 1,
		COALESCE((SELECT IIF(%s, -1, b.fen) FROM answers s JOIN attempts b ON b.lookup = s.lookup AND b.n = s.attempt AND b.billed = 'yes'
			WHERE s.id = k.answer AND s.lookup <> k.id), 0), 0
	FROM lookups k JOIN runs r ON r.seq = k.run
	WHERE k.attempts = 0 AND k.replaced_by = 0 AND k.state IN ('found', 'no_record', 'unsupported') AND r.state <> 'planning'
) SELECT %%s, COALESCE(SUM(charged), 0), COALESCE(SUM(reserved), 0), COALESCE(SUM(unknown), 0), COUNT(DISTINCT lookup),
	COALESCE(SUM(reused), 0), COALESCE(SUM(MAX(saved, 0)), 0), COALESCE(SUM(wrong + (saved < 0)), 0) FROM spent WHERE 1=1`, fmt.Sprintf(chinaDay, "a.intent_at"), wrongMoney, integrity.WrongFen, fmt.Sprintf(chinaDay, "r.started_at"), wrongMoney)

// SpendOver adds up money by groups, sorted by them, and its total, both as of one moment of the ledger.
func (l *Ledger) SpendOver(ctx context.Context, q ledger.SpendQuery) (lines []ledger.SpendLine, total ledger.SpendLine, err error) {
	tx, err := l.reader.begin(ctx)
	if err != nil {
		return nil, total, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if len(q.By) > 0 {
		if lines, err = spendLines(ctx, tx, q); err != nil {
			return nil, total, err
		}
	}
	q.By = nil
	all, err := spendLines(ctx, tx, q)
	if err != nil {
		return nil, total, err
	}
	return lines, all[0], nil
}

func spendLines(ctx context.Context, tx *snapshot, q ledger.SpendQuery) ([]ledger.SpendLine, error) {
	query, args := spendSQL(q)
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.SpendLine
	for rows.Next() {
		var s ledger.SpendLine
		var wrong int64
		if err := rows.Scan(&s.Vendor, &s.Dataset, &s.Day, &s.Run, &s.Charged, &s.Reserved, &s.Unknown, &s.Lookups, &s.Reused, &s.Saved, &wrong); err != nil {
			return nil, err
		}
		if err := soundMoney(wrong); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func spendSQL(q ledger.SpendQuery) (string, []any) {
	var columns, groups []string
	for _, g := range ledger.SpendGroups() {
		column := "''"
		for _, by := range q.By {
			if by == g {
				column = string(g)
			}
		}
		columns = append(columns, column)
	}
	for _, by := range q.By {
		groups = append(groups, string(by))
	}
	query := fmt.Sprintf(spentSQL, strings.Join(columns, ", "))
	var args []any
	for _, bound := range []struct {
		sql  string
		args int64
	}{{" AND seq = ?", q.Run}, {" AND at >= ?", stored.Micros(q.Since)}, {" AND at < ?", stored.Micros(q.Until)}} {
		if bound.args != 0 {
			query, args = query+bound.sql, append(args, bound.args)
		}
	}
	if len(groups) > 0 {
		list := strings.Join(groups, ", ")
		query += " GROUP BY " + list + " ORDER BY " + list
	}
	return query, args
}
