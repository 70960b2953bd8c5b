package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/proxy"
)

// tunnel opens connections through a proxy. net/http could as well, but it would
// shake hands with the vendor above our connection: then nobody could tell the
// request's first byte from a handshake's, and a call that was never sent from one
// that was. Nothing of a request is written before a tunnel stands.
type tunnel struct {
	dial     DialFunc // to the proxy
	proxies  *Proxies
	security *tls.Config   // towards a proxy that is spoken to by https
	patience time.Duration // less than the call's own, so that it is known who kept it waiting
}

// through returns a dial that goes by way of the proxies where they stand in.
func (p *Proxies) through(dial DialFunc, security *tls.Config, timeout time.Duration) DialFunc {
	if p == nil {
		return dial
	}
	t := &tunnel{dial: dial, proxies: p, security: security, patience: timeout - timeout/10}
	return t.open
}

// open opens a connection to addr, HOST:PORT.
func (t *tunnel) open(ctx context.Context, network, addr string) (net.Conn, error) {
	if via, _ := t.proxies.For(&url.URL{Scheme: "https", Host: addr}); via == "" {
		return t.dial(ctx, network, addr)
	}
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	conn, err := t.reach(ctx, network)
	if err != nil {
		return nil, t.failed(ctx, "cannot be reached", err)
	}
	through, err := t.ask(ctx, conn, addr)
	if err != nil {
		_ = conn.Close()
		return nil, t.failed(ctx, verb(err)+" the connection to "+addr, err)
	}
	return through, nil
}

// reach opens a connection to the proxy.
func (t *tunnel) reach(ctx context.Context, network string) (net.Conn, error) {
	address := t.proxies.address
	conn, err := t.dial(ctx, network, address.Host)
	if err != nil || address.Scheme != "https" {
		return conn, err
	}
	security := t.security.Clone()
	security.ServerName = address.Hostname()
	secured := tls.Client(conn, security)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &handshakeError{err}
	}
	return secured, nil
}

// ask asks the proxy for a connection to addr.
func (t *tunnel) ask(ctx context.Context, conn net.Conn, addr string) (net.Conn, error) {
	if strings.HasPrefix(t.proxies.address.Scheme, "socks") {
		return t.socks(ctx, conn, addr)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err := t.connect(ctx, conn, addr)
	if !stop() {
		return nil, ctx.Err()
	}
	return conn, err
}

// connect is HTTP's CONNECT. The answer is read ahead of what comes after it, but
// nothing does: in TLS the one who was called waits to be spoken to.
func (t *tunnel) connect(ctx context.Context, conn net.Conn, addr string) error {
	req := (&http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{"User-Agent": {""}}}).WithContext(ctx)
	if user := t.proxies.address.User; user != nil {
		password, _ := user.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxHeaderBytes)), req) //nolint:bodyclose // closing would read it to its end; the connection goes
	if err != nil {
		return &strangeError{err}
	}
	if resp.StatusCode/100 != 2 {
		return refusal(resp.StatusCode)
	}
	return nil
}

// refusal is the status with which a proxy refuses.
type refusal int

func (r refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", int(r), http.StatusText(int(r))))
}

// strangeError is an answer to CONNECT that is none.
type strangeError struct{ err error }

func (e *strangeError) Error() string { return "it does not answer in HTTP" }
func (e *strangeError) Unwrap() error { return e.err }

// socks is SOCKS version 5 (RFC 1928, 1929). Names are left to the proxy.
func (t *tunnel) socks(ctx context.Context, conn net.Conn, addr string) (net.Conn, error) {
	var auth *proxy.Auth
	if user := t.proxies.address.User; user != nil {
		password, _ := user.Password()
		auth = &proxy.Auth{User: user.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", t.proxies.address.Host, auth, already{conn})
	if err != nil {
		return nil, err
	}
	through, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
	var op *net.OpError
	if errors.As(err, &op) && strings.HasPrefix(op.Op, "socks") {
		return nil, &socksError{op.Err}
	}
	return through, err
}

// already is a dialer whose connection is open.
type already struct{ net.Conn }

func (a already) Dial(string, string) (net.Conn, error) { return a.Conn, nil }
func (a already) DialContext(context.Context, string, string) (net.Conn, error) {
	return a.Conn, nil
}

// socksError is what went wrong in SOCKS. The library's words are its own: they
// quote nothing.
type socksError struct{ err error }

func (e *socksError) Error() string { return strings.TrimPrefix(e.err.Error(), "unknown error ") }
func (e *socksError) Unwrap() error { return e.err }

// verb says what a proxy did with the wish for a connection.
func verb(err error) string {
	var status refusal
	var socks *socksError
	if errors.As(err, &status) || errors.As(err, &socks) && !isEnd(err) && !isTimeout(err) {
		return "refused"
	}
	return "did not open"
}

// failed says what went wrong at the proxy, and what to look at.
func (t *tunnel) failed(ctx context.Context, what string, err error) error {
	return &proxyError{fmt.Sprintf("the proxy %s %s: %s (%s)", t.proxies.address.Host, what, t.said(ctx, err), t.hint(err))}
}

func (t *tunnel) said(ctx context.Context, err error) string {
	var strange *strangeError
	var system syscall.Errno
	switch {
	case ctx.Err() != nil || isTimeout(err):
		return fmt.Sprintf("no answer within %s", t.patience)
	case isEnd(err):
		return "it hung up"
	case errors.As(err, &strange) && !errors.As(err, &system):
		return strange.Error()
	}
	return inWords(err)
}

// hint says what can be done.
func (t *tunnel) hint(err error) string {
	var status refusal
	var strange *strangeError
	refused := errors.As(err, &status)
	switch {
	case status == http.StatusProxyAuthRequired:
		return "check the user name and password in " + t.proxies.variable
	case status == http.StatusBadRequest, errors.As(err, &strange) && !isTimeout(err):
		return "check " + t.proxies.variable + ": it may want https:// or socks5://"
	case status >= http.StatusInternalServerError:
		return "it does not get through itself: check base_url, or go round it with NO_PROXY"
	case refused:
		return "have the host allowed there, or go round it with NO_PROXY"
	}
	return "check " + t.proxies.variable
}

// proxyError is what a proxy did. Its text is safe to store.
type proxyError struct{ text string }

func (e *proxyError) Error() string { return e.text }
