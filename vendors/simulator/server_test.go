package simulator_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"vehiclebatch/vendors/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Two simulators with one seed and one clock say the same, to the byte; another
// seed tells another story.
func TestDeterminism(t *testing.T) {
	t.Parallel()
	talk := func(seed uint64) string {
		clock := newClock("2024-06-12 11:00")
		c := newCustomer(t, simulator.Options{Seed: seed, Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: time.Hour},
			Desk: simulator.Desk{Share: 0.5, Closed: "18:30-09:00"}})
		var log strings.Builder
		for n := range 20 {
			ticket, id := c.wapiOrder(vinOf("LVS", n), ""), c.tencentOrder(vinOf("LVS", n))
			log.WriteString(ticket + id + c.jumdataOrder(vinOf("LVS", n)).raw)
			clock.move(20 * time.Minute)
			log.WriteString(c.wapiPoll(ticket).raw + c.tencentReport(id).raw)
			log.WriteString(c.violations("粤B12345", vinOf("LVS", n)).raw + c.valuation(nil).raw)
		}
		return log.String()
	}
	first, again := talk(1), talk(1)
	if first != again {
		t.Error("the same seed gives other bytes")
	}
	if first == talk(2) {
		t.Error("the seed changes nothing")
	}
}

// The tickets and reports of a fleet do not depend on who comes first.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	a, b := newCustomer(t, simulator.Options{}), newCustomer(t, simulator.Options{})
	first := a.tencentOrder(vinOf("LSV", 1))
	a.tencentOrder(vinOf("LSV", 2))
	b.tencentOrder(vinOf("LSV", 2))
	if second := b.tencentOrder(vinOf("LSV", 1)); first != second {
		t.Errorf("tickets %s and %s", first, second)
	}
}

// A car's past does not change: a later report adds visits at its end.
func TestThePastStays(t *testing.T) {
	t.Parallel()
	clock := newClock("2020-06-12 11:00")
	c := newCustomer(t, simulator.Options{Clock: clock})
	vin := c.vinWith(simulator.Tencent, "LSV", "found")
	var last []any
	for range 5 {
		visits, _ := at(c.tencentReport(c.tencentOrder(vin)).body, "data", "detail", "normalRepairRecords").([]any)
		if len(visits) < len(last) {
			t.Fatalf("%d visits became %d", len(last), len(visits))
		}
		for i := range last {
			if text(at(last[i], "repairDate")) != text(at(visits[i], "repairDate")) {
				t.Errorf("visit %d was on %v, now on %v", i, at(last[i], "repairDate"), at(visits[i], "repairDate"))
			}
		}
		last = visits
		clock.move(180 * 24 * time.Hour)
	}
}

func TestServe(t *testing.T) {
	ctx := t.Context()
	sim := simulator.New(simulator.Options{Faults: script(simulator.CutHalf)})
	srv, err := simulator.Serve(ctx, sim, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &customer{t: t, sim: sim, clock: simulator.SystemClock{}}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	call := func() (string, error) {
		r := c.tencentRequest(srv.URL+"/release/maintenance/order", map[string]string{"vin": vinOf("LSV", 1)})
		r.RequestURI = ""
		res, err := client.Do(r)
		if err != nil {
			return "", err
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		return string(body), err
	}
	if body, err := call(); !errors.Is(err, io.ErrUnexpectedEOF) || body == "" {
		t.Errorf("cut in the body: %q, %v", body, err)
	}
	if body, err := call(); err != nil || !strings.Contains(body, "购买成功") {
		t.Errorf("%s, %v", body, err)
	}
	for range 2 {
		if err := srv.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	if _, err := call(); err == nil {
		t.Error("still listening after Close")
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := simulator.Serve(ctx, simulator.New(simulator.Options{}), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := srv.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestServeIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":8080", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		srv, err := simulator.Serve(t.Context(), simulator.New(simulator.Options{}), addr)
		if err == nil {
			t.Errorf("%s is taken", addr)
			_ = srv.Close(t.Context())
		}
	}
}

// pipes is a listener over net.Pipe, for a bubble of fake time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

// In a bubble a night at the desk takes no time, a cut is an error, and a
// customer's time-out fires while the vendor is slow, who bills all the same.
func TestInsideABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		sim := simulator.New(simulator.Options{Latency: simulator.Latency{Min: 8 * time.Hour, Max: 8 * time.Hour},
			Faults: simulator.Faults{Script: []simulator.Step{
				{Endpoint: simulator.TencentOrder, Nth: 1, Fault: simulator.CutBefore},
				{Endpoint: simulator.TencentOrder, Nth: 2, Fault: simulator.Slow},
			}}})
		srv := simulator.NewHTTPServer(sim)
		go func() { _ = srv.Serve(l) }()
		transport := &http.Transport{DialContext: l.dial}
		client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
		c := &customer{t: t, sim: sim, clock: simulator.SystemClock{}}
		get := func(path string, q map[string]string) (string, error) {
			r := c.tencentRequest("http://vendor"+path, q)
			r.RequestURI = ""
			res, err := client.Do(r)
			if err != nil {
				return "", err
			}
			defer func() { _ = res.Body.Close() }()
			body, err := io.ReadAll(res.Body)
			return string(body), err
		}
		vin := c.vinWith(simulator.Tencent, "LSV", "found")
		order := map[string]string{"vin": vin}
		if body, err := get("/release/maintenance/order", order); err == nil || sim.Book().Total("") != 0 {
			t.Errorf("cut before: %q, billed %d", body, sim.Book().Total(""))
		}
		var timeout net.Error
		if _, err := get("/release/maintenance/order", order); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("slow: %v", err)
		}
		if got := sim.Book().Total(""); got != 1700 {
			t.Errorf("slow: billed %d", got)
		}
		body, err := get("/release/maintenance/order", order)
		if err != nil {
			t.Fatal(err)
		}
		_, id, _ := strings.Cut(body, `"orderId":"`)
		time.Sleep(8 * time.Hour)
		if body, err = get("/release/maintenance_report/get", map[string]string{"order_id": id[:32]}); !strings.Contains(body, "1205") {
			t.Errorf("after the night: %s, %v", body, err)
		}
		transport.CloseIdleConnections()
		_ = srv.Close()
		synctest.Wait()
	})
}

func TestMethodsAndForms(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	if r := c.do(httptest.NewRequest(http.MethodDelete, "/pyi/170/378", nil)); r.status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", r.status)
	}
	big := httptest.NewRequest(http.MethodPost, "/pyi/170/378", strings.NewReader("vin="+strings.Repeat("x", 100_000)))
	big.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r := c.do(big); r.status != http.StatusBadRequest {
		t.Errorf("100 kB of form: %d", r.status)
	}
}

// What came in with a request stays inside its quotes on the way out.
func TestTextsOfTheCustomerAreEscaped(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	vin := c.vinWith(simulator.WAPI, "LSV", "found")
	const nasty = "a\"b\\c\nd"
	ticket := c.wapiOrder(vin, nasty)
	if got := text(at(c.wapiPoll(ticket).body, "retdata", "engine_no")); got != nasty {
		t.Errorf("engine_no came back as %q", got)
	}
}

func BenchmarkTencentOrder(b *testing.B) {
	c := newCustomer(b, simulator.Options{})
	r := c.tencentRequest("/release/maintenance/order", nil)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		r.Form, r.URL.RawQuery = nil, "vin="+vinOf("LSV", n)
		c.sim.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func BenchmarkTencentReport(b *testing.B) {
	c := newCustomer(b, simulator.Options{})
	id := c.tencentOrder(c.vinWith(simulator.Tencent, "LSV", "found"))
	r := c.tencentRequest("/release/maintenance_report/get", map[string]string{"order_id": id})
	b.ReportAllocs()
	for b.Loop() {
		r.Form = nil
		c.sim.ServeHTTP(httptest.NewRecorder(), r)
	}
}
