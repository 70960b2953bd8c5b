package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
	"vehiclebatch/vendors/transport"
)

// Examining is what a doctor looks at.
type Examining struct {
	World
	Dir     string // the workspace
	Ledger  LedgerAt
	Path    string // of the configuration; "" tries no vendor
	Offline bool   // no vendor is to be tried
	Rescue  bool   // save what can be read of a damaged ledger
	Accept  bool   // take a whole ledger for the newest one
	Load    func(path string) (*config.Config, error)
	Priced  func() (*config.Config, error) // without keys, for the prices that a rescue needs; nil: there is none
	Proxies func() (*transport.Proxies, error)
	Watch   Attendant
}

// Attendant is told what a doctor finds, and asked before anything is changed.
type Attendant interface {
	Found(f Finding)
	Consents(what string) bool
	Rescued(r *Rescued, dir string)
}

// Rescued is what a rescue has saved and lost.
type Rescued = repair.Rescued

// RescuedOrders are some of the orders that a rescue has found, and their money.
type RescuedOrders = repair.Orders

// RunDoubt is what a rescue has left in doubt in a run.
type RunDoubt = repair.RunDoubt

// Finding is one thing that was looked at.
type Finding struct {
	About string // workspace, configuration, or a vendor
	Grade string // ok, odd (worth knowing), WRONG; "" is for your information
	What  string
}

// doctor looks at one workspace, and at the vendors of one configuration.
type doctor struct {
	Examining
	proxies   *transport.Proxies
	failures  int                  // found so far, that keep batch from working
	halted    int                  // halts that the ledger holds
	named     []ledger.NamedVendor // by the ledger
	unfetched int64                // orders at vendors that nobody knows
	about     string               // what is looked at now
}

// Examine looks at a workspace and tries the vendors of a configuration. The error says
// what must be put right; halted, whether something was halted when nothing is broken.
func Examine(ctx context.Context, o Examining) (halted bool, err error) {
	d := &doctor{Examining: o}
	err = d.workspace(ctx)
	if verr := d.tryVendors(ctx); err == nil {
		err = verr
	}
	return d.halted > 0, err
}

// say notes one finding: ok, odd or WRONG.
func (d *doctor) say(grade, format string, args ...any) {
	d.Watch.Found(Finding{About: d.about, Grade: grade, What: fmt.Sprintf(format, args...)})
}

// workspace looks at the ledger and at what is around it.
func (d *doctor) workspace(ctx context.Context) error {
	d.about = "workspace"
	address, err := d.Ledger.address(d.Dir)
	if err != nil {
		return err
	}
	if address != "" {
		return d.server(ctx, address)
	}
	return d.file(ctx)
}

// file looks at a ledger in the workspace's folder.
func (d *doctor) file(ctx context.Context) error {
	if _, err := os.Stat(d.Dir); errors.Is(err, fs.ErrNotExist) {
		d.say("", "there is no workspace %s yet: the first run makes it", d.Dir)
		return nil
	}
	e, err := d.examine(ctx)
	if err != nil {
		return err
	}
	d.sayLedger(e)
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
	if e.Missing {
		return d.missing(ctx, e)
	}
	switch {
	case e.Foreign:
		return &CodeError{Code: ExitUnexpected, Err: errors.New("there is nothing to rescue: this is no ledger that this batch can read, and nothing was changed")}
	case e.Older && d.Accept:
		return d.take(ctx, e)
	case !e.Sound() && d.Rescue:
		return d.save(ctx, e)
	case e.Older:
		return &CodeError{Code: ExitUnexpected, Err: fmt.Errorf("the file is whole, but perhaps not the newest; nothing is bought with it.\n"+
			"  If you have a newer one, put it back. Else doubt what it may have forgotten: batch doctor --out %s --rescue\n"+
			"  Only if you know that nothing was bought after it:                         batch doctor --out %s --accept", d.Dir, d.Dir)}
	case !e.Sound():
		return &CodeError{Code: ExitUnexpected, Err: fmt.Errorf("the ledger cannot be used as it is; nothing is bought with it.\n"+
			"  If you have a copy that is newer than the last run, put it back. Else save what can be read:\n"+
			"  batch doctor --out %s --rescue", d.Dir)}
	case d.unfetched > 0:
		return &CodeError{Code: ExitUnexpected, Err: errors.New("somebody has changed the ledger, or another build of batch has written it: take the workspace anew from who gave it to you,\n" +
			"  or work in it with that build. All else in it can be worked with")}
	case d.failures > 0:
		return &CodeError{Code: ExitUnexpected, Err: errors.New("the workspace cannot be worked in until that is put right")}
	}
	return nil
}

// missing says what to do about a ledger that is gone, and saves what its log holds.
func (d *doctor) missing(ctx context.Context, e *repair.Examination) error {
	switch {
	case e.LogAlone && d.Rescue:
		return d.save(ctx, e)
	case e.LogAlone:
		return &CodeError{Code: ExitUnexpected, Err: fmt.Errorf("as long as the ledger is gone, no command buys anything here.\n"+
			"  If you have it, put it back beside its log, which you must not delete. Else save what the log holds: what it lacks is in doubt then\n"+
			"  batch doctor --out %s --rescue", d.Dir)}
	}
	return &CodeError{Code: ExitUnexpected, Err: errors.New("there is no ledger to look at or to rescue: as long as it is gone, no command buys anything here")}
}

// sayLeft says what was halted when the run was left, for what is wrong with an account
// shows only when something is bought, and what is ordered where nobody asks for it.
func (d *doctor) sayLeft(ctx context.Context) error {
	l, err := sqlite.OpenReadOnly(ctx, d.Dir, d.Clock.Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	return d.sayHalts(ctx, l)
}

// leftStore is a ledger that is asked what was left in it.
type leftStore interface {
	Halts(ctx context.Context) ([]ledger.Halt, error)
	VendorsNamed(ctx context.Context) ([]ledger.NamedVendor, error)
}

func (d *doctor) sayHalts(ctx context.Context, l leftStore) error {
	halts, err := l.Halts(ctx)
	for _, h := range halts {
		what := "calls"
		if h.Stops == ledger.StopsOrders {
			what = "orders"
		}
		d.halted++
		d.say("odd", "%s: no more %s since %s (%s %s): %s", haltedName(&h), what, ChinaTime(h.At), h.Class, h.Code, Printable(h.Message))
	}
	return errors.Join(err, d.sayNamed(ctx, l))
}

func haltedName(h *ledger.Halt) string {
	if h.Dataset == "" {
		return h.Vendor
	}
	return h.Vendor + " " + string(h.Dataset)
}

// sayLedger says what was seen of a ledger.
func (d *doctor) sayLedger(e *repair.Examination) {
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
	for _, head := range e.MadeUpHeads {
		if server := vendors.Head(head).Get("Server"); server != "" && !madeUp(head) {
			d.say("odd", "the workspace is a simulated one, and an answer came from %q, which the simulator is not", server)
		}
	}
}

// permissions looks whether the workspace can be written, and by whom it can be read.
func (d *doctor) permissions() error {
	open := 0
	for _, path := range []string{d.Dir, filepath.Join(d.Dir, sqlite.FileName)} {
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
	if sqlite.ReadOnly(d.Dir) {
		d.say("odd", "the workspace cannot be written by you: it can be looked at, and not worked in")
		return nil
	}
	probe, err := os.CreateTemp(d.Dir, ".doctor-*")
	if noSpace(err) {
		return err
	}
	if err != nil {
		d.failures++
		d.say("WRONG", "nothing can be written in %s (%v): check who owns it", d.Dir, err)
		return nil
	}
	if open == 0 {
		d.say("ok", "only you can read and write the workspace")
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// links names folders of outputs that lead out of the workspace: nothing is bought before they are put right.
func (d *doctor) links() error {
	for _, err := range append(leadsOut(d.Dir), noFolders(d.Dir)...) {
		d.failures++
		d.say("WRONG", "%v", err)
	}
	return nil
}

// leftovers names what a process that was killed has left, which the next one tidies up or nobody needs.
func (d *doctor) leftovers() error {
	workspace := os.DirFS(d.Dir)
	for _, left := range []struct{ pattern, what string }{
		{"runs/*/.*.partial", "half an output, written again by the next export"},
		{".stdin-*.csv", "a copy of standard input that a killed process has left: it may be removed"},
		{repair.RescueDir, "a rescue that was cut short: begin it again"},
		{sqlite.KeptPrefix + "*.db", "a damaged ledger that a rescue has kept: keep it until the money is settled"},
		{".doctor-*", "left by a look that was cut short: it may be removed"},
	} {
		found, err := fs.Glob(workspace, left.pattern)
		if err != nil {
			return err
		}
		for _, name := range found {
			d.say("odd", "%s: %s", filepath.Join(d.Dir, name), left.what)
		}
	}
	return nil
}

// wantedSpace is the least free space that a run should begin with.
const wantedSpace = 256 << 20

// space looks whether the disk has room.
func (d *doctor) space() error {
	free, ok := freeSpace(d.Dir)
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

// examine looks at the ledger, unless it is to be rescued or accepted beside another process: that is refused whatever is
// wrong with it, or is not.
func (d *doctor) examine(ctx context.Context) (*repair.Examination, error) {
	if holder := sqlite.Holder(d.Dir); holder != "" && (d.Rescue || d.Accept) {
		return nil, inUse(d.Dir, holder)
	}
	return repair.Examine(ctx, d.Dir)
}

// inUse refuses to change a ledger that another process works with.
func inUse(dir, holder string) error {
	return UsageError("the workspace %s is in use by %s, and nothing was changed: wait for it to end, or stop it with Ctrl-C, and then give this command again", dir, holder)
}

// save rescues the ledger, once the user has said yes.
func (d *doctor) save(ctx context.Context, e *repair.Examination) error {
	if e.Holder != "" {
		return inUse(d.Dir, e.Holder)
	}
	if !d.Watch.Consents("What can be read is saved into a new ledger; the damaged one is kept under another name.") {
		return UsageError("nothing was changed: say --yes, or type yes, to rescue the ledger")
	}
	r, err := repair.Rescue(ctx, d.Dir, sqlite.Options{Now: d.Clock.Now, Command: "batch doctor --rescue"},
		repair.Known{Key: lookup.Key, Price: d.prices(), Vendor: isVendor, MadeUp: madeUp})
	if err != nil {
		return fmt.Errorf("rescue the ledger: %w", err)
	}
	d.Watch.Rescued(r, d.Dir)
	after, err := repair.Examine(ctx, d.Dir)
	if err != nil {
		return err
	}
	d.sayLedger(after)
	if !after.Sound() {
		return &CodeError{Code: ExitUnexpected, Err: fmt.Errorf("the rescued ledger is not good either; the damaged one is %s", r.Kept)}
	}
	return nil
}

// take accepts the ledger as the newest, once the user has said yes.
func (d *doctor) take(ctx context.Context, e *repair.Examination) error {
	if e.Holder != "" {
		return inUse(d.Dir, e.Holder)
	}
	if !d.Watch.Consents("Whatever was bought after this ledger was written is not in it, and would be bought again.") {
		return UsageError("nothing was changed: say --yes, or type yes, to go on with this ledger")
	}
	if err := repair.Accept(ctx, d.Dir, sqlite.Options{Now: d.Clock.Now, Command: "batch doctor --accept"}); err != nil {
		return fmt.Errorf("accept the ledger: %w", err)
	}
	d.say("ok", "the ledger is taken for the newest")
	return nil
}

// prices tells what an order costs by the configuration, or where that does not say, by the vendors' pages.
func (d *doctor) prices() func(vendor string, dataset record.Dataset) record.Fen {
	if d.Priced == nil {
		return guidePrice
	}
	conf, err := d.Priced()
	if err != nil {
		d.say("odd", "the configuration cannot be read, and tells no prices: those on the vendors' pages are used (%v)", err)
		return guidePrice
	}
	return func(vendor string, dataset record.Dataset) record.Fen {
		for _, v := range conf.Vendors {
			if price, ok := v.Prices[dataset]; ok && v.Name == vendor {
				return price
			}
		}
		return guidePrice(vendor, dataset)
	}
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

// sayNamed says which vendors the ledger names that nobody knows.
func (d *doctor) sayNamed(ctx context.Context, l leftStore) (err error) {
	if d.named, err = l.VendorsNamed(ctx); err != nil {
		return err
	}
	for _, v := range d.named {
		switch {
		case isVendor(v.Name):
		case v.Open > 0:
			d.unfetched += v.Open
			d.say("WRONG", "%s held at %q, a vendor that this batch does not know: what they have bought is not fetched; the first is row %d of run %s",
				record.Counted(v.Open, "order"), v.Name, v.Row, v.Run)
		default:
			d.say("odd", "%s at %q, a vendor that this batch does not know: no bill is held against them; the first is row %d of run %s",
				record.Counted(v.Lookups, "lookup"), v.Name, v.Row, v.Run)
		}
	}
	return nil
}

// sayUnconfigured says where something is ordered at vendors that a configuration does not ask.
func (d *doctor) sayUnconfigured(conf *config.Config) {
	for _, v := range d.named {
		on := slices.ContainsFunc(conf.Vendors, func(c config.Vendor) bool { return c.Name == v.Name && c.Enabled })
		if v.Open > 0 && !on && isVendor(v.Name) {
			d.say("odd", "%s held at %s, which it does not ask: put vendors.%[2]s back, and `batch resume` fetches what is paid; the first is row %d of run %s",
				record.Counted(v.Open, "order"), v.Name, v.Row, v.Run)
		}
	}
}

// isVendor tells whether there is an adapter for a vendor.
func isVendor(name string) bool {
	return slices.ContainsFunc(all.Descriptors(), func(d vendors.Descriptor) bool { return d.Name == name })
}

// madeUp tells by what is kept of an answer's header whether the simulator gave it.
func madeUp(head string) bool { return vendors.Head(head).Get("Server") == simulator.Name }
