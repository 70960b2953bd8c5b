package config

import (
	"fmt"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// offers reads the vendor's datasets. Where none is named, the vendor gives all
// that need no more than what is known of it.
func (s *vendorSection) offers() (map[record.Dataset]vendors.Paths, map[record.Dataset]record.Fen) {
	paths, prices := map[record.Dataset]vendors.Paths{}, map[record.Dataset]record.Fen{}
	named := s.namesDatasets()
	for _, o := range s.descriptor.Offers {
		if f, ok := s.get(string(o.Dataset)); ok {
			paths[o.Dataset], prices[o.Dataset] = s.offer(f, o)
		} else if !named && ready(o) {
			paths[o.Dataset], prices[o.Dataset] = vendors.Paths{Submit: o.Path, Poll: o.PollPath}, o.PriceFen
		}
	}
	if len(prices) == 0 && s.enabled {
		s.r.add(s.key, s.path, "no dataset is configured: name one and give its paths and price", s.sold()...)
	}
	return paths, prices
}

func (s *vendorSection) namesDatasets() bool {
	for _, o := range s.descriptor.Offers {
		if _, ok := s.get(string(o.Dataset)); ok {
			return true
		}
	}
	return false
}

// ready tells whether an offer can be used without a word in the file.
func ready(o vendors.Offer) bool {
	return o.Path != "" && o.PriceFen > 0 && (o.PollPath != "" || !o.TwoStep)
}

func (s *vendorSection) offer(f field, o vendors.Offer) (vendors.Paths, record.Fen) {
	submit := "path"
	keys := []string{"path", "price"}
	if o.TwoStep {
		submit = "submit_path"
		keys = []string{"submit_path", "poll_path", "price"}
	}
	d := f.section(keys...)
	p := vendors.Paths{Submit: s.pathOf(&d, submit, o.Path)}
	if o.TwoStep {
		p.Poll = s.pathOf(&d, "poll_path", o.PollPath)
	}
	price := read(&d, "price", o.PriceFen, parsePrice)
	if _, ok := d.get("price"); !ok && o.PriceFen == 0 && s.enabled {
		d.lacks("price", "is missing, and the vendor publishes none: give what one lookup costs in yuan, as 17.00")
	}
	return p, price
}

// pathOf reads one path of a dataset.
func (s *vendorSection) pathOf(d *section, key, standard string) string {
	if _, ok := d.get(key); !ok && standard == "" && s.enabled {
		d.lacks(key, fmt.Sprintf("is missing, and the vendor publishes none: %s has it on its pages for customers", s.descriptor.Title))
	}
	return read(d, key, standard, parsePath)
}
