package main

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// arriving is a connection that says when what was read of it last arrived.
type arriving interface {
	net.Conn
	arrival() time.Time
}

// arrivals accepts connections that know when something arrives.
type arrivals struct{ net.Listener }

func (l arrivals) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c, nil
	}
	return newStampedConn(tcp)
}

// judged accepts connections whose requests are judged at their first byte.
type judged struct {
	net.Listener
	judge *judge
}

func (l *judged) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &judgedConn{Conn: c, below: below(c), judge: l.judge}, nil
}

// below is the connection that knows of arrivals.
func below(c net.Conn) arriving {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	a, _ := c.(arriving)
	return a
}

// judgedConn has a request judged when the first byte of it is read, above TLS,
// for the moment at which it came. Requests come one after the other.
type judgedConn struct {
	net.Conn
	below arriving // nil: none that knows
	judge *judge

	mu       sync.Mutex
	known    bool // the present request was judged
	at       time.Time
	admitted bool
}

func (c *judgedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n == 0 {
		return n, err
	}
	at := time.Now()
	if c.below != nil {
		at = c.below.arrival()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known {
		c.known, c.at, c.admitted = true, at, c.judge.admit(at)
	}
	return n, err
}

// verdict is that on the present request.
func (c *judgedConn) verdict() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at, c.admitted
}

// next says that the present request is answered: what is read now is another.
func (c *judgedConn) next() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = false
}

type judgedKey struct{}

func withJudged(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, judgedKey{}, c)
}
