package columnar

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// firstOf are the first texts of a file of one column, "" when it was left out.
func firstOf(t *testing.T, b []byte, n int) string {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	f.First([]int{0}, n, 4, func(at int, v *Vector) {
		for i := range min(n, int(f.Rows)) {
			out = append(out, fmt.Sprintf("%d %s", at, v.Text(i)))
		}
	})
	return strings.Join(out, ", ")
}

// A look at the first rows reads no row group behind them, nor any that is empty: of a file with many columns and row
// groups it costs no more than of a small one.
func TestFirst(t *testing.T) {
	t.Parallel()
	page := func(texts ...string) madePage {
		return madePage{kind: pageData, encoding: encPlain, values: len(texts), body: plain(texts...)}
	}
	group := func(codec, at, rows int) fields {
		return fields{{1, []fields{{{2, at}, {3, fields{{1, int(Bytes)}, {4, codec}, {5, rows}, {9, at}}}}}}, {2, 0}, {3, rows}}
	}
	whole := textsFile(3, page("a", "b", "c"))
	var first bytes.Buffer
	page("a", "b", "c").encode(&first)
	second := len(magic) + first.Len()
	two := textsFile(3, page("a", "b", "c"), page("long text", "e"))
	two.all, two.behind = 5, []fields{group(codecNone, second, 0), group(codecNone, second, 2)}
	broken := textsFile(3, page("a", "b", "c"))
	broken.all, broken.behind = 5, []fields{group(codecLZO, second, 2)}
	for name, c := range map[string]struct {
		file made
		n    int
		want string
	}{
		"whole":              {whole, 3, "0 a, 0 b, 0 c"},
		"fewer":              {whole, 2, "0 a, 0 b"},
		"more":               {whole, 2000, "0 a, 0 b, 0 c"},
		"two groups":         {two, 4, "0 a, 0 b, 0 c, 0 long"},
		"broken behind":      {broken, 3, "0 a, 0 b, 0 c"},
		"broken within":      {broken, 4, ""},
		"a page that ends":   {textsFile(3, page("a", "b")), 3, ""},
		"a type that is not": {made{column: fields{{1, 9}, {3, 0}}, values: 1, rows: 1, all: 1}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := firstOf(t, c.file.bytes(), c.n); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
