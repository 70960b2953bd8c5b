package simulator_test

import (
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

func TestJumdataFromOrderToReport(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	c := newCustomer(t, simulator.Options{Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: time.Minute}})
	atOnce, later := 0, 0
	for n := range 60 {
		vin := vinOf("LSV", n)
		if c.sim.Outcome(simulator.Jumdata, vin, "") != "found" {
			continue
		}
		r := c.jumdataOrder(vin)
		id := text(at(r.body, "data", "requestId"))
		if text(r.body["code"]) != "200" || len(id) != 32 {
			t.Fatalf("order: %s", r.raw)
		}
		if at(r.body, "data", "info", "result_content", 0) != nil {
			atOnce++
			continue
		}
		later++
		if p := c.jumdataGet(id); text(p.body["code"]) != "701" {
			t.Errorf("before it is ready: %s", p.raw)
		}
		clock.move(time.Minute)
		p := c.jumdataGet(id)
		if text(p.body["code"]) != "200" || at(p.body, "data", "result_content", 2) == nil {
			t.Errorf("report: %s", p.raw)
		}
	}
	if atOnce == 0 || later == 0 || atOnce > later {
		t.Errorf("%d reports at once, %d later", atOnce, later)
	}
	if got := c.sim.Book().Total(simulator.Jumdata); got != int64(atOnce+later)*2000 {
		t.Errorf("billed %d", got)
	}
}

func TestJumdataRefusals(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Balance: map[string]int64{simulator.Jumdata: 1999}}})
	const generate = "/vehicle/maintenance-report/generate"
	good := vinOf("LSV", 1)
	for want, params := range map[string]map[string]string{
		"400": {"vin": good},
		"601": {"vin": good, "licenseImgUrl": "u", "sign": "00"},
		"603": {"vin": good, "licenseImgUrl": "u"},
		"703": {"vin": c.vinWith(simulator.Jumdata, "LSV", "unsupported"), "licenseImgUrl": "u"},
	} {
		if r := c.jumdata(generate, params); text(r.body["code"]) != want || text(r.body["msg"]) == "" {
			t.Errorf("want %s, got %s", want, r.raw)
		}
	}
	if r := c.jumdata("/vehicle/other", nil); text(r.body["code"]) != "404" {
		t.Errorf("unknown path: %s", r.raw)
	}
	if r := c.jumdataGet("f39MnWfC3r1oErniJ65pn63jgjW6691E"); text(r.body["code"]) != "702" {
		t.Errorf("unknown ticket: %s", r.raw)
	}
	for _, code := range []string{"500", "601", "602", "603", "604", "999"} {
		c.sim.SetAccount(simulator.Jumdata, code)
		if r := c.jumdataOrder(good); text(r.body["code"]) != code {
			t.Errorf("want %s, got %s", code, r.raw)
		}
	}
	if n := len(c.sim.Book().Entries()); n != 0 {
		t.Errorf("%d charges", n)
	}
}

func TestJumdataKnowsNothingInTwoWays(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	ways := map[string]int{}
	for n := range 600 {
		vin := vinOf("LSV", n)
		if c.sim.Outcome(simulator.Jumdata, vin, "") != "no_record" {
			continue
		}
		r := c.jumdataGet(text(at(c.jumdataOrder(vin).body, "data", "requestId")))
		ways[text(r.body["code"])+" "+text(at(r.body, "data", "content_numbers"))]++
	}
	if len(ways) != 2 || ways["702 "] == 0 || ways["200 0"] == 0 {
		t.Errorf("answers about unknown cars: %v", ways)
	}
}
