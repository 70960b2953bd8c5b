package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

// The queries of the hot path read no more of a table than they return: a
// ledger of ten million lookups answers them as fast as one of ten.
func TestHotQueriesUseTheirIndexes(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 300)
	skip := []record.Dataset{record.DatasetValuation}
	send, sendArgs := sendable(run.Seq, "acme", noon, nil, 9)
	sendSkip, sendSkipArgs := sendable(run.Seq, "acme", noon, skip, 9)
	next, nextArgs := nextSend(run.Seq, "acme", noon, skip)
	for _, c := range []struct {
		name, query string
		args        []any
		uses        []string
	}{
		{"Due", selectDue, []any{"acme", 1, 9}, []string{"lookups_waiting (vendor=? AND next_at<?)"}},
		{"Sendable", send, sendArgs, []string{"lookups_planned (run=? AND vendor=? AND next_at<?)"}},
		{"Sendable but for a dataset", sendSkip, sendSkipArgs, []string{"lookups_planned (run=? AND vendor=? AND next_at<?)"}},
		{"NextSend", next, nextArgs, []string{"lookups_planned (run=? AND vendor=? AND next_at>?)"}},
		{"NextPoll", minNextPoll, []any{"acme", 1}, []string{"lookups_waiting (vendor=? AND next_at>?)"}},
		{"Earlier", selectEarlier, []any{1, "va"}, []string{"vehicles_by_id (run=? AND vehicle_id=?)"}},
		{"Asked", selectAsked, []any{[]byte("q")}, []string{"lookups_key (key=?)"}},
		{"those that serve", selectServingIDs, []any{1}, []string{"lookups_of_group (group_id=?)"}},
		{"attempts", selectAttemptsOf, []any{1, true, 1}, []string{"PRIMARY KEY (lookup=?)"}},
		{"kept answers", selectKeptAnswers, []any{1, 2, true, 1}, []string{"answers_lookup (lookup=?)"}},
		{"the last answer", selectLastAnswer, []any{1, 1}, []string{"answers_lookup (lookup=?)"}},
		{"an update", updateLookup, make([]any, strings.Count(updateLookup, "?")), []string{"INTEGER PRIMARY KEY (rowid=?)"}},
		{"carry", selectFollowers, []any{1}, []string{"lookups_following (source=?)"}},
		{"Rows", selectRows, []any{1}, []string{"v USING PRIMARY KEY (run=?)", "o USING PRIMARY KEY (run=? AND row=?)"}},
		{"a row's lookup", selectRowsLookup, []any{1}, []string{"k USING INTEGER PRIMARY KEY (rowid=?)", "a USING PRIMARY KEY (lookup=? AND n=?)", "s USING INTEGER PRIMARY KEY (rowid=?)"}},
		{"the lookups of all rows", fmt.Sprintf(selectLookupsAbreast, "maintenance"), []any{1, 1}, []string{"v USING PRIMARY KEY (run=? AND row>?)",
			"k USING INTEGER PRIMARY KEY (rowid=?)", "a USING PRIMARY KEY (lookup=? AND n=?)", "s USING INTEGER PRIMARY KEY (rowid=?)"}},
		{"Unblocked", selectUnblocked, []any{1, 9, 9}, []string{"lookups_of_run (run=? AND rowid>?)", "MULTI-INDEX OR", "m USING INTEGER PRIMARY KEY (rowid=?)", "lookups_of_group (group_id=?)"}},
		{"UnblockedBy", selectUnblockedBy, []any{1, 1}, []string{"lookups_blocked (depends_on=?)"}},
		{"Serving", selectServing, []any{1}, []string{"lookups_of_group (group_id=?)"}},
		{"a row's maintenance", selectMaintenance, []any{1, 1}, []string{"v USING PRIMARY KEY (run=? AND row=?)", "lookups_of_group (group_id=?)"}},
		{"PriorRow", selectPriorRow, []any{1, 1}, []string{"v USING PRIMARY KEY (run=? AND row=?)", "o USING PRIMARY KEY (run=? AND row=?)"}},
		{"PriorRows", selectPriorRows, []any{1, 0, 9}, []string{"v USING PRIMARY KEY (run=? AND row>?)"}},
		{"a former row's lookups", selectPriorLookups, []any{1, 2, 3}, []string{"k USING INTEGER PRIMARY KEY (rowid=?)"}},
		{"AskedIn", selectAskedIn, []any{[]byte("q"), 1, ""}, []string{"lookups_key (key=? AND run=?)"}},
		{"an earlier answer", selectEarlierAnswer, []any{[]byte("q"), 1, 2, 3, "", false}, []string{"lookups_key (key=? AND run>? AND run<?)",
			"r USING INTEGER PRIMARY KEY (rowid=?)", "v USING PRIMARY KEY (run=? AND row=?)", "s USING INTEGER PRIMARY KEY (rowid=?)"}},
		{"an earlier valuation", selectEarlierValuation, []any{"v1", 1, 2, 3, []byte("q")}, []string{"vehicles_valued (vehicle_id=? AND run>? AND run<?)",
			"k USING INTEGER PRIMARY KEY (rowid=?)"}},
	} {
		plan := explainPlan(t, l, c.query, c.args)
		for _, want := range c.uses {
			if !strings.Contains(plan, want) {
				t.Errorf("%s does not use %s:\n%s", c.name, want, plan)
			}
		}
		if strings.Contains(plan, "SCAN") {
			t.Errorf("%s reads a whole table:\n%s", c.name, plan)
		}
		// Few lookups have one key, of one run few rows have one vehicle, and few
		// lookups stand side by side or wait for one.
		few := []string{"Asked", "AskedIn", "those that serve", "UnblockedBy", "Serving", "a row's maintenance", "a former row's lookups", "attempts", "kept answers", "an earlier answer"}
		if !slices.Contains(few, c.name) && strings.Contains(strings.ReplaceAll(plan, "TEMP B-TREE FOR LAST 2 TERMS", ""), "TEMP B-TREE") {
			t.Errorf("%s sorts:\n%s", c.name, plan)
		}
	}
}

func explainPlan(t *testing.T, l *Ledger, query string, args []any) string {
	t.Helper()
	rows, err := l.reader.Query("EXPLAIN QUERY PLAN "+query, args...)
	must(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	must(t, rows.Err())
	return plan.String()
}

// A rule of the schema that has SQLite build a table costs more than the change of the row itself.
func TestChangesOfARowBuildNoTable(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	for _, query := range []string{updateLookup, insertLookups + "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", "UPDATE attempts SET billed=?, billed_twice=? WHERE lookup=? AND n=?"} {
		rows, err := l.reader.Query("EXPLAIN "+query, make([]any, strings.Count(query, "?"))...)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		row := make([]any, len(columns))
		var op string
		for i := range row {
			row[i] = new(any)
		}
		row[slices.Index(columns, "opcode")] = &op
		for rows.Next() {
			if must(t, rows.Scan(row...)); op == "OpenEphemeral" {
				t.Errorf("%s builds a table", query)
			}
		}
		must(t, errors.Join(rows.Err(), rows.Close()))
	}
}
