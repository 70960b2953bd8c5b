package workbook

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// general are the names of the format that shows a value as it is.
var general = regexp.MustCompile(`(?i)^(general|standard|g/通用格式|g/標準|g/标准)`)

// condition is what chooses a section: [>=100].
var condition = regexp.MustCompile(`^(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$`)

// silentBracket is what stands in brackets and changes nothing of what is read:
// colours, and locales without a currency.
var silentBracket = regexp.MustCompile(`(?i)^(black|blue|cyan|green|magenta|red|white|yellow|黑色?|蓝色?|青色?|绿色?|洋红色?|红色?|白色?|黄色?|colou?r ?\d+|颜色 ?\d+|\$-[0-9a-f,]*)$`)

// formatCode takes a number format apart. What shows a value as it is has no pattern.
func formatCode(code string) Format {
	if isDate(code) {
		return Format{Date: true}
	}
	p := &pattern{}
	for _, s := range splitSections(code) {
		p.sections = append(p.sections, readSection(s))
	}
	first := p.sections[0].items
	if len(p.sections) == 1 && len(first) == 1 && !p.sections[0].odd && (first[0].kind == itemAll || first[0].kind == itemText) {
		return Format{}
	}
	return Format{parts: p}
}

var silent = regexp.MustCompile(`"[^"]*"|[\\!].|_.|\*.|\[[^\]]*\]`)

// isDate tells whether a format shows a day or a time of day.
func isDate(code string) bool {
	first, _, _ := strings.Cut(silent.ReplaceAllString(code, ""), ";")
	bare := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(first)), "km", "")
	return !general.MatchString(bare) && (strings.ContainsAny(bare, "ymdhs") || strings.ContainsAny(bare, "年月日时") && !strings.ContainsAny(bare, "0#?@"))
}

// splitSections cuts a format at its semicolons. Those in texts do not count.
func splitSections(code string) []string {
	var out []string
	begin, inText := 0, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			inText = !inText
		case inText:
		case c == '\\' || c == '!' || c == '_' || c == '*':
			i++
		case c == ';':
			out, begin = append(out, code[begin:i]), i+1
		}
	}
	return append(out, code[min(begin, len(code)):])
}

func readSection(code string) section {
	var s section
	for code != "" {
		if found := general.FindString(code); found != "" {
			s.items, code = append(s.items, item{kind: itemAll}), code[len(found):]
			continue
		}
		code = s.take(code)
	}
	s.settleCommas()
	return s
}

// take takes what a format begins with, and returns the rest.
func (s *section) take(code string) string {
	c, size := utf8.DecodeRuneInString(code)
	rest := code[size:]
	switch c {
	case '"':
		word, after, _ := strings.Cut(rest, `"`)
		s.word(word)
		return after
	case '\\', '!':
		_, size := utf8.DecodeRuneInString(rest)
		s.word(rest[:size])
		return rest[size:]
	case '_', '*': // room, or a filling
		filling, size := utf8.DecodeRuneInString(rest)
		if c == '*' && filling != ' ' {
			s.odd = true
		}
		s.word(" ")
		return rest[size:]
	case '[':
		inner, after, closed := strings.Cut(rest, "]")
		s.bracket(inner, closed)
		return after
	case '0', '#', '?':
		s.items = append(s.items, item{itemDigit, string(c)})
	case '.':
		s.odd = s.odd || s.has(itemPoint)
		s.items = append(s.items, item{kind: itemPoint})
	case '@':
		s.items = append(s.items, item{kind: itemText})
	case '%', '‰':
		s.percent = true
	case 'E', 'e', 'k', 'K':
		return s.letters(code)
	default:
		s.plain(c)
	}
	return rest
}

func (s *section) word(w string) { s.items = append(s.items, item{itemWord, w}) }

// comma stands for a comma until it is known whether it divides or groups.
const comma = ","

// plain takes a character that stands in a format without quotes. Letters of ASCII are
// commands there, those that are understood aside.
func (s *section) plain(c rune) {
	switch {
	case c == ',':
		s.items = append(s.items, item{itemDigit, comma})
	case c == '/':
		s.otherwise = true
	case c < utf8.RuneSelf && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'):
		s.odd = true
	default:
		s.word(string(c))
	}
}

// letters takes the letters that stand in a format without quotes and are understood:
// a power of ten, and the km that some programs write.
func (s *section) letters(code string) string {
	lower := strings.ToLower(code[:min(2, len(code))])
	switch lower {
	case "e+", "e-":
		s.otherwise = true
		return code[2:]
	case "km":
		s.word(lower)
		return code[2:]
	}
	s.odd = true
	return code[1:]
}

// bracket takes what stands in brackets.
func (s *section) bracket(inner string, closed bool) {
	inner = strings.TrimSpace(inner)
	if m := condition.FindStringSubmatch(inner); m != nil && closed {
		s.operator = m[1]
		s.operand, _ = strconv.ParseFloat(m[2], 64) // the pattern has checked it
		return
	}
	if sign, ok := strings.CutPrefix(inner, "$"); ok && closed { // [$¥-804]
		if sign, _, _ = strings.Cut(sign, "-"); sign != "" {
			s.word(sign)
		}
		return
	}
	if !closed || !silentBracket.MatchString(inner) {
		s.odd = true
	}
}

// settleCommas finds out what each comma is for: behind the last digit before the
// point it divides by 1,000, between digits it groups, elsewhere it is a text.
func (s *section) settleCommas() {
	var out []item
	for i, it := range s.items {
		if it.kind != itemDigit || it.word != comma {
			out = append(out, it)
			continue
		}
		digitBefore := len(out) > 0 && out[len(out)-1].kind == itemDigit || s.thousands > 0 && i > 0 && s.items[i-1].word == comma
		switch {
		case !digitBefore:
			out = append(out, item{itemWord, comma})
		case s.digitFollows(i):
			s.grouped = true
		default:
			s.thousands++
		}
	}
	s.items = out
}

// digitFollows tells whether a placeholder of the same number stands behind an item.
func (s *section) digitFollows(i int) bool {
	for _, it := range s.items[i+1:] {
		if it.kind == itemDigit && it.word != comma {
			return true
		}
		if it.kind != itemDigit {
			return false
		}
	}
	return false
}
