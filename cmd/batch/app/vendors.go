package app

import (
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
)

// VendorRow is one dataset of one vendor.
type VendorRow struct {
	Vendor       string         `json:"vendor"`
	Title        string         `json:"title"`
	Dataset      record.Dataset `json:"dataset"`
	Requires     []string       `json:"requires"`
	Uses         []string       `json:"uses"`
	Price        record.Fen     `json:"price_cny"`
	Configured   bool           `json:"configured"`
	Discontinued string         `json:"discontinued,omitempty"`
	Note         string         `json:"note,omitempty"`
}

// VendorRows lists what every vendor sells, at the configured prices.
func VendorRows(conf *config.Config) []VendorRow {
	var out []VendorRow
	for _, d := range all.Descriptors() {
		for _, o := range d.Offers {
			out = append(out, rowOf(conf, d, o))
		}
	}
	return out
}

func rowOf(conf *config.Config, d vendors.Descriptor, o vendors.Offer) VendorRow {
	row := VendorRow{Vendor: d.Name, Title: d.Title, Dataset: o.Dataset, Requires: o.Requires, Uses: o.Uses,
		Price: o.PriceFen, Discontinued: d.Discontinued, Note: o.Note}
	if v, ok := conf.Vendor(d.Name); ok && v.Enabled {
		if price, ok := v.Prices[o.Dataset]; ok {
			row.Price, row.Configured = price, true
		}
	}
	return row
}
