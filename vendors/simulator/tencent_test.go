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

func TestTencentFromOrderToReport(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	c := newCustomer(t, simulator.Options{Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: time.Minute}})
	vin := c.vinWith(simulator.Tencent, "LFV", "found")
	order := c.tencent("/release/maintenance/order", map[string]string{"vin": vin})
	if code := at(order.body, "data", "detail", "resultCode"); code != 1200.0 {
		t.Errorf("resultCode %#v, want the number 1200", code)
	}
	if got := c.sim.Book().Total(simulator.Tencent); got != 1700 {
		t.Errorf("billed %d at the order, want 1700", got)
	}
	id := text(at(order.body, "data", "detail", "orderId"))
	for _, want := range []any{1203.0, "1204"} {
		r := c.tencentReport(id)
		if at(r.body, "data", "result") != "1" || at(r.body, "data", "detail", "resultCode") != want ||
			at(r.body, "data", "detail", "normalRepairRecords") != nil {
			t.Errorf("pending: %s", r.raw)
		}
	}
	clock.move(time.Minute)
	r := c.tencentReport(id)
	if at(r.body, "data", "detail", "resultCode") != "1205" {
		t.Fatalf("report: %s", r.raw)
	}
	if got := r.header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
		t.Errorf("Content-Type %s, want the page's text/html", got)
	}
	if got := text(at(r.body, "data", "detail", "brand")); got != "大众" {
		t.Errorf("brand %s of %s", got, vin)
	}
	checkTencentVisits(t, r, clock.Now())
}

func checkTencentVisits(t *testing.T, r reply, now time.Time) {
	t.Helper()
	detail := at(r.body, "data", "detail")
	visits, _ := at(detail, "normalRepairRecords").([]any)
	if len(visits) < 2 {
		t.Fatalf("%d visits", len(visits))
	}
	for _, v := range visits {
		var ms int64
		if _, err := fmt.Sscan(at(v, "mainTainDate").(string), &ms); err != nil {
			t.Fatal(err)
		}
		day := time.UnixMilli(ms).In(record.China())
		if day.Format("2006-01-02 15:04:05") != text(at(v, "repairDate"))+" 00:00:00" || day.After(now) {
			t.Errorf("days of %v disagree", v)
		}
		if _, ok := at(v, "mileage").(string); !ok {
			t.Errorf("mileage of %v is not a text", v)
		}
	}
	for _, view := range []string{"componentAnalyzeRepairRecords", "outsideAnalyzeRepairRecords"} {
		if _, ok := at(detail, view).([]any); !ok {
			t.Errorf("no %s", view)
		}
	}
}

func TestTencentSignature(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	now, k := c.clock.Now(), simulator.DefaultCredentials()
	for name, tc := range map[string]struct {
		change func(*http.Request)
		status int
		word   string
	}{
		"none":       {func(r *http.Request) { r.Header.Del("Authorization") }, 401, "Unauthorized"},
		"key":        {func(r *http.Request) { signTencent(r, now, k.TencentSecretID, "other") }, 403, "HMAC signature does not match"},
		"id":         {func(r *http.Request) { signTencent(r, now, "other", k.TencentKey) }, 403, "HMAC id"},
		"date":       {func(r *http.Request) { r.Header.Set("X-Date", now.Add(-time.Second).UTC().Format(http.TimeFormat)) }, 403, "does not match"},
		"late":       {func(r *http.Request) { signTencent(r, now.Add(-901*time.Second), k.TencentSecretID, k.TencentKey) }, 403, "x-date"},
		"early":      {func(r *http.Request) { signTencent(r, now.Add(901*time.Second), k.TencentSecretID, k.TencentKey) }, 403, "x-date"},
		"in time":    {func(r *http.Request) { signTencent(r, now.Add(-900*time.Second), k.TencentSecretID, k.TencentKey) }, 200, "购买成功"},
		"not source": {func(r *http.Request) { r.Header.Set("X-Source", "shop") }, 403, "does not match"},
	} {
		r := c.tencentRequest("/release/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)})
		tc.change(r)
		if got := c.do(r); got.status != tc.status || !strings.Contains(got.raw, tc.word) {
			t.Errorf("%s: want %d %s, got %d %s", name, tc.status, tc.word, got.status, got.raw)
		}
	}
	if n := len(c.sim.Book().Orders()); n != 1 {
		t.Errorf("%d orders accepted, want the one in time", n)
	}
}

func TestTencentRefusals(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	for _, tc := range []struct {
		path  string
		query map[string]string
		code  string
	}{
		{"/release/maintenance/order", nil, "20704"},
		{"/release/maintenance_report/get", nil, "20804"},
		{"/release/maintenance_report/get", map[string]string{"order_id": "318bba4664194601800a6376027fffb5"}, "-1"},
	} {
		if r := c.tencent(tc.path, tc.query); text(r.body["code"]) != tc.code || r.status != 200 {
			t.Errorf("%s %v: want %s, got %s", tc.path, tc.query, tc.code, r.raw)
		}
	}
	post := c.tencentRequest("/release/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)})
	post.Method = http.MethodPost
	if r := c.do(post); r.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", r.status)
	}
	if r := c.do(httptest.NewRequest(http.MethodGet, "/release/other", nil)); r.status != http.StatusNotFound {
		t.Errorf("unknown path: %d", r.status)
	}
}

func TestTencentAccountTroubles(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Quota: map[string]int64{simulator.Tencent: 1}}})
	for code, status := range map[string]int{"401": 401, "403": 403, "429": 429, "-1": 200} {
		c.sim.SetAccount(simulator.Tencent, code)
		if r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)}); r.status != status {
			t.Errorf("%s: %d %s", code, r.status, r.raw)
		}
	}
	c.sim.SetAccount(simulator.Tencent, "")
	c.tencentOrder(vinOf("LFV", 1))
	if r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LFV", 2)}); r.status != 403 {
		t.Errorf("quota used up: %d %s", r.status, r.raw)
	}
	c.sim.TopUp(simulator.Tencent, 0, 1)
	c.tencentOrder(vinOf("LFV", 2))
}

func TestTencentNoRecordIsBilledAtTheOrder(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	r := c.tencentReport(c.tencentOrder(c.vinWith(simulator.Tencent, "LSV", "no_record")))
	if at(r.body, "data", "result") != "2" || at(r.body, "data", "detail", "resultCode") != "1206" {
		t.Errorf("no record: %s", r.raw)
	}
	if got := c.sim.Book().Total(simulator.Tencent); got != 1700 {
		t.Errorf("billed %d", got)
	}
}

// TestTencentFleet holds a thousand reports against what real ones look like.
func TestTencentFleet(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Seed: 11})
	var size, rollbacks, structural, names, scars, reports, views int
	for n := range 1000 {
		vin := vinOf([]string{"LSV", "LFV", "LBV", "LVS", "LRW", "LHG", "LE4"}[n%7], n)
		r := c.tencentReport(c.tencentOrder(vin))
		if at(r.body, "data", "result") != "1" {
			continue
		}
		reports++
		size += len(r.raw)
		detail := at(r.body, "data", "detail")
		rollbacks += count(at(detail, "mileageIsNormalFlag") == 0.0)
		structural += count(at(detail, "constructAnalyzeRepairRecords") != nil)
		views += count(at(detail, "componentAnalyzeRepairRecords", 0) != nil)
		names += count(strings.Contains(r.raw, "李云龙 ") || strings.Contains(r.raw, "张伟 "))
		scars += count(strings.Contains(r.raw, "֐¤"))
		if v := text(at(detail, "vin")); len(v) != 13 && v != vin {
			t.Errorf("masked VIN %s of %s", v, vin)
		}
	}
	within := func(what string, n, low, high int) {
		if n < low || n > high {
			t.Errorf("%s: %d, want %d to %d", what, n, low, high)
		}
	}
	within("reports of 1000", reports, 900, 960)
	within("mean size", size/reports, 5<<10, 11<<10)
	within("rollbacks", rollbacks, 25, 90)
	within("structural damage", structural, 45, 110)
	within("reports with a component view", views, 500, reports)
	within("names", names, 50, 600)
	within("broken characters", scars, 10, 400)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
