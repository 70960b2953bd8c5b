package sources

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/columnar"
)

// written is a Parquet file with columns of many types, each row the same.
func written(t *testing.T, rows int) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "note", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		{Name: "车架号", Type: arrow.BinaryTypes.LargeString, Nullable: true},
		{Name: "plate", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "engine_no", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "first_registered", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "mileage_km", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "model_id", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	for i := range rows {
		notes := b.Field(0).(*array.ListBuilder)
		notes.Append(true)
		notes.ValueBuilder().(*array.StringBuilder).Append("a")
		b.Field(1).(*array.LargeStringBuilder).Append(goodVIN)
		b.Field(2).(*array.StringBuilder).Append("粤B12345")
		b.Field(3).(*array.Float64Builder).Append([]float64{123, 1.2e16, 0.5}[i%3])
		b.Field(4).(*array.Date32Builder).Append(18993)
		b.Field(5).(*array.Int64Builder).Append(36200)
		b.Field(6).(*array.Int32Builder).Append(52)
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteBuffered(b.NewRecord()), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestParquet(t *testing.T) {
	t.Parallel()
	const rows = 2*1024 + 3
	got, info := readAll(t, written(t, rows), Options{})
	if len(got) != rows || info.Kind != KindParquet || len(info.Ignored) != 1 || info.Ignored[0] != "note" {
		t.Fatalf("%d rows, %+v", len(got), info)
	}
	for i, v := range got {
		if v.Row != int64(i+1) || v.VIN != goodVIN || v.Plate != "粤B12345" || v.FirstRegistered != "2022-01" || v.MileageKM != record.Some[int64](36200) || v.ModelID != "52" {
			t.Fatalf("row %d: %+v", i, v)
		}
	}
	if got[0].EngineNo != "123" || len(got[0].Faults) > 0 {
		t.Errorf("%+v", got[0])
	}
	for i, want := range []string{1: "this is the number 12000000000000000, whose digits are not all there", 2: "this is the number 0.5"} {
		if want != "" && (len(got[i].Faults) != 1 || !strings.HasPrefix(got[i].Faults[0].Reason, want)) {
			t.Errorf("%+v", got[i].Faults)
		}
	}
}

func TestParquetThatIsRefused(t *testing.T) {
	t.Parallel()
	good := written(t, 10)
	for name, b := range map[string][]byte{"cut": good[:len(good)/2], "magic alone": []byte("PAR1"), "no rows": written(t, 0)} {
		_, err := open(b, Options{})
		var in *InputError
		if !errors.As(err, &in) || in.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Damage behind the footer's back is an error, or a row; never a panic.
	for at := 4; at < len(good); at += 3 {
		b := bytes.Clone(good)
		b[at] ^= 0x5A
		s, err := open(b, Options{})
		for err == nil {
			_, err = s.Next()
		}
		var in *InputError
		if !errors.As(err, &in) && !errors.Is(err, io.EOF) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

// columnsOf is a Parquet file of columns of texts or of floats, "" and NaN are null.
func columnsOf(t *testing.T, names []string, columns ...any) []byte {
	t.Helper()
	var fields []arrow.Field
	for i, n := range names {
		var kind arrow.DataType = arrow.BinaryTypes.String
		if _, ok := columns[i].([]float64); ok {
			kind = arrow.PrimitiveTypes.Float64
		}
		fields = append(fields, arrow.Field{Name: n, Type: kind, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	for i, c := range columns {
		switch c := c.(type) {
		case []string:
			b.Field(i).(*array.StringBuilder).AppendValues(c, nil)
		case []float64:
			b.Field(i).(*array.Float64Builder).AppendValues(c, nil)
		}
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteBuffered(b.NewRecord()), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// VINs under a name that is not known are no note that is skipped.
func TestParquetUnknownVINs(t *testing.T) {
	t.Parallel()
	vins, plates := []string{goodVIN, goodVIN, ""}, []string{"粤B12345", "粤B12346", "粤B12347"}
	_, err := open(columnsOf(t, []string{"车车", "plate"}, vins, plates), Options{})
	var in *InputError
	if !errors.As(err, &in) || !strings.Contains(in.Problem, `the column "车车" holds what looks like VINs`) || !strings.Contains(in.Hint, "vin") {
		t.Errorf("%v", err)
	}
	if got, _ := readAll(t, columnsOf(t, []string{"车车", "plate"}, []string{"a", goodVIN, "b"}, plates), Options{}); len(got) != 3 {
		t.Errorf("%+v", got)
	}
}

// 3.6 and 4 in one column without a unit are not 36,000 and 4 km.
func TestParquetBareDistances(t *testing.T) {
	t.Parallel()
	plates := []string{"粤B12345", "粤B12346", "粤B12347"}
	got, info := readAll(t, columnsOf(t, []string{"plate", "mileage"}, plates, []float64{4, 3.6, 36200}), Options{})
	if len(got) != 3 || len(got[0].Faults) != 1 || len(got[1].Faults) != 1 || got[2].MileageKM != record.Some[int64](36200) || len(info.Notes) == 0 {
		t.Errorf("%+v, %q", got, info.Notes)
	}
}

// What stands in a structure is not read. The names in it that would be are said.
func TestParquetFields(t *testing.T) {
	t.Parallel()
	vehicle := columnar.Column{Name: "车辆", Physical: columnar.Nested, Meaning: columnar.Struct, Fields: []string{"车架号", "品牌", "车牌号"}}
	list := columnar.Column{Name: "备注", Physical: columnar.Nested, Meaning: columnar.List, Fields: []string{"vin"}}
	file := &columnar.File{Columns: []columnar.Column{{Name: "车牌号"}, vehicle, list}}
	h, bad := readHeader([]string{"车牌号", "车辆", "备注"})
	if bad != nil {
		t.Fatal(bad)
	}
	said := fieldsOf(file, h)
	if len(said) != 1 || said[0] != `the column "车辆" is a structure, and what stands in it is not read: "车架号"; write its fields as columns of the table` {
		t.Errorf("%q", said)
	}
	if said := fieldsOf(file, nil); len(said) != 1 || !strings.Contains(said[0], `"车架号", "车牌号"`) {
		t.Errorf("%q", said)
	}
}
