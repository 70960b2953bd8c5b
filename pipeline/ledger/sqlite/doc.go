// Package sqlite keeps a ledger in one SQLite file of the workspace, for one process that
// writes and any that look.
//
// With the packages below it, it is the only importer of database/sql: integrity says
// what must hold of a ledger's file, which opening asks, and repair does what no run
// needs. All writes go through one writer, which commits many callers' changes with one
// fsync (WAL, synchronous=FULL). All methods are safe for concurrent use. Moments are stored
// as microseconds UTC, 0 for none.
package sqlite
