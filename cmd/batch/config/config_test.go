package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

const (
	maintenance = record.DatasetMaintenance
	valuation   = record.DatasetValuation
	violations  = record.DatasetViolations
)

// equal compares what is left of a vendor without its functions.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n got %#v\nwant %#v", what, got, want)
	}
}

func mustParse(t *testing.T, src string) *config.Config {
	t.Helper()
	c, err := parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFullExample(t *testing.T) {
	t.Parallel()
	c, err := config.Load("testdata/full.yaml", environment, registry())
	if err != nil {
		t.Fatal(err)
	}
	closed, _ := ratelimit.ParseHours("18:30-09:00")
	poll := config.Poll{First: 30 * time.Second, Interval: 30 * time.Second, MaxInterval: 10 * time.Minute,
		GiveUpAfter: 72 * time.Hour, Grace: 20 * time.Minute}
	closing := poll
	closing.Closed = closed
	rate := ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}
	want := []config.Vendor{
		{Name: "wapi", Timeout: 10 * time.Second, Rate: rate, Poll: closing, Enabled: true,
			Prices: map[record.Dataset]record.Fen{maintenance: 3200, valuation: 500, violations: 14},
			Settings: vendors.Settings{BaseURL: "https://xxxx.api.storeapi.net", Lists: map[string][]string{},
				Values: map[string]string{"app_id": "10086", "secret": "hush-wapi-1", "sign": "md5"},
				Paths: map[record.Dataset]vendors.Paths{maintenance: {Submit: "/pyi/170/378", Poll: "/pyi/170/379"},
					valuation: {Submit: "/pyi/201/377"}, violations: {Submit: "/pyi/65/173"}}}},
		{Name: "tencent", Timeout: 10 * time.Second, Rate: rate, Poll: poll, Enabled: true,
			Prices: map[record.Dataset]record.Fen{maintenance: 1700},
			Settings: vendors.Settings{BaseURL: "https://service-plb7hsqv-1257199080.ap-shanghai.apigateway.myqcloud.com",
				Lists:  map[string][]string{},
				Values: map[string]string{"secret_id": "hush-tencent-2", "secret_key": "hush-tencent-3", "source": "market"},
				Paths:  map[record.Dataset]vendors.Paths{maintenance: {Submit: "/release/maintenance/order", Poll: "/release/maintenance_report/get"}}}},
		{Name: "jumdata", Timeout: 10 * time.Second, Rate: rate, Poll: poll, Enabled: true,
			Prices: map[record.Dataset]record.Fen{maintenance: 2000},
			Settings: vendors.Settings{BaseURL: "https://api.jumdata.com", Lists: map[string][]string{},
				Values: map[string]string{"app_id": "hush-jumdata-4", "app_secret": "hush-jumdata-5"},
				Paths: map[record.Dataset]vendors.Paths{maintenance: {Submit: "/vehicle/maintenance-report/generate",
					Poll: "/vehicle/maintenance-report/get"}}}},
	}
	for i, v := range c.Vendors {
		if v.Descriptor.Name != v.Name {
			t.Errorf("%s has the descriptor of %s", v.Name, v.Descriptor.Name)
		}
		v.Descriptor = vendors.Descriptor{}
		equal(t, v.Name, fields(v), fields(want[i]))
	}
	fallback := []record.Status{record.NoRecord, record.Unsupported}
	equal(t, "datasets", c.Datasets, map[record.Dataset]config.Dataset{
		maintenance: {Route: []string{"tencent", "wapi"}, FallbackOn: fallback, MaxAge: 2160 * time.Hour},
		valuation: {Route: []string{"wapi"}, FallbackOn: fallback, MaxAge: 720 * time.Hour,
			Defaults: record.Condition{Color: "2", Transfers: "0", Accident: "0", Appearance: "0", Interior: "0", Electrical: "0", Engine: "0"}},
		violations: {Route: []string{"wapi"}, FallbackOn: fallback, MaxAge: 20 * time.Hour},
	})
	equal(t, "wording", c.Wording, config.Wording{Lang: messages.Chinese, ReportLang: messages.English, ReportTop: record.Some(50), CSVMark: record.Some(false)})
	equal(t, "strict_vin", c.StrictVIN, true)
	equal(t, "budget", c.Budget, config.Budget{MaxSpend: record.Some[record.Fen](500000)})
	equal(t, "in_doubt", c.InDoubt, config.InDoubt{ResubmitBelow: 100, PauseAbove: 10000})
	equal(t, "warnings", c.Warnings, []string(nil))
	equal(t, "path", c.Path, "testdata/full.yaml")
	if _, ok := c.Vendor("nobody"); ok || len(c.Vendors) != len(want) {
		t.Errorf("%d vendors", len(c.Vendors))
	}
}

// fields shows a vendor past its own redaction.
func fields(v config.Vendor) any {
	type bare config.Vendor
	return bare(v)
}

const smallest = `
vendors:
  tencent: {secret_id: "${TENCENT_SECRET_ID}", secret_key: "${TENCENT_SECRET_KEY}"}
`

func TestSmallestFileUsesDefaults(t *testing.T) {
	t.Parallel()
	c := mustParse(t, smallest)
	v, _ := c.Vendor("tencent")
	equal(t, "base URL", v.Settings.BaseURL, "https://gateway.example.com")
	equal(t, "prices", v.Prices, map[record.Dataset]record.Fen{maintenance: 1700})
	equal(t, "rate", v.Rate, ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64})
	equal(t, "budget", c.Budget.MaxSpend.OK, false)
	equal(t, "wording", c.Wording, config.Wording{})
	equal(t, "strict_vin", c.StrictVIN, false)
	equal(t, "in doubt", c.InDoubt.ResubmitBelow, record.Fen(0))
	equal(t, "datasets", c.Datasets, map[record.Dataset]config.Dataset{maintenance: {
		Route: []string{"tencent"}, FallbackOn: []record.Status{record.NoRecord, record.Unsupported}, MaxAge: 2160 * time.Hour}})
}

// A valuation may be told what to take from maintenance answers, in any order.
func TestDerive(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{"[accident, mileage_km]": {"accident", "mileage_km"}, "[mileage_km]": {"mileage_km"}, "[]": nil} {
		c := mustParse(t, smallest+`  wapi: {base_url: "https://${WAPI_HOST}", app_id: 1, secret: "${WAPI_SECRET}", valuation: {}}
datasets:
  valuation: {derive: `+text+"}\n")
		equal(t, text, c.Datasets[valuation].Derive, want)
	}
}

const everyVendor = `
x: 1
vendors:
  jumdata: {app_id: a, app_secret: b}
  wapi:
    base_url: https://${WAPI_HOST}/
    app_id: 0010086
    secret: pre-${HUSH}-post
    engine_no_prefixes: [LMG, 5N1, 007]
    poll: {interval: 15m}
    rate: {per_second: 0.5, burst: 3, in_flight: 2, per_day: 1000}
    maintenance: {submit_path: /pyi/170/378}
  tencent: {secret_id: "${TENCENT_SECRET_ID}", secret_key: "${TENCENT_SECRET_KEY}"}
`

func TestUnnamedDatasetsAreRoutedCheapestFirst(t *testing.T) {
	t.Parallel()
	c := mustParse(t, strings.Replace(everyVendor, "x: 1\n", "", 1))
	equal(t, "route", c.Datasets[maintenance].Route, []string{"tencent", "wapi"})
	equal(t, "datasets", len(c.Datasets), 1)
	v, _ := c.Vendor("wapi")
	equal(t, "values", v.Settings.Values, map[string]string{"app_id": "0010086", "secret": "pre-hush-6-post", "sign": "md5"})
	equal(t, "lists", v.Settings.Lists, map[string][]string{"engine_no_prefixes": {"LMG", "5N1", "007"}})
	equal(t, "poll", v.Poll.MaxInterval, 15*time.Minute)
	equal(t, "rate", v.Rate, ratelimit.Limits{PerSecond: 0.5, Burst: 3, InFlight: 2, PerDay: 1000})
	equal(t, "base URL", v.Settings.BaseURL, "https://wapi.example.com")
	equal(t, "paths", v.Settings.Paths[maintenance], vendors.Paths{Submit: "/pyi/170/378", Poll: "/pyi/170/379"})
	off, _ := c.Vendor("jumdata")
	equal(t, "a discontinued vendor", off.Enabled, false)
}

func TestVendorThatIsOffWantsNoEnvironment(t *testing.T) {
	t.Parallel()
	c := mustParse(t, smallest+"  wapi: {enabled: false, secret: '${NOT_SET}', maintenance: {price: 1}}\n")
	v, _ := c.Vendor("wapi")
	equal(t, "enabled", v.Enabled, false)
	equal(t, "route", c.Datasets[maintenance].Route, []string{"tencent"})
}

func TestEmptyRouteBuysNothing(t *testing.T) {
	t.Parallel()
	c := mustParse(t, smallest+"datasets: {maintenance: {route: []}}\n")
	equal(t, "datasets", len(c.Datasets), 0)
}

func TestDaysPollsAndSigns(t *testing.T) {
	t.Parallel()
	c := mustParse(t, `
vendors:
  wapi: {base_url: http://127.0.0.1:8080, app_id: 1, secret: "${WAPI_SECRET}", violations: {}}
  tencent:
    secret_id: "&id"
    secret_key: a&b *c <<d # & *
    rate: {per_second: 20, burst: 7}
    poll: {closed: "", first: 0s, max_interval: 1d}
datasets:
  maintenance: {max_age: 1d12h}
`)
	v, _ := c.Vendor("tencent")
	equal(t, "rate", v.Rate, ratelimit.Limits{PerSecond: 20, Burst: 7, InFlight: 64})
	equal(t, "a quoted text that begins as an anchor does", v.Settings.Values["secret_id"], "&id")
	equal(t, "a text that holds such signs", v.Settings.Values["secret_key"], "a&b *c <<d")
	equal(t, "days", c.Datasets[maintenance].MaxAge, 36*time.Hour)
	equal(t, "poll", v.Poll.MaxInterval, 24*time.Hour)
	equal(t, "datasets", len(c.Datasets), 2)
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	write("id", "hush-id\r\n", 0o600)
	write("key", "hush-key\n", 0o644)
	write("batch.yaml", "\ufeffvendors:\r\n  tencent:\r\n    secret_id_file: id\r\n    secret_key_file: "+
		filepath.Join(dir, "key")+"\r\n  jumdata: {enabled: true, app_id: hush-a, app_secret: '${HUSH}', "+
		"maintenance: {submit_path: /a, poll_path: /b, price: '1.5'}}\r\n", 0o600)
	path := filepath.Join(dir, "batch.yaml")
	c, err := config.Load(path, environment, registry())
	if err != nil {
		t.Fatal(err)
	}
	v, _ := c.Vendor("tencent")
	equal(t, "secrets", v.Settings.Values, map[string]string{"secret_id": "hush-id", "secret_key": "hush-key", "source": "market"})
	equal(t, "warnings", c.Warnings, []string{
		path + ":4:22: vendors.tencent.secret_key_file: everyone on this machine may read the file with the secret: chmod 600 it",
		path + ":5:36: vendors.jumdata.app_id: the secret itself stands in the file: ${NAME} or app_id_file keeps it out",
	})
}

func TestLoadNamesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	_, err := config.Load(filepath.Join(t.TempDir(), "batch.yaml"), environment, registry())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c := mustParse(t, strings.Replace(everyVendor, "x: 1\n", "", 1))
	v, _ := c.Vendor("wapi")
	for _, value := range []any{c, *c, v, &v, c.Vendors, map[string]any{"c": c}, struct{ C config.Config }{*c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			checkHushed(t, fmt.Sprintf(verb, value))
		}
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "k", value)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", value)
		raw, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		checkHushed(t, logged.String()+string(raw))
	}
	want := "config{testdata/batch.yaml; vendor{jumdata, off, https://api.jumdata.com, 10 a second}; " +
		"vendor{wapi, on, https://wapi.example.com, 0.5 a second}; " +
		"vendor{tencent, on, https://gateway.example.com, 10 a second}; maintenance: tencent, wapi}"
	equal(t, "String", c.String(), want)
}

func checkHushed(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "hush") || strings.Contains(text, "68757368") {
		t.Errorf("a secret is printed: %s", text)
	}
}

func TestDefaultRoutesWhatTheSettingsHavePathsFor(t *testing.T) {
	t.Parallel()
	paths := func(d record.Dataset) map[record.Dataset]vendors.Paths {
		return map[record.Dataset]vendors.Paths{d: {Submit: "/a", Poll: "/b"}}
	}
	c := config.Default(registry(), map[string]vendors.Settings{
		"wapi": {BaseURL: "http://127.0.0.1:1", Paths: paths(violations)}, "tencent": {Paths: paths(maintenance)}})
	equal(t, "routes", [][]string{c.Datasets[violations].Route, c.Datasets[maintenance].Route}, [][]string{{"wapi"}, {"tencent"}})
	v, _ := c.Vendor("wapi")
	equal(t, "prices", v.Prices, map[record.Dataset]record.Fen{violations: 14})
	equal(t, "timeout", v.Timeout, 10*time.Second)
	equal(t, "on", v.Enabled, true)
}

func TestHowARouteIsAsked(t *testing.T) {
	t.Parallel()
	for mode, all := range map[string]bool{"": false, "{route_mode: first, fallback_on: [failed]}": false, "{route_mode: all}": true} {
		c, err := parse(smallest + "datasets:\n  maintenance: " + mode + "\n")
		if mode == "" {
			c, err = parse(smallest)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Datasets[record.DatasetMaintenance].All; got != all {
			t.Errorf("%q asks all: %v", mode, got)
		}
	}
}

// How a gateway counts reaches the pace as plain numbers.
func TestGateways(t *testing.T) {
	t.Parallel()
	usual := ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}
	for text, want := range map[string]struct {
		gateway   string
		perSecond float64
		burst     int
		spacing   time.Duration
		headroom  float64
	}{
		"":                                  {perSecond: 10, burst: 1},
		"gateway: nginx":                    {"nginx", 10, 1, 100 * time.Millisecond, 0},
		"gateway: nginx, per_second: 200":   {"nginx", 200, 1, 5 * time.Millisecond, 0},
		"gateway: nginx, per_second: 300":   {"nginx", 300, 1, 4 * time.Millisecond, 0},
		"gateway: nginx, per_second: 0.3":   {"nginx", 0.3, 1, 3334 * time.Millisecond, 0},
		"gateway: nginx, per_second: 5000":  {"nginx", 5000, 1, time.Millisecond, 0},
		"gateway: nginx, per_second: 0":     {"nginx", 0, 1, 0, 0},
		"gateway: nginx, burst: 20":         {"nginx", 10, 20, 0, 0},
		"gateway: haproxy, per_second: 200": {"haproxy", 200, 1, 0, 0.025},
		"gateway: haproxy, burst: 1":        {"haproxy", 10, 1, 0, 0.025},
	} {
		c, err := parse(strings.Replace(soundVendors, "secret_id:", "rate: {"+text+"}, secret_id:", 1))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		v, _ := c.Vendor("tencent")
		limits := usual
		limits.PerSecond, limits.Burst, limits.Spacing, limits.Headroom = want.perSecond, want.burst, want.spacing, want.headroom
		if v.Gateway != want.gateway || v.Rate != limits {
			t.Errorf("%s: %q, %+v", text, v.Gateway, v.Rate)
		}
	}
}

// What names the ledger is read alone, so that commands which only look need not be able to buy.
func TestLedgerOf(t *testing.T) {
	t.Parallel()
	getenv := func(name string) (string, bool) { return "postgres://me:secret@db/fleet", name == "DATABASE" }
	for text, want := range map[string]string{
		"ledger: postgres://me@db/fleet\n":                              "postgres://me@db/fleet",
		"vendors:\n  wapi:\n    secret: ${GONE}\nledger: ${DATABASE}\n": "postgres://me:secret@db/fleet",
		"ledger: ${GONE}\n":                                             "",
		"ledger: mysql://me@db/fleet\n":                                 "",
		"lang: zh\n":                                                    "",
		"ledger: [":                                                     "",
	} {
		path := filepath.Join(t.TempDir(), "batch.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := config.LedgerOf(path, getenv); got != want {
			t.Errorf("%q names %q", text, got)
		}
	}
}
