package transport

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hangUpAfterFirst answers the first request and closes the kept-alive
// connection on reading any other: what makes net/http repeat a GET.
func hangUpAfterFirst(n int, c net.Conn) bool { return n == 1 && writeOK(c) }

// resetAfterFirst does the same with a TCP reset.
func resetAfterFirst(n int, c net.Conn) bool {
	if n == 1 {
		return writeOK(c)
	}
	_ = c.(*net.TCPConn).SetLinger(0)
	return false
}

// TestNetHTTPWouldRepeat proves that the server provokes what this package
// rules out: the plain transport sends the second request twice.
func TestNetHTTPWouldRepeat(t *testing.T) {
	t.Parallel()
	s := newRawServer(t, hangUpAfterFirst)
	plain := &http.Transport{}
	defer plain.CloseIdleConnections()
	for range 2 {
		resp, err := plain.RoundTrip(get(t, "http://"+s.addr))
		if err == nil {
			_, _ = newBodies(10).read(resp)
		}
	}
	if got := s.count(); got != 3 {
		t.Fatalf("the server saw %d requests of the plain transport, want the repeated 3", got)
	}
}

func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, body string
		header       string
		answer       func(int, net.Conn) bool
	}{
		"GET":                          {http.MethodGet, "", "", hangUpAfterFirst},
		"GET reset":                    {http.MethodGet, "", "", resetAfterFirst},
		"HEAD":                         {http.MethodHead, "", "", hangUpAfterFirst},
		"POST":                         {http.MethodPost, "a=1", "", hangUpAfterFirst},
		"POST reset":                   {http.MethodPost, "a=1", "", resetAfterFirst},
		"POST without body":            {http.MethodPost, "", "", hangUpAfterFirst},
		"POST with key":                {http.MethodPost, "a=1", "Idempotency-Key", hangUpAfterFirst},
		"POST with key, without body":  {http.MethodPost, "", "X-Idempotency-Key", hangUpAfterFirst},
		"GET with a body to make anew": {http.MethodGet, "a=1", "", hangUpAfterFirst},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawServer(t, tt.answer)
			c := New(Options{})
			defer c.Close()
			if r := c.Do(get(t, "http://"+s.addr), nil); r.Err != nil {
				t.Fatalf("first request: %v", r.Err)
			}
			req := request(t, t.Context(), tt.method, "http://"+s.addr, tt.body)
			if tt.header != "" {
				req.Header.Set(tt.header, "k")
			}
			r := c.Do(req, nil)
			if r.Err == nil || r.NeverSent || r.Status != 0 {
				t.Errorf("got %+v, want an error about a request that was sent", r)
			}
			if got := s.count(); got != 2 {
				t.Errorf("the server saw %d requests, want 2", got)
			}
		})
	}
}

func TestEmptyGetHasNoBodyOnTheWire(t *testing.T) {
	t.Parallel()
	s := newRawServer(t, func(_ int, c net.Conn) bool { return writeOK(c) })
	c := New(Options{})
	defer c.Close()
	if r := c.Do(get(t, "http://"+s.addr), nil); r.Err != nil {
		t.Fatal(r.Err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.ContentLength != 0 || len(s.last.TransferEncoding) != 0 {
		t.Errorf("length %d, encoding %v, want a request without body", s.last.ContentLength, s.last.TransferEncoding)
	}
}

func TestSecondConnectionIsClosedUnwritten(t *testing.T) {
	t.Parallel()
	x := newExchange(t.Context(), time.Minute, nil)
	defer x.end()
	first, second := &conn{Conn: discard(t)}, &conn{Conn: discard(t)}
	x.gotConn(infoOf(first))
	x.gotConn(infoOf(second))
	if _, err := second.Write([]byte("x")); err == nil {
		t.Error("the second connection takes bytes")
	}
	if x.ctx.Err() == nil {
		t.Error("the exchange goes on")
	}
	if x.nothingWritten() {
		t.Error("two connections: nobody can be certain")
	}
}

func TestRedirectIsAnAnswer(t *testing.T) {
	t.Parallel()
	calls := 0
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	r := c.Do(get(t, url), nil)
	if r.Err != nil || r.Status != http.StatusFound || calls != 1 {
		t.Errorf("status %d after %d calls (%v), want 302 after one", r.Status, calls, r.Err)
	}
	if !strings.Contains(string(r.Body), "/elsewhere") {
		t.Errorf("body %q", r.Body)
	}
}
