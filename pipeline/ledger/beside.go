package ledger

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/record"
)

// Lookups of one dataset may stand beside each other: each asks one vendor the
// same, and never another. The first of them is their lead; a row of vehicles
// names the lead alone.

// NewLead is the Lead of a lookup that is to be put and begins a group.
const NewLead int64 = -1

// OffRoute is the code of a bound lookup whose vendor is no longer asked.
const OffRoute = "off_route"

// BesideQuestion is what a lookup asks that is bound to one vendor: the question
// itself, and behind it the vendor. So one range of the index holds all that was
// ever asked about a vehicle, wherever it was asked.
func BesideQuestion(question []byte, vendor string) []byte {
	return append(bytes.Clone(question), vendor...)
}

// Plain is the question of a lookup without the vendor that it may be bound to.
func (k *Lookup) Plain() []byte {
	if k.Lead == 0 {
		return k.Question
	}
	return bytes.TrimSuffix(k.Question, []byte(k.Vendor))
}

const (
	// A question that is bound begins with the plain one; names of vendors are ASCII.
	selectAskedAnywhere = "SELECT " + lookupColumns + " FROM lookups k WHERE question BETWEEN ? AND ? ORDER BY id DESC LIMIT 60"
	selectBesideIDs     = "SELECT id FROM lookups INDEXED BY lookups_beside WHERE lead=? AND lead>0 ORDER BY step, id"
)

func anywhere(question []byte) []any { return []any{question, append(bytes.Clone(question), 0xff)} }

// AskedAnywhere lists the lookups with the same question, bound to a vendor or
// not, in any run, the newest first.
func (t *PlanTx) AskedAnywhere(question []byte) ([]Lookup, error) {
	rows, err := t.w.query(t.ctx, selectAskedAnywhere, anywhere(question)...)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// AskedAnywhere lists the lookups with the same question, bound to a vendor or
// not, in any run, the newest first.
func (l *Ledger) AskedAnywhere(ctx context.Context, question []byte) ([]Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, selectAskedAnywhere, anywhere(question)...)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// AnyBeside tells whether lookups stand beside each other in any run.
func (l *Ledger) AnyBeside(ctx context.Context) (any bool, err error) {
	err = l.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM lookups WHERE lead > 0)").Scan(&any)
	return any, err
}

// LastAttempts lists the last submission of a lookup to each vendor that it was sent
// to, the newest first.
func (l *Ledger) LastAttempts(ctx context.Context, lookup int64) ([]Attempt, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT a.vendor, "+attemptColumns+" FROM attempts a WHERE a.lookup=? AND a.outcome<>'withdrawn' ORDER BY a.n DESC", lookup)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Attempt
	for rows.Next() {
		var r attemptRow
		var vendor string
		if err := rows.Scan(append([]any{&vendor}, r.dest()...)...); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(a Attempt) bool { return a.Vendor == vendor }) {
			out = append(out, r.attempt(&Lookup{ID: lookup, Vendor: vendor}))
		}
	}
	return out, rows.Err()
}

// releaseFollowers lets go of those that follow a lookup and are bound
// otherwise than it is: its way to the next vendor, or its end without a record,
// is not theirs. They are looked at again before they are sent.
const releaseFollowers = `UPDATE lookups SET state='planned', next_at=0, ticket='', source=0, last_at=? WHERE source=? AND state='following' AND (lead > 0) <> ?`

// parts tells whether what has become of a lookup is no answer to those that
// follow it and are bound otherwise.
func parts(s State) bool { return s == Planned || s == NoRecord || s == Unsupported }

// siblings lists the ids of those that stand beside a lead.
func (r *rowReader) siblings(ctx context.Context, lead int64) ([]int64, error) {
	rows, err := r.beside.QueryContext(ctx, lead)
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
func (r *rowReader) first(ctx context.Context, row *Row, column int, id int64) (Asked, error) {
	found, err := r.ofRow(ctx, row, column, id)
	switch {
	case err != nil:
		return Asked{}, err
	case found == nil:
		return r.asked(ctx, id)
	}
	return r.complete(ctx, found)
}

// askedAll reads the lookup that a row names, and those that stand beside it.
func (r *rowReader) askedAll(ctx context.Context, row *Row, column int, id int64) ([]Asked, error) {
	first, err := r.first(ctx, row, column, id)
	if err != nil || first.Lookup.Lead == 0 {
		return []Asked{first}, err
	}
	ids, err := r.siblings(ctx, first.Lookup.Lead)
	if err != nil {
		return nil, fmt.Errorf("look for those beside it: %w", err)
	}
	out := make([]Asked, 0, len(ids))
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

// group gives the lookups of a row that stand beside each other their lead, and
// notes who was asked by which: from that a rescue names those that are lost.
func (p *PlannedVehicle) group(k *Lookup, ids map[record.Dataset]int64) {
	if k.Lead == 0 {
		ids[k.Dataset] = k.ID
		return
	}
	if ids[k.Dataset] == 0 {
		ids[k.Dataset] = k.ID
	}
	k.Lead = ids[k.Dataset]
	if p.Beside == nil {
		p.Beside = map[string]int64{}
	}
	p.Beside[k.Vendor] = k.ID
}
