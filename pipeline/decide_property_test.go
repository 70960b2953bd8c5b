package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// drawPolicy is a policy that falls back and buys again as it likes.
func drawPolicy(t *rapid.T) *policy.Policy {
	p := stagetest.TestPolicy()
	p.ResubmitBelow = record.Fen(rapid.Int64Range(0, 300).Draw(t, "resubmit below"))
	on := rapid.SliceOfDistinct(rapid.SampledFrom([]record.Status{record.NoRecord, record.Unsupported, record.Failed}), rapid.ID[record.Status]).Draw(t, "fallback on")
	stagetest.FallBackOn(p, record.DatasetMaintenance, on...)
	return p
}

// drawReading is any answer that a vendor may give.
func drawReading(t *rapid.T, all []vendors.Kind) lookup.Result {
	kind := rapid.SampledFrom(all).Draw(t, "kind")
	r := lookup.Result{Answer: rapid.Int64Range(1, 9).Draw(t, "answer"), Received: stagetest.Noon, Outcome: vendors.Outcome{Kind: kind, Class: classOf(kind), Code: "c", Message: "m",
		Billed:     rapid.SampledFrom([]vendors.Billed{"", "yes", "no", "unknown"}).Draw(t, "billed"),
		RetryAfter: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "retry after"))}}
	if kind == vendors.Ticket || kind == vendors.Answered && rapid.Bool().Draw(t, "with ticket") {
		r.Outcome.Ticket = "T1"
	}
	if kind == vendors.Answered && rapid.Bool().Draw(t, "garbled") {
		r.Outcome.Flaw = "garbled"
	}
	return r
}

// drawWork is any lookup whose call is under way, at either vendor.
func drawWork(t *rapid.T) (ledger.Work, vendors.Call) {
	call := rapid.SampledFrom([]vendors.Call{vendors.Submit, vendors.Poll}).Draw(t, "call")
	w := workBefore(call, record.Fen(rapid.Int64Range(0, 300).Draw(t, "price")))
	k := &w.Lookup
	if rapid.Bool().Draw(t, "at bolt") {
		k.Vendor = "bolt"
	}
	k.Tries, k.Attempts = rapid.IntRange(0, 12).Draw(t, "tries"), rapid.IntRange(1, 9).Draw(t, "attempts")
	w.Attempt.N = k.Attempts
	if call == vendors.Poll {
		k.Polls = rapid.IntRange(0, 300).Draw(t, "polls")
		k.TicketAt = stagetest.Noon.Add(-time.Duration(rapid.Int64Range(0, int64(80*time.Hour)).Draw(t, "age")))
		w.Attempt.Billed = rapid.SampledFrom([]ledger.Billed{ledger.Reserved, ledger.BilledYes, ledger.BilledNo, ledger.BilledUnknown}).Draw(t, "billed so far")
		if rapid.IntRange(0, 9).Draw(t, "a follower's ticket") == 0 {
			k.Attempts, w.Attempt = 0, ledger.Attempt{}
		}
	}
	return w, call
}

// judged is one decision and all that led to it.
type decided struct {
	policy *policy.Policy
	was    ledger.Work
	call   vendors.Call
	r      lookup.Result
	ledger.Step
}

func (j *decided) settled() bool { return !j.Next.Lookup.State.Open() }

func TestDecisionProperties(t *testing.T) {
	t.Parallel()
	all := kinds(t)
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		w, call := drawWork(t)
		r := drawReading(t, all)
		j := &decided{policy: p, was: w, call: call, r: r}
		j.Step = p.After(w, call, r, stagetest.Noon)
		checkMoney(t, j)
		checkWay(t, j)
		checkWords(t, j)
		if again := p.After(w, call, r, stagetest.Noon); describe(&again.Next) != describe(&j.Next) {
			t.Fatalf("the same answer leads to %s, then to %s", describe(&j.Next), describe(&again.Next))
		}
	})
}

// checkMoney: what is charged stays charged, and nothing stays open on a
// submission that has ended.
func checkMoney(t *rapid.T, j *decided) {
	billed, was := j.Next.Attempt.Billed, j.was.Attempt.Billed
	state := j.Next.Lookup.State
	if j.was.Attempt.N == 0 {
		if billed != "" {
			t.Fatalf("a lookup that bought nothing is billed %q", billed)
		}
		return
	}
	if was == ledger.BilledYes && billed != ledger.BilledYes {
		t.Fatalf("what was billed is billed %q now", billed)
	}
	if (j.settled() || state == ledger.Planned) && billed == ledger.Reserved {
		t.Fatalf("%s, and its charge is still reserved", state)
	}
	if (j.settled() || state == ledger.Planned) && j.r.Outcome.Billed == vendors.BilledYes && billed != ledger.BilledYes {
		t.Fatalf("the vendor charged it, and it is billed %q", billed)
	}
	if state == ledger.InDoubt && billed == ledger.BilledNo {
		t.Fatal("in doubt about an order that is known to cost nothing")
	}
	if j.Next.Attempt.Fen != j.was.Attempt.Fen || j.Next.Attempt.N != j.was.Attempt.N {
		t.Fatal("the attempt became another one")
	}
}

// checkWay: only known ways are taken, and none that buys twice unasked.
func checkWay(t *rapid.T, j *decided) {
	k, was := &j.Next.Lookup, &j.was.Lookup
	if then := j.Then; then != nil {
		route := j.policy.Routes[k.Dataset].Vendors
		if then.State != ledger.Planned || slices.Index(route, then.Vendor) <= slices.Index(route, was.Vendor) || then.Ticket != "" || then.Tries != 0 || then.Polls != 0 || then.Attempts != 0 {
			t.Fatalf("went on to %s as %+v", then.Vendor, then)
		}
		if !j.settled() || !slices.Contains(j.policy.Routes[k.Dataset].FallbackOn, k.State.Status()) {
			t.Fatalf("went on to %s, and is %s at %s", then.Vendor, k.State, k.Vendor)
		}
	}
	if k.Vendor != was.Vendor {
		t.Fatalf("what was sent to %s is at %s", was.Vendor, k.Vendor)
	}
	if j.call == vendors.Poll && k.State == ledger.Planned {
		t.Fatal("a ticket was given up to buy the same again")
	}
	if j.call == vendors.Poll && (k.State == ledger.InDoubt || k.State == ledger.Submitting) {
		t.Fatalf("a poll leads to %s", k.State)
	}
	if j.call == vendors.Submit && k.State == ledger.Submitting {
		t.Fatal("a submission that was answered is still under way")
	}
	unsure := j.r.Outcome.Kind == vendors.Unknown || j.r.Outcome.Kind == vendors.Pending || j.r.Outcome.Kind == vendors.Unreadable
	cheap := j.was.Attempt.Fen < j.policy.ResubmitBelow && j.Next.Attempt.Billed != ledger.BilledYes
	if j.call == vendors.Submit && unsure && k.State != ledger.InDoubt && (k.State != ledger.Planned || !cheap) {
		t.Fatalf("nobody knows whether it was taken, and it is %s at %s", k.State, k.Vendor)
	}
	if k.State == ledger.Planned && j.Next.Attempt.Billed == ledger.BilledUnknown && !cheap {
		t.Fatal("bought again though it may have been bought, and is not cheap")
	}
	if k.State == ledger.Found && (j.r.Outcome.Kind != vendors.Answered || j.r.Outcome.Flaw != "" || k.Answer == 0 || k.AnsweredAt.IsZero()) {
		t.Fatalf("found in %+v", j.r)
	}
	if k.State == ledger.Waiting && (k.Ticket == "" || k.NextAt.Before(stagetest.Noon)) {
		t.Fatalf("waits for %+v", k)
	}
	if k.State == ledger.Following {
		t.Fatal("a lookup that was sent follows another")
	}
	if wait := j.r.Outcome.RetryAfter; j.r.Outcome.Kind == vendors.Busy && k.State == ledger.Waiting && k.NextAt.Before(stagetest.Noon.Add(wait)) {
		t.Fatalf("asked to wait %s, and goes on after %s", wait, k.NextAt.Sub(stagetest.Noon))
	}
}

// checkWords: a failure says where and why, all else says nothing, and what a
// lookup is stays what it is.
func checkWords(t *rapid.T, j *decided) {
	k, was := &j.Next.Lookup, &j.was.Lookup
	failed := k.State == ledger.Failed || k.State == ledger.InDoubt
	if failed != (k.Class != "") || failed != (k.Stage != "") {
		t.Fatalf("%s with stage %q and class %q", k.State, k.Stage, k.Class)
	}
	if k.State == ledger.InDoubt != (k.Class == record.DoubtfulOrder) || failed && !slices.Contains(record.Classes(), k.Class) {
		t.Fatalf("%s with class %q", k.State, k.Class)
	}
	if k.ID != was.ID || k.Run != was.Run || k.Row != was.Row || k.Dataset != was.Dataset || k.Attempts != was.Attempts || k.Source != was.Source || !k.FirstAt.Equal(was.FirstAt) {
		t.Fatalf("became another lookup: %+v", k)
	}
}

// A lookup that the vendor never takes comes to an end, and so does one of
// which nobody ever knows, and a ticket that is never ready.
func TestEveryLookupComesToAnEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		call  vendors.Call
		out   vendors.Outcome
		state ledger.State
		calls int
		class record.Class
	}{
		{"never taken", vendors.Submit, vendors.Outcome{Kind: vendors.Busy, Class: record.Unavailable}, ledger.Failed, lookup.MaxTries, record.Unavailable},
		{"never known", vendors.Submit, vendors.Outcome{Kind: vendors.Unknown}, ledger.InDoubt, lookup.MaxDoubtful, record.DoubtfulOrder},
		{"never ready", vendors.Poll, vendors.Outcome{Kind: vendors.Pending}, ledger.Failed, 439, record.Expired},
		{"never read", vendors.Poll, vendors.Outcome{Kind: vendors.Answered}, ledger.Failed, lookup.MaxUnreadable, record.BadResponse},
		{"never reached", vendors.Poll, vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromNobody}, ledger.Failed, 439, record.Expired},
		{"always the same words", vendors.Poll, vendors.Outcome{Kind: vendors.Unknown, Code: "777"}, ledger.Failed, lookup.MaxUnknown, record.BadResponse},
		{"never there", vendors.Poll, vendors.Outcome{Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Code: "http 404"}, ledger.Failed, lookup.MaxUnreadable, record.BadResponse},
		{"unknown in words", vendors.Poll, vendors.Outcome{Kind: vendors.Unknown, Code: "777", Message: "订单不存在"}, ledger.Failed, lookup.MaxUnreadable, record.BadResponse},
		{"unknown by a final code", vendors.Poll, vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected, Code: "10019", Message: "the vendor refused the question (订单不存在)"}, ledger.Failed, lookup.MaxUnreadable, record.BadResponse},
		{"refused for good", vendors.Poll, vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected, Code: "10019", Message: "参数错误"}, ledger.Failed, 1, record.Rejected},
		{"always too many", vendors.Submit, vendors.Outcome{Kind: vendors.Busy, Class: record.RateLimited}, ledger.Failed, lookup.MaxLimited, record.RateLimited},
		{"always refused by a gateway", vendors.Submit, vendors.Outcome{Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Billed: vendors.BilledNo}, ledger.Failed, lookup.MaxTries, record.Auth},
		{"never admitted", vendors.Poll, vendors.Outcome{Kind: vendors.Busy, Class: record.RateLimited}, ledger.Failed, 439, record.Expired},
	} {
		p := stagetest.TestPolicy()
		w, now, n := workBefore(c.call, 1), stagetest.Noon, 0
		start := w.Lookup.State
		for w.Lookup.State = start; w.Lookup.State == start && n < 1000; n++ {
			r := lookup.Result{Outcome: c.out, Others: true}
			if c.out.Kind == vendors.Answered {
				r.Outcome.Flaw = "garbled"
			}
			w = stagetest.GoesTo(p, w, c.call, r, now)
			if now = w.Lookup.NextAt; w.Lookup.State == ledger.Planned {
				w.Lookup.State, w.Attempt.Billed = start, ledger.Reserved
			}
		}
		if w.Lookup.State != c.state || w.Lookup.Class != c.class || n != c.calls {
			t.Errorf("%s: %s %s after %d calls, want %s %s after %d", c.name, w.Lookup.State, w.Lookup.Class, n, c.state, c.class, c.calls)
		}
	}
}

// The route may have changed while a lookup was out: it goes on behind the
// vendor that answered, not behind its old place.
func TestFallbackGoesByTodaysRoute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		route []string
		want  string
		state ledger.State
	}{
		{[]string{"acme", "bolt"}, "bolt", ledger.Planned},
		{[]string{"bolt", "acme"}, "acme", ledger.NoRecord},
		{[]string{"bolt"}, "bolt", ledger.Planned},
		{[]string{"acme"}, "acme", ledger.NoRecord},
		{[]string{"acme", "gone", "bolt"}, "bolt", ledger.Planned},
	} {
		p := stagetest.TestPolicy()
		r := p.Routes[record.DatasetMaintenance]
		r.Vendors = c.route
		p.Routes[record.DatasetMaintenance] = r
		got := stagetest.GoesTo(p, workBefore(vendors.Submit, 100), vendors.Submit, lookup.Result{Outcome: vendors.Outcome{Kind: vendors.NoRecord}}, stagetest.Noon).Lookup
		if got.Vendor != c.want || got.State != c.state {
			t.Errorf("route %v: %s at %s, want %s at %s", c.route, got.State, got.Vendor, c.state, c.want)
		}
	}
}

// A vendor that lacks what it needs is passed over.
func TestFallbackPassesOverVendorsThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	p := stagetest.TestPolicy()
	for _, change := range []func(*record.Vehicle){
		func(v *record.Vehicle) { v.EngineNo = "" },
		func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColEngineNo, Reason: "too short"}} },
	} {
		w := workBefore(vendors.Submit, 100)
		change(&w.Vehicle)
		if k := stagetest.GoesTo(p, w, vendors.Submit, lookup.Result{Outcome: vendors.Outcome{Kind: vendors.NoRecord}}, stagetest.Noon).Lookup; k.State != ledger.NoRecord || k.Vendor != "acme" {
			t.Errorf("%s at %s", k.State, k.Vendor)
		}
	}
}
