package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"vehiclebatch/pipeline/ledger"
)

// pool is the connections that read. A question that a lost connection has left without an answer is asked again: a
// server that is started anew is away for seconds, and a run does not end for that.
type pool struct {
	*pgxpool.Pool
	wait time.Duration // how long a server that is away is tried again
}

// again asks until the server answers, or has been away for too long.
func (p *pool) again(ctx context.Context, ask func(ctx context.Context) error) error {
	away, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil || ctx.Err() != nil || !isLost(err) {
			return err
		}
		pause, end := context.WithTimeout(away, p.wait/100)
		<-pause.Done()
		end()
		if away.Err() != nil {
			return asLost(err)
		}
	}
}

// one reads one row.
func (p *pool) one(ctx context.Context, dest []any, text string, args ...any) error {
	return p.again(ctx, func(ctx context.Context) error { return p.QueryRow(ctx, text, args...).Scan(dest...) })
}

// begin begins to read the ledger as it is at one moment.
func (p *pool) begin(ctx context.Context) (tx pgx.Tx, err error) {
	err = p.again(ctx, func(ctx context.Context) (err error) {
		tx, err = p.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		return err
	})
	return tx, err
}

// isLost tells of an error whether it came of a server that is away or a connection that is gone.
func isLost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// It is shut down, has crashed or is starting, has no room for one more, lets nobody in for now, or has lost us.
		return strings.HasPrefix(pg.Code, "57P0") || strings.HasPrefix(pg.Code, "08") || pg.Code == "53300" || pg.Code == "55000"
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "conn closed")
}

// asLost says of an error that came of a server which is away what to do.
func asLost(err error) error {
	var lost *ledger.LostError
	if err == nil || !isLost(err) || errors.As(err, &lost) {
		return err
	}
	return &ledger.LostError{Err: reason(err)}
}
