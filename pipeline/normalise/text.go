package normalise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText makes a vendor's text harmless in a terminal, a CSV file and a
// spreadsheet: broken bytes become one U+FFFD a run, control characters and
// line ends one space a run, invisible format characters (zero widths, text
// direction) are dropped, and the ends are trimmed. Other characters stay,
// however odd: they are what the vendor said.
func CleanText(s string) string {
	if plainText(s) {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	last := rune(-1)
	for _, r := range s {
		r, keep := cleanRune(r)
		if !keep || (r == last && (r == utf8.RuneError || r == lineBreak)) {
			continue
		}
		last = r
		b.WriteRune(visible(r))
	}
	return strings.TrimSpace(b.String())
}

// lineBreak stands for any run of control characters until it is written.
const lineBreak = '\n'

// The block of the common Chinese characters, all of them assigned.
const firstHan, lastHan = '\u4e00', '\u9fa5'

func plainText(s string) bool {
	for _, r := range s {
		common := r >= ' ' && r <= '~' || r >= firstHan && r <= lastHan // spares most texts a table look-up
		if !common && (r < ' ' || r == utf8.RuneError || !unicode.IsGraphic(r)) {
			return false
		}
	}
	return true
}

func cleanRune(r rune) (rune, bool) {
	switch {
	case unicode.Is(unicode.Cf, r):
		return r, false
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return lineBreak, true
	}
	return r, true
}

func visible(r rune) rune {
	if r == lineBreak {
		return ' '
	}
	return r
}

// Excerpt shortens a vendor's text for a message: at most 60 characters, clean.
func Excerpt(s string) string {
	const most = 60
	if len(s) > 8*most {
		s = s[:8*most]
	}
	runes := []rune(CleanText(s))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most]) + "…"
}
