// Package sqlite keeps a ledger in one SQLite file of the workspace, for one process that writes
// and any number that read.
//
// It and the packages below it are the only importers of database/sql: integrity says what must
// hold of a ledger's file, which is checked when the file is opened; repair does what no run needs.
// All writes go through one writer, which commits many callers' changes with one fsync (WAL,
// synchronous=FULL). All methods are safe for concurrent use. Moments are stored as microseconds
// UTC, 0 for none.
package sqlite
