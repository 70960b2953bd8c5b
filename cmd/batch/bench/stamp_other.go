//go:build !linux

package main

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// stampedConn is a TCP connection that knows when it read last.
type stampedConn struct {
	*net.TCPConn

	mu   sync.Mutex
	last time.Time
}

// stampArrivals does nothing: what is stamped is the reading.
func stampArrivals(_, _ string, _ syscall.RawConn) error { return nil }

func newStampedConn(c *net.TCPConn) (arriving, error) { return &stampedConn{TCPConn: c}, nil }

func (c *stampedConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	at := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = at
	return n, err
}

func (c *stampedConn) arrival() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}
