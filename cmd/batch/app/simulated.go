package app

import (
	"context"
	"time"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
)

// Simulation is a simulator of all vendors inside this process.
type Simulation struct {
	server *simulator.Server
}

// Simulate starts one, in which days have changed what the vendors say.
func Simulate(ctx context.Context, clock simulator.Clock, days int) (*Simulation, error) {
	sim := simulator.New(simulator.Options{Seed: 1, Clock: clock, Days: days,
		Latency: simulator.Latency{Min: 300 * time.Millisecond, Max: 2500 * time.Millisecond}})
	server, err := simulator.Serve(context.WithoutCancel(ctx), sim, "127.0.0.1:0")
	return &Simulation{server}, err
}

// Close ends it.
func (s *Simulation) Close(ctx context.Context) {
	quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = s.server.Close(quick) // it goes with the process
}

// Settings are its address and keys, for every vendor.
func (s *Simulation) Settings() map[string]vendors.Settings { return SimulatedSettings(s.server.URL) }

// Into points every vendor of a configuration at the simulator; its paces are made up, too,
// unless they are the user's.
func (s *Simulation) Into(conf *config.Config, usersPace bool) {
	settings := s.Settings()
	for i := range conf.Vendors {
		v := &conf.Vendors[i]
		v.Settings = byGatewayOf(v.Settings, settings[v.Name])
		v.Poll.First, v.Poll.Interval, v.Poll.MaxInterval = 400*time.Millisecond, 400*time.Millisecond, 2*time.Second
		v.Poll.Closed = ratelimit.Hours{}
		if !usersPace {
			v.Rate = ratelimit.Limits{PerSecond: 200, Burst: 20, InFlight: 64}
		}
	}
}

// Sold are the vendors that still sell.
func Sold() []vendors.Descriptor {
	var out []vendors.Descriptor
	for _, d := range all.Descriptors() {
		if d.Discontinued == "" {
			out = append(out, d)
		}
	}
	return out
}

// SimulatedSettings are the simulator's address and keys, for every vendor.
func SimulatedSettings(url string) map[string]vendors.Settings {
	keys := simulator.DefaultCredentials()
	values := map[string]map[string]string{
		simulator.WAPI:    {"app_id": keys.WAPIAppID, "secret": keys.WAPISecret, "sign": keys.WAPISign},
		simulator.Tencent: {"secret_id": keys.TencentSecretID, "secret_key": keys.TencentKey},
		simulator.Jumdata: {"app_id": keys.JumdataAppID, "app_secret": keys.JumdataSecret},
	}
	out := map[string]vendors.Settings{}
	for _, d := range all.Descriptors() {
		set := vendors.Settings{BaseURL: url, Values: values[d.Name], Lists: map[string][]string{}, Paths: map[record.Dataset]vendors.Paths{}}
		for _, k := range d.Options {
			if _, ok := set.Values[k.Name]; !ok && k.Default != "" {
				set.Values[k.Name] = k.Default
			}
		}
		for _, o := range d.Offers {
			set.Paths[o.Dataset] = vendors.Paths{Submit: o.Path, Poll: o.PollPath}
		}
		out[d.Name] = set
	}
	return out
}

// byGatewayOf are a vendor's simulated settings, by the gateway that the user has
// chosen where there are several.
func byGatewayOf(users, simulated vendors.Settings) vendors.Settings {
	if chosen := users.Values["gateway"]; chosen != "" && chosen != simulated.Values["gateway"] {
		simulated.Values["gateway"] = chosen
		simulated.BaseURL += simulator.MarketService
	}
	return simulated
}
