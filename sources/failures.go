package sources

import (
	"maps"
	"slices"

	"vehiclebatch/pipeline/record"
)

// Line is what a record says as a line of a failure ledger that was given back:
// which lookup it is about, as the text of the file, and which columns of the
// vehicle it has a value for, by their canonical names.
type Line struct {
	RunID, Row, Dataset, VehicleID string
	Columns                        []string
}

// The columns of a failure ledger that say what a line is about. Without the
// first three a file is none.
const (
	lineRun     = "run_id"
	lineRow     = "row"
	lineDataset = "dataset"
	lineVehicle = "vehicle_id"
)

// lineColumn is a column of a failure ledger in a header.
type lineColumn struct {
	index int
	name  string
}

// findLines looks for the columns of a failure ledger.
func (h *header) findLines(headers []string) {
	for _, name := range []string{lineRun, lineRow, lineDataset, lineVehicle} {
		i := slices.IndexFunc(headers, func(header string) bool { return foldHeader(header) == foldHeader(name) })
		if i < 0 && name != lineVehicle {
			h.lines = nil
			return
		}
		if i >= 0 {
			h.lines = append(h.lines, lineColumn{i, name})
		}
	}
}

// uses tells whether a column of the file is read.
func (h *header) uses(index int) bool {
	return slices.ContainsFunc(h.lines, func(c lineColumn) bool { return c.index == index }) ||
		slices.Contains(slices.Collect(maps.Values(h.index)), index)
}

// withLines adds the columns of a failure ledger to those that are used, and
// returns where they are read to: nil when the file is none.
func withLines(used []usedColumn, h *header) ([]usedColumn, *Line) {
	if len(h.lines) == 0 {
		return used, nil
	}
	line := &Line{}
	into := map[string]*string{lineRun: &line.RunID, lineRow: &line.Row, lineDataset: &line.Dataset, lineVehicle: &line.VehicleID}
	for _, c := range h.lines {
		used = append(used, usedColumn{c.index, columnReader{c.name, func(_ *record.Vehicle, s string) { *into[c.name] = s }, nil}})
	}
	return used, line
}

// begin forgets the record before.
func (l *Line) begin() {
	if l != nil {
		*l = Line{}
	}
}

// holds says that the record has a value for a column.
func (l *Line) holds(column string) {
	if l == nil || slices.Contains([]string{lineRun, lineRow, lineDataset, lineVehicle}, column) {
		return
	}
	l.Columns = append(l.Columns, column)
}

func (l *Line) read() Line {
	if l == nil {
		return Line{}
	}
	return *l
}
