#!/usr/bin/env bash
# failsafe-go 0.9.8: calls that began before the trouble close a half-open breaker.
#
# One would guess: a breaker that is half-open is closed by its trial calls. What comes back from
# calls that left before it opened says nothing about the vendor now, and is left out (as
# sony/gobreaker does, which numbers its generations).
#
# What happens: a result is counted where the breaker stands when the result comes. Two slow calls that
# left before the trouble and succeed while the one trial is still under way close the breaker, and the
# trial's own failure then counts in a closed one.
#
# Why it matters: at a vendor whose answers take seconds, dozens of calls are out when it opens. Their late
# answers let all traffic through to a vendor that fails every trial; where each call costs money, that is the bill.
#
# Versions: github.com/failsafe-go/failsafe-go v0.9.8, Go 1.26.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/failsafe-go/failsafe-go v0.9.8
END
cat >main.go <<'END'
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

func main() {
	breaker := circuitbreaker.NewBuilder[any]().
		WithFailureThresholdRatio(3, 5).
		WithSuccessThresholdRatio(2, 2).
		WithDelay(200 * time.Millisecond).
		Build()
	call := func(do func() (any, error)) { _, _ = failsafe.With[any](breaker).Get(do) }

	begun, slow, ended := make(chan bool), make(chan bool), make(chan bool)
	for range 2 {
		go func() {
			call(func() (any, error) { begun <- true; <-slow; return "late", nil })
			ended <- true
		}()
		<-begun
	}
	for range 5 {
		call(func() (any, error) { return nil, errors.New("down") })
	}
	fmt.Println("after five failures:", breaker.State())
	time.Sleep(breaker.RemainingDelay() + 50*time.Millisecond)
	call(func() (any, error) {
		fmt.Println("while the only trial is under way:", breaker.State())
		close(slow)
		<-ended
		<-ended
		fmt.Println("when two calls from before have ended:", breaker.State())
		return nil, errors.New("still down")
	})
	fmt.Println("after the trial failed:", breaker.State())
}
END
go mod tidy >/dev/null 2>&1
saw=$(go run .)
printf '%s\n' "$saw"
want='after five failures: open
while the only trial is under way: half-open
when two calls from before have ended: closed
after the trial failed: closed'
[ "$saw" = "$want" ] || { echo "this has changed"; exit 1; }
