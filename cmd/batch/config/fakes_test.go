package config_test

import (
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// registry is shaped like the program's own: secrets and options, one and two
// steps, a vendor without address, one without published paths or price, and
// one that is discontinued.
func registry() []vendors.Descriptor {
	return []vendors.Descriptor{wapi(), tencent(), jumdata()}
}

func wapi() vendors.Descriptor {
	return vendors.Descriptor{
		Name: "wapi", Title: "wapi store",
		Secrets: []vendors.Key{{Name: "secret", Required: true, Help: "the application's secret"}},
		Options: []vendors.Key{
			{Name: "app_id", Required: true, Help: "the application's id"},
			{Name: "sign", Default: "md5", OneOf: []string{"md5", "hash"}},
			{Name: "engine_no_prefixes", List: true},
		},
		Offers: []vendors.Offer{
			{Dataset: record.DatasetMaintenance, TwoStep: true, PollPath: "/pyi/170/379", PriceFen: 3200},
			{Dataset: record.DatasetValuation, Path: "/pyi/201/377", PriceFen: 500},
			{Dataset: record.DatasetViolations, Path: "/pyi/65/173", PriceFen: 14},
		},
		New: func(s vendors.Settings, _ vendors.Clock) (vendors.Vendor, error) {
			if strings.Contains(s.Values["secret"], "refused") {
				return nil, fmt.Errorf("wapi: secret: %s is refused", s.Values["secret"])
			}
			return nil, nil
		},
	}
}

func tencent() vendors.Descriptor {
	return vendors.Descriptor{
		Name: "tencent", Title: "Tencent Cloud marketplace", DefaultBaseURL: "https://gateway.example.com/",
		Secrets: []vendors.Key{{Name: "secret_id", Required: true}, {Name: "secret_key", Required: true}},
		Options: []vendors.Key{{Name: "source", Default: "market"}},
		Offers: []vendors.Offer{{Dataset: record.DatasetMaintenance, TwoStep: true,
			Path: "/release/maintenance/order", PollPath: "/release/maintenance_report/get", PriceFen: 1700}},
		New: func(s vendors.Settings, now vendors.Clock) (vendors.Vendor, error) {
			if s.Values["secret_id"] == "" || s.BaseURL == "" || now == nil {
				return nil, errors.New("tencent: incomplete settings")
			}
			return nil, nil
		},
	}
}

func jumdata() vendors.Descriptor {
	return vendors.Descriptor{
		Name: "jumdata", Title: "Jumdata", DefaultBaseURL: "https://api.jumdata.com", Discontinued: "the vendor's page says so",
		Secrets: []vendors.Key{{Name: "app_id", Required: true}, {Name: "app_secret", Required: true}},
		Offers:  []vendors.Offer{{Dataset: record.DatasetMaintenance, TwoStep: true}},
	}
}

// environment holds every secret of the tests: no message may show a value.
func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"WAPI_SECRET": "hush-wapi-1", "TENCENT_SECRET_ID": "hush-tencent-2\n", "TENCENT_SECRET_KEY": "hush-tencent-3",
		"JUMDATA_ID": "hush-jumdata-4", "JUMDATA_SECRET": "hush-jumdata-5", "HUSH": "hush-6", "EMPTY": "",
		"CONTROL": "hush-7\x01", "WAPI_HOST": "wapi.example.com",
	}[name]
	return value, ok
}

func parse(src string) (*config.Config, error) {
	return config.Parse("testdata/batch.yaml", []byte(src), environment, registry())
}
