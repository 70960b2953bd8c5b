package sources

import (
	"slices"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/columnar"
)

// look looks at the first values of a Parquet file as at those of the others: VINs under a name that is not known
// refuse it, and a distance shows whether its unit is in doubt. A column that is not
// used and cannot be read is left out.
func (p *Parquet) look(file *columnar.File, h *header) *InputError {
	lacks := !h.has(record.ColVIN) || !h.has(record.ColPlate)
	var places []int
	for i, c := range file.Columns {
		_, isCode := codeRanges[h.columnAt(i)]
		if problem, _ := unfit(c); problem == "" && (isCode || lacks && !isIdentifier(h.columnAt(i))) {
			places = append(places, i)
		}
	}
	if len(places) > 0 {
		rows := firstValues(file, places)
		if bad := h.survey(rows); bad != nil {
			return bad
		}
		p.info.Notes = append(p.info.Notes, h.uncoded(rows)...)
	}
	preview := func(column string, take func(string)) {
		at, ok := h.index[column]
		if !ok {
			return
		}
		if problem, _ := unfit(file.Columns[at]); problem != "" {
			return // said where the columns are chosen
		}
		for _, r := range firstValues(file, []int{at}) {
			take(trimValue(textAt(r.texts, at)))
		}
	}
	preview(record.ColMileageKM, p.distances.preview)
	preview(record.ColFirstRegistered, p.months.preview)
	return nil
}

// keepStates leaves out the columns that may tell the state of a vehicle and cannot be read.
func (p *Parquet) keepStates(file *columnar.File) {
	var places []int
	for _, u := range p.used {
		if problem, _ := unfit(file.Columns[u.index]); u.column == colState && problem == "" {
			places = append(places, u.index)
		}
	}
	good := map[int]bool{}
	file.First(places, 1, maxValue, func(at int, _ *columnar.Vector) { good[at] = true })
	p.used = slices.DeleteFunc(p.used, func(u usedColumn) bool { return u.column == colState && !good[u.index] })
}

// firstValues are the first rows of a file with the values of some columns.
func firstValues(file *columnar.File, places []int) []textRow {
	rows := make([]textRow, min(file.Rows, surveyedRows))
	file.First(places, len(rows), maxValue, func(at int, v *columnar.Vector) {
		for i := range rows {
			if rows[i].texts == nil {
				rows[i].texts = make([]string, len(file.Columns))
			}
			rows[i].texts[at] = parquetValue(v, i, &file.Columns[at], "").text
		}
	})
	return rows
}
