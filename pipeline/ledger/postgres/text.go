package postgres

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/ledger/stored"
)

// inHex stands before a text that is kept in hexadecimal.
const inHex = `\x`

// kept is a text as a column holds it. PostgreSQL takes no NUL and nothing that is not UTF-8, and vendors send both.
func kept(s string) string {
	if !strings.HasPrefix(s, inHex) && !strings.Contains(s, "\x00") && utf8.ValidString(s) {
		return s
	}
	return inHex + hex.EncodeToString([]byte(s))
}

// restore gives texts back as they were before kept.
func restore(texts ...*string) error {
	for _, t := range texts {
		digits, ok := strings.CutPrefix(*t, inHex)
		if !ok {
			continue
		}
		was, err := hex.DecodeString(digits)
		if err != nil {
			return stored.Damage("read a text that is kept in hexadecimal: %w", err)
		}
		*t = string(was)
	}
	return nil
}
