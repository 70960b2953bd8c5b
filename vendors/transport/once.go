package transport

import (
	"context"
	"io"
	"net/http"
)

// net/http sends a request again by itself when a reused connection breaks,
// if the request is replayable: GET, HEAD, OPTIONS or TRACE (or any method
// with an Idempotency-Key header) whose Body is nil, NoBody or can be made
// again by GetBody. See Transport.shouldRetryRequest and
// Request.isReplayable. Three things rule that out here:
//
//   - GetBody is cleared, so that a body can be read once only;
//   - a body-less request of these methods gets a body that is empty but not
//     nil, which net/http finds to be empty and sends as no body at all;
//   - should a second connection ever be handed to the same request, it is
//     closed before a byte is written to it, and the exchange ends.

// emptyBody is a request body without bytes that net/http cannot replay.
type emptyBody struct{}

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyBody) Close() error             { return nil }

// onceOnly makes the request one that net/http will not repeat.
func onceOnly(ctx context.Context, req *http.Request) *http.Request {
	req = req.WithContext(ctx)
	req.GetBody = nil
	if req.Body == nil || req.Body == http.NoBody {
		req.Body = bodyForNone(req.Method)
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("Accept-Encoding") == "" {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	return req
}

// bodyForNone leaves the other methods alone: an empty POST would go out
// chunked, and net/http repeats it only behind an Idempotency-Key, where the
// exchange steps in.
func bodyForNone(method string) io.ReadCloser {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return emptyBody{}
	}
	return nil
}
