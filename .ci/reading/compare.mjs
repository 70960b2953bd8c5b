// What a reader makes of a table, held against DuckDB's reading of the Parquet
// file: which columns differ, and how. Readers give cells as JSON:
//   null, true, false, "a text", {n: "12.5"} a number, {d: "2024-03-01"} a day,
//   {m: "1709265600000000"} microseconds since 1970 UTC, {w: "2024-03-01 12:00:00.123"}
//   a day and time without a zone, [..] a list.

const kinds = { BIGINT: 'int', BOOLEAN: 'bool', DATE: 'day', VARCHAR: 'text', 'VARCHAR[]': 'list', 'BIGINT[]': 'list' };

/** The kind of a column of DuckDB's. */
export const kindOf = type => kinds[type] ?? (type.startsWith('DECIMAL') ? 'decimal' : type.startsWith('TIMESTAMP') ? 'moment' : fail(type));
const fail = type => { throw new Error(`no column of ours has the type ${type}`); };

const micros = text => { // of RFC 3339, or of a wall clock with its zone
  const m = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!m) return null;
  const seconds = Date.parse(`${m[1]}T${m[2]}${m[4] ?? 'Z'}`);
  return String(BigInt(seconds) * 1000n + BigInt((m[3] ?? '').padEnd(6, '0').slice(0, 6)));
};
const shanghai = 8n * 3600n * 1_000_000n;

// What is called by a spreadsheet's or CSV's nature is no finding there.
const own = {
  parquet: new Set(),
  csv: new Set(['a day is midnight', 'a list is a text', 'a null list is null text', 'an empty list is null', 'a list of one number is a number', 'an apostrophe in front', 'a moment is a text with +08:00', 'a moment to the millisecond']),
  xlsx: new Set(['a list is a text', 'an empty list is null', 'a list of one number is a number', 'a day is midnight', 'a moment is China\'s wall clock', 'a moment to the millisecond']),
};

/** How a cell differs from what DuckDB reads: null when it does not. */
export const differs = (kind, want, got) => {
  if (got === undefined) return 'the column is missing';
  if (want === null) {
    if (got === null) return null;
    if (got === '') return 'null is an empty text';
    if (Array.isArray(got) && got.length === 0) return 'null is an empty list';
    return 'null is something';
  }
  switch (kind) {
    case 'text': return text(want, got);
    case 'int': case 'decimal': return number(want, got);
    case 'bool':
      if (got === want) return null;
      if (typeof got === 'string' && got.toLowerCase() === String(want)) return 'a flag is a text';
      if (got?.n !== undefined && Number(got.n) === Number(want)) return 'a flag is 0 or 1';
      return 'a flag is wrong';
    case 'day': return day(want, got);
    case 'moment': return moment(BigInt(want), got);
    case 'list': return list(want, got);
  }
};

const text = (want, got) => {
  if (got === want) return null;
  if (got === null) return 'a text is null';
  if (got === "'" + want) return 'an apostrophe in front';
  if (got?.n !== undefined) return String(want) === got.n ? 'a text is a number' : Number(want) === Number(got.n) ? 'a text is a number, its zeros lost' : 'a text is another number';
  if (got?.d !== undefined || got?.m !== undefined || got?.w !== undefined) return 'a text is a day';
  if (typeof got === 'string' && got.replaceAll('\r\n', '\n') === want.replaceAll('\r\n', '\n')) return 'CR LF in a text is LF';
  if (typeof got === 'string' && got.trim() === want.trim()) return 'space around a text is lost';
  if (typeof got === 'boolean') return 'a text is a flag';
  if (typeof got === 'string' && want.length < got.length && /[\u0080-\uffff]/.test(want)) return 'UTF-8 is read as another encoding';
  return 'a text is wrong';
};

const number = (want, got) => {
  if (got === null) return 'a number is null';
  if (got.n !== undefined) return Number(got.n) === Number(want) ? null : 'a number is wrong';
  if (typeof got === 'string' && got !== '' && Number(got.replaceAll(',', '')) === Number(want)) return 'a number is a text';
  return 'a number is something else';
};

const day = (want, got) => {
  if (got?.d === want) return null;
  if (got === want) return 'a day is a text';
  if (got?.w !== undefined) {
    const by = BigInt(micros(got.w)) - BigInt(micros(want + 'T00:00:00Z'));
    return by === 0n ? 'a day is midnight' : `a day is ${off(by)}`;
  }
  if (got?.m === micros(want + 'T00:00:00Z')) return 'a day is midnight';
  if (got?.m !== undefined) return `a day is ${off(BigInt(got.m) - BigInt(micros(want + 'T00:00:00Z')))}`;
  return got === null ? 'a day is null' : 'a day is wrong';
};

const off = by => {
  const seconds = Number(by) / 1e6;
  return `${Math.abs(seconds)} s ${seconds < 0 ? 'early' : 'late'}`;
};

const moment = (want, got) => {
  if (got === null) return 'a moment is null';
  if (typeof got === 'string') {
    if (micros(got) === String(want)) return /[+]08:00$/.test(got) ? 'a moment is a text with +08:00' : 'a moment is a text';
    const wall = micros(got);
    return wall === null ? 'a moment is another text' : wallClock(BigInt(wall) - want, 'a text');
  }
  if (got.m !== undefined) return exact(BigInt(got.m) - want);
  if (got.w !== undefined) return wallClock(BigInt(micros(got.w)) - want, '');
  return 'a moment is wrong';
};

const exact = by => {
  if (by === 0n) return null;
  if (by > -1000n && by < 1000n) return 'a moment to the millisecond';
  if (by - shanghai > -1000n && by - shanghai < 1000n) return 'a moment is China\'s wall clock';
  return by > -1_000_000n && by < 1_000_000n ? 'a moment to the second' : `a moment is ${off(by / 1_000_000n * 1_000_000n)}`;
};
const wallClock = (by, as) => {
  if (by - shanghai > -1_000_000n && by - shanghai < 1_000_000n) return as ? 'a moment is a text of China\'s wall clock' : 'a moment is China\'s wall clock';
  if (by > -1000n && by < 1000n) return as ? 'a moment is a text in UTC' : 'a moment has no zone, and is in UTC';
  const rest = Number(by - shanghai) / 1e6; // what is wrong with the wall clock, and not with its zone
  return Math.abs(rest) < 3600 ? `a moment is ${off(BigInt(Math.round(rest)) * 1_000_000n)}` : `a moment is ${off(by)}`;
};

const joined = parts => parts.map(p => p.replaceAll('; ', ';\u00a0')).join('; ');
const list = (want, got) => {
  if (want.length === 0 && got === null) return 'an empty list is null';
  if (want.length === 0 && got === '') return 'an empty list is an empty text';
  if (Array.isArray(got)) {
    return JSON.stringify(got.map(v => v?.n ?? v)) === JSON.stringify(want) ? null : 'a list is wrong';
  }
  if (got?.n !== undefined && want.length === 1) return 'a list of one number is a number';
  if (typeof got === 'string' && (got === joined(want) || got === "'" + joined(want))) return 'a list is a text';
  return 'a list is something else';
};

/** The differences of a table, {difference: Set(columns)}, without those of the format's nature. */
export const compare = (format, truth, read) => {
  const found = new Map();
  const add = (what, column, want, got) => {
    if (own[format].has(what)) return;
    if (!found.has(what)) found.set(what, { columns: new Set(), example: `${JSON.stringify(want)} is read as ${JSON.stringify(got)}` });
    found.get(what).columns.add(column);
  };
  if (read.rows.length !== truth.rows.length) add(`${read.rows.length} rows of ${truth.rows.length}`, truth.table, '', '');
  truth.columns.forEach((c, i) => {
    const at = read.columns.indexOf(c.name);
    for (let r = 0; r < Math.min(truth.rows.length, read.rows.length); r++) {
      const got = at < 0 ? undefined : read.rows[r][at] ?? null;
      const what = differs(c.kind, truth.rows[r][i], got);
      if (what) add(what, `${truth.table}.${c.name}`, truth.rows[r][i], got);
    }
  });
  return found;
};
