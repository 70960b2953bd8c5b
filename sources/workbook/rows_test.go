package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// zipped is a workbook of one sheet with these shared texts.
func zipped(t interface{ Fatal(...any) }, sheet, shared string) *Book {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	for _, part := range [][2]string{
		{"_rels/.rels", `<Relationships><Relationship Id="a" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="S" r:id="s"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s" Type="` + kind + `worksheet" Target="s.xml"/><Relationship Id="t" Type="` +
			kind + `sharedStrings" Target="t.xml"/><Relationship Id="u" Type="` + kind + `styles" Target="u.xml"/></Relationships>`},
		{"xl/s.xml", sheet},
		{"xl/t.xml", shared},
		{"xl/u.xml", `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = io.WriteString(w, part[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// cells are the rows of a reader, one line each, and the error at their end.
func cells(next func() (*Row, error)) (lines []string, err error) {
	for {
		row, err := next()
		if err != nil {
			return lines, err
		}
		line := fmt.Sprintf("%d", row.Number)
		if row.Hidden {
			line += " hidden"
		}
		for _, c := range row.Cells {
			line += fmt.Sprintf(" %s:%d:%q", Name(c.Column, row.Number), c.Kind, c.Text)
			if c.Format.Date {
				line += ":date"
			}
			if !c.Format.Plain() {
				line += ":shown"
			}
			if c.Formula {
				line += ":formula"
			}
		}
		lines = append(lines, line)
	}
}

const someTexts = `<sst><si><t>vin</t></si><si><r><t>a</t></r><r><t xml:space="preserve"> &amp; b</t></r></si><si><t>京</t><rPh sb="0" eb="1"><t>jing</t></rPh></si><si><t/></si><si><t>a_x000A_b_x12_</t></si><si><t><![CDATA[<c>]]></t></si></sst>`

// What sheets of all makers hold is read right.
func TestRows(t *testing.T) {
	t.Parallel()
	for sheet, want := range map[string]string{
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v> 1 </v></c></row>`:                      `1 A1:1:"vin" C1:1:"a & b"`,
		`<row r='1'><c r='A1' t='s'><v>2</v></c></row>`:                                                    `1 A1:1:"京"`,
		`<x:row r="7" hidden="1"><x:c r="B7" t="s"><x:v>4</x:v></x:c></x:row>`:                             `7 hidden B7:1:"a\nb_x12_"`,
		`<row><c><v>1</v></c><c><v>2.50</v></c><c/><c t="n"><v>1E+5</v></c></row>`:                         `1 A1:2:"1" B1:2:"2.50" D1:2:"1E+5"`,
		`<row r="2"><c r="AA2" s="1"><v>44562</v></c><c r="ab2" s="2"><v>12</v></c></row>`:                 `2 AA2:2:"44562":date AB2:2:"12":shown`,
		`<row><c t="inlineStr"><is><r><t>粤</t></r><r><t>B</t></r><rPh><t>yue</t></rPh></is></c></row>`:     `1 A1:1:"粤B"`,
		`<row><c t="inlineStr"><is><t>&#x4EAC;&#65;&lt;</t></is></c></row>`:                                `1 A1:1:"京A<"`,
		`<row><c t="str"><f>A1</f><v>x</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c></row>`:            `1 A1:1:"x" B1:3:"TRUE" C1:3:"FALSE"`,
		`<row><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="d"><v>2022-01-01</v></c></row>`:                   `1 A1:4:"#DIV/0!":formula B1:5:"2022-01-01"`,
		`<row><c t="inlineStr"><f>A1</f><is><t/></is></c><c t="inlineStr"><f>A1</f></c></row>`:             `1 B1:0:"":formula`,
		`<row><c><f>A1</f></c><c t="s"><v></v></c><c t="s"><v>3</v></c></row>`:                             `1 A1:0:"":formula`,
		"<!-- c --><?p?><row>\r\n <c><v>1</v></c>\r\n</row>\r\n<row r=\"0\"/>":                             "1 A1:2:\"1\"\n2",
		"\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet><sheetData><row/></sheetData>&bad;":    "1",
		`<row><c t="inlineStr"><is><t>` + strings.Repeat("长", 40_000) + `</t></is></c></row>`:              `1 A1:1:"` + strings.Repeat("长", 40_000) + `"`,
		`<row r="3"><c r="A3" t="inlineStr"><is><t>` + "a\rb\r\nc" + `</t></is></c></row><row><c/></row>`:  "3 A3:1:\"a\\nb\\nc\"\n4",
		`<row><c t="inlineStr"><is><t><![CDATA[a&b]]></t></is></c></row><row spans="1:2" r="9" ht='1.5'/>`: "1 A1:1:\"a&b\"\n9",
	} {
		book := zipped(t, sheet, someTexts)
		rows, err := book.Rows(book.Sheets()[0])
		if err != nil {
			t.Fatal(err)
		}
		got, err := cells(rows.Next)
		if text := strings.Join(got, "\n"); text != want || !errors.Is(err, io.EOF) {
			t.Errorf("%.200q: got\n%.200s, %v, want\n%.200s", sheet, text, err, want)
		}
	}
}

// What is no XML, and texts that are not there, end the reading with a word.
func TestRowsThatAreRefused(t *testing.T) {
	t.Parallel()
	for sheet, want := range map[string]string{
		`<row><c t="s"><v>6</v></c></row>`:            "the cell A1 has a text that the workbook does not hold",
		`<row><c t="s"><v>-1</v></c></row>`:           "the cell A1 has a text that the workbook does not hold",
		"<row>\n<c t=\"str\"><v>&nbsp;</v></c></row>": "on line 2: invalid character entity &nbsp;",
		`<row><c`: "unexpected EOF",
		// Cut between two tags, or a piece of it is gone: rows would be lost without a word.
		`<sheetData><row><c><v>1</v></c></row>`:                                 "it ends within <sheetData>",
		`<row><c><v>1</v></c>`:                                                  "it ends within <row>",
		`<sheetData><row><c><v>1</v></c><row><c><v>2</v></c></row></sheetData>`: "<row> is closed by </sheetData>",
		`<row></row></row>`:                                                     "</row> closes nothing",
		`<row r="1"><c r="A1"><v>1</v></c><c r="B2"><v>2</v></c></row>`:         "the cell B2 stands in row 1 behind A1",
		`<row><c r="B1"><v>1</v></c><c r="A2"><v>2</v></c></row>`:               "the cell A2 stands in row 1 behind B1",
		`<row r="2"></row><row r="2"></row>`:                                    "row 2 of the sheet stands behind row 2",

		"<row><c><v>\xff</v></c></row>":                       "invalid UTF-8",
		`<?xml version="1.0" encoding="GBK"?><row/>`:          `encoding "GBK" declared`,
		"\xff\xfe<\x00r\x00o\x00w\x00/\x00>\x00":              "invalid UTF-8",
		`<row><c r=A1/></row>`:                                "unquoted or missing attribute value",
		`<!DOCTYPE w [<!ENTITY a "b">]><row><c>&a;</c></row>`: "invalid character entity &a;",
	} {
		book := zipped(t, sheet, someTexts)
		rows, err := book.Rows(book.Sheets()[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = cells(rows.Next)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || e.Hint == "" {
			t.Errorf("%q: got %v, want %q", sheet, err, want)
		}
	}
}

// sheetPieces are what sheets are made of.
var sheetPieces = []string{
	`<row r="3">`, `<row>`, `<row r="x" hidden="true">`, `</row>`, `<row/>`, `<x:row r="5">`, `</x:row>`, `<c r="B3" t="s">`, `<c t="s"><v>1</v></c>`, `<c t="s"><v>9</v></c>`, `<c r="zz9" s="1">`, `<c s="2"><v>12</v></c>`, `<c/>`, `</c>`,
	`<c t="inlineStr"><is><t>a</t></is></c>`, `<c t="str">`, `<c t='b'><v>1</v></c>`, `<c t="e">`, `<c t="d">`, `<is>`, `</is>`, `<t>`, `<t xml:space="preserve">`, `</t>`, `<rPh>`, `</rPh>`, `<v>`, `</v>`, `<v/>`, `<f>A1</f>`, `<f/>`,
	"1", " 12 ", "粤B", "&amp;", "\r\n", "_x000A_", "<![CDATA[<]]>", "<!-- c -->", "</sheetData>", "&bad;", "<",
}

func TestRowsAreThoseOfTheOracle(t *testing.T) {
	t.Parallel()
	texts, err := oracleTexts(strings.NewReader(someTexts))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		sheet := strings.Join(rapid.SliceOfN(rapid.SampledFrom(sheetPieces), 0, 25).Draw(t, "pieces"), "")
		book := zipped(t, sheet, someTexts)
		rows, err := book.Rows(book.Sheets()[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if got, err := book.shared.get(i); got != text || err != nil {
				t.Fatalf("text %d is %q, want %q", i, got, text)
			}
		}
		got, gotErr := cells(rows.Next)
		want, wantErr := cells((&oracle{book: book, cell: Cell{Column: -1}, d: xml.NewDecoder(strings.NewReader(sheet))}).Next)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: got\n%s\nwant\n%s", sheet, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if errors.Is(gotErr, io.EOF) != errors.Is(wantErr, io.EOF) || !strings.Contains(gotErr.Error(), wantErr.Error()) {
			t.Fatalf("%q: got %v, want %v", sheet, gotErr, wantErr)
		}
	})
}

// Texts come back whatever block they lie in.
func TestSharedTextsInBlocks(t *testing.T) {
	t.Parallel()
	want := make([]string, 30_000)
	var shared strings.Builder
	for i := range want {
		want[i] = strings.Repeat("京", i%7) + fmt.Sprint(i)
		if i == 12_345 {
			want[i] = strings.Repeat("长", 50_000) // more than a block
		}
		shared.WriteString("<si><t>" + want[i] + "</t></si>")
	}
	for name, most := range map[string]int{"in memory": keptTexts, "in part in a file": 100_000, "nearly all in a file": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			book := zipped(t, "", shared.String())
			book.shared = &texts{most: most, struck: map[int]Struck{}}
			if err := book.fillTexts(); err != nil {
				t.Fatal(err)
			}
			textsAre(t, book.shared, want)
			inFile := book.shared.away.file != nil
			if err := book.Close(); err != nil || inFile != (most < keptTexts) {
				t.Errorf("in a file: %v, closed: %v", inFile, err)
			}
		})
	}
}

// textsAre asks for each text, first in order, then across all blocks.
func textsAre(t *testing.T, shared *texts, want []string) {
	t.Helper()
	for _, step := range []int{1, 7919} {
		for n := range want {
			i := n * step % len(want)
			if got, err := shared.get(i); got != want[i] || err != nil {
				t.Fatalf("text %d is %.40q (%v), want %.40q", i, got, err, want[i])
			}
		}
	}
	for _, i := range []int{-1, len(want)} {
		if _, err := shared.get(i); !errors.Is(err, errNoText) {
			t.Errorf("asked for text %d: %v", i, err)
		}
	}
	held := 0
	for _, b := range shared.blocks {
		held += len(b.text)
	}
	if held > shared.most+(recentBlocks+1)*50_000*3 || len(shared.blocks) < 20 {
		t.Errorf("%d bytes of %d blocks are in memory", held, len(shared.blocks))
	}
}

// A file that cannot be written is the folder's fault, not the workbook's.
func TestTextsWithoutRoom(t *testing.T) {
	t.Parallel()
	shared := texts{away: scratch{dir: filepath.Join(t.TempDir(), "missing")}}
	err := errors.Join(shared.add([]byte("a"), []uint32{1}), shared.add([]byte("b"), []uint32{1}))
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "TMPDIR") {
		t.Errorf("got %v", err)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for want, at := range map[string][2]int{"A1": {0, 1}, "Z10": {25, 10}, "AA999": {26, 999}, "XFD1048576": {16383, 1048576}} {
		if got := Name(at[0], int64(at[1])); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
