package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"regexp"
	"syscall"
)

// failure is an error whose text is safe to store: it holds no URL, no query
// and no bytes of the vendor. It unwraps to the context's error only, since
// the error below it may hold what must not be printed.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// unreadError is an answer that began and could not be read to its end.
type unreadError struct{ err error }

func (e *unreadError) Error() string { return "reading the answer: " + e.err.Error() }
func (e *unreadError) Unwrap() error { return e.err }

// handshakeError is TLS that could not be agreed on.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return "agreeing on TLS: " + e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

func (c *Client) explain(ctx context.Context, err error) error {
	var proxy *proxyError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &failure{text: "the call was interrupted", cause: context.Canceled}
	case errors.As(err, &proxy):
		return &failure{text: proxy.text}
	case ctx.Err() != nil || isTimeout(err): // the latter of a dial
		return &failure{text: fmt.Sprintf("%s within %s", lacking(err), c.timeout), cause: context.DeadlineExceeded}
	}
	return &failure{text: inWords(err)}
}

// lacking is what did not come in time.
func lacking(err error) string {
	var unread *unreadError
	if errors.As(err, &unread) {
		return "no whole answer"
	}
	return "no answer"
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// quoted matches what Go's errors quote: bytes of the vendor ("malformed HTTP
// response"), header values, addresses of proxies with their passwords.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// inWords is an error in a few words for people: what the operating system, TLS or
// HTTP says, without the addresses that Go puts around it.
func inWords(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var handshake *handshakeError
	var system syscall.Errno
	var head textproto.ProtocolError
	var withURL *url.Error
	switch {
	case errors.As(err, &name):
		return aboutName(name)
	case errors.As(err, &certificate):
		return "certificate not trusted (" + distrust(certificate.Err) + ")"
	case errors.As(err, &system):
		return system.Error()
	case errors.As(err, &handshake):
		return "TLS failed: " + aboutTLS(handshake.err)
	case isEnd(err):
		return "the connection ended before the whole answer was there (EOF)"
	case errors.As(err, &head): // its text is a line of the vendor's
		return "the answer is not HTTP"
	}
	for errors.As(err, &withURL) {
		err = withURL.Err
	}
	return quoted.ReplaceAllString(err.Error(), `"…"`)
}

func aboutName(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "no such host"
	case err.IsTimeout:
		return "no answer of the name server"
	}
	return "the name server failed"
}

// distrust says why a certificate is not trusted, without what stands in it.
func distrust(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "signed by an unknown authority"
	case errors.As(err, &host):
		return "it is another host's"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "expired or not yet valid"
	}
	return "not valid"
}

func aboutTLS(err error) string {
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &notTLS):
		return "the other side does not speak it"
	case isEnd(err):
		return "the other side hung up"
	}
	return quoted.ReplaceAllString(err.Error(), `"…"`)
}
