package sources

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"vehiclebatch/pipeline/record"
)

// Source is a file of vehicles that is open: CSV, an Excel workbook or Parquet.
// It reads a few rows ahead in a goroutine of its own and is not safe for concurrent use. Who has opened it calls Close.
type Source interface {
	// Next returns the next vehicle, io.EOF at the end, and an *InputError when
	// the file cannot go on; after either, the same again.
	Next() (record.Vehicle, error)
	// Info returns what was detected so far; it is complete at the end.
	Info() Info
	// Line returns what the record of the last vehicle says as a line of a failure
	// ledger. It is empty unless Info has Failures.
	Line() Line
	// Close ends the reading, wherever it is: when it returns, nothing reads the file any more.
	Close()
}

// piecesAhead is how many pieces of a file are read ahead.
const piecesAhead = 3

var (
	_ Source = (*CSV)(nil)
	_ Source = (*XLSX)(nil)
	_ Source = (*Parquet)(nil)
)

// Options say how a file is read.
type Options struct {
	// Sheet names the sheet of a workbook; "" is the first that is not hidden and
	// has a header. Other files have none: there it is an error.
	Sheet string
}

// Kinds of files, as Info names them.
const (
	KindCSV     = "CSV"
	KindXLSX    = "Excel workbook"
	KindParquet = "Parquet"
)

const (
	magicZip     = "PK\x03\x04"
	magicParquet = "PAR1"
	magicSecret  = "PARE" // Parquet, encrypted
	magicOLE     = "\xD0\xCF\x11\xE0"
)

// Open opens a file of vehicles by what is in it, whatever it is called. Errors
// are *InputError; name stands in messages.
func Open(r io.ReaderAt, size int64, name string, o Options) (Source, error) {
	head := make([]byte, 4)
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(name, 0, err)
	}
	switch string(head) {
	case magicZip:
		return OpenXLSX(r, size, name, o)
	case magicOLE:
		return nil, oldWorkbook(r, size, name)
	}
	if o.Sheet != "" {
		return nil, &InputError{Name: name, Problem: "only an Excel workbook has sheets, and this is none", Hint: "leave --sheet out"}
	}
	if string(head) == magicParquet || string(head) == magicSecret {
		return OpenParquet(r, size, name)
	}
	return OpenCSV(io.NewSectionReader(r, 0, size), name)
}

// oldWorkbook tells a workbook with a password from one of before 2007: both
// are in the container that came first.
func oldWorkbook(r io.ReaderAt, size int64, name string) error {
	encrypted := utf16Text("EncryptedPackage")
	buf := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(buf) - len(encrypted)) {
		n, err := r.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return readError(name, 0, err)
		}
		if bytes.Contains(buf[:n], encrypted) {
			return &InputError{Name: name, Problem: "the workbook is protected by a password, or by the rights of a company",
				Hint: "save a copy without it and give that one"}
		}
	}
	return &InputError{Name: name, Problem: "this is an old Excel workbook (xls), or a WPS table (et)", Hint: saveAsXLSX}
}

const saveAsXLSX = "open it in the spreadsheet and save it as xlsx or as CSV UTF-8"

// otherZips are files that are zips as xlsx is, by a part that they have.
var otherZips = []struct{ part, what, hint string }{
	{"xl/workbook.bin", "a binary Excel workbook (xlsb)", saveAsXLSX},
	{"Index/Document.iwa", "a Numbers document", "open it in Numbers and export it to Excel (xlsx) or CSV"},
	{"Index.zip", "a Numbers document", "open it in Numbers and export it to Excel (xlsx) or CSV"},
	{"index.apxl", "a Keynote document", "export the table in it as Excel (xlsx) or CSV"},
	{"word/document.xml", "a Word document (docx)", "copy the table in it into a spreadsheet and save that as xlsx"},
	{"ppt/presentation.xml", "a presentation (pptx)", "copy the table in it into a spreadsheet and save that as xlsx"},
}

// openDocuments are the kinds that the part mimetype of an OpenDocument file names.
var openDocuments = []struct{ kind, what string }{
	{"spreadsheet", "an OpenDocument spreadsheet (ods)"}, {"text", "an OpenDocument text (odt)"}, {"", "an OpenDocument file"},
}

// otherZip names a zip that is no xlsx, nil when it is one, or cannot be told.
func otherZip(r io.ReaderAt, size int64) *InputError {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil // said where it is opened
	}
	for _, f := range z.File {
		for _, o := range otherZips {
			if f.Name == o.part || strings.HasSuffix(f.Name, "/"+o.part) {
				return &InputError{Problem: "this is " + o.what, Hint: o.hint}
			}
		}
		if f.Name == "mimetype" {
			return openDocument(f)
		}
	}
	return tableInZip(z)
}

func openDocument(f *zip.File) *InputError {
	part, err := f.Open()
	if err != nil {
		return nil
	}
	defer part.Close() //nolint:errcheck // nothing was written
	kind, _ := io.ReadAll(io.LimitReader(part, 100))
	_, kind, ok := bytes.Cut(kind, []byte("application/vnd.oasis.opendocument."))
	if !ok {
		return nil
	}
	for _, o := range openDocuments {
		if bytes.HasPrefix(kind, []byte(o.kind)) {
			return &InputError{Problem: "this is " + o.what, Hint: saveAsXLSX}
		}
	}
	return nil
}

// tableInZip names a file of vehicles that was packed into a zip.
func tableInZip(z *zip.Reader) *InputError {
	for _, f := range z.File {
		switch strings.ToLower(path.Ext(f.Name)) {
		case ".csv", ".xlsx", ".parquet", ".xls", ".txt":
			return &InputError{Problem: fmt.Sprintf("this is a zip file with %s in it", quote(path.Base(f.Name))), Hint: "unpack it and give that file"}
		}
	}
	return nil
}

func utf16Text(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return out
}
