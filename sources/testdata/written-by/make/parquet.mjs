// Parquet files by the writers that npm has.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetWriteFile } from 'hyparquet-writer'
import { column, file, names, objects, rows, typed, writing } from './truth.mjs'

const require = createRequire(import.meta.url)
const literal = (s) => (s === '' ? 'NULL' : `'${s}'`)
const values = rows.map((r) => `(${r.map(literal).join(', ')})`).join(', ')

const duck = await (await DuckDBInstance.create()).connect()
await duck.run(`CREATE TABLE fleet AS SELECT vin, plate, engine_no, first_registered::DATE AS first_registered,
  mileage_km::BIGINT AS mileage_km, color::TINYINT AS color FROM (VALUES ${values}) t(${names.join(', ')})`)
const cast = (what) => `SELECT * REPLACE (${what}) FROM fleet`
const duckdb = {
  'v1-snappy': ['FROM fleet', 'COMPRESSION snappy'],
  'v1-uncompressed': ['FROM fleet', 'COMPRESSION uncompressed'],
  'v1-gzip': ['FROM fleet', 'COMPRESSION gzip'],
  'v1-zstd': ['FROM fleet', 'COMPRESSION zstd'],
  'v1-brotli': ['FROM fleet', 'COMPRESSION brotli'],
  'v1-lz4': ['FROM fleet', 'COMPRESSION lz4_raw'],
  'v2-snappy': ['FROM fleet', "PARQUET_VERSION V2, COMPRESSION snappy"],
  'v2-zstd': ['FROM fleet', "PARQUET_VERSION V2, COMPRESSION zstd"],
  'v2-lz4': ['FROM fleet', "PARQUET_VERSION V2, COMPRESSION lz4"],
  'v2-double': [cast('mileage_km::DOUBLE AS mileage_km, color::FLOAT AS color'), 'PARQUET_VERSION V2'],
  'v2-no-dictionary': ['FROM fleet', 'PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1'],
  'timestamp': [cast("first_registered::TIMESTAMP + INTERVAL 18 HOUR AS first_registered"), 'COMPRESSION zstd'],
  'timestamp-ns': [cast("(first_registered::TIMESTAMP + INTERVAL 23 HOUR)::TIMESTAMP_NS AS first_registered"), 'COMPRESSION zstd'],
  'timestamptz': [cast("(first_registered::TIMESTAMP - INTERVAL 8 HOUR) AT TIME ZONE 'UTC' AS first_registered"), 'COMPRESSION zstd'],
  'decimal': [cast('mileage_km::DECIMAL(10,2) AS mileage_km, color::DECIMAL(38,10) AS color'), 'COMPRESSION zstd'],
  'unsigned': [cast('mileage_km::UINTEGER AS mileage_km, color::UTINYINT AS color'), 'PARQUET_VERSION V2'],
  'enum': [cast("plate::ENUM('沪A1B234','苏E7K902','吉AJ3652','粤B5D0J6','粤BD12345','京A12345','川G0A1Z9','豫AF06789','鲁Q00007','津C0E0E0') AS plate"), 'COMPRESSION snappy'],
  'blob': [cast('engine_no::BLOB AS engine_no'), 'COMPRESSION snappy'],
  'encrypted': ['FROM fleet', "ENCRYPTION_CONFIG {footer_key: 'key'}"],
  'list': [cast('[plate] AS plate'), 'COMPRESSION snappy'],
  'struct': [cast("{'text': plate} AS plate"), 'COMPRESSION snappy'],
  'map': [cast("MAP {'text': plate} AS plate"), 'COMPRESSION snappy'],
  'time': [cast("TIME '12:00:00' AS first_registered"), 'COMPRESSION snappy'],
}
await duck.run("SET force_mbedtls_unsafe = true")
await duck.run("PRAGMA add_parquet_key('key', '0123456789112345')")
for (const [name, [query, options]] of Object.entries(duckdb))
  await writing(`duckdb-${name}.parquet`, (f) => duck.run(`COPY (${query}) TO '${f}' (FORMAT parquet, ${options})`))
await writing('duckdb-many-groups.parquet', (f) =>
  duck.run(`COPY (SELECT fleet.* FROM range(500) r, fleet ORDER BY r.range, fleet.rowid) TO '${f}' (FORMAT parquet, PARQUET_VERSION V2, ROW_GROUP_SIZE 2048, COMPRESSION zstd)`))

// hyparquet-writer
const basic = { first_registered: 'TIMESTAMP', mileage_km: 'INT32', color: 'INT32' }
const columns = (change = {}) => names.map((name, i) => ({ name, data: typed.map((r) => r[i]), type: basic[name] ?? 'STRING', ...change[name] }))
const hyparquet = {
  'plain': {},
  'delta': { vin: { encoding: 'DELTA_BYTE_ARRAY' }, plate: { encoding: 'DELTA_LENGTH_BYTE_ARRAY' }, engine_no: { encoding: 'DELTA_BYTE_ARRAY' },
    mileage_km: { encoding: 'DELTA_BINARY_PACKED' }, first_registered: { encoding: 'DELTA_BINARY_PACKED' } },
  'split': { mileage_km: { encoding: 'BYTE_STREAM_SPLIT', type: 'DOUBLE' }, color: { encoding: 'BYTE_STREAM_SPLIT' } },
  'shanghai': { first_registered: { data: column('first_registered').map((d) => (d === '' ? null : new Date(d + 'T00:00:00+08:00'))) } },
  'bytes': { plate: { type: 'STRING' }, engine_no: { type: 'BYTE_ARRAY', data: column('engine_no').map((s) => (s === '' ? null : new TextEncoder().encode(s))) } },
}
for (const [name, change] of Object.entries(hyparquet))
  await writing(`hyparquet-writer-${name}.parquet`, (filename) => parquetWriteFile({ filename, columnData: columns(change), rowGroupSize: 5 }))

// Polars
const pl = require('nodejs-polars')
const frame = () => pl.DataFrame(Object.fromEntries(names.map((name, i) => [name, typed.map((r) => r[i])])))
for (const compression of ['uncompressed', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd'])
  await writing(`polars-${compression}.parquet`, (f) => frame().withColumn(pl.col('first_registered').cast(pl.Date)).writeParquet(f, { compression }))
await writing('polars-datetime.parquet', (f) => frame().writeParquet(f, { compression: 'zstd' }))
await writing('polars-categorical.parquet', (f) => frame().withColumn(pl.col('plate').cast(pl.Categorical)).writeParquet(f, { compression: 'zstd' }))

// ClickHouse
const chdb = require('chdb')
const days = rows.map((r) => `(${r.map(literal).join(', ')})`).join(', ')
const table = `(SELECT vin, plate, engine_no, toDate32OrNull(assumeNotNull(first_registered)) AS first_registered, toUInt32OrNull(assumeNotNull(mileage_km)) AS mileage_km,
  toUInt8OrNull(assumeNotNull(color)) AS color FROM values('vin Nullable(String), plate Nullable(String), engine_no Nullable(String), first_registered Nullable(String), mileage_km Nullable(String), color Nullable(String)', ${days}))`
const clickhouse = {
  'default': ['*', ''],
  'lz4': ['*', "output_format_parquet_compression_method = 'lz4'"],
  'brotli': ['*', "output_format_parquet_compression_method = 'brotli'"],
  'gzip': ['*', "output_format_parquet_compression_method = 'gzip'"],
  'v1': ['*', "output_format_parquet_version = '1.0', output_format_parquet_string_as_string = 0"],
  'fixed-string': ["* REPLACE (toFixedString(assumeNotNull(engine_no), 24) AS engine_no, toLowCardinality(plate) AS plate)", ''],
  'datetime': ["* REPLACE (toDateTime64(first_registered, 3, 'Asia/Shanghai') AS first_registered)", ''],
  'datetime32': ["* REPLACE (if(isNull(first_registered), NULL, toDateTime(first_registered, 'Asia/Shanghai')) AS first_registered)", ''],
  'decimal': ['* REPLACE (toDecimal64(mileage_km, 2) AS mileage_km, toDecimal128(color, 20) AS color)', ''],
}
for (const [name, [select, settings]] of Object.entries(clickhouse))
  await writing(`clickhouse-${name}.parquet`, (f) => {
    if (fs.existsSync(f)) fs.rmSync(f)
    chdb.query(`SELECT ${select} FROM ${table} INTO OUTFILE '${f}' FORMAT Parquet ${settings && 'SETTINGS ' + settings}`, 'Parquet')
  })

// arrow-rs, by way of parquet-wasm
const arrow = require('apache-arrow')
const wasm = require(new URL('node_modules/parquet-wasm/node/parquet_wasm.js', import.meta.url).pathname)
const vectors = (day) => new arrow.Table(Object.fromEntries(names.map((name, i) => {
  const type = { first_registered: day, mileage_km: new arrow.Int32(), color: new arrow.Int8() }[name] ?? new arrow.Utf8()
  return [name, arrow.vectorFromArray(typed.map((r) => r[i]), type)]
})))
const arrowRS = {
  'zstd': [new arrow.DateDay(), (b) => b.setCompression(wasm.Compression.ZSTD)],
  'v2-lz4': [new arrow.DateDay(), (b) => b.setCompression(wasm.Compression.LZ4_RAW).setWriterVersion(wasm.WriterVersion.V2)],
  'v2-delta': [new arrow.DateDay(), (b) => b.setWriterVersion(wasm.WriterVersion.V2).setDictionaryEnabled(false)],
  'brotli': [new arrow.DateDay(), (b) => b.setCompression(wasm.Compression.BROTLI)],
  'date64': [new arrow.DateMillisecond(), (b) => b],
  'timestamp-wall': [new arrow.TimestampMillisecond(), (b) => b],
}
for (const [name, [day, set]] of Object.entries(arrowRS))
  await writing(`parquet-wasm-${name}.parquet`, (f) => {
    const ipc = wasm.Table.fromIPCStream(arrow.tableToIPC(vectors(day), 'stream'))
    fs.writeFileSync(f, wasm.writeParquet(ipc, set(new wasm.WriterPropertiesBuilder()).build()))
  })

// The family of parquetjs
const fields = { first_registered: 'DATE', mileage_km: 'INT64', color: 'INT32' }
const present = objects.map((o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== null)))
for (const [name, module, change] of [
  ['dsnp-parquetjs', '@dsnp/parquetjs', {}],
  ['dsnp-parquetjs-millis', '@dsnp/parquetjs', { first_registered: 'TIMESTAMP_MILLIS' }],
  ['parquetjs', 'parquetjs', {}],
  ['parquets', 'parquets', { first_registered: 'TIMESTAMP_MICROS' }],
]) {
  await writing(`${name}.parquet`, async (f) => {
    const { ParquetSchema, ParquetWriter } = require(module)
    const compression = name.endsWith('millis') ? 'GZIP' : 'SNAPPY'
    const schema = new ParquetSchema(Object.fromEntries(names.map((n) => [n, { type: change[n] ?? fields[n] ?? 'UTF8', optional: true, compression }])))
    const writer = await ParquetWriter.openFile(schema, f)
    for (const row of present) await writer.appendRow(row)
    await writer.close()
  })
}
