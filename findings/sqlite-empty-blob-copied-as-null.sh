#!/usr/bin/env bash
# modernc.org/sqlite 1.60: an empty blob that is read and written back becomes NULL.
#
# One would guess: what was scanned into an `any` can be given to an INSERT as it is, and the copy equals the row.
#
# What happens: a blob of no bytes is scanned into an `any` as a []byte that is nil, and a nil []byte is written as NULL. So a
# copy of rows by `SELECT *` into `any` and `INSERT … VALUES (?)` changes empty blobs to NULL, and loses the whole row where the
# column is NOT NULL and the failed row is passed over. An empty slice that is not nil is written as an empty blob.
#
# Why it matters: a rescue that copies what can be read of a damaged file row by row takes answers of which nothing came, a
# connection that broke off, for damaged ones, and what was known of the order with them.
#
# Versions: modernc.org/sqlite v1.60.1, Go 1.26.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require modernc.org/sqlite v1.60.1
END
cat >main.go <<'END'
package main

import (
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", ":memory:")
	check(err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec("CREATE TABLE original (b BLOB NOT NULL); CREATE TABLE copy (b BLOB)")
	check(err)
	_, err = db.Exec("INSERT INTO original VALUES (?)", []byte{})
	check(err)
	var value any
	check(db.QueryRow("SELECT b FROM original").Scan(&value))
	bytes, is := value.([]byte)
	fmt.Printf("read: %T, nil %v\n", value, is && bytes == nil)
	_, err = db.Exec("INSERT INTO copy VALUES (?)", value)
	check(err)
	var kind string
	check(db.QueryRow("SELECT typeof(b) FROM copy").Scan(&kind))
	fmt.Println("written back:", kind)
	_, err = db.Exec("INSERT INTO original VALUES (?)", value)
	fmt.Println("into NOT NULL:", err != nil)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
END
go mod tidy >/dev/null 2>&1
saw=$(go run .)
printf '%s\n' "$saw"
[ "$saw" = "$(printf 'read: []uint8, nil true\nwritten back: null\ninto NOT NULL: true')" ] || { echo "this has changed"; exit 1; }
