package redact

import (
	"bytes"
	"iter"
	"unicode"
	"unicode/utf8"
)

// mostTag is how long a tag is at most, in bytes as it is spelled.
const mostTag = 4000

// isHidden tells whether a character is not seen by itself: cleaning drops it, or makes a
// blank of it, or it is a mark on the letter before it.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Other_Default_Ignorable_Code_Point) || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// cleaning is how a text is cleaned.
type cleaning struct {
	cut    bool // the text was cut
	quoted bool // a > in the value of an attribute, in quotes, does not end its tag: some readers know that, and some do not
	quotes bool // there was such a one, and quoted would make a difference
	markup bool // a comment goes on to its end, whatever is in it, and what is in CDATA is text: some readers know that, and some do not
	marked bool // there was something of that kind, and markup would make a difference
}

// visible is a text as it stands in a table once it was cleaned: without invisible
// characters and tags, in whatever spelling. kept are the parts of the text that are
// left; both are nil where nothing is taken out. Of a text that was cut, what the cut left
// of a tag is taken out as well.
func (c *cleaning) visible(text []byte) (out []byte, kept []span) {
	var here readings
	what := opensHidden
	if c.markup {
		what |= opensMarkup
	}
	begin := 0
	for at := firstOf(what, text, 0); at < len(text); at = firstOf(what, text, at) {
		next := c.behindHidden(text, at, &here)
		if next == at {
			at++
			continue
		}
		if out == nil {
			out = make([]byte, 0, len(text))
		}
		out, kept = append(out, text[begin:at]...), append(kept, span{begin, at})
		at, begin = next, next
	}
	if out == nil {
		return nil, nil
	}
	return append(out, text[begin:]...), append(kept, span{begin, len(text)})
}

// behindHidden is where a text goes on behind what begins at a place and is not seen; the place
// itself where that is seen.
func (c *cleaning) behindHidden(text []byte, at int, here *readings) int {
	switch b := text[at]; {
	case c.cut && !utf8.FullRune(text[at:]):
		return len(text)
	case b >= utf8.RuneSelf, b < ' ', b == 0x7f:
		if r, size := utf8.DecodeRune(text[at:]); isHidden(r) {
			return at + size
		}
	case b == '<':
		return c.behindTag(text, at, at+1)
	case b == ']':
		return behindCDATA(text, at, c.cut)
	case b == '%':
		return behindOctets(text, at, c.cut, here)
	case b == '&' || b == '\\':
		if !mayBeHidden(text[at:]) {
			return at
		}
		here.read(text, at, mostEscapes)
		for i := 1; i < here.n; i++ {
			u := here.list[i]
			if r, size := utf8.DecodeRune(u.text()); size > 0 && isHidden(r) {
				return u.next
			} else if r == '<' {
				return c.behindTag(text, at, u.next)
			}
		}
	}
	return at
}

// behindOctets is where a text goes on behind an invisible character whose bytes are percent-encoded; the place itself
// where there is none.
func behindOctets(text []byte, at int, cut bool, here *readings) int {
	var spelled []byte
	for i := at; ; {
		if i == len(text) {
			return behindCut(text, at, cut)
		} else if text[i] != '%' {
			return at
		}
		here.read(text, i, mostEscapes)
		next := i
		for k := 1; k < here.n && next == i; k++ {
			if u := here.list[k]; u.size == 1 && u.bytes[0] >= utf8.RuneSelf {
				spelled, next = append(spelled, u.bytes[0]), u.next
			}
		}
		if next == i {
			return behindCut(text, at, cut && here.cut)
		}
		if i = next; utf8.FullRune(spelled) {
			if r, size := utf8.DecodeRune(spelled); size == len(spelled) && isHidden(r) {
				return i
			}
			return at
		}
	}
}

// mayBeHidden tells whether an escape may be that of an invisible character or of a tag: nearly
// all of them are Chinese letters, blanks and quotes.
func mayBeHidden(text []byte) bool {
	if len(text) < 4 {
		return false
	}
	if text[0] == '&' {
		return bytes.IndexByte([]byte("#szZlraLRINiA"), text[1]) >= 0
	}
	if text[1] != 'u' || len(text) < 6 {
		return text[1] == '\\' || text[1] == 'x' || text[1] == 'u'
	}
	switch text[2] {
	case '0', '\\', '&', '%':
		return true
	case '1':
		return text[3] == '8' // U+180E
	case '2':
		return text[3] == '0'
	case 'f', 'F':
		return text[3]|0x20 == 'e'
	}
	return false
}

// behindTag is where a text goes on behind a tag that begins at a place and whose name
// stands at another; the place where there is no tag.
func (c *cleaning) behindTag(text []byte, at, name int) int {
	if name >= len(text) {
		return behindCut(text, at, c.cut)
	} else if !nameLetters[text[name]|0x20] && text[name] != '/' && text[name] != '!' {
		return at
	}
	if text[name] == '!' {
		c.marked = true
		if next, ok := c.behindMarkup(text, at, name+1); c.markup && ok {
			return next
		}
	}
	var here readings
	var quote, last byte // the quote that a value stands in, 0 outside of one; the last sign
	for i := name; i < min(len(text), at+mostTag); {
		b, next := tagSign(text, i, &here)
		inValue := quote != 0
		ends := !inValue || !c.quoted
		switch {
		case inValue && b == quote:
			quote = 0
		case b == '>' && ends:
			c.quotes = c.quotes || inValue
			return next
		case b == '<' && ends:
			c.quotes = c.quotes || inValue
			return at
		case !inValue && last == '=' && (b == '"' || b == '\''):
			quote = b
		}
		if !blanks[b] {
			last = b
		}
		i = next
	}
	return behindCut(text, at, c.cut && len(text) < at+mostTag)
}

// cdata is what a piece of plain text begins with, behind its <!, and cdataEnd what it ends with.
var cdata, cdataEnd = []byte("[CDATA["), []byte("]]>")

// behindMarkup is where a text goes on behind a comment, or behind what begins plain text (CDATA), which begins at a
// place; what it is stands at another. ok is false where it is neither.
func (c *cleaning) behindMarkup(text []byte, at, kind int) (next int, ok bool) {
	rest := text[min(kind, len(text)):]
	if bytes.HasPrefix(rest, cdata) {
		return kind + len(cdata), true
	}
	if c.cut && bytes.HasPrefix(cdata, rest) {
		return len(text), true
	}
	var here readings
	var before [2]byte // the last two signs
	signs := 0
	for i := kind; i < min(len(text), at+mostTag); {
		var b byte
		b, i = tagSign(text, i, &here)
		if signs++; signs <= 2 && b != '-' {
			return at, false
		}
		if b == '>' && before == [2]byte{'-', '-'} {
			return i, true
		}
		if b != '!' || before != [2]byte{'-', '-'} { // --!> ends one as well
			before = [2]byte{before[1], b}
		}
	}
	return behindCut(text, at, c.cut && len(text) < at+mostTag), true
}

// behindCDATA is where a text goes on behind the end of plain text; the place where none ends.
func behindCDATA(text []byte, at int, cut bool) int {
	if rest := text[at:]; len(rest) < len(cdataEnd) && bytes.HasPrefix(cdataEnd, rest) {
		return behindCut(text, at, cut)
	}
	if text[at+1] != ']' {
		return at
	}
	var here readings
	if b, next := tagSign(text, at+2, &here); b == '>' {
		return next
	}
	return behindCut(text, at, cut && here.cut)
}

// tagSign reads a sign in a tag, and says where the tag goes on. Those that matter there may be escaped.
func tagSign(text []byte, at int, here *readings) (b byte, next int) {
	if b = text[at]; b == '&' || b == '\\' || b == '%' {
		here.read(text, at, mostEscapes)
		for k := 1; k < here.n; k++ {
			if u := &here.list[k]; u.size == 1 && tagSigns[u.bytes[0]] {
				return u.bytes[0], u.next
			}
		}
	}
	return b, at + 1
}

// tagSigns are those that say where a tag or a comment ends.
var tagSigns = kindOf(`>="'-!`)

// behindCut is the end of a text that was cut, else the place.
func behindCut(text []byte, at int, cut bool) int {
	if cut {
		return len(text)
	}
	return at
}

// places are the bytes of the parts of a text.
func places(kept []span) iter.Seq[span] {
	return func(yield func(span) bool) {
		for _, part := range kept {
			for at := part.from; at < part.to; at++ {
				if !yield(span{at, at + 1}) {
					return
				}
			}
		}
	}
}
