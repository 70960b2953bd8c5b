package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

// The newer gateway leads to the same product and the same book, whatever the number
// of the service and with the older one's stage or without.
func TestNewerGatewayLeadsToTheSameProduct(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	vin := c.vinWith(simulator.Tencent, "LFV", "found")
	order := c.do(c.marketRequest("/service-plb7hsqv/maintenance/order", map[string]string{"vin": vin}))
	id := text(at(order.body, "data", "detail", "orderId"))
	if id == "" {
		t.Fatalf("no order: %d %s", order.status, order.raw)
	}
	for _, path := range []string{simulator.MarketService + "/maintenance_report/get", simulator.MarketService + "/release/maintenance_report/get"} {
		r := c.do(c.marketRequest(path, map[string]string{"order_id": id}))
		if at(r.body, "data", "detail", "resultCode") != "1205" || r.raw != c.tencentReport(id).raw {
			t.Errorf("%s: %d %s", path, r.status, r.raw)
		}
	}
	if got := c.sim.Book().Total(simulator.Tencent); got != 1700 {
		t.Errorf("billed %d", got)
	}
	for _, path := range []string{"/service-1/other", "/service-1", "/service-/maintenance/order", "/service-1/pyi/170/378"} {
		if r := c.do(c.marketRequest(path, nil)); r.status != http.StatusNotFound || text(r.body["requestid"]) != "5d0d4d5e-8a5c-4f0e-9a43-0f7f3c1b2a10" {
			t.Errorf("%s: %d %s", path, r.status, r.raw)
		}
	}
}

func TestNewerGatewaySignature(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	now, k := c.clock.Now(), simulator.DefaultCredentials()
	good := c.marketRequest("/", nil).Header.Get("Authorization")
	for name, tc := range map[string]struct {
		change func(*http.Request)
		status int
		word   string
	}{
		"none":    {func(r *http.Request) { r.Header.Del("Authorization") }, 401, "未携带签名信息"},
		"older":   {func(r *http.Request) { signTencent(r, now, k.TencentSecretID, k.TencentKey) }, 401, "格式错误"},
		"no JSON": {func(r *http.Request) { r.Header.Set("Authorization", good[1:]) }, 401, "格式错误"},
		"key":     {func(r *http.Request) { signMarket(r, now, k.TencentSecretID, "other") }, 403, "签名错误"},
		"id":      {func(r *http.Request) { signMarket(r, now, "other", k.TencentKey) }, 403, "密钥不存在"},
		"signature": {func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(good, `"signature": "`, `"signature": "A`, 1))
		}, 403, "签名错误"},
		"no date": {func(r *http.Request) { r.Header.Set("Authorization", strings.Replace(good, "x-date", "date", 1)) }, 403, "签名时间"},
		"late":    {func(r *http.Request) { signMarket(r, now.Add(-901*time.Second), k.TencentSecretID, k.TencentKey) }, 403, "签名时间超时"},
		"early":   {func(r *http.Request) { signMarket(r, now.Add(901*time.Second), k.TencentSecretID, k.TencentKey) }, 403, "签名时间超时"},
		"in time": {func(r *http.Request) { signMarket(r, now.Add(-900*time.Second), k.TencentSecretID, k.TencentKey) }, 200, "购买成功"},
		"no id":   {func(r *http.Request) { r.Header.Del("Request-Id") }, 200, "购买成功"},
	} {
		r := c.marketRequest("/service-1/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)})
		tc.change(r)
		got := c.do(r)
		if got.status != tc.status || !strings.Contains(got.raw, tc.word) {
			t.Errorf("%s: want %d %s, got %d %s", name, tc.status, tc.word, got.status, got.raw)
		}
		if tc.status != 200 && (got.body["code"] != float64(tc.status) || text(got.body["requestid"]) == "") {
			t.Errorf("%s: the refusal is %s", name, got.raw)
		}
	}
	if n := len(c.sim.Book().Orders()); n != 2 {
		t.Errorf("%d orders accepted", n)
	}
	r := c.tencentRequest("/release/maintenance/order", nil)
	signMarket(r, now, k.TencentSecretID, k.TencentKey)
	if got := c.do(r); got.status != 401 || got.body["code"] != nil {
		t.Errorf("the older gateway says of the newer's header: %d %s", got.status, got.raw)
	}
}

// What the newer gateway answers from 300 on is not billed, whatever failed behind it.
func TestNewerGatewayBillsNoFailure(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Rates: map[simulator.Fault]float64{simulator.GatewayAfter: 1}}})
	if r := c.do(c.marketRequest("/service-1/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)})); r.status != 504 || c.sim.Book().Total("") != 0 {
		t.Errorf("%d, charged %d", r.status, c.sim.Book().Total(""))
	}
	if r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LFV", 1)}); r.status != 504 || c.sim.Book().Total("") != 1700 {
		t.Errorf("the older gateway: %d, charged %d", r.status, c.sim.Book().Total(""))
	}
}

func TestNewerGatewayAccountTroubles(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{Faults: simulator.Faults{Quota: map[string]int64{simulator.Tencent: 1}}})
	order := func(n int) reply {
		return c.do(c.marketRequest("/service-1/maintenance/order", map[string]string{"vin": vinOf("LFV", n)}))
	}
	for code, want := range map[string]int{"401": 401, "403": 403, "429": 429, "-1": 200} {
		c.sim.SetAccount(simulator.Tencent, code)
		if r := order(1); r.status != want {
			t.Errorf("%s: %d %s", code, r.status, r.raw)
		}
	}
	c.sim.SetAccount(simulator.Tencent, "")
	if r := order(1); r.status != 200 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := order(2); r.status != 403 || !strings.Contains(r.raw, "套餐余量不足") {
		t.Errorf("quota used up: %d %s", r.status, r.raw)
	}
}
