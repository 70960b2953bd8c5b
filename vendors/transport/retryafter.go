package transport

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a vendor can ask for: a longer pause is more
// likely a slip than a wish.
const maxRetryAfter = 24 * time.Hour

// cut is how much earlier a whole second may be than what was meant: limiters
// drop the rest of it.
const cut = time.Second

// dateOf is when the server says that it answered; zero when it does not.
func dateOf(h http.Header) time.Time {
	at, _ := moment(h.Get("Date"))
	return at
}

// retryAfter reads Retry-After: a time or a moment (RFC 9110, 10.2.3), in the
// forms that limiters send. A moment counts from the answer's own Date, so that
// no clock of ours takes part; without a Date it counts from now, and says
// nothing where now is nil. Of several the longest counts. 0 is absent, past or
// unreadable.
func retryAfter(h http.Header, now func() time.Time) time.Duration {
	var longest time.Duration
	for _, value := range h.Values("Retry-After") {
		d, ok := span(value)
		if !ok {
			d = until(value, dateOf(h), now)
		}
		longest = max(longest, d)
	}
	return min(longest, maxRetryAfter)
}

var plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]*)?$`)

// Some send the moment as seconds or milliseconds since 1970. Nobody is asked to
// wait for thirty years.
const (
	epochFrom   = 1e9
	epochMillis = 1e11
	epochTo     = 1e13
)

// span reads a time: "7", "2.5", "1m30s", "0" for less than a second.
func span(value string) (time.Duration, bool) {
	value = strings.Join(strings.Fields(value), "")
	if !plainNumber.MatchString(value) {
		d, err := time.ParseDuration(value)
		return max(d, 0), err == nil
	}
	seconds, err := strconv.ParseFloat(value, 64)
	switch {
	case err == nil && seconds >= epochFrom && seconds < epochTo:
		return 0, false // a moment
	case seconds == 0:
		return cut, true
	}
	return time.Duration(math.Ceil(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))), true
}

// until is how long it is until a moment, and until the end of its second.
func until(value string, from time.Time, now func() time.Time) time.Duration {
	at, ok := moment(value)
	if !ok {
		return 0
	}
	if from.IsZero() && now != nil {
		from = now()
	}
	if from.IsZero() {
		return 0
	}
	return max(at.Add(cut).Sub(from), 0)
}

// moment reads a date, or the seconds since 1970.
func moment(value string) (time.Time, bool) {
	value = strings.TrimSpace(value)
	if plainNumber.MatchString(value) {
		seconds, err := strconv.ParseFloat(value, 64)
		if seconds >= epochMillis {
			seconds /= 1000
		}
		return time.Unix(int64(seconds), 0), err == nil && seconds >= epochFrom
	}
	for _, utc := range []string{" UTC", " Z", " UT"} {
		if date, ok := strings.CutSuffix(value, utc); ok {
			value = date + " GMT"
		}
	}
	if at, err := http.ParseTime(value); err == nil {
		return at, true
	}
	for _, layout := range []string{"Mon, _2 Jan 2006 15:04:05 GMT", "Mon, _2 Jan 2006 15:04:05 -0700", time.RFC3339} {
		if at, err := time.Parse(layout, value); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
