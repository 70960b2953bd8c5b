package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/xuri/excelize/v2"

	"vehiclebatch/sources"
)

// What the benchmark starts itself as: our reader, and excelize's.
const (
	readRole     = "read-file"
	excelizeRole = "excelize-file"
)

// reading is what a reader of a file prints: what it took, and what must be the
// same whoever reads.
type reading struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"` // seconds of the processor; the whole process of ours
	Rows    int64   `json:"rows"`
	Bytes   int64   `json:"bytes"` // of the texts of the four columns
	KM      int64   `json:"km"`    // the sum
}

func readMain(role, path string, out io.Writer) error {
	begin := time.Now()
	read := readVehicles
	if role == excelizeRole {
		read = readExcelize
	}
	r, err := read(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	r.Seconds = time.Since(begin).Seconds()
	return json.NewEncoder(out).Encode(r)
}

// readVehicles reads as `batch plan` does, to the last value of each vehicle.
func readVehicles(path string) (reading, error) {
	var r reading
	f, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return r, err
	}
	s, err := sources.Open(f, info.Size(), path, sources.Options{})
	if err != nil {
		return r, err
	}
	defer s.Close()
	for {
		v, err := s.Next()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if len(v.Faults) > 0 {
			return r, fmt.Errorf("row %d: %v", v.Row, v.Faults)
		}
		r.Rows++
		r.Bytes += int64(len(v.VIN) + len(v.Plate) + len(v.EngineNo) + len(v.FirstRegistered))
		r.KM += v.MileageKM.V
	}
}

// readExcelize takes every text of the first sheet by the library's stream.
func readExcelize(path string) (reading, error) {
	var r reading
	book, err := excelize.OpenFile(path)
	if err != nil {
		return r, err
	}
	defer book.Close() //nolint:errcheck // nothing was written
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return r, err
	}
	defer rows.Close() //nolint:errcheck // nothing was written
	for first := true; rows.Next(); first = false {
		texts, err := rows.Columns()
		if err != nil {
			return r, err
		}
		if first {
			continue
		}
		r.Rows++
		for _, t := range texts[:4] {
			r.Bytes += int64(len(t))
		}
	}
	return r, rows.Error()
}
