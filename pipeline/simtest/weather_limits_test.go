package simtest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

// A limiter that is a little slower than the configured pace, and counts what it
// refuses as well: declared, it costs nothing but time.
func TestSlowLimiterIsLearned(t *testing.T) {
	t.Parallel()
	for _, page := range limited() {
		t.Run(fmt.Sprint(page.status), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 40, slowly(3), func(w *world) {
				w.terms.notTaken, w.terms.limits = limiters(), ratelimit.Limits{PerSecond: 25, Burst: 1, InFlight: 64}
				w.weather.begin(&trouble{perSecond: 20, kinds: []breakage{page}, rng: luck(1)})
				out := w.finishWell(fate{})
				if out.took > 15*time.Minute {
					t.Errorf("took %s", out.took)
				}
			})
		})
	}
}

// The same, undeclared: what may have been taken is in doubt, a refusal for certain is
// not, and neither ends the run.
func TestSlowLimiterThatIsNotDeclared(t *testing.T) {
	t.Parallel()
	for _, page := range limited() {
		t.Run(fmt.Sprint(page.status), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 40, slowly(3), func(w *world) {
				w.terms.limits = ratelimit.Limits{PerSecond: 25, Burst: 1, InFlight: 64}
				w.weather.begin(&trouble{perSecond: 20, kinds: []breakage{page}, rng: luck(1)})
				out := w.live(fate{})
				t.Logf("%s, %+v, %v", out.took, out.ending, out.out.statuses())
				if out.ending.Open > 0 {
					t.Errorf("ended after %s with %+v: %v", out.took, out.ending, out.out.statuses())
				}
				if n := out.out.count(record.InDoubt); page.status == http.StatusForbidden && n > 0 {
					t.Errorf("%d in doubt", n)
				}
			})
		})
	}
}

// One refusal by a gateway among calls that are answered is no proof against the
// account, whenever it comes and whoever meets it.
func TestOneRefusalHaltsNobody(t *testing.T) {
	t.Parallel()
	for _, page := range []breakage{limit403, notFound, {status: http.StatusUnauthorized}, {status: http.StatusFound}, {status: http.StatusPaymentRequired}} {
		for _, path := range []string{"/release/maintenance/order", "/release/maintenance_report/get", "/pyi/65/173", "/pyi/201/377", "/pyi/170/379"} {
			t.Run(fmt.Sprint(page.status, path), func(t *testing.T) {
				t.Parallel()
				for _, nth := range []int{1, 7, 2, 3, 12}[:few(1, 5)] {
					inWorld(t, morning, 12, slowly(1), func(w *world) {
						n := 0
						w.weather.begin(&trouble{kinds: []breakage{page}, rng: luck(1), picks: func(r *http.Request) bool {
							if r.URL.Path == path {
								n++
							}
							return r.URL.Path == path && n == nth
						}})
						out := w.finishWell(fate{})
						if len(out.ending.Halts) > 0 {
							t.Errorf("halted: %+v", out.ending.Halts)
						}
					})
				}
			})
		}
	}
}

// A path that leads nowhere is another matter: nobody is let through.
func TestWrongKeyHalts(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 12, slowly(1), func(w *world) {
		w.weather.begin(&trouble{share: 1, kinds: []breakage{{status: http.StatusUnauthorized}}, rng: luck(1), vendor: simulator.Tencent})
		out := w.live(fate{})
		if len(out.ending.Halts) != 1 || out.ending.Halts[0].Class != record.Auth || out.took > time.Hour || len(w.sim.Book().Orders()) > 0 {
			t.Errorf("ended after %s with %+v", out.took, out.ending)
		}
		w.weather.fair()
		w.finishWell(fate{})
	})
}
