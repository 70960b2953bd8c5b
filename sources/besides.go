package sources

import (
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

// Lists that stand beside the one that is read. Nobody may take their vehicles for
// read: the file is refused, or it is said what stands there.

// besides refuses a file in which other vehicles stand in columns without a name:
// a second list whose header is somewhere else, or nowhere.
func (h *header) besides(rows []textRow) *InputError {
	rows = rows[:min(len(rows), surveyedRows)]
	width := len(h.names)
	for _, r := range rows {
		width = max(width, len(r.texts))
	}
	for i := range width {
		if name := textAt(h.names, i); strings.TrimSpace(name) != "" || h.uses(i) {
			continue
		}
		if what := h.othersIn(rows, i); what != "" {
			return &InputError{Problem: fmt.Sprintf("the column %d has no name and holds %s of other vehicles than the columns that are read", i+1, what),
				Hint: "where a second list stands beside the first, put it under it; else take the column out"}
		}
	}
	return nil
}

// unread remarks on columns under a name that is not known which hold other vehicles.
func (h *header) unread(rows []textRow) (notes []string) {
	rows = rows[:min(len(rows), surveyedRows)]
	for i, name := range h.names {
		if strings.TrimSpace(name) == "" || h.uses(i) {
			continue
		}
		if what := h.othersIn(rows, i); what != "" && formerly.MatchString(foldHeader(name)) {
			notes = append(notes, fmt.Sprintf("column %s is ignored: its name says that its %s are those of before", quote(strings.TrimSpace(name)), what))
		} else if what != "" {
			notes = append(notes, fmt.Sprintf("column %s is ignored, and holds %s of other vehicles than those that are read: put them under the others if they are to be asked about too",
				quote(strings.TrimSpace(name)), what))
		}
	}
	return notes
}

// othersIn tells what a column mostly holds, VINs or plates, that its rows do not have in
// the columns that are read; "" when it holds none.
func (h *header) othersIn(rows []textRow, column int) string {
	for _, kind := range []struct {
		column string
		is     func(string) bool
		what   string
	}{
		{record.ColVIN, isVIN, "VINs"}, {record.ColPlate, isPlate, "plates"},
	} {
		known, ok := h.index[kind.column]
		if !ok || !mostOf(rows, column, kind.is) {
			continue
		}
		if slices.ContainsFunc(rows, func(r textRow) bool {
			text := CleanPlate(CleanIdentifier(textAt(r.texts, column)))
			return text != "" && text != CleanPlate(CleanIdentifier(textAt(r.texts, known)))
		}) {
			return kind.what
		}
	}
	return ""
}

// sideBySide refuses a header of two lists: a column without a name between them, the VIN
// on one side, the plate on the other, and some name on both. A row of it is of two vehicles.
func (h *header) sideBySide() *InputError {
	vin, hasVIN := h.index[record.ColVIN]
	plate, hasPlate := h.index[record.ColPlate]
	if !hasVIN || !hasPlate {
		return nil
	}
	for i := min(vin, plate) + 1; i < max(vin, plate); i++ {
		if strings.TrimSpace(h.names[i]) != "" {
			continue
		}
		for _, name := range h.names[:i] {
			folded := foldHeader(name)
			if folded != "" && slices.ContainsFunc(h.names[i:], func(other string) bool { return foldHeader(other) == folded }) {
				return &InputError{Problem: fmt.Sprintf("two lists stand side by side: both have a column %s, and column %d between them has no name", quote(strings.TrimSpace(name)), i+1),
					Hint: "put one list under the other, or each into a file of its own"}
			}
		}
	}
	return nil
}
