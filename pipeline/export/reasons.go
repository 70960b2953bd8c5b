package export

import (
	"slices"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Reason is what was said of some rows of a cause. Messages count as the same if they differ only
// in numbers, identifiers, single letters and quoted text.
type Reason struct {
	Message string  // the message of the first row
	Rows    int64   // how many rows it was said of
	First   []int64 // the numbers of the first of them
	kind    string
	lastRow int64 // the last row that was counted
}

// firstRows is how many rows a reason lists.
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
