package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"
)

// Parted is a secret with white space in it that it does not have: a line was wrapped, or the lines of base64 and the
// groups of hex digits were put one behind the other with blanks. Around white space it is looked whether the letters
// before and behind it may be those of a secret, as it is, in base64 or in hex. Only then is the white space
// taken out, and the text around it looked at as if it had none.

const (
	// seamBits make a table in which few windows stand that were not put there. That of a call is smaller: it is made
	// for each, and for fewer texts.
	seamBits, callSeamBits = 18, 15
	// seamSide is how many letters on each side of white space are looked at.
	seamSide = 5
	// mostParted is how far a secret may reach on one side of white space in it, as it is spelled.
	mostParted = 256
	// leastParted is how long a secret is at least that has no digit, or nothing but digits: a shorter one may be what
	// ordinary words or numbers come to without the blanks between them.
	leastParted = 16
)

// seams are a table of four letters that may stand side by side in a secret, as it is or spelled, without white space.
// Capitals and small letters are the same in it.
type seams struct {
	bits    uint // how many bits of a hash say where a window stands
	table   []uint64
	letters [256]bool // those that stand in it
	any     bool      // something does
}

func newSeams(bits uint) seams { return seams{bits: bits, table: make([]uint64, 1<<bits/64)} }

func (s *seams) put(letters []byte) {
	for i := 0; i+window <= len(letters); i++ {
		at := hashOf(letters[i:]) >> (32 - s.bits)
		s.table[at>>6] |= 1 << (at & 63)
	}
	for _, b := range letters {
		s.letters[b] = b != '"' // white space beside it is between the texts of JSON, and in none
	}
}

func (s *seams) has(hash uint32) bool {
	if !s.any {
		return false
	}
	at := hash >> (32 - s.bits)
	return s.table[at>>6]&(1<<(at&63)) != 0
}

// hashOf is a hash of four letters.
func hashOf(b []byte) uint32 {
	four := uint32(folded[b[0]]) | uint32(folded[b[1]])<<8 | uint32(folded[b[2]])<<16 | uint32(folded[b[3]])<<24
	return four * 2654435761
}

// folded is each byte as the table has it: small letters, in the usual alphabet of base64.
var folded = foldedBytes()

func foldedBytes() (out [256]byte) {
	for i := range out {
		out[i] = byte(i)
	}
	for b := byte('A'); b <= 'Z'; b++ {
		out[b] = b | 0x20
	}
	out['-'], out['_'] = '+', '/'
	return out
}

// add lets a text be found that is parted.
func (s *seams) add(text []byte) {
	bare := withoutBlanks(text)
	if !mayBeParted(bare) {
		return
	}
	s.any = true
	for _, b := range []byte(alphabet + decimals + "+/-_") { // the last letter of base64 may be any
		s.letters[b] = true
	}
	s.put(bare)
	var room [512]byte
	s.put(hex.AppendEncode(room[:0], bare))
	const bitsOfByte, bitsOfLetter = 8, 6
	shifted := append(make([]byte, 2, 2+len(bare)), bare...)
	for before := range 3 { // how many bytes stand before it in its group of three
		letters := base64.StdEncoding.AppendEncode(room[:0], shifted[2-before:])
		from := (before*bitsOfByte + bitsOfLetter - 1) / bitsOfLetter
		s.put(letters[from : (before+len(bare))*bitsOfByte/bitsOfLetter])
	}
}

// withoutBlanks is a text without white space: itself where it has none.
func withoutBlanks(text []byte) []byte {
	if bytes.ContainsAny(text, " \t\r\n") {
		return bytes.Join(bytes.Fields(text), nil)
	}
	return text
}

// mayBeParted tells whether a text cannot be a few ordinary words or numbers.
func mayBeParted(text []byte) bool {
	digits := 0
	for _, b := range text {
		if decimalDigits[b] {
			digits++
		}
	}
	return len(text) >= leastParted || len(text) >= Shortest && digits > 0 && digits < len(text)
}

// parted finds the secrets that have white space in them.
func (r *Redactor) parted(text []byte, w look, found []span) []span {
	if !r.seams.any && !r.callSeams.any {
		return found
	}
	done := 0 // how far it was looked already
	for at := firstOf(opensBlank, text, 0); at < len(text); {
		for isChinese(text, at) {
			at += len(`\u66f4`)
		}
		if at >= len(text) {
			break
		}
		behind := at
		if at > 0 && r.isLetter(text[at-1]) {
			behind = behindBlanks(text, at)
		}
		if behind == at {
			for at++; at < len(text) && white[text[at]]; at++ { // nothing but white space stands before it
			}
			at = firstOf(opensBlank, text, at)
			continue
		}
		if at >= done && r.mayGoOn(text, at, behind, w) {
			from, to := max(0, at-mostParted), min(len(text), behind+3*mostParted)
			found = r.withoutWhite(text, span{from, to}, w, found)
			done = max(behind, to-mostParted)
		}
		at = firstOf(opensBlank, text, behind)
	}
	return found
}

// isChinese tells whether a Chinese letter stands at a place, as JSON escapes it: answers are full of them.
func isChinese(text []byte, at int) bool {
	return at+2 < len(text) && text[at+2] >= '4' && isBeyond(text[at:])
}

// mayGoOn tells whether a secret may go on behind white space, or have been cut there.
func (r *Redactor) mayGoOn(text []byte, at, behind int, w look) bool {
	if behind == len(text) {
		return w.cut
	}
	return r.isLetter(text[behind]) && r.around(text, at, behind)
}

// around tells whether what stands before and behind white space may be letters of one secret: two windows beside one
// another, of four letters each, stand in the table.
func (r *Redactor) around(text []byte, at, behind int) bool {
	var row [2 * seamSide]byte
	for i := seamSide - 1; i >= 0 && at > 0; i-- {
		for at > 0 && white[text[at-1]] {
			at--
		}
		if at > 0 {
			at--
			row[i] = text[at]
		}
	}
	for i := seamSide; i < len(row) && behind < len(text); i++ {
		if opens[text[behind]]&opensBlank != 0 {
			if behind = behindBlanks(text, behind); behind == len(text) {
				break
			}
		}
		row[i] = text[behind]
		behind++
	}
	for i := 1; i < len(row)-window; i += 2 { // of two windows side by side one begins here
		if r.mayJoin(row[i:]) && (r.mayJoin(row[i-1:]) || r.mayJoin(row[i+1:])) {
			return true
		}
	}
	return false
}

// isLetter tells whether a byte may stand beside white space in a secret.
func (r *Redactor) isLetter(b byte) bool { return r.seams.letters[b] || r.callSeams.letters[b] }

// mayJoin tells whether four letters may stand side by side in a secret.
func (r *Redactor) mayJoin(letters []byte) bool {
	hash := hashOf(letters)
	return r.seams.has(hash) || r.callSeams.has(hash)
}

// withoutWhite finds the secrets in a part of a text, as if no white space were in it.
func (r *Redactor) withoutWhite(text []byte, part span, w look, found []span) []span {
	w.cut = w.cut && part.to == len(text)
	w.parted = true
	text = text[part.from:part.to]
	var out []byte
	var kept []span
	begin := 0
	for at := firstOf(opensBlank, text, 0); at < len(text); at = firstOf(opensBlank, text, at) {
		behind := behindBlanks(text, at)
		if behind == at {
			at++
			continue
		}
		out, kept = append(out, text[begin:at]...), append(kept, span{begin, at})
		at, begin = behind, behind
	}
	out, kept = append(out, text[begin:]...), append(kept, span{begin, len(text)})
	for _, s := range ledBack(joined(r.spelled(out, w, r.raw(out, w, nil))), places(kept)) {
		found = append(found, span{part.from + s.from, part.from + s.to})
	}
	return found
}

// behindBlanks is where white space ends, as it stands there or escaped; the place itself where there is none.
func behindBlanks(text []byte, at int) int {
	for at < len(text) {
		next := behindBlank(text, at)
		if next == at {
			break
		}
		at = next
	}
	return at
}

// Escapes that pages are full of.
var nbsp, amp = []byte("&nbsp;"), []byte("&amp;")

// white is white space that stands there as it is, in one byte.
var white = kindOf(" \t\r\n")

// The blanks that take more than one byte: that which does not break, and the Chinese one.
var wideBlanks = [][]byte{[]byte("\u00a0"), []byte("\u3000")}

// behindBlank is where a text goes on behind one character of white space; the place itself where there is none.
func behindBlank(text []byte, at int) int {
	b := text[at]
	switch {
	case white[b]:
		return at + 1
	case b >= utf8.RuneSelf:
		for _, blank := range wideBlanks {
			if bytes.HasPrefix(text[at:], blank) {
				return at + len(blank)
			}
		}
		return at
	case b != '\\' && b != '&' && b != '%' || !mayBeBlank(text[at:]):
		return at
	}
	if b == '\\' && (text[at+1] == 'n' || text[at+1] == 'r' || text[at+1] == 't') {
		return at + len(`\n`)
	}
	if bytes.HasPrefix(text[at:], nbsp) {
		return at + len(nbsp)
	}
	var here readings
	here.read(text, at, mostEscapes)
	for i := 1; i < here.n; i++ {
		u := &here.list[i]
		if r, size := utf8.DecodeRune(u.text()); size == int(u.size) && size > 0 && isWhite(r) {
			return u.next
		}
	}
	return at
}

func isWhite(r rune) bool {
	return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u00a0' || r == '\u3000'
}

// mayBeBlank tells whether an escape may be that of white space: nearly all of them are Chinese letters, slashes and
// quotes.
func mayBeBlank(text []byte) bool {
	if len(text) < 2 {
		return false
	}
	switch b := text[1]; text[0] {
	case '\\':
		return b == 'n' || b == 'r' || b == 't' || b == 'x' || b == '\\' || b >= '0' && b <= '7' ||
			b == 'u' && (len(text) < 6 || text[2] == '0' || text[2] == '3' && text[3] == '0' && text[4] == '0' || text[2] == '{')
	case '&':
		if rest, escaped := bytes.CutPrefix(text, amp); escaped && len(rest) > 0 {
			b = rest[0]
		}
		return b == '#' || b == 'n' || b == 'N' || b == 'T' || b == 'a'
	case '%':
		return b == '0' || b == '2' || b == 'C' || b == 'c' || b == 'E' || b == 'e' || b == 'u'
	}
	return false
}
