package runner

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// bubbleClock is the clock of a synctest bubble.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

func (bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wireSender is a transport that connects, takes the turn, and answers.
type wireSender struct {
	connect, answer time.Duration
	refused         bool // no connection
}

func (w *wireSender) Do(req *http.Request, turn vendors.Turn) vendors.Response {
	ctx := req.Context()
	if err := (bubbleClock{}).Sleep(ctx, w.connect); err != nil || w.refused {
		return vendors.Response{Err: errors.Join(errors.New("no connection"), err), NeverSent: true}
	}
	if err := turn.Start(ctx); err != nil {
		return vendors.Response{Err: err, NeverSent: true}
	}
	turn.Sent()
	if err := (bubbleClock{}).Sleep(ctx, w.answer); err != nil {
		return vendors.Response{Err: err}
	}
	return vendors.Response{Status: http.StatusOK}
}

// sending is a worker that sends one call.
type sending struct {
	s     *worker
	work  context.Context
	stop  context.CancelFunc
	built int
}

func newSending(t *testing.T, w *wireSender) *sending {
	t.Helper()
	pace := ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, bubbleClock{}, 0)
	time.Sleep(time.Second) // the limiter's bucket fills
	c := &sending{s: &worker{runner: &Runner{calls: t.Context()}, config: &policy.VendorConfig{Pace: pace, Sender: w}, health: &health{}}}
	c.work, c.stop = context.WithCancel(t.Context())
	return c
}

func (c *sending) send(t *testing.T) (vendors.Response, error) {
	t.Helper()
	permit, err := c.s.config.Pace.Admit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer permit.Done(ratelimit.Verdict{})
	return c.s.send(c.work, permit, task{call: vendors.Submit}, func(ctx context.Context) (*http.Request, error) {
		c.built++
		return http.NewRequestWithContext(ctx, http.MethodGet, "http://vendor.example/", nil)
	})
}

// wants compares the calls that were made with those that the pace and the worker have counted.
func (c *sending) wants(t *testing.T, calls, built int) {
	t.Helper()
	if s := c.s.config.Pace.Stats(); s.CallsToday != calls || s.InFlight != 0 || c.s.notYetCounted != calls || c.built != built {
		t.Errorf("%d calls by the pace, %d by the station, %d in flight, built %d times; want %d calls, built %d times",
			s.CallsToday, c.s.notYetCounted, s.InFlight, c.built, calls, built)
	}
}

func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Parallel()
	synctest.Test(t, f)
}

// A stop withdraws at once a call that has not left, even while it is still connecting.
func TestAStopWithdrawsWhatHasNotLeft(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newSending(t, &wireSender{connect: time.Minute})
		begin := time.Now()
		time.AfterFunc(time.Second, c.stop)
		if _, err := c.send(t); !errors.Is(err, errNotSent) || time.Since(begin) != time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		c.wants(t, 0, 1)
	})
}

// A halt that comes in time holds back a call that has not left, even if it is prepared.
func TestAHaltWithdrawsWhatHasNotLeft(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newSending(t, &wireSender{connect: time.Minute})
		defer c.stop()
		time.AfterFunc(time.Second, func() {
			c.s.mu.Lock()
			defer c.s.mu.Unlock()
			c.s.health.halt(ledger.Halt{Stops: ledger.StopsOrders, Class: record.Balance})
		})
		if _, err := c.send(t); !errors.Is(err, errNotSent) {
			t.Errorf("sent: %v", err)
		}
		c.wants(t, 0, 1)
	})
}

// A call that has left is waited for.
func TestAStopWaitsForWhatHasLeft(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newSending(t, &wireSender{answer: 5 * time.Second})
		time.AfterFunc(time.Second, c.stop)
		if resp, err := c.send(t); err != nil || resp.Status != http.StatusOK {
			t.Errorf("%+v, %v", resp, err)
		}
		c.wants(t, 1, 1)
	})
}

// A call without a connection is none of the day's calls.
func TestACallThatNeverConnectsIsNotCounted(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newSending(t, &wireSender{refused: true})
		defer c.stop()
		if resp, err := c.send(t); err != nil || !resp.NeverSent {
			t.Errorf("%+v, %v", resp, err)
		}
		c.wants(t, 0, 1)
	})
}

// A request that a hold delays is signed again when the hold is over.
func TestAHoldHasTheRequestBuiltAnew(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newSending(t, &wireSender{connect: time.Second})
		defer c.stop()
		refused, err := c.s.config.Pace.Admit(t.Context())
		if err != nil || refused.Start(t.Context()) != nil {
			t.Fatal("no call was admitted")
		}
		begin := time.Now()
		time.AfterFunc(time.Second/2, func() {
			refused.Done(ratelimit.Verdict{Limited: true, RetryAfter: time.Minute})
		})
		if resp, err := c.send(t); err != nil || resp.Status != http.StatusOK || time.Since(begin) < time.Minute {
			t.Errorf("after %v: %+v, %v", time.Since(begin), resp, err)
		}
		c.s.notYetCounted++ // the call that was refused
		c.wants(t, 2, 2)
	})
}
