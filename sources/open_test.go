package sources

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// zipOf makes a zip of parts: name, text, name, text.
func zipOf(t *testing.T, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, parts[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is no table that is read is named, with what to do.
func TestOtherKindsOfFilesAreNamed(t *testing.T) {
	t.Parallel()
	for what, file := range map[string][]byte{
		"this is a binary Excel workbook (xlsb)|save it as xlsx":           zipOf(t, "[Content_Types].xml", "<Types/>", "xl/workbook.bin", "x"),
		"this is an OpenDocument spreadsheet (ods)|save it as xlsx":        zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "x"),
		"this is an OpenDocument spreadsheet (ods)|":                       zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet-template", "content.xml", "x"),
		"this is an OpenDocument text (odt)|":                              zipOf(t, "mimetype", "application/vnd.oasis.opendocument.text"),
		"this is a Numbers document|export it to Excel":                    zipOf(t, "Index/Document.iwa", "x"),
		"this is a Numbers document|export it to":                          zipOf(t, "fleet.numbers/Index.zip", "x"),
		"this is a Word document (docx)|":                                  zipOf(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "x"),
		`this is a zip file with "fleet.xlsx" in it|unpack it`:             zipOf(t, "a/fleet.xlsx", "x"),
		"this zip file is not an Excel workbook|":                          zipOf(t, "readme", "x"),
		"an old Excel workbook (xls), or a WPS table (et)|save it as xlsx": append([]byte(magicOLE), make([]byte, 600)...),
		"a rar archive|unpack it":                                          []byte("Rar!\x1a\x07\x00xxxx"),
		"a 7z archive|unpack it":                                           []byte("7z\xbc\xaf\x27\x1cxxxx"),
		"an Arrow (Feather) file|write it as Parquet":                      []byte("ARROW1\x00\x00xxxx"),
		"an ORC file|":                  []byte("ORC\x00\x00"),
		"an Avro file|":                 []byte("Obj\x01\x00"),
		"a web page in one file (mht)|": []byte("MIME-Version: 1.0\r\n"),
		"HTML or XML, which some programs name .xls or .csv|columns of VIN, plate and engine number set to text": []byte("<table><tr><td>vin</td></tr></table>"),
		"this is a gzip file|gzip -dc FILE | batch plan -":                                                       []byte("\x1f\x8b\x08\x00"),
		"this is a zstd file|zstd -dc FILE | batch plan -":                                                       []byte("\x28\xb5\x2f\xfd\x04"),
		"this is an xz file|xz -dc FILE | batch plan -":                                                          []byte("\xfd7zXZ\x00\x00"),
		"this is a bzip2 file|bzip2 -dc FILE | batch":                                                            []byte("BZh91AY"),
		"a picture (PNG)|":                          []byte("\x89PNG\r\n\x1a\n\x00"),
		"a picture (JPEG)|":                         []byte("\xff\xd8\xff\xe0\x00\x10JFIF"),
		"full of control characters|save the table": []byte("vin\x01\x02\x03\x04,\x05\n"),
		"this is a PDF document|":                   []byte("%PDF-1.7"),
	} {
		problem, hint, _ := strings.Cut(what, "|")
		_, err := Open(bytes.NewReader(file), int64(len(file)), "fleet", Options{})
		if err == nil || !strings.Contains(err.Error(), problem) || !strings.Contains(err.Error(), hint) {
			t.Errorf("error %v, want %q with %q", err, problem, hint)
		}
	}
}
