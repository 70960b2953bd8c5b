package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"vehiclebatch/vendors/simulator"
)

// gatewayRole is the word that makes the benchmark a vendor behind a gateway
// that judges the pace.
const gatewayRole = "gateway"

// terms are how a gateway lets itself be called. They are the flags of its role.
type terms struct {
	perSecond float64
	burst     int
	nginx     bool          // whole milliseconds, and 503 with a page
	refuse    int           // this call is refused with 429 and no Retry-After
	handshake time.Duration // https, and so long until the server says hello
}

func (t terms) words() []string {
	return []string{gatewayRole, "-rate", fmt.Sprint(t.perSecond), "-burst", fmt.Sprint(t.burst), fmt.Sprintf("-nginx=%t", t.nginx),
		"-refuse", fmt.Sprint(t.refuse), "-handshake", t.handshake.String()}
}

func gatewayMain(ctx context.Context, words []string, out, logs io.Writer) error {
	var t terms
	var certificate string
	f := flag.NewFlagSet(gatewayRole, flag.ContinueOnError)
	f.SetOutput(logs)
	f.Float64Var(&t.perSecond, "rate", 10, "calls a second")
	f.IntVar(&t.burst, "burst", 1, "calls at once")
	f.BoolVar(&t.nginx, "nginx", false, "count as nginx does")
	f.IntVar(&t.refuse, "refuse", 0, "number of a call that is refused")
	f.DurationVar(&t.handshake, "handshake", 0, "serve https, and shake hands so slowly")
	f.StringVar(&certificate, "certificate", "", "file for the certificate")
	if err := f.Parse(words); err != nil {
		return fmt.Errorf("read the flags of the gateway: %w", err)
	}
	return t.serve(ctx, certificate, out)
}

// serve serves on loopback until ctx ends, once it has printed its address.
func (t terms) serve(ctx context.Context, certificate string, out io.Writer) error {
	lc := net.ListenConfig{Control: stampArrivals}
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	scheme, l := "http", net.Listener(arrivals{l})
	if t.handshake > 0 {
		scheme = "https"
		if l, err = secured(l, t.handshake, certificate); err != nil {
			return err
		}
	}
	g := &gateway{terms: t, judge: &judge{rule: t.rule(), refuse: t.refuse}, vendor: simulator.New(simulator.Options{Seed: 1})}
	server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute, ConnContext: withJudged, ErrorLog: log.New(io.Discard, "", 0)}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(out, "%s://%s\n", scheme, l.Addr())
	if err := server.Serve(&judged{Listener: l, judge: g.judge}); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func (t terms) rule() rule {
	if t.nginx {
		return newWholeMilliseconds(t.perSecond, t.burst, time.Now())
	}
	return newStrictBucket(t.perSecond, t.burst)
}

// gateway refuses what its judge refuses, and hands all else to the vendors.
type gateway struct {
	terms  terms
	judge  *judge
	vendor http.Handler
}

const figuresPath = "/_simulator/wire"

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(judgedKey{}).(*judgedConn)
	if !ok {
		http.Error(w, "this connection is not judged", http.StatusInternalServerError)
		return
	}
	defer c.next()
	if r.URL.Path == figuresPath {
		_ = json.NewEncoder(w).Encode(g.judge.seen()) // an error is a reader who has gone
		return
	}
	at, admitted := c.verdict()
	looks := strings.HasPrefix(r.URL.Path, "/_simulator/")
	if !looks {
		g.judge.count(at, admitted)
	}
	switch {
	case admitted || looks:
		g.vendor.ServeHTTP(w, r)
	case g.terms.nginx:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, nginxPage)
	default:
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

const nginxPage = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n" +
	"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// secured shakes hands slowly above a listener, with a certificate of its own.
func secured(l net.Listener, handshake time.Duration, path string) (net.Listener, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write the certificate: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		SessionTicketsDisabled: true,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			time.Sleep(handshake)
			return nil, nil
		}}
	return tls.NewListener(l, config), nil
}
