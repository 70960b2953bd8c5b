package normalise

import (
	"html"
	"regexp"
	"strings"
)

// PlainText is CleanText of a text that a vendor may have taken from a page: its
// entities become characters, its tags go, and a line's end is a space. A word for
// "nothing is known", such as (为空), is "".
func PlainText[T ~string](t T) string {
	s := string(t)
	if s == "" {
		return ""
	}
	if strings.IndexByte(s, '&') >= 0 || strings.IndexByte(s, '<') >= 0 {
		s = withoutMarkup(s)
	}
	s = CleanText(s)
	if unsaid(s) {
		return ""
	}
	return s
}

var (
	// entity takes names with their semicolon alone: M&Ms stays. &nbsp is too
	// frequent without.
	entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|&nbsp`)
	// blockTag ends a line, inlineTag does not. What is no tag of a page, as in
	// "<5000km", is the vendor's text.
	blockTag  = regexp.MustCompile(`(?i)</?(?:br|p|div|ul|ol|li|table|tbody|thead|tr|td|th|hr|h[1-6]|pre|dl|dt|dd|center)(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>`)
	inlineTag = regexp.MustCompile(`(?i)</?(?:a|b|i|u|s|em|strong|span|font|small|big|sub|sup|label|img|del|ins)(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>`)
)

// deepestEscape is how often a text may have been escaped over: &amp;lt;br&amp;gt;.
const deepestEscape = 3

func withoutMarkup(s string) string {
	plain := s
	for range deepestEscape {
		before := plain
		plain = inlineTag.ReplaceAllString(blockTag.ReplaceAllString(plain, " "), "")
		plain = entity.ReplaceAllStringFunc(plain, html.UnescapeString)
		if plain == before {
			break
		}
	}
	if plain == s {
		return s
	}
	return strings.Join(strings.Fields(plain), " ")
}

// Joined puts what a vendor tells in several fields into one text, each thing once.
func Joined(parts ...string) string {
	var out string
	for _, part := range parts {
		switch {
		case part == "" || part == out:
		case out == "":
			out = part
		default:
			out = strings.TrimRight(out, ";；") + "; " + part
		}
	}
	return out
}

// Broken says that a text of a vendor holds characters that are lost: U+FFFD, which
// stands for what could not be read, and what becomes of it where it is taken for
// GBK. It returns "" for a whole text.
func Broken(field, text string) string {
	if strings.Contains(text, "\ufffd") || strings.Contains(text, "锟斤拷") {
		return field + ": characters are broken in the vendor's answer"
	}
	return ""
}
