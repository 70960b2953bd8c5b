package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/spelling"
	"vehiclebatch/vendors"
)

// datasets reads how each dataset is bought. One that the file does not speak
// of is asked of every vendor that is configured for it; one whose route is
// empty is not bought.
func (r *reader) datasets(s *section, configured []Vendor, registry []vendors.Descriptor) map[record.Dataset]Dataset {
	all := map[record.Dataset]Dataset{}
	for _, name := range record.Datasets() {
		ds := Dataset{Route: defaultRoute(name, configured, registry), FallbackOn: defaultFallback(), MaxAge: defaultMaxAge(name)}
		if f, ok := s.get(string(name)); ok {
			ds = r.dataset(f, name, ds, configured, registry)
		}
		if len(ds.Route) > 0 {
			all[name] = ds
		}
	}
	return all
}

// defaultRoute is every vendor that is configured for a dataset, the cheapest
// first, else as in the registry.
func defaultRoute(d record.Dataset, configured []Vendor, registry []vendors.Descriptor) []string {
	var able []Vendor
	for _, known := range registry {
		i := slices.IndexFunc(configured, func(v Vendor) bool { return v.Name == known.Name })
		if i >= 0 && configured[i].Enabled && offers(configured[i], d) {
			able = append(able, configured[i])
		}
	}
	slices.SortStableFunc(able, func(a, b Vendor) int { return cmp.Compare(a.Prices[d], b.Prices[d]) })
	var route []string
	for _, v := range able {
		route = append(route, v.Name)
	}
	return route
}

func offers(v Vendor, d record.Dataset) bool {
	_, ok := v.Prices[d]
	return ok
}

// defaultMaxAge is how long an answer stands in for a new purchase when the
// file does not say: a second run of the same file must not buy it all again.
func defaultMaxAge(d record.Dataset) time.Duration {
	switch d {
	case record.DatasetMaintenance:
		return 90 * 24 * time.Hour
	case record.DatasetValuation:
		return 30 * 24 * time.Hour
	}
	return 20 * time.Hour
}

func defaultFallback() []record.Status { return []record.Status{record.NoRecord, record.Unsupported} }

func (r *reader) dataset(f field, name record.Dataset, ds Dataset, configured []Vendor, registry []vendors.Descriptor) Dataset {
	s := f.section("route", "route_mode", "fallback_on", "max_age", "defaults", "derive")
	if route, ok := s.get("route"); ok {
		ds.Route = r.route(route, name, configured, registry)
	} else if len(ds.Route) == 0 && len(r.errors) == 0 {
		r.add(s.key, s.path, fmt.Sprintf("no vendor is configured for %s: give one a %s section, or leave this out", name, name))
	}
	if mode, ok := s.get("route_mode"); ok {
		ds.All = routeMode(mode, name)
	}
	if fallback, ok := s.get("fallback_on"); ok {
		ds.FallbackOn = fallbacks(fallback)
		if ds.All {
			r.add(fallback.key, fallback.path, "has no meaning with route_mode: all, which asks every vendor anyway: leave one of the two out")
		}
	}
	ds.MaxAge = read(&s, "max_age", ds.MaxAge, parseDuration)
	if defaults, ok := s.get("defaults"); ok {
		ds.Defaults = conditions(defaults, name)
	}
	if derive, ok := s.get("derive"); ok {
		ds.Derive = derived(derive, name)
	}
	return ds
}

// derived reads which columns of a valuation are taken from the vehicle's own
// maintenance answers where the input says nothing.
func derived(f field, d record.Dataset) []string {
	if d != record.DatasetValuation {
		f.r.add(f.key, f.path, "only a valuation is derived from maintenance answers")
		return nil
	}
	fits := []string{record.ColMileageKM, record.ColAccident}
	var all []string
	for _, item := range f.items() {
		text, ok := item.oneOf(fits, "is nothing that a maintenance answer tells")
		if ok && slices.Contains(all, text) {
			item.wrong(text + " stands here twice")
		}
		all = append(all, text)
	}
	return all
}

func (r *reader) route(f field, d record.Dataset, configured []Vendor, registry []vendors.Descriptor) []string {
	var route []string
	for _, item := range f.items() {
		name, ok := item.text()
		if !ok {
			continue
		}
		if problem := cannot(name, d, configured, registry); problem != "" {
			item.wrong(problem, spelling.Sorted(name, defaultRoute(d, configured, registry))...)
		} else if slices.Contains(route, name) {
			item.wrong(name + " stands in the route twice")
		}
		route = append(route, name)
	}
	return route
}

// The modes of a route.
const (
	modeFirst = "first"
	modeAll   = "all"
)

// routeMode tells whether every vendor of a route is asked.
func routeMode(f field, d record.Dataset) bool {
	text, ok := f.oneOf([]string{modeFirst, modeAll}, "is no mode of a route")
	switch {
	case !ok || text == modeFirst:
	case d != record.DatasetMaintenance:
		f.wrong(fmt.Sprintf("only maintenance can be asked of several vendors at once: what they say of %s cannot be made one", d))
	default:
		return true
	}
	return false
}

// cannot says why a vendor cannot be asked for a dataset, "" when it can.
func cannot(name string, d record.Dataset, configured []Vendor, registry []vendors.Descriptor) string {
	known := slices.IndexFunc(registry, func(k vendors.Descriptor) bool { return k.Name == name })
	if known < 0 {
		return "unknown vendor " + quote(name)
	}
	sells := slices.ContainsFunc(registry[known].Offers, func(o vendors.Offer) bool { return o.Dataset == d })
	i := slices.IndexFunc(configured, func(v Vendor) bool { return v.Name == name })
	switch {
	case !sells:
		return fmt.Sprintf("%s does not sell %s", name, d)
	case i < 0:
		return fmt.Sprintf("%s has no section under vendors", name)
	case !configured[i].Enabled && configured[i].Descriptor.Discontinued != "":
		return fmt.Sprintf("%s is off unless enabled: true stands in its section (%s)", name, configured[i].Descriptor.Discontinued)
	case !configured[i].Enabled:
		return fmt.Sprintf("%s is off: enabled: false stands in its section", name)
	case !offers(configured[i], d):
		return fmt.Sprintf("%s is not configured for %s: vendors.%s.%s is missing", name, d, name, d)
	}
	return ""
}

// fallbacks reads the statuses after which another vendor is asked. A lookup in
// doubt may have been bought: asking another would pay twice.
func fallbacks(f field) []record.Status {
	all := []record.Status{}
	fits := []string{string(record.NoRecord), string(record.Unsupported), string(record.Failed)}
	for _, item := range f.items() {
		if text, ok := item.oneOf(fits, "is no status after which another vendor is asked"); ok {
			all = append(all, record.Status(text))
		}
	}
	return all
}

// conditions reads what a valuation is asked with where the input says nothing.
func conditions(f field, d record.Dataset) record.Condition {
	var c record.Condition
	if d != record.DatasetValuation {
		f.r.add(f.key, f.path, "only valuation has defaults")
		return c
	}
	to := []struct {
		key   string
		value *string
	}{
		{record.ColColor, &c.Color}, {record.ColTransfers, &c.Transfers}, {record.ColAccident, &c.Accident},
		{record.ColAppearance, &c.Appearance}, {record.ColInterior, &c.Interior},
		{record.ColElectrical, &c.Electrical}, {record.ColEngine, &c.Engine},
	}
	s := f.section(conditionColumns()...)
	for _, t := range to {
		*t.value = read(&s, t.key, "", parseCode)
	}
	return c
}

// conditionColumns are the columns of a valuation's condition.
func conditionColumns() []string {
	return []string{record.ColColor, record.ColTransfers, record.ColAccident, record.ColAppearance, record.ColInterior, record.ColElectrical, record.ColEngine}
}

// parseCode reads a condition code or a count of transfers as text.
func parseCode(text string) (string, error) {
	n, err := parseCount(0, 99)(text)
	if err != nil {
		return "", err
	}
	return strconv.Itoa(n), nil
}
