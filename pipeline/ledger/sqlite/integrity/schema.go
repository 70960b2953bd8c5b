package integrity

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// header checks what SQLite believes of a file without checking: that it may be written, and that
// it has no pointer map of its pages.
func (l *looker) header() error {
	var head []byte
	if err := l.conn.QueryRowContext(l.ctx, "SELECT data FROM sqlite_dbpage WHERE pgno=1").Scan(&head); err != nil {
		return err
	}
	if len(head) < 100 || head[18] > 2 || head[19] > 2 || head[52]|head[53]|head[54]|head[55] != 0 {
		l.unusable("the file is damaged: its first bytes say what no ledger says")
	}
	return nil
}

// schema compares the tables with those that the scripts make: a changed letter in a CHECK would
// let through what it must not.
func (l *looker) schema() error {
	is, err := SchemaSum(l.ctx, l.conn)
	if err != nil {
		return err
	}
	should, err := sumOf(l.version)
	if err != nil {
		return err
	}
	if is != should {
		l.unusable("its tables are not those of version %d", l.version)
	}
	return nil
}

// schemas are the digests of the tables of each version, a line for each: making the
// tables to look at them takes too long.
//
//go:embed schemas.txt
var schemas string

// Versions is how many versions of the tables this program knows: 1 is the first.
func Versions() int { return len(strings.Fields(schemas)) }

// sumOf is the digest of a version's tables.
func sumOf(v int) (string, error) {
	if v < 1 || v > Versions() {
		return "", fmt.Errorf("the tables of version %d are not known", v)
	}
	return strings.Fields(schemas)[v-1], nil
}

// Misnumbered tells whether a file has an unknown version but tables that this program knows: then
// the version number is damaged.
func Misnumbered(ctx context.Context, db Querier, v int) (bool, error) {
	if v > 0 && v <= Versions() {
		return false, nil
	}
	is, err := SchemaSum(ctx, db)
	if err != nil {
		return false, err
	}
	should, err := sumOf(Versions())
	return is == should, err
}

// Early tells whether a file has the tables from before the first version, when a single lookup
// went from vendor to vendor.
func Early(ctx context.Context, db Querier) (early bool, err error) {
	rows, err := db.QueryContext(ctx, "SELECT 1 FROM pragma_table_info('lookups') WHERE name='step'")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return rows.Next(), rows.Err()
}

// SchemaSum is the digest of a file's tables; "" of one that has none.
func SchemaSum(ctx context.Context, db Querier) (string, error) {
	all, err := schemaIn(ctx, db)
	if err != nil || len(all) == 0 {
		return "", err
	}
	slices.Sort(all)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(all, "\n")))), nil
}

var (
	sqlComment = regexp.MustCompile(`--[^\n]*`)
	sqlSpace   = regexp.MustCompile(`\s+`)
)

// schemaIn is what a file says that its tables and indexes are, without remarks
// and spaces.
func schemaIn(ctx context.Context, db Querier) (out []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var kind, name, table, text sql.NullString
		if err := rows.Scan(&kind, &name, &table, &text); err != nil {
			return nil, err
		}
		text.String = sqlSpace.ReplaceAllString(sqlComment.ReplaceAllString(text.String, ""), "")
		out = append(out, strings.Join([]string{kind.String, name.String, table.String, text.String}, " "))
	}
	return out, rows.Err()
}
