package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// Limits of a workbook that is read.
const (
	maxParts  = 10_000
	maxSheets = 1_000
	maxStyles = 100_000
	maxShared = 256 << 20 // bytes of the texts that cells share
	maxPart   = 16 << 30  // bytes of one part, expanded
	maxSmall  = 16 << 20  // bytes of the parts that are no sheet and no shared texts
	// A part that is larger than this may not expand more than so many times:
	// deflate reaches 1,032, real sheets 10 to 50.
	looseRatio = 64 << 20
	maxRatio   = 300
	// maxStep is the XML of one row or one shared text. A row of 16,384 cells has
	// less.
	maxStep = 32 << 20
)

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	part   string // in the zip
}

// Book is a workbook that is open for reading.
type Book struct {
	parts    map[string]*zip.File
	sheets   []Sheet
	formats  []Format // by style
	shared   *texts   // nil until a sheet is read
	texts    string   // part of the shared texts, "" when there is none
	Date1904 bool     // days are counted from 1904-01-01, as old Macs do
}

// Open reads the list of sheets and the styles. Errors are *Error.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged("the workbook cannot be opened", err)
	}
	if len(z.File) > maxParts {
		return nil, damaged(fmt.Sprintf("the workbook has %d parts, more than any real one", len(z.File)), nil)
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader) // by a quarter quicker on sheets
	b := &Book{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return nil, &Error{Problem: "the file is a zip with a password", Hint: "take the password off and try again"}
		}
		b.parts[strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")] = f
	}
	main, err := b.mainPart()
	if err != nil {
		return nil, err
	}
	return b, b.readMain(main)
}

// Sheets returns the sheets in their order.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Close gives back what the book holds besides memory; its rows are read before.
func (b *Book) Close() error {
	if b.shared == nil {
		return nil
	}
	return b.shared.away.close()
}

// open opens a part with its limits; nil is a part that is not there.
func (b *Book) open(name string, limit int64) (*guard, error) {
	f, ok := b.parts[name]
	if !ok {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged("the part "+name+" of the workbook cannot be read", err)
	}
	return &guard{from: r, part: name, packed: int64(f.CompressedSize64), limit: limit}, nil //nolint:gosec // a size in a file
}

// guard stops what expands without end.
type guard struct {
	from   io.ReadCloser
	part   string
	packed int64
	limit  int64
	total  int64
	step   int64 // since the last begin
}

var errBomb = errors.New("it expands far beyond what a real workbook holds")

// begin says that another row or text begins.
func (g *guard) begin() { g.step = 0 }

// Read counts what it gives.
func (g *guard) Read(p []byte) (int, error) {
	n, err := g.from.Read(p)
	g.total += int64(n)
	g.step += int64(n)
	if g.total > g.limit || g.step > maxStep || g.total > looseRatio && g.total/maxRatio > g.packed {
		return n, errBomb
	}
	return n, err
}

// Close closes the part.
func (g *guard) Close() error { return g.from.Close() }

func (g *guard) wrong(err error) error {
	return damaged("the part "+g.part+" of the workbook cannot be read", err)
}

// each calls do with the start of every element of a part, by its local name.
// A part that is not there has none.
func (b *Book) each(name string, do func(xml.StartElement) error) error {
	g, err := b.open(name, maxSmall)
	if g == nil || err != nil {
		return err
	}
	defer g.Close() //nolint:errcheck // nothing was written
	d := xml.NewDecoder(g)
	var nested nesting
	for {
		token, err := d.RawToken()
		if err == nil {
			err = nested.takeXML(token)
		}
		if err = nested.whole(err); errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return g.wrong(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := do(start); err != nil {
				return err
			}
		}
	}
}

// attribute returns an attribute by its local name.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// relation returns an attribute that names a relationship, r:id, whatever the
// prefix is.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// relations reads the relationships of a part: its targets by id and by kind.
func (b *Book) relations(of string) (byID, byKind map[string]string, err error) {
	byID, byKind = map[string]string{}, map[string]string{}
	dir, file := path.Split(of)
	err = b.each(path.Join(dir, "_rels", file+".rels"), func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" {
			return nil
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		byID[attribute(e, "Id")] = target
		byKind[path.Base(attribute(e, "Type"))] = target
		return nil
	})
	return byID, byKind, err
}

func (b *Book) mainPart() (string, error) {
	_, byKind, err := b.relations("")
	if err != nil {
		return "", err
	}
	main := byKind["officeDocument"]
	if _, ok := b.parts[main]; !ok || !strings.HasSuffix(main, ".xml") {
		return "", &Error{Problem: "this zip file is not an Excel workbook (xlsx)", Hint: "give the workbook or the CSV itself"}
	}
	return main, nil
}

func (b *Book) readMain(main string) error {
	byID, byKind, err := b.relations(main)
	if err != nil {
		return err
	}
	b.texts = byKind["sharedStrings"]
	err = b.each(main, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			b.Date1904 = isTrue(attribute(e, "date1904"))
		case "sheet":
			if len(b.sheets) == maxSheets {
				return damaged("the workbook has more sheets than any real one", nil)
			}
			state := attribute(e, "state")
			b.sheets = append(b.sheets, Sheet{Name: attribute(e, "name"), Hidden: state == "hidden" || state == "veryHidden", part: byID[relation(e)]})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(b.sheets) == 0 {
		return damaged("the workbook has no sheet", nil)
	}
	return b.readStyles(byKind["styles"])
}

func isTrue(s string) bool { return s == "1" || s == "true" }
