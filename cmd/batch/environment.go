package main

import (
	"cmp"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/google/uuid"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/messages"
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
	tongue *messages.Lang // what a command has found to be the language of its screen
}

// worded is an error as the screen of a command speaks. A command that did not come as far as its configuration
// speaks as its flags say, or else the terminal.
func (env environment) worded(text string, args []string) string {
	lang := messages.English
	if env.tongue != nil {
		lang = cmp.Or(*env.tongue, langTyped(args), messages.LangOfLocale(env.getenv), lang)
	}
	p, err := messages.New(lang)
	if err != nil {
		return text
	}
	return p.Error(text)
}

func systemEnvironment() environment {
	return environment{stdin: os.Stdin, stdout: ui.NewDoor(os.Stdout), stderr: ui.NewDoor(os.Stderr), getenv: os.LookupEnv, clock: clock{sleeper: &precise.Sleeper{}},
		chance: rand.Float64, newID: uuid.NewString, tongue: new(messages.Lang)} //nolint:forbidigo // this is the outside
}

// world is what of it a command that works in a workspace needs.
func (env environment) world() app.World {
	return app.World{Clock: env.clock, Chance: env.chance, NewID: env.newID, Program: thisBuild().String()}
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
