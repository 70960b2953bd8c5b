package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"vehiclebatch/vendors"
)

const (
	defaultTimeout  = 30 * time.Second
	defaultInFlight = 16
	// DefaultMaxBody is the most bytes that a body may have where Options do not say.
	DefaultMaxBody = 8 << 20
	maxHeaderBytes = 64 << 10
	// idleTimeout is shorter than the 60 to 75 seconds after which common
	// servers hang up: a request on a connection that the server is closing
	// at that moment is one whose outcome nobody knows.
	idleTimeout = 45 * time.Second
)

// DialFunc opens a connection, as [net.Dialer.DialContext] does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Options are what a Client is made of. The zero value is usable.
type Options struct {
	// Timeout is the time for a whole exchange: connecting, sending, waiting
	// and reading the body. Where a turn is waited for, it is the time for
	// connecting and again for what comes after the turn. 0 is 30 s.
	Timeout time.Duration
	// InFlight is how many calls run at once: so many idle connections a
	// host are kept. It limits nothing. 0 is 16.
	InFlight int
	// MaxBody is the most bytes that a body may have, both as sent and
	// decompressed. 0 is 8 MiB.
	MaxBody int64
	// Dial opens connections, to vendors and proxies; nil is the network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxies stand between here and the vendors; nil calls directly.
	Proxies *Proxies
	// Now is the present moment, for a Retry-After that names one in an answer
	// without a Date, and for Response.Received; nil leaves both unread.
	Now func() time.Time
}

// Client sends requests to one or several hosts over HTTP/1.1 with
// kept-alive connections. TLS is always verified, 1.2 at least. It is safe
// for concurrent use.
type Client struct {
	transport *http.Transport
	timeout   time.Duration
	now       func() time.Time // nil: unknown
	bodies    *bodies
}

// New returns a Client. Close it when no call runs any more.
func New(o Options) *Client { return newClient(o, &tls.Config{}) }

func newClient(o Options, security *tls.Config) *Client {
	o = withDefaults(o)
	security = security.Clone()
	security.MinVersion = max(security.MinVersion, tls.VersionTLS12)
	security.NextProtos = []string{"http/1.1"}
	security.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	d := &dialer{dial: o.Proxies.through(o.Dial, security, o.Timeout), timeout: o.Timeout, security: security}
	return &Client{timeout: o.Timeout, now: o.Now, bodies: newBodies(o.MaxBody), transport: &http.Transport{
		DialContext:            d.plain,
		DialTLSContext:         d.secure,
		MaxIdleConnsPerHost:    o.InFlight,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true, // body.go caps what gzip unfolds to
		Protocols:              onlyHTTP1(),
	}}
}

func withDefaults(o Options) Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.InFlight <= 0 {
		o.InFlight = defaultInFlight
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: o.Timeout, KeepAlive: 15 * time.Second}).DialContext
	}
	return o
}

// onlyHTTP1 keeps HTTP/2 away: its transport repeats requests on its own.
func onlyHTTP1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

// Do sends the request once and reads the whole answer. It changes and
// consumes req; its context cancels the exchange. It is safe for concurrent
// use.
//
// The turn is taken where the first bytes are written. The time-out does not
// run while it is waited for, and begins anew with it.
//
// The returned Body belongs to the caller. With Err set it holds what
// arrived before the trouble (only the first 4 KiB of a body that is too
// long), and Status what the head said. A redirect is an answer like any
// other. An answer in an encoding other than gzip is handed back as it came.
//
// NeverSent is true only when it is certain that no byte of the request left:
// no connection was got, or nothing was written to the one that was. What
// comes before the request was written is no answer to it.
//
// The text of Err never holds a URL, a query or bytes of the vendor.
func (c *Client) Do(req *http.Request, turn vendors.Turn) vendors.Response {
	x := newExchange(req.Context(), c.timeout, turn)
	defer x.end()
	resp, err := c.transport.RoundTrip(onceOnly(x.trace(), req))
	if err != nil {
		return x.failed(c.explain(x.limit(), err))
	}
	if x.abandon() {
		x.cancel()
		_ = resp.Body.Close()
		return x.failed(&failure{text: "the connection ended before the request was written"})
	}
	body, err := c.bodies.read(resp)
	out := vendors.Response{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, c.now), Date: dateOf(resp.Header), Received: c.moment(), Head: vendors.HeadOf(resp.Header), Body: body}
	if err != nil {
		out.Err = c.explain(x.limit(), err)
	}
	return out
}

// moment is the present one, zero without a clock.
func (c *Client) moment() time.Time {
	if c.now == nil {
		return time.Time{}
	}
	return c.now()
}

// Close closes the idle connections. Calls that still run are not disturbed.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
