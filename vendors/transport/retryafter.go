package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a vendor can ask for: a longer pause is more
// likely a slip than a wish.
const maxRetryAfter = 24 * time.Hour

// dateOf is when the server says that it answered; zero when it does not.
func dateOf(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// retryAfter reads Retry-After, as seconds or as a moment (RFC 9110, 10.2.3).
// A moment counts from the answer's own Date, so that no clock of ours takes
// part; without a Date it says nothing. 0 is absent, past or unreadable.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	from := dateOf(h)
	if from.IsZero() {
		return 0
	}
	return min(max(until.Sub(from), 0), maxRetryAfter)
}
