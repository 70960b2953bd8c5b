package redact

import "bytes"

// Spaced is what dumps of memory and of certificates look like: pairs of hex digits with
// the same sign between each two, 5f 4d cc or 5f:4d:cc or 0x5f, 0x4d, 0xcc.

// mostBetween is how many bytes may stand between two pairs.
const mostBetween = 4

// spacedStep is how far apart it is looked for pairs: the row of the shortest secret is longer. The
// beginning of one at the end of a text goes on over tailStep bytes at least.
const (
	spacedStep = 3*Shortest - 2*mostBetween
	tailStep   = 2 * leastBegun
)

// spaced finds the secrets in rows of pairs.
func (r *Redactor) spaced(text []byte, w look, found []span) []span {
	for p := 0; p < len(text); p += spacedStep {
		if row, ok := pairsAt(text, p); ok {
			found = r.inPairs(text, row, w, found)
			p = max(p, row.end()-spacedStep)
		}
	}
	if w.cut {
		if row, ok := pairsAt(text, max(0, len(text)-tailStep)); ok {
			found = r.inPairs(text, row, w, found)
		}
	}
	return found
}

// inPairs are the pairs of a row that spell secrets.
func (r *Redactor) inPairs(text []byte, row pairs, w look, found []span) []span {
	isLast := row.end()+row.period > len(text)
	if row.n < Shortest && (!w.cut || !isLast || row.n < leastBegun) {
		return found
	}
	for _, s := range r.seek(row.decoded(text), w.deeper(isLast)) {
		found = append(found, span{row.from + s.from*row.period, row.from + (s.to-1)*row.period + 2})
	}
	return found
}

// pairs are so many pairs of digits, each a period behind the one before.
type pairs struct{ from, n, period int }

func (p pairs) end() int { return p.from + (p.n-1)*p.period + 2 }

func (p pairs) decoded(text []byte) []byte {
	out := make([]byte, p.n)
	for i := range out {
		at := p.from + i*p.period
		out[i] = hexValue(text[at])<<4 | hexValue(text[at+1])
	}
	return out
}

// pairsAt is the row of pairs of which one begins at a place, or shortly behind it.
func pairsAt(text []byte, place int) (pairs, bool) {
	for at := place; at < min(place+2+mostBetween, len(text)-2); at++ {
		if !hexDigits[text[at]] || !hexDigits[text[at+1]] || nameLetters[text[at+2]] || at > 0 && hexDigits[text[at-1]] {
			continue
		}
		for sign := 1; sign <= mostBetween; sign++ {
			if between := at + 2; isPair(text, between+sign) && isSign(text[between:between+sign]) {
				return rowOf(text, at, text[between:between+sign]), true
			}
		}
	}
	return pairs{}, false
}

// rowOf is the whole row of pairs around one of them.
func rowOf(text []byte, at int, sign []byte) pairs {
	row := pairs{at, 1, 2 + len(sign)}
	for at := row.from - row.period; at >= 0 && isPair(text, at) && bytes.HasPrefix(text[at+2:], sign); at -= row.period {
		row.from, row.n = at, row.n+1
	}
	for at := row.end(); bytes.HasPrefix(text[at:], sign) && isPair(text, at+len(sign)); at = row.end() {
		row.n++
	}
	return row
}

func isPair(text []byte, at int) bool {
	return at+1 < len(text) && hexDigits[text[at]] && hexDigits[text[at+1]]
}

// isSign tells whether bytes may stand between pairs: no letter or digit, but for the mark 0x.
func isSign(between []byte) bool {
	for _, b := range bytes.TrimSuffix(bytes.TrimSuffix(between, []byte("0x")), []byte("0X")) {
		if nameLetters[b] || b >= 0x80 {
			return false
		}
	}
	return true
}
