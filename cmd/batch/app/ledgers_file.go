//go:build !postgres

package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// witnessName is the file of a workspace whose ledger is on a server, as package postgres writes it.
const witnessName = "ledger.postgres"

// elsewhere stands for the address of a ledger that this build does not open.
const elsewhere = "postgres:"

// errNoServer is what this build says of a ledger on a server.
var errNoServer = UsageError("this build of batch keeps its ledgers in files and opens none in PostgreSQL: `go build -tags postgres ./cmd/batch` makes the one that does (docs/scaling.md)")

// addressIn tells of a workspace that its ledger is on a server, "" for others.
func addressIn(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, witnessName)); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return elsewhere, nil
}

func openOnServer(context.Context, string, string, *sqlite.Options) (Store, error) {
	return nil, errNoServer
}

func openThereOnServer(context.Context, string, string, *sqlite.Options) (Store, error) {
	return nil, errNoServer
}

func lookOnServer(context.Context, string, string, func() time.Time) (Store, error) {
	return nil, errNoServer
}

func isOnServer(context.Context, string) (bool, error) { return false, errNoServer }

func (d *doctor) server(context.Context, string) error { return errNoServer }
