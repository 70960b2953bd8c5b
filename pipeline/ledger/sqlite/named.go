package sqlite

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

const selectNamed = `SELECT n.vendor, COUNT(DISTINCT n.lookup), COUNT(DISTINCT IIF(n.open, n.lookup, NULL)), r.id, k.row, MIN(IIF(n.open, n.lookup, n.lookup+(1<<40)))
	FROM (SELECT vendor, id AS lookup, state IN ('waiting', 'submitting') AS open FROM lookups WHERE vendor<>'' UNION ALL SELECT vendor, lookup, 0 FROM attempts) n
	JOIN lookups k ON k.id=n.lookup JOIN runs r ON r.seq=k.run GROUP BY n.vendor ORDER BY n.vendor`

// VendorsNamed lists the vendors that a ledger names, by name.
func (l *Ledger) VendorsNamed(ctx context.Context) ([]ledger.NamedVendor, error) {
	rows, err := l.reader.QueryContext(ctx, selectNamed)
	if err != nil {
		return nil, fmt.Errorf("list the vendors that the ledger names: %w", err)
	}
	defer rows.Close()
	var out []ledger.NamedVendor
	for rows.Next() {
		var v ledger.NamedVendor
		var first int64
		if err := rows.Scan(&v.Name, &v.Lookups, &v.Open, &v.Run, &v.Row, &first); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
