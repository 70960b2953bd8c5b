package export

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Reason is what was said of some rows of a cause. Messages count as the same if they differ only
// in numbers that are no lengths, in identifiers, single letters and quoted text.
type Reason struct {
	Message string  // the message of the first row
	Value   string  // the value in the first row that it is about, "" if it is about none or there is none
	Line    int64   // where the first row stands: its line in a text, its row in a sheet
	Rows    int64   // how many rows it was said of
	First   []int64 // the numbers of the first of them
	kind    string
	lastRow int64 // the last row that was counted
}

// said is a message about a row, with the value that it is about.
type said struct{ text, value string }

// firstRows is how many rows a reason lists.
const firstRows = 3

// remark counts a row for each of the messages about it.
func (c *Cause) remark(v *record.Vehicle, messages []said) {
	row := v.Row
	for _, m := range messages {
		kind := strings.Join(lengths.FindAllString(m.text, -1), " ") + kindOf(m.text)
		i := slices.IndexFunc(c.Reasons, func(r Reason) bool { return r.kind == kind })
		if i < 0 {
			c.Reasons = append(c.Reasons, Reason{Message: m.text, Value: m.value, Line: v.Line, kind: kind})
			i = len(c.Reasons) - 1
		}
		r := &c.Reasons[i]
		if r.lastRow == row {
			continue
		}
		r.lastRow = row
		if r.Rows++; len(r.First) < firstRows {
			r.First = append(r.First, row)
		}
	}
}

// lengths are what tells two mistakes apart that are said in the same words: a VIN of 16 characters lacks one, a VIN of
// 18 has one too many.
var lengths = regexp.MustCompile(`\d+ characters`)

// kindOf is a message without what may differ between rows: "16 fields" and "18 fields" are the
// same mistake.
func kindOf(message string) string {
	var words []string
	for i, part := range strings.Split(message, `"`) {
		if i%2 == 1 {
			continue
		}
		for _, word := range strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) > 1 && !strings.ContainsFunc(word, unicode.IsDigit) { // a single letter is part of a value
				words = append(words, word)
			}
		}
	}
	return strings.Join(words, " ")
}

// rowFaults are what stopped a lookup that no vendor was asked for: the faults of its row, and the
// columns that were missing besides.
func rowFaults(row *ledger.Row, k *ledger.Lookup) (faults []record.Fault, missing []string) {
	missing = strings.Fields(k.Code)
	if k.Class == record.MissingInput {
		return nil, missing
	}
	for _, f := range row.Vehicle.Faults {
		if strings.Contains(k.Message, f.Text()) {
			faults = append(faults, f)
			missing = slices.DeleteFunc(missing, func(c string) bool { return c == f.Column })
		}
	}
	if len(faults) == 0 { // the row was corrected since, but the failure was taken over
		for _, c := range missing {
			faults = append(faults, record.Fault{Column: c})
		}
		return faults, nil
	}
	return faults, missing
}

// faultyColumns are the columns of faults, each once; a fault of a row has none.
func faultyColumns(faults []record.Fault) []string {
	var out []string
	for _, f := range faults {
		if f.Column != "" && !slices.Contains(out, f.Column) {
			out = append(out, f.Column)
		}
	}
	return out
}

// inRow makes a cause of what is wrong with a row or missing in it, and returns the messages about
// it, one by one.
func (c *Cause) inRow(row *ledger.Row, k *ledger.Lookup, nowhere []string) []said {
	faults, missing := rowFaults(row, k)
	if rest := without(missing, nowhere); len(rest) > 0 || c.Class != record.MissingInput {
		missing = rest
	} else {
		c.Nowhere = true
	}
	c.Columns, c.Fill = append(faultyColumns(faults), missing...), missing
	whole := slices.IndexFunc(faults, func(f record.Fault) bool { return f.Column == "" })
	switch {
	case c.Class == record.MissingInput:
		c.first = strings.Join(missing, " ")
	case whole >= 0:
		c.WholeRow, c.kind = true, kindOf(faults[whole].Reason)
	case len(c.Columns) > 0:
		c.first = c.Columns[0]
	default:
		c.WholeRow, c.kind = true, kindOf(c.Message)
	}
	var out []said
	for _, f := range faults {
		if f.Reason != "" {
			out = append(out, said{f.Text(), row.Vehicle.Value(f.Column)})
		}
	}
	if len(out) == 0 && (len(nowhere) == 0 || c.Class != record.MissingInput) {
		return []said{{text: k.Message}}
	}
	if len(missing) > 0 {
		out = append(out, said{text: record.Needs(k.Vendor, missing)})
	}
	return out
}

// absences counts, for each dataset, how many lookups there are and how many of them lack a column.
type absences map[record.Dataset]*absence

type absence struct {
	lookups int
	lacking map[string]int
}

func (a absences) count(k *ledger.Lookup) {
	of := a[k.Dataset]
	if of == nil {
		of = &absence{lacking: map[string]int{}}
		a[k.Dataset] = of
	}
	of.lookups++
	if k.State == ledger.Failed && (k.Class == record.InvalidInput || k.Class == record.MissingInput) {
		for _, column := range strings.Fields(k.Code) {
			of.lacking[column]++
		}
	}
}

// fewLookups are too few to tell that a list lacks a column and not only its rows.
const fewLookups = 3

// nowhere are the columns of a dataset that no row of the list has a value of. They are said once: to ask every row for
// them would hide what is wrong with the rows.
func (a absences) nowhere(d record.Dataset) []string {
	of := a[d]
	if of == nil || of.lookups < fewLookups {
		return nil
	}
	var out []string
	for _, column := range slices.Sorted(maps.Keys(of.lacking)) {
		if of.lacking[column] == of.lookups {
			out = append(out, column)
		}
	}
	return out
}

// merge adds the columns of another row with the same cause.
func (c *Cause) merge(other *Cause) {
	add := func(to *[]string, columns []string) {
		for _, column := range columns {
			if !slices.Contains(*to, column) {
				*to = append(*to, column)
			}
		}
	}
	add(&c.correct, without(other.Columns, other.Fill))
	add(&c.Fill, other.Fill)
	// A column that is wrong in one row and missing in another is listed once.
	c.Columns = slices.Clone(c.correct)
	add(&c.Columns, c.Fill)
}

// Correct are the columns to correct.
func (c *Cause) Correct() []string { return slices.Clone(c.correct) }

// without is a list without the elements of another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
