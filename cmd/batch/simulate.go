package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/vendors/simulator"
)

func simulateCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "simulate", Usage: "serve all the vendors on a loopback port, to try a configuration without money",
		Description: "   batch simulate --listen 127.0.0.1:8080\n\nThe keys that it takes are printed. Its book of charges is at /_simulator/book,\n" +
			"a vendor's bill, for `batch reconcile`, at /_simulator/statement?vendor=tencent.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "loopback `ADDRESS`; port 0 takes a free one"},
			&cli.DurationFlag{Name: "clock", Usage: "the vendors' clock is this `TIME` ahead of the machine's, e.g. 20m or -1h, for a look at what batch doctor says", DefaultText: "the machine's"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`NUMBER` that decides what the vendors know"},
			&cli.DurationFlag{Name: "latency-min", Value: 300 * time.Millisecond, Usage: "a report is ready after this `TIME` at the earliest"},
			&cli.DurationFlag{Name: "latency-max", Value: 2500 * time.Millisecond, Usage: "and after this `TIME` at the latest"},
			&cli.Float64Flag{Name: "desk-share", Usage: "`SHARE` of orders, 0 to 1, that are worked by hand"},
			&cli.StringFlag{Name: "desk-closed", Usage: "`HOURS`, China time, in which the desk works nothing, e.g. 18:30-09:00"},
			&cli.Float64Flag{Name: "rate", Usage: "`CALLS` a second that each vendor allows (0: any number)"},
			&cli.IntFlag{Name: "burst", Value: 1, Usage: "`CALLS` at once within the rate"},
			&cli.StringSliceFlag{Name: "fault", Usage: fmt.Sprintf("`NAME=SHARE` of calls that break so, e.g. cut_after=0.01; repeatable: %v", simulator.AllFaults())},
		},
		Action: func(c *cli.Context) error { return simulateAction(c, env) },
	})
}

func simulateAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	o, err := simulatorOptions(c, env)
	if err != nil {
		return err
	}
	server, err := simulator.Serve(context.WithoutCancel(c.Context), simulator.New(o), c.String("listen"))
	if err != nil {
		return app.UsageError("%w", err)
	}
	k := simulator.DefaultCredentials()
	fmt.Fprintf(env.stdout, "%s\n", server.URL)
	fmt.Fprintf(env.stderr, "Serving wapi, tencent and jumdata; Ctrl-C ends it. For batch.yaml, base_url: %s and\n"+
		"  wapi:    app_id: %q, secret: %q\n  tencent: secret_id: %q, secret_key: %q\n  jumdata: app_id: %q, app_secret: %q\n"+
		"tencent's newer gateway, gateway: cloudmarket, is at base_url: %s%s\n",
		server.URL, k.WAPIAppID, k.WAPISecret, k.TencentSecretID, k.TencentKey, k.JumdataAppID, k.JumdataSecret, server.URL, simulator.MarketService)
	<-c.Context.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context), 2*time.Second)
	defer cancel()
	return server.Close(ctx)
}

func simulatorOptions(c *cli.Context, env environment) (simulator.Options, error) {
	env.clock.fast = c.Duration("clock")
	o := simulator.Options{Name: simulator.ServedName, Seed: c.Uint64("seed"), Clock: env.clock, Pace: map[string]simulator.Pace{},
		Latency: simulator.Latency{Min: c.Duration("latency-min"), Max: c.Duration("latency-max")},
		Desk:    simulator.Desk{Share: c.Float64("desk-share"), Closed: c.String("desk-closed")}}
	for _, v := range []string{simulator.WAPI, simulator.Tencent, simulator.Jumdata} {
		o.Pace[v] = simulator.Pace{PerSecond: c.Float64("rate"), Burst: c.Int("burst")}
	}
	var err error
	if o.Faults.Rates, err = faultRates(splitWords(c.StringSlice("fault"))); err != nil {
		return o, err
	}
	if err := o.Check(); err != nil {
		return o, app.UsageError("%w", err)
	}
	return o, nil
}

// faultRates reads name=share pairs.
func faultRates(words []string) (map[simulator.Fault]float64, error) {
	out := map[simulator.Fault]float64{}
	for _, w := range words {
		name, number, _ := strings.Cut(w, "=")
		share, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, app.UsageError("--fault %q: want NAME=SHARE, e.g. cut_after=0.01", w)
		}
		if !slices.Contains(simulator.AllFaults(), simulator.Fault(name)) || !(share >= 0 && share <= 1) {
			return nil, app.UsageError("--fault %q: want a share from 0 to 1 and one of %v", w, simulator.AllFaults())
		}
		out[simulator.Fault(name)] = share
	}
	return out, nil
}
