package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// prober is the vendor's call that can never be billed; nil when there is none.
func (s *Seller) prober() vendors.Prober {
	p, ok := s.Vendor.(vendors.Prober)
	if !ok || s.Probe == "" {
		return nil
	}
	return p
}

// try finds out by a call that costs nothing whether a vendor is there again.
func (s *station) try(ctx context.Context, permit *ratelimit.Permit, t task) error {
	prober, d := s.seller.prober(), s.seller.Probe
	resp, err := s.send(ctx, permit, t, func(c context.Context) (*http.Request, error) { return prober.NewProbe(c, d) })
	if errors.Is(err, errNotSent) {
		s.notSent(permit, t)
		return nil
	}
	permit.Done(ratelimit.Verdict{Limited: resp.Status == http.StatusTooManyRequests, RetryAfter: resp.RetryAfter})
	if err != nil {
		return fmt.Errorf("try %s with a call that costs nothing: %w", s.name, err)
	}
	r, why := resultOfProbe(vendors.ReadProbe(prober, d, resp))
	now := s.drive.clock.Now()
	s.mu.Lock()
	s.health.probed(r, why, now)
	s.holdOrders(now)
	s.mu.Unlock()
	return s.writeTroubles()
}

// resultOfProbe tells whether a vendor is there. What it says of the account in
// words of its own it will say of an order as well.
func resultOfProbe(h vendors.Health) (breaker.Result, breaker.Reason) {
	why := breaker.Reason{Class: record.Unavailable, Code: h.Code, Message: h.Message}
	byGateway := strings.HasPrefix(h.Code, "http ")
	switch h.Ill {
	case vendors.Unavailable, vendors.Disconnected, vendors.Unclear, vendors.Garbled:
		if h.Ill == vendors.Unclear && !byGateway { // in the vendor's own words
			return breaker.Answered, why
		}
		return breaker.Failed, why
	case vendors.Signature, vendors.ClockOff, vendors.Permission, vendors.Address:
		if h.Code == "http 404" || h.Code == "http 410" { // some gateways say so of any ticket that is unknown
			return breaker.Neutral, why
		}
		if byGateway {
			why.Class = record.Auth
			return breaker.Refused, why
		}
	}
	return breaker.Answered, why
}
