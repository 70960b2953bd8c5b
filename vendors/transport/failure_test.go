package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
)

// What is said is short, and holds no address, no URL and nothing of the vendor.
func TestInWords(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: err}
	}
	call := func(n syscall.Errno) error { return os.NewSyscallError("connect", n) }
	untrusted := func(err error) error { return &handshakeError{&tls.CertificateVerificationError{Err: err}} }
	tests := map[string]struct {
		err  error
		want string
	}{
		"refused":           {dial(call(syscall.ECONNREFUSED)), "connection refused"},
		"reset":             {&net.OpError{Op: "read", Err: call(syscall.ECONNRESET)}, "connection reset by peer"},
		"no way":            {dial(call(syscall.EHOSTUNREACH)), "no route to host"},
		"no name":           {dial(&net.DNSError{Name: "S3CRET", IsNotFound: true}), "no such host"},
		"name server slow":  {dial(&net.DNSError{Name: "S3CRET", IsTimeout: true}), "no answer of the name server"},
		"name server ill":   {dial(&net.DNSError{Name: "S3CRET", Err: "server misbehaving"}), "the name server failed"},
		"unknown authority": {untrusted(x509.UnknownAuthorityError{}), "certificate not trusted (signed by an unknown authority)"},
		"another's":         {untrusted(x509.HostnameError{Host: "S3CRET", Certificate: &x509.Certificate{}}), "certificate not trusted (it is another host's)"},
		"expired":           {untrusted(x509.CertificateInvalidError{Reason: x509.Expired, Detail: "S3CRET"}), "certificate not trusted (expired or not yet valid)"},
		"odd":               {untrusted(x509.CertificateInvalidError{Reason: x509.NameMismatch, Detail: "S3CRET"}), "certificate not trusted (not valid)"},
		"not TLS":           {&handshakeError{tls.RecordHeaderError{Msg: "S3CRET"}}, "TLS failed: the other side does not speak it"},
		"hung up on TLS":    {&handshakeError{io.EOF}, "TLS failed: the other side hung up"},
		"reset on TLS":      {&handshakeError{&net.OpError{Op: "read", Err: call(syscall.ECONNRESET)}}, "connection reset by peer"},
		"alert":             {&handshakeError{tls.AlertError(40)}, "TLS failed: tls: handshake failure"},
		"hung up":           {&url.Error{Op: "Get", URL: "https://S3CRET/", Err: io.ErrUnexpectedEOF}, "the connection ended before the whole answer was there (EOF)"},
		"quoted":            {fmt.Errorf("malformed HTTP response %q", `<"S3CRET">`), `malformed HTTP response "…"`},
		"a broken head":     {fmt.Errorf("net/http: %w", textproto.ProtocolError("S3CRET")), "the answer is not HTTP"},
		"with a URL":        {&url.Error{Op: "Get", URL: "https://S3CRET/", Err: errors.New("stopped")}, "stopped"},
	}
	for name, tt := range tests {
		got := inWords(tt.err)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if strings.Contains(got, "S3CRET") || strings.Contains(got, "127.0.0.1") {
			t.Errorf("%s: %q says too much", name, got)
		}
	}
}
