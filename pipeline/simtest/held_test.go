package simtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// A vendor that wants no calls for an hour, by one "too many" among good answers, is
// obeyed: no call leaves. But the user's word on how long to wait holds, the reason is
// said, and the next process obeys it too.
func TestLongRetryAfterIsObeyedAndNotWaitedForInSilence(t *testing.T) {
	t.Parallel()
	o := slowly(6)
	o.Faults = simulator.Faults{Script: []simulator.Step{{Endpoint: simulator.WAPIViolations, Nth: 3, Fault: simulator.TooMany}}, RetryAfter: 40 * time.Minute}
	inWorld(t, morning, 20, o, func(w *world) {
		w.terms.wait = record.Some(time.Minute)
		out := w.live(fate{})
		halted := slices.ContainsFunc(out.ending.Halts, func(h ledger.Halt) bool {
			return h.Vendor == simulator.WAPI && h.Class == record.RateLimited && strings.Contains(h.Message, "wants no call before")
		})
		if out.ending.Open == 0 || !halted || out.took > 10*time.Minute {
			t.Fatalf("ended after %s with %+v", out.took, out.ending)
		}
		asked := w.sim.Book().Requests()[simulator.WAPIViolations]
		again := w.live(fate{})
		if n := w.sim.Book().Requests()[simulator.WAPIViolations]; n != asked || again.took > 10*time.Minute {
			t.Errorf("asked %d times, then %d, within %s", asked, n, again.took)
		}
		w.terms.wait = record.Opt[time.Duration]{}
		w.finishWell(fate{})
		if took := time.Since(morning); took < 40*time.Minute {
			t.Errorf("all was done after %s", took)
		}
	})
}
