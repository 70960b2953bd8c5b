package simtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/simulator"
)

// What is counted at the wire, by the vendors' pages and not by their adapters.

// exchange is one call as it went.
type exchange struct {
	vendor     string
	order      bool      // it may be billed
	left, came time.Time // left is zero when its turn never came
	// Where it stands among all that left and came back: moments of fake time are
	// shared by many.
	leftNth, cameNth int
	status           int
	word             word
}

// word is what an answer says, as far as it is clear.
type word int

const (
	unclear word = iota // of an order: nobody can know whether it was taken
	notSent
	refused
	empty // the account has no money or no calls left
	well
)

// move is a call that leaves or comes back.
type move struct {
	at  time.Time
	nth int
}

func (p *process) leaves() move {
	p.counting.Lock()
	defer p.counting.Unlock()
	p.moved++
	return move{time.Now(), p.moved}
}

func (p *process) came(vendor string, req *http.Request, left move, resp *vendors.Response) {
	word := wordOf(vendor, resp)
	p.counting.Lock()
	defer p.counting.Unlock()
	p.moved++
	p.calls = append(p.calls, exchange{vendor: vendor, order: isOrder(req), left: left.at, came: time.Now(), leftNth: left.nth,
		cameNth: p.moved, status: resp.Status, word: word})
}

func wordOf(vendor string, resp *vendors.Response) word {
	switch {
	case resp.NeverSent:
		return notSent
	case resp.Err != nil:
		return unclear
	case resp.Status == http.StatusTooManyRequests:
		return refused
	}
	said := wapiWord(resp.Body)
	if vendor == simulator.Tencent {
		said = tencentWord(resp.Body)
	}
	if said == unclear && resp.Status >= 300 && resp.Status < 500 {
		return refused
	}
	return said
}

// shortest is the least that retdata holds when it holds something.
const shortest = 20

func wapiWord(body []byte) word {
	var answer struct {
		Code any             `json:"codeid"`
		Data json.RawMessage `json:"retdata"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return unclear
	}
	switch code := fmt.Sprint(answer.Code); code {
	case "10018", "10022":
		return empty
	case "10000", "10023":
		if len(answer.Data) >= shortest {
			return well
		}
	case "10025":
		return well
	case "10014", "10021", "10024":
	default:
		if len(code) == 5 && code >= "10001" && code <= "10020" {
			return refused
		}
	}
	return unclear
}

func tencentWord(body []byte) word {
	var answer struct {
		Code string `json:"code"`
		Data struct {
			Detail map[string]any `json:"detail"`
		} `json:"data"`
	}
	switch err := json.Unmarshal(body, &answer); {
	case err != nil:
	case answer.Code == "0" && len(answer.Data.Detail) > 0:
		return well
	case strings.HasPrefix(answer.Code, "20"):
		return refused
	}
	return unclear
}

// lost counts the orders whose fate nobody can know: those that broke, and those
// that a kill cut short.
func (l *life) lost() int {
	n := l.doubts
	for _, c := range l.calls {
		if c.order && c.word == unclear {
			n++
		}
	}
	return n
}

// checkDoubts wants no more lookups in doubt than orders were lost.
func (w *world) checkDoubts(out *life) {
	w.t.Helper()
	if n, lost := out.out.count(record.InDoubt), w.lost+out.lost(); n > lost {
		w.t.Errorf("%d lookups are in doubt, and %d orders were lost", n, lost)
	}
}

// checkEmpty wants no order to leave once a vendor has said that the account is
// empty, but for those already on the wire.
func (w *world) checkEmpty(out *life) {
	w.t.Helper()
	for vendor := range prices() {
		first := 0
		for _, c := range out.calls {
			if c.vendor == vendor && c.order && c.word == empty && (first == 0 || c.cameNth < first) {
				first = c.cameNth
			}
		}
		late := 0
		for _, c := range out.calls {
			if first > 0 && c.vendor == vendor && c.order && c.leftNth > first {
				late++
			}
		}
		// Those that stand between their last look and the wire.
		if most := w.terms.limits.InFlight; late > most {
			w.t.Errorf("%d orders left to %s after it said that the account is empty", late, vendor)
		}
	}
}

// checkAsked wants a life that ends by itself to leave no paid ticket unasked while
// its vendor takes calls: none that is due, and none at all if it does not park.
func (w *world) checkAsked(l *sqlite.Ledger, out *life) {
	w.t.Helper()
	if out.stopped || out.ending.Reason == runner.AllSettled || w.space != nil && w.isFull() { // those of other runs may be open
		return
	}
	patient := !w.terms.wait.OK && w.terms.poll.Closed == ratelimit.Hours{}
	for vendor := range prices() {
		if takesNoCalls(out, vendor) {
			w.checkIll(out, vendor)
			continue
		}
		at, err := l.NextPoll(context.Background(), vendor, time.UnixMicro(1))
		must(w.t, err)
		now := time.Now().Add(w.clockOff())
		due := at.V.Before(now.Add(-time.Second)) && !out.clockSet && lastWord(out, vendor) == well
		if at.OK && (patient || due) {
			w.t.Errorf("ended at %s as %+v with a ticket at %s that is due at %s", now, out.ending, vendor, at.V)
		}
	}
}

// lastWord is what a vendor said last.
func lastWord(out *life, vendor string) word {
	last, said := 0, well
	for _, c := range out.calls {
		if c.vendor == vendor && c.cameNth > last {
			last, said = c.cameNth, c.word
		}
	}
	return said
}

// checkIll wants a vendor that takes no calls to have given cause: some of its last
// calls were not answered well.
func (w *world) checkIll(out *life, vendor string) {
	w.t.Helper()
	last := slices.DeleteFunc(slices.Clone(out.calls), func(c exchange) bool { return c.vendor != vendor })
	last = last[max(0, len(last)-2*w.terms.limits.InFlight-3):]
	if len(last) > 0 && !slices.ContainsFunc(last, func(c exchange) bool { return c.word != well }) && w.terms.limits.PerDay == 0 {
		w.t.Errorf("%s was halted, and its last %d calls were answered: %+v", vendor, len(last), out.ending.Halts)
	}
}

// isOrder tells whether a call may be billed.
func isOrder(r *http.Request) bool {
	return !strings.HasSuffix(r.URL.Path, "/379") && !strings.HasSuffix(r.URL.Path, "/get")
}
