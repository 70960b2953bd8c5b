// Readers of Parquet and CSV for node: hyparquet, parquet-wasm with Arrow, Polars, chDB.
import { readFileSync } from 'node:fs';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as arrow from 'apache-arrow';
import * as wasm from 'parquet-wasm/node';
import polars from 'nodejs-polars';
import { query } from 'chdb';

const iso = ms => new Date(ms).toISOString();
/** A value of JavaScript's as the comparison takes it. */
export const native = v => {
  if (v === null || v === undefined) return null;
  if (typeof v === 'number' || typeof v === 'bigint') return { n: String(v) };
  if (v instanceof Date) return { m: String(BigInt(v.getTime()) * 1000n) };
  if (Array.isArray(v)) return v.map(native).map(x => x?.n ?? x);
  if (typeof v === 'object' && typeof v[Symbol.iterator] === 'function') return native([...v]);
  return v;
};
const table = objects => {
  const columns = [...new Set(objects.flatMap(o => Object.keys(o)))];
  return { columns, rows: objects.map(o => columns.map(c => native(o[c]))) };
};

export const hyparquet = async (dir, name) =>
  table(await parquetReadObjects({ file: await asyncBufferFromFile(`${dir}/${name}.parquet`), compressors }));

/** With parsers that keep all places of a moment, and a day as a day. */
export const hyparquetExact = async (dir, name) => table(await parquetReadObjects({ file: await asyncBufferFromFile(`${dir}/${name}.parquet`), compressors,
  parsers: { timestampFromMicroseconds: us => ({ m: String(us) }), dateFromDays: days => ({ d: iso(days * 86400e3).slice(0, 10) }) } }));

const arrowCell = (type, v) => {
  if (v === null) return null;
  if (arrow.DataType.isDecimal(type)) { // four words, the lowest first
    const n = [...v].reduceRight((sum, word) => (sum << 32n) + BigInt(word >>> 0), 0n);
    return { n: String(Number(BigInt.asIntN(32 * v.length, n)) / 10 ** type.scale) };
  }
  if (arrow.DataType.isTimestamp(type)) return { m: String(BigInt(Math.round(v * 1000))) }; // milliseconds with a fraction
  if (arrow.DataType.isDate(type)) return { d: iso(v).slice(0, 10) };
  return native(v?.toArray?.() ?? v);
};
export const parquetWasm = (dir, name) => {
  const t = arrow.tableFromIPC(wasm.readParquet(new Uint8Array(readFileSync(`${dir}/${name}.parquet`))).intoIPCStream());
  const fields = t.schema.fields;
  const columns = fields.map((_, i) => t.getChildAt(i));
  return { columns: fields.map(f => f.name), rows: Array.from({ length: t.numRows }, (_, r) => columns.map((c, i) => arrowCell(fields[i].type, c.get(r)))) };
};

const polarsTable = df => {
  const columns = df.columns;
  const type = columns.map(c => String(df.getColumn(c).dtype));
  const values = columns.map((c, i) => {
    const s = df.getColumn(c);
    if (/Datetime/.test(type[i])) return [...s.cast(polars.Int64)].map(v => v === null ? null : { m: String(v) });
    if (/Date/.test(type[i])) return [...s.cast(polars.Int32)].map(v => v === null ? null : { d: iso(v * 86400e3).slice(0, 10) });
    if (/Decimal/.test(type[i])) return [...s.cast(polars.Float64)].map(native);
    return [...s].map(v => native(v?.toArray?.() ?? v));
  });
  return { columns, rows: Array.from({ length: df.height }, (_, r) => values.map(v => v[r])) };
};
export const polarsParquet = (dir, name) => polarsTable(polars.readParquet(`${dir}/${name}.parquet`));
export const polarsCSV = (dir, name) => polarsTable(polars.readCSV(`${dir}/${name}.csv`));
export const polarsTyped = (dir, name, texts) => polarsTable(polars.readCSV(`${dir}/${name}.csv`,
  { dtypes: Object.fromEntries(texts.map(c => [c, polars.Utf8])), tryParseDates: true }));

const chdbCell = (type, v) => {
  if (v === null) return null;
  const bare = type.replace(/^Nullable\((.*)\)$/, '$1');
  if (/^Date32|^Date$/.test(bare)) return { d: v };
  if (/^DateTime/.test(bare)) return /UTC/.test(bare) ? { m: String(BigInt(Date.parse(v.slice(0, 19).replace(' ', 'T') + 'Z')) * 1000n + BigInt((v.slice(20) || '0').padEnd(6, '0').slice(0, 6))) } : { w: v };
  if (/^U?Int|^Float|^Decimal/.test(bare)) return { n: String(v) };
  if (bare === 'Bool') return v;
  return Array.isArray(v) ? v.map(x => x === null ? null : String(x)) : v;
};
const clickhouse = (from, settings = '') => {
  const typed = query(`SELECT * FROM ${from} SETTINGS output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1${settings}`,
    'JSONCompactEachRowWithNamesAndTypes');
  const [columns, types, ...rows] = typed.trim().split('\n').map(l => JSON.parse(l));
  return { columns, rows: rows.map(r => r.map((v, i) => chdbCell(types[i], v))) };
};
export const chdbParquet = (dir, name) => clickhouse(`file('${dir}/${name}.parquet', 'Parquet')`);
export const chdbTyped = (dir, name, columns) => {
  const types = { text: 'Nullable(String)', list: 'Nullable(String)', moment: "Nullable(DateTime64(6, 'UTC'))" };
  const hints = columns.filter(c => types[c.kind]).map(c => `${c.name} ${types[c.kind].replaceAll("'", "\\'")}`).join(', ');
  return clickhouse(`file('${dir}/${name}.csv', 'CSVWithNames')`, `, schema_inference_hints = '${hints}', date_time_input_format = 'best_effort'`);
};
export const chdbCSV = (dir, name) => clickhouse(`file('${dir}/${name}.csv', 'CSVWithNames')`);
