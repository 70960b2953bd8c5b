package sources

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// FuzzSheet puts any bytes in the place of a workbook's sheet, shared texts or
// styles: it is read, or refused with an *InputError; never a panic.
func FuzzSheet(f *testing.F) {
	book := excelize.NewFile()
	if err := errors.Join(book.SetSheetRow("Sheet1", "A1", &[]any{"vin", "plate"}), book.SetSheetRow("Sheet1", "A2", &[]any{goodVIN, 12.5})); err != nil {
		f.Fatal(err)
	}
	whole, err := book.WriteToBuffer()
	if err != nil {
		f.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		f.Fatal(err)
	}
	parts := []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"}
	for i, name := range parts {
		r, err := from.Open(name)
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), text)
	}
	f.Add(byte(0), []byte(`<worksheet><sheetData><row r="-1"><c r="ZZZZZZZZZZ9" t="s"><v>99</v></c></row></sheetData>`))
	f.Add(byte(0), []byte(`<row><c t="inlineStr"><is><t>vin</t></is></c></row><row><c t="d"><v>2022-01-01</v></c><c><f>A1</f></c></row>`))
	f.Fuzz(func(t *testing.T, part byte, text []byte) {
		b := replaced(t, from, parts[int(part)%len(parts)], text)
		s, err := open(b, Options{})
		for err == nil {
			_, err = s.Next()
		}
		var in *InputError
		if !errors.Is(err, io.EOF) && !errors.As(err, &in) {
			t.Errorf("%v", err)
		}
	})
}

// replaced is a workbook with another text in the place of a part.
func replaced(t *testing.T, from *zip.Reader, name string, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range from.File {
		if part.Name != name {
			if err := to.Copy(part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := to.CreateHeader(&zip.FileHeader{Name: name}) // stored: quick
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkXLSX(b *testing.B) {
	const rows = 100_000
	book := excelize.NewFile()
	to, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	err = to.SetRow("A1", []any{"vin", "plate", "engine_no", "mileage_km"})
	for i := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		err = errors.Join(err, to.SetRow(cell, []any{goodVIN, "粤B12345", "E000123", 36200}))
	}
	if err := errors.Join(err, to.Flush()); err != nil {
		b.Fatal(err)
	}
	whole, err := book.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := open(whole.Bytes(), Options{})
		for err == nil {
			_, err = s.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
