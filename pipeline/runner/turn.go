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

// turn is a request's turn at a vendor. Until the turn has come, stopping the work withdraws the
// request, wherever it is; after that the request may finish.
type turn struct {
	permit  *ratelimit.Permit
	ctx     context.Context // the request's context
	keep    func() bool     // from now on the end of the work does not end ctx; false when it has ended it already
	cancel  context.CancelFunc
	allowed func() bool // whether the vendor's health still allows the call
	counted func()      // called when the call counts as one of the day's
	started atomic.Bool // set by whoever writes the request
}

var _ vendors.Turn = (*turn)(nil)

// turn prepares the turn of one request, whose context ends with the work or with the calls.
func (s *worker) turn(work context.Context, permit *ratelimit.Permit, t task) *turn {
	ctx, cancel := context.WithCancel(s.runner.calls)
	return &turn{permit: permit, ctx: ctx, cancel: cancel, allowed: func() bool { return s.stillAllows(t) }, counted: s.called, keep: context.AfterFunc(work, cancel)}
}

// Start waits for the turn. What was learned of the vendor until then still counts.
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

// end frees what the turn holds, once the request's answer is there.
func (t *turn) end() {
	t.keep()
	t.cancel()
}

// called counts a call towards the calls of the day.
func (s *worker) called() {
	s.mu.Lock()
	s.notYetCounted++
	s.mu.Unlock()
}

var errNotSent = errors.New("the call was not sent")

// attempt makes a request and sends it in its turn. again is true when nothing was sent because the
// turn was postponed: the vendor complained meanwhile, and the request's signature would have grown
// too old.
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
