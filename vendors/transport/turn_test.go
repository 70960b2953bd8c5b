package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// doorkeeper is a turn that waits until it is opened.
type doorkeeper struct {
	asked chan struct{} // closed when the request waits at the door
	open  chan error    // what Start returns, once it is sent
	sent  chan struct{} // closed by Sent
}

func newDoorkeeper() *doorkeeper {
	return &doorkeeper{asked: make(chan struct{}), open: make(chan error, 1), sent: make(chan struct{})}
}

func (d *doorkeeper) Start(ctx context.Context) error {
	close(d.asked)
	select {
	case err := <-d.open:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *doorkeeper) Sent() { close(d.sent) }

func (d *doorkeeper) wasAsked() bool { return closed(d.asked) }

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wiretap counts the bytes that leave over the connections that it opens.
type wiretap struct {
	mu   sync.Mutex
	left int
}

func (w *wiretap) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &tapped{Conn: c, tap: w}, nil
}

func (w *wiretap) bytes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left
}

type tapped struct {
	net.Conn
	tap *wiretap
}

func (c *tapped) Write(p []byte) (int, error) {
	c.tap.mu.Lock()
	c.tap.left += len(p)
	c.tap.mu.Unlock()
	return c.Conn.Write(p)
}

// way is how a vendor is reached: a client, the vendor's address, and what of it
// has been seen.
type way struct {
	client *Client
	url    string
	tap    *wiretap
	served func() int
}

// ways are all ways to a vendor: in the clear, over TLS, through a proxy.
func ways(t *testing.T) map[string]*way {
	t.Helper()
	return map[string]*way{"plain": newWay(t, false, false), "TLS": newWay(t, true, false), "TLS behind a proxy": newWay(t, true, true)}
}

func newWay(t *testing.T, secured, proxied bool) *way {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))
	security := &tls.Config{RootCAs: x509.NewCertPool()}
	if secured {
		server.StartTLS()
		security.RootCAs.AddCert(server.Certificate())
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	w := &way{url: server.URL, tap: &wiretap{}, served: func() int { mu.Lock(); defer mu.Unlock(); return n }}
	o := Options{Dial: w.tap.dial}
	if proxied { // to a name that the server's certificate is for; loopback is never proxied
		w.url = "https://example.com/"
		var err error
		if o.Proxies, err = ProxiesFrom(environ("ALL_PROXY=" + newProxy(t, server.Listener.Addr().String()))); err != nil {
			t.Fatal(err)
		}
	}
	w.client = newClient(o, security)
	t.Cleanup(w.client.Close)
	return w
}

// newProxy starts a proxy that opens every tunnel to one address, and returns its own.
func newProxy(t *testing.T, to string) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		far, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		near, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		join(near, buffered.Reader, far)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func join(near net.Conn, buffered *bufio.Reader, far net.Conn) {
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(far, buffered); _ = far.Close() })
	both.Go(func() { _, _ = io.Copy(near, far); _ = near.Close() })
	both.Wait()
}

// On every way the connection is open before the turn is asked for, no byte
// leaves before it has come, and Sent follows the first write.
func TestTheTurnComesBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	for name, w := range ways(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; n <= 2; n++ { // on a new connection, then on a kept one
				turn := newDoorkeeper()
				answered := make(chan string, 1)
				go func() {
					r := w.client.Do(request(t, t.Context(), http.MethodPost, w.url, strings.Repeat("a=1&", 5000)), turn)
					answered <- string(r.Body)
				}()
				<-turn.asked
				before := w.tap.bytes()
				if n == 1 && strings.Contains(name, "TLS") && before < 100 {
					t.Errorf("%d bytes left: the handshake is still to come", before)
				}
				if w.served() != n-1 || closed(turn.sent) {
					t.Error("served before its turn")
				}
				if left := w.tap.bytes(); left != before {
					t.Errorf("%d bytes left before the turn came", left-before)
				}
				turn.open <- nil
				<-turn.sent
				if body := <-answered; body != "ok" || w.served() != n {
					t.Errorf("call %d: %q, served %d times", n, body, w.served())
				}
			}
		})
	}
}

var errClosedDoor = errors.New("not today")

// A call that is given up while it waits, and one whose turn is refused, writes
// nothing, then and later, and is certain of it.
func TestNothingLeavesWithoutATurn(t *testing.T) {
	t.Parallel()
	for name, w := range ways(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := w.client.Do(get(t, w.url), nil); r.Err != nil {
				t.Fatal(r.Err)
			}
			for _, give := range []string{"up", "no turn"} {
				turn := newDoorkeeper()
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					<-turn.asked
					if give == "up" {
						cancel()
					} else {
						turn.open <- errClosedDoor
					}
				}()
				r := w.client.Do(request(t, ctx, http.MethodGet, w.url, ""), turn)
				want := map[string]error{"up": context.Canceled, "no turn": errClosedDoor}[give]
				if !r.NeverSent || !errors.Is(r.Err, want) || closed(turn.sent) {
					t.Errorf("give %s: %+v", give, r)
				}
				cancel()
			}
			if w.served() != 1 {
				t.Errorf("served %d times", w.served())
			}
		})
	}
}

// What cannot be connected asks for no turn.
func TestNoConnectionTakesNoTurn(t *testing.T) {
	t.Parallel()
	c := New(Options{Dial: refuse})
	defer c.Close()
	turn := newDoorkeeper()
	if r := c.Do(get(t, "https://vendor.example/"), turn); !r.NeverSent || turn.wasAsked() {
		t.Errorf("asked %v: %+v", turn.wasAsked(), r)
	}
}

// A server that hangs up, or speaks, while the request waits for its turn gets
// no byte of it, and what it said is no answer.
func TestTheServerGivesUpBeforeTheTurn(t *testing.T) {
	t.Parallel()
	for name, parting := range map[string]string{"hangs up": "", "speaks": "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			near, far := net.Pipe()
			c := New(Options{Dial: func(context.Context, string, string) (net.Conn, error) { return near, nil }})
			defer c.Close()
			turn := newDoorkeeper()
			rest := make(chan string, 1)
			go func() {
				<-turn.asked
				_, _ = io.WriteString(far, parting)
				if parting == "" {
					_ = far.Close()
				}
				got, _ := io.ReadAll(far)
				rest <- string(got)
			}()
			r := c.Do(get(t, "http://vendor.example/"), turn)
			if r.Err == nil || !r.NeverSent || r.Status != 0 || closed(turn.sent) {
				t.Errorf("got %+v", r)
			}
			if got := <-rest; got != "" {
				t.Errorf("the server got %q", got)
			}
		})
	}
}

// The wait for the turn is none of the call's time.
func TestTheTimeoutDoesNotCountTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := newPipes()
		server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})}
		go func() { _ = server.Serve(network) }()
		c := New(Options{Timeout: 10 * time.Second, Dial: network.Dial})
		turn := newDoorkeeper()
		go func() {
			<-turn.asked
			time.Sleep(time.Minute)
			turn.open <- nil
		}()
		begin := time.Now()
		r := c.Do(get(t, "http://vendor.example/"), turn)
		if took := time.Since(begin); took != 70*time.Second || !errors.Is(r.Err, context.DeadlineExceeded) || r.NeverSent {
			t.Errorf("after %v: %+v", took, r)
		}
		c.Close()
		_ = server.Close()
	})
}
