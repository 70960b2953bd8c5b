package workbook

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxMerges is more merged ranges than any real sheet has.
const maxMerges = 1 << 20

// Range is a rectangle of cells, its corners included.
type Range struct {
	Top, Bottom int64 // rows, 1 is the first
	Left, Right int   // columns, 0 is A
}

// Name is its name in the sheet, e.g. A2:A4.
func (r Range) Name() string { return Name(r.Left, r.Top) + ":" + Name(r.Right, r.Bottom) }

// Size is how many bytes of XML a sheet is said to have.
func (b *Book) Size(s Sheet) uint64 {
	if f, ok := b.parts[s.part]; ok {
		return f.UncompressedSize64
	}
	return 0
}

// Merges returns the ranges of a sheet that are merged into one cell each. They stand
// behind the rows in the file, so this expands the whole of it. Errors are *Error.
func (b *Book) Merges(s Sheet) ([]Range, error) {
	g, err := b.open(s.part, maxPart)
	if g == nil || err != nil {
		return nil, err
	}
	defer g.Close() //nolint:errcheck // nothing was written
	r := bufio.NewReaderSize(g, 256<<10)
	if err := passRows(r, g); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, g.wrong(err)
	}
	return readMerges(xml.NewDecoder(r), g)
}

// endOfRows is what closes the rows of a sheet, whatever the prefix is.
var endOfRows = []byte("sheetData>")

// passRows goes behind the rows without looking at them.
func passRows(r *bufio.Reader, g *guard) error {
	for {
		g.begin()
		piece, err := r.Peek(r.Size())
		if at := closing(piece); at >= 0 {
			_, _ = r.Discard(at) // cannot fail: it has been peeked
			return nil
		}
		if err != nil {
			return err
		}
		_, _ = r.Discard(len(piece) - 128) // a name may be cut in two
	}
}

// closing is where the text goes on behind the end of the rows, -1 when it is not there.
func closing(text []byte) int {
	for from := 0; ; {
		at := bytes.Index(text[from:], endOfRows)
		if at < 0 {
			return -1
		}
		at += from
		from = at + len(endOfRows)
		if open := bytes.LastIndexByte(text[:at], '<'); open >= 0 && open+1 < len(text) && text[open+1] == '/' {
			return from
		}
	}
}

func readMerges(d *xml.Decoder, g *guard) ([]Range, error) {
	var out []Range
	var nested nesting
	for {
		g.begin()
		token, err := d.RawToken()
		if err == nil && nested.innermost() == nil && isEnd(token) {
			return out, nil // of the sheet, which began before
		}
		if err == nil {
			err = nested.takeXML(token)
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("it ends before the sheet does")
		}
		if err != nil {
			return nil, g.wrong(err)
		}
		t, begins := token.(xml.StartElement)
		if !begins || t.Name.Local != "mergeCell" {
			continue
		}
		if len(out) == maxMerges {
			return nil, damaged("the sheet has more merged cells than any real one", nil)
		}
		if r, ok := parseRange(attribute(t, "ref")); ok {
			out = append(out, r)
		}
	}
}

func isEnd(t xml.Token) bool {
	_, is := t.(xml.EndElement)
	return is
}

func parseRange(ref string) (Range, bool) {
	from, to, _ := strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	left, top, ok := parseName(from)
	right, bottom, too := parseName(to)
	return Range{Top: top, Bottom: bottom, Left: left, Right: right}, ok && too && top <= bottom && left <= right
}

// parseName reads the name of a cell, B17.
func parseName(name string) (column int, row int64, ok bool) {
	digits := strings.TrimLeft(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	letters := strings.ToUpper(name)[:len(name)-len(digits)]
	if len(letters) == 0 || len(letters) > 3 {
		return 0, 0, false
	}
	for _, c := range letters {
		column = column*26 + int(c-'A') + 1
	}
	row, err := strconv.ParseInt(digits, 10, 64)
	return column - 1, row, err == nil && row > 0
}
