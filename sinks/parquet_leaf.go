package sinks

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
)

// pieceLevels is how many levels are handed to the library at once: after each
// piece it looks whether the page is full.
const pieceLevels = 1024

// leaf writes one column, batch by batch: the values that there are, and with
// them Parquet's levels, which say where values are missing and where lists begin.
type leaf struct {
	nullable bool

	// The levels of the batch at work. definitions are nil where each row has its
	// value, repetitions where no row has a list.
	definitions, repetitions []int16
	// The values of the batch at work, kept for their room.
	texts    []parquet.ByteArray
	integers []int64
	days     []int32
	flags    []bool
}

// chunk is the library's writer of a column with values of type T. It takes as
// many values as the levels say are there, and says how many that were; without
// levels it takes all. With repetitions it wants whole rows.
type chunk[T any] interface {
	WriteBatch(values []T, definitions, repetitions []int16) (int64, error)
}

// write adds a batch of the column.
func (l *leaf) write(to file.ColumnChunkWriter, from arrow.Array) error {
	if list, ok := from.(*array.List); ok {
		l.levelsOfLists(list)
		start, end := spread(list)
		from = array.NewSlice(list.ListValues(), start, end)
		defer from.Release()
	} else {
		l.levelsOf(from)
	}
	switch from := from.(type) {
	case *array.Int64:
		l.integers = present(l.integers, from, from.Value)
		return writePieces(l, to, l.integers)
	case *array.Timestamp:
		l.integers = present(l.integers, from, func(i int) int64 { return int64(from.Value(i)) })
		return writePieces(l, to, l.integers)
	case *array.Decimal128: // admit has seen that it fits
		l.integers = present(l.integers, from, func(i int) int64 { return int64(from.Value(i).LowBits()) })
		return writePieces(l, to, l.integers)
	case *array.Date32:
		l.days = present(l.days, from, func(i int) int32 { return int32(from.Value(i)) })
		return writePieces(l, to, l.days)
	case *array.Boolean:
		l.flags = present(l.flags, from, from.Value)
		return writePieces(l, to, l.flags)
	case *array.String:
		l.texts = presentTexts(l.texts, from)
		return writePieces(l, to, l.texts)
	}
	return fmt.Errorf("values of type %s cannot be written", from.DataType())
}

// levelsOf makes the levels of a column without lists.
func (l *leaf) levelsOf(from arrow.Array) {
	l.definitions, l.repetitions = l.definitions[:0], nil
	if !l.nullable {
		l.definitions = nil
		return
	}
	for i := range from.Len() {
		l.definitions = append(l.definitions, definedIf(from.IsValid(i)))
	}
}

func definedIf(there bool) int16 {
	if there {
		return 1
	}
	return 0
}

// levelsOfLists makes the levels of lists, none of whose elements is null. The
// definition counts what is there on the way to a value: the list if it may be
// null, its element, and the element's value. The repetition is 0 where a row begins.
func (l *leaf) levelsOfLists(from *array.List) {
	l.definitions, l.repetitions = l.definitions[:0], l.repetitions[:0]
	empty := definedIf(l.nullable)
	for row := range from.Len() {
		start, end := from.ValueOffsets(row)
		switch {
		case from.IsNull(row):
			l.append(0, 0)
		case start == end:
			l.append(empty, 0)
		default:
			l.append(empty+2, 0)
			for range end - start - 1 {
				l.append(empty+2, 1)
			}
		}
	}
}

func (l *leaf) append(definition, repetition int16) {
	l.definitions, l.repetitions = append(l.definitions, definition), append(l.repetitions, repetition)
}

// spread is the stretch of values that belong to the lists.
func spread(from *array.List) (start, end int64) {
	start, _ = from.ValueOffsets(0)
	_, end = from.ValueOffsets(from.Len() - 1)
	return start, end
}

// present puts the values that are not null into the room of to.
func present[T any](to []T, from arrow.Array, value func(int) T) []T {
	to = to[:0]
	for i := range from.Len() {
		if from.IsValid(i) {
			to = append(to, value(i))
		}
	}
	return to
}

// presentTexts is present without a copy of each text.
func presentTexts(to []parquet.ByteArray, from *array.String) []parquet.ByteArray {
	bytes, first := from.ValueBytes(), from.ValueOffset(0)
	return present(to, from, func(i int) parquet.ByteArray {
		return bytes[from.ValueOffset(i)-first : from.ValueOffset(i+1)-first]
	})
}

// writePieces hands a batch on in pieces of whole rows: no page begins within one.
func writePieces[T any](l *leaf, to file.ColumnChunkWriter, values []T) error {
	c, ok := to.(chunk[T])
	if !ok {
		return fmt.Errorf("a column of %s takes no %T", to.Type(), values)
	}
	if l.definitions == nil {
		for piece := range slices.Chunk(values, pieceLevels) {
			if _, err := c.WriteBatch(piece, nil, nil); err != nil {
				return err
			}
		}
		return nil
	}
	for start := 0; start < len(l.definitions); {
		end := l.pieceEnd(start)
		n, err := c.WriteBatch(values, l.definitions[start:end], l.repetitionsOf(start, end))
		if err != nil {
			return err
		}
		values, start = values[n:], end
	}
	return nil
}

// pieceEnd is where a piece ends that begins at start.
func (l *leaf) pieceEnd(start int) int {
	end := min(start+pieceLevels, len(l.definitions))
	for end < len(l.repetitions) && l.repetitions[end] != 0 {
		end++
	}
	return end
}

func (l *leaf) repetitionsOf(start, end int) []int16 {
	if l.repetitions == nil {
		return nil
	}
	return l.repetitions[start:end]
}
