package sinks

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// readArrow reads a whole Parquet file as batches.
func readArrow(t *testing.T, path string) (*arrow.Schema, []arrow.Record, *file.Reader) {
	t.Helper()
	f, err := file.OpenParquetFile(path, false)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.NewGoAllocator())
	must(t, err)
	table, err := r.ReadTable(context.Background())
	must(t, err)
	rows, err := r.GetRecordReader(context.Background(), nil, nil)
	must(t, err)
	var out []arrow.Record
	for rows.Next() {
		rows.Record().Retain()
		out = append(out, rows.Record())
	}
	return table.Schema(), out, f
}

func TestParquetSchemas(t *testing.T) {
	t.Parallel()
	for name, feed := range map[string]func(Sink) error{"sample": feedSample, "empty": func(Sink) error { return nil }} {
		dir := t.TempDir()
		write(t, dir, []Format{Parquet}, feed)
		for _, table := range tableSpecs() {
			schema, _, _ := readArrow(t, filepath.Join(dir, fileName(table.name, Parquet)))
			for i, want := range table.arrowSchema().Fields() {
				got := schema.Field(i)
				if got.Name != want.Name || got.Nullable != want.Nullable || !arrow.TypeEqual(got.Type, want.Type) {
					t.Errorf("%s, %s: %v, want %v", name, table.name, got, want)
				}
				if text, _ := got.Metadata.GetValue("description"); text != table.columns[i].description {
					t.Errorf("%s, %s.%s: description %q", name, table.name, got.Name, text)
				}
			}
		}
	}
}

// Every cell of the sample as Arrow reads it: nulls are nulls, negative money,
// moments and Chinese texts come back.
func TestParquetCells(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{Parquet}, feedSample)
	cellsOf := func(table, column string) (out []cell) {
		schema, batches, _ := readArrow(t, filepath.Join(dir, fileName(table, Parquet)))
		i := schema.FieldIndices(column)[0]
		for _, tb := range tableSpecs() {
			for row := 0; tb.name == table && row < int(batches[0].NumRows()); row++ {
				out = append(out, cellAt(batches[0].Column(i), tb.columns[i].kind, row))
			}
		}
		return out
	}
	null := cell{}
	cases := []struct {
		table, column string
		want          []cell
	}{
		{"vehicles", "plate", []cell{{ok: true, s: "粤AJ44E6"}, null}},
		{"vehicles", "engine_no", []cell{{ok: true, s: "000123"}, null}},
		{"vehicles", "duplicate_of", []cell{null, {ok: true, n: 1}}},
		{"vehicles", "problems", []cell{{ok: true, list: []string{"the check digit is wrong", "列,\"二\""}}, {ok: true}}},
		{"vehicles", "cost_cny", []cell{{ok: true, n: 3200}, {ok: true, n: 0}}},
		{"maintenance_reports", "fire", []cell{{ok: true}, null}},
		{"maintenance_reports", "accident", []cell{{ok: true, n: 1}, null}},
		{"maintenance_reports", "services_per_year", []cell{{ok: true, n: 190}, null}},
		{"maintenance_reports", "fetched_at", []cell{{ok: true, n: noon.UnixMicro()}, {ok: true, n: noon.UnixMicro()}}},
		{"maintenance_records", "visit_date", []cell{{ok: true, n: -1}, null}},
		{"maintenance_records", "amount_cny", []cell{{ok: true, n: -5}, null}},
		{"maintenance_records", "materials", []cell{{ok: true, s: "broken \uFFFD byte"}, null}},
		{"maintenance_records", "mileage_km", []cell{{ok: true, n: 0}, null}},
		{"valuations", "private_cny", []cell{{ok: true, n: 0}}},
		{"valuations", "dealer_sell_cny", []cell{null}},
		{"valuations", "new_price_cny", []cell{{ok: true, n: -39880000}}},
		{"violations", "city", []cell{null}},
		{"failures", "vendor", []cell{null}},
		{"failures", "first_at", []cell{null}},
	}
	for _, c := range cases {
		got := cellsOf(c.table, c.column)
		for i := range c.want {
			if i >= len(got) || !got[i].same(c.want[i]) {
				t.Errorf("%s.%s: %+v, want %+v", c.table, c.column, got, c.want)
				break
			}
		}
	}
}

func TestRowGroupsAreBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const rows = 2*rowGroupRows + 5000
	write(t, dir, []Format{Parquet}, func(s Sink) error { return feedVisits(s, rows) })
	_, _, f := readArrow(t, filepath.Join(dir, "maintenance_records.parquet"))
	sum := int64(0)
	for i := range f.NumRowGroups() {
		n := f.MetaData().RowGroups[i].NumRows
		if sum += n; n > rowGroupRows || n == 0 {
			t.Errorf("row group %d has %d rows", i, n)
		}
	}
	if f.NumRowGroups() != 3 || sum < rows {
		t.Errorf("%d row groups with %d rows", f.NumRowGroups(), sum)
	}
}
