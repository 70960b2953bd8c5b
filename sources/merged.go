package sources

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/sources/workbook"
)

// merged knows which cells of a sheet are merged. A row under a merge of one column has the
// value of its upper cell. One VIN, plate or engine number for several rows is a fault of
// the rows under the first: nobody can tell whether they are one vehicle or several. So is a merge over several columns, but in its
// first one.
//
// What stands in a cell that another one covers is not shown: it is a fault, unless it is the
// same.
//
// The merges stand behind the rows in the file, so they are read apart. Of a large sheet that is done only
// once a cell of a used column is empty: most files of a million rows never need it.
type merged struct {
	book  *workbook.Book
	sheet workbook.Sheet

	loaded bool
	ranges []workbook.Range // over several rows, by their upper row
	wide   []workbook.Range // over several columns of one row, by that
	next   int              // of ranges, the first that may still begin
	open   []workbook.Range // those that the row is in
	last   []kept           // by column, the last cell with a value that is shown
	filled int64            // values that came from a merge
	bad    *InputError
}

// largeSheet is from how many bytes on the merges of a sheet are read only when they are needed.
const largeSheet = 32 << 20

type kept struct {
	cell workbook.Cell
	row  int64
}

// keep remembers the cells of a row that are shown, before any of them is read: those that are merged with
// them may stand under them, or beside.
func (m *merged) keep(row *workbook.Row) {
	if m.loaded && !m.some() {
		return
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind == workbook.Empty && !c.Formula || c.Column >= maxFields {
			continue
		}
		if _, hidden := m.covering(c.Column, row.Number); hidden {
			continue
		}
		if n := c.Column + 1 - len(m.last); n > 0 {
			m.last = append(m.last, make([]kept, n)...)
		}
		m.last[c.Column] = kept{*c, row.Number}
	}
}

// some tells whether any are known of.
func (m *merged) some() bool { return len(m.ranges)+len(m.wide) > 0 }

// shown is the cell of a column in a row, if it has a value and was the last of its column that had; else nil.
func (m *merged) shown(column int, row int64) *workbook.Cell {
	if column >= len(m.last) || m.last[column].row != row {
		return nil
	}
	return &m.last[column].cell
}

// ready reads the merges of a sheet that is not large.
func (m *merged) ready() {
	if m.book.Size(m.sheet) < largeSheet {
		m.load()
	}
}

// covered says that what stands in a cell is not shown, nil when it is.
func (m *merged) covered(cell *workbook.Cell, row int64) error {
	if !m.some() {
		return nil
	}
	r, ok := m.covering(cell.Column, row)
	if !ok {
		return nil
	}
	if above := m.shown(r.Left, r.Top); above != nil && strings.TrimSpace(above.Text) == strings.TrimSpace(cell.Text) {
		return nil
	}
	return fmt.Errorf("%s is hidden under the merged cells %s, which show something else: unmerge them", quote(cell.Text), r.Name())
}

// covering is the merge that a cell is in without being its first.
func (m *merged) covering(column int, row int64) (workbook.Range, bool) {
	for _, r := range m.at(row) {
		if r.Left <= column && column <= r.Right {
			return r, column != r.Left || row != r.Top
		}
	}
	r, ok := m.wideAt(row, column)
	return r, ok && column != r.Left
}

// load reads the merges of the sheet.
func (m *merged) load() {
	if m.loaded {
		return
	}
	m.loaded = true
	all, err := m.book.Merges(m.sheet)
	if err != nil {
		m.bad = &InputError{Problem: "the merged cells of the sheet cannot be read", Hint: "open the workbook in the spreadsheet and save it again", Err: err}
		return
	}
	for _, r := range all {
		if r.Bottom > r.Top {
			m.ranges = append(m.ranges, r)
		} else if r.Right > r.Left {
			m.wide = append(m.wide, r)
		}
	}
	byTop := func(a, b workbook.Range) int { return cmp.Compare(a.Top, b.Top) }
	slices.SortStableFunc(m.ranges, byTop)
	slices.SortStableFunc(m.wide, byTop)
}

// value is that of an empty cell.
func (m *merged) value(c usedColumn, row int64, days dayCount) value {
	m.load()
	if r, ok := m.across(c.index, row); ok {
		return value{where: workbook.Name(c.index, row), lost: fmt.Errorf("the cells %s are merged, so the %s has no value of its own: unmerge them", r.Name(), c.column)}
	}
	for _, r := range m.at(row) {
		if c.index < r.Left || c.index > r.Right || r.Top == row {
			continue
		}
		above := m.shown(c.index, r.Top)
		if above == nil {
			return value{}
		}
		v := days.value(above, c.column, workbook.Name(c.index, r.Top))
		v.remark = ""
		if isIdentifier(c.column) && v.lost == nil {
			v.lost = fmt.Errorf("the cells %s are merged: one %s stands for rows %d to %d; unmerge them and give each row its own", r.Name(), c.column, r.Top, r.Bottom)
		}
		if v.lost == nil && v.text != "" && c.column != colState {
			m.filled++
		}
		return v
	}
	return value{}
}

// across finds the merge with a value in which a cell is not in the first column.
func (m *merged) across(column int, row int64) (workbook.Range, bool) {
	for _, r := range m.at(row) {
		if r.Left < column && column <= r.Right {
			return r, m.shown(r.Left, r.Top) != nil
		}
	}
	r, ok := m.wideAt(row, column)
	return r, ok && r.Left < column && m.shown(r.Left, r.Top) != nil
}

// at are the merges over several rows that a row is in. Rows come in their order.
func (m *merged) at(row int64) []workbook.Range {
	for m.next < len(m.ranges) && m.ranges[m.next].Top <= row {
		m.open = append(m.open, m.ranges[m.next])
		m.next++
	}
	m.open = slices.DeleteFunc(m.open, func(r workbook.Range) bool { return r.Bottom < row })
	return m.open
}

// wideAt is the merge of a row alone that a column is in.
func (m *merged) wideAt(row int64, column int) (workbook.Range, bool) {
	i, _ := slices.BinarySearchFunc(m.wide, row, func(r workbook.Range, row int64) int { return cmp.Compare(r.Top, row) })
	for ; i < len(m.wide) && m.wide[i].Top == row; i++ {
		if m.wide[i].Left <= column && column <= m.wide[i].Right {
			return m.wide[i], true
		}
	}
	return workbook.Range{}, false
}

// isTitle tells whether the first text of a row spans several columns.
func (m *merged) isTitle(row *workbook.Row) bool {
	m.load()
	i := slices.IndexFunc(row.Cells, func(c workbook.Cell) bool { return c.Kind != workbook.Empty })
	if i < 0 {
		return false
	}
	_, ok := m.wideAt(row.Number, row.Cells[i].Column)
	return ok
}

// oneName refuses a sheet in which the name of a column is merged over others that have no name of their own and hold values, too.
func (m *merged) oneName(l *lead) *InputError {
	holds := func(column int) bool {
		return slices.ContainsFunc(l.under, func(r textRow) bool { return trimValue(textAt(r.texts, column)) != "" })
	}
	for _, c := range l.columns {
		left := l.index[c.Name]
		if slices.Contains(l.told, left) || textAt(l.names, left+1) != "" || !holds(left+1) && !holds(left+2) {
			continue
		}
		m.load()
		for _, row := range l.rows {
			for _, r := range slices.Concat(m.ranges, m.wide) {
				if r.Top != row.line || r.Left != left || canonical(textAt(row.texts, left)) == "" {
					continue
				}
				for i := left + 1; i <= r.Right; i++ {
					if textAt(l.names, i) == "" && holds(i) {
						return &InputError{Line: row.line, Problem: fmt.Sprintf("the name %s is merged over several columns, %s, and more than one of them holds values", quote(c.Header), r.Name()),
							Hint: nameOne(c.Header, c.Name)}
					}
				}
			}
		}
	}
	return nil
}

// notes says that values came from merges.
func (m *merged) notes() []string {
	if m.filled == 0 {
		return nil
	}
	return []string{fmt.Sprintf("cells that are merged over rows give their value to each row under them; so filled: %d", m.filled)}
}
