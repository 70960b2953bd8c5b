package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/sinks/report"
)

// Report makes the report of a run that is not part of its outputs, as one file at to,
// or on the stream that stdout opens when to is "-".
func (w *Workspace) Report(ctx context.Context, run ledger.Run, o report.Options, said *messages.Printer, to string, stdout func() (io.Writer, error)) error {
	if err := notPurged(run, "reported on"); err != nil {
		return err
	}
	var out io.Writer
	var err error
	if to == "-" {
		out, err = stdout()
	} else {
		err = w.checkTarget(to)
	}
	if err != nil {
		return err // before all of it is collected
	}
	m, err := manifestOf(ctx, w.ledger, run)
	if err != nil {
		return err
	}
	doc, err := w.newReport(ctx, run, m, o)
	if err != nil {
		return err
	}
	if err := export.Write(ctx, w.ledger, run, readers(), said, doc); err != nil {
		return fmt.Errorf("collect the report: %w", err)
	}
	if to == "-" {
		buffered := bufio.NewWriter(out)
		return errors.Join(doc.Render(buffered), buffered.Flush())
	}
	if err := renderFile(doc, to); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// newReport begins the report of a run, with what the ledger knows of it.
func (w *Workspace) newReport(ctx context.Context, run ledger.Run, m sinks.Manifest, o report.Options) (*report.Report, error) {
	facts := report.Facts{Manifest: m}
	var err error
	if facts.Simulated, err = w.ledger.Simulated(ctx); err != nil {
		return nil, fmt.Errorf("look whether the answers are made up: %w", err)
	}
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for earlier runs: %w", err)
	}
	facts.Earlier = slices.ContainsFunc(runs, func(r ledger.Run) bool { return r.Seq < run.Seq && r.State != ledger.RunPlanning })
	counts, err := w.ledger.Counts(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("count the run's lookups: %w", err)
	}
	facts.Coverage = coverage(counts)
	lines, _, err := w.ledger.SpendOver(ctx, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor, ledger.ByDataset}, Run: run.Seq})
	if err != nil {
		return nil, fmt.Errorf("add up the run's money: %w", err)
	}
	for _, l := range lines {
		facts.Money = append(facts.Money, report.Money{Vendor: l.Vendor, Dataset: l.Dataset, Charged: l.Charged, Reserved: l.Reserved,
			Unknown: l.Unknown, Saved: l.Saved, Lookups: l.Lookups, Reused: l.Reused})
	}
	return report.New(o, facts)
}

// coverage adds up counts, which are sorted, by dataset and vendor.
func coverage(counts []ledger.Count) []report.Coverage {
	var out []report.Coverage
	for _, c := range counts {
		if n := len(out); n == 0 || out[n-1].Dataset != c.Dataset || out[n-1].Vendor != c.Vendor {
			out = append(out, report.Coverage{Dataset: c.Dataset, Vendor: c.Vendor, Counts: map[record.Status]int64{}})
		}
		out[len(out)-1].Counts[c.State.Status()] += c.N
	}
	return out
}
