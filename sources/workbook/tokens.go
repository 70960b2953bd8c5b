package workbook

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"unicode/utf8"
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	other tokenKind = iota // a comment, an instruction, a directive
	started
	ended
	chars
)

// token is one piece of an XML part. What it holds is good until the next.
type token struct {
	kind  tokenKind
	name  []byte // of what has started or ended, without its prefix
	attrs []attr
	text  []byte // of chars
}

type attr struct{ prefix, name, value []byte }

// attribute returns an attribute by its local name, nil when it is not there.
func (t *token) attribute(name string) []byte {
	for i := range t.attrs {
		if a := &t.attrs[i]; string(a.name) == name && string(a.prefix) != "xmlns" {
			return a.value
		}
	}
	return nil
}

// windowSize is how many bytes of a part are looked at together.
const windowSize = 64 << 10

// tokens cuts a part into the tokens that encoding/xml's RawToken would give,
// many times as fast. It takes by itself what nearly all of a sheet consists of:
// tags whose names and values are plain, and text without references. Whatever
// else comes (references, CDATA, comments, instructions, other letters in a
// tag, what is wrong) is read by encoding/xml, token by token. So there is one
// judge of what is XML, and a test holds both against each other.
type tokens struct {
	token
	from   io.Reader
	err    error  // of from
	buf    []byte // the window
	pos    int    // of buf: what is before has been taken
	closes bool   // the element that was started is empty: its end is next
	wrong  error  // what ended the tokens, returned ever after

	lines int     // in what has left the window
	given int64   // to encoding/xml, of the token that it reads
	last  [2]byte // given
}

func newTokens(from io.Reader) *tokens { return newWindow(from, windowSize) }

// newWindow looks at size bytes together.
func newWindow(from io.Reader, size int) *tokens {
	return &tokens{from: from, buf: make([]byte, 0, size)}
}

// next returns the next token. It returns io.EOF at the end, else what from
// returned, or an *xml.SyntaxError.
func (s *tokens) next() (*token, error) {
	switch {
	case s.wrong != nil:
		return nil, s.wrong
	case s.closes:
		s.closes, s.kind = false, ended
		return &s.token, nil
	}
	for {
		n, whole := s.quick(s.buf[s.pos:])
		switch {
		case n > 0:
			s.pos += n
			return &s.token, nil
		case whole || !s.fill():
			return s.slow()
		}
	}
}

// fill reads on, and tells whether anything came. A token that fills the window
// stays as it is.
func (s *tokens) fill() bool {
	if s.err != nil {
		return false
	}
	if len(s.buf) == cap(s.buf) {
		s.slide(s.pos)
	}
	for range 100 { // as bufio has it: a reader that gives nothing and no error
		room := s.buf[len(s.buf):cap(s.buf)]
		if len(room) == 0 {
			return false
		}
		n, err := s.from.Read(room)
		s.buf, s.err = s.buf[:len(s.buf)+n], err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// slide lets go of what lies before a place of the window.
func (s *tokens) slide(before int) {
	s.lines += bytes.Count(s.buf[:before], []byte{'\n'})
	s.buf = s.buf[:copy(s.buf, s.buf[before:])]
	s.pos -= before
}

// Classes of bytes.
const (
	isPlain  = 1 << iota // in a text or a value
	isQuote              // in a text
	isHigh               // of a character that is not ASCII
	isLetter             // a name begins with it
	isName               // in a name, the colon too
	isSpace
)

// classes says what a byte may be; what has no class here is for encoding/xml.
var classes = func() (c [256]uint8) {
	for b := ' '; b <= '~'; b++ {
		c[b] |= isPlain
	}
	c['\n'], c['\t'] = isPlain|isSpace, isPlain|isSpace
	c[' '] |= isSpace
	c['<'], c['>'], c['&'], c['"'], c['\''] = 0, 0, 0, isQuote, isQuote
	for b := 'a'; b <= 'z'; b++ {
		c[b] |= isLetter | isName
		c[b-'a'+'A'] |= isLetter | isName
	}
	for _, b := range "0123456789-.:" {
		c[b] |= isName
	}
	c['_'] |= isLetter | isName
	for b := utf8.RuneSelf; b < 256; b++ {
		c[b] = isHigh
	}
	return c
}()

// quick takes a token from w when it is a plain one, and returns its length. 0
// is a token that is not plain, or, when whole is not true, one that goes on
// beyond w.
func (s *tokens) quick(w []byte) (n int, whole bool) {
	switch {
	case len(w) == 0:
		return 0, false
	case w[0] != '<':
		return s.quickText(w)
	case len(w) == 1:
		return 0, false
	case w[1] == '/':
		return s.quickEnd(w)
	case classes[w[1]]&isLetter != 0:
		return s.quickStart(w)
	}
	return 0, true
}

func (s *tokens) quickText(w []byte) (int, bool) {
	var seen uint8
	for i, b := range w {
		c := classes[b]
		seen |= c
		switch {
		case c&(isPlain|isQuote|isHigh) != 0:
		case b != '<':
			return 0, true
		case seen&isHigh != 0 && !allowed(w[:i]):
			return 0, true
		default:
			s.kind, s.text = chars, w[:i]
			return i, true
		}
	}
	return 0, false
}

// allowed tells whether a text is UTF-8 and has none of the two characters of
// more than one byte that XML forbids, U+FFFE and U+FFFF.
func allowed(text []byte) bool {
	return utf8.Valid(text) && !bytes.Contains(text, []byte("\uFFFE")) && !bytes.Contains(text, []byte("\uFFFF"))
}

func (s *tokens) quickEnd(w []byte) (int, bool) {
	_, name, i := plainName(w, 2)
	switch {
	case i == len(w):
		return 0, false
	case i == 0 || w[i] != '>':
		return 0, true
	}
	s.kind, s.name = ended, name
	return i + 1, true
}

func (s *tokens) quickStart(w []byte) (int, bool) {
	_, name, i := plainName(w, 1)
	if i == 0 {
		return 0, true
	}
	s.attrs = s.attrs[:0]
	for {
		for i < len(w) && classes[w[i]]&isSpace != 0 {
			i++
		}
		if i+1 >= len(w) && (i == len(w) || w[i] == '/') {
			return 0, false
		}
		switch {
		case w[i] == '>':
			s.kind, s.name = started, name
			return i + 1, true
		case w[i] == '/' && w[i+1] == '>':
			s.kind, s.name, s.closes = started, name, true
			return i + 2, true
		}
		var more bool
		if i, more = s.quickAttribute(w, i); i == 0 {
			return 0, !more
		}
	}
}

// quickAttribute takes name="value" and returns the place behind it; 0 is none,
// or, when more is true, one that goes on beyond w.
func (s *tokens) quickAttribute(w []byte, i int) (end int, more bool) {
	prefix, name, i := plainName(w, i)
	switch {
	case i == 0:
		return 0, false
	case i+1 >= len(w):
		return 0, true
	case w[i] != '=' || w[i+1] != '"' && w[i+1] != '\'':
		return 0, false
	}
	quote, begin := w[i+1], i+2
	for i = begin; i < len(w) && (classes[w[i]]&isPlain != 0 || w[i] == '>'); i++ {
	}
	switch {
	case i+1 >= len(w):
		return 0, true
	case w[i] != quote || classes[w[i+1]]&isSpace == 0 && w[i+1] != '/' && w[i+1] != '>':
		return 0, false
	}
	s.attrs = append(s.attrs, attr{prefix, name, w[begin:i]})
	return i + 1, false
}

// plainName reads a name that begins at i, and returns the place behind it, 0
// when it is none that is plain.
func plainName(w []byte, i int) (prefix, local []byte, end int) {
	if i < len(w) && classes[w[i]]&isLetter == 0 {
		return nil, nil, 0
	}
	begin, colon := i, 0
	for ; i < len(w) && classes[w[i]]&isName != 0; i++ {
		if w[i] != ':' {
			continue
		}
		if colon > 0 {
			return nil, nil, 0
		}
		colon = i
	}
	if i < len(w) && classes[w[i]]&isHigh != 0 || colon == i-1 {
		return nil, nil, 0
	}
	if colon > 0 {
		return w[begin:colon], w[colon+1 : i], i
	}
	return nil, w[begin:i], i
}

// slow lets encoding/xml read one token.
func (s *tokens) slow() (*token, error) {
	begin := s.lines + bytes.Count(s.buf[:s.pos], []byte{'\n'})
	s.given = 0
	d := xml.NewDecoder(oneByOne{s})
	t, err := d.RawToken()
	s.pos -= int(s.given - d.InputOffset()) // at most one byte, which it has looked at
	if err != nil {
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Line += begin
		}
		s.wrong = err
		return nil, err
	}
	s.kind, s.attrs = other, s.attrs[:0]
	switch t := t.(type) {
	case xml.StartElement:
		s.kind, s.name, s.closes = started, []byte(t.Name.Local), s.last == [2]byte{'/', '>'}
		for _, a := range t.Attr {
			s.attrs = append(s.attrs, attr{[]byte(a.Name.Space), []byte(a.Name.Local), []byte(a.Value)})
		}
	case xml.EndElement:
		s.kind, s.name = ended, []byte(t.Name.Local)
	case xml.CharData:
		s.kind, s.text = chars, t
	}
	return &s.token, nil
}

// oneByOne gives the window to encoding/xml, which takes no byte too many from
// what is an io.ByteReader.
type oneByOne struct{ s *tokens }

// ReadByte gives the next byte.
func (o oneByOne) ReadByte() (byte, error) {
	s := o.s
	if s.pos == len(s.buf) {
		if len(s.buf) == cap(s.buf) {
			s.slide(s.pos - 1) // one byte may come back
		}
		if !s.fill() {
			return 0, s.err
		}
	}
	b := s.buf[s.pos]
	s.pos++
	s.given++
	s.last = [2]byte{s.last[1], b}
	return b, nil
}

// Read is there since encoding/xml asks for it; it uses ReadByte alone.
func (o oneByOne) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := o.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}
