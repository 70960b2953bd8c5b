package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

func TestBookChargesAWAPIOrderOnceAtItsFirstFinalAnswer(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	c := newCustomer(t, simulator.Options{Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: time.Minute}})
	vin := c.vinWith(simulator.WAPI, "LSV", "found")
	ticket := c.wapiOrder(vin, "")
	c.wapiPoll(ticket)
	if len(c.sim.Book().Entries()) != 0 {
		t.Fatal("billed before the outcome")
	}
	clock.move(time.Minute)
	first := c.wapiPoll(ticket)
	clock.move(time.Minute)
	for range 3 {
		c.wapiPoll(ticket)
	}
	entries := c.sim.Book().Entries()
	if len(entries) != 1 {
		t.Fatalf("%d charges after %s", len(entries), first.raw)
	}
	want := simulator.Entry{Seq: 1, At: clock.Now().Add(-time.Minute).UTC(), Vendor: "wapi", Dataset: "maintenance",
		VIN: vin, Plate: "粤AJ44E6", Vehicle: vin, Ticket: ticket, Fen: 3200}
	if entries[0] != want {
		t.Errorf("got  %+v\nwant %+v", entries[0], want)
	}
}

func TestBookFindsDoubles(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	c.wapiOrder(vinOf("LSV", 1), "") // ordered twice, charged never
	c.wapiOrder(vinOf("LSV", 1), "")
	c.tencentOrder(vinOf("LSV", 1)) // another vendor is no double
	c.tencentOrder(vinOf("LSV", 2))
	c.tencentOrder(vinOf("LSV", 2))
	c.violations("粤E12345", vinOf("LSV", 3))
	c.violations("粤E12345", vinOf("LSV", 3))
	c.violations("粤E12346", vinOf("LSV", 4))
	want := []simulator.Double{
		{Vendor: "tencent", Dataset: "maintenance", Vehicle: vinOf("LSV", 2), Orders: 2, Charges: 2, Fen: 3400},
		{Vendor: "wapi", Dataset: "maintenance", Vehicle: vinOf("LSV", 1), Orders: 2},
		{Vendor: "wapi", Dataset: "violations", Vehicle: vinOf("LSV", 3), Charges: 2, Fen: 28},
	}
	if got := c.sim.Book().Doubles(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestBookIsServed(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	c.tencentOrder(vinOf("LSV", 2))
	r := c.do(httptest.NewRequest(http.MethodGet, "/_simulator/book", nil))
	var page struct {
		Requests map[string]int64 `json:"requests"`
		Totals   map[string]int64 `json:"totals_fen"`
		Orders   []simulator.Order
		Entries  []simulator.Entry
	}
	if err := json.Unmarshal([]byte(r.raw), &page); err != nil {
		t.Fatal(err)
	}
	if page.Requests[simulator.TencentOrder] != 1 || page.Totals["tencent"] != 1700 || len(page.Orders) != 1 || len(page.Entries) != 1 {
		t.Errorf("book: %s", r.raw)
	}
	if short := c.do(httptest.NewRequest(http.MethodGet, "/_simulator/book?lists=0", nil)); short.body["entries"] != nil {
		t.Errorf("lists on lists=0: %s", short.raw)
	}
	c.do(httptest.NewRequest(http.MethodPost, "/_simulator/account?vendor=tencent&code=403", nil))
	if r := c.tencent("/release/maintenance/order", map[string]string{"vin": "X"}); r.status != 403 {
		t.Errorf("account code over HTTP: %d", r.status)
	}
	if r := c.do(httptest.NewRequest(http.MethodGet, "/_simulator/other", nil)); r.status != 404 {
		t.Errorf("other page: %d", r.status)
	}
}

// A plan that comes while the simulator serves holds for the calls after it, and
// a mistake in one changes nothing.
func TestFaultsAreTakenWhileItServes(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	post := func(plan string) reply {
		return c.do(httptest.NewRequest(http.MethodPost, "/_simulator/faults", strings.NewReader(plan)))
	}
	order := func(n int) int {
		return c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LSV", n)}).status
	}
	if r := post(`{"rates":{"dead_upstream":1},"endpoints":["tencent/order"]}`); r.status != http.StatusNoContent || order(1) != http.StatusBadGateway {
		t.Errorf("a dead upstream: %d %s", r.status, r.raw)
	}
	for _, wrong := range []string{`{"rates":{"asleep":1}}`, `{"rates":{"slow":1.5}}`, `{"rates":{"slow":0.6,"html":0.6}}`, `{"script":[{"nth":1,"fault":"asleep"}]}`, `{"rate":{}}`, `[]`, ``} {
		if r := post(wrong); r.status != http.StatusBadRequest || order(1) != http.StatusBadGateway {
			t.Errorf("%s: %d %s", wrong, r.status, r.raw)
		}
	}
	if r := post(`{"balance":{"tencent":1700},"script":[{"endpoint":"tencent/order","nth":1,"fault":"limit_503"}]}`); r.status != http.StatusNoContent {
		t.Errorf("a balance: %d %s", r.status, r.raw)
	}
	if a, b, d := order(1), order(1), order(2); a != http.StatusServiceUnavailable || b != http.StatusOK || d != http.StatusForbidden {
		t.Errorf("a limiter, an order, an empty account: %d %d %d", a, b, d)
	}
}

func TestBookHoldsUnderConcurrency(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	const workers, each = 8, 50
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := range each {
				c.tencentReport(c.tencentOrder(vinOf("LSV", w*each+n)))
				c.wapiPoll(c.wapiOrder(vinOf("LSV", w*each+n), ""))
				c.sim.Book().Total("")
			}
		})
	}
	wg.Wait()
	book := c.sim.Book()
	if got := book.Total(simulator.Tencent); got != workers*each*1700 {
		t.Errorf("tencent charged %d", got)
	}
	if n := len(book.Doubles()); n != 0 {
		t.Errorf("%d doubles", n)
	}
	for i, e := range book.Entries() {
		if e.Seq != int64(i)+1 {
			t.Fatalf("entry %d has seq %d", i, e.Seq)
		}
	}
	if got := book.Requests()[simulator.WAPIPoll]; got != workers*each {
		t.Errorf("%d polls counted", got)
	}
}

func TestOutstandingOrdersAreSmall(t *testing.T) {
	c := newCustomer(t, simulator.Options{Latency: simulator.Latency{Min: time.Hour, Max: time.Hour}})
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c.sim.FillOrders(n)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (after.HeapAlloc - before.HeapAlloc) / n
	t.Logf("%d bytes an order", each)
	if each > 200 {
		t.Errorf("%d bytes an order, want at most 200", each)
	}
	runtime.KeepAlive(c)
}
