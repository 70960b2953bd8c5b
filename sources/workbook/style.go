package workbook

import (
	"encoding/xml"
	"strconv"
)

// readStyles learns how the numbers of each style are shown.
func (b *Book) readStyles(part string) error {
	custom := map[int]string{}
	var struck []bool // of the fonts
	inCells, inFonts := false, false
	return b.each(part, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attribute(e, "numFmtId")); err == nil {
				custom[id] = attribute(e, "formatCode")
			}
		case "fonts":
			inFonts = true
		case "fills", "borders", "cellStyleXfs":
			inFonts = false
		case "font":
			if inFonts {
				struck = append(struck, false)
			}
		case "strike":
			if inFonts && len(struck) > 0 {
				struck[len(struck)-1] = isOn(attribute(e, "val"))
			}
		case "cellXfs":
			inCells, inFonts = true, false
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells {
				return nil
			}
			if len(b.formats) == maxStyles {
				return damaged("the workbook has more styles than any real one", nil)
			}
			id, _ := strconv.Atoi(attribute(e, "numFmtId")) // what is not a number is the general format
			f := formatOf(id, custom)
			if font, err := strconv.Atoi(attribute(e, "fontId")); err == nil && 0 <= font && font < len(struck) {
				f.struck = struck[font]
			}
			b.formats = append(b.formats, f)
		}
		return nil
	})
}

// isOn tells whether a mark such as strike is set: without a value it is.
func isOn(val string) bool { return val == "" || isTrue(val) }

// formatOf reads a number format. The built-in ones have no code in the file;
// 27 to 36 and 50 to 58 are dates in Chinese, Japanese and Korean versions.
func formatOf(id int, custom map[int]string) Format {
	if code, ok := custom[id]; ok {
		return formatCode(code)
	}
	if code, ok := builtIn[id]; ok {
		return formatCode(code)
	}
	return Format{Date: 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58}
}

// builtIn are the formats without a code in the file that show a number otherwise than
// it is.
var builtIn = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	37: "#,##0 ;(#,##0)", 38: "#,##0 ;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 48: "##0.0E+0",
}

// style returns the format of a style's number in a cell.
func (b *Book) style(s []byte) Format {
	if len(s) == 0 {
		return Format{}
	}
	n, err := strconv.Atoi(string(s))
	if err != nil || n < 0 || n >= len(b.formats) {
		return Format{}
	}
	return b.formats[n]
}
