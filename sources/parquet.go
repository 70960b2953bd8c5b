package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"vehiclebatch/pipeline/record"
)

// parquetRows is how many rows are decoded at a time.
const parquetRows = 1024

// Parquet reads vehicles from a Parquet file: the columns that are used, a
// batch of rows at a time.
type Parquet struct {
	grid
	name  string
	rows  pqarrow.RecordReader
	batch arrow.Record
	at    int
	err   error
}

// OpenParquet reads the footer and finds the columns. Errors are *InputError;
// name stands in messages.
func OpenParquet(r io.ReaderAt, size int64, name string) (_ *Parquet, err error) {
	p := &Parquet{name: name}
	defer p.explain(&err)
	props := parquet.NewReaderProperties(memory.NewGoAllocator())
	props.BufferedStreamEnabled = true // a page at a time, not a column of a row group
	from, err := file.NewParquetReader(io.NewSectionReader(r, 0, size), file.WithReadProps(props))
	if err != nil {
		return nil, err
	}
	reader, err := pqarrow.NewFileReader(from, pqarrow.ArrowReadProperties{BatchSize: parquetRows}, memory.NewGoAllocator())
	if err != nil {
		return nil, err
	}
	leaves, err := p.choose(reader)
	if err != nil {
		return nil, err
	}
	if from.NumRows() == 0 {
		return nil, &InputError{Name: name, Problem: "the file has columns but no rows", Hint: "add a row for each vehicle"}
	}
	p.rows, err = reader.GetRecordReader(context.Background(), leaves, nil)
	return p, err
}

// choose finds the columns that are used. It returns their leaves in the order
// in which the batches have them, and makes used point into the batches.
func (p *Parquet) choose(reader *pqarrow.FileReader) ([]int, error) {
	var headers []string
	for i := range reader.Manifest.Fields {
		headers = append(headers, reader.Manifest.Fields[i].Field.Name)
	}
	h, bad := readHeader(headers)
	if bad != nil {
		bad.Name = p.name
		return nil, bad
	}
	p.setHeader(h)
	p.info.Kind = KindParquet
	var leaves []int
	place := map[int]int{}
	for i := range reader.Manifest.Fields {
		f := &reader.Manifest.Fields[i]
		if !h.uses(i) {
			continue
		}
		if len(f.Children) > 0 || f.ColIndex < 0 {
			return nil, &InputError{Name: p.name, Problem: fmt.Sprintf("the column %s is a %s, not a value", quote(f.Field.Name), f.Field.Type.Name()),
				Hint: "write it as text"}
		}
		place[i] = len(leaves)
		leaves = append(leaves, f.ColIndex)
	}
	for i := range p.used {
		p.used[i].index = place[p.used[i].index]
	}
	return leaves, nil
}

// explain turns an error of the library, or its panic on what is damaged, into
// an *InputError.
func (p *Parquet) explain(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("%v", cause)
	}
	var known *InputError
	if *err != nil && !errors.Is(*err, io.EOF) && !errors.As(*err, &known) {
		*err = &InputError{Name: p.name, Problem: "the Parquet file cannot be read", Hint: "is it whole?", Err: *err}
	}
}

// Next returns the next vehicle.
func (p *Parquet) Next() (record.Vehicle, error) {
	for p.err == nil && (p.batch == nil || p.at >= int(p.batch.NumRows())) {
		p.err = p.load()
	}
	if p.err != nil {
		return record.Vehicle{}, p.err
	}
	row := p.at
	p.at++
	return p.vehicle(p.row+1, func(c usedColumn) value { return parquetValue(p.batch.Column(c.index), row, c.column) }), nil
}

func (p *Parquet) load() (err error) {
	defer p.explain(&err)
	p.at = 0
	p.batch, err = p.rows.Read()
	if err == nil && p.batch == nil {
		return io.EOF
	}
	return err
}

// parquetValue is a value as text. Whole numbers are exact; broken ones are no
// identifiers.
func parquetValue(from arrow.Array, row int, column string) value {
	if from.IsNull(row) {
		return value{}
	}
	switch a := from.(type) {
	case *array.String:
		return value{text: strings.Clone(a.Value(row))}
	case *array.LargeString:
		return value{text: strings.Clone(a.Value(row))}
	case *array.Binary:
		return value{text: string(a.Value(row))}
	case *array.Dictionary:
		return parquetValue(a.Dictionary(), a.GetValueIndex(row), column)
	case *array.Float64:
		return floatValue(a.Value(row), 1<<53, column)
	case *array.Float32:
		return floatValue(float64(a.Value(row)), 1<<24, column)
	case *array.Date32:
		return dateValue(a.Value(row).ToTime(), column)
	case *array.Date64:
		return dateValue(a.Value(row).ToTime(), column)
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType)
		t := a.Value(row).ToTime(unit.Unit)
		if unit.TimeZone != "" { // a moment: the day that it was in China
			t = t.Add(8 * time.Hour)
		}
		return dateValue(t, column)
	case *array.Boolean:
		return value{text: from.ValueStr(row), lost: fmt.Errorf("this is %s, not a text", from.ValueStr(row))}
	}
	return value{text: from.ValueStr(row)} // whole numbers and decimals
}

// floatValue: beyond exact a float has lost digits.
func floatValue(n, exact float64, column string) value {
	v := value{text: strconv.FormatFloat(n, 'f', -1, 64)}
	if isCode(column) && (n != math.Trunc(n) || n < 0 || n > exact) || math.IsNaN(n) {
		v.lost = fmt.Errorf("this is the number %s, whose digits are not all there: write the column as text", v.text)
	}
	if column == record.ColFirstRegistered && n != math.Trunc(n) {
		v.lost = brokenMonth(n)
	}
	return v
}

func dateValue(t time.Time, column string) value {
	v := value{text: t.Format(time.DateOnly)}
	if column != record.ColFirstRegistered {
		v.lost = fmt.Errorf("this is the date %s: write the column as text", v.text)
	}
	return v
}
