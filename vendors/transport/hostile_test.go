package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hostileNet is a network with one vendor that means harm. It counts the bytes
// that it got rid of: what was read of them is what an answer can cost.
type hostileNet struct {
	act   func(c net.Conn)
	plain bool // a request is read before it acts
	taken atomic.Int64
}

func (h *hostileNet) Dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go func() {
		defer far.Close() //nolint:errcheck // the test ends there
		if h.plain {
			if _, err := http.ReadRequest(bufio.NewReader(far)); err != nil {
				return
			}
		}
		h.act(&countedConn{far, &h.taken})
	}()
	return near, nil
}

type countedConn struct {
	net.Conn
	n *atomic.Int64
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// forever writes a text again and again, with a pause between, until nobody reads it.
func forever(text string, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

func after(head string, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := io.WriteString(c, head); err == nil {
			then(c)
		}
	}
}

func silence(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

const (
	hostileTime = 10 * time.Second
	hostileBody = 1 << 20
	line        = "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
	fine        = "HTTP/1.1 200 OK\r\n"
)

// A hostile vendor costs one call its time, or less, and a bounded number of
// bytes; the call fails and says so.
func TestHostileVendors(t *testing.T) {
	t.Parallel()
	kib := strings.Repeat("x", 1024)
	for name, tt := range map[string]struct {
		act   func(net.Conn)
		https bool
		most  int64 // bytes that may be read
		sent  bool
	}{
		"endless body":           {after(fine+"\r\n", forever(kib, 0)), false, hostileBody + 64<<10, true},
		"endless chunks":         {after(fine+"Transfer-Encoding: chunked\r\n\r\n", forever("400\r\n"+kib+"\r\n", 0)), false, hostileBody + 128<<10, true},
		"tiny chunks":            {after(fine+"Transfer-Encoding: chunked\r\n\r\n", forever("1\r\nx\r\n", 0)), false, 8 * hostileBody, true},
		"chunk extensions":       {after(fine+"Transfer-Encoding: chunked\r\n\r\n1;", forever(kib, 0)), false, 256 << 10, true},
		"endless trailer":        {after(fine+"Transfer-Encoding: chunked\r\n\r\n0\r\n", forever(line, 0)), false, 1 << 20, true},
		"a byte a second":        {after(fine+"\r\n", forever("x", time.Second)), false, 1024, true},
		"head, byte by byte":     {after(fine+"X-A: ", forever("x", time.Second)), false, 1024, true},
		"header flood":           {after(fine, forever(line, 0)), false, 256 << 10, true},
		"endless header":         {after(fine+"X-A: ", forever(kib, 0)), false, 256 << 10, true},
		"endless status line":    {after("HTTP/1.1 200 ", forever(kib, 0)), false, 256 << 10, true},
		"1xx flood":              {forever("HTTP/1.1 103 Early Hints\r\n"+line+"\r\n", 0), false, 1 << 20, true},
		"1xx, now and then":      {forever("HTTP/1.1 102 Processing\r\n\r\n", time.Second), false, 4096, true},
		"nothing at all":         {silence, false, 0, true},
		"length beyond the cap":  {after(fine+"Content-Length: 99999999999\r\n\r\n", forever(kib, 0)), false, 64 << 10, true},
		"length below nothing":   {after(fine+"Content-Length: -1\r\n\r\n", silence), false, 1024, true},
		"two lengths":            {after(fine+"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", silence), false, 1024, true},
		"promised, never sent":   {after(fine+"Content-Length: 100\r\n\r\n", silence), false, 1024, true},
		"gzip that never begins": {after(fine+"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n", silence), false, 1024, true},
		"gzip header flood":      {after(fine+"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00", forever(kib, 0)), false, hostileBody + 64<<10, true},
		"TLS stall":              {silence, true, 0, false},
		"TLS, byte by byte":      {forever("\x16", time.Second), true, 1024, false},
		"TLS flood":              {forever("\x16\x03\x03\x40\x00"+strings.Repeat("x", 0x4000), 0), true, 512 << 10, false},
		"not TLS":                {forever(fine, 0), true, 64 << 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network := &hostileNet{act: tt.act, plain: !tt.https}
				c := New(Options{Timeout: hostileTime, MaxBody: hostileBody, Dial: network.Dial})
				address := "http://vendor.example/"
				if tt.https {
					address = "https://vendor.example/"
				}
				start := time.Now()
				r := c.Do(get(t, address), nil)
				if r.Err == nil || r.NeverSent == tt.sent {
					t.Errorf("never sent %v, %v", r.NeverSent, r.Err)
				}
				if took := time.Since(start); took > hostileTime {
					t.Errorf("it took %v", took)
				}
				if len(r.Body) > hostileBody {
					t.Errorf("%d bytes were kept", len(r.Body))
				}
				c.Close()
				time.Sleep(2 * time.Second) // the vendor notices that nobody reads
				synctest.Wait()
				if read := network.taken.Load(); read > tt.most {
					t.Errorf("%d bytes were read, want %d at most", read, tt.most)
				}
				if errors.Is(r.Err, io.EOF) {
					t.Error("the cause is handed on")
				}
			})
		})
	}
}

// A redirect would carry an order, or its signature, to an address that nobody
// configured, or place it twice at the one that was.
func TestRedirectsGoNowhere(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			elsewhere := newRawServer(t, func(_ int, c net.Conn) bool { return writeOK(c) })
			var calls atomic.Int64
			c, address := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				to := "http://" + elsewhere.addr + "/"
				if r.URL.Path == "/same" {
					to = "/again"
				}
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			})
			for _, path := range []string{"/other", "/same"} {
				r := c.Do(request(t, t.Context(), method, address+path, "sign=1"), nil)
				if r.Err != nil || r.Status != status {
					t.Errorf("%s %d: %d, %v", method, status, r.Status, r.Err)
				}
			}
			if calls.Load() != 2 || elsewhere.count() != 0 {
				t.Errorf("%s %d: %d calls here, %d elsewhere", method, status, calls.Load(), elsewhere.count())
			}
		}
	}
}
