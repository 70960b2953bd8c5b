package ui

import (
	"bytes"
	"strings"
	"testing"
	"text/tabwriter"

	"pgregory.net/rapid"
)

// Where every character is one wide, columns prints what text/tabwriter does.
func TestColumnsAreThoseOfTabwriter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "columns")
		c := columns{right: rapid.Bool().Draw(t, "right")}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			c.add(rapid.SliceOfN(rapid.StringMatching(`[a-z0-9¥→.]{0,9}`), n, n).Draw(t, "row")...)
		}
		var got, want bytes.Buffer
		flags, end := uint(0), "\n"
		if c.right {
			flags, end = tabwriter.AlignRight, "\t\n"
		}
		w := tabwriter.NewWriter(&want, 0, 0, gap, ' ', flags)
		for _, row := range c.rows {
			if _, err := w.Write([]byte(strings.Join(row, "\t") + end)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := c.write(&got); err != nil || got.String() != want.String() {
			t.Fatalf("got\n%q, want\n%q: %v", got.String(), want.String(), err)
		}
	})
}

func TestChineseColumnsStandUnderEachOther(t *testing.T) {
	t.Parallel()
	for _, right := range []bool{false, true} {
		c := columns{right: right}
		c.add("数据集", "已查得", "x")
		c.add("violations", "2", "x")
		c.add("估值（¥）→", "1,234", "x")
		var b bytes.Buffer
		if err := c.write(&b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			before, _, _ := strings.Cut(line, "x")
			want := 20
			if right {
				want = 22
			}
			if got := width(before); got != want {
				t.Errorf("right %v: the last column of %q begins at %d, want %d", right, line, got, want)
			}
		}
	}
}
