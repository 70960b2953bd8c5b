// Package tencent is the adapter of the maintenance records on Tencent Cloud's
// marketplace (车辆维修保养记录C版): an order that is paid for, then free requests
// for its report. The source is the product's page with its sample code.
package tencent

import (
	"cmp"
	"errors"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

const (
	name            = "tencent"
	defaultBaseURL  = "https://service-plb7hsqv-1257199080.ap-shanghai.apigateway.myqcloud.com"
	defaultOrder    = "/release/maintenance/order"
	defaultReport   = "/release/maintenance_report/get"
	defaultSource   = "market"
	keySecretID     = "secret_id"
	keySecretKey    = "secret_key"
	keySource       = "source"
	keySigning      = "signing"
	keyGateway      = "gateway"
	signHMACDateSrc = "hmac-x-date-x-source"
)

// Descriptor describes the vendor without keys.
func Descriptor() vendors.Descriptor {
	return vendors.Descriptor{
		Name:           name,
		Title:          "Tencent Cloud marketplace, maintenance records C (车辆维修保养记录C版)",
		DefaultBaseURL: defaultBaseURL,
		Secrets: []vendors.Key{
			{Name: keySecretID, Required: true, Help: "the SecretID of the bought API, from the marketplace's console"},
			{Name: keySecretKey, Required: true, Help: "the SecretKey of the bought API"},
		},
		BasePath: true,
		Options: []vendors.Key{
			{Name: keyGateway, Default: gatewayOld, OneOf: []string{gatewayOld, gatewayMarket},
				Help: "cloudmarket where the console shows an address on cloudmarket-apigw.com: base_url is then https://REGION.cloudmarket-apigw.com/service-XXXX"},
			{Name: keySource, Default: defaultSource, Help: "the X-Source that is sent and signed; of the gateway apigateway alone"},
			{Name: keySigning, Default: signHMACDateSrc, OneOf: []string{signHMACDateSrc}, Help: "how requests are signed; of the gateway apigateway alone"},
		},
		Offers:    []vendors.Offer{offer()},
		Reader:    reader{},
		New:       newAdapter,
		NotBilled: notBilled,
	}
}

func offer() vendors.Offer {
	return vendors.Offer{
		Dataset:  record.DatasetMaintenance,
		Requires: []string{record.ColVIN},
		Uses:     []string{record.ColPlate, record.ColEngineNo},
		TwoStep:  true,
		Path:     defaultOrder,
		PollPath: defaultReport,
		PriceFen: 1700,
		Probe:    "asks for a report without the number of an order, which the vendor's page answers with 20804; what costs is the order",
	}
}

// reader understands answers. It needs no keys.
type reader struct{}

// adapter implements vendors.Vendor. It is not changed after it is made.
type adapter struct {
	reader

	orderURL  string
	reportURL string
	gateway   string
	signer    signer
	now       vendors.Clock
}

var (
	_ vendors.Vendor = (*adapter)(nil)
	_ vendors.Reader = reader{}
)

// newAdapter is Descriptor.New.
func newAdapter(s vendors.Settings, now vendors.Clock) (vendors.Vendor, error) {
	if now == nil {
		return nil, errors.New("tencent: a clock is needed")
	}
	g, err := newGateway(s)
	if err != nil {
		return nil, err
	}
	paths := s.Paths[record.DatasetMaintenance]
	order, err := g.address(s.BaseURL, cmp.Or(paths.Submit, defaultOrder), "submit_path")
	if err != nil {
		return nil, err
	}
	report, err := g.address(s.BaseURL, cmp.Or(paths.Poll, defaultReport), "poll_path")
	if err != nil {
		return nil, err
	}
	return &adapter{orderURL: order, reportURL: report, gateway: g.name, signer: g.signer, now: now}, nil
}

// Name is the vendor's key.
func (a *adapter) Name() string { return name }

// Missing names what an order lacks: only the VIN is required.
func (a *adapter) Missing(d record.Dataset, v *record.Vehicle) []string {
	if d == record.DatasetMaintenance && v.VIN == "" {
		return []string{record.ColVIN}
	}
	return nil
}
