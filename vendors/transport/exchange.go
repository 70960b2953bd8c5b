package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync"
	"time"

	"vehiclebatch/vendors"
)

// errWithdrawn says that a request may no longer be written.
var errWithdrawn = errors.New("the call was given up before its turn")

// exchange follows one request from connection to connection, and to its turn.
// gotConn runs on the goroutine that called RoundTrip, begin and sent on the
// one that writes, withdraw on any.
type exchange struct {
	caller   context.Context // of the request
	ctx      context.Context // of the exchange: ends with any of caller, limit, cancel
	cancel   context.CancelFunc
	timeout  time.Duration
	turn     vendors.Turn    // nil: none
	waiting  context.Context // of the turn: ends with ctx, or when the connection is closed
	withdraw context.CancelFunc

	mu        sync.Mutex // guards what follows
	limited   context.Context
	release   func() // lets limited go
	begun     bool   // the first write may have happened
	abandoned bool   // it may not happen any more
	refusal   error  // the turn's

	// These belong to the goroutine that called RoundTrip.
	got    int   // connections handed to the request
	conn   *conn // the first of them, nil when its writes cannot be counted
	before int64 // its writes until then
}

func newExchange(caller context.Context, timeout time.Duration, turn vendors.Turn) *exchange {
	x := &exchange{caller: caller, timeout: timeout, turn: turn}
	x.ctx, x.cancel = context.WithCancel(caller)
	x.waiting, x.withdraw = context.WithCancel(x.ctx)
	x.startClock()
	return x
}

func (x *exchange) end() {
	x.cancel()
	x.withdraw()
	x.stopClock()
}

// startClock lets the exchange end after its time-out.
func (x *exchange) startClock() {
	limited, cancel := context.WithTimeout(x.caller, x.timeout)
	stop := context.AfterFunc(limited, x.cancel)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.limited, x.release = limited, func() { stop(); cancel() }
}

// stopClock stops the time-out. What the context said until then is kept.
func (x *exchange) stopClock() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.limited.Err() == nil {
		x.limited = x.caller
	}
	x.release()
}

// limit is the context that says why an exchange ended: by its time or by its caller.
func (x *exchange) limit() context.Context {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.limited
}

func (x *exchange) trace() context.Context {
	return httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{GotConn: x.gotConn})
}

func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.got++
	c, ours := info.Conn.(*conn)
	if x.got > 1 || !ours {
		x.cancel()
		_ = info.Conn.Close() // nothing can be written to it any more
		return
	}
	x.conn, x.before = c, c.writes.Load()
	c.arm(x)
}

// begin waits for the turn. Without an error the first write follows at once.
func (x *exchange) begin() error {
	err := x.takeTurn()
	x.mu.Lock()
	defer x.mu.Unlock()
	if err == nil && (x.abandoned || x.waiting.Err() != nil) {
		err = errWithdrawn
	}
	if err != nil {
		x.abandoned = true
		return err
	}
	x.begun = true
	return nil
}

func (x *exchange) takeTurn() error {
	if x.turn == nil || x.waiting.Err() != nil {
		return nil
	}
	x.stopClock()
	err := x.turn.Start(x.waiting)
	x.startClock()
	if err != nil && x.waiting.Err() == nil { // else the turn was given up, not refused
		x.mu.Lock()
		x.refusal = err
		x.mu.Unlock()
	}
	return err
}

// sent says that the first write has returned.
func (x *exchange) sent() {
	if x.turn != nil {
		x.turn.Sent()
	}
}

// abandon makes sure that a request that has not begun will not be written, and
// tells whether that is so.
func (x *exchange) abandon() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.begun {
		x.abandoned = true
	}
	return x.abandoned
}

// failed is the response of an exchange without an answer. RoundTrip returns an
// error only after the loop that writes to the connection has ended.
func (x *exchange) failed(err error) vendors.Response {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refusal != nil {
		err = fmt.Errorf("waiting for the call's turn: %w", x.refusal)
	}
	return vendors.Response{Err: err, NeverSent: x.nothingWritten()}
}

// nothingWritten tells, after RoundTrip, whether it is certain that no byte of
// the request left.
func (x *exchange) nothingWritten() bool {
	switch {
	case x.got == 0:
		return true
	case x.got > 1:
		return false
	case x.conn == nil:
		return x.abandoned
	}
	return x.conn.writes.Load() == x.before
}
