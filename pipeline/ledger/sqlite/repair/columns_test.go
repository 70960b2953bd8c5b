package repair

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// free are the columns that may say something else unnoticed, and why that is no harm.
var free = map[string]string{
	"workspace.traces": "a purge that was cut short is ended or not: it is about traces in the file alone",
	"runs.written":     "the outputs are written once more",
}

// Whatever one value of whatever column is changed to, it is noticed, and a rescue gives the ledger back as it was, or doubts.
func TestEveryColumnIsHeldAgainstSomething(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	l := openAt(t, good)
	must(t, l.CountCalls("acme", 20000, 5))
	must(t, l.Close())
	alterWithSum(t, good, "INSERT INTO losses (at, what, sum) VALUES (1, 'something', 0)")
	before := contentsOf(t, good)
	for i, e := range editsOf(t, good) {
		if i%few(4, 1) != 0 {
			continue
		}
		if strings.HasPrefix(e.column, "workspace.simulated") { // TestAWorkspaceOfTwoKinds
			continue
		}
		t.Run(e.column+" "+e.how, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			alter(t, dir, e.query)
			what := oneByte(t, dir, before)
			if harmless := what == "harmless"; harmless != (free[e.column] != "") {
				t.Errorf("%s: %s", e.query, what)
			}
		})
	}
}

// A text may be a number, such as that of an engine: a digit of it that was changed is found as any byte is.
func TestAChangedDigitOfATextIsFound(t *testing.T) {
	t.Parallel()
	dir := smallLedger(t)
	alterWithSum(t, dir, "UPDATE vehicles SET engine_no='104233', plate_type='02' WHERE run=1 AND row IN (2, 5)")
	before := contentsOf(t, dir)
	alter(t, dir, "UPDATE vehicles SET engine_no='104833' WHERE run=1 AND row=2")
	alter(t, dir, "UPDATE vehicles SET plate_type='52' WHERE run=1 AND row=5")
	if what := oneByte(t, dir, before); what != "rescued whole" {
		t.Errorf("it was %s", what)
	}
}

// edit changes one value.
type edit struct{ column, how, query string }

// editsOf are edits of every column of a ledger, of rows that say much.
func editsOf(t *testing.T, dir string) (out []edit) {
	t.Helper()
	rows := map[string][]string{
		"lookups":  {"id=(SELECT MIN(id) FROM lookups WHERE state='found')", "id=(SELECT MIN(id) FROM lookups WHERE state='waiting')", "id=(SELECT MIN(id) FROM lookups WHERE state='planned')"},
		"attempts": {"lookup=(SELECT MIN(id) FROM lookups WHERE state='found')", "lookup=(SELECT MIN(lookup) FROM attempts WHERE billed='no')"},
		"answers":  {"id=(SELECT MIN(answer) FROM lookups WHERE state='found')", "id=(SELECT MIN(s.id) FROM answers s JOIN lookups k ON k.id=s.lookup WHERE k.state='waiting')"},
		"vehicles": {"run=1 AND row=4", "run=2 AND row=10"},
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	found, err := db.QueryContext(context.Background(), "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type='table' AND m.name NOT LIKE 'sqlite%'")
	must(t, err)
	for found.Next() {
		var table, column, kind string
		must(t, found.Scan(&table, &column, &kind))
		changes := map[string][2]string{"INTEGER": {"COALESCE(%s, 0)+100", "0"}, "TEXT": {"%s||'x'", "''"}, "BLOB": {"%[1]s||%[1]s||x'00'", "x''"}}[kind]
		for i, where := range slices.Concat(rows[table], []string{"1"})[:few(1, max(1, len(rows[table])))] {
			for how, value := range changes[:few(1, 2)] {
				if strings.Contains(value, "%") {
					value = fmt.Sprintf(value, column)
				}
				var other bool
				must(t, db.QueryRowContext(context.Background(), "SELECT COALESCE((SELECT "+column+" IS NOT CAST("+value+" AS "+kind+") FROM "+table+" WHERE "+where+" LIMIT 1), 0)").Scan(&other))
				if other {
					out = append(out, edit{table + "." + column, fmt.Sprintf("%d %d", i, how),
						"UPDATE OR IGNORE " + table + " SET " + column + "=CAST(" + value + " AS " + kind + ") WHERE " + where})
				}
			}
		}
	}
	must(t, errors.Join(found.Err(), found.Close()))
	return out
}
