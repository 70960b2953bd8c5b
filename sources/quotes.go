package sources

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quotePairs are the single quotes that some programs put around every text (sqlite3 with .mode quote,
// csvformat -Q), each as what opens and what closes.
var quotePairs = [][2]string{{"'", "'"}, {"‘", "’"}, {"＇", "＇"}}

// unquote takes the pair of single quotes off that is around the whole of a text; a doubled quote inside is one. A
// text with a lone quote inside is not of that kind, and stays.
func unquote(s string) (string, bool) {
	for _, pair := range quotePairs {
		opens, closes := pair[0], pair[1]
		if len(s) < len(opens)+len(closes) || !strings.HasPrefix(s, opens) || !strings.HasSuffix(s, closes) {
			continue
		}
		inner := s[len(opens) : len(s)-len(closes)]
		if strings.Contains(strings.ReplaceAll(inner, closes+closes, ""), closes) {
			continue
		}
		return strings.TrimSpace(strings.ReplaceAll(inner, closes+closes, closes)), true
	}
	return s, false
}

// endQuotes are the marks that stand around texts and are no part of a number.
const endQuotes = "'\"`‘’“”＇＂"

// checkQuotes says that a quote stands at one end of an identifier: a part of it may be missing.
func checkQuotes(s string) error {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	for _, r := range []rune{first, last} {
		if r != utf8.RuneError && strings.ContainsRune(endQuotes, r) {
			return fmt.Errorf("the value is %s, with a quote (%c) at one end of it: is a part missing, or another quote? Write the value without it", quote(s), r)
		}
	}
	return nil
}
