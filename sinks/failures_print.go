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
	row := failureRow{run: runID, FailureRow: r}
	out := make([]string, len(t.columns))
	for i := range t.columns {
		out[i] = t.get[i](&row).csvText(t.columns[i].kind)
	}
	return out
}

// FailureValues are a row's values in the order of FailureColumns, for JSON:
// numbers are exact, moments RFC 3339 in China, unknown is nil.
func FailureValues(runID string, r FailureRow) []any {
	t := failuresTable()
	row := failureRow{run: runID, FailureRow: r}
	out := make([]any, len(t.columns))
	for i := range t.columns {
		c, k := t.get[i](&row), t.columns[i].kind
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
