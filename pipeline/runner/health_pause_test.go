package runner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// A pause is written down once when it begins, once each time it moves, and once when it is over.
func TestPausesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	expect := func(when string, begun, over int) {
		t.Helper()
		halts, b, o := p.h.unwritten()
		if len(halts) > 0 || len(b) != begun || len(o) != over {
			t.Errorf("%s: %v begun, %v over, %v halted", when, b, o, halts)
		}
	}
	expect("at first", 0, 0)
	p.tell("order:ok order:busy order:busy")
	p.h.unwritten() // half-open, and troubled
	p.tell("order:busy order:busy")
	expect("paused", 1, 0)
	expect("still paused", 0, 0)
	p.tell("order:busy")
	expect("paused again", 1, 0)
	p.tell("order:ok")
	expect("answered", 0, 1)
	expect("still answered", 0, 0)
	p.tell("poll:502 poll:502 poll:502 poll:502")
	expect("polls pause", 1, 0)
	p.tell("poll:pending")
	expect("polls are answered", 0, 1)
}

// Halts are returned once, in the order in which they came.
func TestHaltsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell("order:balance poll:auth")
	halts, _, _ := p.h.unwritten()
	if len(halts) != 2 || halts[0].Class != record.Balance || halts[1].Class != record.Auth || halts[0].Vendor != "acme" {
		t.Errorf("halts %+v", halts)
	}
	if again, _, _ := p.h.unwritten(); len(again) > 0 {
		t.Errorf("again %+v", again)
	}
}

// A process that takes up a pause of an earlier process sends no order before the vendor has
// answered, but asks about tickets all the same.
func TestPauseOfTheLastProcess(t *testing.T) {
	t.Parallel()
	was := ledger.Pause{Vendor: "acme", Dataset: record.DatasetMaintenance, Class: record.Unavailable, Code: "http 502", Message: "bad gateway"}
	p := newProbed(t, was, ledger.Pause{Vendor: "bolt", Dataset: record.DatasetValuation})
	waits := map[record.Dataset]time.Time{record.DatasetMaintenance: stagetest.Noon}
	if p.h.allows(vendors.Submit, record.DatasetMaintenance, stagetest.Noon) || !p.h.wantsProbe(waits, stagetest.Noon) {
		t.Error("an order finds out whether the vendor is there")
	}
	if !p.h.allows(vendors.Poll, "", stagetest.Noon) || !p.h.allows(vendors.Submit, record.DatasetValuation, stagetest.Noon) {
		t.Error("what did not pause waits")
	}
	p.h.probed(breaker.Failed, breaker.Reason{Class: record.Unavailable}, stagetest.Noon)
	if p.h.wantsProbe(waits, stagetest.Noon) || p.h.allows(vendors.Submit, record.DatasetMaintenance, stagetest.Noon) {
		t.Error("it is tried again at once")
	}
	at := p.h.nextMove(stagetest.Noon)
	p.h.probed(breaker.Answered, breaker.Reason{}, at)
	if !p.h.allows(vendors.Submit, record.DatasetMaintenance, at) {
		t.Error("it answered, and no order may leave")
	}
}

// What was halted for a refusal is halted again by one more such refusal, at once; what was only
// waited for is waited for as before.
func TestTheSameWordHaltsAgain(t *testing.T) {
	t.Parallel()
	why := breaker.Reason{Class: record.Auth, Code: "http 403", Message: "signature does not match"}
	was := ledger.Pause{Vendor: "acme", Dataset: record.DatasetMaintenance, Since: stagetest.Noon, NextAt: stagetest.Noon.Add(time.Minute), Nth: 2, Class: why.Class, Code: why.Code, Message: why.Message}
	for name, c := range map[string]struct {
		halts []ledger.Halt
		said  breaker.Result
		want  bool
	}{
		"halted, the same word":    {[]ledger.Halt{{Vendor: "acme", Stops: ledger.StopsCalls}}, breaker.Refused, true},
		"halted, no answer":        {[]ledger.Halt{{Vendor: "acme", Stops: ledger.StopsCalls}}, breaker.Failed, false},
		"another vendor's":         {[]ledger.Halt{{Vendor: "other", Stops: ledger.StopsCalls}}, breaker.Refused, false},
		"waited for, the same one": {nil, breaker.Refused, false},
	} {
		p := newProbed(t)
		policy := stagetest.TestPolicy()
		policy.Chance = func() float64 { return 0.5 }
		config := policy.Vendors["acme"]
		config.Vendor, config.Probe = probing{config.Vendor.(*stagetest.Stub)}, record.DatasetMaintenance
		p.h = newHealth("acme", policy, config, troubles{[]ledger.Pause{was}, c.halts}, stagetest.Noon)
		if waits := map[record.Dataset]time.Time{record.DatasetMaintenance: stagetest.Noon}; !p.h.wantsProbe(waits, stagetest.Noon) {
			t.Errorf("%s: a call that costs nothing does not go at once", name)
		}
		p.h.probed(c.said, why, stagetest.Noon)
		if got := len(p.h.halts) > 0; got != c.want {
			t.Errorf("%s: halted %v", name, got)
		}
	}
}

// A vendor is given up only while something waits for it, once patience has ended and not before;
// the halt says how long patience was.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	orders := map[record.Dataset]time.Time{record.DatasetMaintenance: stagetest.Noon}
	for _, c := range []struct {
		name, story string
		waits       map[record.Dataset]time.Time
		polling     bool
		want        string
	}{
		{"orders wait", "order:busy order:busy", orders, false, "orders maintenance connect"},
		{"nothing waits", "order:busy order:busy", nil, true, ""},
		{"another dataset waits", "order:busy order:busy", map[record.Dataset]time.Time{record.DatasetValuation: stagetest.Noon}, true, ""},
		{"tickets wait", repeat("poll:502", 4), nil, true, "calls http 502"},
		{"no ticket waits", repeat("poll:502", 4), orders, false, ""},
		{"too many", repeat("order:429", 3), orders, false, "calls http 429"},
		{"too many, and then something else", "order:429 poll:404", orders, true, ""},
		{"one Retry-After that is long", repeat("order:429", 2), orders, true, ""},
		{"too many, and nothing waits", repeat("order:429", 3), nil, false, ""},
		{"too many, and then nobody", repeat("order:429", 3) + "poll:cut", orders, true, "calls http 429"},
		{"all is well", "order:ok poll:pending", orders, true, ""},
	} {
		p := newPatient(t)
		begin := p.now.Add(time.Second) // when the first call ends
		p.tell(c.story)
		p.h.giveUp(c.waits, c.polling, begin.Add(defaultPatience-1))
		if got := p.halts(); got != "" {
			t.Errorf("%s: halted %q before its time", c.name, got)
		}
		p.h.giveUp(c.waits, c.polling, begin.Add(defaultPatience))
		if got := p.halts(); got != c.want {
			t.Errorf("%s: halted %q, want %q", c.name, got, c.want)
		}
		for _, h := range p.h.halts {
			if !strings.Contains(h.Message, "waited for 2h in vain,") {
				t.Errorf("%s: %q", c.name, h.Message)
			}
		}
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	const none = -1
	for _, c := range []struct{ unavailableFor, wait, want time.Duration }{
		{none, none, 2 * time.Hour}, {time.Minute, none, time.Minute}, {none, 5 * time.Hour, 5 * time.Hour}, {0, none, 0},
		{time.Minute, time.Hour, time.Minute}, {time.Hour, time.Minute, time.Minute},
		{none, 0, leastPatience}, {time.Hour, 0, leastPatience}, {time.Second, 0, time.Second}, // a short outage is waited for, however short --wait is
	} {
		p := stagetest.TestPolicy()
		p.Wait = record.Opt[time.Duration]{V: c.wait, OK: c.wait >= 0}
		s := &policy.VendorConfig{UnavailableFor: record.Opt[time.Duration]{V: c.unavailableFor, OK: c.unavailableFor >= 0}}
		if got := patienceOf(p, s); got != c.want {
			t.Errorf("unavailable_for %s, --wait %s: %s, want %s", c.unavailableFor, c.wait, got, c.want)
		}
	}
}

// A single failure among the first calls to a vendor is not a pause that another process should
// take up.
func TestFirstStepsAreNoPause(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell("order:ok order:busy")
	if _, begun, _ := p.h.unwritten(); len(begun) > 0 || len(p.h.pauses()) > 0 {
		t.Errorf("%+v", begun)
	}
	if news := p.h.news(p.now.Add(2*time.Second), time.Time{}); len(news) != 1 || !news[0].NextAt.IsZero() {
		t.Errorf("told: %+v", news)
	}
}

// The next move is always in the future: a worker that rests until a past moment would never rest.
// When the moment comes, something has changed.
func TestNextMoveLiesAhead(t *testing.T) {
	t.Parallel()
	orders := map[record.Dataset]time.Time{record.DatasetMaintenance: stagetest.Noon}
	for _, story := range []string{"order:busy", repeat("order:busy", 9), "order:ok " + repeat("order:cut", 9), repeat("poll:502", 12), "order:429", "order:403", "order:ok order:balance", "poll:404 order:busy poll:cut"} {
		p := newPatient(t)
		p.tell(story)
		for range 500 {
			p.h.giveUp(orders, true, p.now)
			next := p.h.nextMove(p.now)
			if !next.After(p.now) {
				t.Fatalf("%s: the next move after %s is at %s", story, p.now, next)
			}
			if next.Equal(never) {
				break
			}
			p.now = next
		}
		if next := p.h.nextMove(p.now); !next.Equal(never) {
			t.Errorf("%s: it still moves at %s", story, next)
		}
	}
}

// A call that does not leave gives its place back.
func TestPlaceOfACallThatDoesNotLeave(t *testing.T) {
	t.Parallel()
	p := newPatient(t) // the vendor has not answered yet: the first call goes alone
	d := record.DatasetMaintenance
	c := task{work: ledger.Work{Lookup: ledger.Lookup{ID: 1, Dataset: d}}, call: vendors.Submit, place: p.h.leave(vendors.Submit, d)}
	if p.h.allows(vendors.Submit, d, p.now) {
		t.Error("a second order may leave beside the first")
	}
	p.h.notSent(c, p.now)
	if !p.h.allows(vendors.Submit, d, p.now) {
		t.Error("the place of an order that was taken back is lost")
	}
	p.h.canProbe, p.h.probing = true, true
	p.h.notSent(task{probe: true, call: vendors.Poll}, p.now)
	if p.h.probing {
		t.Error("the place of a try that was taken back is lost")
	}
}

// Tickets that are due but held back are waited for until the vendor is tried again, even if
// nothing else is in memory.
func TestHeldBackTicketsAreWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell(repeat("poll:502", 4))
	s := &worker{health: p.h, config: stagetest.TestPolicy().Vendors["acme"], window: newWindow()}
	s.window.polls, s.window.pollsAt, s.window.sendsAt = []ledger.Work{{Lookup: ledger.Lookup{ID: 9, NextAt: stagetest.Noon}}}, never, never
	move := p.h.nextMove(p.now)
	ready, r, err := s.checkLedger(p.now, 0)
	if ready || err != nil || !r.rest.pollAt.OK || !r.rest.pollAt.V.Equal(move) || !r.until.OK || !r.until.V.Equal(move) {
		t.Errorf("ready %v, %+v, want to rest until %s", ready, r, move)
	}
}

// The halts and pauses that are shown are those that really stop something.
func TestWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell("order:busy order:busy " + repeat("poll:502", 4))
	datasets := func() (out []record.Dataset) {
		for _, w := range p.h.pauses() {
			out = append(out, w.Dataset)
		}
		return out
	}
	if got := datasets(); !slices.Equal(got, []record.Dataset{polls, record.DatasetMaintenance}) {
		t.Errorf("waits for %q", got)
	}
	p.tell("valuation:balance")
	if got := datasets(); !slices.Equal(got, []record.Dataset{polls}) {
		t.Errorf("without money it waits for %q", got)
	}
	p.h.halt(ledger.Halt{Stops: ledger.StopsCalls, Class: record.Auth})
	if got := datasets(); len(got) > 0 {
		t.Errorf("halted, it waits for %q", got)
	}
}

// A ticket that is gone is given up after a number of such answers, whatever other failures come in
// between.
func TestGoneTicketAmongBrokenCalls(t *testing.T) {
	t.Parallel()
	p := stagetest.TestPolicy()
	w := ledger.Work{Lookup: ledger.Lookup{ID: 1, Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Waiting, Ticket: "T1", TicketAt: stagetest.Noon}}
	for n := 1; n <= lookup.MaxUnreadable; n++ {
		if w.Lookup.State != ledger.Waiting {
			t.Fatalf("given up after %d answers: %+v", n-1, w.Lookup)
		}
		for _, word := range []string{"502", "cut", "404"} {
			w = stagetest.GoesTo(p, w, vendors.Poll, lookup.Result{Outcome: saidOutcomes[word]}, stagetest.Noon)
		}
	}
	if w.Lookup.State != ledger.Failed || w.Lookup.Code != "http 404" {
		t.Errorf("after %d answers: %+v", lookup.MaxUnreadable, w.Lookup)
	}
}
