package app

import (
	"context"
	"fmt"
	"slices"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/transport"
)

// closers let go of what a policy holds.
type closers []func()

func (c closers) close() {
	for _, f := range c {
		f()
	}
}

// policy builds the stages' policy: adapters, paces, senders, routes.
func (o *Opening) policy(ctx context.Context, l Store, closers *closers) (*policy.Policy, error) {
	p := &policy.Policy{Vendors: map[string]*policy.VendorConfig{}, Routes: map[record.Dataset]policy.Route{},
		MaxSpend: o.limit(ledger.Run{}), ResubmitBelow: o.Config.InDoubt.ResubmitBelow, MostDoubt: o.Config.InDoubt.PauseAbove,
		Wait: o.Wait, Chance: o.Chance}
	for _, v := range o.Config.Vendors {
		if !v.Enabled {
			continue
		}
		vendor, err := o.vendorConfig(ctx, l, v, closers)
		if err != nil {
			return nil, err
		}
		p.Vendors[v.Name] = vendor
	}
	var err error
	if p.Loss, err = l.LastLoss(ctx); err != nil {
		return nil, fmt.Errorf("look for what a rescue has lost: %w", err)
	}
	for d, route := range o.Config.Datasets {
		p.Routes[d] = policy.Route{Vendors: route.Route, Mode: modeOf(route), FallbackOn: route.FallbackOn, MaxAge: route.MaxAge, Defaults: route.Defaults, Derive: route.Derive}
	}
	return p, nil
}

func modeOf(d config.Dataset) policy.RouteMode {
	if d.All {
		return policy.RouteAll
	}
	return policy.RouteFirst
}

// limit is the most that a run may spend: what --max-spend says now, else what it
// said when the run was given one last, else the configuration's.
func (o *Opening) limit(run ledger.Run) record.Opt[record.Fen] {
	for _, given := range []record.Opt[record.Fen]{o.MaxSpend, run.MaxSpend} {
		if given.OK {
			return given
		}
	}
	return o.Config.Budget.MaxSpend
}

func (o *Opening) vendorConfig(ctx context.Context, l Store, v config.Vendor, closers *closers) (*policy.VendorConfig, error) {
	v.Settings.NewID = o.NewID
	adapter, err := v.Descriptor.New(v.Settings, o.Clock.Now)
	if err != nil {
		return nil, UsageError("%s: vendors.%s: %w", o.Config.Path, v.Name, err)
	}
	today, err := l.CallsOn(ctx, v.Name, record.DateOf(o.Clock.Now()))
	if err != nil {
		return nil, err
	}
	client := transport.New(transport.Options{Timeout: v.Timeout, InFlight: v.Rate.InFlight, Proxies: o.Proxies, Now: o.Clock.Now})
	*closers = append(*closers, client.Close)
	return &policy.VendorConfig{Vendor: adapter, Offers: configuredOffers(v), Prices: v.Prices, InFlight: v.Rate.InFlight, PerDay: v.Rate.PerDay,
		UnavailableFor: v.UnavailableFor, Probe: freeCall(v.Descriptor),
		Pace: ratelimit.New(v.Rate, o.Clock, today), Sender: transport.Hush(client, secretsOf(v)),
		Poll: lookup.PollPlan{First: v.Poll.First, Interval: v.Poll.Interval, MaxInterval: v.Poll.MaxInterval,
			GiveUpAfter: v.Poll.GiveUpAfter, Closed: v.Poll.Closed, Grace: v.Poll.Grace},
		NotTaken: notTaken(v)}, nil
}

// notTaken are the answers that say that a vendor never saw the call: by its adapter,
// by the user, and by the gateway that the user says keeps the rate.
func notTaken(v config.Vendor) []vendors.NotTaken {
	rules := slices.Concat(v.Descriptor.NotTaken, v.NotTaken, vendors.GatewayRules(v.Gateway))
	if v.Descriptor.NotBilled != nil {
		rules = append(rules, v.Descriptor.NotBilled(v.Settings)...)
	}
	return rules
}

// freeCall is a dataset of which the vendor has a call that can never be billed, ""
// when there is none.
func freeCall(d vendors.Descriptor) record.Dataset {
	for _, o := range d.Offers {
		if o.Probe != "" {
			return o.Dataset
		}
	}
	return ""
}

// secretsOf are the values that no answer of the vendor may bring back.
func secretsOf(v config.Vendor) []string {
	var out []string
	for _, k := range v.Descriptor.Secrets {
		out = append(out, v.Settings.Values[k.Name])
	}
	return out
}

// configuredOffers are the vendor's offers that the configuration has a price for.
func configuredOffers(v config.Vendor) []vendors.Offer {
	var out []vendors.Offer
	for _, o := range v.Descriptor.Offers {
		if _, ok := v.Prices[o.Dataset]; ok {
			out = append(out, o)
		}
	}
	return out
}
