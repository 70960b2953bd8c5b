package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/sinks/report"
)

func reportCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "report", Usage: "make a report of a run for people: one HTML file, from the ledger alone",
		Description: "   batch report > fleet.html\n   batch report --lang zh --top 50 --to fleet.html\n\n" +
			"Totals, money, coverage, failures with what to do, and the vehicles that need attention with their\n" +
			"mileage. The file asks no network for anything. `--format parquet,csv,html` on a run writes it beside\n" +
			"the tables. Works while another process runs there.",
		Flags: []cli.Flag{outFlag(), configFlag(), runFlag(), langFlag(),
			&cli.IntFlag{Name: "top", Usage: "show this `NUMBER` of vehicles in detail, the most pressing ones", DefaultText: fmt.Sprintf("report.top in batch.yaml, else that of the run, else %d", report.DefaultTop)},
			&cli.StringFlag{Name: "to", Value: "-", Usage: "`FILE` to write, - is stdout; of what is there, only a report is replaced", TakesFile: true}, quietFlag()},
		Action: func(c *cli.Context) error {
			if c.Int("top") < 0 {
				return usageError("--top %d: give a number from 0", c.Int("top"))
			}
			return withLedger(c, env, func(ctx context.Context, set *setup, l *ledger.Ledger, _ ledger.Run) error {
				s := &session{setup: set, ledger: l}
				run, err := s.chosenRun(ctx, c.String("run"))
				if err != nil {
					return err
				}
				if err := s.Speak(langOf(run)); err != nil {
					return err
				}
				o, err := s.reportOptions(run, record.Opt[int]{V: c.Int("top"), OK: c.IsSet("top")})
				if err != nil {
					return err
				}
				return s.writeReport(ctx, run, o, c.String("to"))
			})
		},
	})
}

// reportOptions are those of a report that is not part of a run's outputs: what
// the flags say, else the configuration, else as the run has it.
func (s *setup) reportOptions(run ledger.Run, top record.Opt[int]) (report.Options, error) {
	had, err := outputsOf(run)
	if err != nil {
		return had.report, err
	}
	lang := had.lang
	if had.reported {
		lang = had.report.Lang
	}
	o := report.Options{Lang: cmp.Or(s.lang, s.wording.ReportLang, s.wording.Lang, lang), Top: had.report.Top}
	for _, t := range []record.Opt[int]{s.wording.ReportTop, top} {
		if t.OK {
			o.Top = t.V
		}
	}
	return o, nil
}

func (s *session) writeReport(ctx context.Context, run ledger.Run, o report.Options, to string) error {
	if err := notPurged(run, "reported on"); err != nil {
		return err
	}
	if to == "-" && ui.IsTerminal(s.env.stdout) {
		return usageError("the report is a file for a browser: `batch report --to fleet.html`, or send it on with >")
	}
	if to != "-" {
		if err := s.checkTarget(to); err != nil {
			return err // before all of it is collected
		}
	}
	m, err := manifestOf(ctx, s.ledger, run)
	if err != nil {
		return err
	}
	doc, err := s.newReport(ctx, run, m, o)
	if err != nil {
		return err
	}
	if err := export.Write(ctx, s.ledger, run, readers(), s.Said(), doc); err != nil {
		return fmt.Errorf("collect the report: %w", err)
	}
	if to == "-" {
		buffered := bufio.NewWriter(ui.AsData(s.env.stdout))
		return errors.Join(doc.Render(buffered), buffered.Flush())
	}
	if err := renderFile(doc, to); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	s.Tell("file_report", run.ID, to)
	return nil
}

// newReport begins the report of a run, with what the ledger knows of it.
func (s *session) newReport(ctx context.Context, run ledger.Run, m sinks.Manifest, o report.Options) (*report.Report, error) {
	facts := report.Facts{Manifest: m}
	var err error
	if facts.Simulated, err = s.ledger.Simulated(ctx); err != nil {
		return nil, fmt.Errorf("look whether the answers are made up: %w", err)
	}
	counts, err := s.ledger.Counts(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("count the run's lookups: %w", err)
	}
	facts.Coverage = coverage(counts)
	lines, _, err := s.ledger.SpendOver(ctx, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor, ledger.ByDataset}, Run: run.Seq})
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
