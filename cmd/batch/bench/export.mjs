// Turns tencent's raw reports, as NDJSON, into two Parquet tables with DuckDB: export.mjs FILE FOLDER.
// It prints the seconds of the statements alone, on the clock and of the processor, and the rows of each table.
import { DuckDBInstance } from '@duckdb/node-api';

const [file, folder] = process.argv.slice(2);
const db = await (await DuckDBInstance.create()).connect();
const visit = 'STRUCT(content VARCHAR, repairDate VARCHAR, materal VARCHAR, mileage VARCHAR, mainTainDate VARCHAR, "type" VARCHAR)[]';
const lists = ['normalRepairRecords', 'componentAnalyzeRepairRecords', 'outsideAnalyzeRepairRecords', 'constructAnalyzeRepairRecords'];
const texts = ['brand', 'modelName', 'seriesName', 'manufacturer', 'makeDate', 'transmissionType', 'displacement', 'effluentStandard', 'mainTainTimes'];
const numbers = ['mileageEstimate', 'mileageEveryYear'], days = ['lastMainTainTime', 'lastRepairTime'];
const flags = ['carFireFlag', 'carWaterFlag', 'carComponentRecordsFlag', 'carConstructRecordsFlag', 'carOutsideRecordsFlag', 'mileageIsNormalFlag'];
const detail = ['resultCode', ...texts, ...numbers, ...days, ...flags].map(n => `${n} VARCHAR`).concat(lists.map(n => `${n} ${visit}`)).join(', ');
const used = process.cpuUsage(), begin = performance.now();
await db.run(`CREATE TEMP TABLE raw AS SELECT vin, report.data.detail AS d FROM read_json('${file}', format = 'newline_delimited',
  columns = {vin: 'VARCHAR', report: 'STRUCT(data STRUCT(detail STRUCT(${detail})))'}) WHERE report.data.detail.resultCode = '1205'`);
const copy = (sql, name) => db.runAndReadAll(`COPY (${sql}) TO '${folder}/${name}.parquet' (FORMAT parquet, COMPRESSION zstd)`);
const rows = async result => Number((await result).getRowsJson()[0][0]);
const reports = await rows(copy(`SELECT vin, ${[...texts.map(n => `d.${n} AS ${n}`), ...numbers.map(n => `try_cast(d.${n} AS BIGINT) AS ${n}`),
  ...days.map(n => `try_cast(d.${n} AS DATE) AS ${n}`), ...flags.map(n => `d.${n} = '1' AS ${n}`)].join(', ')} FROM raw`, 'reports'));
const records = await rows(copy(`SELECT vin, list, v.content, v.materal, v."type", try_cast(v.repairDate AS DATE) AS repairDate, try_cast(v.mileage AS BIGINT) AS mileage
  FROM (${lists.map(n => `SELECT vin, '${n}' AS list, unnest(d.${n}) AS v FROM raw`).join(' UNION ALL ')})`, 'records'));
const seconds = (performance.now() - begin) / 1000, { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, reports, records }));
