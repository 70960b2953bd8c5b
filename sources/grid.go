package sources

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"vehiclebatch/pipeline/record"
)

// grid is what all files of vehicles have in common: which columns are used, what was said of them, and
// which rows are skipped. It makes vehicles of rows whose values have types: those of workbooks and
// of Parquet files; CSV does that itself, with less copying. A value that is not what stands in the file any more, such
// as a number that Excel has rounded, is a fault of its row.
type grid struct {
	name      string // of the file, in messages
	err       error  // what ended the reading, returned ever after
	used      []usedColumn
	info      Info
	row       int64
	line      *Line // nil: the file is no failure ledger
	lead      *lead // nil where a file has its names apart from its rows
	skipped   listedRows
	apart     apartRows
	distances *distances
	months    *months
	first     *record.Vehicle // read ahead
	next      record.Vehicle  // under work: one for all, since readers take its address
	cell      value           // of the column under work, for the same reason

	unknown unknownCount

	changed   int64    // how many rows stood before those under another header, 0: there was none
	elsewhere []string // where the file has other vehicles, which are not read
}

// usedColumn is a column that is used: where it stands and what reads it.
type usedColumn struct {
	index int
	columnReader
}

// value is what a column holds in a row, as text.
type value struct {
	text string
	// where names the cell in messages, "" where rows are enough.
	where string
	// lost says why the text is not what was meant.
	lost error
	// remark is what the user may want to know.
	remark string
}

// setLead takes what the first rows say; word is what the file calls a row.
func (g *grid) setLead(l *lead, word string) *InputError {
	g.lead, g.skipped.word = l, word
	g.info.Notes = append(g.info.Notes, l.say(word)...)
	if n := len(l.above); n > 0 {
		g.apart.begin(firstText(l.above[n-1].texts))
	}
	g.setHeader(l.header)
	for _, r := range l.above {
		if bad := g.unitBeside(r.line, r.texts); bad != nil {
			return bad
		}
	}
	first := l.firstTable()
	if bad := g.unitColumn(first); bad != nil {
		return bad
	}
	if bad := l.survey(first); bad != nil {
		bad.Line = l.rows[0].line
		return bad
	}
	g.info.Notes = append(append(g.info.Notes, l.uncoded(first)...), l.unread(first)...)
	if i, ok := l.index[record.ColMileageKM]; ok {
		for _, r := range l.under {
			g.distances.preview(trimValue(r.distance(i)))
		}
	}
	if i, ok := l.index[record.ColFirstRegistered]; ok {
		for _, r := range l.under {
			g.months.preview(trimValue(textAt(r.texts, i)))
		}
	}
	return nil
}

// unitBeside looks into texts that are no header and no vehicle for the unit of the distances.
func (g *grid) unitBeside(line int64, texts []string) *InputError {
	if !g.lead.has(record.ColMileageKM) {
		return nil
	}
	return g.distances.unitBeside(line, texts)
}

// unitColumn refuses a list that has the unit in a column of its own: nothing but a unit stands there.
func (g *grid) unitColumn(rows []textRow) *InputError {
	for _, r := range rows[:min(len(rows), surveyedRows)] {
		for i, text := range r.texts {
			if m, ok := measureNamed(foldHeader(text)); ok && !g.lead.uses(i) && otherUnit(m.word) != "" {
				if bad := g.unitBeside(r.line, []string{text}); bad != nil {
					return bad
				}
			}
		}
	}
	return nil
}

// setHeader takes the columns that are used.
func (g *grid) setHeader(h *header) {
	g.info.Columns, g.info.Ignored = h.columns, h.ignored
	g.info.Notes = append(g.info.Notes, h.notes...)
	g.distances = &distances{header: h.named(record.ColMileageKM), unit: h.unit}
	g.months = &months{}
	g.use(h)
	g.info.Failures = g.line != nil
}

// use reads the columns by a header.
func (g *grid) use(h *header) {
	g.used = g.used[:0]
	for _, r := range readers(g.distances, g.months) {
		if i, ok := h.index[r.column]; ok {
			g.used = append(g.used, usedColumn{i, r})
		}
	}
	g.used, g.line = withLines(g.used, h)
	g.apart.columns = len(g.used)
	g.used = append(g.used, g.apart.states(h)...)
	var first []textRow
	if g.lead != nil {
		first = g.lead.under
	}
	g.used = append(g.used, g.distances.units(h, first)...)
}

// Line returns what the last row says as a line of a failure ledger.
func (g *grid) Line() Line { return g.line.read() }

// Info returns what was detected.
func (g *grid) Info() Info {
	info := g.info
	info.Skipped, info.Unknown = g.skipped.count, g.unknown.list()
	info.Notes = slices.Concat(info.Notes, g.distances.notes(), g.skipped.notes(), g.apart.notes())
	return info
}

// skip tells whether a row is no vehicle, and remembers it. texts are those of the row.
// A header in its middle is read, for the rows under it. Errors carry a line, and no name of the file yet.
func (g *grid) skip(line int64, texts []string, merged bool) (bool, *InputError) {
	if g.lead == nil || g.line != nil && !g.lead.isPart(texts) { // a line of a failure ledger names what it is about
		return false, nil
	}
	why := g.lead.whySkipped(texts, merged)
	if why == "" && g.lead.isIndexNames(line, texts) {
		why = "names of columns that are not used"
	}
	switch {
	case why != "":
	case g.lead.isCount(texts, g.row):
		why = "a sum"
	case g.row == 0 && g.lead.isLegend(line, texts):
		why = "an explanation of the columns"
	case g.isUnderChanged(texts):
		return false, &InputError{Line: line, Problem: "another header stands above, with a name over several columns: " + listHeaders(texts), Hint: "give the table under it as a file of its own"}
	}
	if why == "" {
		h, bad := headerAgain(texts)
		if bad != nil {
			bad.Line = line
			return false, bad
		}
		if h == nil {
			return false, nil
		}
		why = theHeaderAgain
		if !maps.Equal(h.index, g.lead.index) || h.unit != g.distances.unit {
			why = "another header, by which the rows under it are read"
		}
		if !slices.Equal(h.names, g.lead.names) {
			if bad := g.changeHeader(h, line); bad != nil {
				return false, bad
			}
		}
	} else if why == theHeaderAgain && isHeader(texts) {
		g.lead.width = len(texts) // it may end in more empty columns, or in fewer
	}
	if bad := g.unitBeside(line, texts); bad != nil && why != theHeaderAgain {
		return false, bad
	}
	g.skipped.add(line, why, texts)
	g.apart.under(why, texts)
	g.unknown.undo()
	return true, nil
}

// isUnderChanged tells whether a row stands directly under a header in the middle, and tells apart the columns of a name in it.
func (g *grid) isUnderChanged(texts []string) bool {
	if g.changed == 0 || g.changed != g.row+g.skipped.count || slices.ContainsFunc(texts, holdsIdentity) || slices.ContainsFunc(texts, isNumber) {
		return false
	}
	return slices.ContainsFunc(spansOf(g.lead.names, texts), func(s span) bool { return canonical(g.lead.names[s.left]) != "" })
}

// changeHeader goes on by another header, and says of it what is said of the first.
func (g *grid) changeHeader(h *header, line int64) *InputError {
	for column := range g.lead.index {
		if !h.has(column) && isIdentifier(column) {
			return &InputError{Line: line, Problem: fmt.Sprintf("another header stands here, without a column for %s", column), Hint: "give the table under it as a file of its own"}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(g.lead.under), func(r textRow) bool { return r.line <= line })
	if bad := h.survey(rest); bad != nil {
		bad.Line = line
		return bad
	}
	g.lead = &lead{header: h, above: g.lead.above, rows: append(slices.Clip(g.lead.rows), textRow{line: line, texts: h.names})}
	for _, note := range h.notes {
		g.info.Notes = append(g.info.Notes, fmt.Sprintf("%s %d: %s", g.skipped.word, line, note))
	}
	for _, name := range h.ignored {
		if !slices.Contains(g.info.Ignored, name) {
			g.info.Ignored = append(slices.Clip(g.info.Ignored), name)
		}
	}
	g.distances.header, g.distances.unit = h.named(record.ColMileageKM), h.unit
	g.changed = g.row + g.skipped.count + 1 // with the header itself
	g.use(h)
	return nil
}

// isVehicle tells whether a vehicle is certainly one: its VIN or its plate is right.
func isVehicle(v *record.Vehicle) bool {
	if len(v.Faults) == 0 {
		return true
	}
	return v.VIN != "" && CheckVIN(v.VIN) == nil || v.Plate != "" && isPlate(v.Plate)
}

// count makes a row of the input of a vehicle.
func (g *grid) count(v *record.Vehicle) {
	g.row++
	v.Row = g.row
	g.apart.take(v, cmp.Or(g.skipped.word, "row"))
}

// named puts the file's name to what is wrong with it.
func (g *grid) named(bad *InputError) *InputError {
	bad.Name = g.name
	return bad
}

// fail ends the reading, when something is wrong and nothing was before.
func (g *grid) fail(bad *InputError) {
	if bad != nil && g.err == nil {
		g.err = g.named(bad)
	}
}

// noVehicles is said of a file that ends before its first vehicle.
func (g *grid) noVehicles(line int64, what string) *InputError {
	e := &InputError{Name: g.name, Line: line, Problem: what + " has a header but no data rows", Hint: "add a line for each vehicle"}
	for _, note := range slices.Concat(g.skipped.notes(), g.elsewhere) {
		e.Hint += "; " + note
	}
	return e
}

// give gives the vehicle that was read ahead, else the next one.
func (g *grid) give(next func() (*record.Vehicle, error)) (record.Vehicle, error) {
	if v := g.first; v != nil {
		g.first = nil
		return *v, nil
	}
	v, err := next()
	if err != nil {
		return record.Vehicle{}, err
	}
	return *v, nil
}

// open reads the first vehicle ahead, so that somebody starts to work only when there is one.
func (g *grid) open(what string, at func() int64, next func() (*record.Vehicle, error)) error {
	v, err := next()
	if errors.Is(err, io.EOF) {
		return g.noVehicles(at(), what)
	}
	if err != nil {
		return err
	}
	g.first = v
	return nil
}

// read makes a vehicle of a row that is not counted yet. plain takes the value of a used column into next if it has the plain
// form of the column; of all others at gives the value, which is empty before. line is where the row stands
// in the file, 1 is the first. The vehicle is good until the next one.
func (g *grid) read(line int64, plain func(c *usedColumn) bool, at func(c *usedColumn, to *value)) *record.Vehicle {
	g.next = record.Vehicle{Line: line}
	v := &g.next
	g.line.begin()
	g.unknown.begin()
	for i := range g.used {
		c := &g.used[i]
		if plain(c) {
			g.line.holds(c.column)
			continue
		}
		g.cell = value{}
		at(c, &g.cell)
		g.readValue(v, c, &g.cell)
	}
	if v.VIN == "" && v.Plate == "" && !slices.ContainsFunc(v.Faults, func(f record.Fault) bool { return isIdentifier(f.Column) }) {
		fault(v, "", errNoIdentity)
	}
	return v
}

func (g *grid) readValue(v *record.Vehicle, c *usedColumn, x *value) {
	if len(x.text) > maxValue {
		x.lost = fmt.Errorf("the value holds %d bytes, more than the %d that a value may have", len(x.text), maxValue)
		x.text = ""
	}
	if c.column == colState { // nothing in it is a fault
		if x.text != "" {
			c.read(v, x.text)
		}
		return
	}
	before := len(v.Faults)
	if x.lost != nil {
		keepIdentifier(v, c.column, x.text)
		fault(v, c.column, x.lost)
		g.line.holds(c.column)
	} else if text := g.unknown.take(c.column, x.text); text != "" {
		c.read(v, text)
		g.line.holds(c.column)
	}
	if x.remark != "" && x.lost == nil {
		v.Problems = append(v.Problems, x.remark)
	}
	if x.where == "" {
		return
	}
	for j := before; j < len(v.Faults); j++ {
		v.Faults[j].Reason = x.where + ": " + v.Faults[j].Reason
	}
}

// keepIdentifier keeps what stands in the place of an identifier, so that the
// row can be found again. With its fault nothing is asked with it.
func keepIdentifier(v *record.Vehicle, column, text string) {
	switch column {
	case record.ColVIN:
		v.VIN = CleanIdentifier(text)
	case record.ColPlate:
		v.Plate = CleanIdentifier(text)
	case record.ColEngineNo:
		v.EngineNo = CleanIdentifier(text)
	}
}

// isCode names the columns whose texts are digits or letters as they are, so
// that a number in their place may have lost something.
func isCode(column string) bool {
	switch column {
	case record.ColMileageKM, record.ColFirstRegistered:
		return false
	}
	return true
}
