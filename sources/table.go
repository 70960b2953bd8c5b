package sources

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Record is one record of a table: a line of a CSV, or a row of a sheet.
type Record struct {
	// Cells are trimmed; a record that is shorter than the header is filled up with "".
	Cells []string
	Line  int64 // physical line on which it begins, or row of the sheet; 1 is the first
	// Wrong says why the cells may not be what was meant, "" when nothing is wrong.
	Wrong string
}

// records yields the records of a table that hold any text, one after the other,
// and io.EOF at the end.
type records interface {
	next() (Record, error)
}

// Table reads any CSV or sheet with a header as texts. Text may stand above the
// header: the header is the record that the caller knows best. Nothing is known
// of the columns. It is not safe for concurrent use.
type Table struct {
	Headers    []string
	HeaderLine int64
	// Above are the records that stand above the header.
	Above []Record
	// Notes are what the user may want to know of how the file was understood.
	Notes []string

	name    string
	records records
}

// Score says how well a record would do as the header: more columns of those
// that are looked for, and whole when nothing is missing. A record of data is 0.
type Score func(cells []string) (known int, whole bool)

const (
	// largestTable bounds a table in bytes: it is held in memory.
	largestTable = 256 << 20
	// aboveHeader is how many records with text are looked at for the header.
	aboveHeader = 60
	// leastKnown is how many known columns make a header below other text.
	leastKnown = 2
)

// OpenTable reads r to its end and finds the header. sheet names the sheet of a
// workbook; "" is the first that is not hidden and has a whole header. Errors are
// *InputError; name stands in messages.
func OpenTable(r io.Reader, name, sheet string, score Score) (*Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestTable+1))
	if err != nil {
		return nil, readError(name, 0, err)
	}
	if len(data) > largestTable {
		return nil, &InputError{Name: name, Problem: fmt.Sprintf("the table is larger than %d MiB", largestTable>>20), Hint: "split it, by month for example, and give the parts one by one"}
	}
	t := &Table{name: name}
	switch {
	case bytes.HasPrefix(data, []byte(magicZip)):
		return t, t.openSheet(data, sheet, score)
	case bytes.HasPrefix(data, []byte(magicOLE)):
		return nil, oldWorkbook(bytes.NewReader(data), int64(len(data)), name)
	case sheet != "":
		return nil, &InputError{Name: name, Problem: "only an Excel workbook has sheets, and this is none", Hint: "leave --sheet out"}
	}
	return t, t.openText(data, score)
}

// candidate is a record that may be the header.
type candidate struct {
	at, known, filled int // at: its number among the records with text
	whole             bool
}

// better tells whether a record is more of a header than another. Among those
// of which too little is known, the one with most cells says best what is there.
func (c candidate) better(than candidate) bool {
	switch {
	case c.whole != than.whole:
		return c.whole
	case c.known >= leastKnown || than.known >= leastKnown:
		return c.known > than.known
	}
	return c.filled > than.filled
}

// bestHeader looks for the header among the first records: the first that is whole, for another
// table may stand below. It is at -1 when there are none.
func bestHeader(from records, score Score) candidate {
	best := candidate{at: -1}
	for at := range aboveHeader {
		r, err := from.next()
		if err != nil {
			break
		}
		c := candidate{at: at, filled: filled(r.Cells)}
		c.known, c.whole = score(r.Cells)
		if best.at < 0 || c.better(best) {
			best = c
		}
		if c.whole {
			break
		}
	}
	return best
}

// begin goes to the header.
func (t *Table) begin(from records, header int) error {
	t.records = from
	for range header {
		r, err := from.next()
		if err != nil {
			return err
		}
		t.Above = append(t.Above, r)
	}
	r, err := from.next()
	if err != nil {
		return err
	}
	t.Headers, t.HeaderLine = r.Cells, r.Line
	return nil
}

// Next returns the next record that holds any text. It returns io.EOF at the
// end, and an *InputError when the file cannot go on.
func (t *Table) Next() (Record, error) {
	r, err := t.records.next()
	if err != nil {
		return Record{}, err
	}
	for len(r.Cells) < len(t.Headers) {
		r.Cells = append(r.Cells, "")
	}
	return r, nil
}

// Wrong makes an error about a line of the file; line 0 is the whole.
func (t *Table) Wrong(line int64, problem, hint string) error {
	return &InputError{Name: t.name, Line: line, Problem: problem, Hint: hint}
}

// Column finds the column with the first of these names that is there, -1 when
// none is. Case, width, space, brackets and underscores do not count.
func (t *Table) Column(names ...string) int {
	for _, name := range names {
		folded := foldHeader(name)
		if i := slices.IndexFunc(t.Headers, func(h string) bool { return foldHeader(h) == folded }); i >= 0 {
			return i
		}
	}
	return -1
}

// FoldHeader brings a header to the form in which headers are compared: without case,
// width, space, brackets and underscores.
func FoldHeader(s string) string { return foldHeader(s) }

// VehicleColumn finds the column that an input file would have under a
// canonical name (record.ColVIN, …), -1 when there is none.
func (t *Table) VehicleColumn(column string) int {
	return slices.IndexFunc(t.Headers, func(h string) bool { return canonical(h) == column })
}

// VehicleIn finds the vehicle that a text names among other words, such as 维保查询 LSV…: its VIN, or
// else its plate. They are "" where there is none, and where there are several. A run of 17
// characters is a VIN where its check digit is right, or where it begins as those of China do.
func VehicleIn(text string) (vin, plate string) {
	clean := CleanIdentifier(text)
	vins := slices.DeleteFunc(alnumRun.FindAllString(clean, -1), func(s string) bool {
		return !isVIN(s) || CheckDigit(s) != nil && s[0] != 'L'
	})
	slices.Sort(vins)
	if vins = slices.Compact(vins); len(vins) > 0 {
		return only(vins), ""
	}
	plates := slices.DeleteFunc(plateRun.FindAllString(clean, -1), func(s string) bool { return !isPlate(s) })
	for i := range plates {
		plates[i] = CleanPlate(plates[i])
	}
	slices.Sort(plates)
	return "", only(slices.Compact(plates))
}

// only is the only one of some texts, "" where there are none or several.
func only(texts []string) string {
	if len(texts) != 1 {
		return ""
	}
	return texts[0]
}

// String names the headers, for a message.
func (t *Table) String() string {
	return fmt.Sprint("the columns are ", listHeaders(slices.DeleteFunc(slices.Clone(t.Headers), func(h string) bool { return strings.TrimSpace(h) == "" })))
}
