package workbook

import (
	"strconv"
	"strings"
)

// Format is how a cell's value is shown. The zero Format shows it as it is.
type Format struct {
	Date   bool     // as a date or a time of day
	struck bool     // drawn through
	parts  *pattern // nil: as it is
}

// Plain tells whether a value is shown as it is stored.
func (f Format) Plain() bool { return f.parts == nil }

// Show is what the sheet shows of a whole number from 0 to 1E+15: 12345 with the format
// "EA"000000 is EA012345. False means that this reader cannot tell, or that it is a date.
func (f Format) Show(n int64) (string, bool) {
	if f.parts == nil {
		return strconv.FormatInt(n, 10), !f.Date
	}
	s := f.parts.section(float64(n))
	if f.Date || s == nil || s.odd || s.otherwise || s.percent || s.thousands > 0 || s.grouped && s.words() != "" {
		return "", false
	}
	return s.show(n)
}

// ShowText is what the sheet shows of a text: 12345 with the format "沪A"@ is 沪A12345. False means that
// this reader cannot tell.
func (f Format) ShowText(text string) (string, bool) {
	if f.parts == nil {
		return text, true
	}
	s := f.parts.ofText()
	if s == nil {
		return text, true
	}
	if s.odd || s.hidden() {
		return "", false
	}
	var b strings.Builder
	for _, i := range s.items {
		switch i.kind {
		case itemText:
			b.WriteString(text)
		case itemWord:
			b.WriteString(i.word)
		}
	}
	return b.String(), true
}

// Quantity says in what unit a number is shown: words are the letters around it, and
// what is shown is the number times ten to the power of shift. 32000 with the format
// 0!.0,"万" shows 3.2万, so its shift is -4. False means that this reader cannot tell.
func (f Format) Quantity(n float64) (shift int, words string, ok bool) {
	if f.parts == nil {
		return 0, "", !f.Date
	}
	s := f.parts.section(n)
	if f.Date || s == nil || s.odd || s.percent {
		return 0, "", false
	}
	shift, words = -3*s.thousands, s.words()
	if places, ok := s.drawnPoint(); ok {
		shift -= places
	}
	return shift, words, true
}

// pattern is a number format that has been taken apart.
type pattern struct {
	sections []section
}

type itemKind uint8

const (
	itemWord  itemKind = iota // a text that is shown as it is
	itemDigit                 // 0, # or ?
	itemPoint                 // before the digits behind it
	itemText                  // @
	itemAll                   // General: all digits
)

type item struct {
	kind itemKind
	word string // of itemWord; of itemDigit the placeholder
}

// section is a part of a format between semicolons.
type section struct {
	items     []item
	thousands int  // commas behind the digits: each divides by 1,000
	grouped   bool // commas between the digits
	percent   bool
	otherwise bool   // as a fraction, or with a power of ten
	odd       bool   // it has what is not understood here
	operator  string // of a condition, "" when there is none
	operand   float64
}

// section is the one that shows a number, nil when it cannot be told.
func (p *pattern) section(n float64) *section {
	if n < 0 {
		return nil
	}
	numbers := p.sections[:min(len(p.sections), 3)]
	for i := range numbers {
		s := &numbers[i]
		if s.operator == "" {
			continue
		}
		if s.holds(n) {
			return s
		}
		if i == len(numbers)-1 {
			return nil
		}
		if numbers[i+1].operator == "" {
			return &numbers[len(numbers)-1] // all else
		}
	}
	if len(numbers) == 3 && n == 0 {
		return &numbers[2]
	}
	return &numbers[0]
}

func (s *section) holds(n float64) bool {
	switch s.operator {
	case "<":
		return n < s.operand
	case "<=":
		return n <= s.operand
	case ">":
		return n > s.operand
	case ">=":
		return n >= s.operand
	case "<>":
		return n != s.operand
	}
	return n == s.operand
}

// ofText is the section that shows texts, nil when they are shown as they are.
func (p *pattern) ofText() *section {
	if len(p.sections) > 3 {
		return &p.sections[3]
	}
	last := &p.sections[len(p.sections)-1]
	if last.has(itemText) {
		return last
	}
	return nil
}

func (s *section) has(k itemKind) bool { return s.first(k) >= 0 }

func (s *section) first(k itemKind) int {
	for i := range s.items {
		if s.items[i].kind == k {
			return i
		}
	}
	return -1
}

// hidden tells whether nothing of a value is shown.
func (s *section) hidden() bool { return !s.has(itemDigit) && !s.has(itemAll) && !s.has(itemText) }

// show fills the digits of a whole number in, from the right. False means that there is no place for all of them.
func (s *section) show(n int64) (string, bool) {
	left := strconv.FormatInt(n, 10)
	end, first := len(s.items), s.first(itemDigit)
	if point := s.first(itemPoint); point >= 0 {
		end = point
	}
	shown := ""
	for _, it := range s.items[end:] {
		shown += it.behindPoint()
	}
	if n == 0 && s.first(itemDigit) >= 0 {
		left = ""
	}
	for i := end - 1; i >= 0; i-- {
		it := s.items[i]
		took := it.word
		switch {
		case it.kind == itemAll || it.kind == itemText || i == first && left != "":
			took, left = left, ""
		case it.kind == itemDigit && left != "":
			took, left = left[len(left)-1:], left[:len(left)-1]
		case it.kind == itemDigit && it.word != "0":
			took = ""
		}
		shown = took + shown
	}
	shown = strings.TrimSpace(shown)
	return shown, shown != "" && (left == "" || s.hidden())
}

// behindPoint is what stands for an item behind the point of a whole number.
func (it item) behindPoint() string {
	switch {
	case it.kind == itemPoint:
		return "."
	case it.kind == itemWord || it.word == "0":
		return it.word
	}
	return ""
}

// words are the texts without the points that are drawn between digits.
func (s *section) words() string {
	var b strings.Builder
	for i, it := range s.items {
		if it.kind == itemWord && !s.isDrawnPoint(i) {
			b.WriteString(it.word)
		}
	}
	return strings.TrimSpace(b.String())
}

// isDrawnPoint tells whether an item is a point that stands as a text between digits.
func (s *section) isDrawnPoint(i int) bool {
	return s.items[i].kind == itemWord && s.items[i].word == "." && i > 0 && i+1 < len(s.items) &&
		s.items[i-1].kind == itemDigit && s.items[i+1].kind == itemDigit
}

// drawnPoint counts the digits behind such a point.
func (s *section) drawnPoint() (places int, ok bool) {
	for i := range s.items {
		switch {
		case s.isDrawnPoint(i):
			ok = true
		case ok && s.items[i].kind == itemDigit:
			places++
		}
	}
	return places, ok && !s.has(itemPoint)
}
