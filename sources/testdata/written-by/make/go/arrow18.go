package main

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

type file18 struct {
	name  string
	types map[string]arrow.DataType
	props []parquet.WriterProperty
	arrow []pqarrow.WriterOption
}

func arrow18() {
	none := parquet.WithDictionaryDefault(false)
	enc := func(column string, e parquet.Encoding) parquet.WriterProperty {
		return parquet.WithEncodingFor(column, e)
	}
	v2 := parquet.WithDataPageVersion(parquet.DataPageV2)
	kinds := func(pairs ...any) map[string]arrow.DataType {
		m := map[string]arrow.DataType{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1].(arrow.DataType)
		}
		return m
	}
	shanghai := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Asia/Shanghai"}
	for _, f := range []file18{
		{name: "default"},
		{name: "lz4raw-v2", props: []parquet.WriterProperty{v2, parquet.WithCompression(compress.Codecs.Lz4Raw)}},
		{name: "delta", props: []parquet.WriterProperty{none, v2, enc("vin", parquet.Encodings.DeltaByteArray), enc("plate", parquet.Encodings.DeltaLengthByteArray),
			enc("engine_no", parquet.Encodings.DeltaByteArray), enc("first_registered", parquet.Encodings.DeltaBinaryPacked), enc("mileage_km", parquet.Encodings.DeltaBinaryPacked)}},
		{name: "split", types: kinds("color", arrow.PrimitiveTypes.Float32, "vin", &arrow.FixedSizeBinaryType{ByteWidth: 17}),
			props: []parquet.WriterProperty{none, enc("mileage_km", parquet.Encodings.ByteStreamSplit), enc("color", parquet.Encodings.ByteStreamSplit),
				enc("first_registered", parquet.Encodings.ByteStreamSplit), enc("vin", parquet.Encodings.ByteStreamSplit)}},
		{name: "large-binary", types: kinds("engine_no", arrow.BinaryTypes.LargeBinary, "plate", arrow.BinaryTypes.LargeString)},
		{name: "fixed-gzip", types: kinds("vin", &arrow.FixedSizeBinaryType{ByteWidth: 17}), props: []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Gzip)}},
		{name: "date64", types: kinds("first_registered", arrow.FixedWidthTypes.Date64)},
		{name: "int96", types: kinds("first_registered", shanghai), arrow: []pqarrow.WriterOption{pqarrow.WithDeprecatedInt96Timestamps(true)}},
		{name: "timestamp-shanghai", types: kinds("first_registered", shanghai)},
		{name: "decimal", types: kinds("mileage_km", &arrow.Decimal128Type{Precision: 30, Scale: 2}, "color", &arrow.Decimal128Type{Precision: 4, Scale: 1})},
		{name: "small-pages", props: []parquet.WriterProperty{parquet.WithDataPageSize(32), parquet.WithDictionaryPageSizeLimit(64), parquet.WithMaxRowGroupLength(5), parquet.WithPageIndexEnabled(true)}},
		{name: "null-column", types: kinds("engine_no", arrow.Null)},
		{name: "nested-beside", types: kinds("note", arrow.ListOf(arrow.StructOf(arrow.Field{Name: "a", Type: arrow.BinaryTypes.String})))},
	} {
		f.write()
	}
}

func (f file18) write() {
	types := map[string]arrow.DataType{"vin": arrow.BinaryTypes.String, "plate": arrow.BinaryTypes.String, "engine_no": arrow.BinaryTypes.String,
		"first_registered": arrow.FixedWidthTypes.Date32, "mileage_km": arrow.PrimitiveTypes.Int64, "color": arrow.PrimitiveTypes.Int32}
	var fields []arrow.Field
	if t, ok := f.types["note"]; ok {
		fields = append(fields, arrow.Field{Name: "note", Type: t, Nullable: true})
	}
	for _, n := range names {
		if t, ok := f.types[n]; ok {
			types[n] = t
		}
		fields = append(fields, arrow.Field{Name: n, Type: types[n], Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	first := len(fields) - len(names)
	for i, row := range truth {
		if first > 0 {
			list := b.Field(0).(*array.ListBuilder)
			list.Append(true)
			for range i % 3 {
				list.ValueBuilder().(*array.StructBuilder).Append(true)
				list.ValueBuilder().(*array.StructBuilder).FieldBuilder(0).(*array.StringBuilder).Append("a")
			}
		}
		for j, s := range row {
			append18(b.Field(first+j), s)
		}
	}
	out := create("arrow-go-18-" + f.name + ".parquet")
	w, err := pqarrow.NewFileWriter(schema, out, parquet.NewWriterProperties(f.props...), pqarrow.NewArrowWriterProperties(append(f.arrow, pqarrow.WithStoreSchema())...))
	must(err)
	must(w.WriteBuffered(b.NewRecord()))
	must(w.Close())
	say(f.name)
}

func append18(to array.Builder, s string) {
	if s == "" {
		to.AppendNull()
		return
	}
	switch b := to.(type) {
	case *array.StringBuilder:
		b.Append(s)
	case *array.LargeStringBuilder:
		b.Append(s)
	case *array.BinaryBuilder:
		b.AppendString(s)
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(s))
	case *array.Date32Builder:
		b.Append(arrow.Date32(days(s)))
	case *array.Date64Builder:
		b.Append(arrow.Date64(day(s).UnixMilli()))
	case *array.TimestampBuilder: // midnight in Shanghai
		b.Append(arrow.Timestamp(day(s).UnixMicro() - 8*3600*1_000_000))
	case *array.Int64Builder:
		b.Append(number(s))
	case *array.Int32Builder:
		b.Append(int32(number(s)))
	case *array.Float32Builder:
		b.Append(float32(number(s)))
	case *array.Decimal128Builder:
		scale := b.Type().(*arrow.Decimal128Type).Scale
		n, err := decimal128.FromString(s, 30, scale)
		must(err)
		b.Append(n)
	case *array.NullBuilder:
		b.AppendNull()
	default:
		panic(fmt.Sprintf("%T", to))
	}
}
