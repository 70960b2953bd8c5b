package sinks

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Spreadsheets run a cell of a CSV file that begins like a formula, and texts in
// our tables come from files and vendors that may be hostile. So a text in CSV
// that begins so, whatever number of apostrophes stands before, gets one more
// apostrophe in front: spreadsheets take the cell for text. Taking one off again
// gives the text back. Numbers, days and moments are not texts and stay as they
// are, and so does a text that is only a number, such as -5 or +86.

// Formulas begin with =, +, - or @, in their wide forms as well, or with a tab or
// line break that a spreadsheet strips.
const formulaMarks = "=+-@\t\r\n＝＋－＠"

var plainNumber = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// Harmless returns a text as it stands in a CSV cell.
func Harmless(text string) string {
	if actsInSpreadsheet(text) {
		return "'" + text
	}
	return text
}

func actsInSpreadsheet(text string) bool {
	if text == "" || text[0] > '@' && text[0] < 0x80 { // as nearly all texts begin
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "'"))
	return strings.ContainsRune(formulaMarks, first) && !plainNumber.MatchString(text)
}

// csvText renders a cell as CSV shows it; unknown is "".
func (c cell) csvText(k kind) string {
	text := c.text(k)
	if k == kindText || k == kindList {
		return Harmless(text)
	}
	return text
}
