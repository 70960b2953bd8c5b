package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// patient is a vendor's health that a test tells of calls. Orders are for acme's maintenance unless
// a step says otherwise.
type patient struct {
	t   *testing.T
	h   *health
	now time.Time
	n   int64 // lookups so far
}

func newPatient(t *testing.T, open ...ledger.Pause) *patient {
	t.Helper()
	p := stagetest.TestPolicy()
	p.Chance, p.MostDoubt = func() float64 { return 0.5 }, 100_00
	return &patient{t: t, h: newHealth("acme", p, p.Vendors["acme"], troubles{pauses: open}, stagetest.Noon), now: stagetest.Noon}
}

// probing is a stub that offers a call which costs nothing.
type probing struct{ *stagetest.Stub }

func (probing) NewProbe(context.Context, record.Dataset) (*http.Request, error) {
	return nil, errors.New("nothing is sent in these tests")
}

func (probing) ReadProbe(record.Dataset, int, []byte) vendors.Health { return vendors.Health{} }

// newProbed is newPatient for a vendor that can be tried with a call that costs nothing.
func newProbed(t *testing.T, open ...ledger.Pause) *patient {
	t.Helper()
	p := stagetest.TestPolicy()
	p.Chance, p.MostDoubt = func() float64 { return 0.5 }, 100_00
	s := p.Vendors["acme"]
	s.Vendor, s.Probe = probing{s.Vendor.(*stagetest.Stub)}, record.DatasetMaintenance
	return &patient{t: t, h: newHealth("acme", p, s, troubles{pauses: open}, stagetest.Noon), now: stagetest.Noon}
}

// may waits until a call may leave, and tells whether it ever may.
func (p *patient) may(call vendors.Call, d record.Dataset) bool {
	for range 50 {
		p.h.wantsProbe(map[record.Dataset]time.Time{d: p.now}, p.now)
		if p.h.allows(call, d, p.now) {
			return true
		}
		next := p.h.nextMove(p.now)
		if !next.After(p.now) {
			p.t.Fatalf("the next move after %s is at %s", p.now, next)
		}
		if next.Equal(never) {
			return false
		}
		p.now = next
	}
	return false
}

// ends lets a call about a lookup leave and end, a second later.
func (p *patient) ends(call vendors.Call, d record.Dataset, lookup ledger.Lookup, out vendors.Outcome) {
	p.t.Helper()
	lookup.Dataset = d
	t := task{work: ledger.Work{Lookup: lookup}, call: call, place: p.h.leave(call, d)}
	p.now = p.now.Add(time.Second)
	p.h.observe(t, 1700, &out, p.now)
}

// The words that the stories below use for how a call ends.
var saidOutcomes = map[string]vendors.Outcome{
	"ok":      {Kind: vendors.Ticket, Ticket: "T1"},
	"pending": {Kind: vendors.Pending},
	"balance": {Kind: vendors.AccountTrouble, Class: record.Balance, Code: "10022", Message: "no money"},
	"quota":   {Kind: vendors.AccountTrouble, Class: record.Quota, Code: "10018", Message: "no calls"},
	"auth":    {Kind: vendors.AccountTrouble, Class: record.Auth, Code: "10005", Message: "wrong key"},
	"302":     {Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Code: "http 302", Message: "redirects"},
	"401":     {Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Code: "http 401", Message: "refused"},
	"402":     {Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Balance, Code: "http 402", Message: "pay"},
	"403":     {Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Code: "http 403", Message: "refused"},
	"404":     {Kind: vendors.AccountTrouble, From: vendors.FromGateway, Class: record.Auth, Code: "http 404", Message: "no such page"},
	"gone":    {Kind: vendors.Unknown, From: vendors.FromVendor, Code: "10019", Message: "订单不存在"},
	"busy":    {Kind: vendors.Busy, From: vendors.FromNobody, Class: record.Unavailable, Code: "connect", Message: "refused"},
	"429":     {Kind: vendors.Busy, From: vendors.FromGateway, Class: record.RateLimited, Code: "http 429", Message: "too many"},
	"502":     {Kind: vendors.Unknown, From: vendors.FromGateway, Code: "http 502", Message: "bad gateway"},
	"cut":     {Kind: vendors.Unknown, From: vendors.FromNobody, Code: "connection", Message: "cut"},
	"refused": {Kind: vendors.Refused, Class: record.Rejected, Code: "10015", Message: "a column is missing"},
}

// tell lets calls end as a text says: "order:ok poll:404 valuation:403". Each call is of a lookup
// of its own; a call that may never leave ends the story.
func (p *patient) tell(story string) {
	p.t.Helper()
	for word := range strings.FieldsSeq(story) {
		who, end, _ := strings.Cut(word, ":")
		out, known := saidOutcomes[end]
		if !known {
			p.t.Fatalf("no call ends as %q", end)
		}
		call, d := vendors.Submit, record.Dataset(who)
		switch who {
		case "order":
			d = record.DatasetMaintenance
		case "poll":
			call, d = vendors.Poll, record.DatasetMaintenance
		}
		if !p.may(call, d) {
			return
		}
		p.n++
		p.ends(call, d, ledger.Lookup{ID: p.n}, out)
	}
}

// halts puts the halts into a line: what they stop, of which dataset, and why.
func (p *patient) halts() string {
	var out []string
	for _, h := range p.h.halts {
		out = append(out, strings.TrimSpace(fmt.Sprint(h.Stops, " ", h.Dataset))+" "+h.Code)
	}
	return strings.Join(out, ", ")
}

func repeat(word string, n int) string { return strings.Repeat(word+" ", n) }

func TestWhoIsHaltedByWhat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ story, want string }{
		// The vendor's own words halt at once; without money, what was bought is still asked for.
		{"order:balance", "orders 10022"},
		{"order:ok order:quota", "orders 10018"},
		{"order:ok order:auth", "calls 10005"},
		{"poll:auth", "calls 10005"},
		{"order:ok poll:balance", "orders 10022"},
		{"order:balance poll:auth", "orders 10022, calls 10005"},
		{"order:balance poll:pending poll:pending", "orders 10022"},
		{"order:auth order:balance", "calls 10005"},
		// A single refusal by a gateway proves nothing, whichever call meets it.
		{"order:ok order:302", ""}, {"order:ok order:401", ""}, {"order:ok order:402", ""}, {"order:ok order:403", ""}, {"order:ok order:404", ""},
		{"order:ok poll:302", ""}, {"order:ok poll:401", ""}, {"order:ok poll:402", ""}, {"order:ok poll:403", ""}, {"order:ok poll:404", ""},
		{"order:ok order:403 order:403", ""},
		{"order:ok poll:403 poll:403", ""},
		{"order:403", ""}, {"order:404", ""},
		// Refusals that are repeated with pauses between them, while no call is let through, do
		// prove it; sooner if none ever was.
		{"order:403 order:403", "calls http 403"},
		{"order:302 order:302", "calls http 302"},
		{"order:402 order:402", "orders maintenance http 402"},
		{"valuation:ok " + repeat("order:403", 2), ""},
		{"valuation:ok " + repeat("order:403", 3), "calls http 403"},
		{"order:ok " + repeat("order:403", 5), ""},
		{"order:ok " + repeat("order:403", 6), "calls http 403"},
		{"order:ok " + repeat("order:404", 6), "calls http 404"},
		// No rate limiter says that an account is empty, so fewer refusals are enough.
		{"order:ok " + repeat("order:402", 2), ""},
		{"order:ok " + repeat("order:402", 3), "orders maintenance http 402"},
		{"order:ok poll:403 poll:403 poll:403", "calls http 403"},
		// The gateway let other calls through in between: then a halt concerns one dataset's orders
		// only, or one kind of call only.
		{"order:ok order:403 order:ok order:403 order:ok order:403 order:ok", ""},
		{"order:ok order:403 poll:pending order:403 poll:pending order:403 poll:pending", ""},
		{"order:ok " + repeat("order:403 poll:pending", 6), "orders maintenance http 403"},
		{"valuation:ok order:403 order:403 valuation:ok order:403 valuation:ok", "orders maintenance http 403"},
		{"order:ok poll:403 order:ok poll:403 order:ok poll:pending poll:403", ""},
		// What is not about the account halts nothing.
		{repeat("order:429", 50), ""},
		{repeat("poll:502", 20), ""},
		{"order:ok " + repeat("order:502", 20), ""},
		{"order:ok " + repeat("order:cut", 20), ""},
		{repeat("order:busy", 20), ""},
		{repeat("order:refused", 20), ""},
	} {
		p := newPatient(t)
		p.tell(c.story)
		if got := p.halts(); got != c.want {
			t.Errorf("%s: halted %q, want %q", c.story, got, c.want)
		}
	}
}

// An unknown ticket concerns its lookup alone, until very many tickets are unknown and none is
// known.
func TestUnknownTickets(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"poll:404", "poll:gone"} {
		for _, n := range []int{1, 2, 3, 5, mostGone - 1} {
			p := newPatient(t)
			p.tell("order:ok " + repeat(word, n))
			if got := p.halts(); got != "" || !p.h.allows(vendors.Poll, "", p.now) || !p.h.allows(vendors.Submit, record.DatasetMaintenance, p.now) {
				t.Errorf("%d tickets are unknown (%s): halted %q", n, word, got)
			}
		}
	}
	for story, want := range map[string]string{
		"poll:pending " + repeat("poll:404", 100):                         "",
		repeat("poll:404", 9) + "poll:pending" + repeat(" poll:404", 100): "",
		repeat("poll:404", mostGone+1):                                    "",
		repeat("poll:404", mostGone+2):                                    "calls http 404",
		repeat("poll:gone", 100):                                          "",
	} {
		p := newPatient(t)
		p.tell(story)
		if got := p.halts(); got != want {
			t.Errorf("%.60s: halted %q, want %q", story, got, want)
		}
	}
}

// If the vendor offers a call that costs nothing, that call tells whether the address is right when
// too many tickets are unknown.
func TestUnknownTicketsAreAskedAbout(t *testing.T) {
	t.Parallel()
	for r, want := range map[breaker.Result]string{breaker.Answered: "", breaker.Failed: "", breaker.Neutral: "calls http 404", breaker.Refused: "calls http 404"} {
		p := newPatient(t)
		p.h.canProbe = true
		p.tell(repeat("poll:404", mostGone))
		if !p.h.wantsProbe(nil, p.now) {
			t.Fatal("the vendor is not tried")
		}
		p.h.probing = true
		if p.h.wantsProbe(nil, p.now) {
			t.Error("it is tried twice at a time")
		}
		p.h.probed(r, breaker.Reason{Class: record.Auth, Code: "http 404", Message: "no such page"}, p.now)
		p.tell(repeat("poll:404", 20))
		if got := p.halts(); got != want {
			t.Errorf("tried, and %v: halted %q, want %q", r, got, want)
		}
	}
}

// If the same lookup is refused again while others are answered, the refusal concerns that lookup
// alone.
func TestARowThatIsRefusedAlone(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell("order:ok order:ok")
	refusedAt := p.now
	p.tell("order:ok")
	p.ends(vendors.Submit, record.DatasetMaintenance, ledger.Lookup{ID: 99, Code: "http 403", LastAt: refusedAt}, saidOutcomes["403"])
	if !p.h.allows(vendors.Submit, record.DatasetMaintenance, p.now) {
		t.Error("orders pause for a row that was refused before while others were answered")
	}
	p.ends(vendors.Submit, record.DatasetMaintenance, ledger.Lookup{ID: 99, Code: "http 403", LastAt: p.now}, saidOutcomes["403"])
	if p.h.allows(vendors.Submit, record.DatasetMaintenance, p.now) {
		t.Error("orders go on after a refusal since which nobody was answered")
	}
}

// A poll that is refused right after another was answered holds nothing up; a later one does.
func TestALoneRefusalOfAPoll(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.tell("order:ok poll:pending poll:403")
	if !p.h.allows(vendors.Poll, "", p.now) {
		t.Error("polls pause for one that was refused among answered ones")
	}
	p.now = p.now.Add(justNow)
	p.tell("poll:403")
	if p.h.allows(vendors.Poll, "", p.now) {
		t.Error("polls go on, and nobody was answered lately")
	}
}
