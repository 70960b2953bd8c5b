package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sources"
	"vehiclebatch/vendors"
)

// Reconciling is a bill that is held against the ledger.
type Reconciling struct {
	Opening
	Path, Sheet  string // - is Stdin
	Stdin        io.Reader
	Vendor       config.Vendor
	Since, Until time.Time     // where the bill is complete; zero is what its lines say
	Within       time.Duration // how far a line's time may lie from the call
}

// Reconciled is what a bill has come to.
type Reconciled struct {
	Reconciling
	Report  *reconcile.Report
	Applied bool // it is written down
	Code    int
}

// LookAtBill says what a bill says, and changes nothing.
func LookAtBill(ctx context.Context, o Reconciling) (out Reconciled, err error) {
	bill, err := o.readBill()
	if err != nil {
		return out, err
	}
	w, err := Look(ctx, o.Dir, o.Ledger, o.Clock.Now)
	if err != nil {
		return out, err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	out.Reconciling = o
	if out.Report, err = o.plan(ctx, w, bill); err != nil {
		return out, err
	}
	out.Code, err = w.codeOfBill(ctx, out.Report)
	return out, err
}

// SettleBill writes down what a bill says, once agree has seen what that is.
func SettleBill(ctx context.Context, o Reconciling, agree func(*Reconciled) error) (out Reconciled, err error) {
	bill, err := o.readBill()
	if err != nil {
		return out, err
	}
	if o.Simulated, err = isSimulated(ctx, o.Dir, o.Ledger, o.Clock.Now); err != nil {
		return out, err
	}
	out.Reconciling = o
	err = o.work(ctx, o.Dir, func(s *session) (err error) {
		if out.Report, err = o.plan(ctx, s.Workspace, bill); err != nil {
			return err
		}
		ctx := context.WithoutCancel(ctx)
		if out.Report.Changes() > 0 {
			if err := agree(&out); err != nil {
				return err
			}
			if err := s.settleBill(ctx, out.Report); err != nil {
				return err
			}
			out.Applied = true
		}
		out.Code, err = s.codeOfBill(ctx, out.Report)
		return err
	})
	return out, err
}

// codeOfBill is the exit code of the runs that a bill is about, and of its own lines that
// cannot be read.
func (w *Workspace) codeOfBill(ctx context.Context, report *reconcile.Report) (int, error) {
	code, err := w.codeOfRuns(ctx, report.Runs())
	return withUnreadable(code, report), err
}

func isSimulated(ctx context.Context, dir string, at LedgerAt, now func() time.Time) (bool, error) {
	w, err := Look(ctx, dir, at, now)
	if err != nil {
		return false, err
	}
	return w.Simulated, w.Close()
}

// polls tells whether the vendor, as configured, is asked for a dataset by ticket.
func (o *Reconciling) polls(d record.Dataset) bool {
	return o.Vendor.Enabled && slices.ContainsFunc(configuredOffers(o.Vendor), func(o vendors.Offer) bool { return o.Dataset == d && o.TwoStep })
}

func (o *Reconciling) readBill() (*reconcile.Bill, error) {
	from := o.Stdin
	name := "stdin"
	if o.Path != "-" {
		f, err := openFile(o.Path)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // nothing was written
		from, name = f, o.Path
	}
	s := o.Vendor.Statement
	m := reconcile.Mapping{Time: s.Time, VIN: s.VIN, Plate: s.Plate, Ticket: s.Ticket, Amount: s.Amount, Dataset: s.Dataset, Names: s.Names,
		Refund: s.Refund, Direction: s.Direction, Type: s.Type, Status: s.Status, Charges: s.Charges, Vendor: o.Vendor.Name}
	table, err := reconcile.Open(from, name, o.Sheet, m)
	if err != nil {
		return nil, err
	}
	return reconcile.Read(table, m)
}

// plan holds the bill against the ledger.
func (o *Reconciling) plan(ctx context.Context, w *Workspace, bill *reconcile.Bill) (*reconcile.Report, error) {
	report, err := reconcile.Plan(ctx, w.ledger, bill, reconcile.Options{Vendor: o.Vendor.Name, Now: w.now(), Since: o.Since, Until: o.Until, Within: o.Within, Polls: o.polls})
	var other *reconcile.OtherVendorError
	if errors.As(err, &other) {
		name := o.Path
		if name == "-" {
			name = "stdin"
		}
		return nil, &sources.InputError{Name: name, Problem: other.Problem(), Hint: other.Hint()}
	}
	return report, err
}

// settleBill writes the bill's word down, and the outputs of the runs that it changes.
func (s *session) settleBill(ctx context.Context, report *reconcile.Report) error {
	runs, err := reconcile.Apply(ctx, s.ledger, report)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if _, err := s.writeTelling(ctx, run, record.Flag{}); err != nil {
			return fmt.Errorf("%w\n  The ledger is good: `batch export --out %s --run %s` writes the outputs again", err, s.Dir, run.ID)
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
		return max(code, ExitFailures)
	}
	return code
}

// codeOfRuns is the exit code that the statuses of several runs come to.
func (w *Workspace) codeOfRuns(ctx context.Context, wanted []int64) (int, error) {
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return ExitUnexpected, fmt.Errorf("read the runs: %w", err)
	}
	code := ExitSettled
	for _, run := range runs {
		if !slices.Contains(wanted, run.Seq) {
			continue
		}
		counts, err := w.ledger.Counts(ctx, run)
		if err != nil {
			return ExitUnexpected, fmt.Errorf("count the lookups of run %s: %w", run.ID, err)
		}
		code = max(code, codeOf(runner.SumStatuses(counts)))
	}
	return code, nil
}
