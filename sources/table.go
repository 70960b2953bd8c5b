package sources

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Table reads any CSV with a header as texts: encoding and delimiter are
// detected as for a file of vehicles, nothing is known of its columns. It holds
// one record at a time and is not safe for concurrent use.
type Table struct {
	csv     CSV // its scanner, decoder and messages
	Headers []string
}

// OpenTable reads the head of r and its header. known tells a header that the
// caller looks for, by which the delimiter is recognised. Errors are
// *InputError; name stands in messages.
func OpenTable(r io.Reader, name string, known func(header string) bool) (*Table, error) {
	br := bufio.NewReaderSize(r, headSize)
	head, err := peekHead(br, name)
	if err != nil {
		return nil, err
	}
	if err := checkBinary(name, head); err != nil {
		return nil, err
	}
	t := &Table{csv: CSV{name: name}}
	br, head, t.csv.info.Encoding, err = decodeStream(br, head, name)
	if err != nil {
		return nil, err
	}
	delims := []byte(",;\t")
	line := int64(1)
	if m := sepLine.FindSubmatch(head); m != nil && strings.Contains(string(delims), string(m[1])) {
		delims, head, line = m[1], head[len(m[0]):], 2
		_, _ = br.Discard(len(m[0])) // cannot fail: it has been peeked
	}
	t.csv.dec = newDecoder(t.csv.info.Encoding)
	t.csv.s = newScanner(br, t.delimiter(head, delims, known), line)
	return t, t.readHeader()
}

// delimiter takes the one by which the first record shows most known headers,
// then most fields.
func (t *Table) delimiter(head, delims []byte, known func(string) bool) byte {
	best, bestScore := delims[0], -1
	for _, delim := range delims {
		s := newScanner(bufio.NewReader(strings.NewReader(string(head))), delim, 1)
		_ = s.scan() // what stands before an error counts as well
		score := s.fields()
		for _, h := range t.csv.decodeAll(s) {
			if known(h) {
				score += maxFields
			}
		}
		if score > bestScore {
			best, bestScore = delim, score
		}
	}
	return best
}

func (t *Table) readHeader() error {
	if err := t.csv.s.scan(); err != nil {
		if errors.Is(err, io.EOF) {
			return &InputError{Name: t.csv.name, Problem: "there is no header line", Hint: "give a header line and a line for each charge"}
		}
		return t.csv.stop(err)
	}
	for _, h := range t.csv.decodeAll(t.csv.s) {
		t.Headers = append(t.Headers, strings.TrimSpace(h))
	}
	return nil
}

// Next returns the next record that holds any text, and the physical line on
// which it begins. Cells are trimmed; a record that is shorter than the header
// is filled up with "". It returns io.EOF at the end, and an *InputError when
// the file cannot go on or is not in its encoding.
func (t *Table) Next() (cells []string, line int64, err error) {
	if err := t.csv.scanRow(); err != nil {
		return nil, 0, err
	}
	s := t.csv.s
	if s.cut {
		return nil, s.start, t.Wrong(s.start, "the line is too long and was cut", "is a line end or a quote missing?")
	}
	cells = t.csv.decodeAll(s)
	for i, c := range cells {
		if !readable(c) {
			return nil, s.start, t.Wrong(s.start, "the line holds bytes that are not "+t.csv.encodingName(), "is it in another encoding than the file?")
		}
		cells[i] = trimValue(c)
	}
	for len(cells) < len(t.Headers) {
		cells = append(cells, "")
	}
	return cells, s.start, nil
}

// Wrong makes an error about a line of the file; line 0 is the whole.
func (t *Table) Wrong(line int64, problem, hint string) error {
	return &InputError{Name: t.csv.name, Line: line, Problem: problem, Hint: hint}
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

// VehicleColumn finds the column that an input file would have under a
// canonical name (record.ColVIN, …), -1 when there is none.
func (t *Table) VehicleColumn(column string) int {
	return slices.IndexFunc(t.Headers, func(h string) bool { return canonical(h) == column })
}

// String names the headers, for a message.
func (t *Table) String() string { return fmt.Sprint("the columns are ", listHeaders(t.Headers)) }
