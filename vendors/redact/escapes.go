package redact

import (
	"html"
	"strconv"
	"unicode/utf8"
)

// mostEscapes is how many escapes may be undone one over the other.
const mostEscapes = 4

// unit is what some bytes of a text spell: themselves, or what an escape stands for. It
// is empty for a line that goes on (quoted-printable).
type unit struct {
	bytes [utf8.UTFMax]byte
	size  uint8
	left  uint8 // how many escapes may still be undone over it
	next  int   // where the text goes on behind it
}

func (u *unit) text() []byte { return u.bytes[:u.size] }

// readings are the ways to read what begins at one place: as it stands, and with one
// escape undone after the other.
type readings struct {
	list [8]unit
	n    int
	cut  bool // the text ends in the middle of an escape that begins there
}

func (r *readings) add(u unit) {
	if r.n < len(r.list) {
		r.list[r.n] = u
		r.n++
	}
}

// read reads what begins at a place: %253D is a percent sign as it stands, then that of
// %25, and then the equals sign of %3D.
func (r *readings) read(text []byte, at int, depth uint8) {
	r.n, r.cut = 0, false
	r.add(unit{bytes: [utf8.UTFMax]byte{text[at]}, size: 1, left: depth, next: at + 1})
	for i := 0; i < r.n; i++ {
		if u := &r.list[i]; u.left > 0 && u.size == 1 && introduces[u.bytes[0]] {
			c := cursor{text: text, at: u.next, depth: u.left - 1, escaped: i > 0}
			c.unescape(u.bytes[0], r)
			r.cut = r.cut || c.cut
		}
	}
}

// introducers are the bytes that an escape begins with.
const introducers = `\%&=+`

// unescape reads the rest of the escape that a byte begins.
func (c *cursor) unescape(introducer byte, to *readings) {
	switch introducer {
	case '\\':
		c.backslash(to)
	case '%':
		c.percent(to)
	case '=':
		c.printable(to)
	case '&':
		c.entity(to)
	case '+': // a blank in a form
		c.byte(' ', to)
	}
}

// cursor reads on in an escape, whose own bytes may be escaped again.
type cursor struct {
	text    []byte
	at      int
	depth   uint8
	escaped bool // so was the byte that began it
	cut     bool // the text ended before the escape did
	last    rune // what numbered has read
}

// take reads one byte of a kind.
func (c *cursor) take(kind *[256]bool) (byte, bool) {
	if c.at >= len(c.text) {
		c.cut = true
		return 0, false
	}
	if b := c.text[c.at]; kind[b] {
		c.at++
		return b, true
	} else if c.depth == 0 || !introduces[b] {
		return 0, false
	}
	var here readings
	here.read(c.text, c.at, c.depth)
	c.cut = c.cut || here.cut
	for i := 1; i < here.n; i++ {
		u := &here.list[i]
		if u.size == 0 { // the line goes on
			c.at, c.depth = u.next, u.left
			return c.take(kind)
		}
		if u.size == 1 && kind[u.bytes[0]] {
			c.at = u.next
			return u.bytes[0], true
		}
	}
	return 0, false
}

func (c *cursor) byte(b byte, to *readings) {
	to.add(unit{bytes: [utf8.UTFMax]byte{b}, size: 1, left: c.depth, next: c.at})
}

func (c *cursor) rune(r rune, to *readings) {
	u := unit{left: c.depth, next: c.at}
	u.size = uint8(utf8.EncodeRune(u.bytes[:], r))
	to.add(u)
}

// hex reads so many hexadecimal digits.
func (c *cursor) hex(digits int) (value rune, ok bool) {
	for range digits {
		b, ok := c.take(&hexDigits)
		if !ok {
			return 0, false
		}
		value = value<<4 | rune(hexValue(b))
	}
	return value, true
}

func hexValue(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&^0x20 - 'A' + 10
}

func (c *cursor) character(to *readings) {
	if r, ok := c.hex(4); ok {
		c.rune(r, to)
	}
}

func (c *cursor) octet(to *readings) {
	if v, ok := c.hex(2); ok {
		c.byte(byte(v), to)
	}
}

// percent is %3D, or %u003d of older programs.
func (c *cursor) percent(to *readings) {
	if _, ok := c.take(&unicodeMarks); ok {
		c.character(to)
	} else {
		c.octet(to)
	}
}

// backslash is \u003d, \u{3d}, \x3d, \075, \n and \/, as JSON and programs write them.
func (c *cursor) backslash(to *readings) {
	if c.at >= len(c.text) {
		c.cut = true
		return
	}
	after := *c
	defer func() { c.cut = c.cut || after.cut }()
	after.at++
	after.meant(c.text[c.at], to)
	if c.depth == 0 || !introduces[c.text[c.at]] || c.text[c.at] == '\\' && !c.escaped {
		return
	}
	var here readings
	here.read(c.text, c.at, c.depth)
	c.cut = c.cut || here.cut
	for i := 1; i < here.n; i++ { // what follows is escaped as well
		u := &here.list[i]
		after.at, after.depth = u.next, min(c.depth, u.left)
		if u.size == 0 { // the line goes on
			after.backslash(to)
		} else if u.size == 1 && u.bytes[0] != '\\' {
			after.depth = c.depth
			after.meant(u.bytes[0], to)
		}
	}
}

// meant is what the byte behind a backslash means.
func (c *cursor) meant(b byte, to *readings) {
	switch {
	case b == 'u' || b == 'U':
		c.inBraces(to)
		c.character(to)
	case b == 'x' || b == 'X':
		c.octet(to)
	case octalDigits[b]:
		c.octal(b, to)
	case controls[b] != 0:
		c.byte(controls[b], to)
	case !nameLetters[b]:
		c.byte(b, to)
	}
}

// inBraces is the rest of \u{3d}.
func (c *cursor) inBraces(to *readings) {
	inside := *c
	defer func() { c.cut = c.cut || inside.cut }()
	if _, ok := inside.take(&openBrace); !ok {
		return
	}
	var room [mostDigits]byte
	r, err := strconv.ParseUint(string(inside.takeAll(&hexDigits, room[:])), 16, 21)
	if _, ok := inside.take(&closeBrace); ok && err == nil {
		inside.rune(rune(r), to)
	}
}

// octal is the rest of \075: up to three digits, as many as there are. A digit that is escaped
// itself may belong to it, or be what follows.
func (c *cursor) octal(first byte, to *readings) {
	plain, whole := *c, *c
	plain.depth = 0
	value, ok := plain.octalValue(first)
	if ok {
		plain.depth = c.depth
		plain.byte(value, to)
	}
	if again, ok := whole.octalValue(first); ok && (whole.at != plain.at || again != value) {
		whole.byte(again, to)
	}
	c.cut = c.cut || plain.cut || whole.cut
}

// octalValue is what up to three octal digits come to.
func (c *cursor) octalValue(first byte) (value byte, ok bool) {
	var room [2]byte
	sum := int(first - '0')
	for _, b := range c.takeAll(&octalDigits, room[:]) {
		sum = sum<<3 | int(b-'0')
	}
	return byte(sum), sum <= 0xff
}

// controls are the letters that mean a control character.
var controls = [256]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// printable is quoted-printable: =3D, or a line that goes on.
func (c *cursor) printable(to *readings) {
	b, ok := c.take(&lineBreaks)
	if !ok {
		c.octet(to)
		return
	}
	if b == '\r' {
		c.take(&newLine)
	}
	to.add(unit{left: c.depth, next: c.at})
}

// entity is &#61;, &#x3d; or &equals;. The semicolon of a number may be missing, as
// browsers take it.
func (c *cursor) entity(to *readings) {
	if _, ok := c.take(&numberSign); !ok {
		c.named(to)
		return
	}
	kind, base := &decimalDigits, 10
	if _, ok := c.take(&hexMarks); ok {
		kind, base = &hexDigits, 16
	}
	// A digit that is escaped itself may belong to the number, or be what follows.
	plain, whole := *c, *c
	plain.depth = 0
	if ok := plain.numbered(kind, base); ok {
		r := plain.last
		plain.depth = c.depth
		plain.take(&semicolon)
		plain.rune(r, to)
	}
	if ok := whole.numbered(kind, base); ok && (whole.last != plain.last || plain.at < whole.at) {
		r := whole.last
		whole.take(&semicolon)
		whole.rune(r, to)
	}
	c.cut = c.cut || plain.cut || whole.cut
}

// numbered reads the number of an entity into last.
func (c *cursor) numbered(kind *[256]bool, base int) bool {
	var room [mostDigits]byte
	r, err := strconv.ParseUint(string(c.takeAll(kind, room[:])), base, 21)
	c.last = rune(r)
	return err == nil
}

// How long a number and a name of an entity are at most.
const (
	mostDigits = 16
	mostName   = 32
)

func (c *cursor) named(to *readings) {
	var room [mostName]byte
	name := c.takeAll(&nameLetters, room[:])
	if len(name) < 2 {
		return
	}
	if _, ok := c.take(&semicolon); !ok {
		return
	}
	said := html.UnescapeString("&" + string(name) + ";")
	if r, size := utf8.DecodeRuneInString(said); size == len(said) {
		c.rune(r, to)
	}
}

// takeAll reads bytes of a kind into the room that there is.
func (c *cursor) takeAll(kind *[256]bool, room []byte) []byte {
	for i := range room {
		b, ok := c.take(kind)
		if !ok {
			return room[:i]
		}
		room[i] = b
	}
	return room
}

const (
	decimals = "0123456789"
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// What may stand in an escape, by its place.
var (
	introduces    = kindOf(introducers)
	decimalDigits = kindOf(decimals)
	hexDigits     = kindOf(decimals + "abcdefABCDEF")
	octalDigits   = kindOf("01234567")
	openBrace     = kindOf("{")
	closeBrace    = kindOf("}")
	nameLetters   = kindOf(decimals + alphabet)
	unicodeMarks  = kindOf("uU")
	hexMarks      = kindOf("xX")
	numberSign    = kindOf("#")
	semicolon     = kindOf(";")
	lineBreaks    = kindOf("\r\n")
	newLine       = kindOf("\n")
	blanks        = kindOf(" \t")
)

func kindOf(bytes string) (out [256]bool) {
	for i := range len(bytes) {
		out[bytes[i]] = true
	}
	return out
}
