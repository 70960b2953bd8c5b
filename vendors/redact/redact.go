package redact

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // what a vendor may have made of a secret, not what protects one
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
)

// Shortest is how long a secret is at least, in bytes: shorter ones would be found
// by chance, and are left alone.
const Shortest = 12

// deepest is how often base64 and hex are undone inside one another.
const deepest = 2

// Redactor hides secrets. It is never changed after New and With.
type Redactor struct {
	texts     [][]byte // what is sought
	spellable [][]byte // those that are not digests
	shortest  int      // how long the shortest text is; no spelling of it is shorter
	maybe     slots    // which four bytes may begin near the start of a text
	within    slots    // which four bytes stand anywhere in those that are not digests
	beyond    bool     // a text holds letters from U+1000 on
	seams     seams    // which four letters may stand on both sides of white space in a text
	callSeams seams    // those of the texts that With has added
}

// beyond is what UTF-8 begins with from U+1000 on.
const beyond = 0xe1

// place is one byte of a text that is sought.
type place struct {
	text []byte
	at   int
}

// New returns a redactor of the secrets, in capitals and in small letters as well, and of their
// MD5, SHA-1 and SHA-256.
func New(secrets []string) *Redactor {
	r := empty()
	for _, s := range secrets {
		if len(s) >= Shortest {
			b := []byte(s)
			sum5, sum1, sum256 := md5.Sum(b), sha1.Sum(b), sha256.Sum256(b) //nolint:gosec // see the imports
			r.add(sum5[:], sum1[:], sum256[:])
			r.addSpelled(b)
			for _, other := range [][]byte{bytes.ToUpper(b), bytes.ToLower(b)} {
				if !bytes.Equal(other, b) {
					r.addSpelled(other)
				}
			}
		}
	}
	return r
}

func empty() *Redactor {
	return &Redactor{maybe: make(slots, slotWords), within: make(slots, slotWords), seams: newSeams(seamBits)}
}

// With returns a redactor that hides some more texts, without their digests; those that are hexadecimal in either case. Each call of a
// vendor has one of its own, so it is cheap.
func (r *Redactor) With(texts []string) *Redactor {
	more := *r
	more.texts, more.spellable = withRoom(r.texts, len(texts)), withRoom(r.spellable, len(texts))
	more.maybe, more.within = slices.Clone(r.maybe), slices.Clone(r.within)
	more.callSeams = newSeams(callSeamBits)
	for _, s := range texts {
		if len(s) >= Shortest {
			more.addSpelled([]byte(s))
			more.otherHex(s)
		}
	}
	return &more
}

// otherHex adds a digest in the other letters that hexadecimal has: a signature that was sent in small ones may come back in capitals.
func (r *Redactor) otherHex(s string) {
	for i := range len(s) {
		if !hexDigits[s[i]] {
			return
		}
	}
	for _, other := range []string{strings.ToUpper(s), strings.ToLower(s)} {
		if other != s {
			r.addSpelled([]byte(other))
		}
	}
}

// withRoom is a copy that takes so many more without another one.
func withRoom(texts [][]byte, more int) [][]byte {
	return append(make([][]byte, 0, len(texts)+more), texts...)
}

func (r *Redactor) add(texts ...[]byte) {
	for _, s := range texts {
		if r.texts = append(r.texts, s); len(r.texts) == 1 || len(s) < r.shortest {
			r.shortest = len(s)
		}
		for i := range window {
			r.maybe.put(s[i:])
		}
	}
}

// addSpelled adds a text that may be escaped. A digest is no text, and is not: its hex and
// its base64 may be.
func (r *Redactor) addSpelled(text []byte) {
	r.add(text)
	if r.callSeams.table != nil {
		r.callSeams.add(text)
	} else {
		r.seams.add(text)
	}
	if bare := withoutBlanks(text); len(bare) < len(text) && mayBeParted(bare) {
		r.add(bare) // white space in it may be other white space
	}
	r.spellable = append(r.spellable, text)
	for i := 0; i+window <= len(text); i++ {
		r.within.put(text[i:])
	}
	r.beyond = r.beyond || slices.ContainsFunc(text, func(b byte) bool { return b >= beyond })
}

// Hide returns the text with a star for each byte with which a secret is spelled. When
// there is none, the text itself is returned; it is never changed.
func (r *Redactor) Hide(text []byte) []byte {
	if len(r.texts) == 0 {
		return text
	}
	found := r.seek(text, look{levels: deepest, cut: true})
	if len(found) == 0 {
		return text
	}
	out := bytes.Clone(text)
	for _, s := range found {
		for i := s.from; i < s.to; i++ {
			if out[i] != 0 { // half of a letter of UTF-16
				out[i] = '*'
			}
		}
	}
	return out
}

// leastBegun is how much of a secret has to stand at the end of a text, in bytes, to be
// taken for one that was cut there.
const leastBegun = 8

// look is how a text is looked at.
type look struct {
	levels int  // how often base64 and hex are still undone in it
	cut    bool // it ends where the answer does: an answer that broke off, or one of which only the beginning is kept
	parted bool // white space was taken out of it, and ordinary words may have been put together
}

// deeper is how that is looked at which a run of a text spells. The text goes on behind the
// run, or does not.
func (w look) deeper(isLast bool) look { return look{levels: w.levels - 1, cut: w.cut && isLast} }

// begun is how many of the last bytes of a text are the beginning of a secret; 0 for fewer
// than are taken for one.
func (r *Redactor) begun(text []byte) int {
	most := 0
	if len(text) < leastBegun {
		return most
	}
	last := text[len(text)-1]
	for _, s := range r.texts {
		for n := min(len(s)-1, len(text)); n >= max(leastBegun, most+1); n-- {
			if s[n-1] == last && bytes.HasSuffix(text, s[:n]) { // few get past their last byte
				most = n
			}
		}
	}
	return most
}

// span is a part of a text.
type span struct{ from, to int }

// seek finds the secrets in a text: the spans are in order and do not touch.
func (r *Redactor) seek(text []byte, w look) []span {
	if !w.cut && len(text) < r.shortest {
		return nil
	}
	found := r.spelled(text, w, r.raw(text, w, nil))
	if w.levels > 0 {
		found = r.parted(text, w, r.spaced(text, w, found))
	}
	c := cleaning{cut: w.cut}
	if found = r.cleaned(text, w, &c, found); c.quotes {
		found = r.cleaned(text, w, &cleaning{cut: w.cut, quoted: true}, found)
	}
	if c.marked {
		found = r.cleaned(text, w, &cleaning{cut: w.cut, markup: true}, found)
		found = r.cleaned(text, w, &cleaning{cut: w.cut, markup: true, quoted: true}, found)
	}
	if isWide(text) {
		narrow := bytes.ReplaceAll(text, []byte{0}, nil)
		if inside := r.seek(narrow, w); len(inside) > 0 {
			found = append(found, ledBack(inside, letters(text))...)
		}
	}
	return joined(found)
}

// cleaned finds the secrets that cleaning puts together.
func (r *Redactor) cleaned(text []byte, w look, c *cleaning, found []span) []span {
	clean, kept := c.visible(text)
	if kept == nil || !w.cut && len(clean) < r.shortest {
		return found
	}
	inside := r.spelled(clean, w, r.raw(clean, w, nil))
	if w.levels > 0 {
		inside = r.parted(clean, w, inside)
	}
	if inside = joined(inside); len(inside) > 0 {
		found = append(found, ledBack(inside, places(kept))...)
	}
	return found
}

// joined puts spans in order, and those that touch together.
func joined(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// Every text is longer than six bytes, so wherever it stands it covers four bytes that
// begin at a multiple of four: a body is looked at every four bytes only, against
// a table of what may stand there.
const window = 4

// slots are a table of four bytes each, in which some stand that were not put there.
type slots []uint64

// A table has two to the power of slotBits places. Each call copies two: they are no larger than they must be.
const (
	slotBits  = 15
	slotWords = 1 << slotBits / 64
)

func (s slots) put(b []byte) {
	at := slot(b)
	s[at>>6] |= 1 << (at & 63)
}

func (s slots) has(b []byte) bool {
	at := slot(b)
	return s[at>>6]&(1<<(at&63)) != 0
}

// slot is where four bytes stand in the table.
func slot(b []byte) uint32 { return binary.LittleEndian.Uint32(b) * 2654435761 >> (32 - slotBits) }

// raw finds the texts as they are.
func (r *Redactor) raw(text []byte, w look, found []span) []span {
	if w.cut {
		if n := r.begun(text); n > 0 {
			found = append(found, span{len(text) - n, len(text)})
		}
	}
	for p := 0; p+window <= len(text); p += window {
		if !r.maybe.has(text[p:]) {
			continue
		}
		for start := max(0, p-window+1); start <= p; start++ {
			for _, s := range r.texts {
				if bytes.HasPrefix(text[start:], s) && (!w.parted || mayBeParted(s)) {
					found = append(found, span{start, start + len(s)})
				}
			}
		}
	}
	return found
}

// isWide tells whether a text may hold UTF-16: letters with zeros between them.
func isWide(text []byte) bool {
	for p := 0; p+4 < len(text); p++ {
		next := bytes.IndexByte(text[p:], 0)
		if next < 0 {
			return false
		}
		if p += next; p+4 < len(text) && text[p+1] != 0 && text[p+2] == 0 && text[p+3] != 0 && text[p+4] == 0 {
			return true
		}
	}
	return false
}

// letters are the bytes of a text that are not zero.
func letters(text []byte) iter.Seq[span] {
	return func(yield func(span) bool) {
		for at, b := range text {
			if b != 0 && !yield(span{at, at + 1}) {
				return
			}
		}
	}
}

// ledBack are spans of what was decoded as spans of the text: each unit of the text
// spells one byte of it, in order.
func ledBack(decoded []span, units iter.Seq[span]) []span {
	out := make([]span, len(decoded))
	done, at := 0, 0
	for u := range units {
		if done == len(decoded) {
			break
		}
		if at == decoded[done].from {
			out[done].from = u.from
		}
		if at++; at == decoded[done].to {
			out[done].to = u.to
			done++
		}
	}
	return out
}
