package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func planCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "plan", ArgsUsage: "INPUT", Usage: "what a run would do and cost; calls nobody",
		Description: "   batch plan fleet.csv\n   batch plan fleet.csv --json",
		Flags:       []cli.Flag{outFlag(), configFlag(), simulateFlag(), dayFlag(), datasetFlag(), sheetFlag(), maxSpendFlag(), jsonFlag(), quietFlag(), verboseFlag()},
		Action:      func(c *cli.Context) error { return planAction(c, env) },
	})
}

// planAction plans the input in the workspace, prints what came of it and
// forgets the plan. A workspace that is not there is not made.
func planAction(c *cli.Context, env environment) error {
	path, err := oneArgument(c, "the INPUT file")
	if err != nil {
		return err
	}
	if err := checkInput(path, c.String("sheet")); err != nil {
		return err
	}
	set, err := newSetup(c, env)
	if err != nil {
		return err
	}
	defer set.close()
	set.keyless = true
	if err := set.configure(c.Context, c); err != nil {
		return err
	}
	if _, err := set.wanted(); err != nil {
		return err
	}
	dir, cleanup, err := planDir(set.out)
	if err != nil {
		return err
	}
	defer cleanup()
	return set.open(c.Context, dir, func(s *session) error { return s.dryRun(c.Context, path, c.String("sheet")) })
}

// planDir is the workspace if there is one, else a folder for the moment.
func planDir(out string) (string, func(), error) {
	if err := ledger.Gone(out); err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(filepath.Join(out, ledger.FileName)); err == nil {
		return out, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "batch-plan-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder to plan in: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil //nolint:errcheck // it is in the system's temporary folder
}

func (s *session) dryRun(ctx context.Context, path, sheet string) error {
	in, err := s.openInput(path, sheet)
	if err != nil {
		return err
	}
	defer in.close()
	run, goesOn, err := s.sameRun(ctx, in)
	if err != nil {
		return err
	}
	if !goesOn {
		if run, err = s.plan(ctx, in); err != nil {
			return err
		}
	}
	e, err := s.estimate(ctx, run, goesOn)
	if !goesOn {
		if derr := s.ledger.DropRun(run); err == nil {
			err = derr
		}
	}
	if err != nil {
		return err
	}
	if s.json {
		enc := json.NewEncoder(s.env.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	}
	e.print(s.env.stdout)
	return nil
}

// estimate is what a run would do and cost.
type estimate struct {
	GoesOn string `json:"goes_on,omitempty"` // the unfinished run
	Rows   struct {
		Total     int64 `json:"total"`
		Valid     int64 `json:"valid"`
		Invalid   int64 `json:"invalid"`
		Duplicate int64 `json:"duplicate"`
	} `json:"rows"`
	Lookups  []estimateLine `json:"lookups"`
	Buy      int64          `json:"buy"`
	Cost     json.Number    `json:"cost_cny"`
	MaxSpend json.Number    `json:"max_spend,omitempty"`
	WithinIt bool           `json:"within_max_spend"`
}

// estimateLine is one dataset at the vendor that is asked first.
type estimateLine struct {
	Dataset  record.Dataset `json:"dataset"`
	Vendor   string         `json:"vendor"`
	Buy      int64          `json:"buy"`
	Price    json.Number    `json:"price_cny"`
	Cost     json.Number    `json:"cost_cny"`
	Answered int64          `json:"answered"`  // by an earlier run
	Awaited  int64          `json:"awaited"`   // ordered, the answer is not there yet
	InDoubt  int64          `json:"in_doubt"`  // an earlier order is in doubt
	Refused  int64          `json:"not_asked"` // invalid or missing input
}

func (s *session) estimate(ctx context.Context, run ledger.Run, goesOn bool) (estimate, error) {
	var e estimate
	if goesOn {
		e.GoesOn = run.ID
	}
	rows, err := s.ledger.CountRows(ctx, run)
	if err != nil {
		return e, fmt.Errorf("count the rows: %w", err)
	}
	e.Rows.Total, e.Rows.Duplicate, e.Rows.Invalid = rows.Rows, rows.Duplicates, rows.Faulty
	e.Rows.Valid = rows.Rows - rows.Duplicates - rows.Faulty
	counts, err := s.ledger.Counts(ctx, run)
	if err != nil {
		return e, fmt.Errorf("count the lookups: %w", err)
	}
	cost := e.fill(counts, s.policy)
	e.Cost = json.Number(cost.String())
	e.WithinIt = !s.policy.MaxSpend.OK || cost <= s.policy.MaxSpend.V
	if s.policy.MaxSpend.OK {
		e.MaxSpend = json.Number(s.policy.MaxSpend.V.String())
	}
	return e, nil
}

func (e *estimate) fill(counts []ledger.Count, p *pipeline.Policy) record.Fen {
	var total record.Fen
	for _, d := range record.Datasets() {
		for _, c := range counts {
			if c.Dataset != d {
				continue
			}
			line := e.line(c.Dataset, c.Vendor)
			line.add(c)
		}
	}
	for i := range e.Lookups {
		l := &e.Lookups[i]
		var price record.Fen
		if s, ok := p.Sellers[l.Vendor]; ok {
			price = s.Prices[l.Dataset]
		}
		cost := price * record.Fen(l.Buy)
		l.Price, l.Cost = json.Number(price.String()), json.Number(cost.String())
		e.Buy += l.Buy
		total += cost
	}
	return total
}

func (e *estimate) line(d record.Dataset, vendor string) *estimateLine {
	for i := range e.Lookups {
		if e.Lookups[i].Dataset == d && e.Lookups[i].Vendor == vendor {
			return &e.Lookups[i]
		}
	}
	e.Lookups = append(e.Lookups, estimateLine{Dataset: d, Vendor: vendor})
	return &e.Lookups[len(e.Lookups)-1]
}

func (l *estimateLine) add(c ledger.Count) {
	switch c.State {
	case ledger.Planned:
		l.Buy += c.N
	case ledger.Submitting, ledger.Waiting, ledger.Following:
		l.Awaited += c.N
	case ledger.InDoubt:
		l.InDoubt += c.N
	case ledger.Failed:
		l.Refused += c.N
	default:
		l.Answered += c.N
	}
}

func (e *estimate) print(out io.Writer) {
	if e.GoesOn != "" {
		fmt.Fprintf(out, "This input has the unfinished run %s; this is what is left of it.\n", e.GoesOn)
	}
	fmt.Fprintf(out, "rows: %d valid, %d invalid, %d duplicate\n\n", e.Rows.Valid, e.Rows.Invalid, e.Rows.Duplicate)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "dataset\tvendor\tto buy\tprice\tcost\tanswered\tawaited\tin doubt\tnot asked\t")
	for _, l := range e.Lookups {
		fmt.Fprintf(w, "%s\t%s\t%d\t¥%s\t¥%s\t%d\t%d\t%d\t%d\t\n", l.Dataset, l.Vendor, l.Buy, group(l.Price.String()), group(l.Cost.String()), l.Answered, l.Awaited, l.InDoubt, l.Refused)
	}
	w.Flush() //nolint:errcheck // a terminal
	fmt.Fprintf(out, "\n%s to buy for ¥%s; a fallback to another vendor costs more. Nothing was called.\n", counted(e.Buy, "lookup"), group(e.Cost.String()))
	if !e.WithinIt {
		fmt.Fprintf(out, "That is more than --max-spend ¥%s: the run would stop there and could be resumed.\n", group(e.MaxSpend.String()))
	}
}
