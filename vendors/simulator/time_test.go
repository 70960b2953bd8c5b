package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/vendors/simulator"
)

func TestPaceIsStrict(t *testing.T) {
	t.Parallel()
	ms := func(n ...int) []time.Duration {
		var out []time.Duration
		for _, v := range n {
			out = append(out, time.Duration(v)*time.Millisecond)
		}
		return out
	}
	for name, tc := range map[string]struct {
		pace simulator.Pace
		at   []time.Duration
		want string
	}{
		"one at a time":          {simulator.Pace{PerSecond: 10, Burst: 1}, ms(0, 50, 99, 100, 199, 200, 201), "[true false false true false true false]"},
		"burst of three":         {simulator.Pace{PerSecond: 10, Burst: 3}, ms(0, 0, 0, 0, 100, 100, 300, 300, 300), "[true true true false true false true true false]"},
		"a rest fills no more":   {simulator.Pace{PerSecond: 1, Burst: 2}, ms(60_000, 60_000, 60_000), "[true true false]"},
		"slower than one second": {simulator.Pace{PerSecond: 0.5}, ms(0, 1999, 2000), "[true false true]"},
		"no limit":               {simulator.Pace{}, ms(0, 0, 0), "[true true true]"},
	} {
		if got := fmt.Sprint(simulator.TakePace(tc.pace, tc.at)); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// In no window of time are more calls admitted than burst plus rate times the
// window.
func TestPaceNeverAdmitsMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := simulator.Pace{PerSecond: float64(rapid.IntRange(1, 50).Draw(t, "rate")), Burst: rapid.IntRange(1, 5).Draw(t, "burst")}
		var moments []time.Duration
		var now time.Duration
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 300), 1, 60).Draw(t, "gaps") {
			now += time.Duration(gap) * time.Millisecond
			moments = append(moments, now)
		}
		admitted := simulator.TakePace(p, moments)
		for i := range moments {
			n := 0
			for j := i; j < len(moments); j++ {
				n += count(admitted[j])
				most := float64(p.Burst) + (moments[j]-moments[i]).Seconds()*p.PerSecond + 1e-6
				if float64(n) > most {
					t.Fatalf("%d calls within %v at %+v", n, moments[j]-moments[i], p)
				}
			}
		}
	})
}

func TestPaceAnswers429AndCounts(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	c := newCustomer(t, simulator.Options{Clock: clock, Pace: map[string]simulator.Pace{simulator.Tencent: {PerSecond: 0.5, Burst: 1}}})
	c.tencentOrder(vinOf("LSV", 1))
	r := c.tencent("/release/maintenance/order", map[string]string{"vin": vinOf("LSV", 2)})
	if r.status != 429 || r.header.Get("Retry-After") != "2" {
		t.Errorf("%d, Retry-After %q", r.status, r.header.Get("Retry-After"))
	}
	c.wapiOrder(vinOf("LSV", 1), "") // another vendor, another pace
	clock.move(2 * time.Second)
	c.tencentOrder(vinOf("LSV", 2))
	if got := c.sim.Book().Refused(); got["tencent"] != 1 || got["wapi"] != 0 {
		t.Errorf("refused %v", got)
	}
	if n := len(c.sim.Book().Orders()); n != 3 {
		t.Errorf("%d orders, want 3: a 429 accepts nothing", n)
	}
}

func TestDeskHours(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		closed, at string
		work       time.Duration
		want       string
	}{
		{"18:30-09:00", "2024-06-12 11:00", 10 * time.Minute, "2024-06-12 11:10"},
		{"18:30-09:00", "2024-06-12 18:25", 10 * time.Minute, "2024-06-13 09:05"},
		{"18:30-09:00", "2024-06-12 18:30", 0, "2024-06-13 09:00"},
		{"18:30-09:00", "2024-06-12 23:59", 10 * time.Minute, "2024-06-13 09:10"},
		{"18:30-09:00", "2024-06-13 00:00", 10 * time.Minute, "2024-06-13 09:10"},
		{"18:30-09:00", "2024-06-13 08:59", 10 * time.Minute, "2024-06-13 09:10"},
		{"18:30-09:00", "2024-06-12 09:00", 20 * time.Hour, "2024-06-14 10:00"},
		{"12:00-13:00", "2024-06-12 11:50", 30 * time.Minute, "2024-06-12 13:20"},
		{"12:00-13:00", "2024-06-12 23:50", 30 * time.Minute, "2024-06-13 00:20"},
		{"", "2024-06-12 23:59", 10 * time.Minute, "2024-06-13 00:09"},
	} {
		got, err := simulator.DeskAfter(tc.closed, newClock(tc.at).Now(), tc.work)
		if want := newClock(tc.want).Now(); err != nil || !got.Equal(want) {
			t.Errorf("%s closed, %s + %v: %v, want %v (%v)", tc.closed, tc.at, tc.work, got, want, err)
		}
	}
	for _, bad := range []string{"18:30", "25:00-09:00", "18:30-9:00", "18:61-09:00", "night"} {
		if err := (simulator.Options{Desk: simulator.Desk{Closed: bad}}).Check(); err == nil {
			t.Errorf("closed %q is taken", bad)
		}
	}
}

func TestDeskOrdersWaitForTheMorning(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 20:00")
	c := newCustomer(t, simulator.Options{Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: 10 * time.Minute},
		Desk: simulator.Desk{Share: 0.3, Closed: "18:30-09:00"}})
	var ids []string
	for n := range 200 {
		ids = append(ids, c.tencentOrder(vinOf("LSV", n)))
	}
	pending := func() (n int) {
		for _, id := range ids {
			if r := c.tencentReport(id); at(r.body, "data", "result") == "1" && at(r.body, "data", "detail", "brand") == nil {
				n++
			}
		}
		return n
	}
	if n := pending(); n != 200 {
		t.Errorf("%d pending at once, want all", n)
	}
	clock.move(12*time.Hour + 59*time.Minute) // 08:59
	if n := pending(); n < 40 || n > 80 {
		t.Errorf("%d of 200 wait for the desk, want about 60", n)
	}
	clock.move(11 * time.Minute) // 09:10
	if n := pending(); n != 0 {
		t.Errorf("%d pending after the desk has worked", n)
	}
}

func TestTicketsSurviveARestart(t *testing.T) {
	t.Parallel()
	clock := newClock("2024-06-12 11:00")
	o := simulator.Options{Seed: 5, Clock: clock, Latency: simulator.Latency{Min: time.Minute, Max: time.Minute}}
	c := newCustomer(t, o)
	vin := c.vinWith(simulator.WAPI, "LGX", "failed")
	var tickets [3]string
	for tickets[0] == "" { // a BYD without its engine number is refused now and then
		clock.move(time.Second)
		if r := c.wapi("/pyi/170/378", map[string]string{"vin": vin}); text(r.body["codeid"]) == "10019" {
			vin = vinOf("LGX", int(clock.Now().Unix()%1000))
			continue
		}
		tickets[0] = c.wapiOrder(vin, "")
	}
	tencentVIN := c.vinWith(simulator.Tencent, "LSV", "found")
	tickets[1] = c.tencentOrder(tencentVIN)
	tickets[2] = text(at(c.jumdataOrder(vinOf("LSV", 2)).body, "data", "requestId"))

	again := newCustomer(t, o)
	if r := again.tencentReport(tickets[1]); at(r.body, "data", "detail", "brand") != nil || at(r.body, "data", "result") != "1" {
		t.Errorf("an order of before is not pending: %s", r.raw)
	}
	clock.move(time.Minute)
	if r := again.tencentReport(tickets[1]); at(r.body, "data", "detail", "brand") == nil {
		t.Errorf("an order of before is not ready: %s", r.raw)
	}
	if r := again.wapiPoll(tickets[0]); text(at(r.body, "retdata", "result_status")) != "3" || text(at(r.body, "retdata", "vin")) != vin {
		t.Errorf("the missing engine number is forgotten: %s", r.raw)
	}
	if r := again.jumdataGet(tickets[2]); text(r.body["code"]) == "701" {
		t.Errorf("jumdata's order of before: %s", r.raw)
	}
	if n := len(again.sim.Book().Orders()); n != 0 {
		t.Errorf("%d orders accepted by the second simulator", n)
	}
	other := newCustomer(t, simulator.Options{Seed: 6, Clock: clock})
	if r := other.tencentReport(tickets[1]); text(r.body["code"]) != "-1" {
		t.Errorf("a simulator with another seed knows the ticket: %s", r.raw)
	}
}

func TestTicketsHoldWhatTheySay(t *testing.T) {
	t.Parallel()
	letters := []rune("0123456789ABCDEFGHJKLMNPRSTUVWXYZ")
	rapid.Check(t, func(t *rapid.T) {
		vin := rapid.StringOfN(rapid.SampledFrom(letters), 17, 17, 17).Draw(t, "vin")
		at := time.Unix(rapid.Int64Range(946684800, 4102444800).Draw(t, "at"), 0)
		now := at.Add(time.Duration(rapid.IntRange(0, 190*24*3600).Draw(t, "later")) * time.Second)
		engine := rapid.Bool().Draw(t, "engine")
		vendor := rapid.Uint8Range(0, 2).Draw(t, "vendor")
		v, when, e, ok := simulator.SealAndOpen(9, vendor, vin, at, now, engine)
		if !ok || v != vin || !when.Equal(at) || e != engine {
			t.Fatalf("%s %v %v came back as %s %v %v %v", vin, at, engine, v, when, e, ok)
		}
	})
	if _, _, _, ok := simulator.SealAndOpen(9, 0, "SBL666666BM9D933", time.Unix(0, 0), time.Unix(0, 0), false); ok {
		t.Error("16 characters fit a ticket")
	}
}
