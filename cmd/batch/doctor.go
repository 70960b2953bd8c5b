package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/repair"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/transport"
)

func doctorCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "doctor", Usage: "look through the workspace, try the vendors with free calls, and say what is wrong",
		Description: "   batch doctor                      looks, and changes nothing; exit 1 when something is wrong\n" +
			"   batch doctor --offline            the ledger and the workspace alone: calls nobody\n" +
			"   batch doctor --out out --rescue   saves what can be read of a damaged ledger into a new one\n" +
			"   batch doctor --out out --accept   takes a whole ledger for the newest one, though its mark or its outputs say otherwise\n\n" +
			"With a configuration it asks each vendor something that is never billed, and says whether the vendor is reached, the\n" +
			"clocks agree and the keys are good. A vendor without such a call is only reached for.\n\n" +
			"A rescue keeps the damaged file under another name. A lookup of which nobody can say any more whether it\n" +
			"was bought is in doubt after it, and is bought again only by `batch retry --class in_doubt`.",
		Flags: []cli.Flag{outFlag(), configFlag(), &cli.BoolFlag{Name: "offline", Usage: "try no vendor", DisableDefaultText: true}, jsonFlag(),
			&cli.BoolFlag{Name: "rescue", Usage: "save what can be read of a damaged ledger", DisableDefaultText: true},
			&cli.BoolFlag{Name: "accept", Usage: "take a whole ledger for the newest one: what was bought after it is bought again", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "rescue or accept without asking", DisableDefaultText: true}},
		Action: func(c *cli.Context) error { return doctorAction(c, env) },
	})
}

func doctorAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	d := &doctor{env: env, Screen: newScreen(c, env), out: c.String("out"), rescue: c.Bool("rescue"), accept: c.Bool("accept"), yes: c.Bool("yes"), json: c.Bool("json")}
	if d.json && (d.rescue || d.accept) {
		return usageError("--json is for a look alone: leave out --rescue and --accept")
	}
	config, given := configPath(c)
	if d.rescue || d.accept || c.Bool("offline") {
		config, d.offline = "", true
	}
	if _, err := os.Stat(d.out); errors.Is(err, fs.ErrNotExist) && config == "" {
		return d.nothingThere(given || config != "")
	}
	err := d.workspace(c.Context)
	if verr := d.tryVendors(c.Context, config); err == nil {
		err = verr
	}
	return d.finish(err)
}

// doctor looks at one workspace, and at the vendors of one configuration.
type doctor struct {
	*ui.Screen
	env                 environment
	out                 string
	rescue, accept, yes bool
	offline, json       bool
	proxies             *transport.Proxies
	failures            int                  // found so far, that keep batch from working
	halted              int                  // halts that the ledger holds
	named               []ledger.NamedVendor // by the ledger
	unfetched           int64                // orders at vendors that nobody knows
	about               string               // what is looked at now
	findings            []finding
}

// nothingThere is the end where there is no workspace to look at.
func (d *doctor) nothingThere(configured bool) error {
	if configured || d.offline {
		return usageError("there is no workspace %s: name one with --out", d.out)
	}
	return usageError("there is nothing to look at yet: no workspace %s, and no batch.yaml here.\n"+
		"  `batch init` writes a batch.yaml; `batch run INPUT --simulate` tries the program without keys or money.", d.out)
}

// workspace looks at the ledger and at what is around it.
func (d *doctor) workspace(ctx context.Context) error {
	d.about = "workspace"
	if _, err := os.Stat(d.out); errors.Is(err, fs.ErrNotExist) {
		d.say("", "there is no workspace %s yet: the first run makes it", d.out)
		return nil
	}
	e, err := repair.Examine(ctx, d.out)
	if err != nil {
		return err
	}
	d.printLedger(e)
	if e.Sound() {
		if err := d.sayLeft(ctx); err != nil {
			return err
		}
	}
	for _, look := range []func() error{d.permissions, d.links, d.leftovers, d.space} {
		if err := look(); err != nil {
			return err
		}
	}
	switch {
	case e.Missing:
		return &codeError{code: exitUnexpected, err: errors.New("there is no ledger to look at or to rescue; nothing is bought here")}
	case e.Foreign:
		return &codeError{code: exitUnexpected, err: errors.New("there is nothing to rescue: this is no ledger that this batch can read, and nothing was changed")}
	case e.Older && d.accept:
		return d.take(ctx, e)
	case !e.Sound() && d.rescue:
		return d.save(ctx, e)
	case e.Older:
		return &codeError{code: exitUnexpected, err: fmt.Errorf("the file is whole, but perhaps not the newest; nothing is bought with it.\n"+
			"  If you have a newer one, put it back. Else doubt what it may have forgotten: batch doctor --out %s --rescue\n"+
			"  Only if you know that nothing was bought after it:                         batch doctor --out %s --accept", d.out, d.out)}
	case !e.Sound():
		return &codeError{code: exitUnexpected, err: fmt.Errorf("the ledger cannot be used as it is; nothing is bought with it.\n"+
			"  If you have a copy that is newer than the last run, put it back. Else save what can be read:\n"+
			"  batch doctor --out %s --rescue", d.out)}
	case d.unfetched > 0:
		return &codeError{code: exitUnexpected, err: errors.New("somebody has changed the ledger, or another build of batch has written it: take the workspace anew from who gave it to you,\n" +
			"  or work in it with that build. All else in it can be worked with")}
	case d.failures > 0:
		return &codeError{code: exitUnexpected, err: errors.New("the workspace cannot be worked in until that is put right")}
	}
	return nil
}

// sayLeft says what was halted when the run was left, for what is wrong with an account
// shows only when something is bought, and what is ordered where nobody asks for it.
func (d *doctor) sayLeft(ctx context.Context) error {
	l, err := ledger.OpenReadOnly(ctx, d.out, d.env.clock.Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	halts, err := l.Halts(ctx)
	for _, h := range halts {
		what := "calls"
		if h.Stops == ledger.StopsOrders {
			what = "orders"
		}
		d.halted++
		d.say("odd", "%s: no more %s since %s (%s %s): %s", haltedName(&h), what, app.ChinaTime(h.At), h.Class, h.Code, ui.Printable(h.Message))
	}
	return errors.Join(err, d.sayNamed(ctx, l))
}

func haltedName(h *ledger.Halt) string {
	if h.Dataset == "" {
		return h.Vendor
	}
	return h.Vendor + " " + string(h.Dataset)
}

// finding is one thing that was looked at.
type finding struct {
	About string `json:"about"` // workspace, configuration, or a vendor
	Grade string `json:"grade"` // ok, odd (worth knowing), wrong; "" is for your information
	What  string `json:"what"`
}

// say notes one finding, and prints it: ok, odd or WRONG.
func (d *doctor) say(grade, format string, args ...any) {
	f := finding{About: d.about, Grade: strings.ToLower(grade), What: fmt.Sprintf(format, args...)}
	d.findings = append(d.findings, f)
	if d.json {
		return
	}
	what := f.What
	if f.About != "workspace" {
		what = f.About + ": " + what
	}
	fmt.Fprintf(d.env.stdout, "%-5s  %s\n", grade, what)
}

// finish prints the last line, or all findings as JSON.
func (d *doctor) finish(err error) error {
	if !d.json {
		if err == nil {
			fmt.Fprintf(d.env.stdout, "%-5s  %s\n", "ok", d.allWell())
		}
		return err
	}
	enc := json.NewEncoder(ui.AsJSON(d.env.stdout))
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return errors.Join(err, enc.Encode(struct {
		Well     bool      `json:"well"`
		Findings []finding `json:"findings"`
		ExitCode int       `json:"exit_code"`
	}{err == nil, d.findings, exitCode(err)}))
}

// allWell is the last line when nothing was found wrong.
func (d *doctor) allWell() string {
	if d.halted > 0 {
		return fmt.Sprintf("nothing is broken; what was halted is tried again by `batch resume --out %s`", d.out)
	}
	return "all is well"
}

func (d *doctor) printLedger(e *repair.Examination) {
	d.say("", "%s: %s, version %d of %d", e.Path, bytesText(e.Bytes), e.Version, e.Known)
	if e.Holder != "" {
		d.say("odd", "in use by %s: what is under way may look unfinished", e.Holder)
	}
	if e.Sound() {
		d.say("ok", "%s with %s and %s, %s charged: every page, index and reference is good", record.Counted(e.Runs, "run"), record.Counted(e.Lookups, "lookup"), record.Counted(e.Answers, "answer"), e.Charged.Yuan())
	}
	for _, f := range e.Faults {
		grade := "odd"
		if f.Unusable {
			grade = "WRONG"
		}
		d.say(grade, "%s", f.What)
	}
}

// permissions looks whether the workspace can be written, and by whom it can be read.
func (d *doctor) permissions() error {
	open := 0
	for _, path := range []string{d.out, filepath.Join(d.out, ledger.FileName)} {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			open++
			d.say("odd", "%s can be read by others (%v): chmod go= %s", path, mode, path)
		}
	}
	if ledger.ReadOnly(d.out) {
		d.say("odd", "the workspace cannot be written by you: it can be looked at, and not worked in")
		return nil
	}
	probe, err := os.CreateTemp(d.out, ".doctor-*")
	if err != nil {
		d.failures++
		d.say("WRONG", "nothing can be written in %s (%v): check who owns it", d.out, err)
		return nil
	}
	if open == 0 {
		d.say("ok", "only you can read and write the workspace")
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// links names folders of outputs that lead out of the workspace: nothing is bought before they are put right.
func (d *doctor) links() error {
	for _, err := range leadsOut(d.out) {
		d.failures++
		d.say("WRONG", "%v", err)
	}
	return nil
}

// leftovers names what a process that was killed has left, which the next one tidies up or nobody needs.
func (d *doctor) leftovers() error {
	workspace := os.DirFS(d.out)
	for _, left := range []struct{ pattern, what string }{
		{"runs/*/.*.partial", "half an output, written again by the next export"},
		{".stdin-*.csv", "a copy of standard input that a killed process has left: it may be removed"},
		{repair.RescueDir, "a rescue that was cut short: begin it again"},
		{"ledger.damaged-*.db", "a damaged ledger that a rescue has kept: keep it until the money is settled"},
		{".doctor-*", "left by a look that was cut short: it may be removed"},
	} {
		found, err := fs.Glob(workspace, left.pattern)
		if err != nil {
			return err
		}
		for _, name := range found {
			d.say("odd", "%s: %s", filepath.Join(d.out, name), left.what)
		}
	}
	return nil
}

// wantedSpace is the least free space that a run should begin with.
const wantedSpace = 256 << 20

// space looks whether the disk has room.
func (d *doctor) space() error {
	free, ok := freeSpace(d.out)
	switch {
	case !ok:
		return nil
	case free < wantedSpace:
		d.say("odd", "the disk has %s left: a lookup takes about 5 KiB in the ledger, and its outputs as much again", bytesText(free))
	default:
		d.say("ok", "the disk has %s left", bytesText(free))
	}
	return nil
}

// save rescues the ledger, once the user has said yes.
func (d *doctor) save(ctx context.Context, e *repair.Examination) error {
	if e.Holder != "" {
		return usageError("the workspace is in use by %s: stop that first", e.Holder)
	}
	if !d.yes && !d.Consents("What can be read is saved into a new ledger; the damaged one is kept under another name.") {
		return usageError("nothing was changed: say --yes, or type yes, to rescue the ledger")
	}
	r, err := repair.Rescue(ctx, d.out, ledger.Options{Now: d.env.clock.Now, Command: "batch doctor --rescue"},
		repair.Known{Question: lookup.Key, Price: guidePrice, Vendor: isVendor})
	if err != nil {
		return fmt.Errorf("rescue the ledger: %w", err)
	}
	printRescue(d.env.stdout, r, d.out)
	after, err := repair.Examine(ctx, d.out)
	if err != nil {
		return err
	}
	d.printLedger(after)
	if !after.Sound() {
		return &codeError{code: exitUnexpected, err: fmt.Errorf("the rescued ledger is not good either; the damaged one is %s", r.Kept)}
	}
	return nil
}

// take accepts the ledger as the newest, once the user has said yes.
func (d *doctor) take(ctx context.Context, e *repair.Examination) error {
	if e.Holder != "" {
		return usageError("the workspace is in use by %s: stop that first", e.Holder)
	}
	if !d.yes && !d.Consents("Whatever was bought after this ledger was written is not in it, and would be bought again.") {
		return usageError("nothing was changed: say --yes, or type yes, to go on with this ledger")
	}
	if err := repair.Accept(ctx, d.out, ledger.Options{Now: d.env.clock.Now, Command: "batch doctor --accept"}); err != nil {
		return fmt.Errorf("accept the ledger: %w", err)
	}
	d.say("ok", "the ledger is taken for the newest")
	return nil
}

// guidePrice is the highest that the vendors' pages name, of one vendor or of all.
func guidePrice(vendor string, d record.Dataset) record.Fen {
	var most record.Fen
	for _, v := range all.Descriptors() {
		for _, o := range v.Offers {
			if o.Dataset == d && (vendor == "" || vendor == v.Name) {
				most = max(most, o.PriceFen)
			}
		}
	}
	return most
}

func printRescue(out io.Writer, r *repair.Rescued, dir string) {
	fmt.Fprintf(out, "\nsaved: %s, %s, %s, %s; %s charged\n", record.Counted(r.Runs-r.LostRuns, "run"), record.Counted(r.Rows-r.LostRows, "row"),
		record.Counted(r.Lookups-r.LostLookups, "lookup"), record.Counted(r.Answers, "answer"), r.Charged.Yuan())
	fmt.Fprintf(out, "lost:  %s, %s, %s, %s\n", record.Counted(r.LostRuns, "run"), record.Counted(r.LostRows, "row"), record.Counted(r.LostLookups, "lookup"), record.Counted(r.LostAnswers, "answer"))
	if r.LostOrders > 0 {
		fmt.Fprintf(out, "%s of which it is not known any more what they cost: they count as perhaps charged\n", record.Counted(r.LostOrders, "order"))
	}
	if r.Truncated {
		fmt.Fprintln(out, "The end of the ledger is missing: all that it had not ordered yet may have been ordered since.")
	}
	if r.AskAgain > 0 {
		fmt.Fprintf(out, "%s paid, whose answer is lost: asked for again, free of charge, by `batch resume --out %s`\n", record.Counted(r.AskAgain, "lookup"), dir)
	}
	for _, d := range r.Doubts {
		printDoubt(out, d, dir)
	}
	if r.Unnamed != "" {
		fmt.Fprintf(out, "Lost beyond naming: %s. For some days, whatever this ledger has never heard of is in doubt and not bought by itself.\n", r.Unnamed)
	}
	fmt.Fprintf(out, "The damaged ledger is kept: %s\n\n", r.Kept)
}

// printDoubt says what a rescue has left in doubt in a run, in the sums that
// spend and retry name.
func printDoubt(out io.Writer, d repair.RunDoubt, dir string) {
	if d.LostRows > 0 {
		fmt.Fprintf(out, "run %s: %d of its %s are lost: give the input to `batch run` again; what is answered is used again\n", d.ID, d.LostRows, record.Counted(d.Rows, "row"))
	}
	if d.Lookups > 0 || d.Unknown > 0 {
		fmt.Fprintf(out, "run %s: %s in doubt, perhaps charged %s, which counts against --max-spend: hold them against the vendors' bills\n", d.ID, record.Counted(d.Lookups, "lookup"), d.Unknown.Yuan())
	}
	if d.Rebuy > 0 {
		fmt.Fprintf(out, "  buying %d of them again would cost about %s: batch retry --class in_doubt --run %s --out %s\n", d.Rebuy, d.AtStake.Yuan(), d.ID, dir)
	}
}

// bytesText is a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
