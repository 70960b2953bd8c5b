package sources

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// parquetOf writes a column of texts and one of numbers.
func parquetOf(t *testing.T, text, number string, texts []string, numbers []float64) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "note", Type: arrow.BinaryTypes.String}, {Name: text, Type: arrow.BinaryTypes.String}, {Name: "车牌号", Type: arrow.BinaryTypes.String},
		{Name: number, Type: arrow.PrimitiveTypes.Float64}}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	for i, v := range texts {
		b.Field(0).(*array.StringBuilder).Append("x")
		b.Field(1).(*array.StringBuilder).Append(v)
		b.Field(2).(*array.StringBuilder).Append("沪A12345")
		b.Field(3).(*array.Float64Builder).Append(numbers[i])
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(), pqarrow.NewArrowWriterProperties())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteBuffered(b.NewRecord()), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// panics is a file of which one place cannot be read without a panic, as of a decoder that meets damage.
type panics struct {
	*bytes.Reader
	at int64
}

func (p panics) ReadAt(b []byte, at int64) (int, error) {
	if at == p.at {
		panic("damage")
	}
	return p.Reader.ReadAt(b, at)
}

// A column that is not used is looked at and left out when it cannot be read.
func TestParquetDamageWhereNothingIsUsed(t *testing.T) {
	t.Parallel()
	b := columnsOf(t, []string{"note", "plate"}, []string{"x"}, []string{"粤B12345"})
	s, err := Open(panics{bytes.NewReader(b), int64(len(magicParquet))}, int64(len(b)), "fleet.parquet", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := s.Next(); err != nil || v.Plate != "粤B12345" {
		t.Errorf("%+v, %v", v, err)
	}
	b = columnsOf(t, []string{"plate", "note"}, []string{"粤B12345"}, []string{"x"})
	s, err = Open(panics{bytes.NewReader(b), int64(len(magicParquet))}, int64(len(b)), "fleet.parquet", Options{})
	if err == nil {
		_, err = s.Next()
	}
	var in *InputError
	if !errors.As(err, &in) {
		t.Errorf("the used column: %v", err)
	}
}

// What is said of the names and values of CSV and sheets is said of Parquet.
func TestParquetIsUnderstoodAsTheOthers(t *testing.T) {
	t.Parallel()
	vins := []string{vinA, vinB, vinC}
	for name, c := range map[string]struct {
		text, number string
		numbers      []float64
		fleetCase
	}{
		"unknown VINs": {"代码", "里程", []float64{1, 2, 3}, fleetCase{err: `fleet: the column "代码" holds what looks like VINs, but its name is not known: rename its header to vin`}},
		"unit":         {"車架號", "行驶里程(万公里)", []float64{3.62, 4, 12.1}, fleetCase{want: []string{"1 " + vinA + " 沪A12345 36200", "2 " + vinB + " 沪A12345 40000", "3 " + vinC + " 沪A12345 121000"}, said: "read in 万公里"}},
		"miles":        {"vin", "里程(英里)", []float64{1, 2, 3}, fleetCase{err: "is in miles"}},
		"no unit": {"vin", "里程", []float64{4, 3.6, 36200}, fleetCase{want: []string{"1 " + vinA + " 沪A12345 !mileage_km", "2 " + vinB + " 沪A12345 !mileage_km", "3 " + vinC + " 沪A12345 36200"},
			said: "says no unit and holds values such as"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, parquetOf(t, c.text, c.number, vins, c.numbers))
		})
	}
}

func TestParquetColumnsThatHoldSomethingElse(t *testing.T) {
	t.Parallel()
	b := columnsOf(t, []string{"vin", "Plate (Type)"}, []string{"LSVAL41Z882104202"}, []string{"粤B12345"})
	if _, err := Open(bytes.NewReader(b), int64(len(b)), "fleet.parquet", Options{}); err == nil || !strings.Contains(err.Error(), "read as plate_type, but it holds what looks like plates") {
		t.Errorf("%v", err)
	}
	b = columnsOf(t, []string{"vin", "engine"}, []string{"LSVAL41Z882104202", "LSVFF66R2J2205718"}, []string{"00123", "DBF208817"})
	s, err := Open(bytes.NewReader(b), int64(len(b)), "fleet.parquet", Options{})
	if err != nil || !strings.Contains(strings.Join(s.Info().Notes, "\n"), "name it engine_no if it holds engine numbers") {
		t.Errorf("%v", err)
	}
}
