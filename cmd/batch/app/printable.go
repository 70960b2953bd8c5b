package app

import (
	"strings"
	"unicode"
)

// Printable is a text of an input or a vendor on one line of the screen: what the door
// does not let pass is replaced, a line break is shown, as cells hold some, and a tab is
// a space.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			return '⏎'
		case r == '\t':
			return ' '
		case Steers(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// Steers tells whether a character does something to a terminal, instead of being shown:
// controls, and what turns the reading order round.
func Steers(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
