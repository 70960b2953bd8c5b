//go:build postgres

// These tests need a server: .ci/postgres starts one, and names it.

package main

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"vehiclebatch/pipeline/ledger/postgres/servertest"
)

// opensServers tells whether this build opens ledgers in PostgreSQL.
const opensServers = true

// Every command works with a ledger in PostgreSQL. Each script has a database of its own, whose address is in
// BATCH_LEDGER.
func TestScriptsOnServer(t *testing.T) {
	t.Parallel()
	p := scriptParams("testdata/server")
	p.Setup = func(env *testscript.Env) error {
		address, err := servertest.Database()
		if err != nil {
			return err
		}
		env.Setenv("BATCH_LEDGER", withPassword(address))
		env.Setenv("DATABASE", address)
		env.Defer(func() { _ = servertest.Drop(address) }) // the server goes with the tests
		return errors.Join(setUpScript(env))
	}
	p.Cmds["sql"] = cmdSQL
	p.Cmds["away"] = cmdAway
	p.Cmds["back"] = cmdBack
	p.Cmds["snapshot"] = cmdSnapshot
	p.Cmds["restore"] = cmdRestore
	testscript.Run(t, p)
}

// withPassword is an address with a password that must not be seen again, and little patience.
func withPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.User = url.UserPassword("postgres", "s3cr3t-word")
	q := u.Query()
	q.Set("outage", "1s")
	u.RawQuery = q.Encode()
	return u.String()
}

// cmdSQL changes the database behind the back of batch: sql 'UPDATE lookups SET ...'.
func cmdSQL(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(servertest.Do(ts.Getenv("DATABASE"), strings.Join(args, " ")))
}

// cmdAway makes the database one that nobody can reach; cmdBack ends that.
func cmdAway(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(servertest.Away(ts.Getenv("DATABASE")))
}

func cmdBack(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(servertest.Back(ts.Getenv("DATABASE")))
}

// cmdSnapshot keeps the database as it is, and cmdRestore puts that back, as from a backup.
func cmdSnapshot(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(servertest.Snapshot(ts.Getenv("DATABASE")))
}

func cmdRestore(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(servertest.Restore(ts.Getenv("DATABASE")))
}
