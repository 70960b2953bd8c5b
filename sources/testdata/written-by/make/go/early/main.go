// Command early writes files with early versions of libraries: arrow/go/v10, which cannot be linked into one program with others of its
// kind, and excelize v1.
package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/360EntSecGroup-Skylar/excelize"
	"github.com/apache/arrow/go/v10/arrow"
	"github.com/apache/arrow/go/v10/arrow/array"
	"github.com/apache/arrow/go/v10/arrow/memory"
	"github.com/apache/arrow/go/v10/parquet"
	"github.com/apache/arrow/go/v10/parquet/compress"
	"github.com/apache/arrow/go/v10/parquet/pqarrow"
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
	zones(truth[1:])
	units(truth[1:])
}

// zones writes midnights in Shanghai with their zone.
func zones(truth [][]string) {
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "车架号", Type: text, Nullable: true}, {Name: "车牌号", Type: text, Nullable: true}, {Name: "发动机号", Type: text, Nullable: true},
		{Name: "初次登记日期", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Asia/Shanghai"}, Nullable: true},
		{Name: "行驶里程", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "颜色", Type: text, Nullable: true},
		{Name: "车主", Type: arrow.StructOf(arrow.Field{Name: "车牌号", Type: text}), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for _, row := range truth {
		for j, s := range row {
			switch f := b.Field(j).(type) {
			case *array.TimestampBuilder:
				if s == "" {
					f.AppendNull()
					continue
				}
				t, err := time.Parse("2006-01-02 -0700", s+" +0800")
				must(err)
				f.Append(arrow.Timestamp(t.UnixMicro()))
			case *array.Int64Builder:
				if s == "" {
					f.AppendNull()
					continue
				}
				n, err := strconv.ParseInt(s, 10, 64)
				must(err)
				f.Append(n)
			case *array.StringBuilder:
				if s == "" {
					f.AppendNull()
				} else {
					f.Append(s)
				}
			}
		}
		owner := b.Field(len(row)).(*array.StructBuilder)
		owner.Append(true)
		owner.FieldBuilder(0).(*array.StringBuilder).Append("沪Z00000")
	}
	to, err := os.Create(os.Getenv("OUT") + "/arrow-go-10-zone.parquet")
	must(err)
	w, err := pqarrow.NewFileWriter(schema, to, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Gzip)), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	must(err)
	must(w.Write(b.NewRecord()))
	must(w.Close())
}

// units writes the fleet several times, with the unit of the distances in a column beside them, which is another at the end.
func units(truth [][]string) {
	const times = 11
	x := excelize.NewFile()
	for j, h := range []string{"车架号", "车牌号", "发动机号", "上牌日期", "行驶里程(公里)", "颜色", "里程单位"} {
		x.SetCellValue("Sheet1", string(rune('A'+j))+"1", h)
	}
	for i := range times * len(truth) {
		row := truth[i%len(truth)]
		for j, s := range row {
			if s != "" {
				x.SetCellValue("Sheet1", fmt.Sprintf("%c%d", 'A'+j, i+2), s)
			}
		}
		unit := "公里"
		if i >= (times-1)*len(truth) && row[4] != "" {
			km, err := strconv.ParseFloat(row[4], 64)
			must(err)
			x.SetCellValue("Sheet1", fmt.Sprintf("E%d", i+2), km/1e4)
			unit = "万公里"
		}
		x.SetCellValue("Sheet1", fmt.Sprintf("G%d", i+2), unit)
	}
	must(x.SaveAs(os.Getenv("OUT") + "/excelize-1-units.xlsx"))
}
