package ui

import (
	"bytes"
	"strings"
	"testing"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/messages"
)

// Of many kinds of message and of many rows the first are named, and the rest is counted.
func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	said, err := messages.New(messages.English)
	if err != nil {
		t.Fatal(err)
	}
	for kinds, want := range map[int]int{0: 0, 1: 1, reasonsShown + 1: reasonsShown + 1, reasonsShown + 2: reasonsShown + 1, 5 * reasonsShown: reasonsShown + 1} {
		var out bytes.Buffer
		printReasons(&out, said, placeIn(said, false), make([]export.Reason, kinds))
		if got := strings.Count(out.String(), "\n"); got != want || strings.Contains(out.String(), "more messages of other kinds") != (kinds > reasonsShown+1) {
			t.Errorf("%d kinds have %d lines, want %d:\n%s", kinds, got, want, out.String())
		}
	}
	for want, rows := range map[string]int64{"row 7": 1, "rows 7 and 4 more": 5} {
		if got := rowsNamed(said, []int64{7}, rows); got != want {
			t.Errorf("%d rows are %q, want %q", rows, got, want)
		}
	}
	if got := rowsNamed(said, []int64{7, 9}, 2); got != "rows 7, 9" {
		t.Errorf("two rows are %q", got)
	}
}
