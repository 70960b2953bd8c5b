#!/usr/bin/env bash
# sethvargo/go-limiter 1.0.0: its Retry-After is a date that net/http cannot read.
#
# One would guess: a Retry-After that is a date is an HTTP date (RFC 9110, 5.6.7), which ends in "GMT", and
# http.ParseTime reads what a Go limiter writes.
#
# What happens: the middleware formats the time in UTC with RFC 1123, so that it ends in "UTC". http.ParseTime refuses
# it; a client that then takes the header for absent asks again at once, and is refused again. The moment is
# cut to whole seconds besides, so that it lies up to a second before the one at which a call is let through.
#
# Why it matters: a client that buys by the call and counts refusals slows down, or halts, at a limiter that told it
# exactly when to come.
#
# Versions: github.com/sethvargo/go-limiter v1.0.0, Go 1.26.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/sethvargo/go-limiter v1.0.0
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/sethvargo/go-limiter/httplimit"
	"github.com/sethvargo/go-limiter/memorystore"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	store, err := memorystore.New(&memorystore.Config{Tokens: 1, Interval: time.Minute})
	must(err)
	limit, err := httplimit.NewMiddleware(store, httplimit.IPKeyFunc())
	must(err)
	h := limit.Handle(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	var last *httptest.ResponseRecorder
	for range 2 {
		last = httptest.NewRecorder()
		h.ServeHTTP(last, httptest.NewRequest(http.MethodGet, "/", nil))
	}
	value := last.Header().Get("Retry-After")
	_, httpErr := http.ParseTime(value)
	_, rfcErr := time.Parse(time.RFC1123, value)
	fmt.Println("refused with:", last.Code)
	fmt.Println("ends in:", value[strings.LastIndex(value, " ")+1:])
	fmt.Println("read by http.ParseTime:", httpErr == nil)
	fmt.Println("read as RFC 1123:", rfcErr == nil)
}
END
go mod tidy >/dev/null 2>&1
saw=$(go run .)
printf '%s\n' "$saw"
want='refused with: 429
ends in: UTC
read by http.ParseTime: false
read as RFC 1123: true'
[ "$saw" = "$want" ] || { echo "this has changed"; exit 1; }
