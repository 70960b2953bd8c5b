package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/notify"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// notifyTimeout is how long the message may take of a run that was stopped.
const notifyTimeout = 5 * time.Second

// chosenTarget is where the end of a run is posted: where --notify says, else the
// configuration.
func chosenTarget(c *cli.Context, configured notify.Target) (notify.Target, error) {
	if !c.IsSet("notify") {
		return configured, nil
	}
	if c.String("notify") == "" {
		return notify.Target{}, nil
	}
	t, err := notify.Parse(c.String("notify"), "")
	if err != nil {
		return t, app.UsageError("--notify: the address %w", err)
	}
	return t, nil
}

// announce posts how a command that buys has ended. A usage error is not posted:
// no vendor was called, and the user sees it on the screen. Neither is that there was nothing to do. When posting fails, a
// warning is printed, even with --quiet.
func (b *buying) announce(ctx context.Context, to notify.Target, end *app.Ended, err error) {
	code := app.ExitCode(err)
	if to.IsZero() || code == app.ExitUsage || end != nil && end.Idle {
		return
	}
	o := notify.Options{Proxies: b.Proxies}
	if ctx.Err() != nil {
		ctx, o.Within = context.WithoutCancel(ctx), notifyTimeout
	}
	var full *ledger.NoRoomError
	a := ui.Announced{End: end, Code: code, Simulated: b.Simulated, NoRoom: errors.As(err, &full)}
	if err != nil {
		a.Problem = record.Shorten(message(err, nil))
	}
	summary, text, merr := b.screen.Announcement(&a)
	if merr == nil {
		merr = to.Send(ctx, notify.Message{Summary: summary, Text: text}, o)
	}
	if merr != nil {
		fmt.Fprintf(b.screen.Err, "batch: warning: %s; the run itself ended as said above, with exit code %d\n", app.Printable(merr.Error()), code)
		return
	}
	b.Log.Debug("notified", "where", to)
}
