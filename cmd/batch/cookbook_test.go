package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// .ci/cookbook runs the questions of the cookbook with DuckDB. What can be told
// without it is told here: each question has its query and its answer, and names
// tables and columns that there are.

const cookbook = "docs/cookbook.md"

// dictionary is the columns of each table, as the data dictionary has them.
func dictionary(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for section := range strings.SplitSeq(document(t, "docs/tables.md"), "\n## ") {
		name, rest, _ := strings.Cut(section, "\n")
		for _, row := range table(rest, "column") {
			out[name] = append(out[name], strings.Trim(row[0], "`"))
		}
	}
	if len(out) < 7 {
		t.Fatalf("the dictionary has the tables %v", out)
	}
	return out
}

var (
	question   = regexp.MustCompile(`(?m)^### (\d+)\. .+\?$`)
	answered   = regexp.MustCompile("```sql\n([^`]+)```\n\n```\n([^`]+)```")
	tableFile  = regexp.MustCompile(`'(?:try|wrong)/(?:latest/(\w+)\.parquet|by_date/(\w+)/\*\*/\*\.parquet)'`)
	quoted     = regexp.MustCompile(`'[^']*'`)
	defined    = regexp.MustCompile(`\bAS ([a-z_]+)|\b([a-z_]+) AS \(|'' ([a-z]+)\b`)
	identifier = regexp.MustCompile(`\b([a-z_][a-z_0-9]*)\b(\s*\()?`)
)

func TestCookbookHasAnAnswerForEachQuestion(t *testing.T) {
	t.Parallel()
	text := document(t, cookbook)
	questions := question.FindAllStringSubmatch(text, -1)
	if len(questions) < 15 {
		t.Errorf("%d questions, want 15 at least", len(questions))
	}
	for i, m := range questions {
		if m[1] != fmt.Sprint(i+1) {
			t.Errorf("question %s stands in place %d", m[1], i+1)
		}
	}
	for _, part := range question.Split(text, -1)[1:] {
		part, _, _ = strings.Cut(part, "\n## ")
		if found := answered.FindAllStringSubmatch(part, -1); len(found) != 1 || strings.Count(found[0][2], "\n") < 2 {
			t.Errorf("not one query with one answer:\n%s", part)
		}
	}
}

func TestCookbookNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	tables := dictionary(t)
	for _, m := range answered.FindAllStringSubmatch(document(t, cookbook), -1) {
		for _, complaint := range unknownNames(m[1], tables) {
			t.Errorf("%s\n%s", complaint, m[1])
		}
	}
}

// A test of names that finds nothing wrong is worth nothing.
func TestCookbookNamesCanBeWrong(t *testing.T) {
	t.Parallel()
	tables := dictionary(t)
	for _, sql := range []string{"SELECT vin FROM 'try/latest/vehicle.parquet'", "SELECT fine FROM 'try/latest/violations.parquet'",
		"SELECT v.brand FROM 'try/latest/violations.parquet' v", "SELECT 1"} {
		if len(unknownNames(sql, tables)) != 1 {
			t.Errorf("%s: found %q", sql, unknownNames(sql, tables))
		}
	}
}

// unknownNames are the names in a query that are neither a column of the tables
// that it reads nor made by the query itself. Keywords are written in capitals.
func unknownNames(sql string, tables map[string][]string) []string {
	var out []string
	known := []string{"true", "hive_partitioning", "run_date"}
	files := tableFile.FindAllStringSubmatch(sql, -1)
	if len(files) == 0 {
		return []string{"no table of the data is read"}
	}
	for _, m := range files {
		columns, ok := tables[m[1]+m[2]]
		if !ok {
			out = append(out, "there is no table "+m[1]+m[2])
		}
		known = append(known, columns...)
	}
	if len(out) > 0 {
		return out
	}
	sql = quoted.ReplaceAllString(sql, "''")
	for _, m := range defined.FindAllStringSubmatch(sql, -1) {
		known = append(known, m[1]+m[2]+m[3])
	}
	if strings.Contains(sql, "INTO NAME dataset VALUE status") {
		known = append(known, "dataset", "status")
	}
	for _, m := range identifier.FindAllStringSubmatch(sql, -1) {
		if m[2] == "" && !slices.Contains(known, m[1]) {
			out = append(out, "there is no column "+m[1])
		}
	}
	return out
}
