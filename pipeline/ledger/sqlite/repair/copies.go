package repair

import (
	"encoding/json"
	"slices"
	"strconv"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// numbersOf are the columns that say which row of its table a row is.
var numbersOf = map[string][]string{
	integrity.SummedRuns.Table: {"seq", "id"}, integrity.SummedLookups.Table: {"id"}, integrity.SummedAttempts.Table: {"lookup", "n"},
	integrity.SummedAnswers.Table: {"id"}, integrity.SummedVehicles.Table: {"run", "row"}, integrity.SummedHalts.Table: {"vendor", "dataset"},
	integrity.SummedPauses.Table: {"vendor", "dataset"}, integrity.SummedCalls.Table: {"vendor", "day"}, integrity.SummedLosses.Table: {"at"},
}

// withoutCopies leaves out those of some rows that are a copy of another row under another number. A checksum covers
// the number: a row with the checksum and the words of another one was never written down itself. It returns the others.
func (f *repairer) withoutCopies(t *integrity.Summed, wrong []changed) ([]changed, error) {
	originals, err := f.originals(t, wrong)
	if err != nil || len(originals) == 0 {
		return wrong, err
	}
	var out []changed
	for i := range wrong {
		c := &wrong[i]
		if !slices.ContainsFunc(originals[c.sum], c.copies) {
			out = append(out, *c)
			continue
		}
		if err := f.leaveOutCopy(c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// originals are the rows, by their checksum, that agree with a checksum that one of some other rows has.
func (f *repairer) originals(t *integrity.Summed, wrong []changed) (map[int64][]changed, error) {
	if len(wrong) == 0 {
		return nil, nil
	}
	isWrong := map[[2]any]bool{}
	sums := make([]int64, len(wrong))
	for i := range wrong {
		isWrong[wrong[i].key], sums[i] = true, wrong[i].sum
	}
	list, err := json.Marshal(sums)
	if err != nil {
		return nil, err
	}
	rows, err := f.db.QueryContext(f.ctx, "SELECT "+t.Key+", sum FROM "+t.Table+" WHERE sum IN (SELECT value FROM json_each(?))", string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var right []integrity.WrongRow
	for rows.Next() {
		var r integrity.WrongRow
		if err := rows.Scan(&r.Key[0], &r.Key[1], &r.Sum); err != nil {
			return nil, err
		}
		if !isWrong[r.Key] {
			right = append(right, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	read, err := changedRows(f.ctx, f.db, t, right)
	out := map[int64][]changed{}
	for _, c := range read {
		out[c.sum] = append(out[c.sum], c)
	}
	return out, err
}

// copies tells whether a row says what another one says, but for its number.
func (c *changed) copies(original changed) bool {
	for i, column := range c.Columns {
		if !slices.Contains(numbersOf[c.Table], column) && string(c.values[i]) != string(original.values[i]) {
			return false
		}
	}
	return true
}

// leaveOutCopy takes a copy out.
func (f *repairer) leaveOutCopy(c *changed) error {
	if c.Table == integrity.SummedAttempts.Table {
		billed, fen := slices.Index(c.Columns, "billed"), slices.Index(c.Columns, "fen")
		f.r.Doubled.Orders++
		if n, err := strconv.ParseInt(string(c.values[fen]), 10, 64); err == nil && string(c.values[billed]) != "no" {
			f.r.Doubled.Fen += record.Fen(n)
		}
	}
	f.r.Copies++
	return f.drop(c)
}

// doubles leaves out orders that are another one once more: at the same vendor, with the same ticket, of the same
// moment to the microsecond. The one that its lookup counts is kept.
func (f *repairer) doubles() error {
	// First those that may be doubles, by their ticket, so that no order is held against every other one.
	if err := f.all(`CREATE TEMP TABLE doubtful AS SELECT lookup, n, vendor, ticket, dataset, intent_at FROM attempts
		WHERE ticket<>'' AND (`+unsureRow("attempts", "lookup", "n")+` OR NOT EXISTS (SELECT 1 FROM lookups o WHERE o.id=lookup AND n<=o.attempts))`,
		"CREATE INDEX temp.doubtful_tickets ON doubtful (ticket, vendor)"); err != nil {
		return err
	}
	if err := f.all(`CREATE TEMP TABLE doubles AS SELECT DISTINCT a.lookup, a.n FROM attempts b CROSS JOIN temp.doubtful a
		ON b.ticket=a.ticket AND b.vendor=a.vendor AND b.dataset=a.dataset AND b.intent_at=a.intent_at AND (b.lookup, b.n)<>(a.lookup, a.n)
		JOIN lookups k ON k.id=b.lookup AND b.n<=k.attempts WHERE NOT ` + unsureRow("attempts", "b.lookup", "b.n")); err != nil {
		return err
	}
	const which = " FROM attempts WHERE (lookup, n) IN (SELECT lookup, n FROM temp.doubles)"
	var n, fen int64
	if err := f.db.QueryRowContext(f.ctx, "SELECT COUNT(*), COALESCE(SUM(IIF(billed='no', 0, fen)), 0)"+which).Scan(&n, &fen); err != nil || n == 0 {
		return err
	}
	f.r.Doubled.Orders += n
	f.r.Doubled.Fen += record.Fen(fen)
	f.r.Copies += n
	return f.all("DELETE" + which)
}
