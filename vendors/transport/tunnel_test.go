package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/vendors"
)

// proxied is a vendor, example.com, that is reached by way of a proxy alone.
type proxied struct {
	vendor *httptest.Server
	calls  atomic.Int64 // of the vendor
	roots  *x509.CertPool
}

func newProxied(t *testing.T) *proxied {
	t.Helper()
	v := &proxied{roots: x509.NewCertPool()}
	v.vendor = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		v.calls.Add(1)
		_, _ = io.WriteString(w, "hello")
	}))
	v.vendor.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(v.vendor.Close)
	v.roots.AddCert(v.vendor.Certificate())
	return v
}

// client is a client of a process with these variables.
func (v *proxied) client(t *testing.T, env string, o Options) *Client {
	t.Helper()
	var err error
	if o.Proxies, err = ProxiesFrom(environ(env)); err != nil {
		t.Fatal(err)
	}
	c := newClient(o, &tls.Config{RootCAs: v.roots})
	t.Cleanup(c.Close)
	return c
}

// connectProxy is a real CONNECT proxy that leads everywhere to the vendor. answer,
// if any, is called instead with the connection. It notes what it was asked.
func (v *proxied) connectProxy(t *testing.T, secure bool, answer func(net.Conn)) (*httptest.Server, *asked) {
	t.Helper()
	seen := &asked{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.add(r.Method + " " + r.Host + " " + r.Header.Get("Proxy-Authorization"))
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = near.Close() }()
		if answer != nil {
			answer(near)
			return
		}
		_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
		v.join(near)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s, seen
}

// join hands bytes to and fro between a connection and the vendor.
func (v *proxied) join(near net.Conn) {
	far, err := net.Dial("tcp", v.vendor.Listener.Addr().String())
	if err != nil {
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = io.Copy(far, near); _ = far.Close() })
	_, _ = io.Copy(near, far)
	_ = near.Close()
	wg.Wait()
}

// asked is what a proxy was asked for.
type asked struct {
	mu  sync.Mutex
	all []string
}

func (a *asked) add(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, what)
}

func (a *asked) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.all, "; ")
}

func ask(t *testing.T, c *Client, url string) vendors.Response {
	t.Helper()
	return c.Do(get(t, url), nil)
}

func TestTunnels(t *testing.T) {
	t.Parallel()
	const basic = "Basic bWU6UzNDUkVUOg==" // me, S3CRET:
	tests := map[string]struct{ scheme, user, variable, asked string }{
		"http":              {"http://", "", "HTTPS_PROXY", "CONNECT example.com:443 "},
		"http, with a user": {"http://", "me:S3CRET%3A@", "ALL_PROXY", "CONNECT example.com:443 " + basic},
		"without a scheme":  {"", "", "all_proxy", "CONNECT example.com:443 "},
		"https":             {"https://", "me:S3CRET%3A@", "ALL_PROXY", "CONNECT example.com:443 " + basic},
		"socks5":            {"socks5://", "", "ALL_PROXY", "socks example.com:443 "},
		"socks5h":           {"socks5h://", "me:S3CRET%3A@", "HTTPS_PROXY", "socks example.com:443 me:S3CRET:"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newProxied(t)
			var address string
			var seen *asked
			if strings.HasPrefix(tt.scheme, "socks") {
				address, seen = v.socksProxy(t, 0)
			} else {
				var s *httptest.Server
				s, seen = v.connectProxy(t, tt.scheme == "https://", nil)
				address = s.Listener.Addr().String()
			}
			c := v.client(t, tt.variable+"="+tt.scheme+tt.user+address, Options{})
			for range 3 {
				if r := ask(t, c, "https://example.com/"); r.Err != nil || string(r.Body) != "hello" {
					t.Fatalf("%+v", r)
				}
			}
			if got := seen.String(); got != tt.asked {
				t.Errorf("the proxy was asked %q, want %q, once for three calls", got, tt.asked)
			}
		})
	}
}

// What a proxy does before the request is written costs nothing, and is said with
// the proxy's address and without its password.
func TestProxyInTheWay(t *testing.T) {
	t.Parallel()
	says := func(text string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, text) }
	}
	status := func(line string) func(net.Conn) {
		return says("HTTP/1.1 " + line + "\r\nContent-Length: 9\r\nX-Echo: S3CRET\r\n\r\n<S3CRET/>")
	}
	const other = " (check HTTPS_PROXY: it may want https:// or socks5://)"
	const refused, unopened = "refused the connection to example.com:443: ", "did not open the connection to example.com:443: "
	tests := map[string]struct {
		answer func(net.Conn)
		secure bool // the proxy wants TLS, and is asked without
		want   string
	}{
		"wants a password": {status("407 S3CRET"), false, refused + "407 Proxy Authentication Required (check the user name and password in HTTPS_PROXY)"},
		"does not allow":   {status("403 Forbidden"), false, refused + "403 Forbidden (have the host allowed there, or go round it with NO_PROXY)"},
		"cannot itself":    {status("502 Bad Gateway"), false, refused + "502 Bad Gateway (it does not get through itself: check base_url, or go round it with NO_PROXY)"},
		"redirects":        {status("302 Found"), false, refused + "302 Found (have the host allowed there, or go round it with NO_PROXY)"},
		"unknown status":   {status("599 S3CRET"), false, refused + "599 (it does not get through itself: check base_url, or go round it with NO_PROXY)"},
		"wants TLS, says":  {status("400 Bad Request"), false, refused + "400 Bad Request" + other},
		"wants TLS":        {nil, true, unopened + "it hung up" + other},
		"hangs up":         {says(""), false, unopened + "it hung up" + other},
		"hangs up half":    {says("HTTP/1.1 200 O"), false, unopened + "it hung up" + other},
		"is no proxy":      {says("SSH-2.0-S3CRET\r\n\r\n"), false, unopened + "it does not answer in HTTP" + other},
		"breaks its head":  {says("HTTP/1.1 200 OK\r\nS3CRET\r\n\r\n"), false, unopened + "it does not answer in HTTP" + other},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newProxied(t)
			s, _ := v.connectProxy(t, tt.secure, tt.answer)
			address := s.Listener.Addr().String()
			c := v.client(t, "HTTPS_PROXY=http://me:S3CRET@"+address, Options{})
			v.blocked(t, ask(t, c, "https://example.com/order?sign=S3CRET"), "the proxy "+address+" "+tt.want)
		})
	}
}

// blocked holds a response of a call that a proxy did not let through.
func (v *proxied) blocked(t *testing.T, r vendors.Response, want string) {
	t.Helper()
	if r.Err == nil || r.Err.Error() != want {
		t.Errorf("the error is %q\nwant         %q", r.Err, want)
	}
	if !r.NeverSent || r.Status != 0 || v.calls.Load() != 0 {
		t.Errorf("%+v, the vendor saw %d calls: nothing was sent", r, v.calls.Load())
	}
}

// socksProxy is a SOCKS proxy that leads to the vendor, or answers with a reply
// other than 0. It wants a user name of whoever offers one, and does not know "nobody".
func (v *proxied) socksProxy(t *testing.T, reply byte) (string, *asked) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := &asked{}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { v.speakSOCKS(c, reply, seen) })
		}
	})
	return l.Addr().String(), seen
}

func (v *proxied) speakSOCKS(c net.Conn, reply byte, seen *asked) {
	defer func() { _ = c.Close() }()
	take := func(n byte) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(c, b)
		return b
	}
	user := ""
	if methods := take(take(2)[1]); bytes.Contains(methods, []byte{2}) {
		_, _ = c.Write([]byte{5, 2})
		user = string(take(take(2)[1])) + ":" + string(take(take(1)[0]))
		if strings.HasPrefix(user, "nobody:") {
			_, _ = c.Write([]byte{1, 1})
			return
		}
		_, _ = c.Write([]byte{1, 0})
	} else {
		_, _ = c.Write([]byte{5, 0})
	}
	name := string(take(take(5)[4]))
	port := binary.BigEndian.Uint16(take(2))
	seen.add(fmt.Sprintf("socks %s:%d %s", name, port, user))
	_, _ = c.Write([]byte{5, reply, 0, 1, 0, 0, 0, 0, 0, 0})
	if reply == 0 {
		v.join(c)
	}
}

func TestSOCKSInTheWay(t *testing.T) {
	t.Parallel()
	for reply, want := range map[byte]string{1: "general SOCKS server failure", 2: "connection not allowed by ruleset", 4: "host unreachable", 5: "connection refused"} {
		v := newProxied(t)
		address, _ := v.socksProxy(t, reply)
		c := v.client(t, "ALL_PROXY=socks5://me:S3CRET@"+address, Options{})
		v.blocked(t, ask(t, c, "https://example.com/"), "the proxy "+address+" refused the connection to example.com:443: "+want+" (check ALL_PROXY)")
	}
	v := newProxied(t)
	address, _ := v.socksProxy(t, 0)
	c := v.client(t, "ALL_PROXY=socks5://nobody:S3CRET@"+address, Options{})
	v.blocked(t, ask(t, c, "https://example.com/"), "the proxy "+address+" refused the connection to example.com:443: username/password authentication failed (check ALL_PROXY)")
}

func TestProxyCannotBeReached(t *testing.T) {
	t.Parallel()
	nobody := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	nameless := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Name: "proxy", Err: "no such host", IsNotFound: true}}
	}
	v := newProxied(t)
	for want, dial := range map[string]DialFunc{"connection refused": nobody, "no such host": nameless} {
		for _, scheme := range []string{"http", "https", "socks5"} {
			c := v.client(t, "https_proxy="+scheme+"://me:S3CRET@proxy:3128", Options{Dial: dial})
			v.blocked(t, ask(t, c, "https://example.com/"), "the proxy proxy:3128 cannot be reached: "+want+" (check https_proxy)")
		}
	}
}

// A proxy that keeps a call waiting is named, before the call's own time is over.
func TestSilentProxy(t *testing.T) {
	t.Parallel()
	mute := (&hostileNet{act: silence}).Dial
	for name, tt := range map[string]struct {
		scheme string
		dial   DialFunc
		want   string
	}{
		"no connection":  {"http", hang, "cannot be reached"},
		"no answer":      {"http", mute, "did not open the connection to example.com:443"},
		"no answer, TLS": {"https", mute, "cannot be reached"},
		"no answer, 5":   {"socks5", mute, "did not open the connection to example.com:443"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				proxies, err := ProxiesFrom(environ("ALL_PROXY=" + tt.scheme + "://proxy:3128"))
				if err != nil {
					t.Fatal(err)
				}
				c := New(Options{Timeout: 10 * time.Second, Dial: tt.dial, Proxies: proxies})
				start := time.Now()
				(&proxied{}).blocked(t, ask(t, c, "https://example.com/"), "the proxy proxy:3128 "+tt.want+": no answer within 9s (check ALL_PROXY)")
				if took := time.Since(start); took != 9*time.Second {
					t.Errorf("it took %v", took)
				}
				c.Close()
				synctest.Wait()
			})
		})
	}
}

// A call that is interrupted while its proxy is asked says that, not what the proxy did.
func TestInterruptedAtTheProxy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		proxies, err := ProxiesFrom(environ("ALL_PROXY=http://proxy:3128"))
		if err != nil {
			t.Fatal(err)
		}
		c := New(Options{Timeout: 10 * time.Second, Dial: (&hostileNet{act: silence}).Dial, Proxies: proxies})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		r := c.Do(request(t, ctx, http.MethodGet, "https://example.com/", ""), nil)
		if !errors.Is(r.Err, context.Canceled) || !r.NeverSent {
			t.Errorf("%+v", r)
		}
		c.Close()
		synctest.Wait()
	})
}

// Behind a proxy, too, TLS is verified, by the vendor's name, before anything is sent.
func TestTLSBehindAProxy(t *testing.T) {
	t.Parallel()
	v := newProxied(t)
	s, _ := v.connectProxy(t, false, nil)
	env := "HTTPS_PROXY=" + s.Listener.Addr().String()
	v.blocked(t, ask(t, v.client(t, env, Options{}), "https://other.cn/"), "certificate not trusted (it is another host's)")
	hung, _ := v.connectProxy(t, false, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		_ = c.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	})
	v.blocked(t, ask(t, v.client(t, "HTTPS_PROXY="+hung.Listener.Addr().String(), Options{}), "https://example.com/"), "TLS failed: the other side hung up")
	secure, _ := v.connectProxy(t, true, nil)
	address := secure.Listener.Addr().String()
	v.roots = x509.NewCertPool()
	v.blocked(t, ask(t, v.client(t, "ALL_PROXY=https://"+address, Options{}), "https://example.com/"),
		"the proxy "+address+" cannot be reached: certificate not trusted (signed by an unknown authority) (check ALL_PROXY)")
	v.blocked(t, ask(t, v.client(t, env, Options{}), "https://example.com/"), "certificate not trusted (signed by an unknown authority)")
}

// Once the request is on its way a broken tunnel is like any broken connection.
func TestBrokenTunnelIsNotNeverSent(t *testing.T) {
	t.Parallel()
	v := newProxied(t)
	v.vendor.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		v.calls.Add(1)
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	})
	s, _ := v.connectProxy(t, false, nil)
	r := ask(t, v.client(t, "HTTPS_PROXY="+s.Listener.Addr().String(), Options{}), "https://example.com/")
	if r.Err == nil || r.NeverSent || v.calls.Load() != 1 {
		t.Errorf("%+v after %d calls", r, v.calls.Load())
	}
}
