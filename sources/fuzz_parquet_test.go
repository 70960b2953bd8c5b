package sources

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParquet: any bytes are read, or refused with an *InputError; never a panic,
// never an end before the rows that the footer says.
func FuzzParquet(f *testing.F) {
	for _, name := range []string{"duckdb-v1-snappy", "duckdb-v1-lz4", "duckdb-v2-zstd", "duckdb-v2-double", "duckdb-v1-gzip", "duckdb-v1-brotli", "xitongsys",
		"arrow-go-18-delta", "arrow-go-18-split", "arrow-go-18-small-pages", "arrow-go-18-int96", "clickhouse-fixed-string", "parquet-go-packed-v1", "parquetjs"} {
		b, err := os.ReadFile(filepath.Join(writtenBy, name+".parquet"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 4 || string(b[:4]) != magicParquet {
			return
		}
		s, err := open(b, Options{})
		rows := 0
		for err == nil && rows < 1<<16 { // runs make many rows of few bytes
			if _, err = s.Next(); err == nil {
				rows++
			}
		}
		var in *InputError
		switch {
		case errors.As(err, &in):
		case err == nil && rows == 1<<16:
		case err == io.EOF && int64(rows) == s.(*Parquet).all: //nolint:errorlint // the end is said as it is
		default:
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}
