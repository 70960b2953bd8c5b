package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strings"

	"vehiclebatch/cmd/batch/harness"
)

// readColumns are the columns of the files that are read; the last is one that
// no reader of ours wants.
var readColumns = []string{"vin", "plate", "engine_no", "first_registered", "mileage_km", "备注"}

// notes are what stands in the column that is not used.
var notes = []string{"长安支行", "自用, 一手", "宝安营业部", "年检到期"}

const (
	months  = 180 // different months of registration
	letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// listed is the n-th vehicle as a list has it: texts in the order of
// readColumns, the mileage as a number.
func listed(n int) (texts [4]string, km int, note string) {
	plate := fmt.Sprintf("粤%c%c%04d", letters[n/10_000/len(letters)%len(letters)], letters[n/10_000%len(letters)], n%10_000)
	return [4]string{harness.VIN(n), plate, fmt.Sprintf("EA%07d", n), month(n % months)}, 1000 + n*37%200_000, notes[n%len(notes)]
}

func month(n int) string { return fmt.Sprintf("%d-%02d", 2008+n/12, 1+n%12) }

// writeCSV writes n vehicles.
func writeCSV(path string, n int) error {
	return harness.WriteFile(path, func(w *bufio.Writer) error {
		fmt.Fprintf(w, "%s\r\n", strings.Join(readColumns, ","))
		for i := range n {
			t, km, note := listed(i)
			fmt.Fprintf(w, "%s,%s,%s,%s,%d,\"%s\"\r\n", t[0], t[1], t[2], t[3], km, note)
		}
		return nil // the writer keeps its error
	})
}

// writeXLSX writes n vehicles in the way of Excel: the texts stand in a part of
// their own, each once, and the cells point there; inline puts them into the
// cells, as most programs that export do.
func writeXLSX(path string, n int, inline bool) error {
	return harness.WriteFile(path, func(w *bufio.Writer) error {
		z := zip.NewWriter(w)
		parts := []struct {
			name  string
			write func(io.Writer)
		}{
			{"_rels/.rels", text(relsStart + relation("officeDocument", "xl/workbook.xml") + relsEnd)},
			{"[Content_Types].xml", text(contentTypes)},
			{"xl/workbook.xml", text(workbookXML)},
			{"xl/_rels/workbook.xml.rels", text(relsStart + relation("worksheet", "worksheets/sheet1.xml") + relation("sharedStrings", "sharedStrings.xml") + relsEnd)},
			{"xl/worksheets/sheet1.xml", func(w io.Writer) { writeSheet(w, n, inline) }},
			{"xl/sharedStrings.xml", func(w io.Writer) { writeShared(w, n, inline) }},
		}
		for _, p := range parts {
			to, err := z.Create(p.name)
			if err != nil {
				return fmt.Errorf("part %s: %w", p.name, err)
			}
			b := bufio.NewWriterSize(to, 1<<16)
			p.write(b)
			if err := b.Flush(); err != nil {
				return fmt.Errorf("part %s: %w", p.name, err)
			}
		}
		return z.Close()
	})
}

const (
	relsStart    = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	relsEnd      = `</Relationships>`
	sheetML      = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + sheetML + `sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheetML + `worksheet+xml"/>` +
		`<Override PartName="/xl/sharedStrings.xml" ContentType="` + sheetML + `sharedStrings+xml"/></Types>`
	workbookXML = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Sheet1" sheetId="1" r:id="worksheet"/></sheets></workbook>`
)

// relation is one of a part to another; its kind is its name, too.
func relation(kind, target string) string {
	return fmt.Sprintf(`<Relationship Id="%[1]s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%[1]s" Target="%[2]s"/>`, kind, target)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"

func text(s string) func(io.Writer) {
	return func(w io.Writer) { _, _ = io.WriteString(w, xmlHead+s) } // the writer keeps its error
}

// writeSheet writes the cells. The shared texts are the headers, the months and
// the notes, and then three for each vehicle.
func writeSheet(w io.Writer, n int, inline bool) {
	fmt.Fprintf(w, xmlHead+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:F%d"/><sheetData>`, n+1)
	cell := func(column, row, shared int, text string) {
		if inline {
			fmt.Fprintf(w, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+column, row, text)
		} else {
			fmt.Fprintf(w, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+column, row, shared)
		}
	}
	fmt.Fprint(w, `<row r="1" spans="1:6">`)
	for i, name := range readColumns {
		cell(i, 1, i, name)
	}
	fmt.Fprint(w, `</row>`)
	for i := range n {
		t, km, note := listed(i)
		row, own := i+2, len(readColumns)+months+len(notes)+3*i
		fmt.Fprintf(w, `<row r="%d" spans="1:6">`, row)
		for c := range 3 {
			cell(c, row, own+c, t[c])
		}
		cell(3, row, len(readColumns)+i%months, t[3])
		fmt.Fprintf(w, `<c r="E%d"><v>%d</v></c>`, row, km)
		cell(5, row, len(readColumns)+months+i%len(notes), note)
		fmt.Fprint(w, `</row>`)
	}
	fmt.Fprint(w, `</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`)
}

func writeShared(w io.Writer, n int, inline bool) {
	fmt.Fprint(w, xmlHead+`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	if !inline {
		for _, s := range readColumns {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, s)
		}
		for i := range months {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, month(i))
		}
		for _, s := range notes {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, s)
		}
		for i := range n {
			t, _, _ := listed(i)
			fmt.Fprintf(w, `<si><t>%s</t></si><si><t>%s</t></si><si><t>%s</t></si>`, t[0], t[1], t[2])
		}
	}
	fmt.Fprint(w, `</sst>`)
}
