// More writers that npm has, in the forms that lists of fleets have: a title, units, groups of columns. What stands under the name of
// a group of something else (挂车, 上次保养) is no truth, and is not read.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { names, objects, rows, typed, writing } from './truth.mjs'

const require = createRequire(import.meta.url)
const chinese = ['车架号', '车牌号', '发动机号', '上牌日期', '行驶里程', '车身颜色']
const serial = (day) => (day === '' ? '' : (new Date(day) - Date.UTC(1899, 11, 30)) / 864e5)

// parquet2, as an early parquet-wasm held it
await writing('parquet2.parquet', (f) => {
  const arrow = require('apache-arrow')
  const parquet = require('parquet-wasm-0.3/node/arrow2.js')
  const types = { first_registered: new arrow.DateDay(), mileage_km: new arrow.Int32(), color: new arrow.Int8() }
  const columns = names.map((n, i) => [n, arrow.vectorFromArray(typed.map((r) => r[i]), types[n] ?? new arrow.Utf8())])
  const ipc = arrow.tableToIPC(new arrow.Table(Object.fromEntries(columns)), 'file')
  const properties = new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression.UNCOMPRESSED).build()
  fs.writeFileSync(f, parquet.writeParquet2(ipc, properties))
})
await writing('attractor-parquetjs.parquet', async (f) => {
  const parquet = require('@attractor/parquetjs')
  const type = { first_registered: 'TIMESTAMP_MILLIS', mileage_km: 'DOUBLE', color: 'UINT_8' }
  const fields = Object.fromEntries(names.map((n) => [n, { type: type[n] ?? 'UTF8', optional: true, compression: 'SNAPPY' }]))
  fields['备注'] = { type: 'UTF8', repeated: true }
  fields['车主'] = { optional: true, fields: { 车牌号: { type: 'UTF8' } } }
  const to = await parquet.ParquetWriter.openFile(new parquet.ParquetSchema(fields), f)
  for (const o of objects) {
    const known = Object.fromEntries(Object.entries(o).filter(([, v]) => v !== null))
    await to.appendRow({ ...known, 备注: ['一', '二'], 车主: { 车牌号: '沪Z00000' } })
  }
  await to.close()
})

await writing('rust-xlsxwriter.xlsx', async (f) => {
  const { Workbook, Format } = await import('wasm-xlsxwriter')
  const book = new Workbook()
  const sheet = book.addWorksheet()
  const form = (s) => new Format().setNumFormat(s)
  const formats = [null, null, form('0000000'), form('yyyy.mm'), form('0.00##"万公里"'), null]
  sheet.mergeRange(0, 0, 0, 5, '车辆盘点表', new Format().setBold())
  chinese.forEach((c, j) => sheet.write(1, j, c))
  rows.forEach((r, i) => {
    r.forEach((s, j) => {
      if (s === '') return
      if (j === 3) sheet.writeWithFormat(i + 2, j, serial(s), formats[j])
      else if (j === 4) sheet.writeWithFormat(i + 2, j, Number(s) / 1e4, formats[j])
      else if (j === 2 && /^\d{7}$/.test(s)) sheet.writeWithFormat(i + 2, j, Number(s), formats[j])
      else sheet.write(i + 2, j, j > 4 ? Number(s) : s)
    })
  })
  sheet.write(rows.length + 2, 0, '合计')
  sheet.write(rows.length + 2, 1, `${rows.length}辆`)
  fs.writeFileSync(f, book.saveToBufferSync())
})

// Groups over names: the day and the distance are those of a trailer, or of the last service.
await writing('syncfusion-trailer.xlsx', async (f) => {
  Object.assign(globalThis, { window: globalThis, navigator: { userAgent: 'node' }, XMLHttpRequest: class {}, addEventListener() {} })
  globalThis.document = { createElement: () => ({}), addEventListener() {}, body: {} }
  globalThis.FileReader = class { readAsArrayBuffer(b) { b.arrayBuffer().then((x) => { this.result = x; this.onload() }) } }
  const { Workbook } = require('@syncfusion/ej2-excel-export')
  const cell = (index, value, more = {}) => ({ index, value, ...more })
  const head = [cell(1, '牵引车', { colSpan: 4 }), cell(5, '挂车', { colSpan: 3 })]
  const under = ['车牌号', '车架号', '发动机号', '颜色', '挂车号牌', '注册日期', '行驶里程'].map((c, j) => cell(j + 1, c))
  const body = rows.map((r, i) => [r[1], r[0], r[2], r[5], `沪A10${10 + i}挂`, `2011-0${1 + (i % 9)}-15`, 1000 + i].map((v, j) => cell(j + 1, v)))
  const book = new Workbook({ worksheets: [{ name: '运力', columns: [], rows: [head, under, ...body].map((cells, i) => ({ index: i + 1, cells: cells.filter((c) => c.value !== '') })) }] }, 'xlsx')
  const { blobData } = await book.saveAsBlob('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  fs.writeFileSync(f, Buffer.from(await blobData.arrayBuffer()))
})
await writing('kendo-ooxml-service.xlsx', async (f) => {
  const { Workbook } = require('@progress/kendo-ooxml')
  const cells = (list) => ({ cells: list })
  const head = cells([...['车架号', '车牌号', '发动机号', '上牌日期'].map((c) => ({ value: c, rowSpan: 2 })), { value: '上次保养', colSpan: 2 }, { value: '颜色', rowSpan: 2 }])
  const body = rows.map((r, i) => cells([r[0], r[1], r[2], r[3], '2026-01-15', 1000 + i, r[5]].map((v) => (v === '' ? {} : { value: v }))))
  const url = await new Workbook({ sheets: [{ title: '台账', rows: [head, cells([{ value: '日期' }, { value: '里程' }]), ...body] }] }).toDataURL()
  fs.writeFileSync(f, Buffer.from(url.split(',')[1], 'base64'))
})
await writing('xlsx-stream-writer.xlsx', async (f) => {
  const Writer = require('xlsx-stream-writer')
  const to = new Writer()
  to.addRows([['车辆清单', '', '', '', '', ''], ['车架号', '车牌号', '发动机号', '首次登记日期', '里程（万km）', '颜色'], ...rows.map((r) => r.map((s, j) => (j === 4 && s !== '' ? String(Number(s) / 1e4) : s)))])
  fs.writeFileSync(f, await to.getFile())
})
await writing('atomictech-xlsx.xlsx', (f) => {
  const { default: Writer } = require('@atomictech/xlsx-write-stream')
  const to = new Writer({ header: true, columns: names })
  const file = fs.createWriteStream(f)
  to.pipe(file)
  for (const o of objects) to.write(o)
  to.end()
  return new Promise((done) => file.on('finish', done))
})
await writing('alasql.csv', (f) => {
  const list = rows.map((r) => Object.fromEntries(names.map((n, j) => [chinese[j], n === 'first_registered' ? r[j].slice(0, 7).replace('-', '.') : r[j]])))
  return require('alasql').promise(`SELECT * INTO CSV("${f}", {headers: true, separator: ";"}) FROM ?`, [list])
})
process.exit(process.exitCode ?? 0)
