package sinks

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/xuri/excelize/v2"
)

// The workbooks of a run: one with a sheet a table, and the failure ledger once
// more alone, to be corrected and given to the next run.
const (
	bookName         = "batch.xlsx"
	failuresBookName = failuresName + ".xlsx"
	columnsSheet     = "columns" // says what each column is
)

// sheetRows is how many rows a sheet can hold, header included.
const sheetRows = 1 << 20

// bookNames are the names of the workbooks, in the order in which they are written.
func bookNames() []string { return []string{bookName, failuresBookName} }

// bookHolds tells whether a workbook has a table.
func bookHolds(book, table string) bool { return book == bookName || table == failuresName }

// sheetName names the n-th sheet of a table: violations, violations_2, ….
func sheetName(table string, n int) string {
	if n == 1 {
		return table
	}
	return fmt.Sprintf("%s_%d", table, n)
}

// book is a workbook being written. Rows go to temporary files of the library in
// a folder of its own, and from there, compressed, to the file. Its fileWriter
// is for its end: rows come through its sheets.
type book struct {
	to      io.Writer
	file    *excelize.File
	scratch string // the folder of the temporary files
	maxRows int
	styles  [kindNumbers + 1]int
	header  int
	sheets  []*sheet
	zip     *orderedZip // once it is being ended
}

var _ fileWriter = (*book)(nil)

// newBook begins a workbook; scratch is a folder that is there and that nobody
// else uses.
func newBook(to io.Writer, scratch string) (*book, error) {
	b := &book{to: to, scratch: scratch, maxRows: sheetRows, file: excelize.NewFile(excelize.Options{TmpDir: scratch})}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return b.zip })
	b.file.Pkg.Store("docProps/core.xml", []byte(coreProperties))
	return b, b.makeStyles()
}

// coreProperties say who made a workbook, and nothing of the moment: the same
// rows give the same bytes. The library's own SetDocProps puts the names into a
// default namespace; that is the same XML, but exceljs knows them by the prefix cp
// alone, and refuses the workbook.
const coreProperties = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
	`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" ` +
	`xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
	`<dc:creator>batch</dc:creator><cp:lastModifiedBy>batch</cp:lastModifiedBy>` +
	`<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created>` +
	`<dcterms:modified xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>`

// makeStyles: texts have the format of texts, so that what is typed over an
// identifier stays one. Flags have no format of their own: a cell that is TRUE or
// FALSE is shown so, and readers take a format made of words for one of dates.
func (b *book) makeStyles() error {
	day, moment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	const integer, twoPlaces, asText = 1, 4, 49 // built-in formats: 0, #,##0.00, @
	formats := map[kind]*excelize.Style{
		kindText: {NumFmt: asText}, kindList: {NumFmt: asText}, kindNumbers: {NumFmt: asText}, kindBool: {}, kindInt: {NumFmt: integer},
		kindDecimal: {NumFmt: twoPlaces}, kindDay: {CustomNumFmt: &day}, kindMoment: {CustomNumFmt: &moment},
	}
	var err error
	for k := range b.styles {
		if b.styles[k], err = b.file.NewStyle(formats[kind(k)]); err != nil { //nolint:gosec // one of seven kinds
			return err
		}
	}
	b.header, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11}, NumFmt: asText,
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}}})
	return err
}

// table begins the sheet of a table.
func (b *book) table(t *tableSpec) (*sheet, error) {
	s := &sheet{book: b, table: t, values: make([]any, len(t.columns))}
	b.sheets = append(b.sheets, s)
	return s, s.begin()
}

// addSheet adds an empty sheet. The library begins with one, which is the first.
func (b *book) addSheet(name string) error {
	if len(b.sheets) == 1 && b.sheets[0].part == 1 {
		return b.file.SetSheetName(b.file.GetSheetName(0), name)
	}
	_, err := b.file.NewSheet(name)
	return err
}

// stream begins to write a sheet. Its used range is left out: the library would say
// A1 before it knows, and openpyxl, when it reads row by row, then takes the header
// for all that there is.
func (b *book) stream(sheet string) (*excelize.StreamWriter, error) {
	if err := b.file.SetSheetDimension(sheet, ""); err != nil {
		return nil, err
	}
	return b.file.NewStreamWriter(sheet)
}

// WriteBatch is never called: rows go to the sheets.
func (b *book) WriteBatch(arrow.Record) error {
	return errors.New("rows go to the sheets of a workbook")
}

// Close ends the sheets and writes the workbook.
func (b *book) Close() error {
	for _, s := range b.sheets {
		if err := s.end(); err != nil {
			return err
		}
	}
	if err := b.describeColumns(); err != nil {
		return err
	}
	spill, err := os.CreateTemp(b.scratch, "parts-")
	if err != nil {
		return fmt.Errorf("begin a temporary file: %w", err)
	}
	b.zip = newOrderedZip(b.to, spill)
	err = b.file.Write(io.Discard)
	return errors.Join(err, spill.Close(), b.file.Close())
}

// describeColumns adds the sheet that says what the columns are.
func (b *book) describeColumns() error {
	if _, err := b.file.NewSheet(columnsSheet); err != nil {
		return err
	}
	to, err := b.stream(columnsSheet)
	if err != nil {
		return err
	}
	widths := []float64{22, 22, 18, 8, 10, 100}
	for i := len(widths); i > 0; i-- { // the library puts each before those that are there
		if err := to.SetColWidth(i, i, widths[i-1]); err != nil {
			return err
		}
	}
	lines := [][]any{b.headings([]string{"table", "column", "type", "unit", "source", "description"})}
	for _, s := range b.sheets {
		for i := range s.table.columns {
			c := &s.table.columns[i]
			lines = append(lines, []any{s.table.name, c.name, kinds[c.kind].inSheet, c.unit, c.source, c.description})
		}
	}
	if err := frozenHeader(to); err != nil {
		return err
	}
	for i, line := range lines {
		if err := to.SetRow(fmt.Sprintf("A%d", i+1), line); err != nil {
			return err
		}
	}
	return to.Flush()
}

func (b *book) headings(names []string) []any {
	cells := make([]any, len(names))
	for i, name := range names {
		cells[i] = excelize.Cell{StyleID: b.header, Value: name}
	}
	return cells
}

// beginBook begins a workbook in the folder of the run, aside.
func (w *Writer) beginBook(name string) (*book, *output, error) {
	file, err := createPartial(w.fs, w.dir, name)
	if err != nil {
		return nil, nil, err
	}
	out := &output{file: file}
	w.outputs = append(w.outputs, out)
	scratch := scratchDir(w.dir, name)
	if err := w.fs.MkdirAll(scratch); err != nil {
		return nil, nil, out.explain("begin", err)
	}
	b, err := newBook(file, scratch)
	if err != nil {
		return nil, nil, out.explain("begin", err)
	}
	out.table = b
	return b, out, nil
}

// scratchDir is where a workbook's temporary files are until it is whole.
func scratchDir(dir, name string) string { return filepath.Join(dir, partialName(name+".d")) }

// releaseBooks removes the temporary files of workbooks with their folders; those
// of a killed process as well.
func (w *Writer) releaseBooks() error {
	var errs []error
	for _, b := range w.books {
		errs = append(errs, b.file.Close())
	}
	w.books = nil
	for _, name := range bookNames() {
		errs = append(errs, w.fs.RemoveAll(scratchDir(w.dir, name)))
	}
	return errors.Join(errs...)
}
