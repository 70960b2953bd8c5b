package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// turn is a request's turn at a vendor. Until it has come, a stop of the work
// withdraws the request, wherever it is; from then on it may end.
type turn struct {
	permit  *ratelimit.Permit
	ctx     context.Context // of the request
	keep    func() bool     // lets the work's end no longer end ctx; false when it has
	cancel  context.CancelFunc
	allowed func() bool // whether the vendor's health still allows the call
	counted func()      // told when the call is one of the day's
	started atomic.Bool // set by whoever writes the request
}

var _ vendors.Turn = (*turn)(nil)

// turn joins the end of the work with that of the calls, for one request.
func (s *worker) turn(work context.Context, permit *ratelimit.Permit, t task) *turn {
	ctx, cancel := context.WithCancel(s.runner.calls)
	return &turn{permit: permit, ctx: ctx, cancel: cancel, allowed: func() bool { return s.stillAllows(t) }, counted: s.called, keep: context.AfterFunc(work, cancel)}
}

// Start waits for the turn. What was heard of the vendor until then counts.
func (t *turn) Start(ctx context.Context) error {
	if !t.allowed() {
		return errNotSent
	}
	if err := t.permit.Start(ctx); err != nil {
		return err
	}
	if !t.allowed() {
		return errNotSent
	}
	t.counted()
	if !t.keep() {
		return context.Canceled
	}
	t.started.Store(true)
	return nil
}

// Sent says that the request is on its way.
func (t *turn) Sent() { t.permit.Sent() }

// end lets go of what the turn holds, once the request's answer is there.
func (t *turn) end() {
	t.keep()
	t.cancel()
}

// called counts a call.
func (s *worker) called() {
	s.mu.Lock()
	s.notYetCounted++
	s.mu.Unlock()
}

var errNotSent = errors.New("the call was not sent")

// attempt makes a request and sends it in its turn. again is true when nothing
// was sent because the turn moved away: the vendor complained meanwhile, and the
// signature would have grown old.
func (s *worker) attempt(work context.Context, permit *ratelimit.Permit, c task, build func(context.Context) (*http.Request, error)) (resp vendors.Response, again bool, err error) {
	t := s.turn(work, permit, c)
	defer t.end()
	req, err := build(t.ctx)
	if err != nil {
		return resp, false, fmt.Errorf("make the request: %w", err)
	}
	resp = s.config.Sender.Do(req, t)
	if !resp.NeverSent || t.started.Load() {
		return resp, false, nil
	}
	if work.Err() != nil || errors.Is(resp.Err, errNotSent) {
		return resp, false, errNotSent
	}
	return resp, errors.Is(resp.Err, ratelimit.ErrNotSoon), nil
}
