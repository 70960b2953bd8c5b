package simtest

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// orderTaker is a vendor without a memory: it takes every order, and no report
// is ever ready.
func orderTaker(w http.ResponseWriter, r *http.Request) {
	detail := `"resultCode":"1203","resultMsg":"报告生成中"`
	if vin := r.FormValue("vin"); vin != "" {
		detail = fmt.Sprintf(`"resultCode":1200,"resultMsg":"购买成功","orderId":"%x"`, md5.Sum([]byte(vin)))
	}
	_, _ = fmt.Fprintf(w, `{"code":"0","message":"成功","data":{"result":"1","description":"查询成功","detail":{%s}}}`, detail)
}

// footprint is what a process holds while its lookups wait until tomorrow.
type footprint struct {
	heap       int64
	goroutines int
	ticks      int // looks at the clock in an hour of waiting
}

func waiting(t *testing.T, lookups int) footprint {
	t.Helper()
	var f footprint
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(morning))
		w := &world{t: t, sim: simulator.New(simulator.Options{}), wire: newWire(), disk: newDisk(), terms: usualTerms(), file: "fleet.csv"}
		w.dir = w.newDir()
		defer w.serve(http.HandlerFunc(orderTaker))()
		w.many = func(row int) (record.Vehicle, bool) { return car(row), row < lookups }
		w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
		w.terms.limits.PerSecond, w.terms.poll.First = 0, 24*time.Hour
		p := w.born(fate{stopAfter: 3 * time.Hour, after: 2 * time.Hour})
		var before int
		looked := make(chan struct{})
		p.fate.look = func(p *process) {
			defer close(looked)
			before = p.count(clockTick)
			p.counting.Lock()
			p.calls = nil // what the test itself remembers of each call
			p.counting.Unlock()
			runtime.GC()
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			f.heap, f.goroutines = int64(m.HeapAlloc), runtime.NumGoroutine()
		}
		var out life
		must(t, p.work(&out))
		p.end()
		<-looked
		f.ticks = p.count(clockTick) - before
		if out.ending.Reason != runner.Interrupted || out.ending.Open != int64(lookups) {
			t.Errorf("ended with %+v", out.ending)
		}
	})
	return f
}

// Lookups that wait are rows on disk, whatever their number. It runs alone: it
// measures the memory of the whole test.
func TestWhatWaitsIsNotInMemory(t *testing.T) {
	one, many := few(1_000, 2_000), few(4_000, 8_000)
	waiting(t, 500) // what is made once
	small, large := waiting(t, one), waiting(t, many)
	if grown := (large.heap - small.heap) / int64(many-one); grown > 50 {
		t.Errorf("%d bytes a waiting lookup: %+v, %+v", grown, small, large)
	}
	if large.goroutines > small.goroutines+5 || large.goroutines > 60 {
		t.Errorf("%d goroutines for %d waiting lookups, %d for %d", large.goroutines, many, small.goroutines, one)
	}
	if large.ticks > 100 {
		t.Errorf("the clock was read %d times while nothing happened", large.ticks)
	}
	t.Logf("%+v, %+v", small, large)
}
