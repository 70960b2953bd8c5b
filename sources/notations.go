package sources

import "regexp"

// notation is a way to write a table, or anything else, as text that is not CSV.
type notation struct {
	looks      *regexp.Regexp
	what, hint string
}

const (
	asCSV    = "have the program that wrote it write CSV or xlsx"
	fromJSON = "save it as CSV with a header"
	// fromDatabase are what to do with what the programs of databases show on the screen.
	fromDatabase = "export the list again as CSV (psql --csv, or mysql --batch, which parts values by tabs)"
)

// shapes are texts that are known by how they begin.
var shapes = []notation{
	{regexp.MustCompile(`^ID;P[^\r\n]*(?:\r\n?|\n)(?:P|B|C|F|O|NN|NE|NU|W);`), "a SYLK file (slk)", fromSpreadsheet},
	{regexp.MustCompile(`(?i)^(?:--[^\r\n]*[\r\n\s]*|/\*[^\r\n]*[\r\n\s]*)*(?:INSERT\s+INTO|CREATE\s+TABLE|PRAGMA\s+foreign_keys|BEGIN\s+TRANSACTION|DROP\s+TABLE|SET\s+\w+\s*=)\b`), "an SQL script", "run it in the database, and export the table as CSV or xlsx"},
	{regexp.MustCompile(`^TABLE[ \t]*(?:\r\n?|\n)0,1[ \t]*[\r\n]`), "a DIF file", fromSpreadsheet},
	{regexp.MustCompile(`^\{\s*(?:["'}]|\w+\s*:|$)|^\[\s*(?:[{"'\]]|\[\s*["'\d\[{\]-]|-?\d[\d.]*\s*,|$)`), "JSON", fromJSON},
	{regexp.MustCompile(`^\{\\rtf`), "a text with formatting (rtf)", "copy the table in it into a spreadsheet and save that as xlsx"},
	{regexp.MustCompile(`^\{\|`), "a table of MediaWiki", asCSV},
	{regexp.MustCompile(`^(?:h\d\.[^\r\n]*\s+)?\|\|[^|\r\n]+\|\|[^\r\n]*\|[ \t]*[\r\n]`), "a table of Confluence or Jira", asCSV},
	{regexp.MustCompile(`^\^[^\^\r\n]+\^[^\r\n]*\^[ \t]*[\r\n]`), "a table of DokuWiki", asCSV},
	{regexp.MustCompile(`^(?:\.\w[^\r\n]*\s+)?\[[^\r\n]*\]\s+\|={3,}\s|^(?:\.\w[^\r\n]*\s+)?\|={3,}\s+(?:[^|\r\n]*\|[^|\r\n]*[\r\n]|[^\s|]+\|)`), "an AsciiDoc table", fromDatabase},
	{regexp.MustCompile(`^(?:%[^\r\n]*\s+)*\\(?:begin|documentclass|usepackage|hline|toprule)\b`), "LaTeX", fromDatabase},
	{regexp.MustCompile(`^\.\. +(?:csv-|list-)?table::`), "a reStructuredText table", asCSV},
	{regexp.MustCompile(`^\.(?:TS|LP|PP|SH|TH)\b[^\r\n]{0,80}[\r\n]`), "a troff table", fromDatabase},
	{regexp.MustCompile(`^-\[ RECORD \d+ \]|^\*{5,} \d+\. row \*{5,}`), "a list of records with a value on each line", fromDatabase + ", without \\x or \\G"},
	{regexp.MustCompile(`^\[table\b|^\[tr\]`), "a table of a forum (BBCode)", asCSV},
	{regexp.MustCompile(`^\[{1,2}[\w .-]+\]{1,2}\s+[\w.-]+ *= *[^=,;\t]`), "an INI or TOML file", asCSV},
	{regexp.MustCompile(`^#table\(`), "a table of Typst", asCSV},
}

// further are texts that are known by a line somewhere in them, where no header is found.
var further = []notation{
	{regexp.MustCompile(`(?im)^[ \t]*<(?:table|html|thead|tr)\b`), "HTML or XML, which some programs name .xls or .csv", fromSpreadsheet},
	{regexp.MustCompile(`(?m)^[ \t]*\\begin\{(?:tabular|longtable|tabu|array|center|table)`), "LaTeX", fromDatabase},
	{regexp.MustCompile(`(?m)^\{\|`), "a table of MediaWiki", asCSV},
	{regexp.MustCompile(`(?m)^\|={3,}[ \t]*\r?$`), "an AsciiDoc table", fromDatabase},
	{regexp.MustCompile(`(?m)^=+(?: +=+)+[ \t]*\r?$|^\.\. +(?:csv-|list-)?table::`), "a reStructuredText table", asCSV},
	{regexp.MustCompile(`^(?:---\s+)?- [^\s:]+: [^\r\n]*\r?\n +[^\s:]+: `), "YAML", asCSV},
	{regexp.MustCompile(`(?m)^\*{5,} \d+\. row \*{5,}|^-\[ RECORD \d+ \]`), "a list of records with a value on each line", fromDatabase + ", without \\x or \\G"},
}

// notationOf names a text that is written in one of some ways, nil when it is in none.
func notationOf(some []notation, text []byte) *InputError {
	for _, n := range some {
		if n.looks.Match(text) {
			return &InputError{Problem: "this is " + n.what + ", not CSV", Hint: n.hint}
		}
	}
	return nil
}
