// Workbooks and CSV by the writers that npm has.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import { names, objects, rows, typed, writing } from './truth.mjs'

const require = createRequire(import.meta.url)
const table = [names, ...typed]
const texts = [names, ...rows]

// Workbooks
const ExcelJS = require('exceljs')
await writing('exceljs.xlsx', async (f) => {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('车辆')
  sheet.addRows(table)
  sheet.getColumn(4).numFmt = 'yyyy"年"m"月"d"日"'
  await book.xlsx.writeFile(f)
})
await writing('exceljs-stream.xlsx', async (filename) => {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename, useSharedStrings: true, useStyles: true })
  const sheet = book.addWorksheet('Fleet')
  for (const row of table) sheet.addRow(row).commit()
  await book.commit()
})
await writing('exceljs.csv', async (f) => {
  const book = new ExcelJS.Workbook()
  book.addWorksheet('Fleet').addRows(table)
  await book.csv.writeFile(f)
})
for (const type of ['xlsx', 'csv', 'txt'])
  await writing(`sheetjs.${type}`, (f) => {
    const XLSX = require('xlsx')
    const sheet = XLSX.utils.aoa_to_sheet(table.map((r) => r.map((v) => (v instanceof Date ? v.toISOString().slice(0, 10) : v))))
    const book = XLSX.utils.book_new()
    XLSX.utils.book_append_sheet(book, sheet, 'Fleet')
    XLSX.writeFile(book, f, { bookType: type, bookSST: type === 'xlsx' })
  })
await writing('xlsx-populate.xlsx', async (f) => {
  const book = await require('xlsx-populate').fromBlankAsync()
  const sheet = book.sheet(0)
  table.forEach((r, i) => r.forEach((v, j) => v !== null && sheet.cell(i + 1, j + 1).value(v)))
  sheet.column(4).style('numberFormat', 'yyyy-mm-dd')
  await book.toFileAsync(f)
})
await writing('excel4node.xlsx', async (f) => {
  const excel4node = require('excel4node')
  const book = new excel4node.Workbook()
  const sheet = book.addWorksheet('Fleet')
  table.forEach((r, i) => r.forEach((v, j) => {
    if (v === null) return
    const cell = sheet.cell(i + 1, j + 1)
    if (v instanceof Date) cell.date(v).style({ numberFormat: 'yyyy/mm/dd' })
    else if (typeof v === 'number') cell.number(v)
    else cell.string(v)
  }))
  fs.writeFileSync(f, await book.writeToBuffer())
})
await writing('better-xlsx.xlsx', async (f) => {
  const { File } = require('better-xlsx')
  const book = new File()
  const sheet = book.addSheet('Fleet')
  for (const r of texts) {
    const row = sheet.addRow()
    for (const s of r) row.addCell().value = s
  }
  await pipeline(book.saveAs(), fs.createWriteStream(f))
})
await writing('write-excel-file.xlsx', async (f) => {
  const write = (await import('write-excel-file/node')).default
  const cell = (v) => (v === null ? null : v instanceof Date ? { value: v, type: Date, format: 'mm/yyyy' } : { value: v, type: v.constructor })
  const made = write(table.map((r) => r.map(cell)))
  const buffer = await (made.toBuffer ? made.toBuffer() : made)
  fs.writeFileSync(f, buffer)
})
await writing('xlsx-write-stream.xlsx', async (f) => {
  const Stream = require('xlsx-write-stream')
  await pipeline(Readable.from(table.map((r) => r.map((v) => v ?? ''))), new Stream(), fs.createWriteStream(f))
})
await writing('xlsx-js-style.xlsx', (f) => {
  const XLSX = require('xlsx-js-style')
  const sheet = XLSX.utils.aoa_to_sheet(texts)
  for (const column of 'ABCDEF') if (sheet[column + 3]) sheet[column + 3].s = { font: { strike: true } }
  sheet['!rows'] = [undefined, undefined, undefined, { hidden: true }]
  const book = XLSX.utils.book_new()
  XLSX.utils.book_append_sheet(book, sheet, 'Fleet')
  XLSX.writeFile(book, f)
})
await writing('json-as-xlsx.xlsx', (f) => {
  const columns = names.map((n) => ({ label: n, value: n }))
  const content = rows.map((r) => Object.fromEntries(r.map((v, i) => [names[i], v])))
  fs.writeFileSync(f, require('json-as-xlsx')([{ sheet: 'Fleet', columns, content }], { writeOptions: { type: 'buffer', bookType: 'xlsx' } }))
})

// CSV
await writing('csv-stringify.csv', (f) => fs.writeFileSync(f, require('csv-stringify/sync').stringify(texts, { bom: true, record_delimiter: 'windows', quoted: true })))
await writing('csv-stringify-dates.csv', (f) => fs.writeFileSync(f, require('csv-stringify/sync').stringify(table, { cast: { date: (d) => d.toISOString() } })))
await writing('papaparse.csv', (f) => fs.writeFileSync(f, require('papaparse').unparse({ fields: names, data: rows })))
await writing('papaparse-tab.tsv', (f) => fs.writeFileSync(f, require('papaparse').unparse(texts, { delimiter: '\t', quotes: true, newline: '\n' })))
await writing('papaparse-formulae.csv', (f) => fs.writeFileSync(f, require('papaparse').unparse(texts, { escapeFormulae: true, delimiter: ';' })))
await writing('fast-csv.csv', async (f) => fs.writeFileSync(f, await require('@fast-csv/format').writeToString(texts, { writeBOM: true, quoteColumns: [true, false, true] })))
await writing('json2csv.csv', (f) => fs.writeFileSync(f, require('json2csv').parse(objects, { fields: names, excelStrings: false })))
await writing('json2csv-excel-strings.csv', (f) => fs.writeFileSync(f, require('json2csv').parse(objects, { fields: names, excelStrings: true, withBOM: true })))
await writing('d3-dsv.tsv', async (f) => fs.writeFileSync(f, (await import('d3-dsv')).tsvFormatRows(texts)))
await writing('csv-writer.csv', (path) => require('csv-writer').createArrayCsvWriter({ path, header: names, fieldDelimiter: ';', alwaysQuote: true }).writeRecords(rows))
await writing('json-2-csv.tsv', (f) => fs.writeFileSync(f, require('json-2-csv').json2csv(objects.map((o) => ({ ...o, first_registered: o.first_registered?.toISOString() ?? '' })),
  { delimiter: { field: '\t', eol: '\r\n' }, excelBOM: true, emptyFieldValue: '' })))
await writing('jsonexport.csv', async (f) => fs.writeFileSync(f, await require('jsonexport')(rows.map((r) => Object.fromEntries(r.map((v, i) => [names[i], v]))), { rowDelimiter: '|' })))
await writing('markdown-table.txt', async (f) => fs.writeFileSync(f, (await import('markdown-table')).markdownTable(texts)))

// Databases and frames
const literal = (s) => (s === '' ? 'NULL' : `'${s}'`)
const list = rows.map((r) => `(${r.map(literal).join(', ')})`).join(', ')
const duck = await (await DuckDBInstance.create()).connect()
await duck.run(`CREATE TABLE fleet AS SELECT vin, plate, engine_no, first_registered::DATE AS first_registered, mileage_km::BIGINT AS mileage_km, color::TINYINT AS color
  FROM (VALUES ${list}) t(${names.join(', ')})`)
await writing('duckdb.csv', (f) => duck.run(`COPY fleet TO '${f}'`))
await writing('duckdb-quoted.csv', (f) => duck.run(`COPY fleet TO '${f}' (FORCE_QUOTE *, NULLSTR 'NULL', DELIMITER '\t')`))
const pl = require('nodejs-polars')
await writing('polars.csv', (f) => pl.DataFrame(Object.fromEntries(names.map((n, i) => [n, typed.map((r) => r[i])])))
  .withColumn(pl.col('first_registered').cast(pl.Date)).writeCSV(f))
const chdb = require('chdb')
for (const format of ['CSVWithNames', 'TSVWithNames'])
  await writing(`clickhouse-${format}.csv`, (f) => {
    if (fs.existsSync(f)) fs.rmSync(f)
    chdb.query(`SELECT * FROM values('vin Nullable(String), plate Nullable(String), engine_no Nullable(String), first_registered Nullable(String), mileage_km Nullable(String), color Nullable(String)', ${list}) INTO OUTFILE '${f}' FORMAT ${format}`, 'CSV')
  })
