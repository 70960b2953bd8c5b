package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

func planCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "plan", ArgsUsage: "INPUT", Usage: "what a run would do and cost; calls nobody",
		Description: "   batch plan fleet.csv\n   batch plan fleet.csv --json",
		Flags:       []cli.Flag{outFlag(), configFlag(), simulateFlag(), dayFlag(), datasetFlag(), sheetFlag(), strictVINFlag(), maxSpendFlag(), langFlag(), jsonFlag(), quietFlag(), verboseFlag()},
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
	if err := checkInput(path, c.String("sheet"), c.String("out")); err != nil {
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
	if err := ledger.CheckMissing(out); err != nil {
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
	in, err := s.openInput(ctx, path, sheet)
	if err != nil {
		return err
	}
	defer in.close()
	failures, err := s.readFailures(ctx, in)
	if err != nil {
		return err
	}
	if err := s.speakLike(failures); err != nil {
		return err
	}
	run, goesOn, err := s.sameRun(ctx, in, failures)
	if err != nil {
		return err
	}
	if goesOn {
		if err := s.sameStrictness(run); err != nil {
			return err
		}
		s.policy.MaxSpend = s.limit(run)
	} else if run, err = s.plan(ctx, in, failures); err != nil {
		return err
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
		enc := json.NewEncoder(ui.AsJSON(s.env.stdout))
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	}
	if err := s.Speak(langOf(run)); err != nil {
		return err
	}
	return e.print(s.env.stdout, s.Said())
}

// estimate is what a run would do and cost.
type estimate struct {
	GoesOn   string `json:"goes_on,omitempty"`  // the unfinished run
	Corrects string `json:"corrects,omitempty"` // the run whose failures are corrected
	Rows     struct {
		Total     int64 `json:"total"`
		Valid     int64 `json:"valid"`
		Invalid   int64 `json:"invalid"`
		Duplicate int64 `json:"duplicate"`
	} `json:"rows"`
	Lookups  []estimateLine         `json:"lookups"`
	Buy      int64                  `json:"buy"`
	Awaits   int64                  `json:"awaits_maintenance"` // of them, that wait for their vehicle's maintenance answer
	Cost     record.Fen             `json:"cost_cny"`
	MaxSpend record.Opt[record.Fen] `json:"max_spend,omitzero"`
	WithinIt bool                   `json:"within_max_spend"`
	// Unbought is why lookups are not bought, the most frequent cause first.
	Unbought []unbought `json:"not_bought,omitempty"`
	doubtful

	fallsBack bool // some vendor may be asked after another
}

// estimateLine is one dataset at the vendor that is asked first.
type estimateLine struct {
	Dataset  record.Dataset `json:"dataset"`
	Vendor   string         `json:"vendor"`
	Buy      int64          `json:"buy"`
	Awaits   int64          `json:"awaits_maintenance"` // of them, first for their vehicle's maintenance answer
	Price    record.Fen     `json:"price_cny"`
	Cost     record.Fen     `json:"cost_cny"`
	Answered int64          `json:"answered"`  // by an earlier run
	Awaited  int64          `json:"awaited"`   // ordered, the answer is not there yet
	InDoubt  int64          `json:"in_doubt"`  // an earlier order is in doubt
	Refused  int64          `json:"not_asked"` // invalid or missing input
}

func (s *session) estimate(ctx context.Context, run ledger.Run, goesOn bool) (estimate, error) {
	e := estimate{Corrects: run.Corrects}
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
	changes, err := s.foresee(ctx, run, goesOn)
	if err != nil {
		return e, err
	}
	counts = after(counts, changes.moved)
	cost := e.fill(counts, s.policy)
	e.fallsBack = fallsBack(s.policy)
	if e.Unbought, err = s.unbought(ctx, run, counts); err != nil {
		return e, err
	}
	e.Cost = cost
	if e.doubtful, err = s.doubtful(ctx, run, changes); err != nil {
		return e, err
	}
	spent, err := s.ledger.Spend(ctx, run)
	if err != nil {
		return e, fmt.Errorf("add up the run's money: %w", err)
	}
	e.WithinIt = !s.policy.MaxSpend.OK || cost+sumOf(spent) <= s.policy.MaxSpend.V
	e.MaxSpend = s.policy.MaxSpend
	return e, nil
}

// sumOf is what counts against a limit.
func sumOf(spent []ledger.Spend) record.Fen {
	var sum record.Fen
	for _, p := range spent {
		sum += p.Sum()
	}
	return sum
}

// fallsBack tells whether a dataset may be asked at one vendor after another.
func fallsBack(p *pipeline.Policy) bool {
	for _, r := range p.Routes {
		if r.Mode != pipeline.RouteAll && len(r.Vendors) > 1 && len(r.FallbackOn) > 0 {
			return true
		}
	}
	return false
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
		l.Price, l.Cost = price, cost
		e.Buy += l.Buy
		e.Awaits += l.Awaits
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
		if c.Awaits {
			l.Awaits += c.N
		}
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

func (e *estimate) print(out io.Writer, said *messages.Printer) error {
	if e.GoesOn != "" {
		fmt.Fprintln(out, said.Say("plan_goes_on", e.GoesOn))
	}
	fmt.Fprintf(out, "%s\n\n", said.Say("plan_rows", e.Rows.Valid, e.Rows.Invalid, e.Rows.Duplicate))
	t := ui.Columns{Right: true}
	t.Add(said.Say("head_dataset"), said.Say("head_vendor"), said.Say("head_to_buy"), said.Say("head_price"), said.Say("head_cost"),
		said.Say("head_answered"), said.Say("head_awaited"), said.Say("head_in_doubt"), said.Say("head_refused"))
	for _, l := range e.Lookups {
		t.Add(ui.DatasetName(said, l.Dataset), l.Vendor, fmt.Sprint(l.Buy), l.Price.Yuan(), l.Cost.Yuan(),
			fmt.Sprint(l.Answered), fmt.Sprint(l.Awaited), fmt.Sprint(l.InDoubt), fmt.Sprint(l.Refused))
	}
	if err := t.Write(out); err != nil {
		return err
	}
	e.printUnbought(out, said)
	fmt.Fprintf(out, "\n%s\n", e.sum(said))
	if e.Awaits > 0 {
		fmt.Fprintln(out, said.Say("plan_awaits", e.Awaits))
	}
	for _, line := range e.say(said) {
		fmt.Fprintln(out, line)
	}
	if !e.WithinIt {
		fmt.Fprintln(out, said.Say("plan_over", e.MaxSpend.V.Yuan()))
	}
	return nil
}

// sum says what all of it comes to, and what may change that.
func (e *estimate) sum(said *messages.Printer) string {
	cost := e.Cost.Yuan()
	switch {
	case e.Awaits > 0 && e.fallsBack:
		return said.Say("plan_sum_about", e.Buy, cost)
	case e.Awaits > 0:
		return said.Say("plan_sum_about_sure", e.Buy, cost)
	case e.fallsBack:
		return said.Say("plan_sum", e.Buy, cost)
	}
	return said.Say("plan_sum_sure", e.Buy, cost)
}
