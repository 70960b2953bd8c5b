package sqlite

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

const selectServingIDs = "SELECT id FROM lookups INDEXED BY lookups_beside WHERE lead=? AND lead>0 AND passed=0 ORDER BY id"

const selectAttemptsOf = "SELECT " + attemptColumns + ` FROM attempts a WHERE a.lookup=?1
	OR ?2 AND a.lookup IN (SELECT id FROM lookups INDEXED BY lookups_beside WHERE lead=?3 AND lead>0) ORDER BY a.lookup, a.n`

// attemptsOf lists the submissions for a lookup, the first one first, including those to the
// vendors that were asked before.
func attemptsOf(ctx context.Context, db integrity.Querier, k *ledger.Lookup) ([]ledger.Attempt, error) {
	rows, err := db.QueryContext(ctx, selectAttemptsOf, k.ID, k.Continues(), k.GroupID)
	if err != nil {
		return nil, err
	}
	return scanAttempts(rows)
}

// serving lists the ids of the lookups that serve a request now.
func (r *rowReader) serving(ctx context.Context, lead int64) ([]int64, error) {
	rows, err := r.snapshot.QueryContext(ctx, selectServingIDs, lead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// first reads the lookup that a row names in a column.
func (r *rowReader) first(ctx context.Context, row *ledger.Row, column int, id int64) (ledger.Asked, error) {
	found, err := r.ofRow(ctx, row, column, id)
	switch {
	case err != nil:
		return ledger.Asked{}, err
	case found == nil:
		return r.asked(ctx, id)
	}
	return r.complete(ctx, found)
}

// askedAll reads the lookups that serve the request that a row names.
func (r *rowReader) askedAll(ctx context.Context, row *ledger.Row, column int, id int64) ([]ledger.Asked, error) {
	first, err := r.first(ctx, row, column, id)
	if err != nil || first.Lookup.GroupID == 0 {
		return []ledger.Asked{first}, err
	}
	ids, err := r.serving(ctx, first.Lookup.GroupID)
	if err != nil {
		return nil, fmt.Errorf("look for the others of its request: %w", err)
	}
	out := make([]ledger.Asked, 0, len(ids))
	for _, id := range ids {
		if id == first.Lookup.ID {
			out = append(out, first)
			continue
		}
		next, err := r.asked(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, next)
	}
	return out, nil
}
