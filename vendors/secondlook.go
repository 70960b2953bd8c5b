package vendors

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// Secrets are the texts that an answer must not bring back. They are never changed, and
// safe for concurrent use.
type Secrets interface {
	// Hide returns a text with a star for each byte that spells a part of a secret; the
	// text itself where it holds none.
	Hide(text []byte) []byte
	// HidePieces does that with every piece of a secret that is long enough to stand there
	// not by chance.
	HidePieces(text []byte) []byte
	// HoldsPiece tells quickly whether a piece of a secret stands in a text as it is, also a
	// shorter one than HidePieces hides.
	HoldsPiece(text []byte) bool
}

// mostMended is the longest answer that pieces are looked for in, in bytes: others are given up.
const mostMended = 256 << 10

// ReadNew is ReadResponse of an answer that has just come, and a second look for secrets: not at
// what came, at which the transport has looked, but at what is made of it. Reading an answer
// decodes, drops and joins, and may put together what nobody could find in the bytes. The
// response that it returns is the one to keep: neither this outcome nor anything that is made of
// that body later holds a secret.
func ReadNew(v Reader, rules []NotTaken, d record.Dataset, c Call, car *record.Vehicle, r Response) (Response, Outcome) {
	out := ReadResponse(v, rules, d, c, car, r)
	if r.Secrets == nil || !tellsSecret(v, d, car, r, &out) {
		return r, out
	}
	if len(r.Body) <= mostMended {
		mended := r
		mended.Body = r.Secrets.HidePieces(r.Body)
		again := ReadResponse(v, rules, d, c, car, mended)
		if sameButWords(out, again) && !tellsSecret(v, d, car, mended, &again) {
			return mended, again
		}
	}
	return givenUp(r, out)
}

// givenUp is an answer of which nothing can be kept but what it meant.
func givenUp(r Response, out Outcome) (Response, Outcome) {
	out.Message, out.Code, out.Ticket, out.Flaw = quiet(r.Secrets, out.Message), quiet(r.Secrets, out.Code), quiet(r.Secrets, out.Ticket), quiet(r.Secrets, out.Flaw)
	if out.Kind == Answered {
		out.Flaw = "the answer holds a key of the account in pieces, and was not kept"
	}
	r.Body = bytes.Repeat([]byte("*"), len(r.Body))
	return r, out
}

// sameButWords tells whether two outcomes mean the same, whatever their words.
func sameButWords(a, b Outcome) bool {
	a.Message, a.Code = b.Message, b.Code
	return a == b
}

// tellsSecret tells whether what is made of an answer holds a secret.
func tellsSecret(v Reader, d record.Dataset, car *record.Vehicle, r Response, out *Outcome) bool {
	for _, said := range []string{out.Message, out.Code, out.Ticket, out.Flaw} {
		if quiet(r.Secrets, said) != said {
			return true
		}
	}
	if out.Kind != Answered || out.Flaw != "" || !mayJoin(r) {
		return false
	}
	answer, err := v.Decode(d, car, r.Body)
	if err != nil { // its reader says that there is none
		return quiet(r.Secrets, err.Error()) != err.Error()
	}
	text := make([]byte, 0, len(r.Body)/2)
	answer.EachText(func(said string) {
		if said != "" {
			text = append(append(text, said...), between)
		}
	})
	return holds(r.Secrets, text)
}

// mayJoin tells whether decoding an answer might put a secret together. Decoding is what the second look
// costs, and few answers need it: what is UTF-8 and has no letter escaped holds a secret in the pieces that it
// is made of. Those that are divided by what is not seen, the transport has found, however short.
func mayJoin(r Response) bool {
	return r.Secrets.HoldsPiece(r.Body) || !utf8.Valid(r.Body) ||
		slices.ContainsFunc(escapes, func(mark []byte) bool { return bytes.Contains(r.Body, mark) })
}

// escapes are what letters that a secret may be made of are escaped with, and the zeros of UTF-16.
var escapes = [][]byte{[]byte(`\u00`), []byte("&#"), {0}}

// between stands between texts that are looked at at once. No spelling goes on over it.
const between = '|'

// holds tells whether a text holds a secret.
func holds(s Secrets, text []byte) bool {
	return !bytes.Equal(s.Hide(text), text)
}

// quiet is a text for people without secrets. One that was shortened may end in the middle of
// one, before the mark that says so.
func quiet(s Secrets, said string) string {
	if said == "" || s == nil {
		return said
	}
	parts := strings.SplitAfter(said, shortened)
	for i, p := range parts {
		text, mark := strings.CutSuffix(p, shortened)
		parts[i] = string(s.Hide([]byte(text)))
		if mark {
			parts[i] += shortened
		}
	}
	return strings.Join(parts, "")
}

// shortened is what a text ends with that was longer.
const shortened = "…"
