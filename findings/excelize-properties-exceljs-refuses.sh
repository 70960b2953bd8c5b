#!/usr/bin/env bash
# excelize 2.11: exceljs 4.4 cannot open a workbook whose document properties were set.
#
# One would guess: SetDocProps names the author, and every program still opens the workbook.
#
# What happens: it writes docProps/core.xml with the names in a default namespace, <coreProperties xmlns="…">, where Excel writes
# <cp:coreProperties xmlns:cp="…">. Both are the same XML. exceljs looks for the names with the prefix cp and throws at the first
# other one: the workbook cannot be opened at all. A workbook whose properties were not set is opened.
#
# Why it matters: a web page that takes uploads with exceljs refuses the file, with an error that speaks of XML and of no property.
#
# Versions: github.com/xuri/excelize/v2 v2.11.0, Go 1.26, exceljs 4.4.0, node 20.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/xuri/excelize/v2 v2.11.0
END
cat >main.go <<'END'
package main

import (
	"log"

	"github.com/xuri/excelize/v2"
)

func main() {
	f := excelize.NewFile()
	check(f.SetCellValue("Sheet1", "A1", "vin"))
	check(f.SaveAs("plain.xlsx"))
	check(f.SetDocProps(&excelize.DocProperties{Creator: "me"}))
	check(f.SaveAs("named.xlsx"))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
END
go mod tidy >/dev/null 2>&1
go run .
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null 2>&1
saw=$(node -e '
const { Workbook } = require("exceljs");
(async () => {
  for (const name of ["plain.xlsx", "named.xlsx"]) {
    const book = new Workbook();
    await book.xlsx.readFile(name).then(() => console.log(`${name}: ${book.worksheets[0].getCell("A1").value}`),
      e => console.log(`${name}: ${e.message.slice(0, 60)}`));
  }
})();')
printf '%s\n' "$saw"
[[ $saw == 'plain.xlsx: vin
named.xlsx: '?* && $saw != *'named.xlsx: vin'* ]] || { echo "this has changed"; exit 1; }
