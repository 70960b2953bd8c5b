package sources

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"

	utf16 "golang.org/x/text/encoding/unicode"
)

// openText finds encoding, delimiter and header of a text.
func (t *Table) openText(data []byte, score Score) error {
	if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte(bomUTF8)))) == 0 {
		return &InputError{Name: t.name, Problem: "the file is empty", Hint: "give a header line and a line for each charge"}
	}
	if err := checkBinary(t.name, data[:min(len(data), headSize)]); err != nil {
		return err
	}
	data, enc := decodeTable(data)
	delims, passed, err := delimitersOf(t.name, data)
	if err != nil {
		return err
	}
	line := int64(1)
	if passed > 0 {
		data, line = data[passed:], 2
	}
	open := func(delim byte) *lines {
		if splitsCharacters(enc, delim) {
			return &lines{data: []byte(decodeGB18030(data)), delim: delim, line: line, dec: newDecoder(encUTF8)}
		}
		return &lines{data: data, delim: delim, line: line, dec: newDecoder(enc)}
	}
	best, with := candidate{at: -1}, delims[0]
	for _, delim := range delims {
		if c := bestHeader(open(delim), score); c.at >= 0 && (best.at < 0 || c.better(best)) {
			best, with = c, delim
		}
	}
	from := open(with)
	if best.at < 0 {
		if _, err := from.next(); err != nil && !errors.Is(err, io.EOF) {
			return t.Wrong(line, err.Error(), "is this a CSV file?")
		}
		return t.Wrong(0, "there is no header line", "give a header line and a line for each charge")
	}
	if err := t.begin(from, best.at); err != nil {
		return readError(t.name, 0, err)
	}
	from.width = len(t.Headers)
	return nil
}

// decodeTable takes off the byte order mark and turns UTF-16 into UTF-8.
func decodeTable(data []byte) (text []byte, enc string) {
	switch mark, _ := bomOf(data); mark {
	case "":
		return data, detectEncoding(data[:min(len(data), headSize)])
	case bomUTF8:
		return data[len(mark):], encUTF8
	}
	text, _ = utf16.UTF16(utf16.LittleEndian, utf16.ExpectBOM).NewDecoder().Bytes(data) // bad bytes become U+FFFD
	return text, encUTF8
}

// lines reads the records of a text that is held whole. A quote that is never
// closed spoils its own line and no more.
type lines struct {
	data  []byte // what is left
	delim byte
	line  int64 // physical line on which data begins
	width int   // cells of the header, 0: not known yet
	dec   *decoder

	s    *scanner // reads data, nil: begin anew
	from *bytes.Reader
	buf  *bufio.Reader
}

func (l *lines) next() (Record, error) {
	for {
		if l.s == nil {
			l.from = bytes.NewReader(l.data)
			l.buf = bufio.NewReader(l.from)
			l.s = newScanner(l.buf, l.delim, l.line)
		}
		err := l.s.scan()
		switch {
		case errors.Is(err, errOpenQuote), err == nil && l.swallows():
			return l.firstLine(), nil
		case err != nil:
			return Record{}, err
		}
		r := Record{Line: l.s.start}
		if l.s.cut {
			r.Wrong = "the line is too long and was cut: is a line end or a quote missing?"
		}
		cells := l.dec.fields(&l.s.textRecord)
		l.data, l.line = l.data[len(l.data)-l.from.Len()-l.buf.Buffered():], l.s.line
		if r.take(cells, l.dec.encoding); filled(r.Cells) > 0 {
			return r, nil
		}
	}
}

// take cleans the cells and says when they are not in the file's encoding.
func (r *Record) take(cells []string, enc string) {
	for _, c := range cells {
		if !readable(c) && r.Wrong == "" {
			r.Wrong = "the line holds bytes that are not " + enc + ": is it in another encoding than the file?"
		}
		r.Cells = append(r.Cells, cleanCell(c))
	}
}

// swallows tells whether a record that runs over several lines has swallowed a
// record: its second line alone has as many cells as the header.
func (l *lines) swallows() bool {
	if l.s.end == l.s.start || l.width < 3 {
		return false
	}
	_, rest := l.physical()
	second, _ := cutLine(rest)
	one := newScanner(bufio.NewReader(bytes.NewReader(second)), l.delim, 1)
	err := one.scan()
	n := one.fields()
	if errors.Is(err, errOpenQuote) {
		n++
	}
	return n >= l.width
}

// physical cuts off the first physical line of the record just scanned.
func (l *lines) physical() (first, rest []byte) {
	rest = l.data
	for at := l.line; at <= l.s.start; at++ {
		first, rest = cutLine(rest)
	}
	return first, rest
}

// cutLine cuts off a line and its end: LF, CRLF or a lone CR.
func cutLine(text []byte) (line, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return text, nil
	}
	n := 1
	if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
		n = 2
	}
	return text[:i], text[i+n:]
}

// firstLine takes the first line of a record whose quote is not closed, cut at
// every delimiter, and goes on behind it.
func (l *lines) firstLine() Record {
	first, rest := l.physical()
	r := Record{Line: l.s.start, Wrong: `a quote (") is opened here and not closed: close it, or remove it when it is part of the value`}
	s := newScanner(bufio.NewReader(bytes.NewReader(bytes.ReplaceAll(first, []byte{'"'}, []byte{' '}))), l.delim, 1)
	if s.scan() == nil {
		r.take(l.dec.fields(&s.textRecord), l.dec.encoding)
	}
	l.data, l.line, l.s = rest, l.s.start+1, nil
	return r
}

// cleanCell takes off what programs put around a number so that a spreadsheet
// keeps its digits: a backtick, a tab, quotes, ="…".
func cleanCell(s string) string {
	for {
		before := s
		s = strings.TrimFunc(s, func(r rune) bool { return r == '`' || unicode.IsSpace(r) || isInvisible(r) })
		if inner, ok := strings.CutPrefix(s, `="`); ok {
			s = strings.TrimSuffix(inner, `"`)
		}
		for _, q := range []string{`""`, "''", "“”", "‘’", "\uff02\uff02"} {
			marks := []rune(q)
			if inner, ok := strings.CutPrefix(s, string(marks[0])); ok && strings.HasSuffix(inner, string(marks[1])) {
				s = strings.TrimSuffix(inner, string(marks[1]))
			}
		}
		if s = strings.TrimLeft(s, "'"); s == before {
			return s
		}
	}
}
