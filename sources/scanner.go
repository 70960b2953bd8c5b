package sources

import (
	"bufio"
	"errors"
	"io"
)

// Limits of one record. They bound what a damaged file can make us hold.
const (
	maxRecord = 1 << 20 // bytes of text in a record, all fields together
	maxFields = 1 << 14 // fields in a record; a spreadsheet has no more columns
)

// errOpenQuote is of a quote that is never closed, or not within a record.
var errOpenQuote = errors.New("quote without end")

// scanner cuts bytes into records and fields, in the manner of RFC 4180 with
// the liberties that spreadsheets take.
//
// encoding/csv does not serve here: it buffers a quote that is never closed up
// to the end of the file, cannot step over a record that is too long, and
// takes a lone CR for text. A test holds this scanner against encoding/csv
// wherever both accept the input. Its liberties are those of Python's csv:
// a quote inside an unquoted field is text, and so is what follows a closing
// quote. Blanks before an opening quote are dropped. LF, CRLF and lone CR
// end a line; inside quotes each becomes LF.
//
// It works on bytes: in UTF-8 no byte of a delimiter, quote or line end is ever a
// part of another character. In GB18030 the bar alone may be: splitsCharacters.
type scanner struct {
	r     *bufio.Reader
	delim byte
	line  int64 // physical line of the next byte

	textRecord       // the current one
	quoteLine  int64 // line on which its last quote was opened
	state      scanState
}

// textRecord is one record of a text.
type textRecord struct {
	data  []byte // the fields, one after the other
	ends  []int  // field i ends at data[ends[i]]
	start int64  // line on which it starts
	end   int64  // line on which it ends
	cut   bool   // it is longer than the limits; the rest was dropped
	// escaped says that a backslash stands before a quote that would not end its field: some databases write a quote so
	// that is a part of a value.
	escaped bool
}

type scanState int

const (
	atStart  scanState = iota // of a field: nothing but blanks so far
	inPlain                   // in an unquoted field
	inQuotes                  // between quotes
	atQuote                   // after a quote between quotes: its end, or half of a doubled one
)

func newScanner(r *bufio.Reader, delim byte, line int64) *scanner {
	return &scanner{r: r, delim: delim, line: line}
}

// scan reads the next record that is not a blank line. It returns io.EOF at
// the end, errOpenQuote when a quote is never closed or holds more than a
// record may, and otherwise what the reader returned.
func (s *scanner) scan() error {
	s.reset()
	for {
		s.takeRun()
		b, err := s.r.ReadByte()
		if err != nil {
			s.end = s.line
			return s.finish(err)
		}
		if b == ctrlZ && s.atEnd() {
			continue
		}
		if b == '\r' || b == '\n' {
			s.end = s.line
			if err := s.endLine(b); err != nil {
				return err
			}
			if s.state != inQuotes && s.endRecord() {
				return nil
			}
			continue
		}
		if err := s.take(b); err != nil {
			return err
		}
	}
}

// ctrlZ ends a text of DOS, and of programs that still write it. Elsewhere it is text.
const ctrlZ = 0x1A

func (s *scanner) atEnd() bool {
	_, err := s.r.Peek(1)
	return errors.Is(err, io.EOF)
}

func (s *scanner) reset() {
	s.data, s.ends = s.data[:0], s.ends[:0]
	s.start, s.cut, s.escaped, s.state = s.line, false, false, atStart
}

// takeRun takes what comes next and can be nothing but text and the ends of plain fields: nearly
// all of a file, at once where take would look at every byte.
func (s *scanner) takeRun() {
	if s.state == atQuote {
		return
	}
	w, _ := s.r.Peek(min(s.r.Buffered(), maxRecord-len(s.data))) // cannot fail: so much is there
	taken := 0
	for taken < len(w) && (s.state != atStart || w[taken] != ' ') {
		rest, n := w[taken:], 0
		for n < len(rest) && rest[n] >= ' ' && rest[n] != '"' && rest[n] != s.delim {
			n++
		}
		if n > 0 {
			s.data = append(s.data, rest[:n]...)
			s.state = max(s.state, inPlain) // it stays between quotes
		}
		taken += n
		if n == len(rest) || rest[n] != s.delim || s.state == inQuotes {
			break
		}
		s.endField()
		s.state = atStart
		taken++
	}
	_, _ = s.r.Discard(taken) // cannot fail: it has been peeked
}

// take adds one byte that does not end a line.
func (s *scanner) take(b byte) error {
	switch {
	case s.state == inQuotes:
		if b == '"' {
			s.state = atQuote
			return nil
		}
	case b == s.delim:
		s.endField()
		s.state = atStart
		return nil
	case b == '"' && s.state == atStart:
		s.data = s.data[:s.fieldStart()]
		s.state, s.quoteLine = inQuotes, s.line
		return nil
	case b == '"' && s.state == atQuote:
		s.escaped = s.escaped || s.endsInBackslash()
		s.state = inQuotes
	case s.state == atStart && (b == ' ' || b == '\t'):
	default:
		s.escaped = s.escaped || s.state == atQuote && b != ' ' && s.endsInBackslash()
		s.state = inPlain
	}
	return s.add(b)
}

// endsInBackslash tells whether the last character of the field so far is one.
func (s *scanner) endsInBackslash() bool {
	return len(s.data) > s.fieldStart() && s.data[len(s.data)-1] == '\\'
}

func (s *scanner) add(b byte) error {
	if len(s.data) < maxRecord {
		s.data = append(s.data, b)
		return nil
	}
	if s.state == inQuotes {
		return errOpenQuote
	}
	s.cut = true
	return nil
}

// endLine counts the line and swallows the LF of a CRLF. Between quotes the
// line end is text.
func (s *scanner) endLine(b byte) error {
	s.line++
	if b == '\r' {
		if next, err := s.r.Peek(1); err == nil && next[0] == '\n' {
			_, _ = s.r.Discard(1) // cannot fail: the byte has just been peeked
		}
	}
	if s.state == inQuotes {
		return s.add('\n')
	}
	return nil
}

// endRecord closes the record; false means that it was a blank line and the
// next one has begun.
func (s *scanner) endRecord() bool {
	s.endField()
	if len(s.ends) == 1 && !s.cut && isBlank(s.data) {
		s.reset()
		return false
	}
	return true
}

func (s *scanner) endField() {
	if len(s.ends) == maxFields {
		s.cut = true
		return
	}
	s.ends = append(s.ends, len(s.data))
}

// finish deals with the end of the input, or with an error in its middle.
func (s *scanner) finish(err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	if s.state == inQuotes {
		return errOpenQuote
	}
	if len(s.data) == 0 && len(s.ends) == 0 && s.state == atStart {
		return io.EOF
	}
	if s.endRecord() {
		return nil
	}
	return io.EOF
}

func (s *scanner) fieldStart() int {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

func (r *textRecord) fields() int { return len(r.ends) }

// field returns the bytes of field i, nil when the record has no such field.
func (r *textRecord) field(i int) []byte {
	if i >= len(r.ends) {
		return nil
	}
	if i == 0 {
		return r.data[:r.ends[0]]
	}
	return r.data[r.ends[i-1]:r.ends[i]]
}

func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}
