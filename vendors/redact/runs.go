package redact

import "iter"

// A run is a row of letters of base64 or hex, either alphabet, as they are or escaped,
// with line breaks in it. A secret may begin at any of its letters.

// leastRun is how many letters of base64 the shortest text has that is sought; in hex it has more.
// A VIN in a row of its own need not be looked into for that.
func (r *Redactor) leastRun() int { return (max(Shortest, r.shortest)*4 + 2) / 3 }

// leastHex is how many letters a secret of the shortest length has in hex.
const leastHex = Shortest * 2

// How many letters the beginning of a secret has, at the end of an answer.
const (
	leastBegun64  = (leastBegun*4 + 2) / 3
	leastBegunHex = leastBegun * 2
)

// run looks into the run that begins at a place, and says where it ends.
func (r *Redactor) run(text []byte, start int, w look, found []span) ([]span, int) {
	var short [64]byte // most are
	row, at := short[:0], start
	for at < len(text) {
		b, next := runLetter(text, at)
		if next == 0 {
			break
		}
		if at = next; b != skipped {
			row = append(row, b)
		}
	}
	least := r.leastRun()
	if w.cut = w.cut && isEnd(text, at); w.cut {
		least = leastBegun64
	}
	if len(row) < least {
		return found, at
	}
	inside := r.inHex(row, w, r.inBase64(row, w, nil))
	if len(inside) > 0 {
		found = append(found, ledBack(joined(inside), runLetters(text, start))...)
	}
	return found, at
}

// isEnd tells whether nothing more comes at a place but a piece of an escape.
func isEnd(text []byte, at int) bool {
	if at == len(text) {
		return true
	}
	if !introduces[text[at]] {
		return false
	}
	var here readings
	here.read(text, at, mostEscapes)
	return here.cut
}

// runLetters are where the letters of a run stand.
func runLetters(text []byte, at int) iter.Seq[span] {
	return func(yield func(span) bool) {
		for at < len(text) {
			b, next := runLetter(text, at)
			if next == 0 || b != skipped && !yield(span{at, next}) {
				return
			}
			at = next
		}
	}
}

// skipped is what a line break counts as in a run.
const skipped = '\n'

// runLetter reads one letter or line break; next is 0 where the run ends.
func runLetter(text []byte, at int) (b byte, next int) {
	b = text[at]
	switch {
	case base64Value[b] >= 0:
		return b, at + 1
	case lineBreaks[b]:
		return skipped, afterIndent(text, at+1)
	case !introduces[b]:
		return 0, 0
	}
	var here readings
	here.read(text, at, mostEscapes)
	u := letterOf(&here)
	switch {
	case u == nil:
		return 0, 0
	case u.size == 0 || lineBreaks[u.bytes[0]]:
		return skipped, afterIndent(text, u.next)
	}
	return u.bytes[0], u.next
}

// letterOf is the reading that may stand in a run; nil: none.
func letterOf(here *readings) *unit {
	for i := range here.n {
		if u := &here.list[i]; u.size == 0 || u.size == 1 && (base64Value[u.bytes[0]] >= 0 || lineBreaks[u.bytes[0]]) {
			return u
		}
	}
	return nil
}

// afterIndent passes over blanks at the beginning of a line.
func afterIndent(text []byte, at int) int {
	for at < len(text) {
		next, ok := blank(text, at)
		if !ok {
			break
		}
		at = next
	}
	return at
}

// blank reads a blank or a tab. A plus sign is a letter here.
func blank(text []byte, at int) (next int, ok bool) {
	if b := text[at]; blanks[b] || !introduces[b] || b == '+' {
		return at + 1, blanks[b]
	}
	var here readings
	here.read(text, at, mostEscapes)
	for i := range here.n {
		if u := &here.list[i]; u.size == 1 && u.bytes[0] == '+' {
			return 0, false
		} else if u.size == 1 && blanks[u.bytes[0]] {
			return u.next, true
		}
	}
	return 0, false
}

// lettersBefore is where the row of letters begins that ends at a place.
func lettersBefore(text []byte, least, at int) int {
	for at > least && base64Value[text[at-1]] >= 0 {
		at--
	}
	return at
}

// manyLetters finds the first row of letters that is long enough to spell a secret. It
// covers a multiple of its length, so only there is looked.
func manyLetters(part []byte, offset, least int) (start int, ok bool) {
	for p := least - 1; p < len(part); p += least {
		if base64Value[part[p]] < 0 {
			continue
		}
		from, to := lettersBefore(part, 0, p), p+1
		for to < len(part) && to-from < least && base64Value[part[to]] >= 0 {
			to++
		}
		if to-from >= least {
			return offset + from, true
		}
	}
	return 0, false
}

// inBase64 are the letters of a run that spell secrets in base64.
func (r *Redactor) inBase64(row []byte, w look, found []span) []span {
	decoded := make([]byte, 0, len(row)*3/4)
	for phase := range 4 {
		decoded = decoded[:0]
		bits := 0
		for i, b := range row[phase:] {
			bits = bits<<6 | int(base64Value[b])
			if i%4 > 0 {
				decoded = append(decoded, byte(bits>>(6-2*(i%4))))
			}
		}
		for _, s := range r.seek(decoded, w.deeper(true)) {
			found = append(found, span{phase + s.from*8/6, phase + (s.to*8+5)/6})
		}
	}
	return found
}

// inHex are the letters of a run that spell secrets in hex.
func (r *Redactor) inHex(row []byte, w look, found []span) []span {
	least := leastHex
	if w.cut {
		least = leastBegunHex
	}
	for from := 0; from < len(row); from++ {
		to := from
		for to < len(row) && hexDigits[row[to]] {
			to++
		}
		for start := from; to-from >= least && start < from+2; start++ {
			var decoded []byte
			for i := start; i+1 < to; i += 2 {
				decoded = append(decoded, hexValue(row[i])<<4|hexValue(row[i+1]))
			}
			for _, s := range r.seek(decoded, w.deeper(to == len(row))) {
				found = append(found, span{start + s.from*2, start + s.to*2})
			}
		}
		from = to
	}
	return found
}

// base64Value is what a letter stands for in either alphabet of base64; -1 for none.
var base64Value = valuesOf(alphabet + decimals)

func valuesOf(letters string) (out [256]int8) {
	for i := range out {
		out[i] = -1
	}
	for i := range len(letters) {
		out[letters[i]] = int8(i)
	}
	out['+'], out['-'], out['/'], out['_'] = 62, 62, 63, 63
	return out
}
