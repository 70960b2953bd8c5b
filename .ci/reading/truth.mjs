// DuckDB's reading of the Parquet files, and its readings of the CSV files.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { kindOf } from './compare.mjs';

const open = async () => {
  const db = await (await DuckDBInstance.create()).connect();
  await db.run("SET autoinstall_known_extensions = false; SET TimeZone = 'UTC'");
  return db;
};

const typesOf = async (db, from) =>
  (await db.runAndReadAll(`DESCRIBE FROM ${from}`)).getRowObjectsJson().map(c => ({ name: c.column_name, type: c.column_type }));

// A value as text that says all of it; moments are microseconds.
const value = c => /^TIMESTAMP/.test(c.type) ? `epoch_us("${c.name}")::VARCHAR` : /\[\]$/.test(c.type) ? `"${c.name}"` : `"${c.name}"::VARCHAR`;

const rowsOf = async (db, from, columns) =>
  (await db.runAndReadAll(`SELECT ${columns.map(value).join(', ')} FROM ${from}`)).getRowsJson();

/** The truth: a cell is null, true, false, a text (numbers, days and moments too) or a list of texts. */
export const truth = async (dir, table) => {
  const db = await open();
  const columns = (await typesOf(db, `'${dir}/${table}.parquet'`)).map(c => ({ ...c, kind: kindOf(c.type) }));
  const rows = await rowsOf(db, `'${dir}/${table}.parquet'`, columns);
  for (const row of rows) {
    columns.forEach((c, i) => { if (c.kind === 'bool' && row[i] !== null) row[i] = row[i] === 'true'; });
  }
  return { table, columns, rows };
};

// A value of DuckDB's as readers give theirs.
const cell = (type, v) => {
  if (v === null) return null;
  if (/\[\]$/.test(type)) return v;
  if (type === 'BOOLEAN') return v === 'true';
  if (type === 'DATE') return { d: v };
  if (/WITH TIME ZONE/.test(type)) return { m: v };
  if (/^TIMESTAMP/.test(type)) return { w: new Date(Number(v) / 1000).toISOString().replace('T', ' ').slice(0, 23) };
  if (/INT|DOUBLE|DECIMAL/.test(type)) return { n: v };
  return v;
};

/** DuckDB's own way with a CSV file. */
export const sniffed = async (dir, table) => {
  const db = await open();
  const from = `read_csv('${dir}/${table}.csv', sample_size = -1)`;
  const columns = await typesOf(db, from);
  const rows = await rowsOf(db, from, columns);
  return { columns: columns.map(c => c.name), rows: rows.map(r => r.map((v, i) => cell(columns[i].type, v))) };
};

/** With schema.sql. */
export const bySchema = async (dir, table) => {
  const db = await open();
  const here = process.cwd();
  process.chdir(dir); // as its user does
  await db.run(readFileSync('schema.sql', 'utf8')).finally(() => process.chdir(here));
  const columns = await typesOf(db, table);
  const rows = await rowsOf(db, table, columns);
  return { columns: columns.map(c => c.name), rows: rows.map(r => r.map((v, i) => cell(columns[i].type, v))) };
};
