package simtest

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
	"vehiclebatch/vendors/transport"
)

// terms are what the user wants: the part of batch.yaml that matters here.
type terms struct {
	datasets      []record.Dataset
	maxSpend      record.Opt[record.Fen]
	resubmitBelow record.Fen
	wait          record.Opt[time.Duration]
	// unavailableFor is how long every vendor is waited for.
	unavailableFor record.Opt[time.Duration]
	limits         ratelimit.Limits
	poll           lookup.PollPlan
	timeout        time.Duration
	secret         string   // for wapi, when it is not the right one
	maintenance    []string // the route
	mode           policy.RouteMode
	defaults       record.Condition
	derive         []string           // what a valuation takes from maintenance answers
	notTaken       []vendors.NotTaken // what is declared of both vendors
	newGateway     bool               // tencent is called by its newer gateway
}

func usualTerms() terms {
	return terms{datasets: record.Datasets(), timeout: 10 * time.Second,
		maintenance: []string{simulator.Tencent, simulator.WAPI},
		limits:      ratelimit.Limits{PerSecond: 20, Burst: 5, InFlight: 8},
		poll: lookup.PollPlan{First: 30 * time.Second, Interval: 30 * time.Second, MaxInterval: 10 * time.Minute,
			GiveUpAfter: 72 * time.Hour, Grace: 20 * time.Minute}}
}

// The prices of the terms, in fen.
const (
	tencentMaintenance record.Fen = 1700
	wapiMaintenance    record.Fen = 3200
	wapiValuation      record.Fen = 500
	wapiViolations     record.Fen = 14
)

func prices() map[string]map[record.Dataset]record.Fen {
	return map[string]map[record.Dataset]record.Fen{
		simulator.Tencent: {record.DatasetMaintenance: tencentMaintenance},
		simulator.WAPI: {record.DatasetMaintenance: wapiMaintenance, record.DatasetValuation: wapiValuation,
			record.DatasetViolations: wapiViolations},
	}
}

// policy builds what cmd/batch builds from its configuration.
func (p *process) policy() *policy.Policy {
	w := p.world
	policy := &policy.Policy{Vendors: map[string]*policy.VendorConfig{}, MaxSpend: w.terms.maxSpend,
		ResubmitBelow: w.terms.resubmitBelow, Wait: w.terms.wait, MostDoubt: 100_00, Chance: func() float64 { return 0.5 },
		Routes: map[record.Dataset]policy.Route{
			record.DatasetMaintenance: {Vendors: w.terms.maintenance, Mode: w.terms.mode, MaxAge: 2160 * time.Hour,
				FallbackOn: []record.Status{record.NoRecord, record.Unsupported}},
			record.DatasetValuation:  {Vendors: []string{simulator.WAPI}, MaxAge: 720 * time.Hour, Derive: w.terms.derive, Defaults: w.terms.defaults},
			record.DatasetViolations: {Vendors: []string{simulator.WAPI}, MaxAge: 20 * time.Hour},
		}}
	for name, price := range prices() {
		policy.Vendors[name] = p.vendorConfig(name, price)
	}
	return policy
}

func (p *process) vendorConfig(name string, price map[record.Dataset]record.Fen) *policy.VendorConfig {
	terms := p.world.terms
	d, _ := all.Find(name)
	set := settings(d, terms.secret)
	notTaken := terms.notTaken
	if terms.newGateway && name == simulator.Tencent {
		set.Values["gateway"], set.BaseURL = "cloudmarket", set.BaseURL+simulator.MarketService
		notTaken = slices.Concat(notTaken, d.NotBilled(set))
	}
	v, err := d.New(set, p.clock.Now)
	if err != nil {
		p.world.t.Fatal(err)
	}
	today, err := p.ledger.CallsOn(p.ctx, name, record.DateOf(p.clock.Now()))
	if err != nil {
		today = 0 // killed already
	}
	client := transport.New(transport.Options{Timeout: terms.timeout, InFlight: terms.limits.InFlight, Dial: p.line.dial})
	p.clients = append(p.clients, client)
	return &policy.VendorConfig{Vendor: &witness{Vendor: v, Prober: v.(vendors.Prober), process: p}, Probe: record.DatasetMaintenance, UnavailableFor: terms.unavailableFor,
		Offers: d.Offers, Prices: price, Poll: terms.poll,
		Pace: ratelimit.New(terms.limits, p.clock, today), InFlight: terms.limits.InFlight, PerDay: terms.limits.PerDay,
		Sender: &sender{vendor: name, client: client, process: p}, NotTaken: notTaken}
}

func settings(d vendors.Descriptor, secret string) vendors.Settings {
	keys := simulator.DefaultCredentials()
	values := map[string]map[string]string{
		simulator.WAPI:    {"app_id": keys.WAPIAppID, "secret": keys.WAPISecret, "sign": keys.WAPISign},
		simulator.Tencent: {"secret_id": keys.TencentSecretID, "secret_key": keys.TencentKey},
	}
	s := vendors.Settings{BaseURL: "http://127.0.0.1", Values: values[d.Name], Lists: map[string][]string{}, Paths: map[record.Dataset]vendors.Paths{}}
	for _, k := range d.Options {
		if _, ok := s.Values[k.Name]; !ok && k.Default != "" {
			s.Values[k.Name] = k.Default
		}
	}
	if secret != "" && d.Name == simulator.WAPI {
		s.Values["secret"] = secret
	}
	for _, o := range d.Offers {
		s.Paths[o.Dataset] = vendors.Paths{Submit: o.Path, Poll: o.PollPath}
	}
	return s
}

// fleet makes n vehicles with everything that the vendors ask for. No two of
// them are the same question.
func fleet(n int) []record.Vehicle {
	out := make([]record.Vehicle, n)
	for i := range out {
		out[i] = car(i)
	}
	return out
}

func car(i int) record.Vehicle {
	makers := []string{"LSV", "LFV", "LBV", "LVS", "LGX", "LHG", "LFM", "LE4"}
	return record.Vehicle{Row: int64(i + 1), Line: int64(i + 2), VIN: fmt.Sprintf("%sFA49J0J%07d", makers[i%len(makers)], i),
		Plate: fmt.Sprintf("粤A%05d", i), PlateType: "02", EngineNo: fmt.Sprintf("E%06d", i), ModelID: fmt.Sprint(100 + i),
		CityID: "440100", FirstRegistered: "2018-06", MileageKM: record.Some(int64(20_000 + 100*i)),
		Condition: record.Condition{Transfers: "0", Color: "2", Accident: "0", Appearance: "0", Interior: "0", Electrical: "0", Engine: "0"}}
}

// source reads the fleet.
type source func(row int) (record.Vehicle, bool)

// input is a source that is being read.
type input struct {
	source source
	next   int
}

func (s *input) Next() (record.Vehicle, error) {
	v, ok := s.source(s.next)
	if !ok {
		return v, io.EOF
	}
	s.next++
	return v, nil
}

// fromList reads a fleet that is in memory.
func fromList(cars []record.Vehicle) source {
	return func(row int) (record.Vehicle, bool) {
		if row == len(cars) {
			return record.Vehicle{}, false
		}
		return cars[row], true
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
