package sources

import "testing"

// Tables in other notations than CSV are read where bars part them, and named where they are not.
func TestNotations(t *testing.T) {
	t.Parallel()
	row := "| " + vinA + " | 沪A12345 |\n"
	cells := vinA + " & 沪A12345 \\\\\n"
	checkFleets(t, map[string]fleetCase{
		"AsciiDoc of psql":     {file: "\n[options=\"header\",cols=\"<l,<l\",frame=\"none\"]\n|====\n^l|vin ^l|plate\n|" + vinA + " |沪A12345\n|====\n", err: "this is an AsciiDoc table, not CSV: export the list again as CSV (psql --csv"},
		"AsciiDoc, titled":     {file: ".Fleet\n[%header]\n|===\n|vin |plate\n" + row + "|===\n", err: "an AsciiDoc table"},
		"AsciiDoc, cells":      {file: "|===\n|vin\n|plate\n\n|" + vinA + "\n|沪A12345\n|===\n", err: "an AsciiDoc table"},
		"AsciiDoc, rows":       {file: "|===\n|vin |plate\n\n|" + vinA + " |沪A12345\n|===\n", want: []string{"4 " + vinA + " 沪A12345"}},
		"LaTeX":                {file: "\\begin{tabular}{l|l}\nvin & plate \\\\\n" + cells + "\\end{tabular}\n", err: "this is LaTeX, not CSV"},
		"LaTeX, a document":    {file: "% of today\n\\documentclass{article}\n\\begin{tabular}{ll}\nvin & plate \\\\\n" + cells, err: "this is LaTeX"},
		"LaTeX behind a title": {file: "Fleet\n\\begin{tabular}{ll}\nvin & plate \\\\\n" + cells, err: "this is LaTeX"},
		"a comment of LaTeX":   {file: "% of today\nvin,plate\n" + vinA + ",沪A12345\n", want: []string{"3 " + vinA + " 沪A12345"}},
		"reStructuredText":     {file: "+---+---+\n| vin | plate |\n+===+===+\n" + row + "+---+---+\n", want: []string{"4 " + vinA + " 沪A12345"}, said: "line 3 (a rule"},
		"reStructuredText, simple": {file: "=================  ========\nvin                plate\n=================  ========\n" + vinA + "  沪A12345\n=================  ========\n",
			err: "this is a reStructuredText table"},
		"reStructuredText, CSV": {file: ".. csv-table:: x\n   :header: \"vin\", \"plate\"\n\n   \"" + vinA + "\", \"沪A12345\"\n", err: "this is a reStructuredText table"},
		"HTML behind a title":   {file: "车辆\n<table>\n<tr><th>vin</th></tr>\n<tr><td>" + vinA + "</td></tr></table>\n", err: "this is HTML or XML"},
		"Jira of VisiData":      {file: "||vin ||plate |\n|" + vinA + " |沪A12345 |\n", err: "this is a table of Confluence or Jira"},
		"MediaWiki":             {file: "{| class=\"wikitable\"\n! vin !! plate\n|-\n| " + vinA + " || 沪A12345\n|}\n", err: "this is a table of MediaWiki"},
		"MediaWiki, titled":     {file: "== 车辆 ==\n{|\n! vin !! plate\n|-\n| " + vinA + " || 沪A12345\n|}\n", err: "this is a table of MediaWiki"},
		"Emacs":                 {file: "#+TITLE: list\n| vin | plate |\n|-----+-------|\n" + row + "#+TBLFM: $2=x\n", want: []string{"4 " + vinA + " 沪A12345"}, said: "line 3 (a rule"},
		"Confluence":            {file: "||vin||plate||\n" + row, err: "this is a table of Confluence or Jira"},
		"DokuWiki":              {file: "^ vin ^ plate ^\n" + row, err: "this is a table of DokuWiki"},
		"Textile":               {file: "|_. vin |_. plate |\n" + row, want: []string{"2 " + vinA + " 沪A12345"}},
		"psql, expanded":        {file: "-[ RECORD 1 ]---\nvin   | " + vinA + "\nplate | 沪A12345\n", err: "this is a list of records with a value on each line|without \\x"},
		"mysql, vertical":       {file: "*************************** 1. row ***************************\n  vin: " + vinA + "\nplate: 沪A12345\n", err: "this is a list of records"},
		"troff":                 {file: ".LP\n.TS\ncenter;\nl | l.\nvin\tplate\n_\n" + vinA + "\t沪A12345\n.TE\n", err: "this is a troff table"},
		"YAML":                  {file: "- vin: " + vinA + "\n  plate: 沪A12345\n", err: "this is YAML"},
		"a title with a dash":   {file: "- Note: all\nvin,plate\n" + vinA + ",沪A12345\n", want: []string{"3 " + vinA + " 沪A12345"}},
		"INI":                   {file: "[1]\nvin=" + vinA + "\nplate=沪A12345\n", err: "this is an INI or TOML file"},
		"TOML":                  {file: "[[car]]\nvin = \"" + vinA + "\"\n", err: "this is an INI or TOML file"},
		"a title in brackets":   {file: "[Fleet 2026]\nvin,plate\n" + vinA + ",沪A12345\n", want: []string{"3 " + vinA + " 沪A12345"}, said: `line 1 ("[Fleet 2026]")`},
		"rtf":                   {file: "{\\rtf1\\ansi vin}\n", err: "this is a text with formatting (rtf)"},
		"BBCode":                {file: "[table][tr][td]vin[/td][/tr][/table]", err: "a table of a forum"},
		"JSON, an object":       {file: "{\n \"vin\": 1}", err: "this is JSON, not CSV: save it as CSV with a header"},
		"JSON, of Python":       {file: "{'vin': 1}", err: "this is JSON"},
		"JSON, lists":           {file: "[ [\"vin\"],\n[1]]", err: "this is JSON"},
		"JSON, numbers":         {file: "[1, 2]", err: "this is JSON"},
		"JSON, empty":           {file: "[]", err: "this is JSON"},
	})
}
