package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/vendors/simulator"
)

// longRun is how long a run may take that waits for a vendor again and again.
const longRun = 10 * time.Minute

var fair simulator.Faults

// manyFail lets 12% of all calls fail, by every fault in equal shares. The run
// ends complete without help.
func (t *trial) manyFail(ctx context.Context) error {
	f := simulator.Faults{Rates: map[simulator.Fault]float64{}}
	all := simulator.AllFaults()
	for _, fault := range all {
		f.Rates[fault] = 0.12 / float64(len(all))
	}
	if err := t.vendor.breaks(ctx, f); err != nil {
		return err
	}
	_, _, err := t.runsWithin(ctx, longRun, []int{0, 3}, t.runWords()...)
	return err
}

// mostDead is how many orders of a dataset may be spent on finding out that what
// stands behind a gateway is dead: the first one goes alone.
const mostDead = 1

// dead is a vendor of whom there is nothing but its gateway, from the start. Going
// on there adds no doubt; when the vendor is back, the run ends complete.
func (t *trial) dead(ctx context.Context) error {
	if err := t.vendor.breaks(ctx, simulator.Faults{Rates: map[simulator.Fault]float64{simulator.DeadUpstream: 1}}); err != nil {
		return err
	}
	if _, _, err := t.runs(ctx, []int{4}, t.runWords()...); err != nil {
		return err
	}
	first, err := t.doubtful()
	if err != nil {
		return err
	}
	for d, n := range first.doubtsOf {
		if n > mostDead {
			return fmt.Errorf("%d orders of %s are in doubt at a dead vendor", n, d)
		}
	}
	for n := range 4 {
		if _, _, err := t.runs(ctx, []int{4}, "resume", "--out", "out", "--wait", t.terms.wait.String()); err != nil {
			return err
		}
		v, err := t.doubtful()
		if err != nil {
			return err
		}
		if v.doubts > first.doubts {
			return fmt.Errorf("resume %d at a dead vendor leaves %d in doubt, %d were before", n+1, v.doubts, first.doubts)
		}
	}
	if err := t.vendor.breaks(ctx, fair); err != nil {
		return err
	}
	_, _, err = t.runs(ctx, []int{0, 3}, "resume", "--out", "out", "--wait", "1m")
	return err
}

// doubtful looks at the ledger, and wants nothing under way.
func (t *trial) doubtful() (view, error) {
	v, err := viewOf(t.workspace(), filepath.Join(t.dir, "aside"))
	if err == nil && v.submitting > 0 {
		err = fmt.Errorf("%d lookups are under way after the end", v.submitting)
	}
	return v, err
}

const (
	paidOrders = 40  // that the account of the scene empty has money for
	toppedUp   = 1e8 // fen
)

// submits names where a vendor takes orders, in the book.
var submits = map[string]string{simulator.Tencent: simulator.TencentOrder, simulator.WAPI: simulator.WAPISubmit}

// empty lets an account run dry while as many calls as may be are in flight. What is
// paid is fetched in the same run, and no more leaves than was on the wire.
func (t *trial) empty(ctx context.Context, vendor string) error {
	price := simulator.DefaultPrices()[vendor+"/"+simulator.Maintenance]
	if err := t.vendor.breaks(ctx, simulator.Faults{Balance: map[string]int64{vendor: paidOrders * price}}); err != nil {
		return err
	}
	if err := t.haltsOnce(ctx, vendor, t.runWords()...); err != nil {
		return err
	}
	b, v, err := t.checkBooks(ctx)
	if err != nil {
		return err
	}
	if err := checkCounted(b, v); err != nil {
		return err
	}
	if v.unasked+v.submitting+v.doubts > 0 || v.open == 0 {
		return fmt.Errorf("an empty account: %d paid reports not fetched, %d under way, %d in doubt, %d open", v.unasked, v.submitting, v.doubts, v.open)
	}
	if n, most := int(b.Requests[submits[vendor]]), len(b.Orders)+t.terms.inFlight; n > most || len(b.Orders) < paidOrders {
		return fmt.Errorf("%d orders left and %d were taken: want at most %d", n, len(b.Orders), most)
	}
	t.seen = figure{"orders that left without money", float64(b.Requests[submits[vendor]]) - float64(len(b.Orders))}
	if err := t.vendor.tell(ctx, fmt.Sprintf("top-up?vendor=%s&fen=%d", vendor, int64(toppedUp)), nil); err != nil {
		return err
	}
	_, _, err = t.runs(ctx, []int{0}, "resume", "--out", "out")
	return err
}

// goneTickets lets three tickets be unknown for ever. They fail with the vendor's
// words, all others are fetched, in one run.
func (t *trial) goneTickets(ctx context.Context) error {
	f := simulator.Faults{}
	for _, nth := range []int64{2, 10, 20} { // of the first round of polls: three tickets
		f.Script = append(f.Script, simulator.Step{Endpoint: simulator.TencentReport, Nth: nth, Fault: simulator.GoneTicket})
	}
	if err := t.vendor.breaks(ctx, f); err != nil {
		return err
	}
	if _, _, err := t.runs(ctx, []int{3}, t.runWords()...); err != nil {
		return err
	}
	v, err := t.doubtful()
	if err != nil {
		return err
	}
	rows, err := readTable(t.outputs(v), "failures")
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row["ticket"] == "" || row["billed"] != "yes" || row["stage"] != "poll" || !strings.Contains(row["code"]+" "+row["message"], "404") {
			return fmt.Errorf("a ticket that is gone fails as %v", row)
		}
	}
	if len(rows) != len(f.Script) {
		return fmt.Errorf("%d tickets are gone, %d fail: %v", len(f.Script), len(rows), rows)
	}
	return nil
}

// limiter is one that refuses before the vendor sees a call, and how that is declared.
type limiter struct {
	fault simulator.Fault
	rule  string
}

func limiters() []limiter {
	return []limiter{
		{simulator.Limit503, `[{status: 503, body: '<center>nginx'}]`},
		{simulator.Limit403, `[{status: 403, body: 'Request forbidden by administrative rules'}]`},
		{simulator.Limit500, `[{status: 500, body: '<address>Apache'}]`},
	}
}

// limited has every tenth call refused by a limiter that is declared. It costs
// nothing but time.
func (t *trial) limited(ctx context.Context, f simulator.Fault) error {
	if err := t.vendor.breaks(ctx, simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.1}}); err != nil {
		return err
	}
	if _, _, err := t.runsWithin(ctx, longRun, []int{0}, t.runWords()...); err != nil {
		return err
	}
	v, err := t.doubtful()
	if err == nil && v.doubts > 0 {
		err = fmt.Errorf("%d are in doubt, and all refusals were declared", v.doubts)
	}
	return err
}

// checkCounted wants every charge of the book counted in the ledger, where it
// belongs.
func checkCounted(b simulator.BookPage, v view) error {
	booked := map[string]int64{}
	var errs []error
	for _, e := range b.Entries {
		if e.VIN == "" { // a valuation is not asked by vehicle; its sum is held elsewhere
			continue
		}
		k := e.VIN + " " + e.Dataset
		booked[k] += e.Fen
		if counted := int64(v.counted[k]); booked[k] > counted {
			errs = append(errs, fmt.Errorf("%d fen are booked for %s, the ledger counts %d", booked[k], k, counted))
		}
	}
	return errors.Join(errs...)
}
