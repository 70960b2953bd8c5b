package sinks

import "encoding/json"

// Cells is a row, as its table holds it.
type Cells struct {
	table *tableSpec
	cells []cell
}

// CSV are the values in the order of the columns, as CSV has them; unknown is "".
func (c Cells) CSV() []string {
	out := make([]string, len(c.cells))
	for i, v := range c.cells {
		out[i] = v.csvText(c.table.columns[i].kind)
	}
	return out
}

// JSON are the values in the order of the columns: numbers are exact, moments
// RFC 3339 in China, unknown is nil.
func (c Cells) JSON() []any {
	out := make([]any, len(c.cells))
	for i, v := range c.cells {
		switch k := c.table.columns[i].kind; {
		case !v.ok:
		case k == kindInt || k == kindDecimal || k == kindBool:
			out[i] = json.RawMessage(v.text(k))
		default:
			out[i] = v.text(k)
		}
	}
	return out
}

func (t *table[R]) print(row R) Cells { return Cells{&t.tableSpec, t.cells(row, nil)} }

// FailureColumns names the columns of the table failures, in order.
func FailureColumns() []string {
	t := failuresTable()
	return t.names()
}

// FailureCells is a row of the table failures.
func FailureCells(runID string, r FailureRow) Cells {
	t := failuresTable()
	return t.print(failureRow{runID, r})
}

// ChangeColumns names the columns of the table changes, in order.
func ChangeColumns() []string {
	t := changesTable()
	return t.names()
}

// ChangeCells is a row of the table changes.
func ChangeCells(runID string, r ChangeRow) Cells {
	t := changesTable()
	return t.print(changeRow{runID, r})
}
