// Package wapi speaks the language of the wapi store: maintenance reports
// (product 170/379, submit and poll), valuations (201/377) and violations
// (65/173), all signed by MD5 over the sorted parameters and answered in one
// JSON envelope of codeid, message and retdata.
package wapi

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Name is the vendor's key in the configuration and in the tables.
const Name = "wapi"

// Keys of the vendor's section of the configuration.
const (
	keyAppID    = "app_id"
	keySecret   = "secret"
	keySign     = "sign"
	keyPrefixes = "engine_no_prefixes"

	signMD5  = "md5"
	signHash = "hash"
)

// Descriptor tells what is known of the vendor without keys. Prices are guide
// prices between those that the vendor's pages name.
func Descriptor() vendors.Descriptor {
	return vendors.Descriptor{
		Name:       Name,
		Title:      "wapi store (维修保养记录精准版, 二手车估值精准, 车辆违章记录查询)",
		DeskClosed: "18:30-09:00",
		Secrets: []vendors.Key{
			{Name: keySecret, Required: true, Help: "the application's secret (密钥)"},
		},
		Options: []vendors.Key{
			{Name: keyAppID, Required: true, Help: "the application's id (应用ID)"},
			{Name: keySign, Default: signMD5, OneOf: []string{signMD5, signHash},
				Help: "how requests are signed, as set at the vendor: md5, or hash (the secret itself is sent)"},
			{Name: keyPrefixes, List: true,
				Help: "beginnings of VINs whose maintenance query fails without an engine number; when absent: " +
					strings.Join(defaultPrefixes(), " ")},
		},
		Offers: offers(),
		Reader: reader{},
		New:    newVendor,
	}
}

func offers() []vendors.Offer {
	return []vendors.Offer{
		{
			Dataset: record.DatasetMaintenance, TwoStep: true,
			Path: "/pyi/170/378", PollPath: "/pyi/170/379", PriceFen: 3200,
			Requires: []string{record.ColVIN},
			Uses:     []string{record.ColEngineNo, record.ColPlate},
			Note:     "22.00 to 42.00 yuan by brand; Trumpchi, Nissan, BYD, Mitsubishi and Aion want the engine number",
			Probe:    "asks for the report of an order that cannot exist; of all codes, the vendor's page bills 10000 alone",
		},
		{
			Dataset: record.DatasetValuation, Path: "/pyi/201/377", PriceFen: 500,
			Requires: []string{record.ColModelID, record.ColCityID, record.ColFirstRegistered, record.ColMileageKM,
				record.ColColor, record.ColTransfers, record.ColAccident, record.ColAppearance,
				record.ColInterior, record.ColElectrical, record.ColEngine},
			Note: "4.50 to 7.00 yuan; model and city are the vendor's own ids",
		},
		{
			Dataset: record.DatasetViolations, Path: "/pyi/65/173", PriceFen: 14,
			Requires: []string{record.ColPlate, record.ColPlateType, record.ColVIN, record.ColEngineNo},
			Note:     "0.12 to 0.14 yuan",
		},
	}
}

// defaultPrefixes are the beginnings of VINs of the brands that the vendor's
// page names (传祺, 日产, 比亚迪, 三菱, 广汽埃安). Public lists disagree, so it is
// a hint that the configuration can replace.
func defaultPrefixes() []string {
	return []string{
		"LMG", "LMW", "LNA", // Trumpchi, Aion
		"LGB", "LJN", "JN1", "JN3", "JN6", "JN8", "SJN", "VSK", "MNT", "5N1", // Nissan
		"LGX", "LC0", "LPE", // BYD
		"LL6", "LDN", "JMB", "JMA", "JMY", "JA3", "JA4", "MMB", "MMC", // Mitsubishi
	}
}

// vendor is the adapter. It is never changed after New.
type vendor struct {
	reader
	baseURL  string
	appID    string
	hash     bool
	prefixes []string
	paths    map[record.Dataset]vendors.Paths
	offers   map[record.Dataset]vendors.Offer
	now      vendors.Clock
}

// reader understands the vendor's answers. It needs no keys; a secret that it
// is given never leaves in its words.
type reader struct{ secret string }

var (
	_ vendors.Vendor = (*vendor)(nil)
	_ vendors.Reader = reader{}
)

// hushed is a text without the secret, should an answer repeat it.
func (r reader) hushed(text string) string {
	if r.secret == "" {
		return text
	}
	return strings.ReplaceAll(text, r.secret, "…")
}

func newVendor(s vendors.Settings, now vendors.Clock) (vendors.Vendor, error) {
	if now == nil {
		return nil, errors.New("wapi: no clock was given")
	}
	for _, key := range []string{keyAppID, keySecret} {
		if s.Values[key] == "" {
			return nil, fmt.Errorf("wapi: %s is missing: copy it from 我的应用 at the vendor", key)
		}
	}
	if err := checkBaseURL(s.BaseURL); err != nil {
		return nil, err
	}
	sign := s.Values[keySign]
	if !slices.Contains([]string{"", signMD5, signHash}, sign) {
		return nil, fmt.Errorf("wapi: %s is %q: it can be %s or %s", keySign, sign, signMD5, signHash)
	}
	v := &vendor{
		baseURL: strings.TrimRight(s.BaseURL, "/"), appID: s.Values[keyAppID], reader: reader{secret: s.Values[keySecret]},
		hash: sign == signHash, prefixes: prefixesOf(s), now: now,
		paths: map[record.Dataset]vendors.Paths{}, offers: map[record.Dataset]vendors.Offer{},
	}
	return v, v.addOffers(s.Paths)
}

// checkBaseURL quotes nothing of the address: it may hold what is secret.
func checkBaseURL(base string) error {
	if base == "" {
		return errors.New("wapi: base_url is missing: the vendor shows it after login (接口地址)")
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") ||
		u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("wapi: base_url must look like https://HOST, without query, fragment and user")
	}
	return nil
}

func prefixesOf(s vendors.Settings) []string {
	list, given := s.Lists[keyPrefixes]
	if !given {
		return defaultPrefixes()
	}
	var out []string
	for _, p := range list {
		if p = strings.ToUpper(strings.TrimSpace(p)); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (v *vendor) addOffers(paths map[record.Dataset]vendors.Paths) error {
	for _, o := range offers() {
		p := paths[o.Dataset]
		if p.Submit == "" {
			p.Submit = o.Path
		}
		if p.Poll == "" {
			p.Poll = o.PollPath
		}
		for _, path := range []string{p.Submit, p.Poll} {
			if path != "" && (!strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ")) {
				return fmt.Errorf("wapi: %s: the path %q must begin with / and hold no query", o.Dataset, path)
			}
		}
		v.paths[o.Dataset], v.offers[o.Dataset] = p, o
	}
	return nil
}

// Name returns "wapi".
func (v *vendor) Name() string { return Name }

// Missing names the columns that the question needs and the vehicle lacks.
func (v *vendor) Missing(d record.Dataset, car *record.Vehicle) []string {
	var missing []string
	for _, column := range v.offers[d].Requires {
		if car.Value(column) == "" {
			missing = append(missing, column)
		}
	}
	if d == record.DatasetMaintenance && car.EngineNo == "" && v.wantsEngineNo(car.VIN) {
		missing = append(missing, record.ColEngineNo)
	}
	return missing
}

func (v *vendor) wantsEngineNo(vin string) bool {
	return slices.ContainsFunc(v.prefixes, func(p string) bool { return strings.HasPrefix(vin, p) })
}
