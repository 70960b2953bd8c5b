#!/usr/bin/env bash
# excelize 2.11: a sheet that is streamed says that it ends at A1, and openpyxl reads its header alone.
#
# One would guess: a workbook that StreamWriter has written reads the same whichever way it is read.
#
# What happens: StreamWriter writes <dimension ref="A1"/> before the first row, since it cannot know the last one, and
# never mends it. openpyxl with read_only=True, the way that is advised for large files, believes it: one row, one column,
# no error. Without read_only it reads everything. SetSheetDimension(sheet, "") before NewStreamWriter leaves it out.
#
# Why it matters: whoever loads a large workbook of answers this way gets an empty table and no error.
#
# Versions: github.com/xuri/excelize/v2 v2.11.0, Go 1.26, openpyxl 3.0.9 (Debian's python3-openpyxl).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python=/usr/bin/python3
"$python" -c 'import openpyxl' 2>/dev/null || { echo "openpyxl is missing: apt-get install python3-openpyxl"; exit 2; }
cat >go.mod <<'END'
module finding

go 1.26

require github.com/xuri/excelize/v2 v2.11.0
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"

	"github.com/xuri/excelize/v2"
)

func main() {
	write("as-it-is.xlsx", false)
	write("left-out.xlsx", true)
}

func write(name string, leaveOut bool) {
	f := excelize.NewFile()
	if leaveOut {
		check(f.SetSheetDimension("Sheet1", ""))
	}
	to, err := f.NewStreamWriter("Sheet1")
	check(err)
	for row := 1; row <= 3; row++ {
		check(to.SetRow(fmt.Sprintf("A%d", row), []any{"vin", row}))
	}
	check(to.Flush())
	check(f.SaveAs(name))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
END
go mod tidy >/dev/null 2>&1
go run .
saw=$("$python" - <<'END'
import openpyxl
for name in ("as-it-is.xlsx", "left-out.xlsx"):
    for read_only in (False, True):
        rows = list(openpyxl.load_workbook(name, read_only=read_only)["Sheet1"].values)
        print(f"{name}, read_only={read_only}: {len(rows)} rows of {len(rows[0])}")
END
)
printf '%s\n' "$saw"
want='as-it-is.xlsx, read_only=False: 3 rows of 2
as-it-is.xlsx, read_only=True: 1 rows of 1
left-out.xlsx, read_only=False: 3 rows of 2
left-out.xlsx, read_only=True: 3 rows of 2'
[ "$saw" = "$want" ] || { echo "this has changed"; exit 1; }
