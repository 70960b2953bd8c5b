package simulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

// script breaks the first order at tencent.
func script(f simulator.Fault) simulator.Faults {
	return simulator.Faults{Script: []simulator.Step{{Endpoint: simulator.TencentOrder, Nth: 1, Fault: f}}}
}

func TestEachFault(t *testing.T) {
	t.Parallel()
	looks := map[simulator.Fault]func(reply) bool{
		simulator.TooMany:      func(r reply) bool { return r.status == 429 && r.header.Get("Retry-After") == "1" },
		simulator.ServerError:  func(r reply) bool { return r.status == 500 && strings.Contains(r.raw, "<html>") },
		simulator.BadGateway:   func(r reply) bool { return r.status == 502 && strings.Contains(r.raw, "<html>") },
		simulator.Unavailable:  func(r reply) bool { return r.status == 503 && r.header.Get("Retry-After") == "1" },
		simulator.CutBefore:    func(r reply) bool { return r.cut && r.raw == "" },
		simulator.UnknownCode:  func(r reply) bool { return r.status == 200 && text(r.body["code"]) == "77777" },
		simulator.CutAfter:     func(r reply) bool { return r.cut && r.raw == "" },
		simulator.CutHalf:      func(r reply) bool { return r.cut && strings.HasPrefix(r.raw, `{"code":"0"`) },
		simulator.Truncated:    func(r reply) bool { return r.status == 200 && r.body == nil && strings.HasPrefix(r.raw, `{"code":"0"`) },
		simulator.HTML:         func(r reply) bool { return r.status == 200 && strings.Contains(r.raw, "<html>") },
		simulator.GatewayAfter: func(r reply) bool { return r.status == 504 && strings.Contains(r.raw, "<html>") },
		simulator.WrongType: func(r reply) bool {
			return r.status == 200 && json.Valid([]byte(r.raw)) && at(r.body, "data", "detail", "orderId") == nil
		},
		simulator.OtherVehicle: func(r reply) bool { return r.status == 200 && text(r.body["code"]) == "0" },
		simulator.Echo: func(r reply) bool {
			return strings.Contains(r.raw, "Authorization") && strings.Contains(r.raw, vinOf("LSV", 1))
		},
		simulator.Slow: func(r reply) bool { return r.status == 200 && text(r.body["code"]) == "0" },
		simulator.Limit503: func(r reply) bool {
			return r.status == 503 && r.header.Get("Retry-After") == "" && strings.Contains(r.raw, "<center>nginx")
		},
		simulator.Limit500:     func(r reply) bool { return r.status == 500 && strings.Contains(r.raw, "<address>Apache") },
		simulator.Limit403:     func(r reply) bool { return r.status == 403 && strings.Contains(r.raw, "administrative rules") },
		simulator.DeadUpstream: func(r reply) bool { return r.status == 502 && strings.Contains(r.raw, "<center>nginx") },
		simulator.GoneTicket:   func(r reply) bool { return r.status == 200 && text(r.body["code"]) == "0" }, // orders have no ticket yet
	}
	for _, f := range simulator.AllFaults() {
		c := newCustomer(t, simulator.Options{Faults: script(f)})
		r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LSV", 1)})
		if looks[f] == nil || !looks[f](r) {
			t.Errorf("%s: %d %v %s", f, r.status, r.header, r.raw)
		}
		if billed := c.sim.Book().Total("") > 0; billed != f.Handled() {
			t.Errorf("%s: billed %v, want %v", f, billed, f.Handled())
		}
		c.tencentOrder(vinOf("LSV", 2)) // the second call is in order again
	}
}

// A ticket that is gone stays gone, and the others are answered.
func TestGoneTicket(t *testing.T) {
	t.Parallel()
	share := simulator.Faults{Rates: map[simulator.Fault]float64{simulator.GoneTicket: 0.3}}
	c := newCustomer(t, simulator.Options{Faults: share})
	gone := 0
	for n := range 200 {
		id := c.tencentOrder(vinOf("LSV", n))
		first := c.tencentReport(id).status
		if again := c.tencentReport(id).status; again != first {
			t.Fatalf("ticket %d: %d, then %d", n, first, again)
		}
		gone += count(first == 404)
	}
	if billed := c.sim.Book().Total(""); gone < 40 || gone > 80 || billed != 200*1700 {
		t.Errorf("%d of 200 tickets are gone, %d fen billed", gone, billed)
	}
}

// A script that strikes one asking makes its ticket gone for good, at each vendor.
func TestGoneTicketByScript(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	ticket, id := c.wapiOrder(vinOf("LSV", 1), ""), c.tencentOrder(vinOf("LSV", 1))
	request := text(at(c.jumdataOrder(vinOf("LSV", 1)).body, "data", "requestId"))
	var steps []simulator.Step
	for _, e := range []string{simulator.WAPIPoll, simulator.TencentReport, simulator.JumdataGet} {
		steps = append(steps, simulator.Step{Endpoint: e, Nth: 1, Fault: simulator.GoneTicket})
	}
	c.sim.SetFaults(simulator.Faults{Script: steps})
	for range 3 {
		for _, r := range []reply{c.wapiPoll(ticket), c.tencentReport(id), c.jumdataGet(request)} {
			if r.status != 404 || !strings.Contains(r.raw, "404 Not Found") {
				t.Errorf("a ticket that is gone: %d %s", r.status, r.raw)
			}
		}
	}
	if r := c.tencentReport(c.tencentOrder(vinOf("LSV", 2))); r.status != 200 {
		t.Errorf("another ticket: %d", r.status)
	}
}

func TestSlowAnswersAfterTheDelay(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	f := script(simulator.Slow)
	f.Delay = 42 * time.Second
	c := newCustomer(t, simulator.Options{Clock: clock, Faults: f})
	before := clock.Now()
	c.tencentOrder(vinOf("LSV", 1))
	if took := clock.Now().Sub(before); took != 42*time.Second {
		t.Errorf("took %v", took)
	}
	if at := c.sim.Book().Entries()[0].At; !at.Equal(before) {
		t.Errorf("billed at %v, want at once", at)
	}
}

// An answer about another vehicle has the shape of a good one, and shows the
// difference even where the VIN is masked.
func TestOtherVehicle(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	wapiVIN, tencentVIN := c.vinWith(simulator.WAPI, "LSV", "found"), c.vinWith(simulator.Tencent, "LSV", "found")
	jumdataVIN := c.vinWith(simulator.Jumdata, "LSV", "found")
	ticket, id := c.wapiOrder(wapiVIN, ""), c.tencentOrder(tencentVIN)
	request := text(at(c.jumdataOrder(jumdataVIN).body, "data", "requestId"))
	c.sim.SetFaults(simulator.Faults{Rates: map[simulator.Fault]float64{simulator.OtherVehicle: 1}})

	if v := text(at(c.wapiPoll(ticket).body, "retdata", "vin")); len(v) != 17 || v == wapiVIN {
		t.Errorf("wapi says %q of %s", v, wapiVIN)
	}
	if v := text(at(c.tencentReport(id).body, "data", "detail", "vin")); v == "" || v[:2] == tencentVIN[:2] {
		t.Errorf("tencent says %q of %s", v, tencentVIN)
	}
	if v := text(at(c.jumdataGet(request).body, "data", "vinNO")); v == "" || v[:3] == jumdataVIN[:3] {
		t.Errorf("jumdata says %q of %s", v, jumdataVIN)
	}
	if v := text(at(c.violations("粤AJ44E6", wapiVIN).body, "retdata", "carNo")); v != "粤AJ44E8" {
		t.Errorf("violations of %q", v)
	}
	if v := text(at(c.valuation(nil).body, "retdata", "car_firstregtime")); v != "2020-01" {
		t.Errorf("valuation of a car of %q", v)
	}
}

func TestRatesAreDeterministicAndHold(t *testing.T) {
	t.Parallel()
	o := simulator.Options{Seed: 4, Faults: simulator.Faults{
		Rates:     map[simulator.Fault]float64{simulator.ServerError: 0.1, simulator.CutAfter: 0.05},
		Endpoints: []string{simulator.TencentOrder},
	}}
	run := func() (log string, broken, cut int) {
		c := newCustomer(t, o)
		for n := range 1000 {
			r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LSV", n)})
			broken, cut = broken+count(r.status == 500), cut+count(r.cut)
			log += map[bool]string{true: "x", false: "."}[r.cut] + http.StatusText(r.status)
			if p := c.tencentReport("x"); p.status != 200 {
				t.Fatalf("a fault at another endpoint: %d", p.status)
			}
		}
		return log, broken, cut
	}
	first, broken, cut := run()
	if second, _, _ := run(); first != second {
		t.Error("the same seed breaks other calls")
	}
	if broken < 70 || broken > 130 || cut < 30 || cut > 75 {
		t.Errorf("of 1000 calls %d failed and %d were cut, want about 100 and 50", broken, cut)
	}
}

func TestScriptCountsAllCallsToo(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Script: []simulator.Step{{Nth: 3, Fault: simulator.BadGateway}}}})
	c.tencentOrder(vinOf("LSV", 1))
	c.wapiOrder(vinOf("LSV", 1), "")
	if r := c.jumdataOrder(vinOf("LSV", 1)); r.status != 502 {
		t.Errorf("the third call: %d", r.status)
	}
}

func TestBalanceRunsDryAndCanBeToppedUp(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Balance: map[string]int64{simulator.WAPI: 3200 + 14}}})
	c.wapiOrder(vinOf("LSV", 1), "")
	c.violations("粤E12345", vinOf("LSV", 1))
	for _, r := range []reply{c.violations("粤E12346", vinOf("LSV", 2)), c.valuation(nil), c.wapi("/pyi/170/378", map[string]string{"vin": vinOf("LSV", 2)})} {
		if text(r.body["codeid"]) != "10022" {
			t.Errorf("on an empty account: %s", r.raw)
		}
	}
	c.sim.TopUp(simulator.WAPI, 500, 0)
	if r := c.valuation(nil); text(r.body["codeid"]) != "10000" {
		t.Errorf("after topping up: %s", r.raw)
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Quota: map[string]int64{simulator.WAPI: 1}}})
	ticket := c.wapiOrder(c.vinWith(simulator.WAPI, "LSV", "found"), "")
	if r := c.violations("粤E12346", vinOf("LSV", 2)); text(r.body["codeid"]) != "10018" {
		t.Errorf("over the quota: %s", r.raw)
	}
	if r := c.wapiPoll(ticket); text(r.body["codeid"]) != "10000" {
		t.Errorf("a poll counts: %s", r.raw)
	}
}
