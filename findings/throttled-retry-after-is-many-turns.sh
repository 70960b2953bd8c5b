#!/usr/bin/env bash
# throttled 2.15.0 (GCRA): a call that is a moment early is asked to wait 200 turns.
#
# One would guess: at 200 calls a second, a call that comes too early is told to wait for about 5 ms, the time until
# its turn; RetryAfter in its result says so.
#
# What happens: the HTTP middleware rounds Retry-After up to whole seconds, and without a burst (MaxBurst 0)
# nothing is given back for lateness. One call that comes early among 1,000 then costs a client that obeys a second,
# 200 calls, though the limiter would have let it through 5 ms later.
#
# Why it matters: a client that obeys Retry-After uses half of what the vendor allows, and one that knows better looks
# as if it broke the rule. Ask such a vendor for a MaxBurst of a few calls.
#
# Versions: github.com/throttled/throttled/v2 v2.15.0, Go 1.26.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/throttled/throttled/v2 v2.15.0
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/memstore"
)

func main() {
	store, err := memstore.NewCtx(100)
	if err != nil {
		panic(err)
	}
	rule := throttled.RateQuota{MaxRate: throttled.PerSec(200), MaxBurst: 0}
	limiter, err := throttled.NewGCRARateLimiterCtx(store, rule)
	if err != nil {
		panic(err)
	}
	h := (&throttled.HTTPRateLimiterCtx{RateLimiter: limiter, VaryBy: &throttled.VaryBy{Path: true}}).RateLimit(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	call := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/order", nil))
		return w
	}
	call()
	early := call()
	fmt.Println("a call that is early:", early.Code, "Retry-After:", early.Header().Get("Retry-After"))
	time.Sleep(20 * time.Millisecond)
	fmt.Println("20 ms later:", call().Code)
}
END
go mod tidy >/dev/null 2>&1
saw=$(go run .)
printf '%s\n' "$saw"
want='a call that is early: 429 Retry-After: 1
20 ms later: 200'
[ "$saw" = "$want" ] || { echo "this has changed"; exit 1; }
