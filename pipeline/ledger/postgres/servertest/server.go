// Package servertest gives tests ledgers on the PostgreSQL server that the flag -postgres names, as .ci/postgres starts
// one. Tests alone import it.
package servertest

import (
	"context"
	"errors"
	"flag"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger/postgres"
)

var server = flag.String("postgres", "", "the address of a database on a server for tests; .ci/postgres starts one")

// Address makes a schema for a ledger and returns the address of that.
func Address(t testing.TB) string {
	t.Helper()
	if *server == "" {
		t.Fatal("name a server with -args -postgres=ADDRESS, or run .ci/postgres")
	}
	name := "ledger_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	Exec(t, *server, "CREATE SCHEMA "+name)
	address, err := url.Parse(*server)
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	q.Set("search_path", name)
	address.RawQuery = q.Encode()
	return address.String()
}

// Exec changes a database behind the back of a ledger.
func Exec(t testing.TB, address, text string, args ...any) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // it has done what it was for
	if _, err := conn.Exec(ctx, text, args...); err != nil {
		t.Fatal(err)
	}
}

// Open opens the ledger at an address; it is closed with the test.
func Open(t *testing.T, address string, now func() time.Time) *postgres.Ledger {
	t.Helper()
	l, err := postgres.Open(context.Background(), address, postgres.Options{Now: now, Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// Do changes a database.
func Do(address string, texts ...string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if _, err = conn.Exec(ctx, text); err != nil {
			break
		}
	}
	return errors.Join(err, conn.Close(ctx))
}

// Database makes a database of its own, and returns its address.
func Database() (string, error) {
	if *server == "" {
		return "", errors.New("name a server with -args -postgres=ADDRESS, or run .ci/postgres")
	}
	address, err := url.Parse(*server)
	if err != nil {
		return "", err
	}
	address.Path = "/batch_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	return address.String(), Do(*server, "CREATE DATABASE "+nameOf(address.String()))
}

func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

func turnOut(name string) string {
	return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='" + name + "'"
}

// Drop ends a database.
func Drop(address string) error {
	return Do(*server, "DROP DATABASE IF EXISTS "+nameOf(address)+" WITH (FORCE)", "DROP DATABASE IF EXISTS "+nameOf(address)+"_old")
}

// Away makes a database one that nobody can reach.
func Away(address string) error {
	name := nameOf(address)
	return Do(*server, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false", turnOut(name))
}

// Back ends that.
func Back(address string) error {
	return Do(*server, "ALTER DATABASE "+nameOf(address)+" ALLOW_CONNECTIONS true")
}

// Snapshot keeps a database as it is.
func Snapshot(address string) error {
	name := nameOf(address)
	return Do(*server, turnOut(name), "CREATE DATABASE "+name+"_old TEMPLATE "+name)
}

// Restore puts back what Snapshot has kept.
func Restore(address string) error {
	name := nameOf(address)
	return Do(*server, "DROP DATABASE "+name+" WITH (FORCE)", "ALTER DATABASE "+name+"_old RENAME TO "+name)
}
