// Package ledger is the one durable truth of a workspace: runs, vehicles,
// lookups, attempts with their charges, and raw answers, in one SQLite file.
//
// With the packages below it, it is the only importer of database/sql: integrity says
// what must hold of a ledger's file, which opening asks, and repair does what no run
// needs. All writes go through one writer
// that commits many callers' changes with one fsync (WAL, synchronous=FULL): a
// method that writes returns after the commit that holds its change, or with
// an error and without the change. Changes of a lookup are guarded by the state
// they start from, so a stale caller changes nothing and gets ErrStale. All
// methods are safe for concurrent use. Moments are microseconds UTC, money is
// fen. The states and the ways between them stand in docs/states.md.
package sqlite
