//go:build postgres

package app

import (
	"context"
	"errors"
	"time"

	"vehiclebatch/pipeline/ledger/postgres"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// addressIn is the address of the ledger of a workspace that has worked with one on a server, "" for others.
func addressIn(dir string) (string, error) { return postgres.AddressIn(dir) }

func openOnServer(ctx context.Context, address, dir string, o *sqlite.Options) (Store, error) {
	if err := checkMoved(dir); err != nil {
		return nil, err
	}
	l, err := orNone(postgres.Open(ctx, address, onServer(dir, o)))
	return heard(ctx, dir, l, err)
}

func openThereOnServer(ctx context.Context, address, dir string, o *sqlite.Options) (Store, error) {
	l, err := orNone(postgres.OpenExisting(ctx, address, onServer(dir, o)))
	return heard(ctx, dir, l, err)
}

func heard(ctx context.Context, dir string, l Store, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	if err := checkHeard(ctx, dir, l); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func lookOnServer(ctx context.Context, address, dir string, now func() time.Time) (Store, error) {
	return orNone(postgres.OpenReadOnly(ctx, address, postgres.Options{Now: now, Dir: dir, Command: "batch"}))
}

// isOnServer tells whether there is a ledger at an address.
func isOnServer(ctx context.Context, address string) (bool, error) {
	return postgres.IsThere(ctx, address, postgres.Options{Command: "batch"})
}

// onServer are the same options for a ledger on a server.
func onServer(dir string, o *sqlite.Options) postgres.Options {
	return postgres.Options{Now: o.Now, Simulated: o.Simulated, Command: o.Command, Dir: dir}
}
