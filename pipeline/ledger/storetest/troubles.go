package storetest

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func troublePromises() []promise {
	return []promise{
		{"pauses are kept by vendor and dataset", pausesKept},
		{"halts are kept by vendor and dataset until the user goes on", haltsKept},
		{"calls are counted by vendor and day", callsCounted},
	}
}

func pausesKept(b *bench) {
	orders := ledger.Pause{Vendor: "acme", Dataset: record.DatasetValuation, Since: noon, NextAt: noon.Add(time.Minute), Nth: 2, Class: record.Unavailable, Code: "connect", Message: "refused"}
	polls := ledger.Pause{Vendor: "acme", Since: noon, NextAt: noon.Add(time.Hour), Nth: 1, Class: record.Auth, Code: "http 403", Message: "no"}
	other := ledger.Pause{Vendor: "aaa", Dataset: record.DatasetViolations, Nth: 1}
	was := orders
	was.Nth = 1
	for _, p := range []ledger.Pause{was, polls, orders, other} {
		b.must(b.SetPause(p))
	}
	got, err := b.Pauses(ctx())
	b.must(err)
	if !slices.Equal(got, []ledger.Pause{other, polls, orders}) {
		b.t.Errorf("pauses are %+v", got)
	}
	b.must(b.ClearPause("acme", record.DatasetValuation))
	b.must(b.ClearPause("nobody", ""))
	if got, err := b.Pauses(ctx()); !slices.Equal(got, []ledger.Pause{other, polls}) || err != nil {
		b.t.Errorf("pauses are %+v, %v", got, err)
	}
}

func haltsKept(b *bench) {
	h := ledger.Halt{Vendor: "acme", Stops: ledger.StopsOrders, Class: record.Balance, Code: "40302", Message: "top up", At: noon}
	one := ledger.Halt{Vendor: "acme", Dataset: record.DatasetValuation, Stops: ledger.StopsCalls, Class: record.Auth, At: noon}
	for _, x := range []ledger.Halt{one, {Vendor: "acme", Stops: ledger.StopsCalls, Class: record.Auth}, h} {
		b.must(b.SetHalt(x))
	}
	halts, err := b.Halts(ctx())
	b.must(err)
	if !slices.Equal(halts, []ledger.Halt{h, one}) {
		b.t.Errorf("halts are %+v", halts)
	}
	b.must(b.ClearHalts())
	if halts, err := b.Halts(ctx()); len(halts) != 0 || err != nil {
		b.t.Errorf("halts are %+v, %v", halts, err)
	}
}

func callsCounted(b *bench) {
	b.must(b.CountCalls("acme", 20000, 3))
	b.must(b.CountCalls("acme", 20000, 4))
	b.must(b.CountCalls("acme", 20001, 1))
	b.must(b.CountCalls("bolt", 20000, 9))
	for day, want := range map[record.Date]int{20000: 7, 20001: 1, 20002: 0} {
		if n, err := b.CallsOn(ctx(), "acme", day); n != want || err != nil {
			b.t.Errorf("day %d had %d calls, want %d (%v)", day, n, want, err)
		}
	}
}
