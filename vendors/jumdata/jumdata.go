// Package jumdata is the adapter of 聚美智数's maintenance reports (车辆维保): a
// report is generated for money, and fetched by its number where it was not
// ready at once. The vendor has taken the product off its list (停用). The
// source is the product's page.
package jumdata

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

const (
	name            = "jumdata"
	defaultBaseURL  = "https://api.jumdata.com"
	defaultGenerate = "/vehicle/maintenance-report/generate"
	defaultGet      = "/vehicle/maintenance-report/get"
	keyAppID        = "app_id"
	keyAppSecret    = "app_secret"
)

// Descriptor describes the vendor without keys. The page names no price; the
// guide price is that of the sample configuration.
func Descriptor() vendors.Descriptor {
	return vendors.Descriptor{
		Name:           name,
		Title:          "Jumdata (聚美智数), maintenance reports (车辆维保)",
		DefaultBaseURL: defaultBaseURL,
		Discontinued:   "the vendor's page says 停用 (discontinued)",
		Secrets: []vendors.Key{
			{Name: keyAppID, Required: true, Help: "the appId that the vendor assigned"},
			{Name: keyAppSecret, Required: true, Help: "the appSecret that the vendor assigned; it is hashed, never sent"},
		},
		Offers: []vendors.Offer{{
			Dataset:  record.DatasetMaintenance,
			Requires: []string{record.ColVIN, record.ColLicenseImageURL},
			TwoStep:  true,
			Path:     defaultGenerate,
			PollPath: defaultGet,
			PriceFen: 2000,
			Probe:    "asks for the report of an order that cannot exist; of all codes, the vendor's page bills 200 alone",
			Note:     "the vendor fetches the picture of the vehicle licence from license_image_url",
		}},
		Reader: reader{},
		New:    newAdapter,
	}
}

// reader understands answers. It needs no keys.
type reader struct{}

// adapter implements vendors.Vendor. It is not changed after it is made.
type adapter struct {
	reader

	generateURL string
	getURL      string
	appID       string
	appSecret   string
	now         vendors.Clock
}

var (
	_ vendors.Vendor = (*adapter)(nil)
	_ vendors.Reader = reader{}
)

// newAdapter is Descriptor.New.
func newAdapter(s vendors.Settings, now vendors.Clock) (vendors.Vendor, error) {
	a := &adapter{appID: s.Values[keyAppID], appSecret: s.Values[keyAppSecret], now: now}
	switch {
	case now == nil:
		return nil, errors.New("jumdata: a clock is needed")
	case a.appID == "":
		return nil, fmt.Errorf("jumdata: %s is empty", keyAppID)
	case a.appSecret == "":
		return nil, fmt.Errorf("jumdata: %s is empty", keyAppSecret)
	}
	paths := s.Paths[record.DatasetMaintenance]
	var err error
	if a.generateURL, err = address(s.BaseURL, cmp.Or(paths.Submit, defaultGenerate), "submit_path"); err != nil {
		return nil, err
	}
	if a.getURL, err = address(s.BaseURL, cmp.Or(paths.Poll, defaultGet), "poll_path"); err != nil {
		return nil, err
	}
	return a, nil
}

func address(base, path, key string) (string, error) {
	base = strings.TrimRight(cmp.Or(base, defaultBaseURL), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", fmt.Errorf("jumdata: base_url: %q is not an address such as %s", base, defaultBaseURL)
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ") {
		return "", fmt.Errorf("jumdata: %s: %q is not a path such as %s", key, path, defaultGenerate)
	}
	return base + path, nil
}

// Name is the vendor's key.
func (a *adapter) Name() string { return name }

// Missing names what a report cannot be generated without.
func (a *adapter) Missing(d record.Dataset, v *record.Vehicle) []string {
	if d != record.DatasetMaintenance {
		return nil
	}
	var missing []string
	for _, column := range []string{record.ColVIN, record.ColLicenseImageURL} {
		if v.Value(column) == "" {
			missing = append(missing, column)
		}
	}
	return missing
}
