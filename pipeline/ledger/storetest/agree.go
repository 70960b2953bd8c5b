package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Agree makes the same changes, drawn at random, of a store and of another that is taken for right, and holds
// every answer of the one against that of the other.
func Agree(t *testing.T, open, right Open) {
	t.Helper()
	var p *pair
	failed := false
	rapid.Check(t, func(t2 *rapid.T) {
		if p == nil || failed || p.sequences == 5 {
			p = newPair(t, open, right)
		}
		failed = true // until it has ended well: what is shrunk begins with empty stores
		p.sequence(t2)
		failed = false
	})
}

// pair is two stores with one clock, of which the same is asked.
type pair struct {
	one, right Store
	now        time.Time
	sequences  int
	runs       int // that were made so far, also by earlier sequences
	t          *rapid.T

	// What the sequence has made.
	of  []ledger.Run
	ids []int64       // of lookups, as their plans gave them and as they went on
	old []ledger.Work // as they were read once
}

func newPair(t *testing.T, open, right Open) *pair {
	p := &pair{now: noon}
	clock := func() time.Time { return p.now }
	p.one, p.right = open(t, clock), right(t, clock)
	return p
}

// sequence draws changes and makes them.
func (p *pair) sequence(t *rapid.T) {
	p.t, p.of, p.ids, p.old = t, nil, nil, nil
	p.sequences++
	p.plan()
	changes := []func(){p.plan, p.intend, p.intend, p.intend, p.advance, p.advance, p.advance, p.advance, p.advance, p.conclude, p.conclude, p.advanceAll, p.release, p.settle, p.watch, p.trouble, p.finish, p.forget}
	for range rapid.IntRange(1, 40).Draw(t, "changes") {
		rapid.SampledFrom(changes).Draw(t, "change")()
		p.now = p.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second)
		p.same("Money", func(s Store) any { return s.Money() })
	}
	p.compare()
}

// same asks the same of both stores, and returns the answer as text.
func (p *pair) same(what string, ask func(s Store) any) string {
	p.t.Helper()
	one, right := asText(ask(p.one)), asText(ask(p.right))
	if one != right {
		at := 0
		for at < min(len(one), len(right)) && one[at] == right[at] {
			at++
		}
		p.t.Fatalf("%s is\n%s\nwant\n%s\nwhich begins to differ with\n%.200s\nfrom\n%.200s", what, one, right, one[at:], right[at:])
	}
	return right
}

// asText is a value without what nobody promises: whether there is no list or an empty one.
func asText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.NewReplacer("null", "none", "[]", "none", `"Body":""`, `"Body":none`).Replace(string(text))
}

// kind tells of an error what is promised of it.
func kind(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ledger.ErrStale):
		return "stale"
	case errors.Is(err, ledger.ErrBudget):
		return "over the budget"
	}
	return "failed"
}

// answer is what a method returned, with the kind of its error.
func result(v any, err error) any {
	if err != nil {
		return kind(err)
	}
	return v
}

var (
	vendorNames = []string{"acme", "bolt"}
	keys        = []string{"p", "q", "r"}
	allStates   = []ledger.State{ledger.Planned, ledger.Submitting, ledger.Waiting, ledger.Following, ledger.Found, ledger.NoRecord, ledger.Unsupported, ledger.Failed, ledger.InDoubt}
)

// anyID draws a lookup of the sequence.
func (p *pair) anyID() int64 {
	if len(p.ids) == 0 {
		return 1 << 30
	}
	return rapid.SampledFrom(p.ids).Draw(p.t, "lookup")
}

// work draws a lookup as it is now, or as it was before.
func (p *pair) work() ledger.Work {
	if len(p.old) > 0 && rapid.IntRange(0, 5).Draw(p.t, "before") == 0 {
		old := rapid.SampledFrom(p.old).Draw(p.t, "as it was")
		if now := p.current(old.Lookup.ID); now.Attempt.N != old.Attempt.N || now.Attempt.Billed == old.Attempt.Billed {
			return old
		} // nothing is promised of a step that begins with another charge than there is
	}
	return p.current(p.anyID())
}

// current is a lookup as it is now.
func (p *pair) current(id int64) ledger.Work {
	w := ledger.Work{Lookup: ledger.Lookup{ID: id, Key: []byte("of a lookup that was dropped")}}
	p.same("a lookup with its submissions", func(s Store) any {
		k, err := s.LookupByID(ctx(), id)
		if err != nil {
			return kind(err)
		}
		orders, err := s.Orders(ctx(), &k)
		w = ledger.Work{Lookup: k}
		if len(orders) > 0 {
			w.Attempt = orders[len(orders)-1]
		}
		return result(w, err)
	})
	p.old = append(p.old, w)
	return w
}

// step draws what comes next of a lookup.
func (p *pair) step(w ledger.Work) ledger.Step {
	t := p.t
	if rapid.IntRange(0, 9).Draw(t, "from elsewhere") == 0 {
		w = p.current(w.Lookup.ID)
		w.Lookup.State = rapid.SampledFrom(allStates).Draw(t, "from")
	}
	to := rapid.SampledFrom(allStates).Draw(t, "to")
	if to == ledger.Submitting { // only Intend leads there
		to = ledger.Waiting
	}
	var billed ledger.Billed
	if w.Attempt.N > 0 {
		billed = rapid.SampledFrom([]ledger.Billed{ledger.BilledYes, ledger.BilledNo, ledger.BilledUnknown}).Draw(t, "billed")
	}
	s := step(w, to, billed)
	k := &s.Next.Lookup
	k.NextAt, k.Class, k.Code = p.soon(), "", ""
	switch to {
	case ledger.Waiting:
		k.Ticket, k.TicketAt = rapid.SampledFrom([]string{"T1", "T2"}).Draw(t, "ticket"), p.now
		if w.Attempt.N > 0 && rapid.Bool().Draw(t, "with its order") {
			s.Next.Attempt.Ticket = k.Ticket
		}
	case ledger.Following:
		k.Source = min(p.anyID(), k.ID-1) // no two may follow each other
	case ledger.Found, ledger.NoRecord, ledger.Unsupported:
		k.AnsweredAt = p.now
	case ledger.Failed, ledger.InDoubt:
		k.Class, k.Code = record.Rejected, "c"
	}
	s.Next.Attempt.Outcome = string(to)
	if to == ledger.Planned && rapid.IntRange(0, 3).Draw(t, "withdrawn") == 0 && w.Attempt.N > 0 {
		s.Next.Attempt.Outcome, s.Next.Attempt.Billed = ledger.OutcomeWithdrawn, ledger.BilledNo
	}
	if !to.Open() && !k.FanOut && rapid.IntRange(0, 2).Draw(t, "goes on") == 0 {
		s.Then = &ledger.Lookup{Vendor: rapid.SampledFrom(vendorNames).Draw(t, "next"), State: ledger.Planned, FirstAt: k.FirstAt}
	}
	return s
}

// soon draws when something is due.
func (p *pair) soon() time.Time {
	minutes := rapid.SampledFrom([]int{-1, 0, 1, 5, 60 * 24 * 30}).Draw(p.t, "due in")
	if minutes < 0 {
		return time.Time{}
	}
	return p.now.Add(time.Duration(minutes) * time.Minute)
}

// made takes up what a step has written.
func (p *pair) made(s ledger.Step) {
	if s.Then != nil && s.Then.ID != 0 {
		p.ids = append(p.ids, s.Then.ID)
	}
}

// own is a step with a Then of its own, which a store fills.
func own(s ledger.Step) ledger.Step {
	if s.Then != nil {
		then := *s.Then
		s.Then = &then
	}
	return s
}

// change makes a change of both stores that takes steps.
func (p *pair) change(what string, steps []ledger.Step, do func(s Store, steps []ledger.Step) error) {
	p.t.Helper()
	var last []ledger.Step
	got := p.same(what, func(s Store) any {
		last = nil
		for _, x := range steps {
			last = append(last, own(x))
		}
		return kind(do(s, last))
	})
	if got == asText("") {
		for _, s := range last {
			p.made(s)
		}
	}
}

func (p *pair) intend() {
	w := p.work()
	if w.Lookup.State == ledger.Planned {
		w = p.current(w.Lookup.ID) // some stores may miss that what they do not look at has changed
	}
	fen := record.Fen(rapid.IntRange(0, 50).Draw(p.t, "fen"))
	var limit record.Opt[record.Fen]
	if rapid.Bool().Draw(p.t, "limited") {
		limit = record.Some(record.Fen(rapid.IntRange(0, 150).Draw(p.t, "limit")))
	}
	p.same("Intend", func(s Store) any { return result(s.Intend(w, fen, limit)) })
}

func (p *pair) advance() {
	p.change("Advance", []ledger.Step{p.step(p.work())}, func(s Store, steps []ledger.Step) error { return s.Advance(steps[0]) })
}

func (p *pair) conclude() {
	w := p.work()
	if w.Lookup.ReplacedBy != 0 { // nobody concludes that; of the answer nothing is promised
		return
	}
	x := p.step(w)
	x.Next.Lookup.Answer = ledger.ThisAnswer
	a := answer(w, rapid.SampledFrom([]string{"", "report", "报告"}).Draw(p.t, "body"))
	a.ReceivedAt = p.now
	p.change("Conclude", []ledger.Step{x}, func(s Store, steps []ledger.Step) error { return s.Conclude(a, steps[0]) })
}

func (p *pair) advanceAll() {
	var steps []ledger.Step
	of := map[int64]bool{}
	for range rapid.IntRange(0, 4).Draw(p.t, "steps") {
		if w := p.work(); !of[w.Lookup.ID] { // a second step would begin with the charge before the first
			of[w.Lookup.ID] = true
			steps = append(steps, p.step(w))
		}
	}
	p.change("AdvanceAll", steps, func(s Store, steps []ledger.Step) error { return s.AdvanceAll(steps) })
}

func (p *pair) release() {
	x := p.step(p.work())
	awaited := x.Next.Lookup.DependsOn
	x.From, x.Next.Lookup.DependsOn, x.Next.Lookup.Key = ledger.Planned, 0, []byte(rapid.SampledFrom(keys).Draw(p.t, "key"))
	p.change("Release", []ledger.Step{x}, func(s Store, steps []ledger.Step) error { return s.Unblock(steps[0], awaited) })
}

// settle draws what a bill says of submissions. No run is driven meanwhile: money is
// counted anew, and nobody has lookups as they were before.
func (p *pair) settle() {
	var list []ledger.Settlement
	for range rapid.IntRange(1, 3).Draw(p.t, "settlements") {
		w := p.work()
		settled := ledger.Settlement{Lookup: w.Lookup.ID, N: w.Attempt.N, Was: w.Attempt.Billed, Billed: rapid.SampledFrom([]ledger.Billed{ledger.BilledYes, ledger.BilledNo}).Draw(p.t, "billed"),
			Ticket: rapid.SampledFrom([]string{"", "T3"}).Draw(p.t, "ticket")}
		if rapid.Bool().Draw(p.t, "with a step") {
			x := p.step(w)
			x.Then, x.Next.Attempt = nil, ledger.Attempt{}
			settled.Steps = []ledger.Step{x}
		}
		list = append(list, settled)
	}
	p.same("Settle", func(s Store) any { return kind(s.Settle(list)) })
	p.old = nil
	p.watch()
}

func (p *pair) watch() {
	run := rapid.SampledFrom(p.of).Draw(p.t, "run")
	p.same("WatchMoney", func(s Store) any { return kind(s.WatchMoney(ctx(), run)) })
}

func (p *pair) trouble() {
	vendor, d := rapid.SampledFrom(vendorNames).Draw(p.t, "vendor"), rapid.SampledFrom([]record.Dataset{"", record.DatasetMaintenance}).Draw(p.t, "dataset")
	do := rapid.SampledFrom([]func(s Store) error{
		func(s Store) error {
			return s.SetHalt(ledger.Halt{Vendor: vendor, Dataset: d, Stops: ledger.StopsOrders, At: p.now})
		},
		func(s Store) error {
			return s.SetPause(ledger.Pause{Vendor: vendor, Dataset: d, Since: p.now, NextAt: p.now})
		},
		func(s Store) error { return s.ClearPause(vendor, d) },
		func(s Store) error { return s.ClearHalts() },
		func(s Store) error { return s.CountCalls(vendor, record.DateOf(p.now), 3) },
		func(s Store) error { return s.SetBack() },
	}).Draw(p.t, "trouble")
	p.same("a change of troubles", func(s Store) any { return kind(do(s)) })
}

func (p *pair) finish() {
	run := rapid.SampledFrom(p.of).Draw(p.t, "run")
	run.State, run.FinishedAt = ledger.RunFinished, p.now
	k := p.anyID()
	q := []ledger.NewKey{{Lookup: k, Key: []byte(rapid.SampledFrom(keys).Draw(p.t, "key"))}}
	p.same("SetRun and Ask", func(s Store) any { return kind(errors.Join(s.SetRun(run), s.SetWritten(run, "x"), s.SetKeys(q))) })
}

// forget makes a run that is only planned, and drops it with all others that are.
func (p *pair) forget() {
	p.runs++
	id := fmt.Sprint("dropped", p.runs)
	p.same("DropRun", func(s Store) any {
		run, err := s.NewRun(ledger.Run{ID: id, StartedAt: p.now, Datasets: record.Datasets()})
		return kind(errors.Join(err, s.DropRun(run)))
	})
}

// row is a row as text, with its answers unpacked: how a store packs them is its own affair.
func (p *pair) row(s Store, r *ledger.Row) string {
	unpack := func(a *ledger.PackedAnswer) string {
		if a.ID == 0 {
			*a = ledger.PackedAnswer{}
			return ""
		}
		got, err := s.UnpackInto(*a, nil)
		*a = ledger.PackedAnswer{ID: a.ID, Vendor: a.Vendor, ReceivedAt: a.ReceivedAt}
		return fmt.Sprint(asText(got), kind(err))
	}
	var bodies strings.Builder
	for i := range r.Lookups {
		bodies.WriteString(unpack(&r.Lookups[i].Packed))
		if e := r.Lookups[i].Earlier; e != nil {
			bodies.WriteString(unpack(&e.Packed))
		}
	}
	return asText(r) + bodies.String()
}
