package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/spelling"
)

// header is a header row that has been understood.
type header struct {
	width   int
	index   map[string]int // of a canonical column, in the record
	columns []Column
	ignored []string
	notes   []string
	lines   []lineColumn // of a failure ledger
	names   []string     // as written, also of the columns that are not used
	unit    measure      // of the distances
}

// readHeader maps headers to columns. Errors say what is wrong with the header
// and carry no file name or line yet.
func readHeader(headers []string) (*header, *InputError) {
	h, bad := mapHeader(headers)
	switch {
	case bad != nil:
		return nil, bad
	case !h.has(record.ColVIN) && !h.has(record.ColPlate):
		return nil, noHeader(headers)
	}
	if bad := h.sideBySide(); bad != nil {
		return nil, bad
	}
	h.noteNear()
	h.noteDestroyed()
	h.findLines(headers)
	return h, nil
}

// isHeader tells whether readHeader would take these.
func isHeader(headers []string) bool {
	h, bad := mapHeader(headers)
	return bad == nil && (h.has(record.ColVIN) || h.has(record.ColPlate))
}

// mapHeader finds the columns that are known.
func mapHeader(headers []string) (*header, *InputError) {
	h := &header{width: len(headers), index: map[string]int{}, names: headers}
	for i, name := range headers {
		name = strings.TrimSpace(name)
		n := nameOf(name)
		column := n.column
		if first, twice := h.index[column]; twice && column != "" {
			return nil, &InputError{
				Problem: fmt.Sprintf("columns %d (%s) and %d (%s) both mean %s", first+1, quote(headers[first]), i+1, quote(name), column),
				Hint:    "rename or remove one of them"}
		}
		if n.unit.refused != "" {
			return nil, refusedUnit(name, n.unit)
		}
		switch {
		case n.rate:
			h.ignored = append(h.ignored, name)
			h.notes = append(h.notes, fmt.Sprintf("column %s is ignored: it may be the distance of a year, a month or a day; if it is what the odometer shows, name it %s", quote(name), distanceName(name)))
		case n.mixed:
			h.ignored = append(h.ignored, name)
			h.notes = append(h.notes, fmt.Sprintf("column %s is ignored: it names two columns; give each its own", quote(name)))
		case column != "":
			if n.unit.said() {
				h.unit = n.unit
			}
			if n.unit.unit == unitWanKM {
				h.notes = append(h.notes, fmt.Sprintf("column %s is read in %s", quote(name), n.unit.word))
			}
			h.index[column] = i
			h.columns = append(h.columns, Column{Header: name, Name: column})
		case name != "":
			h.ignored = append(h.ignored, name)
		}
	}
	return h, nil
}

// distanceName is a name for a column of distances that keeps the unit of its header.
func distanceName(header string) string {
	folded := foldHeader(header)
	if strings.Contains(folded, "万") || strings.Contains(strings.ReplaceAll(folded, ",", ""), "10000") {
		return "行驶里程(万公里)"
	}
	return record.ColMileageKM
}

func (h *header) has(column string) bool {
	_, ok := h.index[column]
	return ok
}

// framed tells whether a table stands in bars, as in Markdown: | vin | plate |.
func (h *header) framed(delim rune) bool {
	return delim == '|' && len(h.names) > 2 && strings.TrimSpace(h.names[0]+h.names[len(h.names)-1]) == ""
}

// columnAt is the canonical name of a column of the file, "" when it is none.
func (h *header) columnAt(index int) string {
	for column, i := range h.index {
		if i == index {
			return column
		}
	}
	return ""
}

// named is the header of a column as it is written.
func (h *header) named(column string) string {
	for _, c := range h.columns {
		if c.Name == column {
			return c.Header
		}
	}
	return column
}

// noteNear remarks on ignored headers that look like a misspelt column.
func (h *header) noteNear() {
	for _, name := range h.ignored[:min(len(h.ignored), maxCompared)] {
		if whole := partOf(name); whole != "" {
			h.notes = append(h.notes, fmt.Sprintf("column %s is ignored: it is a part of the %s, and vendors are asked with all of it; put the whole into a column %s", quote(name), whole, whole))
			continue
		}
		if near := nearest(name); near != "" && !h.has(near) && !nameOf(name).rate && !plateColour.MatchString(foldHeader(name)) {
			h.notes = append(h.notes, fmt.Sprintf("column %s is ignored; did you mean %s?", quote(name), near))
		}
	}
}

// plateColour is the colour of a plate, which is not that of the car.
var plateColour = regexp.MustCompile(`(车牌|号牌|牌照|plate)(的|of)?(颜色|colou?r)|^colou?rofplate`)

// destroyedHint is what to do about a text in which ? stands for every Chinese character.
const destroyedHint = "the Chinese characters were destroyed when the file was saved, in an encoding without them: export it again as UTF-8"

// isDestroyed tells whether a name is what is left of a Chinese one: ???, ??? (??).
func isDestroyed(name string) bool {
	lost := strings.Count(name, "?") + strings.Count(name, string(utf8.RuneError))
	return lost > 1 && !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// noteDestroyed remarks on names of which nothing but question marks is left.
func (h *header) noteDestroyed() {
	n := 0
	for _, name := range h.ignored {
		if isDestroyed(name) {
			n++
		}
	}
	if n > 0 {
		h.notes = append(h.notes, fmt.Sprintf("question marks stand for the names of %d columns: %s", n, destroyedHint))
	}
}

// noHeader explains a first row that names neither VIN nor plate.
func noHeader(headers []string) *InputError {
	e := &InputError{Problem: noColumn(headers)}
	if slices.ContainsFunc(headers, isDestroyed) {
		e.Hint = destroyedHint
		return e
	}
	for _, name := range headers {
		clean := CleanIdentifier(name)
		_, plateErr := PlateType(CleanPlate(clean))
		if CheckVIN(clean) == nil || plateErr == nil {
			e.Problem = "the first line is data, not a header: " + listHeaders(headers)
			e.Hint = "put a line such as vin,plate,engine_no above it"
			return e
		}
	}
	var near []string
	for _, name := range headers[:min(len(headers), maxCompared)] {
		if n := nearest(name); n != "" {
			near = append(near, fmt.Sprintf("%s for %s", n, quote(name)))
		}
	}
	e.Hint = "name one vin (车架号) or plate (车牌号), in a line above the vehicles"
	for _, name := range headers[:min(len(headers), maxCompared)] {
		if whole := partOf(name); whole == record.ColVIN || whole == record.ColPlate {
			e.Hint += fmt.Sprintf("; %s is a part of the %s, and the whole is wanted", quote(name), whole)
		}
	}
	if len(near) > 0 {
		e.Hint += "; perhaps " + strings.Join(near[:min(len(near), 4)], ", ")
	}
	return e
}

func noColumn(headers []string) string {
	return "the header has no column for the VIN or the plate; found " + listHeaders(headers)
}

const shownHeaders = 12

func listHeaders(headers []string) string {
	var shown []string
	for _, name := range headers[:min(len(headers), shownHeaders)] {
		shown = append(shown, quote(strings.TrimSpace(name)))
	}
	list := strings.Join(shown, ", ")
	if len(headers) > shownHeaders {
		list += fmt.Sprintf(" and %d more", len(headers)-shownHeaders)
	}
	return list
}

// maxCompared bounds how many headers are compared with every known name.
const maxCompared = 100

// nearest returns the column of the known name that a header is at most a third away from,
// "" when there is none or the header is already known.
func nearest(name string) string {
	folded := []rune(foldHeader(name))
	if len(folded) > 40 {
		return ""
	}
	most, found := len(folded)/3, ""
	for _, a := range aliases {
		alias, d := spelling.Nearest(string(folded), a.names, most)
		switch {
		case alias == "":
		case d == 0:
			return ""
		default:
			most, found = d-1, a.column
		}
	}
	return found
}

const shownRunes = 40

// quote shows a value in a message, shortened and without what cannot be seen, such as a byte order mark.
func quote(s string) string {
	if strings.ContainsFunc(s, isInvisible) {
		s = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, s)
	}
	if runes := []rune(s); len(runes) > shownRunes {
		s = string(runes[:shownRunes]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
