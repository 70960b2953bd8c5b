package workbook

import (
	"encoding/xml"
	"strconv"
)

// readStyles learns how the numbers of each style are shown.
func (b *Book) readStyles(part string) error {
	custom := map[int]string{}
	inCells := false
	return b.each(part, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attribute(e, "numFmtId")); err == nil {
				custom[id] = attribute(e, "formatCode")
			}
		case "cellXfs":
			inCells = true
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
			b.formats = append(b.formats, formatOf(id, custom))
		}
		return nil
	})
}

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
