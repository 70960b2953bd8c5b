package sources

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

const (
	// headerRows is how many rows with text are looked at for the header: titles and
	// notes may stand above it.
	headerRows = 20
	// surveyedRows is how many rows under the header are looked at before the first
	// is read.
	surveyedRows = 100
	// joinedRows is how many rows a header may have.
	joinedRows = 3
)

// textRow is a row of a file as texts. The first rows of every kind of file are
// looked at in this form before one is read.
type textRow struct {
	line  int64 // where it stands in the file, 1 is the first
	texts []string
	// km are the values of columns that would be read as distances otherwise than by their texts.
	km map[int]string
}

// distance is the text of a column that is read for distances.
func (r *textRow) distance(column int) string {
	if shown, ok := r.km[column]; ok {
		return shown
	}
	return textAt(r.texts, column)
}

// lead is what the first rows of a file say.
type lead struct {
	*header
	above []textRow // what stands above the header
	rows  []textRow // those that make the header
	told  []int     // columns whose name stood over several, which were told apart
	under []textRow // the first rows behind it
}

// passed is how many rows with text end with the header.
func (l *lead) passed() int { return len(l.above) + len(l.rows) }

// findLead finds the header among the first rows of a file. Errors carry a line, and no
// name of the file yet.
func findLead(rows []textRow) (*lead, *InputError) {
	top := rows[:min(len(rows), headerRows)]
	at := headerAt(top)
	if at < 0 {
		at = splitHeaderAt(top)
	}
	if at < 0 {
		return nil, noLead(top, rows)
	}
	first, joined := joinedAbove(rows, at)
	joined, last := joinedUnder(rows, at, joined, first+joinedRows)
	if joined.bad != nil {
		joined.bad.Line = rows[at].line
		return nil, joined.bad
	}
	above := max(first-1, 0)
	names, others, bad := ofOthers(joined.names, rows[above:last], above < first)
	if bad != nil {
		return nil, bad
	}
	h, bad := readHeader(names)
	if bad != nil {
		bad.Line = rows[at].line
		return nil, bad
	}
	if len(others) > 0 { // it is known what a name with its group means
		h.notes = slices.DeleteFunc(h.notes, func(note string) bool {
			return strings.Contains(note, "did you mean") && !slices.ContainsFunc(joined.names, func(n string) bool { return strings.Contains(note, quote(n)) })
		})
	}
	h.notes = slices.Concat(joined.notes, others, h.notes)
	l := &lead{header: h, told: joined.told, above: rows[:first], rows: rows[first:last], under: rows[last:min(len(rows), last+surveyedRows)]}
	for _, r := range l.rows {
		if slices.ContainsFunc(r.texts, isVIN) || slices.ContainsFunc(r.texts, isPlate) {
			return nil, &InputError{Line: r.line, Problem: "a vehicle stands in the header: " + listHeaders(r.texts), Hint: hintInHeader(top)}
		}
	}
	for _, r := range l.above {
		if slices.ContainsFunc(r.texts, holdsIdentity) {
			return nil, &InputError{Line: r.line, Problem: fmt.Sprintf("a vehicle stands above the header, which is in line %d: %s", rows[at].line, listHeaders(r.texts)),
				Hint: "move the header to the top"}
		}
	}
	return l, nil
}

// hintInHeader says what to do about a vehicle in the header. Where names stand under each other, the list is
// transposed, or has several rows for each vehicle.
func hintInHeader(rows []textRow) string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r.texts))
	}
	for i := range width {
		seen, again := map[string]bool{}, false
		for _, r := range rows {
			if column := canonical(textAt(r.texts, i)); column != "" {
				again = again || seen[column]
				seen[column] = true
			}
		}
		switch {
		case len(seen) > 1 && again:
			return "each vehicle takes several rows, with a name before each value: make a table of them, a row for each vehicle and the names in a line above"
		case len(seen) > 1:
			return "the list is transposed, with a column for each vehicle: copy it in the spreadsheet and paste it transposed (Paste Special, Transpose; 选择性粘贴，转置), so that each vehicle has a row"
		}
	}
	return "put a line with the names of the columns above the vehicles"
}

// firstTable are the first rows under the header, as far as it is theirs.
func (l *lead) firstTable() []textRow {
	end := slices.IndexFunc(l.under, func(r textRow) bool {
		h, _ := headerAgain(r.texts)
		return h != nil && !maps.Equal(h.index, l.index)
	})
	if end < 1 {
		return l.under
	}
	return l.under[:end]
}

// headerAt is the place of the first row that is a header, -1 when none is. A title of one word and
// a comment give way to a row behind them that names more.
func headerAt(rows []textRow) int {
	best, known := -1, 0
	for i, r := range rows {
		if !isHeader(r.texts) {
			continue
		}
		n := countKnown(r.texts)
		if best < 0 || n > known && (isComment(rows[best].texts) || filled(rows[best].texts) == 1) {
			best, known = i, n
		}
	}
	return best
}

// splitHeaderAt is the place of the first row that is a header together with the row under it, where names are split over both; -1 when none is.
func splitHeaderAt(rows []textRow) int {
	for i := range len(rows) - 1 {
		if j, ok := joinHeaders(rows[i].texts, rows[i+1].texts, rows[i+2:]); ok && j.gained && filled(rows[i].texts) > 1 && isHeader(j.names) {
			return i
		}
	}
	return -1
}

// noLead explains first rows without a header. The row that looks most like one says what is wrong.
func noLead(top, rows []textRow) *InputError {
	best, known := 0, -1
	for i, r := range top {
		if n := countKnown(r.texts); n > known {
			best, known = i, n
		}
	}
	hint, best := parted(top, best)
	_, bad := readHeader(top[best].texts)
	bad.Line = top[best].line
	if hint != "" {
		bad.Problem, bad.Hint = noColumn(top[best].texts), hint
		return bad
	}
	h := &header{index: map[string]int{}, names: top[best].texts}
	named := slices.ContainsFunc(top[best].texts, namesVehicle)
	if values := h.survey(rows[best+1:]); values != nil && !named && bad.Hint != destroyedHint && !slices.ContainsFunc(top[best].texts, holdsIdentity) {
		bad.Hint = values.Problem + ": " + values.Hint
	}
	return bad
}

// joinedAbove fills what a header leaves out from the row above it: names beside a group
// stand there when cells are merged, and names over several of its columns.
func joinedAbove(rows []textRow, at int) (first int, j joinedNames) {
	names := slices.Clone(rows[at].texts)
	if at == 0 {
		return at, joinedNames{names: names}
	}
	above := rows[at-1].texts
	j, below := tellApart(notNamedBelow(above, names), names, rows[at+1:])
	for i := range max(len(above), len(j.names)) {
		for len(names) <= i {
			names = append(names, "")
		}
		name := textAt(above, i)
		switch {
		case textAt(below, i) != textAt(names, i):
			names[i] = j.names[i]
		case textAt(names, i) == "" && canonical(name) != "":
			names[i], j.gained = name, true
		case areSplit(name, names[i]), ofBefore(name, names[i]):
			names[i], j.gained = name+strings.TrimSpace(names[i]), true
		}
	}
	if j.bad == nil && (!j.gained || !isHeader(names)) {
		return at, joinedNames{names: rows[at].texts}
	}
	j.names = names
	return at - 1, j
}

// notNamedBelow leaves out of the row above a header what is no name over several of its columns: a title, and what the
// header names elsewhere.
func notNamedBelow(above, names []string) []string {
	out := slices.Clone(above)
	for _, s := range spansOf(above, names) {
		column := canonical(above[s.left])
		others := slices.Concat(names[:s.left], names[s.right+1:])
		if s.left == 0 && filled(above) == 1 || column != "" && slices.ContainsFunc(others, func(n string) bool { return canonical(n) == column }) {
			out[s.left] = ""
		}
	}
	return out
}

// joinedUnder goes on with the names of the rows under a header that are a part of it, before the row limit. last is the
// first row that is none.
func joinedUnder(rows []textRow, at int, all joinedNames, limit int) (joined joinedNames, last int) {
	names, last := all.names, at+1
	for i := last; i < min(len(rows), limit) && all.bad == nil; i++ {
		j, ok := joinHeaders(names, rows[i].texts, rows[i+1:])
		if !ok {
			all.bad = j.bad
			break
		}
		if names = j.names; j.gained {
			all = joinedNames{names: names, told: append(all.told, j.told...), notes: append(all.notes, j.notes...)}
			last = i + 1
		}
	}
	return all, last
}

// joinHeaders puts the names of two rows together, one name a column. False means that
// the lower row is no part of the header. rows are those under both.
func joinHeaders(upper, lower []string, rows []textRow) (j joinedNames, ok bool) {
	if slices.ContainsFunc(lower, holdsIdentity) || slices.ContainsFunc(lower, isNumber) {
		return j, false
	}
	j, lower = tellApart(upper, lower, rows)
	upper, j.names = j.names, make([]string, max(len(j.names), len(lower)))
	for i := range j.names {
		joined, more, ok := joinNames(textAt(upper, i), textAt(lower, i))
		if !ok && len(j.told) > 0 { // a row with the words of several columns is part of the header, whatever it says of another
			joined, ok = textAt(upper, i), true
		}
		if !ok {
			return joinedNames{}, false
		}
		j.names[i], j.gained = joined, j.gained || more
	}
	return j, j.bad == nil
}

// joinNames puts the name of a column together with what stands under it. gained says that
// more is known now; ok is false where it cannot be a part of a header.
func joinNames(upper, lower string) (joined string, gained, ok bool) {
	if lower == "" {
		return upper, false, true
	}
	above, below := nameOf(upper), nameOf(lower)
	both := upper + "(" + lower + ")"
	n := nameOf(both)
	switch {
	case upper == "":
		return lower, below.column != "", true
	case areSplit(upper, lower), ofBefore(upper, lower):
		return upper + lower, true, true
	case n.rate || above.column == record.ColEngine && n.column == record.ColEngineNo:
		return both, true, true
	case above.column != "" && below.column == above.column && (!n.unit.said() || above.unit.said()):
		return upper, false, true // in two languages
	case n.column != "" && (above.column == "" || above.column == n.column):
		return both, above.column == "" || n.unit.said() && !above.unit.said(), true
	case above.column != "":
		return "", false, false
	case below.column != "":
		return lower, true, true
	}
	return upper + " " + lower, false, true
}

// areSplit tells whether two texts under each other are one name, of which neither is one by itself: 初次 and 登记日期.
func areSplit(upper, lower string) bool {
	return strings.TrimSpace(upper) != "" && strings.TrimSpace(lower) != "" && canonical(upper) == "" && canonical(lower) == "" && canonical(upper+lower) != ""
}

// beforeWords are those over the name of what a vehicle had before.
var beforeWords = []string{"原", "旧", "老", "曾用", "以前", "原先", "变更前", "更换前", "过户前", "old", "former", "previous", "original"}

// ofBefore tells whether a name stands under such a word: the column is not that of now.
func ofBefore(upper, lower string) bool {
	return slices.Contains(beforeWords, foldHeader(upper)) && canonical(lower) != ""
}

func textAt(texts []string, i int) string {
	if i >= len(texts) {
		return ""
	}
	return strings.TrimSpace(texts[i])
}

func countKnown(headers []string) int {
	n := 0
	for _, h := range headers {
		if canonical(h) != "" {
			n++
		}
	}
	return n
}

// filled counts the texts that are not empty.
func filled(texts []string) int {
	n := 0
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			n++
		}
	}
	return n
}

// say notes what was skipped and put together; word is what the file calls a row.
func (l *lead) say(word string) []string {
	var out []string
	if len(l.above) > 0 {
		out = append(out, fmt.Sprintf("above the header, %s skipped: %s", areRows(len(l.above), word), namedRows(l.above, word)))
	}
	if n := len(l.rows); n > 1 {
		out = append(out, fmt.Sprintf("%ss %d to %d are read as one header", word, l.rows[0].line, l.rows[n-1].line))
	}
	return out
}

func areRows(n int, word string) string {
	if n == 1 {
		return "1 " + word + " is"
	}
	return fmt.Sprintf("%d %ss are", n, word)
}

// shownRows is how many rows a note names.
const shownRows = 10

func namedRows(rows []textRow, word string) string {
	var out []string
	for _, r := range rows[:min(len(rows), shownRows)] {
		out = append(out, fmt.Sprintf("%s %d (%s)", word, r.line, quote(firstText(r.texts))))
	}
	if more := len(rows) - shownRows; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

func firstText(texts []string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// survey looks at the values under a header. It refuses a file of whose vehicles the VIN or the plate
// stands in a column that is not known: its lookups would be asked without. rows
// are the first of the file; any kind of file can be asked.
func (h *header) survey(rows []textRow) *InputError {
	rows = rows[:min(len(rows), surveyedRows)]
	for _, kind := range []struct {
		column string
		is     func(string) bool
		what   string
	}{
		{record.ColVIN, isVIN, "VINs"}, {record.ColPlate, isPlate, "plates"},
	} {
		if h.has(kind.column) {
			continue
		}
		var places []int
		for i := range h.names {
			if !h.uses(i) && mostOf(rows, i, kind.is) {
				places = append(places, i)
			}
		}
		if len(places) > 0 {
			return h.unnamed(places, kind.column, kind.what)
		}
	}
	if bad := h.otherwise(rows); bad != nil {
		return bad
	}
	return h.besides(rows)
}

// formerly is what the name of a column says that is not of now.
var formerly = regexp.MustCompile(`[原旧老曾前]|old|former|previous|original`)

// unnamed refuses a file whose VINs or plates stand in columns whose names are not known, and names them all.
func (h *header) unnamed(places []int, column, what string) *InputError {
	var names []string
	for _, i := range places {
		names = append(names, columnNamed(i, h.names[i]))
	}
	switch {
	case len(places) > 1:
		return &InputError{Problem: fmt.Sprintf("the columns %s hold what looks like %s, but their names are not known", strings.Join(names, " and "), what),
			Hint: fmt.Sprintf("rename the header of the one that counts now to %s, and take the others out", column)}
	case formerly.MatchString(foldHeader(h.names[places[0]])):
		return &InputError{Problem: fmt.Sprintf("the column %s holds what looks like %s, but its name is not known", names[0], what),
			Hint: fmt.Sprintf("take it out if it is what was before; if it is that of now, rename its header to %s", column)}
	}
	return &InputError{Problem: fmt.Sprintf("the column %s holds what looks like %s, but its name is not known", names[0], what),
		Hint: fmt.Sprintf("rename its header to %s, or take the column out if it is not to be used", column)}
}

// otherwise refuses a file in which the VINs or the plates stand in a column that is known for something else: Plate (Type).
func (h *header) otherwise(rows []textRow) *InputError {
	for _, c := range h.columns {
		if isIdentifier(c.Name) {
			continue
		}
		var what, column string
		switch {
		case !h.has(record.ColPlate) && mostOf(rows, h.index[c.Name], isPlate):
			what, column = "plates", record.ColPlate
		case !h.has(record.ColVIN) && mostOf(rows, h.index[c.Name], isVIN):
			what, column = "VINs", record.ColVIN
		default:
			continue
		}
		return &InputError{Problem: fmt.Sprintf("the column %s is read as %s, but it holds what looks like %s", quote(c.Header), c.Name, what),
			Hint: fmt.Sprintf("rename its header to %s, or take the column out if it is not to be used", column)}
	}
	return nil
}

// uncoded remarks on columns of condition codes whose first values can be none. One such value says so itself.
func (h *header) uncoded(rows []textRow) (notes []string) {
	rows = rows[:min(len(rows), surveyedRows)]
	for _, c := range h.columns {
		top, isCode := codeRanges[c.Name]
		wrong := 0
		if !isCode || !mostOf(rows, h.index[c.Name], func(s string) bool {
			_, err := ParseCode(c.Name, s)
			if err != nil {
				wrong++
			}
			return err != nil
		}) || wrong < 2 {
			continue
		}
		instead := "rename or remove it if it is something else"
		if c.Name == record.ColEngine {
			instead = "name it " + record.ColEngineNo + " if it holds engine numbers"
		}
		notes = append(notes, fmt.Sprintf("column %s is read as %s, a code from 0 to %d, and most of its first values are none: %s", quote(c.Header), c.Name, top, instead))
	}
	return notes
}

func columnNamed(i int, name string) string {
	if name = strings.TrimSpace(name); name != "" {
		return quote(name)
	}
	return fmt.Sprintf("%d, which has no name,", i+1)
}

// mostOf tells whether more than half of a column's values are such.
func mostOf(rows []textRow, column int, is func(string) bool) bool {
	values, such := 0, 0
	for _, r := range rows {
		if v := trimValue(textAt(r.texts, column)); v != "" {
			values++
			if is(v) {
				such++
			}
		}
	}
	return 2*such > values
}
