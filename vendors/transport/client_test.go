package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	const query = "?sign=S3CRET&car_no=%E7%B2%A4AJ44E6&vin=LNBSCC3H8GF308384"
	echo := func(_ int, c net.Conn) bool {
		_, _ = io.WriteString(c, "GET /"+query+" LNBSCC3H8GF308384 is not HTTP\r\n\r\n")
		return false
	}
	calls := map[string]struct {
		o   Options
		url string
	}{
		"no connection":  {Options{Dial: refuse}, "http://vendor.example/"},
		"time-out":       {Options{Dial: hang, Timeout: time.Millisecond}, "http://vendor.example/"},
		"hung up":        {Options{}, "http://" + newRawServer(t, func(int, net.Conn) bool { return false }).addr + "/"},
		"not HTTP":       {Options{}, "http://" + newRawServer(t, echo).addr + "/"},
		"unknown scheme": {Options{}, "gopher://vendor.example/"},
	}
	for name, tt := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(tt.o)
			defer c.Close()
			r := c.Do(get(t, tt.url+query), nil)
			if r.Err == nil {
				t.Fatal("no error")
			}
			for _, secret := range []string{"S3CRET", "AJ44E6", "LNBS", "sign="} {
				if strings.Contains(r.Err.Error(), secret) {
					t.Errorf("error %q holds %s", r.Err, secret)
				}
			}
		})
	}
}

func TestErrorsUnwrapToTheContext(t *testing.T) {
	t.Parallel()
	c := New(Options{Dial: hang, Timeout: time.Millisecond})
	defer c.Close()
	if r := c.Do(get(t, "http://vendor.example/"), nil); !errors.Is(r.Err, context.DeadlineExceeded) {
		t.Errorf("time-out is %v", r.Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := c.Do(request(t, ctx, http.MethodGet, "http://vendor.example/", ""), nil); !errors.Is(r.Err, context.Canceled) {
		t.Errorf("interruption is %v", r.Err)
	}
}

func TestHeadIsLimited(t *testing.T) {
	t.Parallel()
	c, url := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", maxHeaderBytes+1))
	})
	if r := c.Do(get(t, url), nil); r.Err == nil || r.NeverSent {
		t.Errorf("got %+v, want an error", r)
	}
}

func TestRetryAfterIsHandedBack(t *testing.T) {
	t.Parallel()
	c, url := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	if r := c.Do(get(t, url), nil); r.RetryAfter != 7*time.Second || r.Status != 429 || r.Head.Get("Retry-After") != "7" {
		t.Errorf("got %+v", r)
	}
}

// pipes is a network of net.Pipe: a listener and the Dial that reaches it.
type pipes struct {
	accept chan net.Conn
	done   chan struct{}
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accept <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// TestTimeoutCoversTheWholeExchange runs on fake time: a head that never
// comes, a body that never ends, and an answer that is just in time.
func TestTimeoutCoversTheWholeExchange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := newPipes()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/body" {
				_, _ = w.Write([]byte("half"))
				w.(http.Flusher).Flush()
			}
			pause := map[string]time.Duration{"/ok": 9 * time.Second, "/body": time.Hour, "/head": time.Hour}[r.URL.Path]
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
			}
		})}
		go func() { _ = server.Serve(network) }()
		c := New(Options{Timeout: 10 * time.Second, Dial: network.Dial})
		for path, took := range map[string]time.Duration{"/ok": 9 * time.Second, "/body": 10 * time.Second, "/head": 10 * time.Second} {
			start := time.Now()
			r := c.Do(get(t, "http://vendor.example"+path), nil)
			if got := time.Since(start); got != took {
				t.Errorf("%s took %v, want %v", path, got, took)
			}
			if failed := errors.Is(r.Err, context.DeadlineExceeded); failed != (path != "/ok") || r.NeverSent {
				t.Errorf("%s: %+v", path, r)
			}
			if path == "/body" && (string(r.Body) != "half" || r.Status != 200) {
				t.Errorf("%s: %+v, want what arrived", path, r)
			}
		}
		c.Close()
		_ = server.Close()
	})
}

func BenchmarkDo(b *testing.B) {
	body := []byte(strings.Repeat("x", 11<<10))
	network := newPipes()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })}
	go func() { _ = server.Serve(network) }()
	c := New(Options{Dial: network.Dial})
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://vendor.example/", strings.NewReader("a=1"))
		if r := c.Do(req, nil); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	c.Close()
	_ = server.Close()
}
