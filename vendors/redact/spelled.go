package redact

import (
	"bytes"
	"slices"
)

// spelled finds the texts that are escaped, and those in base64 and hex. It looks where
// an escape or a line break stands, and where enough letters stand in a row.
func (r *Redactor) spelled(text []byte, w look, found []span) []span {
	marks := newMarks(text)
	var here readings
	for from, done := 0, 0; ; { // done: where the last run ended
		at := marks.from(from)
		for w.levels > 0 && max(from, done) < at {
			start, ok := manyLetters(text[max(from, done):at], max(from, done), r.leastRun())
			if !ok {
				break
			}
			found, done = r.run(text, start, w, found)
		}
		if at == len(text) {
			return r.lastRun(text, done, at, w, found)
		}
		from = at + 1
		if !r.beyond && isBeyond(text[at:]) {
			continue
		}
		here.read(text, at, mostEscapes)
		for i := 1; i < here.n; i++ {
			found = r.escaped(text, at, &here.list[i], w, found)
		}
		if w.cut && here.cut { // the rest of the text is a piece of an escape
			if n := r.begun(text[:at]); n > 0 {
				found = append(found, span{at - n, len(text)})
			}
			found = r.lastRun(text, done, at, w, found)
		}
		if w.levels > 0 && at >= done && letterOf(&here) != nil {
			// The mark may belong to what stands before the run, and take letters from it.
			found, _ = r.run(text, at+1, w, found)
			found, done = r.run(text, lettersBefore(text, done, at), w, found)
		}
	}
}

// lastRun looks into the letters before a place, where nothing more comes: they may be too few for
// a whole secret, and enough for the beginning of one.
func (r *Redactor) lastRun(text []byte, done, at int, w look, found []span) []span {
	start := lettersBefore(text, done, at)
	if w.levels == 0 || !w.cut || at-start < leastBegun64 {
		return found
	}
	found, _ = r.run(text, start, w, found)
	return found
}

// isBeyond tells whether a text begins with a Chinese letter as JSON escapes it: answers
// are full of them, and they spell no key.
func isBeyond(text []byte) bool {
	return len(text) > 5 && text[0] == '\\' && text[1] == 'u' && text[2] != '0' &&
		hexDigits[text[2]] && hexDigits[text[3]] && hexDigits[text[4]] && hexDigits[text[5]]
}

// marks tells where the next escape or line break stands.
type marks struct {
	text []byte
	next [len(marked)]int
}

const marked = introducers + "\r\n"

func newMarks(text []byte) *marks {
	m := &marks{text: text}
	for i := range m.next {
		m.next[i] = -1
	}
	return m
}

// from is the first mark from a place on; the end of the text if there is none.
func (m *marks) from(place int) int {
	first := len(m.text)
	for i := range m.next {
		if m.next[i] < place {
			m.next[i] = len(m.text)
			if n := bytes.IndexByte(m.text[place:], marked[i]); n >= 0 {
				m.next[i] = place + n
			}
		}
		first = min(first, m.next[i])
	}
	return first
}

// escaped finds the texts whose first escape stands at a place: what is before it stands
// there as it is.
func (r *Redactor) escaped(text []byte, at int, first *unit, w look, found []span) []span {
	if first.size == 0 { // a line that goes on may do so anywhere in a secret
		for _, s := range r.texts {
			for i := 1; i < len(s); i++ {
				found = fits(text, at, first, place{s, i}, w, found)
			}
		}
		return found
	}
	for _, s := range r.spellable {
		for i, b := range s {
			if b == first.bytes[0] {
				found = fits(text, at, first, place{s, i}, w, found)
			}
		}
	}
	return found
}

// fits adds the text that has its first escape at a place, if it stands there.
func fits(text []byte, at int, first *unit, p place, w look, found []span) []span {
	before, behind := p.text[:p.at], p.text[p.at:]
	if !bytes.HasSuffix(text[:at], before) || !bytes.HasPrefix(behind, first.text()) {
		return found
	}
	rest := behind[len(first.text()):]
	least := len(rest)
	if w.cut {
		least = max(0, len(rest)-len(p.text)+leastBegun)
	}
	if end, ok := endOf(text, first.next, rest, least); ok {
		found = append(found, span{at - p.at, end})
	}
	return found
}

// endOf is where a text ends that begins at a place, in whatever spelling. All ways to
// read it are followed side by side. Where it breaks off with what it is in, so many
// bytes of it will do.
func endOf(text []byte, at int, s []byte, least int) (int, bool) {
	var here readings
	reached := make([][]int, len(s)+1) // places in the text, by how much of s is behind them
	reached[0] = []int{at}
	for i := range s {
		for k := 0; k < len(reached[i]); k++ { // it may grow on the way
			place := reached[i][k]
			if place == len(text) {
				if i >= least {
					return place, true
				}
				continue
			}
			here.read(text, place, mostEscapes)
			if here.cut && i >= least {
				return len(text), true
			}
			for u := range here.n {
				if x := &here.list[u]; bytes.HasPrefix(s[i:], x.text()) {
					to := &reached[i+len(x.text())]
					if !slices.Contains(*to, x.next) {
						*to = append(*to, x.next)
					}
				}
			}
		}
	}
	if len(reached[len(s)]) == 0 {
		return 0, false
	}
	return slices.Max(reached[len(s)]), true
}
