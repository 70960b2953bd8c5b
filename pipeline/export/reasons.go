package export

import (
	"slices"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Reason is what was said of some rows of a cause, in the same words but for
// numbers, identifiers, letters alone and what was quoted.
type Reason struct {
	Message string  // of the first row
	Rows    int64   // of which it was said
	First   []int64 // the first of them
	kind    string
	lastRow int64 // that was counted
}

// firstRows is how many rows a reason names.
const firstRows = 3

// remark counts a row for each of the messages about it.
func (c *Cause) remark(row int64, texts []string) {
	for _, text := range texts {
		kind := kindOf(text)
		i := slices.IndexFunc(c.Reasons, func(r Reason) bool { return r.kind == kind })
		if i < 0 {
			c.Reasons = append(c.Reasons, Reason{Message: text, kind: kind})
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

// kindOf is what a message says but for such things:
// rows of 16 and of 18 fields have the same mistake.
func kindOf(message string) string {
	var words []string
	for i, part := range strings.Split(message, `"`) {
		if i%2 == 1 {
			continue
		}
		for _, word := range strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) > 1 && !strings.ContainsFunc(word, unicode.IsDigit) { // a letter alone is one of a value
				words = append(words, word)
			}
		}
	}
	return strings.Join(words, " ")
}

// rowFaults are what stopped a lookup of a row that nobody was asked about: the
// faults, and the columns that were missing beside them.
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
	if len(faults) == 0 { // the row has been corrected since, and the failure was kept
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

// inRow makes a cause of what is wrong with a row or missing in it, and gives
// what was said of it, message by message.
func (c *Cause) inRow(row *ledger.Row, k *ledger.Lookup) []string {
	faults, missing := rowFaults(row, k)
	c.Columns, c.Fill = append(faultyColumns(faults), missing...), missing
	whole := slices.IndexFunc(faults, func(f record.Fault) bool { return f.Column == "" })
	switch {
	case c.Class == record.MissingInput:
		c.first = k.Code
	case whole >= 0:
		c.WholeRow, c.kind = true, kindOf(faults[whole].Reason)
	case len(c.Columns) > 0:
		c.first = c.Columns[0]
	default:
		c.WholeRow, c.kind = true, kindOf(c.Message)
	}
	var texts []string
	for _, f := range faults {
		if f.Reason != "" {
			texts = append(texts, f.Text())
		}
	}
	if len(texts) == 0 {
		return []string{k.Message}
	}
	if len(missing) > 0 {
		texts = append(texts, record.Needs(k.Vendor, missing))
	}
	return texts
}

// merge adds the columns of another row of the cause.
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
	// What is wrong in one row and missing in another is both, and stands once.
	c.Columns = slices.Clone(c.correct)
	add(&c.Columns, c.Fill)
}

// Correct are the columns to correct.
func (c *Cause) Correct() []string { return slices.Clone(c.correct) }

// without is a list without the elements of another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
