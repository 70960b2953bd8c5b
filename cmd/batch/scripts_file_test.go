//go:build !postgres

package main

// opensServers tells whether this build opens ledgers in PostgreSQL.
const opensServers = false
