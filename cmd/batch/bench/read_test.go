package main

import (
	"path/filepath"
	"testing"
)

// All files hold the same vehicles, and our reader takes every value of them.
func TestFilesToReadAreAlike(t *testing.T) {
	t.Parallel()
	const n = 500
	dir := t.TempDir()
	csv, shared, inline := filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.xlsx"), filepath.Join(dir, "c.xlsx")
	for path, err := range map[string]error{csv: writeCSV(csv, n), shared: writeXLSX(shared, n, false), inline: writeXLSX(inline, n, true)} {
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	want, err := readVehicles(csv)
	if err != nil || want.Rows != n {
		t.Fatalf("got %+v, %v", want, err)
	}
	for _, path := range []string{shared, inline} {
		got, err := readVehicles(path)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", path, got, err, want)
		}
		if other, err := readExcelize(path); err != nil || other.Rows != n || other.Bytes != want.Bytes {
			t.Errorf("%s by excelize: got %+v, %v, want %+v", path, other, err, want)
		}
	}
	var km int64
	for i := range n {
		_, k, _ := listed(i)
		km += int64(k)
	}
	if want.KM != km {
		t.Errorf("got %d km, want %d", want.KM, km)
	}
}
