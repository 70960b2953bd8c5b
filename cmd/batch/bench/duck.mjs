// Makes and reads the files of `bench read` with DuckDB: duck.mjs DO FILE [FROM].
// It prints the seconds of the statement alone, on the clock and of the processor, without
// the start of node and of the library, and what came back.
import { DuckDBInstance } from '@duckdb/node-api';

const [what, file, from] = process.argv.slice(2);
const db = await (await DuckDBInstance.create()).connect();
const lengths = `count(*)::INT AS n, (sum(strlen(vin)) + sum(strlen(plate)) + sum(strlen(engine_no)) + sum(strlen(first_registered)))::BIGINT AS bytes, sum(mileage_km)::BIGINT AS km`;
const columns = 'vin, plate, engine_no, first_registered, mileage_km';
const sources = { csv: `read_csv('${file}')`, parquet: `read_parquet('${file}')`, xlsx: `read_xlsx('${file}')` };
const [kind, how, threads] = what.split('-');
if (threads) await db.run(`SET threads = ${threads}`);
if (kind === 'xlsx') await db.run('INSTALL excel; LOAD excel');
let sql = how === 'table'
  ? `CREATE TABLE t AS SELECT ${columns} FROM ${sources[kind]}`
  : `SELECT ${lengths} FROM ${sources[kind]}`;
if (kind === 'make') sql = `COPY (SELECT * FROM read_csv('${from}')) TO '${file}' (FORMAT parquet)`;
const used = process.cpuUsage(), begin = performance.now();
const result = await db.runAndReadAll(sql);
const seconds = (performance.now() - begin) / 1000, { user, system } = process.cpuUsage(used);
const row = how === 'table' ? (await db.runAndReadAll(`SELECT ${lengths} FROM t`)).getRowsJson()[0] : result.getRowsJson()[0];
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, rows: Number(row[0]), bytes: Number(row[1] ?? 0), km: Number(row[2] ?? 0) }));
