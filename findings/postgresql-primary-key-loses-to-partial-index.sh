#!/usr/bin/env bash
# PostgreSQL 17.5: a prepared statement that finds one row by its primary key walks a partial index instead, and goes on so as the table grows.
#
# One would guess: `UPDATE jobs … WHERE id = $1 AND state = 'planned'` uses the primary key. It names the whole of it, and no index can be better.
#
# What happens: the table has a second index for another question, (worker, due, id) WHERE state = 'planned'. The condition on the state makes that one
# usable, and in a table of a few rows, never analysed, it is taken for as cheap as the primary key, though id is its last column and every
# entry is stepped over. A prepared statement keeps that plan: with 20,000 rows each update reads the whole partial index. ANALYZE ends it, and autovacuum
# comes a minute later at the earliest, when a queue has long been filled. A condition that no index predicate
# matches (state || '' = 'planned') keeps the primary key from the beginning.
#
# Why it matters: a guarded update ("only if it is still planned") is how queues and ledgers are written, and pgx prepares every statement by itself.
# The first minute of a new database is many times slower than its second, and no benchmark on a warm table shows it.
#
# Versions: @electric-sql/pglite 0.3.15, which is PostgreSQL 17.5; node 20. Seen with PostgreSQL 15 of Debian and pgx 5.12.0 as well.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.3.15 >/dev/null 2>&1
cat >look.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
const db = await PGlite.create();
await db.exec(`
  CREATE TABLE jobs (id bigint PRIMARY KEY, worker text NOT NULL, due bigint NOT NULL, state text NOT NULL);
  CREATE INDEX jobs_planned ON jobs (worker, due, id) WHERE state = 'planned';
  PREPARE plain (bigint) AS UPDATE jobs SET due = due + 1 WHERE id = $1 AND state = 'planned';
  PREPARE hidden (bigint) AS UPDATE jobs SET due = due + 1 WHERE id = $1 AND state || '' = 'planned';
  INSERT INTO jobs SELECT n, 'a', 0, 'planned' FROM generate_series(1, 10) n`);
for (let n = 1; n <= 8; n++) await db.exec(`EXECUTE plain(${n}); EXECUTE hidden(${n})`);
const index = async (statement) => {
  const { rows } = await db.query(`EXPLAIN (COSTS OFF) EXECUTE ${statement}(19000)`);
  return rows.map((r) => r['QUERY PLAN']).join(' ').match(/using (\w+)/)[1];
};
await db.exec(`INSERT INTO jobs SELECT n, 'a', 0, 'planned' FROM generate_series(11, 20000) n`);
console.log(`20,000 rows: ${await index('plain')}, with the state hidden: ${await index('hidden')}`);
await db.exec('ANALYZE jobs');
console.log(`analysed:    ${await index('plain')}, with the state hidden: ${await index('hidden')}`);
JS
saw=$(node look.mjs)
printf '%s\n' "$saw"
[[ $saw == '20,000 rows: jobs_planned, with the state hidden: jobs_pkey
analysed:    jobs_pkey, with the state hidden: jobs_pkey' ]]
