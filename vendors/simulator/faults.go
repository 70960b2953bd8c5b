package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Fault is one way to break a call.
type Fault string

// The faults. Those of the first group strike before the vendor looks at the
// request, so nothing is accepted or billed; those of the second strike the
// answer, after whatever was due has been accepted and billed.
const (
	NoFault     Fault = ""
	TooMany     Fault = "too_many"     // 429 with Retry-After
	ServerError Fault = "server_error" // 500, an HTML page
	BadGateway  Fault = "bad_gateway"  // 502, an HTML page
	Unavailable Fault = "unavailable"  // 503 with Retry-After, an HTML page
	CutBefore   Fault = "cut_before"   // the connection ends without an answer
	UnknownCode Fault = "unknown_code" // a code that no page explains
	Echo        Fault = "echo"         // a page or a message that repeats the whole request, keys and all

	CutAfter     Fault = "cut_after"     // the connection ends without an answer
	CutHalf      Fault = "cut_half"      // the connection ends in the middle of the body
	Truncated    Fault = "truncated"     // half a body that says it is whole
	HTML         Fault = "html"          // 200, a login page
	GatewayAfter Fault = "gateway_after" // 504, an HTML page
	WrongType    Fault = "wrong_type"    // JSON, but not of the vendor's shape
	OtherVehicle Fault = "other_vehicle" // a good answer about another vehicle
	Slow         Fault = "slow"          // the answer comes after Faults.Delay

	// What stands before a vendor refuses the call, so nothing is accepted or billed.
	Limit503     Fault = "limit_503"     // nginx' limiter: 503, its page, no Retry-After
	Limit500     Fault = "limit_500"     // Apache's mod_qos: 500, a page
	Limit403     Fault = "limit_403"     // HAProxy's limiter: 403, its page
	DeadUpstream Fault = "dead_upstream" // nginx before a vendor that is down: 502, its page

	// GoneTicket strikes tickets, not calls: whatever asks for one that is gone gets a
	// 404, for as long as the plan stands. Its order was accepted and billed.
	GoneTicket Fault = "gone_ticket"
)

// AllFaults returns every fault but NoFault.
func AllFaults() []Fault {
	return []Fault{TooMany, ServerError, BadGateway, Unavailable, CutBefore, UnknownCode,
		CutAfter, CutHalf, Truncated, HTML, GatewayAfter, WrongType, OtherVehicle, Slow, Echo,
		Limit503, Limit500, Limit403, DeadUpstream, GoneTicket}
}

// Handled tells whether the vendor handles, and bills, a call that the fault
// strikes.
func (f Fault) Handled() bool {
	switch f {
	case TooMany, ServerError, BadGateway, Unavailable, CutBefore, UnknownCode, Echo, Limit503, Limit500, Limit403, DeadUpstream:
		return false
	}
	return true
}

// Step breaks one call: the Nth (1 is the first) at the endpoint since the plan
// was set. An Endpoint of "" counts the calls of all endpoints.
type Step struct {
	Endpoint string `json:"endpoint,omitempty"`
	Nth      int64  `json:"nth"`
	Fault    Fault  `json:"fault"`
}

// Faults is a plan of what goes wrong. The zero Faults is fair weather. The
// same seed breaks the same calls, counted by endpoint.
type Faults struct {
	Rates     map[Fault]float64 `json:"rates,omitempty"`     // share of calls, of GoneTicket of tickets, 0 to 1; together at most 1
	Endpoints []string          `json:"endpoints,omitempty"` // where Rates strike; empty is everywhere
	Script    []Step            `json:"script,omitempty"`    // wins over Rates

	RetryAfter time.Duration `json:"retry_after_ns,omitempty"` // of TooMany and Unavailable; 0 is one second
	Delay      time.Duration `json:"delay_ns,omitempty"`       // of Slow; 0 is 15 s

	// An account that is used up answers submits and single calls, not polls:
	// wapi 10022 (balance) or 10018 (quota), tencent's gateway 403, jumdata 603.
	Account map[string]string `json:"account,omitempty"` // by vendor: see SetAccount
	Balance map[string]int64  `json:"balance,omitempty"` // by vendor: fen until the account is empty; absent is without end
	Quota   map[string]int64  `json:"quota,omitempty"`   // by vendor: billable calls until the quota is used up
}

// Check says what is wrong with a plan, if anything is.
func (f Faults) Check() error {
	sum := 0.0
	for name, share := range f.Rates {
		if !slices.Contains(AllFaults(), name) || !(share >= 0 && share <= 1) {
			return fmt.Errorf("%q with the share %v: want a share from 0 to 1 and one of %v", name, share, AllFaults())
		}
		sum += share
	}
	if sum > 1+1e-9 { // what twenty shares lose in adding
		return fmt.Errorf("the shares come to %v together: want at most 1", sum)
	}
	for _, s := range f.Script {
		if s.Fault != NoFault && !slices.Contains(AllFaults(), s.Fault) {
			return fmt.Errorf("a step breaks a call by %q: want one of %v", s.Fault, AllFaults())
		}
	}
	return nil
}

// plan is Faults with its counters.
type plan struct {
	Faults
	seed  uint64
	calls [endpointCount]atomic.Int64
	total atomic.Int64
	gone  sync.Map // tickets that the script has struck
}

func newPlan(seed uint64, f Faults) *plan {
	if f.RetryAfter <= 0 {
		f.RetryAfter = time.Second
	}
	if f.Delay <= 0 {
		f.Delay = 15 * time.Second
	}
	return &plan{Faults: f, seed: seed}
}

// choose counts a call and says what happens to it. luck is a number that
// belongs to the call, for faults that have several forms.
func (p *plan) choose(ep *endpoint) (f Fault, luck uint64) {
	nth, total := p.calls[ep.no].Add(1), p.total.Add(1)
	c := newChance(p.seed, "fault", ep.name, strconv.FormatInt(nth, 10))
	luck = c.next()
	for _, s := range p.Script {
		if s.Endpoint == ep.name && s.Nth == nth || s.Endpoint == "" && s.Nth == total {
			return s.Fault, luck
		}
	}
	if len(p.Rates) == 0 || !p.strikes(ep.name) {
		return NoFault, luck
	}
	return p.byRate(c.unit()), luck
}

func (p *plan) strikes(endpoint string) bool {
	return len(p.Endpoints) == 0 || slices.Contains(p.Endpoints, endpoint)
}

func (p *plan) byRate(u float64) Fault {
	for _, f := range AllFaults() {
		if f == GoneTicket {
			continue
		}
		if u < p.Rates[f] {
			return f
		}
		u -= p.Rates[f]
	}
	return NoFault
}

// isGone tells whether a ticket is gone. f is what strikes the call that asks for it.
func (p *plan) isGone(ep *endpoint, ticket string, f Fault) bool {
	if f == GoneTicket {
		p.gone.Store(ticket, true)
	}
	if _, struck := p.gone.Load(ticket); struck {
		return true
	}
	c := newChance(p.seed, "gone", ticket)
	return ticket != "" && p.strikes(ep.name) && c.unit() < p.Rates[GoneTicket]
}

// SetFaults puts another plan in place: counters, forced account codes, balances
// and quotas start anew. The book, the orders and the pace stay.
func (s *Simulator) SetFaults(f Faults) {
	s.accounts.Store(newAccounts(f))
	s.plan.Store(newPlan(s.seed, f))
}
