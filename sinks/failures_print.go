package sinks

import (
	"encoding/json"
)

// FailureColumns names the columns of the table failures, in order.
func FailureColumns() []string {
	t := failuresTable()
	return t.names()
}

// FailureCells are a row's values in the order of FailureColumns, as CSV holds
// them; unknown is "".
func FailureCells(runID string, r FailureRow) []string {
	t := failuresTable()
	return t.csvCells(&failureRow{run: runID, FailureRow: r})
}

// FailureValues are a row's values in the order of FailureColumns, for JSON:
// numbers are exact, moments RFC 3339 in China, unknown is nil.
func FailureValues(runID string, r FailureRow) []any {
	t := failuresTable()
	return t.jsonValues(&failureRow{run: runID, FailureRow: r})
}

// csvCells are a row's values as CSV holds them.
func (t *table[R]) csvCells(row *R) []string {
	out := make([]string, len(t.columns))
	for i := range t.columns {
		out[i] = t.get[i](row).csvText(t.columns[i].kind)
	}
	return out
}

// jsonValues are a row's values for JSON.
func (t *table[R]) jsonValues(row *R) []any {
	out := make([]any, len(t.columns))
	for i := range t.columns {
		c, k := t.get[i](row), t.columns[i].kind
		switch {
		case !c.ok:
		case k == kindInt || k == kindDecimal || k == kindBool:
			out[i] = json.RawMessage(c.text(k))
		default:
			out[i] = c.text(k)
		}
	}
	return out
}
