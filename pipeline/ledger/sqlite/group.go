package sqlite

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

const selectServingIDs = "SELECT id FROM lookups INDEXED BY lookups_of_group WHERE group_id=? AND group_id>0 AND replaced_by=0 ORDER BY id"

const selectAttemptsOf = "SELECT " + attemptColumns + ` FROM attempts a WHERE a.lookup=?1
	OR ?2 AND a.lookup IN (SELECT id FROM lookups INDEXED BY lookups_of_group WHERE group_id=?3 AND group_id>0) ORDER BY a.lookup, a.n`

// attemptsOf lists the submissions for a lookup, the first one first, including those to the
// vendors that were asked before.
func attemptsOf(ctx context.Context, db integrity.Querier, k *ledger.Lookup) ([]ledger.Attempt, error) {
	rows, err := db.QueryContext(ctx, selectAttemptsOf, k.ID, k.Continues(), k.GroupID)
	if err != nil {
		return nil, err
	}
	return scanAttempts(rows)
}

const (
	selectServing     = "SELECT " + lookupColumns + " FROM lookups k WHERE (k.id=?1 OR k.group_id > 0 AND k.group_id=?1) AND k.replaced_by=0 ORDER BY k.id"
	selectMaintenance = "SELECT " + lookupColumns + ` FROM vehicles v JOIN lookups k ON k.id=v.maintenance OR k.group_id > 0 AND k.group_id=v.maintenance
		WHERE v.run=? AND v.row=? AND v.maintenance > 0 AND k.replaced_by=0 ORDER BY k.id`
)

// Serving lists the lookups that serve a request now: one, or all of a fan-out. The request is
// given by its first lookup.
func (t *planTx) Serving(id int64) ([]ledger.Lookup, error) {
	rows, err := t.query(selectServing, id)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// MaintenanceOf lists the lookups that ask for the maintenance record of a row:
// none, one, or several side by side.
func (l *Ledger) MaintenanceOf(ctx context.Context, run, row int64) ([]ledger.Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, selectMaintenance, run, row)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// serving lists the ids of the lookups that serve a request now.
func (r *rowReader) serving(ctx context.Context, groupID int64) ([]int64, error) {
	rows, err := r.snapshot.QueryContext(ctx, selectServingIDs, groupID)
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
