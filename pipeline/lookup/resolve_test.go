package lookup

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

var update = flag.Bool("update", false, "write the golden files again")

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

const (
	ourRun, otherRun = 2, 1
	maxAge           = 100 * 24 * time.Hour
)

// past is what a vendor's latest order may have come to.
type past struct {
	word  string
	order Prior // Vendor is filled in
}

// pasts lists everything that one vendor's latest order can have come to. "old" is older than
// maxAge.
func pasts() []past {
	young, old := noon.Add(-time.Hour), noon.Add(-maxAge)
	other := func(s ledger.State, at time.Time) Prior {
		return Prior{Run: otherRun, State: s, LastAt: at, AnsweredAt: at, Price: 1700}
	}
	with := func(o Prior, change func(*Prior)) Prior { change(&o); return o }
	own := func(o Prior) Prior { o.Run = ourRun; return o }
	return []past{
		{"-", Prior{}},
		{"planned", other(ledger.Planned, young)},
		{"submitting", other(ledger.Submitting, young)},
		{"waiting", other(ledger.Waiting, young)},
		{"found", other(ledger.Found, young)},
		{"found old", other(ledger.Found, old)},
		{"no_record", other(ledger.NoRecord, young)},
		{"no_rec old", other(ledger.NoRecord, old)},
		{"unsupp.", other(ledger.Unsupported, young)},
		{"doubt", other(ledger.InDoubt, young)},
		{"doubt old", other(ledger.InDoubt, old)},
		{"doubt ¥0.14", with(other(ledger.InDoubt, young), func(o *Prior) { o.Price = 14 })},
		{"refused", with(other(ledger.Failed, young), func(o *Prior) { o.Class = record.Rejected })},
		{"ticket", with(other(ledger.Failed, young), func(o *Prior) { o.Class, o.Ticket = record.Expired, "T1" })},
		{"ticket old", with(other(ledger.Failed, old), func(o *Prior) { o.Class, o.Ticket = record.Expired, "T1" })},
		{"unread", with(other(ledger.Failed, young), func(o *Prior) { o.Class, o.HasAnswer = record.BadResponse, true })},
		{"in vain", with(other(ledger.Failed, old), func(o *Prior) { o.Class, o.InVain = record.Rejected, true })},
		{"own no_rec", own(other(ledger.NoRecord, old))},
		{"own failed", own(with(other(ledger.Failed, young), func(o *Prior) { o.Class = record.BadResponse }))},
	}
}

// situation is a request under some rules.
type situation struct {
	title string
	q     Request
	r     Rules
}

func situations() []situation {
	route := []Stop{{"A", true, 1700}, {"B", true, 3200}}
	onNoRecord := Rules{Route: route, FallbackOn: []record.Status{record.NoRecord, record.Unsupported}, MaxAge: maxAge, ResubmitBelow: 100}
	rules := func(change func(*Rules)) Rules {
		r := onNoRecord
		r.Route = slices.Clone(route)
		change(&r)
		return r
	}
	return []situation{
		{"A, then B where A has no record", Request{}, onNoRecord},
		{"the same; it has come to A", Request{At: "A"}, onNoRecord},
		{"the same; it has come to B", Request{At: "B"}, onNoRecord},
		{"the same; the user has said to buy it, at A", Request{At: "A", Force: true}, onNoRecord},
		{"the same; it was sent since all that", Request{At: "A", SentAt: noon}, onNoRecord},
		{"the same; the ledger has lost orders", Request{MayBeLost: true}, rules(func(r *Rules) { r.LostAt = noon })},
		{"the same; the ledger has lost orders, and it has come to A", Request{At: "A", MayBeLost: true}, rules(func(r *Rules) { r.LostAt = noon })},
		{"A, then nobody", Request{}, rules(func(r *Rules) { r.FallbackOn = nil })},
		{"B alone can be asked", Request{}, rules(func(r *Rules) { r.Route[0].CanQuery = false })},
		{"A alone can be asked", Request{}, rules(func(r *Rules) { r.Route[1].CanQuery = false })},
		{"nobody can be asked", Request{}, rules(func(r *Rules) { r.Route[0].CanQuery, r.Route[1].CanQuery = false, false })},
		{"B alone is on the route", Request{}, rules(func(r *Rules) { r.Route = r.Route[1:] })},
		{"no answer is used again", Request{}, rules(func(r *Rules) { r.MaxAge = 0 })},
		{"a run is corrected", Request{}, rules(func(r *Rules) { r.Correcting = true })},
		{"A and B side by side: the request at A", Request{Vendor: "A"}, onNoRecord},
		{"A and B side by side: the request at A, by the user's word", Request{Vendor: "A", At: "A", Force: true}, onNoRecord},
		{"A and B side by side: the request at A, which cannot be asked", Request{Vendor: "A"}, rules(func(r *Rules) { r.Route[0].CanQuery = false })},
	}
}

// ordersOf lists the prior orders at A and at B.
func ordersOf(a, b past) []Prior {
	var out []Prior
	for _, p := range []struct {
		vendor string
		past
	}{{"A", a}, {"B", b}} {
		if p.order.State != "" {
			p.order.Vendor = p.vendor
			out = append(out, p.order)
		}
	}
	return out
}

// What is decided for every pair of pasts at two vendors. A line is what A has said, a column what
// B has.
func TestResolveTable(t *testing.T) {
	t.Parallel()
	const golden = "testdata/resolve.txt"
	var got strings.Builder
	for _, s := range situations() {
		s.q.Run = ourRun
		fmt.Fprintf(&got, "%s\n\n%-12s", s.title, "A \\ B")
		for _, b := range pasts() {
			fmt.Fprintf(&got, "|%-11s", b.word)
		}
		got.WriteString("\n")
		for _, a := range pasts() {
			fmt.Fprintf(&got, "%-12s", a.word)
			for _, b := range pasts() {
				prior := ordersOf(a, b)
				d := Resolve(s.q, prior, &s.r, noon)
				word := string(d.Action)
				if d.Action != Refuse && d.Action != Stay {
					word += " " + d.Vendor
				}
				fmt.Fprintf(&got, "|%-11s", word)
			}
			got.WriteString("\n")
		}
		got.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("what is decided has changed: run with -update, and read what git says of %s", golden)
	}
}

// What must hold for every situation and every pair of orders.
func TestWhatIsNeverBought(t *testing.T) {
	t.Parallel()
	for _, s := range situations() {
		s.q.Run = ourRun
		for _, a := range pasts() {
			for _, b := range pasts() {
				prior := ordersOf(a, b)
				d := Resolve(s.q, prior, &s.r, noon)
				for _, o := range prior {
					if why := wrong(&s, &o, d); why != "" {
						t.Errorf("%s; A %s, B %s: %s %s, though %s", s.title, a.word, b.word, d.Action, d.Vendor, why)
					}
				}
				if d.Action == Buy && !s.r.Route[s.r.step(d.Vendor)].CanQuery {
					t.Errorf("%s; A %s, B %s: bought where nobody can be asked", s.title, a.word, b.word)
				}
			}
		}
	}
}

// wrong says what a decision does, because of an order, that no decision may do.
func wrong(s *situation, o *Prior, d Decision) string {
	if d.Action != Buy || s.q.Vendor != "" && o.Vendor != s.q.Vendor {
		return ""
	}
	onRoute, own := s.r.step(o.Vendor) >= 0, o.Run == ourRun
	left := s.r.step(o.Vendor) < s.r.step(s.q.At) // the request was done with that vendor
	young := noon.Sub(o.AnsweredAt) < s.r.MaxAge
	switch {
	case !left && (o.State == ledger.Waiting || o.State == ledger.Submitting):
		return "an order is under way at " + o.Vendor
	case o.State == ledger.Found && young && onRoute:
		return o.Vendor + " has answered"
	case o.State.Answered() && (own || young) && d.Vendor == o.Vendor:
		return o.Vendor + " has said its last word"
	case !left && o.State == ledger.InDoubt && noon.Sub(o.LastAt) < DoubtHold && o.Price >= s.r.ResubmitBelow && !s.q.Force && !s.q.SentAt.After(o.LastAt):
		return "an order is in doubt at " + o.Vendor
	case own && o.State == ledger.Failed && d.Vendor == o.Vendor && s.q.At != o.Vendor:
		return "it may have been paid at " + o.Vendor
	}
	return ""
}

// A run that corrects another takes over what was answered by a vendor that has left the route
// since.
func TestCorrectingFindsAnswersOffTheRoute(t *testing.T) {
	t.Parallel()
	r := Rules{Route: []Stop{{"B", true, 1700}}, MaxAge: maxAge, Correcting: true}
	for _, state := range []ledger.State{ledger.Found, ledger.NoRecord} {
		prior := []Prior{{Run: otherRun, Vendor: "A", State: state, AnsweredAt: noon.Add(-2 * maxAge)}}
		if got := Resolve(Request{Run: ourRun}, prior, &r, noon); got != (Decision{Use, "A", 0}) {
			t.Errorf("%s: %+v", state, got)
		}
	}
}

// Of several orders at one vendor, the newest one that matters counts.
func TestTheNewestOrderThatMeansSomethingCounts(t *testing.T) {
	t.Parallel()
	r := Rules{Route: []Stop{{"A", true, 1700}}, MaxAge: maxAge, ResubmitBelow: 100}
	at := func(s ledger.State, age time.Duration) Prior {
		return Prior{Run: otherRun, Vendor: "A", State: s, LastAt: noon.Add(-age), AnsweredAt: noon.Add(-age), Price: 1700}
	}
	for _, c := range []struct {
		name  string
		prior []Prior
		want  Decision
	}{
		{"a refusal says nothing of an older answer", []Prior{at(ledger.Failed, 1), at(ledger.Found, time.Hour)}, Decision{Use, "A", 1}},
		{"an answer that is too old hides an older doubt", []Prior{at(ledger.Found, maxAge), at(ledger.InDoubt, time.Hour)}, Decision{Buy, "A", -1}},
		{"a doubt that is too old hides nothing", []Prior{at(ledger.InDoubt, maxAge), at(ledger.Found, time.Hour)}, Decision{Use, "A", 1}},
		{"of two answers the newer", []Prior{at(ledger.NoRecord, 1), at(ledger.Found, time.Hour)}, Decision{Use, "A", 0}},
		{"what was never sent says nothing", []Prior{at(ledger.Planned, 1), at(ledger.Waiting, time.Hour)}, Decision{Wait, "A", 1}},
	} {
		if got := Resolve(Request{Run: ourRun}, c.prior, &r, noon); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
