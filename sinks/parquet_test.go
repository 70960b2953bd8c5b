package sinks

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// judge writes a table with the library's own writer of batches, pqarrow, which links
// too much for the program and says what the bytes should be.
//
// It is wrong in two things about lists: it begins pages within a row, and its
// statistics count an empty list as a value less. Lists are compared without them.
type judge struct {
	to   *pqarrow.FileWriter
	rows int64
}

var _ fileWriter = (*judge)(nil)

func newJudge(s *tableSpec, to io.Writer, options []parquet.WriterProperty) (*judge, error) {
	properties := parquet.NewWriterProperties(append(options,
		parquet.WithBatchSize(parquet.DefaultWriteBatchSize), parquet.WithStoreDecimalAsInteger(true))...)
	w, err := pqarrow.NewFileWriter(s.arrowSchema(), struct{ io.Writer }{to}, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	return &judge{to: w}, err
}

func (j *judge) WriteBatch(batch arrow.Record) error {
	if j.rows+batch.NumRows() > rowGroupRows || j.to.RowGroupTotalBytesWritten() > rowGroupBytes {
		j.to.NewBufferedRowGroup()
		j.rows = 0
	}
	j.rows += batch.NumRows()
	return j.to.WriteBuffered(batch)
}

func (j *judge) Close() error { return j.to.Close() }

// anyRow is a row of anyTable.
type anyRow struct{ cells []cell }

// anyTable has a column of each kind that there is, with and without nulls, with and
// without a dictionary.
func anyTable() table[anyRow] {
	var columns []column[anyRow]
	for k := kindText; k <= kindNumbers; k++ {
		for _, nullable := range []bool{false, true} {
			for _, unique := range []bool{false, true} {
				i := len(columns)
				c := column[anyRow]{spec("c"+strconv.Itoa(i), k, "test", "kind "+strconv.Itoa(int(k))), func(r *anyRow) cell { return r.cells[i] }}
				c.nullable, c.unique = nullable, unique
				columns = append(columns, c)
			}
		}
	}
	return newTable("any", "a row", "none", "none", columns...)
}

// listsUncounted are a table's options without statistics of lists.
func listsUncounted(s *tableSpec) []parquet.WriterProperty {
	options := s.parquetOptions()
	for i := range s.columns {
		if k := s.columns[i].kind; k == kindList || k == kindNumbers {
			options = append(options, parquet.WithStatsFor(s.columns[i].name+".list.element", false))
		}
	}
	return options
}

func mustPages(t testing.TB) *zstd.Encoder {
	t.Helper()
	pages, err := newPages()
	must(t, err)
	return pages
}

// bothWays writes rows in batches of the sizes given, with our writer and with the judge.
func bothWays(pages *zstd.Encoder, batches []int, row func() anyRow) (ours, judged []byte, err error) {
	table := anyTable()
	var a, b bytes.Buffer
	w, err := beginParquet(&table.tableSpec, &a, listsUncounted(&table.tableSpec), pages)
	if err != nil {
		return nil, nil, err
	}
	j, err := newJudge(&table.tableSpec, &b, listsUncounted(&table.tableSpec))
	if err != nil {
		return nil, nil, err
	}
	to := newBatcher(&table.tableSpec)
	to.files = []fileWriter{w, j}
	for _, rows := range batches {
		for range rows {
			if err := to.add(row().cells); err != nil {
				return nil, nil, err
			}
		}
		if err := to.flush(); err != nil {
			return nil, nil, err
		}
	}
	err = cmp.Or(w.Close(), j.Close())
	return a.Bytes(), b.Bytes(), err
}

// The files are those of the library's own way, to the byte, whatever the compressor has
// compressed before.
func TestParquetIsWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	pages := mustPages(t)
	rapid.Check(t, func(t *rapid.T) {
		columns := anyTable().columns
		nulls := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 2, 10}), len(columns), len(columns)).Draw(t, "nulls")
		batches := rapid.SliceOfN(rapid.SampledFrom([]int{1, 7, 1024, 1025, 2100}), 0, 2).Draw(t, "batches")
		seed := rapid.Uint64().Draw(t, "seed")
		made := 0
		ours, judged, err := bothWays(pages, batches, func() anyRow {
			made++
			return madeUp(columns, nulls, seed+uint64(made)*2654435761)
		})
		if err != nil || !bytes.Equal(ours, judged) {
			t.Fatalf("%d bytes, want the %d of the library; %v", len(ours), len(judged), err)
		}
	})
}

// madeUp makes a row out of a number. Of a column's values as many of ten are null
// as nulls says, where they may be.
func madeUp(columns []columnSpec, nulls []int, from uint64) anyRow {
	row := anyRow{cells: make([]cell, len(columns))}
	for i := range columns {
		from = from*6364136223846793005 + 1442695040888963407
		if columns[i].nullable && int(from>>33)%10 < nulls[i] {
			continue
		}
		row.cells[i] = someCell(columns[i].kind, from>>20)
	}
	return row
}

func someCell(k kind, from uint64) cell {
	n := int64(from % 977)
	switch k {
	case kindText:
		return cell{ok: true, s: strings.Repeat("车", int(n%3)) + strconv.FormatInt(n, 10)}
	case kindBool:
		return cell{ok: true, n: n % 2}
	case kindInt:
		return cell{ok: true, n: []int64{n, -n, math.MaxInt64, math.MinInt64}[n%4]}
	case kindDecimal:
		return cell{ok: true, n: []int64{n, -n, decimalLimit - 1, 1 - decimalLimit}[n%4]}
	case kindDay:
		return cell{ok: true, n: []int64{n, -n, math.MaxInt32, math.MinInt32}[n%4]}
	case kindMoment:
		return cell{ok: true, n: 1_700_000_000_000_000 + []int64{n, -n * 1_000_000}[n%2]}
	}
	parts := []string{}
	for i := range n % 5 * (n % 3) {
		parts = append(parts, strconv.FormatInt(n*i, 10))
	}
	return cell{ok: true, list: parts}
}

// Two row groups, and rows that fill more than one page.
func TestParquetOfManyRowsIsWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	columns := anyTable().columns
	nulls := make([]int, len(columns))
	for i := range nulls {
		nulls[i] = i % 4
	}
	made := uint64(0)
	ours, judged, err := bothWays(mustPages(t), []int{rowGroupRows + 5000}, func() anyRow {
		made++
		row := madeUp(columns, nulls, made*2654435761)
		for i := range columns {
			if columns[i].unique && columns[i].kind == kindText && row.cells[i].ok {
				row.cells[i].s = fmt.Sprintf("%s of row %d, long enough to fill a page", row.cells[i].s, made)
			}
		}
		return row
	})
	if err != nil || !bytes.Equal(ours, judged) {
		t.Errorf("%d bytes, want the %d of the library; %v", len(ours), len(judged), err)
	}
}

// A file without a row has no row group, and the whole schema.
func TestParquetWithoutRowsIsWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	for _, s := range tableSpecs() {
		var ours, judged bytes.Buffer
		w, err := newParquetWriter(&s, &ours, mustPages(t))
		must(t, err)
		must(t, w.Close())
		j, err := newJudge(&s, &judged, s.parquetOptions())
		must(t, err)
		must(t, j.Close())
		if !bytes.Equal(ours.Bytes(), judged.Bytes()) {
			t.Errorf("%s: %d bytes, want the %d of the library", s.name, ours.Len(), judged.Len())
		}
	}
}

// listsTable has one column of lists of numbers, which may be null.
func listsTable() table[anyRow] {
	c := column[anyRow]{spec("c", kindNumbers, "test", "lists"), func(r *anyRow) cell { return r.cells[0] }}
	return newTable("lists", "a row", "none", "none", c)
}

// lists writes a list a row, in one batch.
func lists(t *testing.T, rows ...cell) *file.Reader {
	t.Helper()
	table := listsTable()
	var b bytes.Buffer
	w, err := newParquetWriter(&table.tableSpec, &b, mustPages(t))
	must(t, err)
	to := newBatcher(&table.tableSpec)
	to.files = []fileWriter{w}
	for _, row := range rows {
		must(t, to.add([]cell{row}))
	}
	must(t, to.flush())
	must(t, w.Close())
	r, err := file.NewParquetReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	return r
}

func numbersOf(n ...int64) cell { return numbersCell(record.Some(n)) }

// Engines skip row groups by these: what they say of lists must be so, also where
// as many lists are empty as there are values.
func TestStatisticsOfLists(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rows     []cell
		known    bool
		min, max int64
		missing  int64 // rows without a value
	}{
		{rows: []cell{numbersOf(5), numbersOf()}, known: true, min: 5, max: 5, missing: 1},
		{rows: []cell{numbersOf(7, 5), {}, numbersOf()}, known: true, min: 5, max: 7, missing: 2},
		{rows: []cell{numbersOf(3), numbersOf(-1, 9)}, known: true, min: -1, max: 9},
		{rows: []cell{numbersOf()}, missing: 1},
		{rows: []cell{{}, {}, numbersOf()}, missing: 3},
	}
	for _, c := range cases {
		chunk, err := lists(t, c.rows...).MetaData().RowGroup(0).ColumnChunk(0)
		must(t, err)
		said, err := chunk.Statistics()
		must(t, err)
		s := said.(*metadata.Int64Statistics)
		if s.HasMinMax() != c.known || c.known && (s.Min() != c.min || s.Max() != c.max) || s.NullCount() != c.missing {
			t.Errorf("%v: known %v, %d to %d, %d missing", c.rows, s.HasMinMax(), s.Min(), s.Max(), s.NullCount())
		}
	}
}

// Lists that are longer than a piece, in more than one page: each page begins with a row.
func TestNoPageBeginsWithinARow(t *testing.T) {
	t.Parallel()
	const rowsInAll = 1200
	rows := make([]cell, rowsInAll)
	for i := range rows {
		rows[i] = numbersOf()
		for j := range int64(i % 3 * 1111) {
			rows[i].list = append(rows[i].list, strconv.FormatInt(j*int64(i+1), 10))
		}
	}
	group := lists(t, rows...).RowGroup(0)
	pages, err := group.GetColumnPageReader(0)
	must(t, err)
	var count int
	var sum int32
	for pages.Next() {
		page, ok := pages.Page().(*file.DataPageV2)
		if !ok {
			continue // the dictionary
		}
		count, sum = count+1, sum+page.NumRows()
		if repetition := firstLevel(page.Data()); repetition != 0 {
			t.Errorf("page %d begins within a row", count)
		}
	}
	must(t, pages.Err())
	if count < 2 || sum != rowsInAll {
		t.Errorf("%d pages with %d rows", count, sum)
	}
}

// A report with more remarks than the library takes at once is written and read back.
func TestLongListsAreWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	feed := func(s Sink) error {
		row := ReportRow{VehicleID: "v1", Vendor: "wapi", FetchedAt: noon, RollbackSeqs: record.Some([]int64{})}
		for i := range int64(3 * pieceLevels) {
			row.Problems = append(row.Problems, "problem "+pad(int(i)))
			row.RollbackSeqs.V = append(row.RollbackSeqs.V, i)
		}
		return cmp.Or(feedVehicles(s), s.Report(row))
	}
	dir := t.TempDir()
	m := write(t, dir, []Format{Parquet}, feed)
	if found, _ := compare(t, dir, m, feed); len(found) > 0 {
		t.Errorf("read back: %v", found)
	}
}

// firstLevel is the first of the levels of one bit with which a page begins: after the
// length of a run stands its value, or eight levels of which the lowest bit is the first.
func firstLevel(page []byte) byte {
	_, length := binary.Uvarint(page)
	return page[length] & 1
}

// BenchmarkParquet writes a row group of visits, by the program's way and by the library's own.
func BenchmarkParquet(b *testing.B) {
	table := visitsTable()
	batches := &kept{}
	to := newBatcher(&table.tableSpec)
	to.files = []fileWriter{batches}
	list := make([]record.Visit, 10)
	for i := range rowGroupRows {
		j := i % len(list)
		list[j] = record.Visit{Seq: j + 1, Date: record.Some(record.Date(15000 + i%3000)), Type: record.Service, Content: "更换机油机滤 " + pad(i)}
		if i%3 > 0 {
			list[j].MileageKM, list[j].Amount = record.Some(int64(i*9871%300_000)), record.Some(record.Fen(i))
		}
		must(b, to.add(table.cells(visitRow{"r1", "wapi", &ReportRow{VehicleID: pad(i / 10), VIN: "LSVAA49J1" + pad(i/10), Vendor: "wapi"}, &list[j]}, nil)))
	}
	must(b, to.flush())
	pages := mustPages(b)
	begin := map[string]func() (fileWriter, error){
		"columns": func() (fileWriter, error) { return newParquetWriter(&table.tableSpec, io.Discard, pages) },
		"pqarrow": func() (fileWriter, error) { return newJudge(&table.tableSpec, io.Discard, table.parquetOptions()) },
	}
	for name, begin := range begin {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w, err := begin()
				must(b, err)
				for _, batch := range batches.all {
					must(b, w.WriteBatch(batch))
				}
				must(b, w.Close())
			}
		})
	}
}

// kept keeps batches.
type kept struct{ all []arrow.Record }

func (k *kept) WriteBatch(batch arrow.Record) error {
	batch.Retain()
	k.all = append(k.all, batch)
	return nil
}

func (k *kept) Close() error { return nil }
