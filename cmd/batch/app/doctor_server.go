//go:build postgres

package app

import (
	"context"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/ledger/postgres"
	"vehiclebatch/pipeline/record"
)

// server looks at a ledger on a server, and at what is around its workspace.
func (d *doctor) server(ctx context.Context, address string) error {
	if d.Rescue {
		return UsageError("a rescue saves what can be read of a ledger in a file, and this one is in PostgreSQL: restore a backup of the database (pg_dump, pg_basebackup with the log), " +
			"and let `batch doctor` look at it then; nothing was changed")
	}
	o := postgres.Options{Now: d.Clock.Now, Dir: d.Dir, Command: "batch doctor"}
	e, err := postgres.Examine(ctx, address, o)
	if err != nil {
		return err
	}
	d.saySeen(&e)
	if err := d.serverLeft(ctx, address); err != nil {
		return err
	}
	for _, look := range []func() error{d.links, d.leftovers, d.space} {
		if err := look(); err != nil {
			return err
		}
	}
	switch {
	case len(e.Damaged) > 0:
		return &CodeError{Code: ExitUnexpected, Err: errors.New("rows of the ledger are not what was written down: somebody has changed them, or the server's disk has. Restore a backup that is newer than the last run")}
	case e.Stale != "" && d.Accept:
		return d.takeOnServer(ctx, address, o)
	case e.Stale != "":
		return &CodeError{Code: ExitUnexpected, Err: fmt.Errorf("nothing is bought with this ledger.\n"+
			"  If there is a newer state of the database, restore that.\n"+
			"  Only if you know that nothing was bought after this one: batch doctor --out %s --accept", d.Dir)}
	case d.failures > 0:
		return &CodeError{Code: ExitUnexpected, Err: errors.New("the workspace cannot be worked in until that is put right")}
	}
	return nil
}

// saySeen says what was seen of the tables.
func (d *doctor) saySeen(e *postgres.Examination) {
	d.say("", "%s: schema %s, PostgreSQL %s", e.Address, e.Schema, e.Server)
	if e.Holder != "" {
		d.say("odd", "in use by %s: what is under way may look unfinished", e.Holder)
	}
	for _, what := range e.Damaged {
		d.say("WRONG", "%s", what)
	}
	if e.Stale != "" {
		d.say("WRONG", "the ledger %s", e.Stale)
	}
	if len(e.Damaged) == 0 {
		d.say("ok", "%s with %s and %s, %s charged: every row is what was written down", record.Counted(e.Runs, "run"), record.Counted(e.Lookups, "lookup"), record.Counted(e.Answers, "answer"), e.Charged.Yuan())
	}
	if e.Checksums != "on" {
		d.say("odd", "the server keeps no checksums of its pages (data_checksums): pg_checksums --enable adds them")
	}
}

func (d *doctor) serverLeft(ctx context.Context, address string) error {
	l, err := postgres.OpenReadOnly(ctx, address, postgres.Options{Now: d.Clock.Now, Command: "batch doctor"})
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	return d.sayHalts(ctx, l)
}

// takeOnServer accepts the ledger as the newest, once the user has said yes.
func (d *doctor) takeOnServer(ctx context.Context, address string, o postgres.Options) error {
	if !d.Watch.Consents("Whatever was bought after this state of the ledger is not in it, and would be bought again.") {
		return UsageError("nothing was changed: say --yes, or type yes, to go on with this ledger")
	}
	o.Accept, o.Command = true, "batch doctor --accept"
	l, err := postgres.OpenExisting(ctx, address, o)
	if err != nil {
		return fmt.Errorf("accept the ledger: %w", err)
	}
	if err := l.Close(); err != nil {
		return fmt.Errorf("accept the ledger: %w", err)
	}
	d.say("ok", "the ledger is taken for the newest")
	return nil
}
