package simtest

import (
	"context"
	"errors"
	"net"
	"sync"
)

// wire is a network in memory. Its listener belongs to the vendors.
type wire struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	down bool // nobody answers the door: connections are refused
}

var errRefused = errors.New("connection refused")

func newWire() *wire { return &wire{calls: make(chan net.Conn), closed: make(chan struct{})} }

func (w *wire) setDown(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

func (w *wire) isDown() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.down
}

// Accept is part of net.Listener.
func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

// Close is part of net.Listener.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

// Addr is part of net.Listener.
func (w *wire) Addr() net.Addr { return &net.UnixAddr{Name: "wire", Net: "pipe"} }

// line is one life's side of the wire: it hangs up everything at once.
type line struct {
	wire    *wire
	weather *weather

	mu    sync.Mutex
	conns []net.Conn
	cut   bool
}

func (l *line) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if l.wire.isDown() || l.weather.refuses() {
		return nil, errRefused
	}
	near, far := net.Pipe()
	select {
	case l.wire.calls <- far:
	case <-l.wire.closed:
		return nil, errRefused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, near)
	if l.cut {
		_ = near.Close()
	}
	return near, nil
}

func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for _, c := range l.conns {
		_ = c.Close()
	}
}

// drop breaks the connections that there are.
func (l *line) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}
