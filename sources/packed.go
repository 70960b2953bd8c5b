package sources

import (
	"regexp"
	"strings"

	"vehiclebatch/pipeline/record"
)

// otherSeparators stand between columns in files that are not read: ^ and control characters of programs, lines of a
// frame, punctuation, and blanks, of which names may hold one.
var otherSeparators = regexp.MustCompile(`[\x01-\x08\x0e-\x1f]|[\x{2500}-\x{257F}]|\^|~|¦|!|[，；、]|:|/|\\|#|\$|%|&|@|\*|  +`)

// arePacked tells whether the names of several columns stand in one cell, so that the trouble is what parts them and
// not how they are called.
func arePacked(headers []string) bool {
	cell := firstText(headers)
	if filled(headers) != 1 || len(cell) > maxValue {
		return false
	}
	least := 2
	if nameOf(cell).mixed { // 车架号/车牌号 is one column for both
		least = 3
	}
	return namesSeveral(otherSeparators.Split(cell, -1), least) || namesSeveral(strings.Fields(cell), least)
}

// namesSeveral tells whether texts name the VIN or the plate, and at least so many columns.
func namesSeveral(texts []string, least int) bool {
	known := map[string]bool{}
	for _, t := range texts {
		known[canonical(strings.TrimSpace(t))] = true
	}
	delete(known, "")
	return len(known) >= least && (known[record.ColVIN] || known[record.ColPlate])
}

// areBelow tells whether the names stand below each other, each in front of its value.
func areBelow(rows []textRow) bool {
	var first []string
	for _, r := range rows {
		name := strings.TrimSpace(firstText(r.texts))
		if at := strings.IndexAny(name, "=: \t"); at > 0 {
			name = name[:at]
		}
		first = append(first, name)
	}
	return namesSeveral(first, 3)
}

const (
	packedHint = "no separator that is read stands between the names: comma, semicolon, tab or bar; export the list again with one of them, or as xlsx"
	belowHint  = "the names stand below each other; turn the table, so that they stand in one line and each vehicle in a line of its own"
)

// parted is what to do about first rows without a header whose names are there, "" when they are not. at is the row that is looked at first.
func parted(rows []textRow, at int) (hint string, line int) {
	for i := range rows {
		if i = (at + i) % len(rows); arePacked(rows[i].texts) {
			return packedHint, i
		}
	}
	if areBelow(rows) {
		return belowHint, at
	}
	return "", at
}
