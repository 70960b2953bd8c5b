package sources

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

const pageHead = `# Inputs

What a file of vehicles may look like: every name of a column, every unit, every word for "not known", every kind of
file. It is made from the tables that the program reads with: ` + "`go generate ./sources`" + ` writes it again, and a test checks
that it is current.

What is not sure is never guessed. A row, a value or a file is read, or skipped and said, or refused with what to do.

## Files

What a file is, is seen in it and not in its name; ` + "`-`" + ` is stdin.

| file | what is read |
| --- | --- |
`

const pageColumns = `
## Columns

A table has a header; its columns may stand in any order, and those that are not known are ignored and named. A name is
compared in any case and width, in simplified or traditional characters, without spaces, line breaks, brackets, underscores
and marks: ` + "`VIN No.`, `vin_no` and `（VIN NO）`" + ` are one. Several names of one column in one header are that column
(` + "`车辆识别代号/车架号`" + `), and so is a name beside its unit. A distance of a year or a month (` + "`年均里程`, `行驶里程/年`, `km/year`" + `) is no mileage: it is ignored and
said. ` + "`Engine/No` and `Engine (号码)`" + ` are the engine number; ` + "`Engine (Code)`" + ` may be its type, and is ignored; ` + "`发动机号(后6位)`" + ` is a part of it, and vendors are asked with all of it. Two headers that mean the same column are refused.

Titles above the header and headers of two rows are understood; sums, signatures, notes and repeated headers are skipped and said with
their rows. Names of question marks alone are what is left of Chinese ones in an encoding without them; export such a list again. A file whose VINs or plates stand under a name that is not known is refused: rename that column (all that hold such are named). So is a
file with other vehicles in columns without a name, or with two lists side by side: put one under the other. Other vehicles under a name that is not
known are said.

`

const pageIdentifiers = `
## Identifiers

VIN, plate and engine number are texts from end to end. They are trimmed, put in upper case and folded (NFKC: full-width forms
become plain), characters that cannot be seen are dropped, and so are the ' and ="…" of spreadsheets and a pair of '…' around any
value or name. An engine number with a quote left at one end is refused.

- **VIN.** 17 letters and digits without I, O and Q. A wrong check digit is a remark; with ` + "`--strict-vin`, or `strict_vin: true`" + ` in
  ` + "`batch.yaml`" + `, it is a fault, and nothing is bought.
- **A VIN with a note** is taken out of its text, with a remark: behind a label (` + "`VIN:…`, `车架号：…`" + `), in front of a note
  (` + "`…(过户)`, `… 已售`" + `), between marks (` + "`*…*`" + `), in parts (` + "`LSVAA 4182 E218 4847`" + `). Where letters or digits beside it may belong to it,
  its check digit must be right. ` + "`#…`" + ` may be a row that was commented out, and is refused.
- **Several VINs** in a cell are refused: each vehicle has a row of its own. In a copy of the failures leave one in the cell, and give the others in a new list.
- **Plate.** The separator dot, dashes and inner spaces go; traditional characters (粵, 滬) become those of the plate, with a remark. A note
  is taken off (` + "`粤B12345(公司车)`" + `), unless it says that the plate is another now (原, 旧, 注销) or of another colour than its form; then write
  the plate alone, and its type into ` + "`plate_type`" + `. Several plates in a cell, and temporary plates (临), are refused.
- **Engine number.** Any letters A-Z, digits and marks, without anything in brackets before or behind it (` + "`123456(EA888)`" + ` is refused). A label (` + "`No.`, `NO:`, `Engine No.`" + `, 号, 发动机号：) and bullets before it (· • ★ ^, and a * at either end) are taken off, with a
  remark; one that begins with another mark (` + "`#`, `~`, `_`, `-`, `.`, `/`, `N/`" + `) is refused, for the mark may be a part of it. Between the marks of Markdown (` + "`**E1**`" + `) it is refused, and so is a formula (` + "`=A2&B2`" + `).
- **Letters of other scripts** that look like Latin ones (Cyrillic А, Greek Ο) are refused by their code point: which key was meant is
  not sure.
- **What a spreadsheet has destroyed** (` + "`1.2E+16`, `####`, `#N/A`" + `) is refused.

## Unknown values

These words are as good as an empty cell, in any case and width and in brackets; so are marks alone (` + "`-`, `—`, `/`, `？`" + `). Each is said
once for its column, with the number of cells. A value with a digit is never one of them.

| column | words |
| --- | --- |
`

const pageDistances = `
## Distances and months

A mileage is whole km. Read are ` + "`36200`, `36,200`, `36 200`, `36'200`, `1.036.200`, `36200.0`, `3.62万`, `3.62万公里`, `3.6w`" + ` and each of them
with 公里, 千米 or km. A unit in the header counts for every value that names none:

| unit of the column | words |
| --- | --- |
`

const pageBounds = `
- A value may be off whole km by a millimetre, which is the noise of binary numbers: ` + "`11299.999999999998`" + ` is 11300.
- Refused by name are: ` + "`36.200`" + ` (36,200 or 36.2?), ` + "`约3万公里`" + ` and the like, exponents (` + "`1E+05`" + `), other units than km, what is below 0,
  more than %s km, and 999999, which lists write where nothing is known.
- A month is read from ` + "`2022-01`, `2022-01-15`, `2022/1`, `2022.1.15`, `2022年1月`, `202201`, `20220115`, `2022 年 1 月 15 日`, `2022年1月份`, `2022.01.`, `1/2022`, `22年1月`, `二〇二二年一月`" + `, with a time of day or without (one with
  its zone, ` + "`2021-12-31T16:00:00Z`" + `, is in the month that it is in China). Refused are
  what the calendar does not have, what is before %s (1900-01 and 1970-01 are what programs write for "no date"), ` + "`2018.1`" + `, which programs make of 2018.10, unless
  other months of its column show that somebody writes January so (2018.9, 2018.10), and a month after that of the run, in China.
- A mileage of more than 31,000 km for each month since the first registration, that of the run included, is refused. A mileage of 0 from
  24 months on is a remark.

A value that is refused stops the lookups that need its column. A VIN or a row that is refused stops all of its row, and so does a month or a
distance that can be read and cannot be (too early, in the future, too far): the values may stand in each other's columns. Correct it, or leave
it empty in the list itself: then what needs it is not bought. In a copy of the failures an empty cell corrects nothing. All that is known before anything is bought: ` + "`batch plan`" + ` counts it.
`

// Page is docs/inputs.md: all that a file of vehicles may hold, out of the tables
// that files are read with.
func Page() []byte {
	var b bytes.Buffer
	b.WriteString(pageHead)
	for _, k := range kinds() {
		fmt.Fprintf(&b, "| %s | %s |\n", k[0], k[1])
	}
	b.WriteString(pageColumns)
	pageNames(&b)
	b.WriteString(pageLists)
	b.WriteString(pageIdentifiers)
	fmt.Fprintf(&b, "| all | %s |\n", codes(unknownWords))
	for _, column := range record.InputColumns() {
		if words := unknownOf[column]; len(words) > 0 {
			fmt.Fprintf(&b, "| `%s` | %s |\n", column, codes(words))
		}
	}
	b.WriteString(pageDistances)
	pageUnits(&b)
	fmt.Fprintf(&b, pageBounds, thousands(maxMileageKM), firstMonth)
	return b.Bytes()
}

// kinds are the kinds of files, and what is read of each.
func kinds() [][2]string {
	return [][2]string{
		{"CSV", fmt.Sprintf("%s, with or without a byte order mark, UTF-16 with one, or %s (which holds GBK and GB2312); separated by %s, also named by a line `sep=;`; "+
			"LF, CRLF or CR; quoted fields", encUTF8, encGB18030, delimiterNames())},
		{KindXLSX, "`.xlsx` and `.xlsm`: the first sheet that is not hidden and has a header, or `--sheet NAME`"},
		{KindParquet, "texts, numbers, dates and moments: [parquet.md](parquet.md) says what each type is read as"},
		{"failure ledger", "`failures.csv`, `.xlsx` or `.parquet` of a run, corrected: it mends that run"},
		{"others", "refused by name with what to do instead: " + strings.Join(refusedKinds(), ", ") + ", CSV in Big5"},
	}
}

// delimiterNames are the delimiters in words.
func delimiterNames() string {
	names := map[rune]string{',': "comma", ';': "semicolon", '\t': "tab", '|': "bar"}
	var out []string
	for _, d := range delimiters {
		out = append(out, names[d])
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}

// refusedKinds are the files that are known and not read.
func refusedKinds() []string {
	var out []string
	add := func(what string) {
		what, _, _ = strings.Cut(what, ", which")
		if !slices.Contains(out, what) && !strings.Contains(what, "xlsx)") && !strings.Contains(what, "Parquet") {
			out = append(out, what)
		}
	}
	for _, m := range magics {
		add(m.what)
	}
	for _, s := range shapes {
		add(s.what)
	}
	for _, z := range otherZips {
		add(z.what)
	}
	for _, d := range openDocuments {
		add(d.what)
	}
	return out
}

func pageNames(b *bytes.Buffer) {
	b.WriteString("| column | names |\n| --- | --- |\n")
	for _, column := range record.InputColumns() {
		var names []string
		for _, a := range aliases {
			if a.column == column {
				names = append(names, a.names...)
			}
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", column, codes(names))
	}
}

func pageUnits(b *bytes.Buffer) {
	words := map[string][]string{}
	for _, m := range measures {
		what := m.refused
		switch {
		case what != "":
			what = "refused: " + what
		case m.unit == unitWanKM:
			what = "10,000 km"
		default:
			what = "km"
		}
		words[what] = append(words[what], m.word)
	}
	for _, what := range sortedUnits(words) {
		fmt.Fprintf(b, "| %s | %s |\n", what, codes(words[what]))
	}
}

// sortedUnits puts what is read before what is refused.
func sortedUnits(words map[string][]string) []string {
	var out []string
	for what := range words {
		out = append(out, what)
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(boolOrder(strings.HasPrefix(a, "refused"), strings.HasPrefix(b, "refused")), strings.Compare(a, b))
	})
	return out
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// codes lists words as Markdown code in a table.
func codes(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + strings.ReplaceAll(w, "|", `\|`) + "`"
	}
	return strings.Join(out, ", ")
}

// thousands writes a number with commas between its thousands.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
