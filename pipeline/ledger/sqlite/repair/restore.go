package repair

import (
	"encoding/json"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// recount makes good what can only be miscounted, in rows of which nobody can say what they were. With every order at
// hand, the places of orders are their order. A lookup that says many more orders than there are does not have them. What
// agrees with its checksum counts as it says: its orders were taken out, and are written anew.
func (f *repairer) recount() error {
	const mostRetried = "8" // more orders than that are a number that was changed
	if f.allOrders {        // from the first on, each goes to a place that is free or its own
		if err := f.all("UPDATE attempts SET n=(SELECT COUNT(*) FROM attempts b WHERE b.lookup=attempts.lookup AND b.n<=attempts.n) WHERE " + integrity.MisnumberedOrder +
			" AND " + unsureRow("attempts", "attempts.lookup", "attempts.n")); err != nil {
			return err
		}
	}
	return f.all("UPDATE lookups SET attempts=" + integrity.CountedOrders + " WHERE attempts > " + mostRetried + "+" + integrity.CountedOrders + " AND " + unsureRow("lookups", "lookups.id", "0"))
}

// named gives runs another id where theirs would be no name of a folder, ends the
// planning of those that have ordered, and takes from outputs what cannot be.
func (f *repairer) named() error {
	const (
		idle     = "NOT EXISTS (SELECT 1 FROM lookups k WHERE k.run=seq) AND NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=seq)"
		homeless = "(SELECT DISTINCT run FROM lookups WHERE run NOT IN (SELECT seq FROM runs))"
	)
	return f.all(
		// One run has nothing, and nobody's run has something: it says another number.
		"UPDATE runs SET seq=(SELECT run FROM "+homeless+") WHERE "+idle+" AND (SELECT COUNT(*) FROM runs WHERE "+idle+")=1 AND (SELECT COUNT(*) FROM "+homeless+")=1",
		// An answer says another lookup than the one that has it.
		"UPDATE answers SET lookup=(SELECT MIN(id) FROM lookups k WHERE k.answer=answers.id AND k.source=0 AND k.attempts>0) WHERE lookup NOT IN (SELECT id FROM lookups) AND EXISTS (SELECT 1 FROM lookups k WHERE k.answer=answers.id AND k.source=0 AND k.attempts>0)",
		"DELETE FROM answers WHERE lookup<1",
		"UPDATE runs SET id='rescued-'||seq WHERE "+integrity.NoRunID, "UPDATE runs SET state='open' WHERE "+integrity.OrderedInPlan,
		"UPDATE runs SET lang='en', report_lang='', report_top=0, partitioned=0, bom=0 WHERE "+integrity.NoOutputs,
		"UPDATE runs SET formats='parquet,csv' WHERE formats='' AND EXISTS (SELECT 1 FROM vehicles v WHERE v.run=seq)", // only those of which nothing but the outputs is left have none
		"UPDATE runs SET purged_at=0 WHERE "+integrity.PurgedTooEarly, "UPDATE runs SET strict_vin=0 WHERE "+integrity.NoStrictness)
}

// rows brings rows back to where the input had them: there are as many as were
// counted, and one at an impossible place belongs where its lookups are.
func (f *repairer) rows() error {
	const (
		impossible = "(run NOT IN (SELECT seq FROM runs) OR row > (SELECT input_rows FROM runs WHERE seq=vehicles.run AND state<>'planning'))"
		place      = `FROM lookups k JOIN runs r ON r.seq=k.run AND k.row BETWEEN 1 AND r.input_rows WHERE vehicles.duplicate_of=0
			AND IIF(k.group_id>0, k.group_id, k.id) IN (vehicles.maintenance, vehicles.valuation, vehicles.violations)
			AND NOT EXISTS (SELECT 1 FROM vehicles o WHERE o.run=k.run AND o.row=k.row)`
		rows = "FROM vehicles v WHERE v.run=runs.seq"
	)
	if f.allRows {
		if err := f.all("UPDATE runs SET input_rows=(SELECT COUNT(*) " + rows + ") WHERE state<>'planning' AND (SELECT COUNT(*) " + rows + ")=(SELECT MAX(row) " + rows + ") AND NOT EXISTS (SELECT 1 FROM lookups k WHERE k.run=seq AND k.row=input_rows AND k.row > (SELECT MAX(row) " + rows + "))"); err != nil {
			return err
		}
	}
	return f.all(
		"UPDATE OR IGNORE vehicles SET (run, row)=(SELECT k.run, k.row "+place+" LIMIT 1) WHERE "+impossible+" AND EXISTS (SELECT 1 "+place+")",
		"DELETE FROM vehicles WHERE run IN (SELECT seq FROM runs) AND "+impossible+" AND NOT EXISTS (SELECT 1 FROM vehicles o WHERE o.run=vehicles.run AND o.row=vehicles.row-1)",
		"UPDATE runs SET input_rows=(SELECT MAX(row) "+rows+") WHERE state<>'planning' AND input_rows < (SELECT MAX(row) "+rows+")")
}

// rejoin brings rows and lookups together again that no longer name each other.
func (f *repairer) rejoin() error {
	const (
		own      = "IIF(lookups.group_id>0, lookups.group_id, lookups.id)"
		homeless = "NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=lookups.run AND v.row=lookups.row AND v.duplicate_of=0 AND " + own + "=" + integrity.NamedBy + ")"
		home     = "FROM vehicles v WHERE v.duplicate_of=0 AND " + own + "=" + integrity.NamedBy + " ORDER BY v.run=lookups.run DESC, v.run, v.row LIMIT 1"
		named    = "(SELECT " + integrity.NamedBy + " FROM vehicles v WHERE v.run=lookups.run AND v.row=lookups.row AND v.duplicate_of=0)"
	)
	if err := f.all(
		"UPDATE lookups SET group_id=COALESCE("+named+", 0) WHERE "+integrity.StrayGroup,
		// The lookup says another row than the one that names it.
		"UPDATE OR IGNORE lookups SET (run, row)=(SELECT v.run, v.row "+home+") WHERE "+homeless+" AND EXISTS (SELECT 1 "+home+")",
		// Its number is another than its row and its orders say.
		"UPDATE OR IGNORE lookups SET id="+named+" WHERE "+homeless+" AND group_id=0 AND "+named+" NOT IN (SELECT id FROM lookups) AND "+named+`>0
			AND (EXISTS (SELECT 1 FROM attempts WHERE lookup=`+named+`) OR id NOT BETWEEN (SELECT first_lookup FROM runs WHERE seq=run) AND (SELECT last_lookup FROM runs WHERE seq=run))
			AND NOT EXISTS (SELECT 1 FROM attempts WHERE lookup=lookups.id)`,
	); err != nil {
		return err
	}
	for _, d := range record.Datasets() { // the row names nothing that there is
		const its = "FROM lookups k WHERE k.run=vehicles.run AND k.row=vehicles.row AND k.dataset='%[1]s'"
		_, err := f.exec(fmt.Sprintf("UPDATE vehicles SET %[1]s=(SELECT MIN(IIF(group_id>0, group_id, id)) "+its+`)
			WHERE duplicate_of=0 AND %[1]s NOT IN (SELECT id FROM lookups) AND EXISTS (SELECT 1 `+its+")", d))
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOfOthers takes out rows that name what is another vehicle's: as lost ones they
// get back what is theirs.
func (f *repairer) rowsOfOthers() error {
	return f.all("DELETE FROM vehicles WHERE "+integrity.StrayRow, "DELETE FROM vehicles WHERE "+integrity.StrayRepeat)
}

// unclaimed takes out lookups whose row names another one: what they bought is lost
// beyond naming.
func (f *repairer) unclaimed() error {
	return f.all("DELETE FROM lookups WHERE " + integrity.Misplaced)
}

// ranges gives the runs the ranges that their lookups have, where they say others.
func (f *repairer) ranges() error {
	// A number without end is damaged: a plan may skip numbers, and not so many.
	return f.all(`UPDATE runs SET first_lookup=COALESCE((SELECT MIN(id) FROM lookups WHERE run=seq AND ` + integrity.Planned + `), 0), last_lookup=COALESCE((SELECT MAX(id) FROM lookups WHERE run=seq AND ` + integrity.Planned + `), -1)
		WHERE seq>0 AND (last_lookup - first_lookup > input_rows * 64
		OR EXISTS (SELECT 1 FROM lookups WHERE run=seq AND id NOT BETWEEN first_lookup AND last_lookup AND ` + integrity.Planned + `)
		OR EXISTS (SELECT 1 FROM lookups k WHERE k.run<>seq AND k.id BETWEEN first_lookup AND last_lookup))`)
}

// agreeWithReplies makes good what an order, its lookup and its replies say differently of their
// vendor: of two names it is the one that there is, and else the one that the order says.
func (f *repairer) agreeWithReplies() error {
	strangers, err := f.unknownVendors()
	if err != nil {
		return err
	}
	const (
		replied = "(SELECT s.vendor FROM answers s WHERE s.lookup=attempts.lookup AND s.attempt=attempts.n AND s.call='submit')"
		ordered = "(SELECT a.vendor FROM attempts a WHERE a.lookup=lookups.id AND a.n=attempts)"
		unknown = "(SELECT value FROM json_each(?))"
	)
	for _, q := range []string{
		"UPDATE attempts SET vendor=" + replied + " WHERE " + integrity.StrayReply + " AND (vendor IN " + unknown + " OR " + replied + "=(SELECT vendor FROM lookups k WHERE k.id=lookup AND k.source=0))",
		"UPDATE lookups SET vendor=" + ordered + " WHERE vendor IN " + unknown + " AND source=0 AND EXISTS (SELECT 1 FROM attempts a WHERE a.lookup=lookups.id AND a.n=attempts)",
	} {
		if _, err := f.db.ExecContext(f.ctx, q, strangers); err != nil {
			return err
		}
	}
	return f.all("UPDATE answers SET vendor=COALESCE((SELECT a.vendor FROM attempts a WHERE a.lookup=answers.lookup AND a.n=answers.attempt), 'unknown') WHERE "+integrity.NamelessAnswer,
		`UPDATE answers SET vendor=(SELECT a.vendor FROM attempts a WHERE a.lookup=answers.lookup AND a.n=answers.attempt)
		WHERE call='submit' AND EXISTS (SELECT 1 FROM attempts WHERE lookup=answers.lookup AND n=answers.attempt AND `+integrity.StrayReply+")")
}

// unknownVendors are the names that no vendor has, as JSON.
func (f *repairer) unknownVendors() (string, error) {
	rows, err := f.db.QueryContext(f.ctx, "SELECT vendor FROM lookups UNION SELECT vendor FROM attempts UNION SELECT vendor FROM answers")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	unknown := []string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		if !f.known.Vendor(name) {
			unknown = append(unknown, name)
		}
	}
	list, err := json.Marshal(unknown)
	return string(list), errors.Join(err, rows.Err())
}

// agreeWithOrders makes good what a lookup and its orders say differently. Of two vendors
// it is the one that others name as well; of two tickets nobody can say.
func (f *repairer) agreeWithOrders() error {
	const ordered = "(SELECT a.vendor FROM attempts a WHERE a.lookup=lookups.id AND a.n=attempts)"
	if err := f.all(
		"UPDATE lookups SET answer=-1 WHERE "+integrity.StrayAnswer,
		"UPDATE attempts SET dataset=(SELECT dataset FROM lookups k WHERE k.id=attempts.lookup) WHERE "+integrity.StrayOrder,
		"UPDATE lookups SET vendor="+ordered+" WHERE "+integrity.StrayVendor+" AND (SELECT COUNT(*) FROM lookups o WHERE o.vendor=lookups.vendor) <= (SELECT COUNT(*) FROM lookups o WHERE o.vendor="+ordered+")",
		"UPDATE attempts SET vendor=(SELECT vendor FROM lookups WHERE id=lookup) WHERE (lookup, n) IN (SELECT id, attempts FROM lookups WHERE "+integrity.StrayVendor+")",
	); err != nil {
		return err
	}
	if err := f.doubt("state<>'in_doubt' AND " + integrity.StrayTicket); err != nil {
		return err
	}
	return f.all("UPDATE lookups SET ticket='' WHERE " + integrity.StrayTicket)
}

func (f *repairer) all(queries ...string) error {
	for _, q := range queries {
		if _, err := f.exec(q); err != nil {
			return err
		}
	}
	return nil
}
