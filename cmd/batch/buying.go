package main

import (
	"context"
	"errors"
	"syscall"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
)

// buying is what the flags and the configuration come to for a command that plans or buys.
type buying struct {
	app.Buying
	env     environment
	screen  *ui.Screen
	day     simulatedDay
	closers []func()
}

func newBuying(c *cli.Context, env environment) (*buying, error) {
	b := &buying{env: env}
	var errs [5]error
	b.Datasets, errs[0] = datasetsOf(c)
	b.MaxSpend, errs[1] = maxSpendOf(c)
	b.Wait, errs[2] = waitOf(c)
	b.day, errs[3] = dayOf(c, env.clock.Now())
	b.env.clock.ahead = b.day.ahead
	b.screen, b.Outputs, errs[4] = spoken(c, b.env)
	b.Log = newLogger(c, b.screen.Log)
	b.World = b.env.world()
	b.Dir, b.Ledger, b.Command, b.Simulated, b.Watch = b.Outputs.Dir, b.Outputs.Ledger, commandName(c), c.Bool("simulate"), b.screen
	b.StrictVIN, b.Yes, b.Flags = strictVINOf(c), c.Bool("yes"), againOf(c, b.Simulated)
	return b, errors.Join(errs[:]...)
}

func (b *buying) close() {
	for _, f := range b.closers {
		f()
	}
}

// configure loads the configuration, or makes the simulated one, and speaks its
// language from then on. Without keys nobody can be called.
func (b *buying) configure(c *cli.Context, keyless bool) (err error) {
	path, given := configPath(c)
	switch {
	case b.Simulated:
		b.Config, err = b.simulated(c.Context, path, given)
	case path == "":
		err = noConfiguration(c)
	default:
		b.Config, err = b.env.load(path, keyless)
	}
	if err != nil {
		return err
	}
	if !b.Simulated {
		for _, w := range b.Config.Warnings {
			b.Log.Warn(w)
		}
	}
	return worded(b.screen, &b.Outputs, b.Config)
}

// simulated starts a simulator and points every vendor at it.
func (b *buying) simulated(ctx context.Context, path string, given bool) (*config.Config, error) {
	sim, err := app.Simulate(ctx, b.env.clock, b.day.lived)
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, func() { sim.Close(ctx) })
	conf, err := keylessConfig(path, b.env, app.Sold(), sim.Settings())
	if err != nil {
		return nil, err
	}
	sim.Into(conf, given || path != "")
	return conf, nil
}

// buy lets a command that buys work, says how it ended, and posts it.
func buy(c *cli.Context, env environment, do func(context.Context, app.Buying) (*app.Ended, error)) error {
	b, err := newBuying(c, env)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.Outputs.Check(); err != nil {
		return err
	}
	if err := b.configure(c, false); err != nil {
		return err
	}
	if err := b.Check(); err != nil {
		return err
	}
	target, err := chosenTarget(c, b.Config.Notify)
	if err != nil {
		return err
	}
	if b.Proxies, err = env.proxies(); err != nil {
		return err
	}
	end, err := do(c.Context, b.Buying)
	if end != nil { // the run has ended, whatever went wrong after it
		if serr := b.ended(c, end); err == nil {
			err = serr
		}
	}
	err = app.AsNoRoom(err, b.Dir, true)
	b.announce(c.Context, target, end, err)
	return err
}

// ended says how a run ended, and makes its exit code. Where nobody reads the summary any
// more, the run has ended as it did.
func (b *buying) ended(c *cli.Context, end *app.Ended) error {
	if err := b.screen.Ended(end, formOf(c), b.Dir, b.Flags); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	return app.WithCode(end.Code)
}
