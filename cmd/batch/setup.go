package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/notify"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
	"vehiclebatch/vendors/transport"
)

const defaultConfig = "batch.yaml"

// setup is what the flags and the configuration come to.
type setup struct {
	env       environment
	config    *config.Config
	out       string
	formats   string
	datasets  []record.Dataset // asked for by --dataset; empty: all that are configured
	maxSpend  record.Opt[record.Fen]
	wait      record.Opt[time.Duration]
	strictVIN record.Flag // --strict-vin, unknown without it
	yes       bool        // what run asks is answered
	simulated bool
	keyless   bool // nobody is called: the user's keys need not be known
	day       simulatedDay

	notify       string        // what --notify says
	notifyGiven  bool          // though it may be empty: nowhere
	target       notify.Target // where the end of the run is posted
	proxies      *transport.Proxies
	end          *conclusion // what the run came to, once it has
	formatsGiven bool        // by --format
	partition    record.Flag // --partition, unknown without it
	configFlag   string      // what --config says, "" without it

	lang    messages.Lang  // by --lang; "" without it
	wording config.Wording // of the configuration

	*ui.Screen
	json    bool
	log     *slog.Logger
	command string
	closers []func()
}

func newSetup(c *cli.Context, env environment) (*setup, error) {
	s := &setup{env: env, out: c.String("out"), formats: c.String("format"), simulated: c.Bool("simulate"), json: c.Bool("json"),
		command: "batch " + c.Command.Name, Screen: newScreen(c, env)}
	s.log = newLogger(c, s.Log)
	s.formatsGiven, s.configFlag, s.partition = c.IsSet("format"), c.String("config"), partitionOf(c)
	s.strictVIN, s.yes = strictVINOf(c), c.Bool("yes")
	s.notify, s.notifyGiven = c.String("notify"), c.IsSet("notify")
	var errs [6]error
	s.datasets, errs[0] = datasetsOf(c)
	s.maxSpend, errs[1] = maxSpendOf(c)
	s.wait, errs[2] = waitOf(c)
	s.day, errs[3] = dayOf(c, env.clock.Now())
	s.env.clock.ahead = s.day.ahead
	s.lang, errs[4] = langGiven(c)
	s.Now, s.Prefer = s.env.clock.Now, s.lang
	errs[5] = s.Speak("")
	return s, errors.Join(errs[:]...)
}

func newLogger(c *cli.Context, to io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case c.Bool("verbose"):
		level = slog.LevelDebug
	case c.Bool("quiet"):
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level, ReplaceAttr: ui.RedactAttr}))
}

func (s *setup) close() {
	for _, f := range s.closers {
		f()
	}
}

// configure loads the configuration, or makes the simulated one, and speaks its
// language from then on.
func (s *setup) configure(ctx context.Context, c *cli.Context) error {
	if err := s.loadConfig(ctx, c); err != nil {
		return err
	}
	s.configured(s.config)
	return s.Speak("")
}

// configured takes over what a configuration says about words.
func (s *setup) configured(c *config.Config) {
	s.wording = c.Wording
	s.Prefer = cmp.Or(s.lang, c.Wording.Lang)
}

// newScreen is the screen of a command, as its flags have it.
func newScreen(c *cli.Context, env environment) *ui.Screen {
	return &ui.Screen{In: env.stdin, Out: env.stdout, Err: env.stderr, Quiet: c.Bool("quiet"), Now: env.clock.Now, Getenv: env.getenv, Log: &ui.LogWriter{Stderr: env.stderr}}
}

func (s *setup) loadConfig(ctx context.Context, c *cli.Context) error {
	registry := all.Descriptors()
	path, given := configPath(c)
	if s.simulated {
		return s.configureSimulated(ctx, path, given, registry)
	}
	if path == "" {
		return noConfiguration(c)
	}
	load := config.Load
	if s.keyless {
		load = config.LoadKeyless
	}
	conf, err := load(path, s.env.getenv, registry)
	if err != nil {
		return configError(path, err)
	}
	for _, w := range conf.Warnings {
		s.log.Warn(w)
	}
	s.config = conf
	return nil
}

// noConfiguration says what a user who has none can do.
func noConfiguration(c *cli.Context) error {
	input, again := "INPUT", "batch "+c.Command.Name
	if c.NArg() > 0 {
		input = c.Args().First()
		again += " " + input
	}
	return usageError("there is no configuration: no batch.yaml here and no --config.\n"+
		"  To try it without keys or money:  %s --simulate\n"+
		"  To buy:                           batch init %s   writes a batch.yaml with what can be found out, and says what to fill in", again, input)
}

// configPath is the configuration to load, "" for none.
func configPath(c *cli.Context) (path string, given bool) {
	if c.IsSet("config") {
		return c.String("config"), true
	}
	if _, err := os.Stat(defaultConfig); err == nil {
		return defaultConfig, false
	}
	return "", false
}

func configError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usageError("the configuration %s is not there: check --config", path)
	}
	return &codeError{code: exitUsage, err: err}
}

// configureSimulated starts a simulator and points every vendor at it.
func (s *setup) configureSimulated(ctx context.Context, path string, given bool, registry []vendors.Descriptor) error {
	sim := simulator.New(simulator.Options{Seed: 1, Clock: s.env.clock, Days: s.day.lived,
		Latency: simulator.Latency{Min: 300 * time.Millisecond, Max: 2500 * time.Millisecond}})
	server, err := simulator.Serve(context.WithoutCancel(ctx), sim, "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() {
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Close(quick) // it goes with the process
	})
	settings := simulatedSettings(registry, server.URL)
	if s.config, err = keylessConfig(path, s.env, withoutDiscontinued(registry), settings); err != nil {
		return err
	}
	for i := range s.config.Vendors {
		v := &s.config.Vendors[i]
		v.Settings = byGatewayOf(v.Settings, settings[v.Name])
		v.Poll.First, v.Poll.Interval, v.Poll.MaxInterval = 400*time.Millisecond, 400*time.Millisecond, 2*time.Second
		v.Poll.Closed = ratelimit.Hours{}
		if !given && path == "" {
			v.Rate = ratelimit.Limits{PerSecond: 200, Burst: 20, InFlight: 64}
		}
	}
	return nil
}

// keylessConfig loads a configuration for a command that calls no vendor of the
// user's, so no key needs to be known; without one, all that the vendors sell is
// configured at their guide prices.
func keylessConfig(path string, env environment, sold []vendors.Descriptor, settings map[string]vendors.Settings) (*config.Config, error) {
	if path == "" {
		return config.Default(sold, settings), nil
	}
	conf, err := config.LoadKeyless(path, env.getenv, all.Descriptors())
	if err != nil {
		return nil, configError(path, err)
	}
	return conf, nil
}

func withoutDiscontinued(registry []vendors.Descriptor) []vendors.Descriptor {
	var out []vendors.Descriptor
	for _, d := range registry {
		if d.Discontinued == "" {
			out = append(out, d)
		}
	}
	return out
}

// simulatedSettings are the simulator's address and keys, for every vendor.
func simulatedSettings(registry []vendors.Descriptor, url string) map[string]vendors.Settings {
	keys := simulator.DefaultCredentials()
	values := map[string]map[string]string{
		simulator.WAPI:    {"app_id": keys.WAPIAppID, "secret": keys.WAPISecret, "sign": keys.WAPISign},
		simulator.Tencent: {"secret_id": keys.TencentSecretID, "secret_key": keys.TencentKey},
		simulator.Jumdata: {"app_id": keys.JumdataAppID, "app_secret": keys.JumdataSecret},
	}
	out := map[string]vendors.Settings{}
	for _, d := range registry {
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

// wanted are the datasets of a new run.
func (s *setup) wanted() ([]record.Dataset, error) {
	var out []record.Dataset
	for _, d := range record.Datasets() {
		if _, ok := s.config.Datasets[d]; ok && (len(s.datasets) == 0 || slices.Contains(s.datasets, d)) {
			out = append(out, d)
		}
	}
	for _, d := range s.datasets {
		if !slices.Contains(out, d) {
			return nil, usageError("--dataset %s: no configured vendor offers it; `batch vendors` lists them", d)
		}
	}
	return out, nil
}

// policy builds the stages' policy: adapters, paces, senders, routes.
func (s *setup) policy(ctx context.Context, l *ledger.Ledger) (*pipeline.Policy, error) {
	p := &pipeline.Policy{Sellers: map[string]*pipeline.Seller{}, Routes: map[record.Dataset]pipeline.Route{},
		MaxSpend: s.limit(ledger.Run{}), ResubmitBelow: s.config.InDoubt.ResubmitBelow, MostDoubt: s.config.InDoubt.PauseAbove,
		Wait: s.wait, Chance: s.env.chance}
	for _, v := range s.config.Vendors {
		if !v.Enabled {
			continue
		}
		seller, err := s.seller(ctx, l, v)
		if err != nil {
			return nil, err
		}
		p.Sellers[v.Name] = seller
	}
	var err error
	if p.Loss, err = l.LastLoss(ctx); err != nil {
		return nil, fmt.Errorf("look for what a rescue has lost: %w", err)
	}
	for d, route := range s.config.Datasets {
		p.Routes[d] = pipeline.Route{Vendors: route.Route, Mode: modeOf(route), FallbackOn: route.FallbackOn, MaxAge: route.MaxAge, Defaults: route.Defaults, Derive: route.Derive}
	}
	return p, nil
}

func modeOf(d config.Dataset) pipeline.RouteMode {
	if d.All {
		return pipeline.RouteAll
	}
	return pipeline.RouteFirst
}

// limit is the most that a run may spend: what --max-spend says now, else what it
// said when the run was given one last, else the configuration's.
func (s *setup) limit(run ledger.Run) record.Opt[record.Fen] {
	for _, given := range []record.Opt[record.Fen]{s.maxSpend, run.MaxSpend} {
		if given.OK {
			return given
		}
	}
	return s.config.Budget.MaxSpend
}

func (s *setup) seller(ctx context.Context, l *ledger.Ledger, v config.Vendor) (*pipeline.Seller, error) {
	v.Settings.NewID = s.env.newID
	adapter, err := v.Descriptor.New(v.Settings, s.env.clock.Now)
	if err != nil {
		return nil, usageError("%s: vendors.%s: %w", s.config.Path, v.Name, err)
	}
	today, err := l.CallsOn(ctx, v.Name, pipeline.Today(s.env.clock.Now()))
	if err != nil {
		return nil, err
	}
	client := transport.New(transport.Options{Timeout: v.Timeout, InFlight: v.Rate.InFlight, Proxies: s.proxies, Now: s.env.clock.Now})
	s.closers = append(s.closers, client.Close)
	return &pipeline.Seller{Vendor: adapter, Offers: configuredOffers(v), Prices: v.Prices, InFlight: v.Rate.InFlight, PerDay: v.Rate.PerDay,
		UnavailableFor: v.UnavailableFor, Probe: freeCall(v.Descriptor),
		Pace: ratelimit.New(v.Rate, s.env.clock, today), Sender: transport.Hush(client, secretsOf(v)),
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
