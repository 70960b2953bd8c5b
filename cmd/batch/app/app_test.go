package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// program is a program of somebody else that uses the commands: it has no terminal.
type program struct {
	told    []string // the kinds of events
	asked   []any
	canAsk  bool
	follows int
}

var _ app.Watcher = (*program)(nil)

func (p *program) Speak(messages.Lang) error { return nil }
func (p *program) Tell(event any)            { p.told = append(p.told, reflect.TypeOf(event).Name()) }
func (p *program) CanAsk() bool              { return p.canAsk }

func (p *program) Ask(_ context.Context, event any) (bool, error) {
	p.asked = append(p.asked, event)
	return false, nil
}

func (p *program) Follow(app.Running, ledger.Run, record.Opt[record.Fen]) func() {
	p.follows++
	return func() { p.follows-- }
}

// machine is the machine's clock.
type machine struct{}

func (machine) Now() time.Time { return time.Now() }

func (machine) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

func (m machine) Sleep(ctx context.Context, d time.Duration) error {
	timer, stop := m.Timer(d)
	defer stop()
	select {
	case <-timer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m machine) SleepPrecisely(ctx context.Context, d time.Duration) error { return m.Sleep(ctx, d) }

// buying are options that ask a simulator, in a workspace of their own.
func buying(t *testing.T, by app.Watcher) app.Buying {
	t.Helper()
	sim, err := app.Simulate(t.Context(), machine{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close(context.Background()) })
	conf := config.Default(app.Sold(), sim.Settings())
	sim.Into(conf, false)
	ids := 0
	o := app.Buying{Datasets: []record.Dataset{record.DatasetValuation, record.DatasetViolations}, Log: slog.New(slog.DiscardHandler)}
	o.World = app.World{Clock: machine{}, Chance: func() float64 { return 0.5 }, NewID: func() string { ids++; return fmt.Sprint("id", ids) }}
	o.Dir, o.Command, o.Simulated, o.Config, o.Watch = filepath.Join(t.TempDir(), "out"), "a program", true, conf, by
	o.Outputs = app.OutputOptions{Dir: o.Dir}
	return o
}

func list(t *testing.T, vins ...string) app.Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fleet.csv")
	text := "vin,plate,engine_no,first_registered,mileage_km,city\n"
	for i, vin := range vins {
		text += fmt.Sprintf("%s,粤B1234%d,E1234%d,2018-05-01,60000,深圳\n", vin, i, i)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return app.Input{Path: path}
}

// All that a command does is there without a terminal: what it would cost, the end of the run,
// where it stands, its outputs and its money.
func TestARunWithoutATerminal(t *testing.T) {
	t.Parallel()
	ctx, p := t.Context(), &program{}
	o, in := buying(t, p), list(t, "LSVAM4187C2184841", "LSVAM4187C2184847")
	plan, err := app.Plan(ctx, o, in)
	if err != nil || plan.Buy == 0 || plan.Cost == 0 || plan.Rows.Total != 2 {
		t.Fatalf("the plan is %+v: %v", plan, err)
	}
	if _, err := os.Stat(o.Dir); !os.IsNotExist(err) {
		t.Errorf("the plan has made the workspace: %v", err)
	}
	end, err := app.Run(ctx, o, in)
	if err != nil || end.Run.State != ledger.RunFinished || p.follows != 0 {
		t.Fatalf("the end is %+v: %v", end, err)
	}
	if !slices.Contains(p.told, "InputRead") || len(p.asked) > 0 {
		t.Errorf("it was told %v and asked %v", p.told, p.asked)
	}
	if idle, err := app.Resume(ctx, o); err != nil || !idle.Idle || idle.Code != app.ExitSettled || idle.Run.ID != end.Run.ID {
		t.Errorf("what is finished goes on: %+v, %v", idle, err)
	}
	looksTheSame(t, o, plan, end)
}

// looksTheSame holds what is seen of a workspace against what a run has said.
func looksTheSame(t *testing.T, o app.Buying, plan app.Estimate, end *app.Ended) {
	t.Helper()
	ctx := t.Context()
	w, err := app.Look(ctx, o.Dir, app.LedgerAt{}, o.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // nothing was written
	st, err := w.Status(ctx)
	if err != nil || st.Run.ID != end.Run.ID || st.Manifest.ExitCode != end.Code || !w.Simulated {
		t.Errorf("it stands at %+v: %v", st, err)
	}
	spent, err := w.Spend(ctx, ledger.SpendQuery{}, "")
	if err != nil || spent.Total.Charged == 0 || spent.Total.Charged > plan.Cost {
		t.Errorf("%+v was spent, %s planned: %v", spent.Total, plan.Cost.Yuan(), err)
	}
	if v, err := w.Verify(ctx, end.Run); err != nil || len(v.Found) > 0 || len(v.Manifest.Outputs) == 0 {
		t.Errorf("verified: %+v: %v", v, err)
	}
	shown, err := w.Show(ctx, app.Showing{Wanted: "LSVAM4187C2184847", Words: o.Outputs.Words}, app.TermsOf("", o.Config))
	if err != nil || len(shown.Cars) != 1 || len(shown.Cars[0].Runs) != 1 || len(shown.Cars[0].Runs[0].Lookups) == 0 {
		t.Errorf("shown is %+v: %v", shown, err)
	}
	failed := 0
	said, err := messages.New(messages.English)
	if err != nil {
		t.Fatal(err)
	}
	err = w.Failures(ctx, end.Run, said, func(sinks.FailureRow) error { failed++; return nil })
	if err != nil || (failed > 0) != (end.Code == app.ExitFailures) {
		t.Errorf("%d failed, with exit code %d: %v", failed, end.Code, err)
	}
	e, err := app.Export(ctx, app.Exporting{Command: "a program", Outputs: app.OutputOptions{Dir: o.Dir, Formats: "csv", Given: true}}, o.Clock.Now)
	if err != nil || !slices.ContainsFunc(e.Manifest.Outputs, func(f sinks.Output) bool { return strings.HasSuffix(f.Path, "vehicles.csv") }) {
		t.Errorf("exported: %+v: %v", e.Manifest.Outputs, err)
	}
}

// Where somebody can answer, nothing is bought for a VIN that looks wrong without a yes.
func TestNothingIsBoughtWithoutAYes(t *testing.T) {
	t.Parallel()
	p := &program{canAsk: true}
	o := buying(t, p)
	end, err := app.Run(t.Context(), o, list(t, "LSVAM4187C2184842"))
	if end != nil || app.ExitCode(err) != app.ExitUsage || !strings.Contains(err.Error(), "nothing was bought") {
		t.Fatalf("%+v, %v", end, err)
	}
	d, ok := p.asked[0].(app.Doubtful)
	if len(p.asked) != 1 || !ok || d.WrongDigits == nil || d.WrongDigits.VINs != 1 {
		t.Errorf("it was asked %+v", p.asked)
	}
	w, err := app.Look(t.Context(), o.Dir, app.LedgerAt{}, o.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // nothing was written
	if err := w.HasRun(t.Context()); app.ExitCode(err) != app.ExitUsage {
		t.Errorf("the run is still there: %v", err)
	}
}
