package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"time"
)

func discard(t *testing.T) net.Conn {
	t.Helper()
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }()
	t.Cleanup(func() { _ = near.Close(); _ = far.Close() })
	return near
}

func infoOf(c net.Conn) httptrace.GotConnInfo { return httptrace.GotConnInfo{Conn: c} }

func refuse(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no route to the vendor")
}

func hang(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestNeverSentBeforeAConnection(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	tests := map[string]struct {
		ctx context.Context
		o   Options
		url string
	}{
		"refused dial":      {t.Context(), Options{Dial: refuse}, "http://vendor.example/"},
		"refused TLS dial":  {t.Context(), Options{Dial: refuse}, "https://vendor.example/"},
		"time-out dialling": {t.Context(), Options{Dial: hang, Timeout: time.Millisecond}, "http://vendor.example/"},
		"cancelled before":  {stopped, Options{Dial: hang}, "http://vendor.example/"},
		"unknown scheme":    {t.Context(), Options{}, "gopher://vendor.example/"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(tt.o)
			defer c.Close()
			r := c.Do(request(t, tt.ctx, http.MethodPost, tt.url, "a=1"), nil)
			if r.Err == nil || !r.NeverSent || r.Status != 0 {
				t.Errorf("got %+v, want an error that says it was never sent", r)
			}
		})
	}
}

func TestNeverSentWhenTLSFails(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	c := New(Options{})
	defer c.Close()
	r := c.Do(get(t, server.URL), nil)
	if r.Err == nil || !r.NeverSent || called {
		t.Errorf("got %+v, called %v: an unknown certificate must be refused before anything is sent", r, called)
	}
}

func TestVerifiedTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newClient(Options{}, &tls.Config{RootCAs: roots})
	defer c.Close()
	for range 2 {
		if r := c.Do(get(t, server.URL), nil); r.Err != nil || string(r.Body) != "HTTP/1.1" {
			t.Errorf("got %+v, want HTTP/1.1 over a verified connection", r)
		}
	}
}

func TestExchangeCountsWrites(t *testing.T) {
	t.Parallel()
	c := &conn{Conn: discard(t)}
	_, _ = c.Write([]byte("an earlier request"))
	x := newExchange(t.Context(), time.Minute, nil)
	defer x.end()
	x.gotConn(infoOf(c))
	if !x.nothingWritten() {
		t.Error("the earlier request counts for this one")
	}
	_, _ = c.Write([]byte("x"))
	if x.nothingWritten() {
		t.Error("the write went unseen")
	}
	foreign := newExchange(t.Context(), time.Minute, nil)
	defer foreign.end()
	foreign.gotConn(infoOf(discard(t)))
	if foreign.nothingWritten() {
		t.Error("certain about a connection that cannot be counted")
	}
}

func TestBrokenAfterSendingIsNotNeverSent(t *testing.T) {
	t.Parallel()
	s := newRawServer(t, func(int, net.Conn) bool { return false })
	c := New(Options{})
	defer c.Close()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := c.Do(request(t, t.Context(), method, "http://"+s.addr, "a=1"), nil)
		if r.Err == nil || r.NeverSent {
			t.Errorf("%s: got %+v, want an error about a request that was sent", method, r)
		}
	}
	if s.count() != 2 {
		t.Errorf("the server saw %d requests, want 2", s.count())
	}
}
