package runner

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// probe finds out with a call that costs nothing whether a vendor is there again.
func (s *worker) probe(ctx context.Context, permit *ratelimit.Permit, t task) error {
	prober, d := s.config.Prober(), s.config.Probe
	resp, err := s.send(ctx, permit, t, func(c context.Context) (*http.Request, error) { return prober.NewProbe(c, d) })
	if errors.Is(err, errNotSent) {
		s.notSent(permit, t)
		return nil
	}
	if err != nil {
		s.runner.log.Warn("the call that costs nothing cannot be made: an order has to find out", "vendor", s.name, "error", err)
	}
	limited := err == nil && vendors.IsLimited(s.config.NotTaken, resp)
	permit.Done(ratelimit.Verdict{Limited: limited, RetryAfter: resp.RetryAfter})
	r, why := breaker.Neutral, breaker.Reason{}
	if err == nil && !limited { // when limited, only the rate limiter is known to be there
		r, why = resultOfProbe(vendors.ReadProbe(prober, d, resp))
		why.RetryAfter = resp.RetryAfter
	}
	now := s.runner.clock.Now()
	s.mu.Lock()
	s.health.probed(r, why, now)
	s.holdOrders(now)
	s.mu.Unlock()
	return s.writeTroubles()
}

// resultOfProbe tells whether a vendor is there. If it says in its own words that something is
// wrong with the account, it would say so to an order as well.
func resultOfProbe(h vendors.Health) (breaker.Result, breaker.Reason) {
	why := breaker.Reason{Class: record.Unavailable, Code: h.Code, Message: h.Message}
	byGateway := strings.HasPrefix(h.Code, "http ")
	switch h.Ill {
	case vendors.Unavailable, vendors.Disconnected, vendors.Unclear, vendors.Garbled:
		if h.Ill == vendors.Unclear && !byGateway { // the vendor itself has said so
			return breaker.Answered, why
		}
		return breaker.Failed, why
	case vendors.Signature, vendors.ClockOff, vendors.Permission, vendors.Address:
		if h.Code == "http 404" || h.Code == "http 410" { // some gateways answer this for any unknown ticket
			return breaker.Neutral, why
		}
		if byGateway {
			why.Class = record.Auth
			return breaker.Refused, why
		}
	}
	return breaker.Answered, why
}
