package simulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

func TestWAPIMaintenanceFromOrderToReport(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	c := newCustomer(t, simulator.Options{Seed: 7, Clock: clock, Latency: simulator.Latency{Min: 5 * time.Minute, Max: 15 * time.Minute}})
	vin := c.vinWith(simulator.WAPI, "LSV", "found")
	ticket := c.wapiOrder(vin, "EA111-5577")
	ways := map[string]int{}
	for range 4 {
		r := c.wapiPoll(ticket)
		ways[text(r.body["codeid"])+"/"+text(at(r.body, "retdata", "result_status"))]++
	}
	if ways["10023/"] != 2 || ways["10000/2"] != 2 {
		t.Errorf("pending polls %v, want both ways in turn", ways)
	}
	clock.move(15 * time.Minute)
	r := c.wapiPoll(ticket)
	if got := text(at(r.body, "retdata", "result_status")); got != "1" {
		t.Fatalf("result_status %s: %s", got, r.raw)
	}
	for field, want := range map[string]string{"vin": vin, "vin_sub": "LSV", "engine_no": "EA111-5577", "car_no": "粤AJ44E6", "brand_id": "1"} {
		if got := text(at(r.body, "retdata", field)); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
	checkWAPIVisits(t, r, clock.Now())
}

func checkWAPIVisits(t *testing.T, r reply, now time.Time) {
	t.Helper()
	visits, _ := at(r.body, "retdata", "result").([]any)
	if len(visits) < 3 || len(visits) > 25 {
		t.Fatalf("%d visits", len(visits))
	}
	for _, v := range visits {
		moment, ok := at(v, "maintain_dateline").(float64)
		if !ok || (int64(moment)+8*3600)%86400 != 0 {
			t.Errorf("maintain_dateline %v is not a midnight in China", at(v, "maintain_dateline"))
		}
		if time.Unix(int64(moment), 0).After(now) {
			t.Errorf("a visit in the future: %v", time.Unix(int64(moment), 0))
		}
		if _, ok := at(v, "kilomete").(string); !ok {
			t.Errorf("kilomete %v is not a text", at(v, "kilomete"))
		}
		if _, ok := at(v, "meterial").(string); !ok {
			t.Errorf("no meterial in %v", v)
		}
	}
}

func TestWAPITakesGETAndHashSign(t *testing.T) {
	t.Parallel()
	keys := simulator.DefaultCredentials()
	keys.WAPISign = "hash"
	c := newCustomer(t, simulator.Options{Credentials: keys})
	form := c.wapiParams(map[string]string{"vin": vinOf("LSV", 1), "sign": keys.WAPISecret})
	if r := c.do(httptest.NewRequest(http.MethodGet, "/pyi/170/378?"+form.Encode(), nil)); text(r.body["codeid"]) != "10023" {
		t.Errorf("hash sign: %s", r.raw)
	}
	if r := c.wapi("/pyi/170/378", map[string]string{"vin": vinOf("LSV", 1)}); text(r.body["codeid"]) != "10003" {
		t.Errorf("md5 sign to an account with hash sign: %s", r.raw)
	}
}

func TestWAPIRefusals(t *testing.T) {
	t.Parallel()
	now := newClock("2024-06-12 11:00").Now().Unix()
	good := map[string]string{"vin": vinOf("LSV", 1)}
	for code, change := range map[string]map[string]string{
		"10001": {"appid": "-"},
		"10002": {"sign": "-"},
		"10003": {"sign": "52a32be274a5c537bbf7a53e2d66c09f"},
		"10004": {"time": fmt.Sprint(now - 601)},
		"10005": {"appid": "1"},
		"10015": {"vin": "-"},
		"10017": {"time": "today"},
		"10019": {"vin": "LSV123"},
	} {
		c := newCustomer(t, simulator.Options{})
		params := map[string]string{}
		for _, m := range []map[string]string{good, change} {
			for k, v := range m {
				params[k] = v
			}
		}
		r := c.wapi("/pyi/170/378", params)
		if text(r.body["codeid"]) != code || text(r.body["message"]) == "" {
			t.Errorf("want %s, got %s", code, r.raw)
		}
		if n := len(c.sim.Book().Orders()); n != 0 {
			t.Errorf("%s: %d orders accepted", code, n)
		}
	}
}

func TestWAPITimeIsOptionalAndHasAWindow(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	now := c.clock.Now().Unix()
	for stamp, want := range map[string]string{"-": "10023", fmt.Sprint(now - 600): "10023", fmt.Sprint(now + 600): "10023", fmt.Sprint(now + 601): "10004"} {
		if r := c.wapi("/pyi/170/378", map[string]string{"vin": vinOf("LSV", 1), "time": stamp}); text(r.body["codeid"]) != want {
			t.Errorf("time %s: want %s, got %s", stamp, want, r.raw)
		}
	}
}

func TestWAPIAccountCodes(t *testing.T) {
	t.Parallel()
	codes := strings.Fields("10006 10007 10008 10009 10010 10011 10012 10013 10014 10018 10020 10021 10022 10024")
	for _, code := range codes {
		c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Account: map[string]string{simulator.WAPI: code}}})
		if r := c.wapi("/pyi/170/378", map[string]string{"vin": vinOf("LSV", 1)}); text(r.body["codeid"]) != code || text(r.body["message"]) == "" {
			t.Errorf("want %s, got %s", code, r.raw)
		}
		c.sim.SetAccount(simulator.WAPI, "")
		c.wapiOrder(vinOf("LSV", 1), "")
	}
}

func TestWAPINoDataIsNotBilled(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Seed: 3, Faults: simulator.Faults{Balance: map[string]int64{simulator.WAPI: 3200}}})
	for range 3 { // the money comes back each time
		r := c.wapiPoll(c.wapiOrder(c.vinWith(simulator.WAPI, "LFV", "no_record"), ""))
		if text(r.body["codeid"]) != "10025" {
			t.Fatalf("want 10025, got %s", r.raw)
		}
	}
	if n := len(c.sim.Book().Entries()); n != 0 {
		t.Errorf("%d charges", n)
	}
}

func TestWAPIWantsEngineNumberOfSomeBrands(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	seen := map[string]bool{}
	for n := range 40 {
		r := c.wapi("/pyi/170/378", map[string]string{"vin": vinOf("LGX", n)})
		if text(r.body["codeid"]) == "10019" {
			seen["refused"] = true
			continue
		}
		p := c.wapiPoll(c.wapiOrder(vinOf("LGX", n), ""))
		seen["status "+text(at(p.body, "retdata", "result_status"))] = true
	}
	if len(seen) != 2 || !seen["refused"] || !seen["status 3"] {
		t.Errorf("BYD without an engine number: %v", seen)
	}
	if len(c.sim.Book().Entries()) != 0 {
		t.Error("a failed query was billed")
	}
	p := c.wapiPoll(c.wapiOrder(vinOf("LGX", 2), "BYD476ZQA"))
	if s := text(at(p.body, "retdata", "result_status")); s != "1" && text(p.body["codeid"]) != "10025" {
		t.Errorf("with an engine number: %s", p.raw)
	}
}

func TestWAPIUnknownTicketAndPath(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	for _, ticket := range []string{"9d10df45964fd60941aaf0f59d4b80c2", "x", strings.Repeat("z", 32)} {
		if r := c.wapiPoll(ticket); text(r.body["codeid"]) != "10019" {
			t.Errorf("ticket %s: %s", ticket, r.raw)
		}
	}
	if r := c.wapi("/pyi/1/1", nil); text(r.body["codeid"]) != "10009" {
		t.Errorf("unknown path: %s", r.raw)
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Seed: 1})
	seen, wrongTotals := map[int]bool{}, 0
	for n := range 300 {
		plate := fmt.Sprintf("粤E%05d", n)
		r := c.violations(plate, vinOf("LSV", n))
		if text(r.body["codeid"]) != "10000" || text(at(r.body, "retdata", "carNo")) != plate {
			t.Fatalf("%s: %s", plate, r.raw)
		}
		list, ok := at(r.body, "retdata", "data").([]any)
		if !ok || text(at(r.body, "retdata", "vioNum")) != fmt.Sprint(len(list)) {
			t.Fatalf("vioNum does not hold: %s", r.raw)
		}
		seen[len(list)] = true
		fines, points := sumViolations(t, list, c.clock.Now())
		if text(at(r.body, "retdata", "integralTotal")) != fmt.Sprint(points) {
			t.Errorf("integralTotal does not hold: %s", r.raw)
		}
		if text(at(r.body, "retdata", "fineTotal")) != fmt.Sprint(fines) {
			wrongTotals++
		}
	}
	if len(seen) != 7 {
		t.Errorf("counts seen: %v, want 0 to 6", seen)
	}
	if wrongTotals == 0 || wrongTotals > 20 {
		t.Errorf("%d of 300 totals are wrong, want few", wrongTotals)
	}
	if got := c.sim.Book().Total(simulator.WAPI); got != 300*14 {
		t.Errorf("billed %d fen, want 4200", got)
	}
}

func sumViolations(t *testing.T, list []any, now time.Time) (fines, points int) {
	t.Helper()
	for _, v := range list {
		var fine, score int
		if _, err := fmt.Sscan(text(at(v, "vioFine")), &fine); err != nil {
			t.Errorf("vioFine: %v", err)
		}
		if _, err := fmt.Sscan(text(at(v, "vioScore")), &score); err != nil {
			t.Errorf("vioScore: %v", err)
		}
		fines, points = fines+fine, points+score
		when, err := time.ParseInLocation(time.DateTime, text(at(v, "vioTime")), record.China())
		if err != nil || when.After(now) {
			t.Errorf("vioTime %v: %v", at(v, "vioTime"), err)
		}
		if len(text(at(v, "vioCityNo"))) != 6 || text(at(v, "vioCityName")) == "" || text(at(v, "vioAction")) == "" {
			t.Errorf("violation %v", v)
		}
	}
	return fines, points
}

func TestViolationsRefuse(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	if r := c.violations("粤aj44e6", vinOf("LSV", 1)); text(r.body["codeid"]) != "10019" {
		t.Errorf("lower case: %s", r.raw)
	}
	if r := c.wapi("/pyi/65/173", map[string]string{"car_no": "粤AJ44E6", "car_type": "02", "frame_number": "X"}); text(r.body["codeid"]) != "10015" {
		t.Errorf("without engine number: %s", r.raw)
	}
}

func price(t *testing.T, r reply, name string) float64 {
	t.Helper()
	v := at(r.body, "retdata", "car_calc", name)
	if v == nil {
		v = at(r.body, "retdata", name)
	}
	var f float64
	if _, err := fmt.Sscan(fmt.Sprint(v), &f); err != nil {
		t.Fatalf("%s: %v in %s", name, err, r.raw)
	}
	return f
}

func TestValuationFallsWithAgeMileageAndCondition(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	base := c.valuation(nil)
	if !(price(t, base, "car_purchase") < price(t, base, "car_personal") && price(t, base, "car_personal") < price(t, base, "car_retail")) {
		t.Errorf("prices out of order: %s", base.raw)
	}
	if got := text(at(base.body, "retdata", "car_areaname")); got != "宣城" {
		t.Errorf("city %s", got)
	}
	if at(base.body, "retdata", "car_miles") != "3.62" || at(base.body, "retdata", "car_firstregtime") != "2022-01" {
		t.Errorf("the question is not repeated: %s", base.raw)
	}
	if !strings.HasSuffix(text(at(base.body, "retdata", "car_referprice")), "万") {
		t.Errorf("list price: %s", base.raw)
	}
	for _, worse := range []map[string]string{{"car_first_regtime": "2018-01"}, {"car_miles": "14.5"}, {"car_accident": "2"}, {"car_interior": "3"}} {
		if r := c.valuation(worse); price(t, r, "car_personal") >= price(t, base, "car_personal") {
			t.Errorf("%v is not cheaper: %s", worse, r.raw)
		}
	}
}

func TestValuationRefusesWrongCodes(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	for name, value := range map[string]string{"car_accident": "4", "car_appearance": "5", "car_color": "13", "car_electrical": "3",
		"car_engine": "5", "car_interior": "4", "car_miles": "far", "car_first_regtime": "2022", "car_transfer": "-1"} {
		if r := c.valuation(map[string]string{name: value}); text(r.body["codeid"]) != "10019" || !strings.Contains(r.raw, name) {
			t.Errorf("%s=%s: %s", name, value, r.raw)
		}
	}
	if r := c.valuation(map[string]string{"car_color": ""}); text(r.body["codeid"]) != "10015" {
		t.Errorf("without colour: %s", r.raw)
	}
	if len(c.sim.Book().Entries()) != 0 {
		t.Error("a refusal was billed")
	}
}
