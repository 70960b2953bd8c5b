package sources

import (
	"fmt"
	"slices"

	"vehiclebatch/pipeline/record"
)

// grid makes vehicles of rows whose values have types: those of workbooks and
// of Parquet files. A value that is not what stands in the file any more, such
// as a number that Excel has rounded, is a fault of its row.
type grid struct {
	used []usedColumn
	info Info
	row  int64
	line *Line // nil: the file is no failure ledger

	unknown unknownCount
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

// setHeader takes the columns that are used.
func (g *grid) setHeader(h *header) {
	g.info.Columns, g.info.Ignored = h.columns, h.ignored
	g.info.Notes = append(g.info.Notes, h.notes...)
	for _, r := range readers() {
		if i, ok := h.index[r.column]; ok {
			g.used = append(g.used, usedColumn{i, r})
		}
	}
	g.used, g.line = withLines(g.used, h)
	g.info.Failures = g.line != nil
}

// Info returns what was detected so far.
func (g *grid) Info() Info {
	info := g.info
	info.Unknown = g.unknown.list()
	return info
}

// Line returns what the last row says as a line of a failure ledger.
func (g *grid) Line() Line { return g.line.read() }

// vehicle makes the next vehicle; at gives a used column's value. line is where
// the row stands in the file, 1 is the first.
func (g *grid) vehicle(line int64, at func(usedColumn) value) record.Vehicle {
	g.row++
	v := record.Vehicle{Row: g.row, Line: line}
	g.line.begin()
	for _, c := range g.used {
		x := at(c)
		if len(x.text) > maxValue {
			x.lost = fmt.Errorf("the value holds %d bytes, more than the %d that a value may have", len(x.text), maxValue)
			x.text = ""
		}
		before := len(v.Faults)
		if x.lost != nil {
			keepIdentifier(&v, c.column, x.text)
			fault(&v, c.column, x.lost)
			g.line.holds(c.column)
		} else if text := g.unknown.take(c.column, x.text); text != "" {
			c.read(&v, text)
			g.line.holds(c.column)
		}
		if x.remark != "" && x.lost == nil {
			v.Problems = append(v.Problems, x.remark)
		}
		if x.where == "" {
			continue
		}
		for i := before; i < len(v.Faults); i++ {
			v.Faults[i].Reason = x.where + ": " + v.Faults[i].Reason
		}
	}
	if v.VIN == "" && v.Plate == "" && !slices.ContainsFunc(v.Faults, func(f record.Fault) bool { return isIdentifier(f.Column) }) {
		fault(&v, "", errNoIdentity)
	}
	return v
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
