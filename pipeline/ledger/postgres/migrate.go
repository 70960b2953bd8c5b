package postgres

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
)

//go:embed migrations/*.sql
var scripts embed.FS

// migration is a script that brings the schema one version further.
type migration struct {
	name, text, digest string
}

func migrations() ([]migration, error) {
	names, err := fs.Glob(scripts, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	out := make([]migration, len(names))
	for i, name := range names {
		text, err := scripts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		digest := sha256.Sum256(text)
		out[i] = migration{strings.TrimSuffix(path.Base(name), ".sql"), string(text), hex.EncodeToString(digest[:])}
	}
	return out, nil
}

const createMigrations = `CREATE TABLE batch_migrations (
	n          int    PRIMARY KEY,
	name       text   NOT NULL,
	digest     text   NOT NULL, -- SHA-256 of the script
	applied_at bigint NOT NULL
)`

// found is what is in a schema before it is used.
type found struct {
	schema           string
	tables, ours     int64
	acting, fleeting int64 // triggers, rules and views; tables that do not outlive a crash
	digests          []string
}

const selectFound = `SELECT COALESCE(current_schema(), ''),
	(SELECT COUNT(*) FROM pg_class c WHERE c.relnamespace=n.oid AND c.relkind IN ('r', 'p')),
	(SELECT COUNT(*) FROM pg_class c WHERE c.relnamespace=n.oid AND c.relkind='r' AND c.relname='batch_migrations'),
	(SELECT COUNT(*) FROM pg_class c WHERE c.relnamespace=n.oid AND (c.relkind IN ('v', 'm') OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid=c.oid AND NOT t.tgisinternal)
		OR c.relkind='r' AND EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class=c.oid))),
	(SELECT COUNT(*) FROM pg_class c WHERE c.relnamespace=n.oid AND c.relkind='r' AND c.relpersistence <> 'p')
	FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname=current_schema()`

func lookAround(s *session) (f found, err error) {
	if err := s.one([]any{&f.schema, &f.tables, &f.ours, &f.acting, &f.fleeting}, selectFound); err != nil {
		return f, err
	}
	if f.ours > 0 {
		f.digests, err = collectIn(s, scanText, "SELECT digest FROM batch_migrations ORDER BY n")
	}
	return f, err
}

// check refuses a schema that is not a ledger which this version can use, before anything is written to it.
func (f *found) check(all []migration) error {
	for i, d := range f.digests {
		if i < len(all) && d != all[i].digest {
			return &ledger.UserError{Problem: fmt.Sprintf("the schema %s was made by another batch: its version %d is another one", f.schema, i+1), Hint: "use the version that made it, or another schema"}
		}
	}
	switch {
	case f.schema == "":
		return &ledger.UserError{Problem: "the database has no schema for the ledger", Hint: "make the one that search_path names (CREATE SCHEMA), or take search_path out of the address"}
	case f.ours == 0 && f.tables > 0:
		return &ledger.UserError{Problem: fmt.Sprintf("the schema %s holds tables of another program", f.schema), Hint: "give the ledger a database or a schema of its own (search_path=NAME in the address)"}
	case len(f.digests) > len(all):
		return &ledger.UserError{Problem: fmt.Sprintf("the ledger was written by a newer batch (version %d, this one knows %d)", len(f.digests), len(all)), Hint: "use that version"}
	case f.acting > 0: // they could undo what is written down before a call
		return &ledger.UserError{Problem: fmt.Sprintf("the schema %s has triggers, rules or views, and batch makes none", f.schema), Hint: "somebody has changed the ledger; nothing is done with it until they are gone"}
	case f.fleeting > 0:
		return &ledger.UserError{Problem: fmt.Sprintf("tables of the schema %s are emptied when the server crashes", f.schema), Hint: "ALTER TABLE … SET LOGGED"}
	}
	return nil
}

// migrate runs the scripts that the schema has not seen, each in a transaction of its own.
func migrate(s *session, now time.Time) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	f, err := lookAround(s)
	if err != nil {
		return err
	}
	if err := f.check(all); err != nil {
		return err
	}
	for n := len(f.digests); n < len(all); n++ {
		if err := apply(s, n, &all[n], now); err != nil {
			return fmt.Errorf("bring the ledger to version %d: %w", n+1, err)
		}
	}
	return nil
}

func apply(s *session, n int, m *migration, now time.Time) error {
	ctx, cancel := s.limited()
	defer cancel()
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if n == 0 {
			if _, err := tx.Exec(ctx, createMigrations); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, m.text); err != nil { // several statements: they go as they are
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO batch_migrations (n, name, digest, applied_at) VALUES ($1, $2, $3, $4)", n+1, m.name, m.digest, now.UnixMicro())
		return err
	})
}
