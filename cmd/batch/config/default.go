package config

import (
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Default is the configuration of a user who has none: the vendors that
// settings names, at their guide prices and with everything else as when it is
// left out of a file. Each vendor is configured for the datasets that its
// settings have paths for; every dataset is routed as Parse does it.
func Default(registry []vendors.Descriptor, settings map[string]vendors.Settings) *Config {
	c := &Config{InDoubt: InDoubt{PauseAbove: defaultPauseAbove}}
	for _, d := range registry {
		s, ok := settings[d.Name]
		if !ok {
			continue
		}
		v := Vendor{Name: d.Name, Descriptor: d, Settings: s, Timeout: defaultTimeout, Rate: defaultRate, Poll: defaultPoll,
			Prices: map[record.Dataset]record.Fen{}, Enabled: true}
		for _, o := range d.Offers {
			if _, ok := s.Paths[o.Dataset]; ok {
				v.Prices[o.Dataset] = o.PriceFen
			}
		}
		c.Vendors = append(c.Vendors, v)
	}
	r := &reader{}
	c.Datasets = r.datasets(&section{}, c.Vendors, registry)
	return c
}
