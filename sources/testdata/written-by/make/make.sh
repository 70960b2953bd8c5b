#!/usr/bin/env bash
# Writes the files of the folder above anew, all from truth.csv. It is no part of the
# check: it wants Go, node with npm, and the Debian packages named below (bookworm),
# and takes ten minutes. Bytes differ from time to time, what they say does not.
#
#   apt-get install python3-pandas python3-openpyxl python3-xlsxwriter python3-tablib r-base-core r-cran-openxlsx \
#     r-cran-readr r-cran-data.table libexcel-writer-xlsx-perl libtext-csv-perl gnumeric miller php-cli ruby jq sqlite3 libreoffice-calc-nogui \
#     libtext-csv-xs-perl libdbd-csv-perl octave octave-io gdal-bin postgresql-15 mariadb-server swi-prolog-nox
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export OUT=${1:-$(dirname "$here")} TRUTH=$(dirname "$here")/truth.csv TZ=UTC
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cp "$here"/*.mjs "$here"/package.json "$dir"
(cd "$dir" && npm install --no-audit --no-fund --ignore-scripts && timeout 300 node parquet.mjs && timeout 300 node sheets.mjs && timeout 100 node more.mjs)

(cd "$here/go" && go build -o "$dir/write" . && go build -o "$dir/write15" ./v15 && go build -o "$dir/early" ./early)
timeout 60 "$dir/write"
timeout 60 "$dir/write15"
timeout 60 "$dir/early"

timeout 120 /usr/bin/python3 "$here/write.py"
timeout 120 Rscript "$here/write.R"
timeout 60 perl "$here/write.pl"
timeout 60 php "$here/write.php"
timeout 60 ruby "$here/write.rb"
jq -Rr 'split(",") | @csv' "$TRUTH" >"$OUT/jq.csv"
jq -Rr 'split(",") | @tsv' "$TRUTH" >"$OUT/jq.tsv"

timeout 60 ssconvert "$OUT/openpyxl.xlsx" "$OUT/gnumeric.xlsx"
timeout 60 ssconvert "$OUT/openpyxl.xlsx" "$OUT/gnumeric.csv"
office() {
  timeout -k 5 120 soffice "-env:UserInstallation=file://$dir/office" --headless --convert-to "$1" --outdir "$dir" "$2" </dev/null
}
office 'xlsx:Calc MS Excel 2007 XML' "$OUT/openpyxl.xlsx"
mv "$dir/openpyxl.xlsx" "$OUT/libreoffice.xlsx"
office 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false' "$OUT/exceljs.xlsx"
mv "$dir/exceljs.csv" "$OUT/libreoffice.csv"
mlr --icsv --otsv cat "$TRUTH" >"$OUT/miller.tsv"
sqlite3 :memory: ".mode csv" ".import $TRUTH fleet" ".headers on" ".once $OUT/sqlite3.csv" \
  "SELECT nullif(vin,'') vin, plate, engine_no, first_registered, CAST(nullif(mileage_km,'') AS INTEGER) mileage_km, color FROM fleet"
for mode in markdown table quote list; do
  sqlite3 :memory: ".mode csv" ".import $TRUTH fleet" ".headers on" ".mode $mode" "SELECT * FROM fleet" >"$OUT/sqlite3-$mode.txt"
done

mkdir "$dir/sql"
timeout 120 "$here/write.sql.sh" "$dir/sql"
LANG=C.UTF-8 timeout 120 octave-cli -q "$here/write.m" || test -s "$OUT/octave.xlsx" # it may end with an error of its own
LANG=C.UTF-8 timeout 60 swipl -g main -t halt "$here/write.prolog"
cp "$TRUTH" "$dir/fleet.csv"
echo '"String","String","String","Date","Integer","Integer"' >"$dir/fleet.csvt"
rm -f "$OUT"/gdal.*
ogr2ogr -f XLSX "$OUT/gdal.xlsx" "$dir/fleet.csv"
ogr2ogr -f CSV "$OUT/gdal.csv" "$dir/fleet.csv" -lco SEPARATOR=SEMICOLON -lco WRITE_BOM=YES -lco LINEFORMAT=CRLF
