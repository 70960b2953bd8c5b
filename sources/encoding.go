package sources

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encodings as Info names them.
const (
	encUTF8    = "UTF-8"
	encUTF8BOM = "UTF-8 with BOM"
	encUTF16LE = "UTF-16LE"
	encUTF16BE = "UTF-16BE"
	encGB18030 = "GB18030"
	encASCII   = "ASCII" // nothing but ASCII so far: the next other byte decides
)

const (
	bomUTF8    = "\xEF\xBB\xBF"
	bomUTF16LE = "\xFF\xFE"
	bomUTF16BE = "\xFE\xFF"
)

// bomOf is the byte order mark that a text begins with and the encoding that it names, "" without one.
func bomOf(head []byte) (mark, enc string) {
	for _, m := range [][2]string{{bomUTF8, encUTF8BOM}, {bomUTF16LE, encUTF16LE}, {bomUTF16BE, encUTF16BE}} {
		if bytes.HasPrefix(head, []byte(m[0])) {
			return m[0], m[1]
		}
	}
	return "", ""
}

// detectEncoding tells UTF-8 from GB18030 by a piece of text without a byte
// order mark. The piece may end in the middle of a character.
func detectEncoding(text []byte) string {
	text = trimPartial(text)
	bad, han := surveyUTF8(text)
	switch {
	case isASCII(text):
		return encASCII
	case bad == 0 && han == 0 && hasPlate(decodeGB18030(text)):
		// The bytes of 豫A and 鲁B in GB18030 are also Cyrillic and ³ in UTF-8.
		return encGB18030
	case bad == 0 || han >= bad:
		return encUTF8
	case strings.Count(decodeGB18030(text), string(utf8.RuneError)) < bad:
		return encGB18030
	}
	return encUTF8
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// trimPartial cuts the text after its last ASCII byte when it is long enough
// to have been cut anywhere.
func trimPartial(text []byte) []byte {
	if len(text) < headSize {
		return text
	}
	end := bytes.LastIndexFunc(text, func(r rune) bool { return r < utf8.RuneSelf })
	return text[:end+1]
}

// surveyUTF8 counts the runs of bytes that are not UTF-8 and the Chinese characters.
// GB18030 read as UTF-8 is nearly all such runs.
func surveyUTF8(text []byte) (bad, han int) {
	run := false
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		wrong := r == utf8.RuneError && n == 1
		if wrong && !run {
			bad++
		} else if unicode.Is(unicode.Han, r) {
			han++
		}
		run = wrong
		text = text[n:]
	}
	return bad, han
}

// hasPlate tells whether a province character stands before a letter.
func hasPlate(s string) bool {
	province := false
	for _, r := range s {
		if province && ('A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			return true
		}
		province = strings.ContainsRune(provinces, r)
	}
	return false
}

func decodeGB18030(b []byte) string {
	s, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(b) // never fails: bad bytes become U+FFFD
	return string(s)
}

// splitsCharacters tells whether a delimiter is also the second byte of characters: such a text is decoded before it is cut.
func splitsCharacters(enc string, delim byte) bool { return enc == encGB18030 && delim == '|' }

// decoder turns the fields of one record into text. UTF-16 has been turned
// into UTF-8 before the scanner, so two encodings are left.
type decoder struct {
	encoding string
	gb       *encoding.Decoder
	out      []byte
}

func newDecoder(enc string) *decoder {
	return &decoder{encoding: enc, gb: simplifiedchinese.GB18030.NewDecoder()}
}

// begin starts a record; raw is the whole of it. An encoding that is still
// open is decided by the first record that is not ASCII.
func (d *decoder) begin(raw []byte) {
	d.out = d.out[:0]
	if d.encoding == encASCII && !isASCII(raw) {
		d.encoding = detectEncoding(raw)
	}
}

// add decodes a field behind those before it and returns where it ends. Bytes
// that are no character become U+FFFD or stay; readable finds both.
func (d *decoder) add(raw []byte) int {
	if d.encoding != encGB18030 || isASCII(raw) {
		d.out = append(d.out, raw...)
		return len(d.out)
	}
	d.gb.Reset()
	begin := len(d.out)
	d.out = append(d.out, make([]byte, len(raw)*3)...) // three bytes of UTF-8 for one byte at worst
	n, _, _ := d.gb.Transform(d.out[begin:], raw, true)
	d.out = d.out[:begin+n]
	return len(d.out)
}

// fields decodes every field of a record.
func (d *decoder) fields(r *textRecord) []string {
	d.begin(r.data)
	fields, begin := make([]string, r.fields()), 0
	for i := range fields {
		end := d.add(r.field(i))
		fields[i], begin = string(d.out[begin:end]), end
	}
	return fields
}

// readable tells whether every character of a decoded text was one.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, string(utf8.RuneError))
}

// FromPipe is how a hint says that a list of vehicles comes through a pipe.
const FromPipe = "batch plan -, and the same with run once that is right"

const photographed = "take the table itself from who has it, as xlsx or CSV"

// magics are the first bytes of files that are not CSV but are taken for it.
var magics = []struct{ magic, what, hint string }{
	{"PK\x03\x04", "an Excel workbook (xlsx) or another zip file", "open it in the spreadsheet and save it as CSV UTF-8"},
	{"\xD0\xCF\x11\xE0", "an old Excel workbook (xls)", "open it in the spreadsheet and save it as CSV UTF-8"},
	{"PAR1", "a Parquet file", "export it as CSV, in DuckDB: COPY (FROM 'file.parquet') TO 'file.csv'"},
	{"\x1F\x8B", "a gzip file", "decompress it first: gzip -dc FILE | " + FromPipe},
	{"\x28\xB5\x2F\xFD", "a zstd file", "decompress it first: zstd -dc FILE | " + FromPipe},
	{"\xFD7zXZ\x00", "an xz file", "decompress it first: xz -dc FILE | " + FromPipe},
	{"BZh", "a bzip2 file", "decompress it first: bzip2 -dc FILE | " + FromPipe},
	{"\x89PNG", "a picture (PNG)", photographed},
	{"\xFF\xD8\xFF", "a picture (JPEG)", photographed},
	{"GIF8", "a picture (GIF)", photographed},
	{"\x7FELF", "a program", tableInstead},
	{"%PDF", "a PDF document", "save the table in it as CSV"},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV: sqlite3 -header -csv"},
	{"Rar!", "a rar archive", "unpack it and give the table in it"},
	{"7z\xBC\xAF", "a 7z archive", "unpack it and give the table in it"},
	{"ARROW1", "an Arrow (Feather) file", "write it as Parquet"},
	{"ORC", "an ORC file", "write it as Parquet"},
	{"Obj\x01", "an Avro file", "write it as Parquet or CSV"},
	{"MIME-Version:", "a web page in one file (mht), which some programs name .xls", fromSpreadsheet},
	{"\x00\x01\x00\x00Standard", "an Access database", "export the table as xlsx or CSV"},
	{"<", "HTML or XML, which some programs name .xls or .csv", fromSpreadsheet},
}

// fromSpreadsheet says that a program that opens a list by itself takes identifiers for numbers.
const fromSpreadsheet = "have the program that wrote it write xlsx or CSV UTF-8; or import it into a spreadsheet with the columns of VIN, plate and engine number set to text, " +
	"and save that as xlsx (opened as it is, zeros in front and long numbers are lost)"

// tableInstead is what to give instead of what cannot be read.
const tableInstead = "save the table as an Excel workbook (xlsx), as CSV UTF-8 or as Parquet"

// checkBinary refuses what is not text, by name where it can be named.
func checkBinary(name string, head []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(bomUTF8)), " \t\r\n")
	for _, m := range magics {
		if bytes.HasPrefix(text, []byte(m.magic)) {
			return &InputError{Name: name, Problem: "this is " + m.what + ", not CSV", Hint: m.hint}
		}
	}
	if bad := notationOf(shapes, text); bad != nil {
		bad.Name = name
		return bad
	}
	if mark, _ := bomOf(head); mark == bomUTF16LE || mark == bomUTF16BE {
		return nil
	}
	if nuls := bytes.Count(head, []byte{0}); nuls > len(head)/4 {
		return &InputError{Name: name, Problem: "this is a binary file, or UTF-16 without a byte order mark",
			Hint: tableInstead}
	} else if nuls > 0 {
		return &InputError{Name: name, Problem: "this is a binary file (it holds NUL bytes), not a table",
			Hint: tableInstead}
	}
	if controls(head) > mostControls {
		return &InputError{Name: name, Problem: "this is a binary file (it is full of control characters), not a table",
			Hint: tableInstead}
	}
	return nil
}

// mostControls is how many different control characters a text may hold: some programs
// separate fields and lines by four of them.
const mostControls = 4

// controls counts the different control characters in a text, but for those of any text:
// tabs, the ends of lines and pages, and the end of a file of DOS.
func controls(text []byte) int {
	different := map[byte]bool{}
	for _, b := range text {
		if b < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1a", rune(b)) {
			different[b] = true
		}
	}
	return len(different)
}
