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
	if !h.has(record.ColVIN) || !h.has(record.ColPlate) {
		rows := make([]textRow, min(file.Rows, surveyedRows))
		for i := range file.Columns {
			if !h.uses(i) {
				p.lookAt(file, i, rows)
			}
		}
		if bad := h.survey(rows); bad != nil {
			return bad
		}
	}
	if at, ok := h.index[record.ColMileageKM]; ok {
		rows := make([]textRow, min(file.Rows, surveyedRows))
		p.lookAt(file, at, rows)
		for _, r := range rows {
			p.far.foresee(trimValue(textAt(r.texts, at)))
		}
	}
	return nil
}

// lookAt reads the first values of one column into rows.
func (p *Parquet) lookAt(file *columnar.File, at int, rows []textRow) {
	column := file.Columns[at]
	if problem, _ := unfit(column); problem != "" {
		return
	}
	from, err := file.Read([]int{at}, maxValue)
	if err != nil {
		return
	}
	for seen := 0; seen < len(rows); {
		n, err := from.Next()
		if err != nil {
			return
		}
		for i := range min(n, len(rows)-seen) {
			r := &rows[seen+i]
			r.texts = slices.Grow(r.texts, at+1)[:at+1]
			r.texts[at] = parquetValue(&from.Batch[0], i, &column, "").text
		}
		seen += n
	}
}
