package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// This file alone says which store the ledger of a workspace is: a file in its folder, or tables on a server
// (ledgers_server.go). Doctor and purge know it too: what they look through and rewrite is the file.

// LedgerAt says where the ledger of a workspace is, as far as a command says it. Addresses may hold a password.
type LedgerAt struct {
	Named      string // by the command; "" is not
	Configured string // by the configuration; "" is not
}

// address is where the ledger of a workspace is on a server, "" for the file in its folder. What the command says
// counts first, then what is there, then the configuration.
func (a LedgerAt) address(dir string) (string, error) {
	file := hasFile(dir)
	switch {
	case a.Named != "" && !strings.HasPrefix(a.Named, "postgres://") && !strings.HasPrefix(a.Named, "postgresql://"):
		return "", UsageError("--ledger (BATCH_LEDGER) wants the address of a database, as postgres://user@host:5432/database; without it the ledger is a file in the workspace")
	case a.Named != "" && file:
		return "", UsageError("the workspace %s has its ledger in %s, and another one is named: what was bought there would be bought again.\n"+
			"  Leave out --ledger (BATCH_LEDGER), or choose another folder with --out", dir, filepath.Join(dir, sqlite.FileName))
	case a.Named != "":
		return a.Named, nil
	case file:
		return "", nil
	case a.Configured != "":
		return a.Configured, nil
	}
	return addressIn(dir)
}

// toBuy is address for a command that buys: a file is no ledger for it where another one is configured.
func (a LedgerAt) toBuy(dir string) (string, error) {
	if a.Configured != "" && hasFile(dir) {
		return "", UsageError("the workspace %s has its ledger in %s, and the configuration names another one: what was bought there would be bought again.\n"+
			"  Choose another folder with --out, or take ledger out of the configuration", dir, filepath.Join(dir, sqlite.FileName))
	}
	return a.address(dir)
}

// openLedger opens the ledger of a workspace for work, and makes one where there is none.
func openLedger(ctx context.Context, dir string, at LedgerAt, o sqlite.Options) (Store, error) {
	address, err := at.toBuy(dir)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return openOnServer(ctx, address, dir, &o)
	}
	return orNone(sqlite.Open(ctx, dir, o))
}

// openLedgerThere opens a ledger that is there for work.
func openLedgerThere(ctx context.Context, dir string, at LedgerAt, o sqlite.Options) (Store, error) {
	address, err := at.address(dir)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return openThereOnServer(ctx, address, dir, &o)
	}
	return orNone(sqlite.OpenExisting(ctx, dir, o))
}

// lookAtLedger opens the ledger of a workspace for looking, also while another process works there.
func lookAtLedger(ctx context.Context, dir string, at LedgerAt, now func() time.Time) (Store, error) {
	address, err := at.address(dir)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return lookOnServer(ctx, address, dir, now)
	}
	return orNone(sqlite.OpenReadOnly(ctx, dir, now))
}

// orNone keeps a pointer to nothing from becoming a store.
func orNone[L Store](l L, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

// hasFile tells whether a workspace has a ledger in its folder; what stands in its place counts as one, and is named when it is opened.
func hasFile(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, sqlite.FileName))
	return !errors.Is(err, fs.ErrNotExist)
}

// hasLedger tells whether a workspace has a ledger.
func hasLedger(ctx context.Context, dir string, at LedgerAt) (bool, error) {
	address, err := at.address(dir)
	if err != nil || address == "" {
		return hasFile(dir), err
	}
	return isOnServer(ctx, address)
}

// checkMissing refuses a workspace whose ledger was there and is not, or of which that cannot be said.
func checkMissing(dir string, at LedgerAt) error {
	if address, err := at.address(dir); err != nil || address != "" {
		return err // a server is asked itself
	}
	return sqlite.CheckMissing(dir)
}

// checkMoved refuses a ledger on a server for a workspace that had one in its folder, and has it no more.
func checkMoved(dir string) error {
	if m, ok := sqlite.ReadWatermark(dir); ok && m.Bought() {
		return UsageError("the ledger %s is gone, and lookups were bought here; another ledger is named, with which they would be bought again.\n"+
			"  Put it back, or choose another folder with --out", filepath.Join(dir, sqlite.FileName))
	}
	return nil
}

// checkHeard refuses a ledger on a server that has never heard of a run whose outputs are in the workspace.
func checkHeard(ctx context.Context, dir string, l Store) error {
	runs, err := l.Runs(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, r := range runs {
		known[r.ID] = true
	}
	unknown, err := sqlite.UnknownOutputs(dir, known)
	if err != nil || len(unknown) == 0 {
		return err
	}
	return UsageError("the ledger has never heard of %s, whose outputs are in %s: it is another one, or the database was restored to an older state, and what was bought since would be bought again.\n"+
		"  Name the ledger that it is of, restore a newer state, or put that folder of outputs elsewhere", unknown[0].Words(), runDir(dir, ""))
}
