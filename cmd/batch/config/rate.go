package config

import (
	"math"
	"slices"
	"time"

	"vehiclebatch/pipeline/spelling"
	"vehiclebatch/ratelimit"
)

// What bounds a rate, and stands for the keys that are not given.
const (
	mostInFlight = 10_000
	mostBurst    = 100_000
	mostPerDay   = 1_000_000_000
)

var defaultRate = ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}

// Gateways returns the names of the gateways whose way of counting is known.
func Gateways() []string { return []string{gatewayNginx, gatewayHAProxy} }

// The gateways, by the names that rate.gateway takes.
const (
	gatewayNginx   = "nginx"
	gatewayHAProxy = "haproxy"
)

// rate reads the limits, and the gateway that keeps them.
func (s *vendorSection) rate() (ratelimit.Limits, string) {
	l, f := defaultRate, s.child("rate", "per_second", "burst", "in_flight", "per_day", "gateway")
	l.PerSecond = read(&f, "per_second", l.PerSecond, parsePerSecond)
	l.Burst = read(&f, "burst", l.Burst, parseCount(1, mostBurst))
	l.InFlight = read(&f, "in_flight", l.InFlight, parseCount(1, mostInFlight))
	l.PerDay = read(&f, "per_day", l.PerDay, parseCount(0, mostPerDay))
	given, ok := f.get("gateway")
	if !ok {
		return l, ""
	}
	name, _, ok := s.expanded(given)
	if ok && !slices.Contains(Gateways(), name) {
		given.wrong(quote(name)+" is no gateway whose way of counting is known", spelling.Sorted(name, Gateways())...)
	}
	if burst, ok := f.get("burst"); ok && name == gatewayHAProxy && l.Burst > 1 {
		burst.wrong("does not go with gateway: haproxy, which counts the calls of the last second: leave burst out")
	}
	return gatewayLimits(name, l), name
}

// gatewayLimits are the limits as a gateway counts them.
func gatewayLimits(name string, l ratelimit.Limits) ratelimit.Limits {
	switch {
	case l.PerSecond == 0:
	case name == gatewayNginx && l.Burst == 1:
		l.Spacing = wholeMilliseconds(l.PerSecond)
	case name == gatewayHAProxy:
		l.Headroom = slidingHeadroom
	}
	return l
}

// slidingHeadroom is what a sliding window wants in which refused calls count
// as well: one call too many costs all that follow.
const slidingHeadroom = 0.025

// wholeMilliseconds is the spacing of limit_req without burst: it counts the
// milliseconds between two calls, and 1000/r of them have to be whole. Two calls
// that come so far apart are told as far apart, wherever in its millisecond each
// falls.
func wholeMilliseconds(perSecond float64) time.Duration {
	ms := math.Ceil(1000/perSecond - 1e-9)
	return time.Duration(min(ms, float64(math.MaxInt32))) * time.Millisecond
}
