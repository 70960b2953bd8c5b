package main

import (
	"strings"

	pgo "github.com/parquet-go/parquet-go"
	"github.com/tealeg/xlsx/v3"
	"github.com/xitongsys/parquet-go/types"
	"github.com/xitongsys/parquet-go/writer"
	"github.com/xuri/excelize/v2"
)

type plainRow struct {
	VIN        *string `parquet:"vin,optional"`
	Plate      *string `parquet:"plate,optional,dict"`
	EngineNo   *string `parquet:"engine_no,optional"`
	Registered *int32  `parquet:"first_registered,optional,date"`
	Mileage    *int64  `parquet:"mileage_km,optional"`
	Color      *uint8  `parquet:"color,optional"`
}

// packedRow: what is not a pointer is null when it is zero.
type packedRow struct {
	VIN        string   `parquet:"vin,optional,delta,lz4"`
	Plate      string   `parquet:"plate,optional,delta,brotli"`
	EngineNo   string   `parquet:"engine_no,optional,dict,zstd"`
	Registered int64    `parquet:"first_registered,optional,timestamp(millisecond),delta,gzip"`
	Mileage    *float64 `parquet:"mileage_km,optional,snappy"`
	Color      *int32   `parquet:"color,optional"`
}

func parquetGo() {
	var plain []plainRow
	var packed []packedRow
	for _, r := range truth {
		plain = append(plain, plainRow{ptr(r[0], same), ptr(r[1], same), ptr(r[2], same), ptr(r[3], days), ptr(r[4], number),
			ptr(r[5], func(s string) uint8 { return uint8(number(s)) })})
		p := packedRow{VIN: r[0], Plate: r[1], EngineNo: r[2], Mileage: ptr(r[4], func(s string) float64 { return float64(number(s)) }),
			Color: ptr(r[5], func(s string) int32 { return int32(number(s)) })}
		if r[3] != "" { // midnight in Shanghai
			p.Registered = day(r[3]).UnixMilli() - 8*3600*1000
		}
		packed = append(packed, p)
	}
	writeGo("parquet-go-plain.parquet", plain)
	writeGo("parquet-go-v1.parquet", plain, pgo.DataPageVersion(1))
	writeGo("parquet-go-packed.parquet", packed)
	writeGo("parquet-go-packed-v1.parquet", packed, pgo.DataPageVersion(1), pgo.PageBufferSize(64))
}

func writeGo[T any](name string, rows []T, options ...pgo.WriterOption) {
	f := create(name)
	w := pgo.NewGenericWriter[T](f, options...)
	_, err := w.Write(rows)
	must(err)
	must(w.Close())
	must(f.Close())
	say(name)
}

type xitongsysRow struct {
	VIN        *string `parquet:"name=vin, type=BYTE_ARRAY, convertedtype=UTF8"`
	Plate      *string `parquet:"name=plate, type=BYTE_ARRAY, convertedtype=UTF8, encoding=PLAIN_DICTIONARY"`
	EngineNo   *string `parquet:"name=engine_no, type=FIXED_LEN_BYTE_ARRAY, length=20"`
	Registered *string `parquet:"name=first_registered, type=INT96"`
	Mileage    *int32  `parquet:"name=mileage_km, type=INT32, convertedtype=DECIMAL, scale=1, precision=9"`
	Color      *int32  `parquet:"name=color, type=INT32, convertedtype=UINT_8"`
}

func xitongsys() {
	f := create("xitongsys.parquet")
	w, err := writer.NewParquetWriterFromWriter(f, new(xitongsysRow), 1)
	must(err)
	for _, r := range truth {
		must(w.Write(xitongsysRow{ptr(r[0], same), ptr(r[1], same), ptr(r[2], func(s string) string { return s + strings.Repeat("\x00", 20-len(s)) }),
			ptr(r[3], func(s string) string { return types.TimeToINT96(day(s)) }),
			ptr(r[4], func(s string) int32 { return int32(10 * number(s)) }), ptr(r[5], func(s string) int32 { return int32(number(s)) })}))
	}
	must(w.WriteStop())
	must(f.Close())
}

func workbooks() {
	e := excelize.NewFile()
	book := xlsx.NewFile()
	sheet, err := book.AddSheet("车辆")
	must(err)
	head := sheet.AddRow()
	for j, n := range names {
		cell, _ := excelize.CoordinatesToCellName(j+1, 1)
		must(e.SetCellValue("Sheet1", cell, n))
		head.AddCell().SetString(n)
	}
	for i, r := range truth {
		row := sheet.AddRow()
		for j, s := range r {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+2)
			to := row.AddCell()
			switch {
			case s == "":
			case j == 3:
				must(e.SetCellValue("Sheet1", cell, day(s)))
				to.SetDate(day(s))
			case j > 3:
				must(e.SetCellValue("Sheet1", cell, number(s)))
				to.SetInt64(number(s))
			default:
				must(e.SetCellValue("Sheet1", cell, s))
				to.SetString(s)
			}
		}
	}
	must(e.SaveAs(out + "/excelize.xlsx"))
	must(book.Save(out + "/tealeg-xlsx.xlsx"))
}
