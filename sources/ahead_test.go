package sources

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"vehiclebatch/sources/ahead"
)

// longLists are lists of 20,000 vehicles, far more than is read ahead; in the middle of those that are torn something ends the reading.
func longLists(t *testing.T) map[string][]byte {
	t.Helper()
	var csv, sheet strings.Builder
	csv.WriteString("vin,plate\n")
	sheet.WriteString("vin|plate\n")
	for i := range 20_000 {
		plate := fmt.Sprintf("粤B%05d", i)
		fmt.Fprintf(&csv, "%s,%s\n", goodVIN, plate)
		fmt.Fprintf(&sheet, "%s|%s\n", goodVIN, plate)
	}
	torn := func(text, by string) string { return text[:len(text)/2] + "\n" + by + "\n" + text[len(text)/2:] }
	return map[string][]byte{
		"csv":                    []byte(csv.String()),
		"csv, torn by a quote":   []byte(torn(csv.String(), `"`)),
		"csv, torn by a header":  []byte(torn(csv.String(), "plate,engine_no")),
		"xlsx":                   sheetOf(t, sheet.String()),
		"xlsx, torn by a tag":    sheetOf(t, torn(sheet.String(), "<c></d =")),
		"xlsx, torn by a header": sheetOf(t, torn(sheet.String(), "plate|engine_no")),
		"parquet":                written(t, 20_000),
	}
}

// Wherever the reading ends, nothing reads on behind Close: a goroutine that stays would end the test.
func TestNothingReadsOnAfterClose(t *testing.T) {
	t.Parallel()
	for name, b := range longLists(t) {
		for _, rows := range []int{0, 1, 6000, 1 << 20} {
			synctest.Test(t, func(t *testing.T) { closeAfter(t, name, b, rows) })
		}
	}
}

func closeAfter(t *testing.T, name string, b []byte, rows int) {
	t.Helper()
	s, err := open(b, Options{})
	if err != nil {
		t.Fatal(name, err)
	}
	read := 0
	for ; read < rows && err == nil; read++ {
		_, err = s.Next()
	}
	_, torn, _ := strings.Cut(name, "torn by ")
	var wrong *InputError
	if whole := read > rows-1; err != nil && errors.As(err, &wrong) != (torn != "") || whole != (err == nil) {
		t.Errorf("%s: row %d of %d: %v", name, read, rows, err)
	}
	s.Close()
	s.Close()
	if _, again := s.Next(); err != nil && !errors.Is(again, err) {
		t.Errorf("%s: after Close: %v, before %v", name, again, err)
	}
}

// A source that was closed says so, when no more is at hand.
func TestReadingOnAfterClose(t *testing.T) {
	t.Parallel()
	for name, b := range longLists(t) {
		s, err := open(b, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		s.Close()
		for err == nil {
			_, err = s.Next()
		}
		if !errors.Is(err, ahead.ErrClosed) || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
