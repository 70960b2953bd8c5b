#!/usr/bin/env bash
# arrow/go v15.0.2 and xitongsys/parquet-go 1.6.2: a valid Parquet file ends at once, without an error.
#
# One would guess: a reader that does not know an encoding or a compression says so. The footer counts
# 1,000 rows; what comes is 1,000 rows or an error.
#
# What happens: a column of doubles in BYTE_STREAM_SPLIT (DuckDB writes all doubles so with PARQUET_VERSION V2)
# gives 0 rows from Arrow's RecordReader, whose Err() then is nil or io.EOF, what it is at every good end. A column in
# LZ4_RAW or BROTLI gives 0 values and a nil error from xitongsys' column reader.
#
# Why it matters: a list of vehicles from DuckDB or Polars is an empty list, and with several row groups a part of
# it. Nothing says that vehicles are missing; what is read must be held against the footer's count.
#
# Versions: github.com/apache/arrow/go/v15 v15.0.2, github.com/xitongsys/parquet-go v1.6.2, the files by
# github.com/parquet-go/parquet-go v0.32.0; Go 1.26.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require (
	github.com/apache/arrow/go/v15 v15.0.2
	github.com/parquet-go/parquet-go v0.32.0
	github.com/xitongsys/parquet-go v1.6.2
	github.com/xitongsys/parquet-go-source v0.0.0-20200817004010-026bad9b25d0
	google.golang.org/genproto v0.0.0-20231002182017-d307bd883b97 // indirect
)
END
cat >main.go <<'END'
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/parquet-go/parquet-go"
	"github.com/xitongsys/parquet-go-source/local"
	"github.com/xitongsys/parquet-go/reader"
)

const rows = 1000

type split struct {
	Mileage float64 `parquet:"mileage,split"`
}

type lz4 struct {
	Mileage float64 `parquet:"mileage,lz4"`
}

func write[T any](name string, row T) {
	all := make([]T, rows)
	for i := range all {
		all[i] = row
	}
	must(parquet.WriteFile(name, all))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func arrow(name string) (int64, error) {
	from, err := file.OpenParquetFile(name, false)
	must(err)
	r, err := pqarrow.NewFileReader(from, pqarrow.ArrowReadProperties{BatchSize: 100}, memory.NewGoAllocator())
	must(err)
	records, err := r.GetRecordReader(context.Background(), nil, nil)
	must(err)
	n := int64(0)
	for records.Next() {
		n += records.Record().NumRows()
	}
	if err := records.Err(); !errors.Is(err, io.EOF) {
		return n, err
	}
	return n, nil
}

func xitongsys(name string) (int64, error) {
	from, err := local.NewLocalFileReader(name)
	must(err)
	r, err := reader.NewParquetColumnReader(from, 1)
	must(err)
	values, _, _, err := r.ReadColumnByIndex(0, rows)
	return int64(len(values)), err
}

func main() {
	write("split.parquet", split{36200})
	write("lz4.parquet", lz4{36200})
	byArrow, errArrow := arrow("split.parquet")
	byXitongsys, errXitongsys := xitongsys("lz4.parquet")
	fmt.Printf("Arrow v15, BYTE_STREAM_SPLIT: %d of %d rows, error %v\n", byArrow, rows, errArrow)
	fmt.Printf("xitongsys, LZ4_RAW: %d of %d values, error %v\n", byXitongsys, rows, errXitongsys)
	if byArrow == rows || errArrow != nil || byXitongsys == rows || errXitongsys != nil {
		fmt.Println("this has changed")
		os.Exit(1)
	}
}
END
go mod tidy >/dev/null 2>&1
go run .
