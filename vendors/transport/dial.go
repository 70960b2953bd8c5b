package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// conn counts the writes of a connection, above TLS: what is counted is the
// request itself, not handshakes or alerts.
type conn struct {
	net.Conn
	writes atomic.Int64
}

// Write counts before it writes: a write that fails may have got through.
func (c *conn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// dialer opens counted connections. net/http lets a dial outlive the request
// that wanted it, so the dialer keeps its own time.
type dialer struct {
	dial     DialFunc
	timeout  time.Duration
	security *tls.Config
}

func (d *dialer) plain(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	raw, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: raw}, nil
}

func (d *dialer) secure(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("reading the address to dial: %w", err)
	}
	raw, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return d.shake(ctx, raw, host)
}

func (d *dialer) shake(ctx context.Context, raw net.Conn, host string) (net.Conn, error) {
	security := d.security.Clone()
	security.ServerName = host
	secured := tls.Client(raw, security)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, &handshakeError{err}
	}
	return &conn{Conn: secured}, nil
}
