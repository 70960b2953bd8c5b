// Hands every table to every reader and says in a table what each makes of it:
//   run.mjs DIR WORK PAGE [--update]
// DIR has the plain files, DIR-marked the CSV with a byte order mark, WORK what
// python, R, Go and LibreOffice have read. PAGE holds the table between marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compare } from './compare.mjs';
import { truth, sniffed, bySchema } from './truth.mjs';
import * as columnar from './columnar.mjs';
import * as sheets from './sheets.mjs';
import { frictionless } from './frictionless.mjs';

const [dir, work, page] = process.argv.slice(2);
const update = process.argv.includes('--update');
const tables = ['vehicles', 'maintenance_reports', 'maintenance_records', 'valuations', 'violations', 'failures', 'changes'];
const version = name => JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`./node_modules/${name}/package.json`))).version;
const json = file => JSON.parse(readFileSync(`${work}/${file}`, 'utf8'));
const versions = json('versions.json');

const truths = [];
for (const t of tables) truths.push(await truth(dir, t));
writeFileSync(`${work}/truth.json`, JSON.stringify(truths));
const inR = { text: 'character', list: 'character', moment: 'character', bool: 'logical', day: 'Date', int: 'numeric', decimal: 'numeric' };
for (const t of truths) writeFileSync(`${work}/${t.table}.types`, t.columns.map(c => `${c.name} ${inR[c.kind]}\n`).join(''));
if (process.argv.includes('--truth')) process.exit(0);

const typed = name => truths.find(t => t.table === name).columns;
const texts = name => typed(name).filter(c => c.kind === 'text' || c.kind === 'list').map(c => c.name);
const later = file => (d, t) => json(`${file}${d === dir ? '' : '-marked'}.json`)[t];
const r = way => (d, t) => json(`r-${way}${d === dir ? '' : '-marked'}/${t}.json`);
const office = way => (d, t) => sheets.libreoffice(`${work}/office${way}-${d === dir ? 'plain' : 'marked'}/${t}.fods`, t);

// The readers, each with the way that it goes by itself, and with the right one and
// how to go it, or with a remark.
const readers = [
  { name: 'hyparquet', version: version('hyparquet'), format: 'parquet', read: columnar.hyparquet, right: columnar.hyparquetExact,
    how: 'a `Date` has milliseconds; `parsers: {timestampFromMicroseconds, dateFromDays}` take all places' },
  { name: 'parquet-wasm with Arrow JS', version: `${version('parquet-wasm')}, ${version('apache-arrow')}`, format: 'parquet', read: columnar.parquetWasm,
    how: 'a decimal is four words of 32 bits, the lowest first; divide by 100' },
  { name: 'parquet-go', version: versions['parquet-go'], format: 'parquet', read: (d, t) => json('go.json')[`${d}/${t}.parquet`] },
  { name: 'Polars for node', version: version('nodejs-polars'), format: 'parquet', read: columnar.polarsParquet },
  { name: 'ClickHouse (chdb)', version: version('chdb'), format: 'parquet', read: columnar.chdbParquet,
    how: 'it has no null lists: ask the flags beside them ([tables](tables.md))' },
  { name: 'DuckDB', version: version('@duckdb/node-api'), format: 'csv', read: sniffed, right: bySchema, how: '`schema.sql`' },
  { name: 'Polars for node', version: version('nodejs-polars'), format: 'csv', read: columnar.polarsCSV, right: (d, t) => columnar.polarsTyped(d, t, texts(t)),
    how: '`readCSV(path, {dtypes: {vin: pl.Utf8, …}, tryParseDates: true})`' },
  { name: 'ClickHouse (chdb)', version: version('chdb'), format: 'csv', read: columnar.chdbCSV, right: (d, t) => columnar.chdbTyped(d, t, typed(t)),
    how: "`SETTINGS schema_inference_hints = 'vin Nullable(String), …'`, moments as `Nullable(DateTime64(6, 'UTC'))` with `date_time_input_format = 'best_effort'`" },
  { name: 'pandas', version: versions.pandas, format: 'csv', read: later('pandas'), right: later('pandas-typed'),
    how: '`dtype={"vin": str, …}`, `"boolean"` for flags, `"Int64"` for whole numbers, `parse_dates=[…]`, `keep_default_na=False, na_values=[""]`' },
  { name: 'R, base', version: versions.R, format: 'csv', read: r('plain'), right: r('typed'),
    how: '`read.csv(path, na.strings = "", fileEncoding = "UTF-8-BOM", colClasses = c(vin = "character", fire = "logical", visit_date = "Date", …))`' },
  { name: 'LibreOffice, headless', version: versions.libreoffice, format: 'csv', read: office(''), right: office('-typed'),
    how: 'with the filter `CSV:44,34,76,1,4/2/5/2…,0,false,true` (`infilter`): 76 is UTF-8, `4/2` makes column 4 a text; or take `batch.xlsx`' },
  { name: 'datapackage.js', version: version('datapackage'), format: 'csv', read: frictionless,
    how: 'by `datapackage.json`, which it finds valid, keys included; for it leave the byte order mark out (`csv: {bom: false}`)' },
  { name: 'pandas', version: versions.pandas, format: 'xlsx', read: later('pandas-xlsx'), right: later('pandas-xlsx-typed'),
    how: '`dtype={"vin": str, …}`, `object` for flags, `keep_default_na=False, na_values=[""]`' },
  { name: 'R with readxl', version: `${versions.R}, ${versions.readxl}`, format: 'xlsx', read: r('xlsx'), right: r('xlsxtyped'),
    how: '`read_excel(path, sheet, guess_max = 1048576)`: by itself it takes a column that is empty in 1,000 rows for one of flags, and drops what comes later' },
  { name: 'openpyxl', version: versions.openpyxl, format: 'xlsx', read: later('openpyxl') },
  { name: 'exceljs', version: version('exceljs'), format: 'xlsx', read: sheets.exceljs },
  { name: 'SheetJS', version: version('xlsx'), format: 'xlsx', read: sheets.sheetjs, right: sheets.sheetjsSerials,
    how: 'without `cellDates`: `new Date(Math.round((cell.v - 25569) * 86400e3))` has China\'s wall clock in UTC' },
  { name: 'LibreOffice', version: versions.libreoffice, format: 'xlsx', read: (d, t) => sheets.libreoffice(`${work}/office-plain/batch.fods`, t) },
];

const look = async (reader, read, folder) => {
  const all = new Map();
  for (const t of truths) {
    let found;
    try {
      found = compare(reader.format, t, await read(folder, t.table));
    } catch (e) {
      found = new Map([[`an error: ${e.message.split('\n')[0].slice(0, 200)}`, { columns: new Set([t.table]), example: '' }]]);
    }
    for (const [what, { columns, example }] of found) {
      if (!all.has(what)) all.set(what, { columns: new Set(), example });
      columns.forEach(c => all.get(what).columns.add(c));
    }
  }
  return all;
};

// The differences in words: what, and one of the columns with their number.
const words = found => [...found].map(([what, { columns }]) => {
  const [first, ...others] = columns;
  if (/^an error/.test(what)) return what;
  return others.length ? `${what} (\`${first}\` and ${others.length} more)` : `${what} (\`${first}\`)`;
}).join('; ');
const formatName = { parquet: 'Parquet', csv: 'CSV', xlsx: 'xlsx' };

let wrong = 0;
const lines = ['| reader | version | reads | what it makes otherwise by itself | how to read it right |', '| --- | --- | --- | --- | --- |',
  `| DuckDB | ${version('@duckdb/node-api')} | Parquet | the yardstick | |`];
for (const reader of readers) {
  let text = words(await look(reader, reader.read, dir)) || 'nothing';
  const folders = reader.format === 'csv' ? [dir, `${dir}-marked`] : [dir];
  if (reader.format === 'csv') {
    const marked = words(await look(reader, reader.read, folders[1])) || 'nothing';
    if (marked !== text) text += `. With a byte order mark: ${marked}`;
  }
  for (const folder of reader.right ? folders : []) {
    for (const [what, { columns, example }] of await look(reader, reader.right, folder)) {
      wrong++;
      console.error(`readers: ${reader.name} reads ${folder} otherwise in the right way, too: ${what}: ${[...columns].join(' ')}  ${example}`);
    }
  }
  lines.push(`| ${reader.name} | ${reader.version} | ${formatName[reader.format]} | ${text} | ${reader.how ?? ''} |`);
}
if (wrong) process.exit(1);

const [begin, end] = ['<!-- written by .ci/readers --update -->\n', '<!-- end -->'];
const old = readFileSync(page, 'utf8');
const [before, rest] = old.split(begin);
const after = rest.slice(rest.indexOf(end));
const next = before + begin + lines.join('\n') + '\n' + after;
if (update) {
  writeFileSync(page, next);
} else if (next !== old) {
  const was = rest.split('\n');
  for (const line of lines.filter(l => !was.includes(l))) console.error(`readers: now ${line}`);
  console.error('readers: the table of the page is not what the readers make; .ci/readers --update writes it anew, and the diff is reviewed like code');
  process.exit(1);
}
console.log(`ok: ${readers.length + 1} ways to read ${tables.length} tables are as the page says`);
