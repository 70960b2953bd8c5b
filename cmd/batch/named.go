package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
)

// isVendor tells whether there is an adapter for a vendor.
func isVendor(name string) bool {
	return slices.ContainsFunc(all.Descriptors(), func(d vendors.Descriptor) bool { return d.Name == name })
}

// printUnfetched names the vendors at which something is ordered and that are asked for
// nothing, and tells whether there are any.
func (s *session) printUnfetched(ctx context.Context, out io.Writer) (bool, error) {
	named, err := s.ledger.VendorsNamed(ctx)
	if err != nil {
		return false, err
	}
	unfetched := false
	for _, v := range named {
		if s.policy.Sellers[v.Name] != nil || v.Open == 0 {
			continue
		}
		unfetched = true
		text := s.Said().Say("left_unnamed", v.Open, v.Name, v.Row, v.Run)
		if !isVendor(v.Name) {
			text = s.Said().Say("left_unknown", v.Open, v.Name, v.Row, v.Run, "batch doctor --out "+s.out)
		}
		fmt.Fprintln(out, text)
	}
	return unfetched, nil
}

// sayNamed says which vendors the ledger names that nobody knows.
func (d *doctor) sayNamed(ctx context.Context, l *ledger.Ledger) (err error) {
	if d.named, err = l.VendorsNamed(ctx); err != nil {
		return err
	}
	for _, v := range d.named {
		switch {
		case isVendor(v.Name):
		case v.Open > 0:
			d.unfetched += v.Open
			d.say("WRONG", "%s held at %q, a vendor that this batch does not know: what they have bought is not fetched; the first is row %d of run %s",
				record.Counted(v.Open, "order"), v.Name, v.Row, v.Run)
		default:
			d.say("odd", "%s at %q, a vendor that this batch does not know: no bill is held against them; the first is row %d of run %s",
				record.Counted(v.Lookups, "lookup"), v.Name, v.Row, v.Run)
		}
	}
	return nil
}

// sayUnconfigured says where something is ordered at vendors that a configuration does not ask.
func (d *doctor) sayUnconfigured(conf *config.Config) {
	for _, v := range d.named {
		on := slices.ContainsFunc(conf.Vendors, func(c config.Vendor) bool { return c.Name == v.Name && c.Enabled })
		if v.Open > 0 && !on && isVendor(v.Name) {
			d.say("odd", "%s held at %s, which it does not ask: put vendors.%[2]s back, and `batch resume` fetches what is paid; the first is row %d of run %s",
				record.Counted(v.Open, "order"), v.Name, v.Row, v.Run)
		}
	}
}
