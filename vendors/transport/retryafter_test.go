package transport

import (
	"net/http"
	"testing"
	"time"
)

// retryAfterForms are what limiters send, and what slips through.
var retryAfterForms = map[string]struct {
	date  string
	value []string
	want  time.Duration
}{
	"absent":                   {serverDate, nil, 0},
	"empty":                    {serverDate, []string{""}, 0},
	"seconds":                  {serverDate, []string{"120"}, 2 * time.Minute},
	"seconds with spaces":      {serverDate, []string{"  120 "}, 2 * time.Minute},
	"seconds, no date":         {"", []string{"1"}, time.Second},
	"the rest of a second":     {serverDate, []string{"0"}, time.Second},
	"as a decimal":             {serverDate, []string{"0.0"}, time.Second},
	"decimals":                 {serverDate, []string{"2.5"}, 2500 * time.Millisecond},
	"less than a second":       {serverDate, []string{"0.064"}, 64 * time.Millisecond},
	"a duration of Go":         {serverDate, []string{"1m30s"}, 90 * time.Second},
	"with its unit":            {serverDate, []string{"10 s"}, 10 * time.Second},
	"negative":                 {serverDate, []string{"-5"}, 0},
	"absurd":                   {serverDate, []string{"99999999999999"}, maxRetryAfter},
	"beyond 64 bits":           {serverDate, []string{"99999999999999999999999"}, maxRetryAfter},
	"not a number":             {serverDate, []string{"NaN"}, 0},
	"infinite":                 {serverDate, []string{"Inf"}, 0},
	"hexadecimal":              {serverDate, []string{"0x10"}, 0},
	"words":                    {serverDate, []string{"soon"}, 0},
	"two limiters":             {serverDate, []string{"3", "10"}, 10 * time.Second},
	"moment":                   {serverDate, []string{"Wed, 21 Oct 2026 07:30:30 GMT"}, 151 * time.Second},
	"moment in UTC":            {serverDate, []string{"Wed, 21 Oct 2026 07:30:30 UTC"}, 151 * time.Second},
	"moment in +0000":          {serverDate, []string{"Wed, 21 Oct 2026 07:30:30 +0000"}, 151 * time.Second},
	"moment in +0800":          {serverDate, []string{"Wed, 21 Oct 2026 15:30:30 +0800"}, 151 * time.Second},
	"moment of RFC 850":        {serverDate, []string{"Wednesday, 21-Oct-26 07:30:30 GMT"}, 151 * time.Second},
	"RFC 850 in UTC":           {serverDate, []string{"Wednesday, 21-Oct-26 07:30:30 UTC"}, 151 * time.Second},
	"moment of asctime":        {serverDate, []string{"Wed Oct 21 07:30:30 2026"}, 151 * time.Second},
	"moment of RFC 3339":       {serverDate, []string{"2026-10-21T07:30:30Z"}, 151 * time.Second},
	"a day of one digit":       {"Thu, 01 Oct 2026 07:28:00 GMT", []string{"Thu, 1 Oct 2026 07:28:10 GMT"}, 11 * time.Second},
	"a zone that can be three": {serverDate, []string{"Wed, 21 Oct 2026 07:30:30 CST"}, 0},
	"seconds since 1970":       {serverDate, []string{"1792567830"}, 151 * time.Second},
	"milliseconds since 1970":  {serverDate, []string{"1792567830000"}, 151 * time.Second},
	"this very second":         {serverDate, []string{"Wed, 21 Oct 2026 07:28:00 GMT"}, time.Second},
	"past moment":              {serverDate, []string{"Wed, 21 Oct 2026 07:00:00 GMT"}, 0},
	"far moment":               {serverDate, []string{"Fri, 21 Oct 2044 07:28:00 GMT"}, maxRetryAfter},
	"Date in UTC":              {"Wed, 21 Oct 2026 07:28:00 UTC", []string{"Wed, 21 Oct 2026 07:30:30 GMT"}, 151 * time.Second},
	"moment by our clock":      {"", []string{"Wed, 21 Oct 2026 07:30:30 GMT"}, 161 * time.Second},
}

const serverDate = "Wed, 21 Oct 2026 07:28:00 GMT"

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	ours := func() time.Time { return time.Date(2026, 10, 21, 7, 27, 50, 0, time.UTC) }
	for name, tt := range retryAfterForms {
		h := http.Header{"Date": {tt.date}, "Retry-After": tt.value}
		if got := retryAfter(h, ours); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	h := http.Header{"Retry-After": {"Wed, 21 Oct 2026 07:30:30 GMT"}}
	if got := retryAfter(h, nil); got != 0 {
		t.Errorf("a moment without any clock: %v", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, tt := range retryAfterForms {
		for _, value := range tt.value {
			f.Add(tt.date, value)
		}
	}
	f.Fuzz(func(t *testing.T, date, value string) {
		h := http.Header{"Date": {date}, "Retry-After": {value}}
		if got := retryAfter(h, nil); got < 0 || got > maxRetryAfter {
			t.Errorf("%q at %q: %v", value, date, got)
		}
	})
}
