package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
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

// quoted matches what Go's errors quote: bytes of the vendor ("malformed HTTP
// response"), header values, addresses of proxies with their passwords.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

func (c *Client) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &failure{text: "the call was interrupted", cause: context.Canceled}
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded): // the latter of a dial
		return &failure{text: fmt.Sprintf("no whole answer within %s", c.timeout), cause: context.DeadlineExceeded}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &failure{text: "the connection ended before the whole answer was there (EOF)"}
	}
	var withURL *url.Error
	for errors.As(err, &withURL) {
		err = withURL.Err
	}
	return &failure{text: quoted.ReplaceAllString(err.Error(), `"…"`)}
}
