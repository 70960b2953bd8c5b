package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
	"vehiclebatch/vendors"
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
		Flags: append([]cli.Flag{outFlag(), configFlag(),
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
	r := reconciling{dryRun: c.Bool("dry-run"), yes: c.Bool("yes"), csv: c.Bool("csv"), sheet: c.String("sheet")}
	var err error
	if r.path, err = oneArgument(c, "the STATEMENT"); err != nil {
		return err
	}
	if r.options.Since, r.options.Until, err = sinceUntil(c); err != nil {
		return err
	}
	if r.options.Within = c.Duration("within"); r.options.Within < 0 {
		return usageError("--within %s: want a length of time, e.g. 30m", r.options.Within)
	}
	if r.setup, err = newSetup(c, env); err != nil {
		return err
	}
	defer r.close()
	if err := r.forBill(c); err != nil {
		return err
	}
	if err := r.readBill(); err != nil {
		return err
	}
	if r.dryRun {
		return r.look(c.Context)
	}
	if r.simulated, err = isSimulated(c.Context, r.setup); err != nil {
		return err
	}
	return r.open(c.Context, r.out, func(s *session) error { return r.settle(c.Context, s) })
}

// reconciling is one bill on its way into the ledger.
type reconciling struct {
	*setup
	path, sheet      string
	dryRun, yes, csv bool
	vendor           config.Vendor
	options          reconcile.Options
	bill             *reconcile.Bill
}

// forBill loads the configuration, if there is one. Nobody is called, so no key
// needs to be known.
func (r *reconciling) forBill(c *cli.Context) error {
	registry := all.Descriptors()
	path, _ := configPath(c)
	var err error
	if r.config, err = keylessConfig(path, r.env, registry, simulatedSettings(registry, "http://127.0.0.1")); err != nil {
		return err
	}
	name := c.String("vendor")
	if name == "" && len(r.config.Vendors) == 1 {
		name = r.config.Vendors[0].Name
	}
	names := make([]string, 0, len(r.config.Vendors))
	for _, v := range r.config.Vendors {
		names = append(names, v.Name)
	}
	var known bool
	if r.vendor, known = r.config.Vendor(name); !known {
		if name != "" {
			return usageError("--vendor %q is not configured; configured are %v", name, names)
		}
		return usageError("whose bill is it? Name one of %v with --vendor", names)
	}
	r.options.Vendor, r.options.Now, r.options.Polls = name, r.env.clock.Now(), r.polls
	return nil
}

// polls tells whether the vendor, as configured, is asked for a dataset by ticket.
func (r *reconciling) polls(d record.Dataset) bool {
	return r.vendor.Enabled && slices.ContainsFunc(configuredOffers(r.vendor), func(o vendors.Offer) bool { return o.Dataset == d && o.TwoStep })
}

func (r *reconciling) readBill() error {
	from := r.env.stdin
	name := "stdin"
	if r.path != "-" {
		f, err := openFile(r.path)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // nothing was written
		from, name = f, r.path
	}
	s := r.vendor.Statement
	m := reconcile.Mapping{Time: s.Time, VIN: s.VIN, Plate: s.Plate, Ticket: s.Ticket, Amount: s.Amount, Dataset: s.Dataset, Names: s.Names,
		Refund: s.Refund, Direction: s.Direction, Type: s.Type, Status: s.Status, Charges: s.Charges, Vendor: r.vendor.Name}
	table, err := reconcile.Open(from, name, r.sheet, m)
	if err != nil {
		return err
	}
	r.bill, err = reconcile.Read(table, m)
	return err
}

func isSimulated(ctx context.Context, s *setup) (bool, error) {
	l, err := ledger.OpenReadOnly(ctx, s.out, s.env.clock.Now)
	if err != nil {
		return false, err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	return l.Simulated(ctx)
}

// look shows what the bill says and changes nothing.
func (r *reconciling) look(ctx context.Context) error {
	l, err := ledger.OpenReadOnly(ctx, r.out, r.env.clock.Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	report, err := r.plan(ctx, l)
	if err != nil {
		return err
	}
	code, err := codeOfRuns(ctx, l, report.Runs())
	if err != nil {
		return err
	}
	code = withUnreadable(code, report)
	if err := r.print(report, false, code); err != nil {
		return err
	}
	if n := report.Changes(); n > 0 {
		r.Linef("Nothing was changed: without --dry-run, %s would be settled.", record.Counted(int64(n), "charge"))
	}
	return withCode(code)
}

// plan holds the bill against the ledger.
func (r *reconciling) plan(ctx context.Context, l *ledger.Ledger) (*reconcile.Report, error) {
	report, err := reconcile.Plan(ctx, l, r.bill, r.options)
	var other *reconcile.OtherVendorError
	if errors.As(err, &other) {
		name := r.path
		if name == "-" {
			name = "stdin"
		}
		return nil, &sources.InputError{Name: name, Problem: other.Problem(), Hint: other.Hint()}
	}
	return report, err
}

// settle shows what the bill says, asks, and writes it down.
func (r *reconciling) settle(ctx context.Context, s *session) error {
	report, err := r.plan(ctx, s.ledger)
	if err != nil {
		return err
	}
	wanted := report.Changes() > 0
	if wanted && !r.yes {
		if err := r.ask(report); err != nil {
			return err
		}
	}
	if wanted {
		if err := r.apply(context.WithoutCancel(ctx), s, report); err != nil {
			return err
		}
	}
	code, err := codeOfRuns(context.WithoutCancel(ctx), s.ledger, report.Runs())
	if err != nil {
		return err
	}
	code = withUnreadable(code, report)
	if wanted && !r.yes && !r.json && !r.csv { // shown before it asked
		r.printNext(report)
	} else if err := r.print(report, wanted, code); err != nil {
		return err
	}
	return withCode(code)
}

// ask shows what would be done and wants a typed yes.
func (r *reconciling) ask(report *reconcile.Report) error {
	if !r.json && !r.csv {
		r.printText(report)
	}
	if r.path != "-" && r.Consents(fmt.Sprintf("This settles %s in %s.", record.Counted(int64(report.Changes()), "charge"), record.Counted(int64(len(report.Touched())), "run"))) {
		return nil
	}
	return usageError("nothing was changed: say --yes to settle %s, or --dry-run to look only", record.Counted(int64(report.Changes()), "charge"))
}

// apply writes the bill's word down, and the outputs of the runs that it changes.
func (r *reconciling) apply(ctx context.Context, s *session, report *reconcile.Report) error {
	runs, err := reconcile.Apply(ctx, s.ledger, report)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if _, err := s.write(ctx, run); err != nil {
			return fmt.Errorf("%w\n  The ledger is good: `batch export --out %s --run %s` writes the outputs again", err, s.out, run.ID)
		}
		if run.State != ledger.RunSettled {
			continue
		}
		run.State = ledger.RunFinished
		if err := s.ledger.SetRun(run); err != nil {
			return fmt.Errorf("write down that run %s is finished: %w", run.ID, err)
		}
	}
	return nil
}

// withUnreadable makes a code of a bill that has lines that cannot be read: somebody
// must look at them.
func withUnreadable(code int, report *reconcile.Report) int {
	if report.Count(reconcile.Unreadable) > 0 {
		return max(code, exitFailures)
	}
	return code
}

// codeOfRuns is the exit code that the statuses of several runs come to.
func codeOfRuns(ctx context.Context, l *ledger.Ledger, wanted []int64) (int, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return exitUnexpected, fmt.Errorf("read the runs: %w", err)
	}
	code := exitSettled
	for _, run := range runs {
		if !slices.Contains(wanted, run.Seq) {
			continue
		}
		counts, err := l.Counts(ctx, run)
		if err != nil {
			return exitUnexpected, fmt.Errorf("count the lookups of run %s: %w", run.ID, err)
		}
		code = max(code, codeOf(pipeline.SumStatuses(counts)))
	}
	return code, nil
}
