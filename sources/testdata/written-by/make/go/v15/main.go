// Writes a file with arrow/go/v15, which cannot be linked into one program with
// arrow-go/v18.
package main

import (
	"encoding/csv"
	"os"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	in, err := os.Open(os.Getenv("TRUTH"))
	must(err)
	truth, err := csv.NewReader(in).ReadAll()
	must(err)
	names, truth := truth[0], truth[1:]
	out, err := os.Create(os.Getenv("OUT") + "/arrow-go-15-texts.parquet")
	must(err)
	var fields []arrow.Field
	for _, n := range names {
		fields = append(fields, arrow.Field{Name: n, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	fields[1].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for _, row := range truth {
		for j, s := range row {
			if s == "" {
				b.Field(j).AppendNull()
			} else {
				must(b.Field(j).AppendValueFromString(s))
			}
		}
	}
	w, err := pqarrow.NewFileWriter(schema, out,
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	must(err)
	must(w.WriteBuffered(b.NewRecord()))
	must(w.Close())
}
