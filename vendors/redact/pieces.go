package redact

import "bytes"

// HidePieces is Hide of every piece of a secret that has eight bytes or more: of what may be put
// together by somebody who joins what stands apart.
func (r *Redactor) HidePieces(text []byte) []byte {
	pieces := empty()
	for _, s := range r.spellable {
		for i := 0; i+leastBegun <= len(s); i++ {
			pieces.addSpelled(s[i : i+leastBegun])
		}
	}
	return pieces.Hide(text)
}

// leastPiece is how long a piece of a secret is that is noticed, in bytes. Shorter ones stand
// in many an answer by chance.
const leastPiece = 6

// pieceStep is how far apart it is looked for pieces: each covers four bytes that begin there.
const pieceStep = leastPiece - window + 1

// HoldsPiece tells quickly whether six bytes of a secret stand together in a text, as they are.
func (r *Redactor) HoldsPiece(text []byte) bool {
	for p := 0; p+window <= len(text); p += pieceStep {
		if r.within.has(text[p:]) && r.pieceAround(text, p) {
			return true
		}
	}
	return false
}

// pieceAround tells whether a piece stands around four bytes of a text.
func (r *Redactor) pieceAround(text []byte, at int) bool {
	for from := max(0, at-pieceStep+1); from <= at && from+leastPiece <= len(text); from++ {
		for _, s := range r.spellable {
			if bytes.Contains(s, text[from:from+leastPiece]) {
				return true
			}
		}
	}
	return false
}
