package sinks

import (
	"fmt"
	"path/filepath"
)

// tableReader reads one output file row by row, to hold it against what it
// should be. It shares nothing with the writing but the column specs.
type tableReader interface {
	// next goes to the next row; false is the end.
	next() (bool, error)
	// differs compares a column of the row with what it should be, and shows
	// what it is when that is something else.
	differs(column int, want cell) (got string, differs bool)
	// rest is how many rows come after the current one.
	rest() (int64, error)
	close() error
}

// openTable opens an output of a table. A file whose columns are not the
// table's is an error that names the first that differs.
func openTable(dir string, t *tableSpec, f Format) (_ tableReader, err error) {
	file, err := DiskIn(dir).Open(filepath.Join(dir, fileName(t.name, f)))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = file.Close() // nothing was written
		}
	}()
	switch f {
	case Parquet:
		return openParquet(file, t)
	case CSV:
		return openCSV(file, t)
	}
	return nil, fmt.Errorf("format %q cannot be read back", f)
}
