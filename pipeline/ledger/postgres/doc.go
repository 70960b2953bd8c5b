// Package postgres keeps a ledger in a schema of a PostgreSQL database, for runs that must survive the loss of a
// machine. It is written for round trips: what waits to be written goes to the server in one pipelined batch with one
// commit, rows are planned with COPY, and what belongs together is read in sets. It opens the database for one process
// at a time; every call has a deadline.
package postgres
