package sources

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/ahead"
	"vehiclebatch/sources/workbook"
)

// XLSX reads vehicles from one sheet of a workbook. Hidden rows are read as the
// others are, and said in Info; hidden sheets are read when they are named.
type XLSX struct {
	grid
	book  *workbook.Book
	sheet workbook.Sheet
	rows  *workbook.Rows // of pieces
	days  dayCount

	pieces *ahead.Pieces[someRows]
	some   []workbook.Row // of a piece, that are left
	at     int64          // the last row of the piece
	row    *workbook.Row  // under work
	merged merged

	comments comments
}

// OpenXLSX opens a workbook, finds its sheet and header, and reads the first row.
// Errors are *InputError; name stands in messages.
func OpenXLSX(r io.ReaderAt, size int64, name string, o Options) (*XLSX, error) {
	if other := otherZip(r, size); other != nil {
		other.Name = name
		return nil, other
	}
	book, err := workbook.Open(r, size)
	if err != nil {
		return nil, bookError(name, err)
	}
	x := &XLSX{grid: grid{name: name}, book: book, days: dayCount{from1904: book.Date1904}}
	l, err := x.choose(o.Sheet)
	if err != nil {
		x.Close()
		return nil, err
	}
	if o.Sheet == "" {
		x.apart.begin(x.sheet.Name)
		if isExample(x.sheet) {
			x.apart.heading = x.sheet.Name
		}
	}
	if err = x.start(l); err == nil {
		err = x.open("the sheet "+quote(x.sheet.Name), func() int64 { return x.at }, x.read)
	}
	if err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

// start begins to read behind the header.
func (x *XLSX) start(l *lead) error {
	x.info.Kind, x.info.Sheet = KindXLSX, x.sheet.Name
	if bad := x.setLead(l, "row"); bad != nil {
		return x.named(bad)
	}
	if bad := x.readComments(l); bad != nil {
		return x.named(bad)
	}
	x.merged = merged{book: x.book, sheet: x.sheet}
	x.merged.ready()
	if bad := x.merged.oneName(l); bad != nil {
		return x.named(bad)
	}
	var err error
	if x.rows, err = x.book.Rows(x.sheet); err != nil {
		return bookError(x.name, err)
	}
	x.pieces = ahead.New(piecesAhead, x.fill)
	for range l.passed() {
		if _, err := x.nextRow(); err != nil {
			return err
		}
	}
	return nil
}

func bookError(name string, err error) error {
	var e *workbook.Error
	if errors.As(err, &e) {
		return &InputError{Name: name, Problem: e.Problem, Hint: e.Hint, Err: e.Err}
	}
	return readError(name, 0, err)
}

// choose takes the sheet that was named, else the first that is not hidden and
// has a header; it notes what else has one.
func (x *XLSX) choose(wanted string) (chosen *lead, err error) {
	var seen, refused []string
	var why error
	for _, s := range x.book.Sheets() {
		seen = append(seen, quote(s.Name))
		if !isWanted(s, wanted) {
			continue
		}
		l, bad, err := x.look(s)
		switch {
		case err != nil:
			return nil, err
		case bad != nil && wanted != "":
			return nil, bad
		case bad != nil:
			if why == nil && !s.Hidden {
				why = bad
			}
			if bad.named {
				refused = append(refused, fmt.Sprintf("%s, and the sheet is not read: %s", bad.Problem, bad.Hint))
			}
		case wanted == "" && (s.Hidden || chosen != nil && (!isExample(x.sheet) || isExample(s) || !l.holdsVehicles())):
			x.pass(s, l)
		default:
			if chosen != nil {
				x.pass(x.sheet, chosen)
			}
			chosen, x.sheet = l, s
		}
	}
	x.info.Notes = append(x.info.Notes, x.elsewhere...)
	switch {
	case chosen != nil:
		x.info.Notes = append(x.info.Notes, refused...)
		return chosen, nil
	case wanted != "":
		return nil, &InputError{Name: x.name, Problem: fmt.Sprintf("the workbook has no sheet %s", quote(wanted)), Hint: "it has " + strings.Join(seen[:min(len(seen), shownHeaders)], ", ")}
	case len(x.info.Notes) > 0:
		return nil, &InputError{Name: x.name, Problem: "no sheet that is not hidden has a column for the VIN or the plate", Hint: strings.Join(x.info.Notes, "; ")}
	}
	if why == nil {
		why = &InputError{Name: x.name, Problem: "the workbook is empty", Hint: "give one with a header and a row for each vehicle"}
	}
	return nil, why
}

// pass goes by a sheet, and says so where it has vehicles.
func (x *XLSX) pass(s workbook.Sheet, l *lead) {
	if l.holdsVehicles() {
		x.elsewhere = append(x.elsewhere, unreadSheet(s, "vehicles"))
	}
}

// exampleSheet is the name of a sheet that shows how to fill in another one.
var exampleSheet = regexp.MustCompile(`示例|样例|范例|(填写|填表|填报|使用|模板)说明|^说明$|^例子?$|example|instruction`)

func isExample(s workbook.Sheet) bool { return exampleSheet.MatchString(plain(s.Name)) }

// holdsVehicles tells whether a row under a header names a vehicle. A sheet that
// explains columns has their names in its cells as well, and no vehicle.
func (l *lead) holdsVehicles() bool {
	at := func(texts []string, column string) string {
		if i, ok := l.index[column]; ok {
			return textAt(texts, i)
		}
		return ""
	}
	return slices.ContainsFunc(l.under, func(r textRow) bool {
		return CheckVIN(CleanIdentifier(at(r.texts, record.ColVIN))) == nil || isPlate(at(r.texts, record.ColPlate))
	})
}

// isWanted tells whether a sheet has the name that was given, if one was.
func isWanted(s workbook.Sheet, name string) bool {
	return name == "" || strings.EqualFold(strings.TrimSpace(s.Name), strings.TrimSpace(name))
}

// unreadSheet says that a sheet holds something and is skipped.
func unreadSheet(s workbook.Sheet, holds string) string {
	kind := "the sheet"
	if s.Hidden {
		kind = "the hidden sheet"
	}
	return fmt.Sprintf("%s %s has %s too and is not read: --sheet %s reads it instead", kind, quote(s.Name), holds, quote(s.Name))
}

// look finds the header among the first rows of a sheet; bad says that it has none, and err that it cannot be read.
func (x *XLSX) look(s workbook.Sheet) (l *lead, bad *InputError, err error) {
	first, err := x.firstRows(s)
	switch {
	case err != nil:
		return nil, nil, bookError(x.name, err)
	case len(first) == 0:
		return nil, &InputError{Name: x.name, Problem: fmt.Sprintf("the sheet %s is empty", quote(s.Name)), Hint: "give one with a header and a row for each vehicle"}, nil
	}
	if l, bad = findLead(first); bad != nil {
		bad.named = slices.ContainsFunc(first[:min(len(first), headerRows)], func(r textRow) bool { return countKnown(r.texts) > 1 && slices.ContainsFunc(r.texts, namesVehicle) })
		bad.Name, bad.Problem = x.name, fmt.Sprintf("sheet %s: %s", quote(s.Name), bad.Problem)
	}
	return l, bad, nil
}

// namesVehicle tells whether a name is that of the VIN or the plate.
func namesVehicle(name string) bool {
	column := canonical(name)
	return column == record.ColVIN || column == record.ColPlate
}

// blankRows is how far down a sheet its first rows are looked for: some have a million
// that are formatted and blank.
const blankRows = 10_000

// firstRows are the first rows of a sheet that have a text.
func (x *XLSX) firstRows(s workbook.Sheet) (out []textRow, err error) {
	rows, err := x.book.Rows(s)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // nothing was written
	for looked := 0; looked < blankRows && len(out) < headerRows+surveyedRows; looked++ {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if texts := rowTexts(row); texts != nil {
			out = append(out, textRow{row.Number, texts, x.asDistances(row)})
		}
	}
	return out, nil
}

// asDistances are a row's values by column as they would be read for distances, where that is something else than
// the text of the cell.
func (x *XLSX) asDistances(row *workbook.Row) map[int]string {
	var out map[int]string
	for i := range row.Cells {
		c := &row.Cells[i]
		v := x.days.value(c, record.ColMileageKM, "")
		if v.lost != nil {
			v.text = ""
		}
		if v.text == c.Text {
			continue
		}
		if out == nil {
			out = map[int]string{}
		}
		out[c.Column] = v.text
	}
	return out
}

// rowTexts are a row's texts by column, nil when it has none.
func rowTexts(row *workbook.Row) []string {
	var out []string
	for _, c := range row.Cells {
		if c.Kind == workbook.Empty || strings.TrimSpace(c.Text) == "" || c.Column >= maxFields {
			continue
		}
		for len(out) <= c.Column {
			out = append(out, "")
		}
		out[c.Column] = c.Text
	}
	return out
}

// shownTexts are a row's texts by column as the sheet shows them, in the columns that are used.
func (x *XLSX) shownTexts(row *workbook.Row) []string {
	out := rowTexts(row)
	for i := range row.Cells {
		c := &row.Cells[i]
		for _, used := range x.used {
			if used.index == c.Column && c.Column < len(out) && out[c.Column] != "" {
				out[c.Column] = x.days.value(c, used.column, "").text
			}
		}
	}
	return out
}

// Info returns what was detected.
func (x *XLSX) Info() Info {
	info := x.grid.Info()
	info.Notes = slices.Concat(info.Notes, x.merged.notes(), x.comments.notes())
	return info
}

// Next returns the next vehicle. Rows without any value are skipped; rows that name no
// vehicle are skipped, and Info says so.
func (x *XLSX) Next() (record.Vehicle, error) {
	return x.give(x.read)
}

// Close ends the reading; nothing reads the file when it returns.
func (x *XLSX) Close() {
	x.pieces.Close()
	if x.rows != nil {
		_ = x.rows.Close() // nothing was written
	}
	_ = x.book.Close() // what was written is not needed any more
}

// nextRow returns the next row that has a text.
func (x *XLSX) nextRow() (*workbook.Row, error) {
	for x.err == nil && len(x.some) == 0 {
		next, err := x.pieces.Next()
		if err != nil {
			x.err = err
			break
		}
		x.some, x.at = next.rows, max(x.at, next.last)
	}
	if x.err != nil {
		return nil, x.err
	}
	row := &x.some[0]
	x.some = x.some[1:]
	return row, nil
}

// someRows are rows that have a text, one after the other.
type someRows struct {
	rows  []workbook.Row
	cells []workbook.Cell // of rows
	last  int64           // row that was read, 0: none
}

// So many rows are read together, or as many as have so many cells and such texts.
const (
	togetherRows  = 128
	togetherCells = 4 << 10
)

// fill reads rows ahead.
func (x *XLSX) fill(to *someRows) error {
	clear(to.cells) // a text holds the memory of its neighbours
	to.rows, to.cells, to.last = to.rows[:0], to.cells[:0], 0
	texts := 0
	for range togetherRows {
		if len(to.cells) >= togetherCells || texts >= togetherBytes {
			break
		}
		row, err := x.rows.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return bookError(x.name, err)
		}
		if err != nil {
			return io.EOF
		}
		to.last = row.Number
		if hasText(row) {
			texts += to.add(*row)
		}
	}
	return nil
}

// add returns how long the texts of the row are.
func (s *someRows) add(row workbook.Row) (texts int) {
	from := len(s.cells)
	s.cells = append(s.cells, row.Cells...)
	row.Cells = s.cells[from:len(s.cells):len(s.cells)]
	s.rows = append(s.rows, row)
	for i := range row.Cells {
		texts += len(row.Cells[i].Text)
	}
	return texts
}

func hasText(row *workbook.Row) bool {
	return slices.ContainsFunc(row.Cells, func(c workbook.Cell) bool {
		return c.Kind != workbook.Empty && c.Column < maxFields && strings.TrimSpace(c.Text) != ""
	})
}

func (x *XLSX) read() (*record.Vehicle, error) {
	for {
		var err error
		if x.row, err = x.nextRow(); err != nil {
			return nil, err
		}
		x.merged.keep(x.row)
		v := x.grid.read(x.row.Number, x.takePlain, x.take)
		if !isVehicle(v) {
			skipped, bad := x.skip(x.row.Number, x.shownTexts(x.row), x.merged.isTitle(x.row))
			if skipped {
				continue
			}
			x.fail(bad)
		}
		if len(v.Faults) > 0 {
			x.fail(x.distances.cameTooLate(v.Line))
		}
		x.fail(x.merged.bad)
		if x.err != nil {
			return nil, x.err
		}
		x.apart.shownApart(x.row, x.used)
		x.remarkComments(v)
		x.count(v)
		return v, nil
	}
}

// takePlain takes the value of a column if it is a plain one: a text, or the number of a distance, that is shown as it is in a
// sheet without merged cells.
func (x *XLSX) takePlain(c *usedColumn) bool {
	if x.merged.some() || c.column == record.ColMileageKM && len(x.comments.on(x.row.Number)) > 0 {
		return false
	}
	for i := range x.row.Cells {
		cell := &x.row.Cells[i]
		if cell.Column != c.index {
			continue
		}
		asItIs := cell.Kind == workbook.Text || cell.Kind == workbook.Number && c.column == record.ColMileageKM && !cell.Format.Date
		return asItIs && cell.Struck != workbook.StruckPart && cell.Format.Plain() && c.takesPlain(&x.next, cell.Text)
	}
	return false
}

func (x *XLSX) take(c *usedColumn, to *value) {
	*to = x.value(x.row, *c)
	if c.column == record.ColMileageKM && to.text != "" && to.lost == nil {
		to.lost = x.unitOfComment(x.row.Number)
	}
}

// value is that of a used column in a row: what its cell shows, or the cell that it is merged with.
func (x *XLSX) value(row *workbook.Row, c usedColumn) value {
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Column == c.index && (cell.Kind != workbook.Empty || cell.Formula) {
			where := workbook.Name(c.index, row.Number)
			if hidden := x.merged.covered(cell, row.Number); hidden != nil {
				return value{text: cell.Text, where: where, lost: hidden}
			}
			return x.days.value(cell, c.column, where)
		}
	}
	if c.column == colState && !x.merged.loaded { // it is empty in most rows, and no reason to read the merges of a large sheet
		return value{}
	}
	return x.merged.value(c, row.Number, x.days)
}
