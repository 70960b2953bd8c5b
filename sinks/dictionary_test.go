package sinks

import (
	"bytes"
	"fmt"
	"strings"
)

const dictionaryHead = `# Tables

The data dictionary of a run's outputs. It is made from the definitions that write the files:
` + "`go generate ./sinks`" + ` writes it again, and a test checks that it is current.

- Unknown is null, never 0, false or an empty text; in CSV null is an empty field.
- Identifiers and codes are strings. Money is in yuan with two places. Distances are whole kilometres.
- Moments are in UTC with microseconds; in CSV they are RFC 3339 with +08:00. Days are days in China.
- In CSV and in workbooks a list is joined by "; ", and a part that holds "; " itself has a no-break space there. CSV files are UTF-8,
  lines end with LF. In Chinese runs, or with ` + "`csv: {bom: true}`" + ` in ` + "`batch.yaml`" + `, they begin with a byte order mark.
- ` + "`problems`" + ` and ` + "`condition_source`" + ` are lists that are never null: empty where there is nothing to say. ` + "`rollback_seqs`" + ` and
  ` + "`accident_seqs`" + ` may be null, which CSV, workbooks and engines without null lists (ClickHouse) cannot tell from empty. Ask
  the flags beside them: ` + "`rollback_seqs`" + ` is null where ` + "`odometer_rollback`" + ` is not true, ` + "`accident_seqs`" + ` where none of ` + "`accident`" + `,
  ` + "`structural`" + `, ` + "`component`" + ` and ` + "`exterior`" + ` is true.
- In CSV a text that a spreadsheet would run (it begins with =, +, -, @, a tab or a line break, also in wide form, and is
  no plain number) has an apostrophe in front, and one that begins with apostrophes before such a mark has one more:
  take one off. ` + "`'=1+1`" + ` is the text =1+1. Parquet has the text itself, and the input of this program takes apostrophes off.
- A vendor's answer may be in UTF-8, in GB18030 (GBK, GB2312) or in UTF-16. Where characters are broken in it, ` + "`problems`" + ` says so.
  What its texts have of a page (` + "`&nbsp;`, `<br>`" + `) becomes plain text.
- In Parquet description, unit and source stand in the metadata of each field (` + "`ARROW:schema`" + `).
- In ` + "`batch.xlsx`" + ` each table is a sheet of its name, a table of more than 1,048,575 rows goes on in ` + "`violations_2`" + ` and so on,
  and the sheet ` + "`columns`" + ` holds this dictionary. Identifiers, codes and lists (joined by "; ") are texts and never formulas,
  money and counts are numbers, days and moments are dates in China's time, to the millisecond, flags are TRUE or FALSE,
  unknown is an empty cell. A text is cut at the 32,767 characters that a cell can hold, control characters become U+FFFD,
  and dates before March 1900 are texts: spreadsheets cannot count those. ` + "`failures.xlsx`" + ` is the sheet ` + "`failures`" + ` alone.
- Beside CSV files stand ` + "`datapackage.json`" + `, which has this dictionary for programs (a Frictionless Data Package), and
  ` + "`schema.sql`" + `, which makes tables of them in DuckDB with the types and nulls of Parquet.
- Characters that are not valid UTF-8 in a vendor's answer become U+FFFD.

Sources: ` + "`input`" + ` the file of vehicles, ` + "`vendor`" + ` the vendor's answer, ` + "`computed`" + ` worked out by this program,
` + "`ledger`" + ` its book of lookups and charges, ` + "`run`" + ` the run itself.
`

// Dictionary returns the data dictionary of all tables as Markdown.
func Dictionary() []byte {
	var b bytes.Buffer
	b.WriteString(dictionaryHead)
	fmt.Fprintf(&b, "\nSchema version: %d\n", SchemaVersion)
	for _, t := range tableSpecs() {
		t.describe(&b)
	}
	return b.Bytes()
}

func (t *tableSpec) describe(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n## %s\n\nA row is %s. Key: %s. Order: %s.\n\n", t.name, t.row, t.key, t.order)
	b.WriteString("| column | type | null | unit | source | description |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range t.columns {
		c := &t.columns[i]
		null := "no"
		if c.nullable {
			null = "yes"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", c.name, kinds[c.kind].name, null, c.unit, c.source,
			strings.ReplaceAll(c.description, "|", `\|`))
	}
}
