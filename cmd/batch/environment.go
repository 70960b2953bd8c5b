package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"vehiclebatch/ratelimit"
	"vehiclebatch/ratelimit/precise"
)

// environment is what the program takes from outside: streams, variables, time.
type environment struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) (string, bool)
	clock  clock
	chance func() float64 // from 0 to 1
	newID  func() string  // another one each time
}

func systemEnvironment() environment {
	return environment{stdin: os.Stdin, stdout: newDoor(os.Stdout), stderr: newDoor(os.Stderr), getenv: os.LookupEnv, clock: clock{sleeper: &precise.Sleeper{}},
		chance: rand.Float64, newID: uuid.NewString} //nolint:forbidigo // this is the outside
}

// consents says what would be done and tells whether the user types yes.
func (env environment) consents(format string, args ...any) bool {
	return env.asks(fmt.Sprintf(format, args...), "Type yes to go on: ")
}

// asks is consents in the words of the caller.
func (env environment) asks(what, prompt string) bool {
	fmt.Fprintf(env.stderr, "%s\n%s", what, prompt)
	line, err := bufio.NewReader(env.stdin).ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(env.stderr)
	}
	return strings.TrimSpace(strings.ToLower(line)) == "yes"
}

// asksUntil is asks; the context's error says that it ended before an answer came.
func (env environment) asksUntil(ctx context.Context, what, prompt string) (bool, error) {
	answer := make(chan bool, 1)
	go func() { answer <- env.asks(what, prompt) }() // a read that nobody answers ends with the process
	select {
	case yes := <-answer:
		return yes, nil
	case <-ctx.Done():
		fmt.Fprintln(env.stderr)
		return false, ctx.Err()
	}
}

// clock is the machine's clock, or one that is some days ahead of it or behind, or
// goes fast.
type clock struct {
	ahead   int
	fast    time.Duration
	sleeper *precise.Sleeper // nil: none
}

var _ ratelimit.Precise = clock{}

// Now is the present moment.
func (c clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.ahead)*24*time.Hour + c.fast) // whatever the zone's summer time
}

// Sleep waits for d, or returns the context's error when that ends first.
func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	timer, stop := c.Timer(d)
	defer stop()
	select {
	case <-timer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SleepPrecisely is Sleep to within microseconds.
func (c clock) SleepPrecisely(ctx context.Context, d time.Duration) error {
	if c.sleeper == nil {
		return c.Sleep(ctx, d)
	}
	return c.sleeper.Sleep(ctx, d)
}

// Timer returns a channel that gets a value after d, and what lets it go.
func (clock) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
