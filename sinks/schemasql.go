package sinks

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// schemaName is the file that makes tables of the CSV files in DuckDB.
const schemaName = "schema.sql"

// schemaSQL is the document schema.sql: a table for each CSV file, with the types
// and nulls that the Parquet files have. The same tables give the same bytes.
type schemaSQL struct{ tables []tableSpec }

var _ Document = schemaSQL{}

const schemaHead = `-- Makes tables of the CSV files beside it, with the types of docs/tables.md. In this folder:
--   duckdb fleet.duckdb < schema.sql
-- Left to itself a reader takes identifiers for numbers where no zero stands in front of the first of them.

-- A text that a spreadsheet would run stands in CSV with an apostrophe more in front.
CREATE OR REPLACE TEMP MACRO plain(t) AS regexp_replace(t, '^''(''*[=+\-@\t\r\n＝＋－＠])', '\1');
-- The parts of a list; one that holds "; " itself has a no-break space there.
CREATE OR REPLACE TEMP MACRO parts(t) AS CASE WHEN t IS NULL THEN []
  ELSE [replace(part, ';' || chr(160), '; ') FOR part IN string_split(plain(t), '; ')] END;
`

// Render writes the document.
func (s schemaSQL) Render(to io.Writer) error {
	var b bytes.Buffer
	b.WriteString(schemaHead)
	for i := range s.tables {
		s.tables[i].sql(&b)
	}
	_, err := to.Write(b.Bytes())
	return err
}

// sql writes the statements of a table.
func (t *tableSpec) sql(b *bytes.Buffer) {
	fmt.Fprintf(b, "\nCREATE OR REPLACE TABLE %s AS SELECT\n", sqlName(t.name))
	for i := range t.columns {
		c := &t.columns[i]
		fmt.Fprintf(b, "  %s AS %s%s\n", c.sqlValue(), sqlName(c.name), comma(i, len(t.columns)))
	}
	fmt.Fprintf(b, "FROM read_csv('%s', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {\n",
		fileName(t.name, CSV))
	for i := range t.columns {
		c := &t.columns[i]
		fmt.Fprintf(b, "  '%s': '%s'%s\n", c.name, kinds[c.kind].inSQL, comma(i, len(t.columns)))
	}
	b.WriteString("});\n")
	fmt.Fprintf(b, "COMMENT ON TABLE %s IS %s;\n", sqlName(t.name), sqlText("A row is "+t.row+"."))
	for i := range t.columns {
		fmt.Fprintf(b, "COMMENT ON COLUMN %s.%s IS %s;\n", sqlName(t.name), sqlName(t.columns[i].name), sqlText(t.columns[i].description))
	}
}

func comma(i, of int) string {
	if i == of-1 {
		return ""
	}
	return ","
}

// sqlName quotes a name: some columns are called as keywords are.
func sqlName(s string) string { return `"` + s + `"` }

func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// sqlValue makes the column's value of what was read. A null list is an empty
// field as an empty one is; the flags beside it tell which it is.
func (s *columnSpec) sqlValue() string {
	name := sqlName(s.name)
	switch s.kind {
	case kindText:
		return "plain(" + name + ")"
	case kindList:
		return "parts(" + name + ")"
	case kindNumbers:
		known := name + " IS NOT NULL"
		for _, flag := range s.flags {
			known += " OR " + sqlName(flag)
		}
		return "CASE WHEN " + known + " THEN parts(" + name + ")::BIGINT[] END"
	}
	return name
}
