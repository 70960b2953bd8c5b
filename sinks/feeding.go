package sinks

import "github.com/apache/arrow/go/v15/arrow"

// feeding is a batcher, whatever its rows are.
type feeding interface {
	spec() *tableSpec
	feed(fileWriter)
	count() int64
	flush() error
}

func (b *batcher[R]) spec() *tableSpec { return &b.table.tableSpec }

func (b *batcher[R]) feed(f fileWriter) { b.files = append(b.files, f) }

// named is a sheet with the name of its workbook's file in every error.
type named struct {
	fileWriter
	output *output
}

// WriteBatch writes a batch of the table.
func (n *named) WriteBatch(batch arrow.Record) error {
	return n.output.explain("write", n.fileWriter.WriteBatch(batch))
}

func sum(counts []func() int64) int64 {
	var n int64
	for _, count := range counts {
		n += count()
	}
	return n
}

func each(calls []func() error) error {
	for _, call := range calls {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}
