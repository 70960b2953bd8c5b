package history

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// visit makes one visit of a group's tellings: each value is the first vendor's
// that says one.
func (g *group) visit(told []Told) Visit {
	slices.SortFunc(g.members, func(a, b member) int { return a.teller - b.teller })
	first := g.members[0].visit
	v := *first
	v.Problems = nil
	out := Visit{}
	for _, m := range g.members {
		vendor := told[m.teller].Vendor
		out.Vendors = append(out.Vendors, vendor)
		fill(&v, m.visit)
		for _, p := range m.visit.Problems {
			v.Problems = append(v.Problems, vendor+": "+p)
		}
	}
	v.Problems = append(v.Problems, g.disagreements(told)...)
	out.Visit = v
	return out
}

// fill takes what a visit leaves open from another telling of it.
func fill(v, from *record.Visit) {
	open(&v.Date, from.Date)
	open(&v.MileageKM, from.MileageKM)
	open(&v.Amount, from.Amount)
	open(&v.Structural, from.Structural)
	open(&v.Component, from.Component)
	open(&v.Exterior, from.Exterior)
	v.Content = cmp.Or(v.Content, from.Content)
	v.Materials = cmp.Or(v.Materials, from.Materials)
	v.PaymentType = cmp.Or(v.PaymentType, from.PaymentType)
	if v.Type == record.Other && from.Type != record.Other || v.VendorType == "" && v.Type == from.Type {
		v.Type, v.VendorType = from.Type, from.VendorType
	}
}

func open[T any](to *record.Opt[T], from record.Opt[T]) {
	if !to.OK {
		*to = from
	}
}

// said is what a vendor says of one thing; "" is nothing.
type said struct{ vendor, value string }

// differ says in words that vendors say different things; "" when they do not.
func differ(what string, all []said) string {
	var words []string
	first, other := "", false
	for _, s := range all {
		if s.value == "" {
			continue
		}
		first = cmp.Or(first, s.value)
		other = other || s.value != first
		words = append(words, s.vendor+" "+s.value)
	}
	if !other {
		return ""
	}
	return what + ": " + strings.Join(words, ", ")
}

// disagreements are what the vendors of one visit say differently, by column.
// Words for the same work differ always, and are not listed.
func (g *group) disagreements(told []Told) []string {
	if len(g.members) == 1 {
		return nil
	}
	var out []string
	for _, f := range []struct {
		column string
		text   func(v *record.Visit) string
	}{
		{"mileage_km", func(v *record.Visit) string { return v.MileageKM.Text() }},
		{"service_type", typeText},
		{"amount_cny", func(v *record.Visit) string { return v.Amount.Text() }},
		{"is_structural", func(v *record.Visit) string { return flagText(v.Structural) }},
		{"is_component", func(v *record.Visit) string { return flagText(v.Component) }},
		{"is_exterior", func(v *record.Visit) string { return flagText(v.Exterior) }},
	} {
		var all []said
		for _, m := range g.members {
			all = append(all, said{told[m.teller].Vendor, f.text(m.visit)})
		}
		out = normalise.AddProblem(out, differ(f.column, all))
	}
	return out
}

// disagreements are the findings about a vehicle that vendors do not share.
func disagreements(told []Told) []string {
	if len(told) == 0 {
		return nil
	}
	var out []string
	for i, f := range normalise.Findings(told[0].Report) {
		var all []said
		for _, t := range told {
			all = append(all, said{t.Vendor, flagText(normalise.Findings(t.Report)[i].Flag)})
		}
		out = normalise.AddProblem(out, differ(f.Column, all))
	}
	return out
}

// typeText is "" where the kind of visit is not known.
func typeText(v *record.Visit) string {
	if v.Type == record.Other {
		return ""
	}
	return string(v.Type)
}

func flagText(f record.Flag) string {
	if !f.OK {
		return ""
	}
	return strconv.FormatBool(f.V)
}
