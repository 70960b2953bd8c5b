package messages

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// wording is a reason, a remark or a note, which is kept in English, beside what it is in Chinese. The verbs of fmt are
// holes: %d takes digits, %c one character, any other what stands there. A reason in a hole is worded in its turn, but in
// one for %v, which holds codes or other things to type.
type wording struct{ en, zh string }

// wordings are all of them. The tables are never written to.
func wordings() []wording {
	return slices.Concat(termWordings, rowWordings, noteWordings, lookupWordings, vendorWordings, fileWordings)
}

// errorWordings are those of errors that end a command, and of lines that are printed as they were made.
func errorWordings() []wording {
	return slices.Concat(usageWordings, ledgerWordings, lineWordings, configWordings)
}

// wordbook words English reasons in Chinese. It is never written to once it is made.
type wordbook struct {
	whole map[string]string     // wordings without a hole
	first map[string][]*pattern // by the text before their first hole, as far as headBytes
	open  []*pattern            // those that begin with a hole
}

// headBytes are the bytes of a text by which its patterns are found.
const headBytes = 6

// pattern is a wording with holes.
type pattern struct {
	texts []string // what stands around the holes: one more than these
	verbs []byte
	out   []piece
	fixed int    // bytes outside of the holes
	mark  string // the longest text around them: what lacks it does not fit
}

// piece is a text of the translation, and the hole behind it; -1 is none.
type piece struct {
	text string
	hole int
}

// hole is a verb of fmt, perhaps with the number of its argument.
var hole = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z])`)

func newWordbook(all []wording) *wordbook {
	b := &wordbook{whole: map[string]string{}, first: map[string][]*pattern{}}
	for _, w := range all {
		at := hole.FindAllStringSubmatchIndex(w.en, -1)
		if at == nil {
			b.whole[w.en] = w.zh
			continue
		}
		p := &pattern{out: piecesOf(w.zh)}
		from := 0
		for _, m := range at {
			p.texts, p.verbs = append(p.texts, w.en[from:m[0]]), append(p.verbs, w.en[m[4]])
			from = m[1]
		}
		p.texts = append(p.texts, w.en[from:])
		for _, text := range p.texts {
			if p.fixed += len(text); len(text) > len(p.mark) {
				p.mark = text
			}
		}
		if head := p.texts[0]; len(head) >= headBytes {
			b.first[head[:headBytes]] = append(b.first[head[:headBytes]], p)
		} else {
			b.open = append(b.open, p)
		}
	}
	longest := func(x, y *pattern) int { return cmp.Compare(y.fixed, x.fixed) }
	for _, list := range b.first {
		slices.SortStableFunc(list, longest)
	}
	slices.SortStableFunc(b.open, longest)
	return b
}

func piecesOf(zh string) (out []piece) {
	from := 0
	for i, m := range hole.FindAllStringSubmatchIndex(zh, -1) {
		n := i
		if m[2] >= 0 {
			n, _ = strconv.Atoi(zh[m[2]:m[3]])
			n--
		}
		out = append(out, piece{zh[from:m[0]], n})
		from = m[1]
	}
	return append(out, piece{zh[from:], -1})
}

// deepest is how many reasons may lie in each other, and longestWorded how long a text is that is looked into:
// a text of more is not one of ours.
const (
	deepest       = 6
	longestWorded = 8 << 10
)

// word returns a text in Chinese, as far as it is known.
func (b *wordbook) word(text string) string {
	if len(text) > longestWorded {
		return text
	}
	return b.parts(text, deepest)
}

// parts words a text, or each part of a list.
func (b *wordbook) parts(text string, depth int) string {
	if zh, ok := b.known(text, depth); ok {
		return zh
	}
	for _, mark := range []struct{ en, zh string }{{"; ", "；"}, {", ", "、"}} {
		if zh, ok := b.list(text, mark.en, mark.zh, depth); ok {
			return zh
		}
	}
	return text
}

// list words the parts of a list; a part may hold the mark that stands between them, so the longest that is known is taken.
func (b *wordbook) list(text, mark, zhMark string, depth int) (string, bool) {
	items := splitOutside(text, mark)
	if len(items) == 1 || depth == 0 {
		return "", false
	}
	var out []string
	worded := false
	for i := 0; i < len(items); {
		n, zh, ok := 1, items[i], false
		for j := min(len(items), i+mostJoined); j > i && !ok; j-- {
			if zh, ok = b.known(strings.Join(items[i:j], mark), depth-1); ok {
				n, worded = j-i, true
			}
		}
		if !ok {
			zh = items[i]
			if mark == "; " { // one of several reasons may be a list of its own
				zh = b.parts(items[i], depth-1)
				worded = worded || zh != items[i]
			}
		}
		out = append(out, zh)
		i += n
	}
	return strings.Join(out, zhMark), worded
}

// mostJoined is how many parts of a list are taken for one.
const mostJoined = 5

// known words a text that is one of ours as a whole: a wording, one behind the name of what it is about, or one before
// somebody else's words in brackets.
func (b *wordbook) known(text string, depth int) (string, bool) {
	if zh, ok := b.whole[text]; ok {
		return zh, true
	}
	if depth == 0 || text == "" {
		return "", false
	}
	if len(text) >= headBytes {
		for _, p := range b.first[text[:headBytes]] {
			if zh, ok := b.fill(p, text, depth); ok {
				return zh, true
			}
		}
	}
	for _, p := range b.open {
		if zh, ok := b.fill(p, text, depth); ok {
			return zh, true
		}
	}
	if zh, ok := b.behindName(text, depth); ok {
		return zh, true
	}
	if strings.HasSuffix(text, ")") {
		return b.beforeBrackets(strings.TrimSuffix(text, ")"), depth)
	}
	return "", false
}

// behindName words a reason behind the name of what it is about (a column, a cell, a file), or behind another reason.
func (b *wordbook) behindName(text string, depth int) (string, bool) {
	at := 0
	for range mostColons {
		i := indexOutside(text[at:], ": ")
		if i < 0 {
			break
		}
		at += i + len(": ")
		if zh, ok := b.known(text[at:], depth-1); ok {
			return b.parts(text[:at-len(": ")], depth-1) + "：" + zh, true
		}
	}
	return "", false
}

// beforeBrackets words a reason before somebody else's words, which stand in brackets at its end.
func (b *wordbook) beforeBrackets(text string, depth int) (string, bool) {
	at := 0
	for range mostColons {
		i := indexOutside(text[at:], " (")
		if i < 0 {
			break
		}
		ours, theirs := text[:at+i], text[at+i+len(" ("):]
		at += i + len(" (")
		if closes(theirs) {
			continue
		}
		if zh, ok := b.known(ours, depth-1); ok {
			return zh + "（" + b.parts(theirs, depth-1) + "）", true
		}
	}
	return "", false
}

// mostColons is how many colons and brackets of a text are tried.
const mostColons = 6

// fill words a text by a pattern that it fits.
func (b *wordbook) fill(p *pattern, text string, depth int) (string, bool) {
	var room [8]string
	held, ok := p.match(text, room[:0])
	if !ok {
		return "", false
	}
	var out strings.Builder
	for _, piece := range p.out {
		out.WriteString(piece.text)
		if piece.hole >= 0 {
			if p.verbs[piece.hole] == 'v' {
				out.WriteString(held[piece.hole])
			} else {
				out.WriteString(b.parts(held[piece.hole], depth-1))
			}
		}
	}
	return out.String(), true
}

// match takes what stands in the holes of a text, the shortest that fits; no text around a hole is looked for within quotes. What a
// text begins with is no reason behind the name of a column: that is looked for without the name.
func (p *pattern) match(text string, held []string) ([]string, bool) {
	if !strings.Contains(text, p.mark) || !strings.HasPrefix(text, p.texts[0]) || !strings.HasSuffix(text, p.texts[len(p.texts)-1]) {
		return nil, false
	}
	rest := text[len(p.texts[0]):]
	for i, verb := range p.verbs {
		next := p.texts[i+1]
		end := len(rest) - len(next)
		if i < len(p.verbs)-1 {
			end = indexOutside(rest, next)
		}
		if end <= 0 || !fits(verb, rest[:end]) || closes(rest[:end]) || i == 0 && p.texts[0] == "" && indexOutside(rest[:end], ": ") >= 0 {
			return nil, false
		}
		if p.fixed < vague && indexOutside(rest[:end], ": ") >= 0 {
			return nil, false
		}
		held, rest = append(held, rest[:end]), rest[end+len(next):]
	}
	return held, true
}

// vague are so few bytes around the holes that a text of several sentences fits by chance.
const vague = 16

// fits tells whether a text is what a verb prints.
func fits(verb byte, text string) bool {
	switch verb {
	case 'd':
		return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && r != '-' })
	case 'c':
		return len([]rune(text)) == 1
	case 'q':
		quoted, err := strconv.QuotedPrefix(text)
		return err == nil && quoted == text
	}
	return true
}

// closes tells whether a text closes a bracket that it has not opened: it goes on into the next part of a list.
func closes(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			if quoted, err := strconv.QuotedPrefix(text[i:]); err == nil {
				i += len(quoted) - 1
			}
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return true
			}
		}
	}
	return false
}

// indexOutside is where a part stands that is not within quotes, behind at least one character.
func indexOutside(text, part string) int {
	if len(text) == 0 || !strings.Contains(text[1:], part) {
		return -1
	}
	first := 1 + strings.Index(text[1:], part)
	if quote := strings.IndexByte(text, '"'); quote < 0 || first < quote {
		return first
	}
	for i := 0; i < len(text); {
		if i > 0 && strings.HasPrefix(text[i:], part) {
			return i
		}
		if text[i] == '"' {
			if quoted, err := strconv.QuotedPrefix(text[i:]); err == nil {
				i += len(quoted)
				continue
			}
		}
		i++
	}
	return -1
}

func cutOutside(text, mark string) (before, after string, ok bool) {
	i := indexOutside(text, mark)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(mark):], true
}

// splitOutside splits a list at the marks that are neither within quotes nor within brackets.
func splitOutside(text, mark string) (out []string) {
	var item string
	for {
		before, after, ok := cutOutside(text, mark)
		if item += before; strings.Count(item, "(") > strings.Count(item, ")") && ok {
			item, text = item+mark, after
			continue
		}
		out, item = append(out, item), ""
		if !ok {
			return out
		}
		text = after
	}
}
