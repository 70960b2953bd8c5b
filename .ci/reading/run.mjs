// Hands every table to every reader and says in a table what each makes of it:
//   run.mjs DIR WORK PAGE [--update]
// DIR has the plain files, DIR-marked the CSV with a byte order mark, WORK what
// python, R, Go and LibreOffice have read. PAGE holds the table between marks.
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import datapackage from 'datapackage';
import { compare } from './compare.mjs';
import { truth, sniffed, bySchema } from './truth.mjs';
import * as columnar from './columnar.mjs';
import * as sheets from './sheets.mjs';

const [dir, work, page] = process.argv.slice(2);
const update = process.argv.includes('--update');
const tables = ['vehicles', 'maintenance_reports', 'maintenance_records', 'valuations', 'violations', 'failures', 'changes'];
const version = name => JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`./node_modules/${name}/package.json`))).version;
const json = file => JSON.parse(readFileSync(`${work}/${file}`, 'utf8'));
const versions = json('versions.json');

const truths = [];
for (const t of tables) truths.push(await truth(dir, t));
writeFileSync(`${work}/truth.json`, JSON.stringify(truths));
if (process.argv.includes('--truth')) process.exit(0);

const later = file => (d, t) => json(`${file}${d === dir ? '' : '-marked'}.json`)[t];
const r = way => (d, t) => json(`r-${way}${d === dir ? '' : '-marked'}/${t}.json`);
const office = (d, t) => sheets.libreoffice(`${work}/office-${d === dir ? 'plain' : 'marked'}/${t}.fods`);

// A reader with the way that it goes by itself, and the right one where that differs.
const readers = [
  { name: 'DuckDB', version: version('@duckdb/node-api'), format: 'csv', read: sniffed, right: bySchema, how: '`schema.sql`' },
  { name: 'hyparquet', version: version('hyparquet'), format: 'parquet', read: columnar.hyparquet },
  { name: 'parquet-wasm, Arrow JS', version: `${version('parquet-wasm')}, ${version('apache-arrow')}`, format: 'parquet', read: columnar.parquetWasm },
  { name: 'parquet-go', version: versions['parquet-go'], format: 'parquet', read: (d, t) => json('go.json')[`${d}/${t}.parquet`] },
  { name: 'Polars (nodejs-polars)', version: version('nodejs-polars'), format: 'parquet', read: columnar.polarsParquet },
  { name: 'Polars (nodejs-polars)', version: version('nodejs-polars'), format: 'csv', read: columnar.polarsCSV, right: columnar.polarsTexts, how: '`readCSV(path, {inferSchemaLength: 0})`, then casts' },
  { name: 'ClickHouse (chdb)', version: version('chdb'), format: 'parquet', read: columnar.chdbParquet },
  { name: 'ClickHouse (chdb)', version: version('chdb'), format: 'csv', read: columnar.chdbCSV },
  { name: 'pandas', version: versions.pandas, format: 'csv', read: later('pandas'), right: later('pandas-typed'), how: '' },
  { name: 'pandas', version: versions.pandas, format: 'xlsx', read: later('pandas-xlsx'), right: later('pandas-xlsx-typed'), how: '' },
  { name: 'R (base)', version: versions.R, format: 'csv', read: r('plain'), right: r('texts'), how: '' },
  { name: 'openpyxl', version: versions.openpyxl, format: 'xlsx', read: later('openpyxl') },
  { name: 'exceljs', version: version('exceljs'), format: 'xlsx', read: sheets.exceljs },
  { name: 'SheetJS', version: version('xlsx'), format: 'xlsx', read: sheets.sheetjs, right: sheets.sheetjsSerials, how: '' },
  { name: 'LibreOffice', version: versions.libreoffice, format: 'xlsx', read: (d, t) => sheets.libreoffice(`${work}/office-plain/batch.fods`, t) },
  { name: 'LibreOffice', version: versions.libreoffice, format: 'csv', read: office },
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
const show = (title, found) => {
  console.log(title);
  for (const [what, { columns, example }] of found) console.log(`  ${what}: ${[...columns].join(' ')}  ${example}`);
};
for (const reader of readers) {
  show(`${reader.name} ${reader.version}, ${reader.format}`, await look(reader, reader.read, dir));
  if (reader.right) show('  the right way', await look(reader, reader.right, dir));
  if (reader.format === 'csv') {
    show('  marked', await look(reader, reader.read, `${dir}-marked`));
    if (reader.right) show('  marked, the right way', await look(reader, reader.right, `${dir}-marked`));
  }
}
