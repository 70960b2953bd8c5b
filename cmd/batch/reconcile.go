package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/all"
)

// usualWithin is how far a line's time may lie from the call.
const usualWithin = time.Hour

func reconcileCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "reconcile", ArgsUsage: "STATEMENT", Usage: "hold a vendor's bill against the ledger, and settle what was in doubt",
		Description: "STATEMENT is the vendor's list of single charges as CSV or xlsx, or - for stdin: time, amount, and the ticket,\n" +
			"VIN or plate, under their usual names in Chinese or English, or as vendors.NAME.statement in the configuration\n" +
			"says. Text above and below the table, sums and top-ups are skipped. A line that cannot be read is listed, and\n" +
			"makes the exit code 3 at least; what it might be of is left alone.\n\n" +
			"   batch reconcile bill.csv --vendor tencent --dry-run   show it, and change nothing\n" +
			"   batch reconcile bill.csv --vendor tencent             show it, ask, settle\n" +
			"   batch reconcile bill.csv --vendor wapi --since 2026-01-01 --until 2026-01-31 --yes\n\n" +
			"An order in doubt that is on the bill was paid; with its ticket, `batch resume` asks for the report. One that is\n" +
			"not there, though the bill covers its time, was not bought: `batch retry --class unavailable` may buy it.\n" +
			"A line that may be of several orders settles none of them. No vendor is called.",
		Flags: append([]cli.Flag{outFlag(), ledgerFlag(), configFlag(),
			&cli.StringFlag{Name: "vendor", Usage: "the `VENDOR` whose bill it is (default: the only one configured)"},
			sheetFlag(),
			&cli.DurationFlag{Name: "within", Value: usualWithin, Usage: "a line's time may lie this `DURATION` from the call"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show it and change nothing; works while another process runs there", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "settle without asking", DisableDefaultText: true},
			jsonFlag(), csvFlag(), quietFlag()}, sinceFlags("the bill is complete")...),
		Action: func(c *cli.Context) error { return reconcileAction(c, env) },
	})
}

func reconcileAction(c *cli.Context, env environment) error {
	path, err := oneArgument(c, "the STATEMENT")
	if err != nil {
		return err
	}
	o := app.Reconciling{Path: path, Sheet: c.String("sheet"), Stdin: env.stdin, Within: c.Duration("within")}
	if o.Since, o.Until, err = sinceUntil(c); err != nil {
		return err
	}
	if o.Within < 0 {
		return app.UsageError("--within %s: want a length of time, e.g. 30m", o.Within)
	}
	screen, outputs, err := spoken(c, env)
	if err != nil {
		return err
	}
	o.Opening = app.Opening{World: env.world(), Dir: outputs.Dir, Ledger: outputs.Ledger, Command: commandName(c), Watch: screen}
	configuration, _ := configPath(c)
	if o.Config, err = keylessConfig(configuration, env, all.Descriptors(), app.SimulatedSettings("http://127.0.0.1")); err != nil {
		return err
	}
	if o.Vendor, err = billedVendor(o.Config, c.String("vendor")); err != nil {
		return err
	}
	r := &reconciling{screen: screen, form: formOf(c), path: path, yes: c.Bool("yes"), flags: func(simulated bool) string { return againOf(c, simulated) }}
	if c.Bool("dry-run") {
		return r.look(c.Context, o)
	}
	return r.settle(c.Context, o)
}

// billedVendor is the vendor whose bill it is.
func billedVendor(conf *config.Config, name string) (config.Vendor, error) {
	if name == "" && len(conf.Vendors) == 1 {
		name = conf.Vendors[0].Name
	}
	names := make([]string, 0, len(conf.Vendors))
	for _, v := range conf.Vendors {
		names = append(names, v.Name)
	}
	v, known := conf.Vendor(name)
	switch {
	case known:
		return v, nil
	case name != "":
		return v, app.UsageError("--vendor %q is not configured; configured are %v", name, names)
	}
	return v, app.UsageError("whose bill is it? Name one of %v with --vendor", names)
}

// reconciling is how a bill is shown, and agreed to.
type reconciling struct {
	screen *ui.Screen
	form   ui.Form
	path   string
	yes    bool
	flags  func(simulated bool) string // that a next command needs
}

// look shows what the bill says and changes nothing.
func (r *reconciling) look(ctx context.Context, o app.Reconciling) error {
	end, err := app.LookAtBill(ctx, o)
	if err != nil {
		return err
	}
	if err := r.screen.Bill(end, r.form); err != nil {
		return err
	}
	if n := end.Report.Changes(); n > 0 {
		r.screen.Linef("Nothing was changed: without --dry-run, %s would be settled.", record.Counted(int64(n), "charge"))
	}
	return app.WithCode(end.Code)
}

// settle shows what the bill says, asks, and has it written down.
func (r *reconciling) settle(ctx context.Context, o app.Reconciling) error {
	asked := false
	end, err := app.SettleBill(ctx, o, func(b *app.Reconciled) error {
		if r.yes {
			return nil
		}
		asked = true
		return r.ask(b)
	})
	if err != nil {
		return err
	}
	if shown := asked && r.form == ui.Text; !shown {
		if err := r.screen.Bill(end, r.form); err != nil {
			return err
		}
	}
	if end.Applied && r.form == ui.Text {
		r.screen.BillSettled(end, o.Dir, r.flags(end.Simulated))
	}
	return app.WithCode(end.Code)
}

// ask shows what would be done and wants a typed yes.
func (r *reconciling) ask(b *app.Reconciled) error {
	if r.form == ui.Text {
		if err := r.screen.Bill(*b, r.form); err != nil {
			return err
		}
	}
	charges := record.Counted(int64(b.Report.Changes()), "charge")
	if r.path != "-" && r.screen.Consents(fmt.Sprintf("This settles %s in %s.", charges, record.Counted(int64(len(b.Report.Touched())), "run"))) {
		return nil
	}
	return app.UsageError("nothing was changed: say --yes to settle %s, or --dry-run to look only", charges)
}
