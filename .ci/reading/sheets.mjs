// Readers of workbooks: exceljs, SheetJS, and LibreOffice by way of its flat XML.
import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import XLSX from 'xlsx';
import { SaxesParser } from 'saxes';

const wall = d => ({ w: d.toISOString().replace('T', ' ').slice(0, 23) }); // a sheet's dates have no zone

export const exceljs = async (dir, name) => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(`${dir}/batch.xlsx`);
  const sheet = book.getWorksheet(name);
  const rows = [];
  for (let r = 1; r <= sheet.rowCount; r++) {
    rows.push(Array.from({ length: sheet.columnCount }, (_, c) => cell(sheet.getRow(r).getCell(c + 1).value)));
  }
  return { columns: rows.shift(), rows };
};
const cell = v => v === null || v === undefined ? null : v instanceof Date ? wall(v) : typeof v === 'number' ? { n: String(v) } : v;

/** SheetJS; dates are those of its cellDates. */
export const sheetjs = (dir, name) => {
  const sheet = XLSX.readFile(`${dir}/batch.xlsx`, { cellDates: true }).Sheets[name];
  const [columns, ...rows] = XLSX.utils.sheet_to_json(sheet, { header: 1, defval: null, raw: true });
  return { columns, rows: rows.map(r => r.map(v => v instanceof Date ? local(v) : cell(v))) };
};
const two = n => String(n).padStart(2, '0');
const local = d => ({ w: `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}` });

/** SheetJS without cellDates: the numbers of the cells, made dates by their formats. */
export const sheetjsSerials = (dir, name) => {
  const sheet = XLSX.readFile(`${dir}/batch.xlsx`, { cellNF: true }).Sheets[name];
  const range = XLSX.utils.decode_range(sheet['!ref']);
  const rows = [];
  for (let r = 0; r <= range.e.r; r++) {
    rows.push(Array.from({ length: range.e.c + 1 }, (_, c) => {
      const x = sheet[XLSX.utils.encode_cell({ r, c })];
      if (!x || x.v === undefined) return null;
      if (x.t === 'n' && /yy/.test(x.z)) return wall(new Date(Math.round((x.v - 25569) * 86400e3)));
      return cell(x.v);
    }));
  }
  return { columns: rows.shift(), rows };
};

/** What LibreOffice made of a file and wrote as flat XML (.fods); the table of the sheet's name, or the only one. */
export const libreoffice = (file, name) => {
  const rows = [];
  let inTable = false, inText = false, row, repeat, value, text, times;
  const p = new SaxesParser();
  p.on('opentag', ({ name: tag, attributes: a }) => {
    if (tag === 'table:table') inTable = !name || a['table:name'] === name;
    if (!inTable) return;
    if (tag === 'table:table-row') { row = []; times = Number(a['table:number-rows-repeated'] ?? 1); }
    if (tag === 'table:table-cell' || tag === 'table:covered-table-cell') { value = a; text = null; repeat = Number(a['table:number-columns-repeated'] ?? 1); }
    if (tag === 'text:p' && value) { text = text === null ? '' : text + '\n'; inText = true; }
    if (tag === 'text:s' && text !== null) text += ' '.repeat(Number(a['text:c'] ?? 1));
    if (tag === 'text:tab' && text !== null) text += '\t';
    if (tag === 'text:line-break' && text !== null) text += '\n';
  });
  p.on('text', t => { if (inTable && inText) text += t; });
  p.on('closetag', ({ name: tag }) => {
    if (!inTable) return;
    if (tag === 'text:p') inText = false;
    if (tag === 'table:table-cell' || tag === 'table:covered-table-cell') {
      if (repeat < 1000) for (let i = 0; i < repeat; i++) row.push(odf(value, text));
      value = undefined;
    }
    if (tag === 'table:table-row' && times < 1000) for (let i = 0; i < times; i++) rows.push(row);
    if (tag === 'table:table') inTable = false;
  });
  p.write(readFileSync(file, 'utf8')).close();
  while (rows.length && rows.at(-1).every(v => v === null)) rows.pop();
  const columns = rows.shift();
  while (columns.at(-1) === null) columns.pop();
  return { columns, rows };
};
const odf = (a, text) => {
  const flag = /^of:=(TRUE|FALSE)\(\)$/.exec(a['table:formula'] ?? ''); // so a flag of a workbook stands there
  if (flag) return flag[1] === 'TRUE';
  switch (a['office:value-type']) {
    case 'boolean': return a['office:boolean-value'] === 'true';
    case 'float': case 'currency': case 'percentage': return { n: a['office:value'] };
    case 'date': return /T/.test(a['office:date-value']) ? { w: a['office:date-value'].replace('T', ' ') } : { d: a['office:date-value'] };
    case 'string': return text ?? '';
  }
  return text;
};
