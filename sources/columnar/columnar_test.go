package columnar

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// readAll reads the first column of a file, nulls as "NULL", numbers as their bits.
func readAll(b []byte) (texts []string, numbers []int64, err error) {
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, err
	}
	r, err := f.Read([]int{0}, 100)
	if err != nil {
		return nil, nil, err
	}
	for batch := (Batch{}); ; {
		err := r.Next(&batch)
		if errors.Is(err, io.EOF) {
			return texts, numbers, nil
		}
		if err != nil {
			return texts, numbers, err
		}
		for row := range batch.Rows {
			v := &batch.Columns[0]
			switch {
			case v.Null(row):
				texts = append(texts, "NULL")
			case v.is:
				texts = append(texts, v.Text(row))
			default:
				numbers = append(numbers, v.Number(row))
			}
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	dictionary := madePage{kind: pageDictionary, values: 3, body: plain("a", "", "粤")}
	for name, x := range map[string]struct {
		file  made
		texts string
	}{
		"plain":                          {textsFile(2, madePage{values: 2, body: plain("a", "bc"), sum: true}), "a bc"},
		"two pages and one without rows": {textsFile(2, madePage{values: 1, body: plain("a")}, madePage{body: nil}, madePage{values: 1, body: plain("b")}), "a b"},
		"an index page":                  {textsFile(1, madePage{kind: 1, body: []byte("abc"), head: fields{{1, 1}, {2, 3}, {3, 3}}}, madePage{values: 1, body: plain("b")}), "b"},
		"second kind":                    {textsFile(2, madePage{kind: pageData2, values: 2, body: plain("a", "b")}), "a b"},
		"dictionary, a run":              {textsFile(4, dictionary, madePage{values: 4, encoding: encDict, body: []byte{2, 4 << 1, 2}}), "粤 粤 粤 粤"},
		"dictionary, packed":             {textsFile(3, dictionary, madePage{values: 3, encoding: encPlainDict, body: []byte{2, 1<<1 | 1, 0b00_10_00, 0}}), "a 粤 a"},
		"dictionary, packed and cut":     {textsFile(3, dictionary, madePage{values: 3, encoding: encDict, body: []byte{2, 1<<1 | 1, 0b00_10_00}}), "a 粤 a"},
		"dictionary of one, no bits":     {textsFile(2, dictionary, madePage{values: 2, encoding: encDict, body: []byte{0}}), "a a"},
		"dictionary, then plain":         {textsFile(2, dictionary, madePage{values: 1, encoding: encDict, body: []byte{2, 1 << 1, 0}}, madePage{values: 1, body: plain("z")}), "a z"},
		"delta of lengths":               {textsFile(2, madePage{values: 2, encoding: encDeltaLength, body: append(packDelta([]int64{1, 3}, 128, 4), "abcd"...)}), "a bcd"},
		"delta of texts":                 {textsFile(3, madePage{values: 3, encoding: encDeltaTexts, body: append(append(packDelta([]int64{0, 2, 0}, 128, 4), packDelta([]int64{3, 1, 1}, 128, 4)...), "abcdz"...)}), "abc abd z"},
		"nulls":                          {optional(textsFile(3, madePage{values: 3, body: append([]byte{2, 0, 0, 0, 1<<1 | 1, 0b101}, plain("a", "b")...)})), "a NULL b"},
		"nulls of the old kind":          {optional(textsFile(3, madePage{values: 3, body: append([]byte{0b1010_0000}, plain("a", "b")...), head: fields{{1, 0}, {2, 11}, {3, 11}, {5, fields{{1, 3}, {2, 0}}}}})), "error"},
		"all null":                       {optional(textsFile(3, madePage{values: 3, body: []byte{2, 0, 0, 0, 3 << 1, 0}})), "NULL NULL NULL"},
	} {
		texts, _, err := readAll(x.file.bytes())
		if got := strings.Join(texts, " "); x.texts != "error" && (err != nil || got != x.texts) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func optional(m made) made {
	m.column[1].value = 1
	return m
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		file made
		want []int64
	}{
		"int32":             {numbersFile(Int32, 2, madePage{values: 2, body: []byte{0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0}}), []int64{-1, 1}},
		"int64":             {numbersFile(Int64, 1, madePage{values: 1, body: []byte{0, 0, 0, 0, 0, 0, 0, 0x80}}), []int64{math.MinInt64}},
		"booleans":          {numbersFile(Boolean, 3, madePage{values: 3, body: []byte{0b101}}), []int64{1, 0, 1}},
		"booleans in runs":  {numbersFile(Boolean, 3, madePage{values: 3, encoding: encRLE, body: []byte{2, 0, 0, 0, 3 << 1, 1}}), []int64{1, 1, 1}},
		"split int32":       {numbersFile(Int32, 2, madePage{values: 2, encoding: encSplit, body: []byte{1, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF}}), []int64{1, -1}},
		"delta goes round":  {numbersFile(Int32, 2, madePage{values: 2, encoding: encDelta, body: packDelta([]int64{math.MaxInt32, math.MaxInt32 + 1}, 128, 4)}), []int64{math.MaxInt32, math.MinInt32}},
		"delta, many":       {numbersFile(Int64, 300, madePage{values: 300, encoding: encDelta, body: packDelta(squares(300), 128, 4)}), squares(300)},
		"dictionary":        {numbersFile(Int64, 2, madePage{kind: pageDictionary, values: 1, body: make([]byte, 8)}, madePage{values: 2, encoding: encDict, body: []byte{1, 2 << 1, 0}}), []int64{0, 0}},
		"more than a batch": {numbersFile(Int32, 5000, madePage{values: 2000, body: make([]byte, 8000)}, madePage{values: 3000, body: make([]byte, 12000)}), make([]int64, 5000)},
	} {
		_, got, err := readAll(x.file.bytes())
		if err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func squares(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i*i) * 1_000_003 * int64(1-2*(i%2))
	}
	return out
}

// What cannot be read is said, with what helps, before a row is given or where
// it stands.
func TestRefused(t *testing.T) {
	t.Parallel()
	page := madePage{values: 2, body: plain("a", "b")}
	good := textsFile(2, page)
	with := func(change func(*made)) []byte {
		m := good
		m.pages = slices.Clone(good.pages)
		change(&m)
		return m.bytes()
	}
	damaged := "is the file whole?"
	for name, x := range map[string]struct {
		file  []byte
		words []string
	}{
		"old LZ4":            {with(func(m *made) { m.codec = codecOldLZ4 }), []string{`column "c"`, "LZ4 in its old form", "ZSTD or SNAPPY"}},
		"LZO":                {with(func(m *made) { m.codec = codecLZO }), []string{"LZO", "ZSTD or SNAPPY"}},
		"a new codec":        {with(func(m *made) { m.codec = 8 }), []string{"number 8", "ZSTD or SNAPPY"}},
		"a new encoding":     {with(func(m *made) { m.pages[0].encoding = 10 }), []string{"encoding has the number 10", "PLAIN"}},
		"encrypted column":   {with(func(m *made) { m.chunk = fields{{2, 4}, {8, fields{{1, fields{}}}}} }), []string{"is encrypted", "without encryption"}},
		"another file":       {with(func(m *made) { m.chunk = fields{{1, "b.parquet"}, {2, 4}, {3, fields{{1, 6}}}} }), []string{"another file"}},
		"fewer in the group": {with(func(m *made) { m.all = 3 }), []string{"says that it has 3 rows", damaged}},
		"more in the group":  {with(func(m *made) { m.all = 1 }), []string{"says that it has 1 rows", damaged}},
		"fewer in the chunk": {with(func(m *made) { m.values = 1 }), []string{"1 values where the row group has 2 rows", damaged}},
		"fewer in the page":  {with(func(m *made) { m.pages[0].values = 1 }), []string{"cannot be read", damaged}},
		"more in the page":   {with(func(m *made) { m.pages[0].values = 3 }), []string{"more values than the row group", damaged}},
		"fewer in the bytes": {with(func(m *made) { m.pages[0].body = plain("a") }), []string{"before its last value", damaged}},
		"changed bytes":      {bytes.Replace(textsFile(2, madePage{values: 2, body: plain("a", "b"), sum: true}).bytes(), plain("a"), plain("x"), 1), []string{"checksum", damaged}},
		"no dictionary":      {with(func(m *made) { m.pages[0].encoding = encDict }), []string{"no dictionary", damaged}},
		"cut":                {good.bytes()[:40], []string{"cut short", damaged}},
		"head alone":         {[]byte(magic), []string{"before its footer", damaged}},
		"encrypted footer":   {append([]byte("PARE0000"), 4, 0, 0, 0, 'P', 'A', 'R', 'E'), []string{"is encrypted", "without encryption"}},
		"a footer of 4 GB":   {append([]byte("PAR10000"), 0xFF, 0xFF, 0xFF, 0xFF, 'P', 'A', 'R', '1'), []string{"4294967295 bytes", damaged}},
		"not in the dictionary": {textsFile(1, madePage{kind: pageDictionary, values: 1, body: plain("a")},
			madePage{values: 1, encoding: encDict, body: []byte{2, 1 << 1, 3}}).bytes(), []string{"not in the dictionary", damaged}},
	} {
		_, _, err := readAll(x.file)
		var known *Error
		if !errors.As(err, &known) || known.Hint == "" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, w := range x.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v lacks %q", name, err, w)
			}
		}
	}
}

// A file that says that a page has a GB gets no GB.
func TestHostileSizes(t *testing.T) {
	const huge = 1 << 30
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	small := z.EncodeAll([]byte("abc"), nil)
	block := make([]byte, 100)
	n, err := lz4.CompressBlock(bytes.Repeat([]byte("a"), 1000), block, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]made{
		"zstd":               {codec: codecZstd, pages: []madePage{{values: 2, size: huge / 8, body: small}}},
		"zstd, more":         {codec: codecZstd, pages: []madePage{{values: 2, size: huge, body: small}}},
		"snappy":             {codec: codecSnappy, pages: []madePage{{values: 2, size: huge, body: []byte("\x80\x80\x80\x80\x04abc")}}},
		"gzip":               {codec: codecGzip, pages: []madePage{{values: 2, size: huge, body: []byte("\x1f\x8b")}}},
		"brotli":             {codec: codecBrotli, pages: []madePage{{values: 2, size: huge / 8, body: []byte("\x0b")}}},
		"LZ4":                {codec: codecLZ4, pages: []madePage{{values: 2, size: huge, body: block[:n]}}},
		"LZ4, cut":           {codec: codecLZ4, pages: []madePage{{values: 2, size: 1000, body: block[:n-3]}}},
		"LZ4, longer":        {codec: codecLZ4, pages: []madePage{{values: 2, size: 100, body: block[:n]}}},
		"a packed page":      {pages: []madePage{{values: 2, body: plain("a"), head: fields{{1, 0}, {2, huge}, {3, huge}, {5, fields{{1, 2}, {2, 0}}}}}}},
		"a dictionary":       {pages: []madePage{{kind: pageDictionary, values: huge, body: plain("a")}}},
		"a run":              {pages: []madePage{{kind: pageDictionary, values: 1, body: plain("a")}, {values: 2, encoding: encDict, body: []byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1}}}},
		"delta, many values": {pages: []madePage{{values: 2, encoding: encDelta, body: []byte{0x80, 1, 4, 0xFF, 0xFF, 0xFF, 0x7F, 0}}}},
		"delta, a big block": {pages: []madePage{{values: 2, encoding: encDeltaLength, body: []byte{0x80, 0x80, 0x80, 0x80, 4, 1, 2, 0, 0, 0}}}},
		"a negative size":    {pages: []madePage{{values: 2, body: plain("a"), head: fields{{1, 0}, {2, -1}, {3, -5}, {5, fields{{1, 2}, {2, 0}}}}}}},
	} {
		m.column, m.values, m.rows, m.all = fields{{1, int(Bytes)}, {3, 0}}, 2, 2, 2
		b := m.bytes()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := readAll(b)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > 16<<20 {
			t.Errorf("%s: %d MiB, %v", name, used>>20, err)
		}
	}
}

// A text that is too long is cut and said; it does not make the batch large.
func TestLongText(t *testing.T) {
	t.Parallel()
	b := textsFile(3, madePage{values: 3, body: plain("a", strings.Repeat("b", 5000), "c")}).bytes()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read([]int{0}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var batch Batch
	if err := r.Next(&batch); batch.Rows != 3 || err != nil {
		t.Fatal(batch.Rows, err)
	}
	v := &batch.Columns[0]
	if v.Text(0) != "a" || v.Text(2) != "c" || v.Long(1) != 5000 || v.Long(0) != 0 || len(v.Text(1)) != 100 {
		t.Errorf("%q, %q, %d", v.Text(0), v.Text(2), v.Long(1))
	}
}

// Whatever byte of a real file is changed, it is an error or all rows come.
func TestDamage(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../testdata/written-by/*.parquet")
	if err != nil || len(names) < 50 {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			whole, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for at := 4; at < len(whole); at += 1 + len(whole)/120 {
				b := bytes.Clone(whole)
				b[at] ^= 1 << (at % 8)
				checkDamaged(t, b, at)
			}
			for cut := 0; cut < len(whole); cut += 1 + len(whole)/8 {
				checkDamaged(t, whole[:cut], cut)
			}
		})
	}
}

func checkDamaged(t *testing.T, b []byte, at int) {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	var columns []int
	for i, c := range f.Columns {
		if c.Physical != Nested {
			columns = append(columns, i)
		}
	}
	r, err := f.Read(columns, 4<<10)
	rows, batch := int64(0), Batch{}
	for err == nil && rows < 1<<20 {
		err = r.Next(&batch)
		rows += int64(batch.Rows)
	}
	if errors.Is(err, io.EOF) && rows != f.Rows {
		t.Errorf("byte %d: %d rows of %d", at, rows, f.Rows)
	}
}
