package sinks

import (
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A batch is handed on when it has this many rows or this much text: large
// enough for the columns to pay, small enough to hold seven of them.
const (
	batchRows  = 4096
	batchBytes = 4 << 20
)

// batcher collects the rows of one table into record batches and hands each
// to every file of the table. Memory is bounded by one batch.
type batcher struct {
	table   *tableSpec
	build   *array.RecordBuilder
	files   []fileWriter
	rows    int64
	pending int
	bytes   int
	last    batchSize
}

// batchSize is how much a batch held: rows, and bytes of text by column.
type batchSize struct {
	rows int
	text []int
}

func newBatcher(t *tableSpec) *batcher {
	return &batcher{table: t, build: array.NewRecordBuilder(memory.NewGoAllocator(), t.arrowSchema())}
}

// add takes one row. After an error the batcher is of no more use.
func (b *batcher) add(cells []cell) error {
	if b.pending == 0 {
		b.reserve()
	}
	b.rows++
	for i := range cells {
		v, s := &cells[i], &b.table.columns[i]
		if err := s.admit(v); err != nil {
			return fmt.Errorf("table %s, column %s, row %d: %w", b.table.name, s.name, b.rows, err)
		}
		b.bytes += appendCell(b.build.Field(i), s.kind, v)
	}
	if b.pending++; b.pending >= batchRows || b.bytes >= batchBytes {
		return b.flush()
	}
	return nil
}

func (b *batcher) flush() error {
	if b.pending == 0 {
		return nil
	}
	b.measure()
	batch := b.build.NewRecord()
	defer batch.Release()
	b.pending, b.bytes = 0, 0
	for _, f := range b.files {
		if err := f.WriteBatch(batch); err != nil {
			return err
		}
	}
	return nil
}

// measure keeps the size of the batch that is whole now.
func (b *batcher) measure() {
	b.last.rows, b.last.text = b.pending, b.last.text[:0]
	for _, f := range b.build.Fields() {
		n := 0
		if t, ok := f.(*array.StringBuilder); ok {
			n = t.DataLen()
		}
		b.last.text = append(b.last.text, n)
	}
}

// reserve makes room for a batch of the last one's size: columns that grow with
// their rows are copied at each doubling.
func (b *batcher) reserve() {
	b.build.Reserve(b.last.rows)
	for i, n := range b.last.text {
		if t, ok := b.build.Field(i).(*array.StringBuilder); ok {
			t.ReserveData(n + n/8)
		}
	}
}

// appendCell returns the bytes of text that it added.
func appendCell(to array.Builder, k kind, v *cell) int {
	if !v.ok {
		to.AppendNull()
		return 0
	}
	switch k {
	case kindInt:
		to.(*array.Int64Builder).Append(v.n)
	case kindBool:
		to.(*array.BooleanBuilder).Append(v.n == 1)
	case kindDecimal:
		to.(*array.Decimal128Builder).Append(decimal128.FromI64(v.n))
	case kindDay:
		to.(*array.Date32Builder).Append(arrow.Date32(v.n))
	case kindMoment:
		to.(*array.TimestampBuilder).Append(arrow.Timestamp(v.n))
	case kindNumbers:
		appendNumbers(to.(*array.ListBuilder), v.list)
	case kindList:
		return appendList(to.(*array.ListBuilder), v.list)
	default:
		to.(*array.StringBuilder).Append(v.s)
	}
	return len(v.s)
}

func appendList(to *array.ListBuilder, parts []string) int {
	bytes := 0
	to.Append(true)
	for _, part := range parts {
		to.ValueBuilder().(*array.StringBuilder).Append(part)
		bytes += len(part)
	}
	return bytes
}

func appendNumbers(to *array.ListBuilder, parts []string) {
	to.Append(true)
	for _, part := range parts {
		n, _ := strconv.ParseInt(part, 10, 64) // written by numbersCell
		to.ValueBuilder().(*array.Int64Builder).Append(n)
	}
}

// cellAt reads one value of a batch.
func cellAt(from arrow.Array, k kind, i int) cell {
	if from.IsNull(i) {
		return cell{}
	}
	switch k {
	case kindInt:
		return cell{ok: true, n: from.(*array.Int64).Value(i)}
	case kindBool:
		if from.(*array.Boolean).Value(i) {
			return cell{ok: true, n: 1}
		}
		return cell{ok: true}
	case kindDecimal:
		return cell{ok: true, n: int64(from.(*array.Decimal128).Value(i).LowBits())}
	case kindDay:
		return cell{ok: true, n: int64(from.(*array.Date32).Value(i))}
	case kindMoment:
		return cell{ok: true, n: int64(from.(*array.Timestamp).Value(i))}
	case kindNumbers:
		return cell{ok: true, list: numbersAt(from.(*array.List), i)}
	case kindList:
		return cell{ok: true, list: listAt(from.(*array.List), i)}
	}
	return cell{ok: true, s: from.(*array.String).Value(i)}
}

func listAt(from *array.List, i int) []string {
	start, end := from.ValueOffsets(i)
	parts := make([]string, 0, end-start)
	for j := start; j < end; j++ {
		parts = append(parts, from.ListValues().(*array.String).Value(int(j)))
	}
	return parts
}

func numbersAt(from *array.List, i int) []string {
	start, end := from.ValueOffsets(i)
	parts := make([]string, 0, end-start)
	for j := start; j < end; j++ {
		parts = append(parts, strconv.FormatInt(from.ListValues().(*array.Int64).Value(int(j)), 10))
	}
	return parts
}
