package simtest

import (
	"math/rand/v2"
	"time"

	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

// What a seed makes happen.

// oddRows adds rows that are not bought, or not wholly: one that repeats an
// earlier one, one that is wrong, and one that lacks what a vendor needs.
func (w *world) oddRows(rng *rand.Rand) {
	add := func(v record.Vehicle) {
		v.Row, v.Line = int64(len(w.cars)+1), int64(len(w.cars)+2)
		w.cars = append(w.cars, v)
	}
	if rng.IntN(2) == 0 {
		add(w.cars[rng.IntN(len(w.cars))])
	}
	if rng.IntN(4) == 0 {
		v := car(700)
		v.VIN, v.Faults = "LSVAM4185N23OOO", []record.Fault{{Column: record.ColVIN, Reason: "the VIN has 15 characters, it must have 17"}}
		add(v)
		w.unaskable += 3
	}
	if rng.IntN(4) == 0 {
		v := car(701)
		v.Plate, v.PlateType = "", ""
		add(v)
		w.unaskable++
	}
}

func (w *world) randomTerms(rng *rand.Rand) {
	w.sim.SetFaults(randomFaults(rng))
	w.terms.resubmitBelow = []record.Fen{0, 0, 100, 600}[rng.IntN(4)]
	w.terms.limits = ratelimit.Limits{PerSecond: []float64{0, 2, 20}[rng.IntN(3)], Burst: 1 + rng.IntN(5), InFlight: 1 + rng.IntN(8)}
	if rng.IntN(2) == 0 {
		w.terms.maxSpend = record.Some(record.Fen(rng.IntN(5_000 * len(w.cars))))
	}
	switch rng.IntN(3) {
	case 0:
		w.terms.wait = record.Some(time.Duration(rng.Int64N(int64(time.Hour))))
	case 1:
		w.terms.poll.Closed, _ = ratelimit.ParseHours("18:30-09:00") // the text is right
	}
	if rng.IntN(2) == 0 {
		w.terms.notTaken = limiters()
	}
	if rng.IntN(3) == 0 {
		w.weather.set(rand.New(rand.NewPCG(rng.Uint64(), 1)), rng.Float64()/2, rng.Float64()/2)
	}
}

func randomFaults(rng *rand.Rand) simulator.Faults {
	f := simulator.Faults{Rates: map[simulator.Fault]float64{}, Delay: time.Duration(1+rng.IntN(20)) * time.Second,
		RetryAfter: time.Duration(rng.IntN(30)) * time.Second, Balance: map[string]int64{}}
	all := simulator.AllFaults()
	share := rng.Float64() * 0.5
	for range 1 + rng.IntN(6) {
		f.Rates[all[rng.IntN(len(all))]] += share / 6
	}
	if rng.IntN(3) == 0 {
		f.Balance[simulator.WAPI] = rng.Int64N(20_000)
	}
	if rng.IntN(4) == 0 {
		f.Balance[simulator.Tencent] = rng.Int64N(15_000)
	}
	return f
}

// randomFormats is CSV in most lives: Parquet takes ten times as long.
func randomFormats(rng *rand.Rand) string {
	switch rng.IntN(24) {
	case 0:
		return "parquet,csv"
	case 1:
		return "parquet"
	}
	return "csv"
}

func (w *world) randomFate(rng *rand.Rand) fate {
	f := fate{formats: randomFormats(rng), retry: rng.IntN(8) == 0}
	if w.terms.maxSpend.OK {
		f.seen = w.within(w.terms.maxSpend.V)
	}
	switch rng.IntN(8) {
	case 0:
		f.stopAfter = 1 + time.Duration(rng.Int64N(int64(10*time.Second)))
	case 1:
		f.stopAfter = 1 + time.Duration(rng.Int64N(int64(10*time.Minute)))
	case 2, 3, 4, 5, 6:
		f.death = randomDeath(rng)
	}
	for range max(rng.IntN(6)-3, 0) {
		f.happens = append(f.happens, w.randomHappening(rng))
	}
	f.happens = append(f.happens, w.randomTroubles()...)
	return f
}

// randomDeath is as likely among the first few events of a kind as among many.
func randomDeath(rng *rand.Rand) death {
	at := moment(rng.IntN(int(moments)))
	bits := map[moment]int{callLeaves: 6, callReturned: 6, answerRead: 6, clockTick: 10, fileBegins: 8, fileDone: 8}[at]
	if bits == 0 {
		bits = 7 // commits
	}
	return death{at: at, nth: 1 + rng.IntN(1<<rng.IntN(bits+1)), power: rng.IntN(2) == 0, seed: rng.Uint64()}
}

// randomHappening is one thing that happens to the machine, to the line or to
// an account, in the middle of a life.
func (w *world) randomHappening(rng *rand.Rand) happening {
	h := happening{after: time.Duration(rng.Int64N(int64(5 * time.Minute)))}
	if rng.IntN(2) == 0 {
		h.after /= 60
	}
	vendor := []string{simulator.WAPI, simulator.Tencent}[rng.IntN(2)]
	fen, off := rng.Int64N(20_000), time.Duration(rng.Int64N(int64(12*time.Hour)))-6*time.Hour
	if rng.IntN(2) == 0 {
		off /= 60 // too little for a signature to be refused
	}
	code := map[string][]string{simulator.WAPI: {"10003", "10006", "10007", "10013", "10018", "10022", ""},
		simulator.Tencent: {"401", "403", "429", "", "", "", ""}}[vendor][rng.IntN(7)]
	down := rng.IntN(2) == 0
	h.what = []func(){
		func() { w.off.Add(int64(off)) },
		func() { w.wire.setDown(down) },
		func() { w.sim.SetAccount(vendor, code) },
		func() { w.sim.TopUp(vendor, fen, 0) },
	}[rng.IntN(4)]
	return h
}

// between is what the user does between two lives: what the last one's end asks
// for, and after many lives everything.
func (w *world) between(rng *rand.Rand, out life, lives int) {
	if lives >= stormyLives {
		w.clear()
		w.terms.maxSpend, w.terms.wait = record.Opt[record.Fen]{}, record.Opt[time.Duration]{}
	}
	if out.killed {
		return
	}
	switch out.ending.Reason {
	case runner.OutOfBudget:
		w.terms.maxSpend.V += record.Fen(rng.IntN(30_000))
	case runner.Halted:
		w.mend(rng)
	case runner.Parked:
		if next := out.ending.NextAt; next.OK {
			time.Sleep(next.V.Sub(time.Now().Add(w.clockOff())))
			w.mustCall = true
		}
	}
}

// mend puts in order some of what may have halted a vendor.
func (w *world) mend(rng *rand.Rand) {
	w.sim.TopUp(simulator.WAPI, rng.Int64N(20_000), 0)
	w.sim.TopUp(simulator.Tencent, rng.Int64N(20_000), 0)
	if rng.IntN(2) == 0 {
		w.sim.SetAccount(simulator.WAPI, "")
		w.sim.SetAccount(simulator.Tencent, "")
	}
	if rng.IntN(2) == 0 {
		w.off.Store(0)
		w.wire.setDown(false)
	}
	time.Sleep(time.Duration(rng.Int64N(int64(time.Hour))))
}

// clear ends all trouble.
func (w *world) clear() {
	w.sim.SetFaults(simulator.Faults{})
	w.weather.set(nil, 0, 0)
	w.weather.fair()
	w.off.Store(0)
	w.wire.setDown(false)
}

// retryAll buys again what failed or is in doubt: nothing is left then but what
// cannot be asked.
func (w *world) retryAll(out life, undisturbed *outputs) {
	w.t.Helper()
	w.clear()
	w.terms.maxSpend, w.terms.wait, w.terms.poll.Closed = record.Opt[record.Fen]{}, record.Opt[time.Duration]{}, ratelimit.Hours{}
	failures := len(out.out.failures)
	again := w.live(fate{retry: true})
	if again.ending.Open > 0 || len(again.out.failures) != w.unaskable {
		w.t.Errorf("retried %d, ended with %+v: %+v", failures, again.ending, again.out.failures)
	}
	w.checkTruth(again.out)
	w.checkAgainst(undisturbed, again.out)
}

// otherMode lets some worlds ask again in the other mode of the route.
func (w *world) otherMode(seed uint64) {
	switch {
	case w.terms.mode == policy.RouteAll && seed%8 == 3:
		w.terms.mode, w.mixed = policy.RouteFirst, true
	case seed%8 == 2: // which buys what the other vendors know
		w.terms.mode, w.mixed = policy.RouteAll, true
	}
}

// askAgain asks about the same cars in another run, with another mileage for
// one of them: its valuation is bought, and nothing else but the violations,
// whose answers may be old.
func (w *world) askAgain(undisturbed *outputs) {
	w.t.Helper()
	paid := w.paid()
	w.file, w.boughtAgain = "again.csv", record.DatasetViolations
	w.cars[0].MileageKM = record.Some[int64](999_999)
	out := w.live(fate{formats: "csv"})
	if out.ending.Open > 0 {
		w.t.Fatalf("asked again, ended with %+v", out.ending)
	}
	valued := out.out.vehicles[0].Valuation == record.Found
	now := w.paid()
	if now[record.DatasetMaintenance] != paid[record.DatasetMaintenance] && !w.asksAll(record.DatasetMaintenance) {
		w.t.Errorf("reports for %s were bought again", now[record.DatasetMaintenance]-paid[record.DatasetMaintenance])
	}
	if cost := now[record.DatasetValuation] - paid[record.DatasetValuation]; cost != wapiValuation && valued || cost != 0 && !valued {
		w.t.Errorf("one valuation has another question (found %v), and %s were paid", valued, cost)
	}
	w.checkTruth(out.out)
	delete(out.out.valuations, w.cars[0].VIN)
	w.checkAgainst(undisturbed, out.out)
}

// paid is what the vendors have booked by dataset.
func (w *world) paid() map[record.Dataset]record.Fen {
	out := map[record.Dataset]record.Fen{}
	for _, e := range w.sim.Book().Entries() {
		out[record.Dataset(e.Dataset)] += record.Fen(e.Fen)
	}
	return out
}
