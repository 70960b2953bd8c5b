// Command tables reads a Parquet file with parquet-go and prints its cells as the
// comparison takes them.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// table is what is printed.
type table struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

func main() {
	out := map[string]table{}
	for _, path := range os.Args[1:] {
		t, err := read(path)
		if err != nil {
			log.Fatal(path, ": ", err)
		}
		out[path] = t
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}

func read(path string) (table, error) {
	t := table{Rows: [][]any{}}
	f, err := os.Open(path)
	if err != nil {
		return t, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return t, err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return t, err
	}
	fields := file.Schema().Fields()
	for _, field := range fields {
		t.Columns = append(t.Columns, field.Name())
	}
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 100)
		for {
			n, err := rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				t.Rows = append(t.Rows, cells(fields, row))
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return t, err
			}
		}
		if err := rows.Close(); err != nil {
			return t, err
		}
	}
	return t, nil
}

// cells are a row's values: each of our columns is one leaf, or a list of one.
func cells(fields []parquet.Field, row parquet.Row) []any {
	out := make([]any, len(fields))
	for _, v := range row {
		field := fields[v.Column()]
		if field.Leaf() {
			out[v.Column()] = cell(field, v)
			continue
		}
		list, _ := out[v.Column()].([]any)
		present := 0 // the level at which the list is there
		if field.Optional() {
			present = 1
		}
		switch {
		case v.DefinitionLevel() > present:
			out[v.Column()] = append(list, v.String())
		case v.DefinitionLevel() == present:
			out[v.Column()] = []any{}
		}
	}
	return out
}

func cell(field parquet.Field, v parquet.Value) any {
	if v.IsNull() {
		return nil
	}
	logical := field.Type().String()
	switch {
	case strings.HasPrefix(logical, "TIMESTAMP"):
		return map[string]string{"m": strconv.FormatInt(v.Int64(), 10)}
	case logical == "DATE":
		return map[string]string{"d": time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)}
	case strings.HasPrefix(logical, "DECIMAL"):
		return map[string]string{"n": fmt.Sprintf("%.2f", float64(unscaled(v))/100)}
	}
	switch v.Kind() {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return string(v.ByteArray())
	}
	return map[string]string{"n": v.String()}
}

// unscaled is a decimal's number, which may stand in bytes, the highest first.
func unscaled(v parquet.Value) int64 {
	switch v.Kind() {
	case parquet.Int32:
		return int64(v.Int32())
	case parquet.Int64:
		return v.Int64()
	}
	var n int64
	for i, b := range v.ByteArray() {
		if i == 0 {
			n = int64(int8(b))
		} else {
			n = n<<8 | int64(b)
		}
	}
	return n
}
