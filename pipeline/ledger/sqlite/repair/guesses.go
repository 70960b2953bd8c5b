package repair

import (
	"fmt"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// guess is a column, and where to find what it may have been for the row that ?1 and ?2 name.
type guess struct {
	column string // as integrity.Summed has it
	query  string
	set    string // how the column is set, where that is not by its name
}

// near are the rows of a table whose ids, or whose lookups' ids, are close to a lookup's. Values that many rows share
// are found there, so a rescue of a large ledger does not read all of it for each row.
func near(table, id string) string {
	return fmt.Sprintf("FROM %s WHERE %s BETWEEN ?1-500 AND ?1+500", table, id)
}

// missing are numbers that no row of a table has: the first and the last of each gap.
func missing(table, id string) string {
	return fmt.Sprintf(`SELECT x FROM (SELECT %[2]s+1 AS x FROM %[1]s WHERE %[2]s<1<<40 UNION SELECT %[2]s-1 FROM %[1]s WHERE %[2]s<1<<40 UNION SELECT 1)
		WHERE x>0 AND x NOT IN (SELECT %[2]s FROM %[1]s) AND ?1 IS NOT NULL AND ?2=0 LIMIT 1000`, table, id)
}

const (
	namedBy = "SELECT %[1]s FROM vehicles WHERE run=?1 AND vehicle_id=(SELECT vehicle_id FROM vehicles WHERE run=?1 AND row=?2) UNION " +
		"SELECT IIF(group_id>0, group_id, id) FROM lookups WHERE run=?1 AND row=?2 AND dataset='%[1]s' UNION SELECT 0"
	together = "SELECT id FROM lookups WHERE (run, row)=(SELECT run, row FROM lookups WHERE id=?1) AND ?2=0 UNION SELECT 0"
	counts   = "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x+1 FROM n WHERE x<1000 AND ?1 AND ?2 IS NOT NULL) SELECT x FROM n"
	datasets = `SELECT value FROM json_each('["maintenance","valuation","violations"]') WHERE ?1 AND ?2 IS NOT NULL`
	vendors  = "SELECT vendor FROM lookups WHERE ?1 AND ?2 IS NOT NULL UNION SELECT vendor FROM attempts UNION SELECT vendor FROM answers"
)

// guesses are where to look for what was changed, by table.
var guesses = map[string][]guess{
	integrity.SummedRuns.Table: {
		{column: "seq", query: "SELECT run FROM (SELECT run FROM lookups UNION SELECT run FROM vehicles) WHERE run NOT IN (SELECT seq FROM runs) AND ?1 AND ?2=0 LIMIT 1000"},
		{column: "seq", query: missing("runs", "seq")},
		{column: "state", query: `SELECT value FROM json_each('["planning","open","settled","finished"]') WHERE ?1 AND ?2=0`},
		{column: "finished_at", query: "SELECT 0 WHERE ?1 AND ?2=0"}, {column: "purged_at", query: "SELECT 0 WHERE ?1 AND ?2=0"},
		{column: "input_rows", query: "SELECT COUNT(*) FROM vehicles WHERE run=?1 AND ?2=0"},
		{column: "strict_vin", query: "SELECT 0 WHERE ?1 AND ?2=0 UNION SELECT 1"},
		{column: "formats", query: "SELECT formats FROM runs WHERE ?1 AND ?2=0"}, {column: "datasets", query: "SELECT datasets FROM runs WHERE ?1 AND ?2=0"},
		{column: limitColumn, query: "SELECT max_spend FROM runs WHERE max_spend IS NOT NULL AND ?1 AND ?2=0", set: "max_spend=CAST(NULLIF(?1, '') AS INTEGER), max_twice=CAST(NULLIF(?1, '') AS INTEGER)"},
		{column: "first_lookup", query: "SELECT MIN(id) FROM lookups WHERE run=?1 AND ?2=0"}, {column: "last_lookup", query: "SELECT MAX(id) FROM lookups WHERE run=?1 AND ?2=0"},
	},
	integrity.SummedLookups.Table: {
		{column: "id", query: `SELECT j.value FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row, json_each(json_array(v.maintenance, v.valuation, v.violations)) j
			WHERE k.id=?1 AND ?2=0 AND j.value NOT IN (SELECT id FROM lookups)`},
		{column: "id", query: missing("lookups", "id")},
		{column: "state", query: `SELECT value FROM json_each('["planned","submitting","waiting","following","found","no_record","unsupported","failed","in_doubt"]') WHERE ?1 AND ?2=0`},
		{column: "vendor", query: vendors},
		{column: "attempts", query: "SELECT COUNT(*) FROM attempts WHERE lookup=?1 AND ?2=0"},
		{column: "ticket", query: "SELECT ticket FROM attempts WHERE lookup=?1 AND ?2=0 UNION SELECT ''"},
		{column: "answer", query: "SELECT id FROM answers WHERE lookup=?1 AND ?2=0 UNION SELECT 0"},
		{column: "source", query: "SELECT 0 WHERE ?1 AND ?2=0"},
		{column: "answered_at", query: "SELECT received_at FROM answers WHERE lookup=?1 AND ?2=0 UNION SELECT s.received_at FROM lookups k JOIN answers s ON s.id=k.answer WHERE k.id=?1 UNION SELECT 0"},
		{column: "group_id", query: together}, {column: "replaced_by", query: together}, {column: "depends_on", query: together},
		{column: "forced", query: "SELECT 0 WHERE ?1 AND ?2=0 UNION SELECT 1"},
		{column: "fan_out", query: "SELECT 0 WHERE ?1 AND ?2=0 UNION SELECT 1"},
		{column: "stage", query: "SELECT stage FROM lookups WHERE ?1 AND ?2=0 UNION SELECT ''"},
		{column: "class", query: "SELECT class FROM lookups WHERE ?1 AND ?2=0 UNION SELECT ''"},
		{column: "dataset", query: datasets},
		{column: "run", query: "SELECT seq FROM runs WHERE ?1 AND ?2=0"},
		{column: "row", query: "SELECT row FROM vehicles WHERE ?1 IN (maintenance, valuation, violations) AND ?2=0"},
		{column: "tries", query: counts}, {column: "polls", query: counts},
		{column: "next_at", query: "SELECT next_at " + near("lookups", "id") + " AND ?2=0 UNION SELECT last_at FROM lookups WHERE id=?1 UNION SELECT 0"},
		{column: "first_at", query: "SELECT first_at " + near("lookups", "id") + " AND ?2=0 UNION SELECT intent_at FROM attempts WHERE lookup=?1 UNION SELECT last_at FROM lookups WHERE id=?1 UNION SELECT 0"},
		{column: "ticket_at", query: "SELECT ticket_at " + near("lookups", "id") + " AND ?2=0 UNION SELECT ended_at FROM attempts WHERE lookup=?1 UNION SELECT received_at FROM answers WHERE lookup=?1 UNION SELECT 0"},
		{column: "last_at", query: "SELECT last_at " + near("lookups", "id") + ` AND ?2=0 UNION SELECT intent_at FROM attempts WHERE lookup=?1 UNION SELECT ended_at FROM attempts WHERE lookup=?1
			UNION SELECT received_at FROM answers WHERE lookup=?1 UNION SELECT answered_at FROM lookups WHERE id=?1`},
		{column: "code", query: "SELECT code " + near("lookups", "id") + " AND ?2=0 UNION SELECT code FROM attempts WHERE lookup=?1 UNION SELECT ''"},
		{column: "message", query: "SELECT message " + near("lookups", "id") + " AND ?2=0 UNION SELECT ''"},
	},
	integrity.SummedAttempts.Table: {
		{column: "vendor", query: vendors}, {column: "dataset", query: datasets},
		{column: "fen", query: "SELECT fen " + near("attempts", "lookup") + " AND ?2>0", set: "fen=?1, fen_twice=?1"},
		{column: "billed", query: `SELECT value FROM json_each('["reserved","yes","no","unknown"]') WHERE ?1 AND ?2`, set: "billed=?1, billed_twice=?1"},
		{column: "intent_at", query: "SELECT first_at FROM lookups WHERE id=?1 AND ?2>0 UNION SELECT last_at FROM lookups WHERE id=?1"},
		{column: "ended_at", query: `SELECT ticket_at FROM lookups WHERE id=?1 AND ?2>0 UNION SELECT last_at FROM lookups WHERE id=?1 UNION SELECT answered_at FROM lookups WHERE id=?1
			UNION SELECT received_at FROM answers WHERE lookup=?1 UNION SELECT 0`},
		{column: "outcome", query: "SELECT outcome " + near("attempts", "lookup") + " AND ?2>0 UNION SELECT ''"},
		{column: "code", query: "SELECT code " + near("attempts", "lookup") + " AND ?2>0 UNION SELECT code FROM lookups WHERE id=?1 UNION SELECT ''"},
		{column: "ticket", query: "SELECT ticket FROM lookups WHERE id=?1 AND ?2>0 UNION SELECT ''"},
		{column: "lookup", query: "SELECT id FROM lookups WHERE attempts > " + integrity.CountedOrders + " AND ?1 IS NOT NULL AND ?2 IS NOT NULL LIMIT 1000"},
		{column: "n", query: counts},
	},
	integrity.SummedAnswers.Table: {
		{column: "lookup", query: "SELECT id FROM lookups WHERE answer=?1 AND ?2=0 UNION SELECT lookup FROM (SELECT lookup FROM attempts WHERE lookup NOT IN (SELECT lookup FROM answers) LIMIT 1000)"},
		{column: "attempt", query: counts},
		{column: "call", query: `SELECT value FROM json_each('["submit","poll"]') WHERE ?1 AND ?2=0`},
		{column: "vendor", query: vendors},
		{column: "status", query: "SELECT status " + near("answers", "id") + " AND ?2=0 UNION SELECT 0 UNION SELECT 200"},
		{column: "received_at", query: `SELECT answered_at FROM lookups WHERE answer=?1 AND ?2=0 UNION SELECT a.ended_at FROM answers s JOIN attempts a ON a.lookup=s.lookup AND a.n=s.attempt WHERE s.id=?1
			UNION SELECT k.ticket_at FROM answers s JOIN lookups k ON k.id=s.lookup WHERE s.id=?1`},
		{column: "failure", query: "SELECT failure " + near("answers", "id") + " AND ?2=0 UNION SELECT ''"},
		{column: "head", query: "SELECT head " + near("answers", "id") + " AND ?2=0 UNION SELECT ''"},
		{column: "id", query: "SELECT answer FROM lookups WHERE id=(SELECT lookup FROM answers WHERE id=?1) AND ?2=0"},
		{column: "id", query: missing("answers", "id")},
	},
	integrity.SummedVehicles.Table: {
		{column: "duplicate_of", query: "SELECT row FROM vehicles WHERE run=?1 AND vehicle_id=(SELECT vehicle_id FROM vehicles WHERE run=?1 AND row=?2) UNION SELECT 0"},
		{column: "maintenance", query: fmt.Sprintf(namedBy, record.DatasetMaintenance)},
		{column: "valuation", query: fmt.Sprintf(namedBy, record.DatasetValuation)},
		{column: "violations", query: fmt.Sprintf(namedBy, record.DatasetViolations)},
		{column: "run", query: "SELECT seq FROM runs WHERE ?1 AND ?2"},
		{column: "row", query: `WITH RECURSIVE n(row) AS (SELECT 1 UNION ALL SELECT row+1 FROM n WHERE row<(SELECT input_rows FROM runs WHERE seq=?1) AND ?2)
			SELECT row FROM n WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=?1 AND v.row=n.row)`},
	},
}
