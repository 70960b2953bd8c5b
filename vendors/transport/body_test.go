package transport

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	const limit = 1000
	fits, over := bytes.Repeat([]byte("a"), limit), bytes.Repeat([]byte("a"), limit+1)
	tests := map[string]struct {
		body     []byte
		encoding string
		chunked  bool
		want     int
		long     bool
	}{
		"empty":                  {nil, "", false, 0, false},
		"sized":                  {fits, "", false, limit, false},
		"chunked":                {fits, "", true, limit, false},
		"too long, announced":    {over, "", false, 0, true},
		"too long, chunked":      {over, "", true, limit, true},
		"zipped":                 {zipped(t, fits), "gzip", false, limit, false},
		"zipped, chunked":        {zipped(t, fits), "GZIP", true, limit, false},
		"unfolds to too much":    {zipped(t, over), "gzip", false, limit, true},
		"empty in spite of gzip": {nil, "gzip", false, 0, false},
		"another encoding":       {fits, "br", false, limit, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, url := serve(t, Options{MaxBody: limit}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", tt.encoding)
				if tt.chunked {
					w.(http.Flusher).Flush()
				}
				_, _ = w.Write(tt.body)
			})
			r := c.Do(get(t, url), nil)
			if len(r.Body) != tt.want || errors.Is(r.Err, errTooLong) || (r.Err != nil) != tt.long || r.Status != 200 {
				t.Errorf("%d bytes, status %d, %v; want %d, too long %v", len(r.Body), r.Status, r.Err, tt.want, tt.long)
			}
		})
	}
}

func TestGzipBombStopsAtTheCap(t *testing.T) {
	t.Parallel()
	bomb := zipped(t, make([]byte, 64<<20))
	c, url := serve(t, Options{MaxBody: 1 << 20}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	})
	r := c.Do(get(t, url), nil)
	if r.Err == nil || len(r.Body) != keptHead || r.NeverSent {
		t.Errorf("%d bytes, %v; want the first %d and an error", len(r.Body), r.Err, keptHead)
	}
	if !strings.Contains(r.Err.Error(), "1048576 bytes") {
		t.Errorf("error %q does not name the cap", r.Err)
	}
}

// However a bomb is folded, no more of it is unfolded than fits. What is in another
// encoding than gzip, or in several, is not unfolded at all, nor is what lies in it.
func TestBombsOfEveryKindStopAtTheCap(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	bomb := zipped(t, make([]byte, 64<<20)) // 64 KiB
	tests := map[string]struct {
		encoding string
		body     []byte
		want     int // bytes that are kept
		fails    bool
	}{
		"chunked":            {"gzip", bomb, keptHead, true},
		"many members":       {"gzip", bytes.Repeat(zipped(t, make([]byte, 64<<10)), 1000), keptHead, true},
		"members of nothing": {"gzip", bytes.Repeat(zipped(t, nil), limit/20), 0, true},
		"a bomb in a zip":    {"gzip", zipped(t, bomb), len(bomb), false},
		"zipped twice":       {"gzip, gzip", zipped(t, bomb), len(zipped(t, bomb)), false},
		"deflate":            {"deflate", bomb, len(bomb), false},
		"br":                 {"br", bomb, len(bomb), false},
		"x-gzip":             {"x-gzip", bomb, len(bomb), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, url := serve(t, Options{MaxBody: limit}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", tt.encoding)
				for part := range slices.Chunk(tt.body, 32<<10) {
					_, _ = w.Write(part)
					w.(http.Flusher).Flush()
				}
			})
			r := c.Do(get(t, url), nil)
			if len(r.Body) != tt.want || (r.Err != nil) != tt.fails || r.NeverSent {
				t.Errorf("%d bytes, %v; want %d, an error: %v", len(r.Body), r.Err, tt.want, tt.fails)
			}
		})
	}
}

func TestCutBodies(t *testing.T) {
	t.Parallel()
	zip := string(zipped(t, []byte(strings.Repeat("half ", 2000))))
	tests := map[string]string{
		"sized":        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
		"chunked":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"zipped":       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zip[:len(zip)-9],
		"not a zip":    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<html>not a zip at all</html>",
		"long, cut":    "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhalf",
		"bad checksum": "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zip[:len(zip)-8] + "12345678",
	}
	for name, wire := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawServer(t, func(_ int, c net.Conn) bool { _, _ = io.WriteString(c, wire); return false })
			c := New(Options{})
			defer c.Close()
			r := c.Do(get(t, "http://"+s.addr), nil)
			if r.Err == nil || r.NeverSent || r.Status != 200 {
				t.Errorf("got %+v, want an error and the status", r)
			}
			if name != "not a zip" && !bytes.HasPrefix(r.Body, []byte("half")) {
				t.Errorf("body %q, want what arrived", r.Body)
			}
		})
	}
}

func TestBodyBelongsToTheCaller(t *testing.T) {
	t.Parallel()
	n := byte('a')
	c, url := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = w.Write(bytes.Repeat([]byte{n}, 600))
		n++
	})
	first := c.Do(get(t, url), nil)
	second := c.Do(get(t, url), nil)
	if first.Err != nil || second.Err != nil || first.Body[599] != 'a' || second.Body[599] != 'b' {
		t.Errorf("the second body wrote over the first: %q %q", first.Body, second.Body)
	}
}

func TestConnectionIsUsedAgain(t *testing.T) {
	t.Parallel()
	peers := map[string]bool{}
	body := zipped(t, []byte("hello"))
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		peers[r.RemoteAddr] = true
		if r.URL.Path == "/zip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.(http.Flusher).Flush()
			_, _ = w.Write(body)
			return
		}
		_, _ = w.Write([]byte("hello"))
	})
	for _, path := range []string{"/", "/zip", "/", "/zip", "/"} {
		if r := c.Do(get(t, url+path), nil); string(r.Body) != "hello" || r.Err != nil {
			t.Fatalf("%s: %q %v", path, r.Body, r.Err)
		}
	}
	if len(peers) != 1 {
		t.Errorf("%d connections for five requests in a row", len(peers))
	}
}
