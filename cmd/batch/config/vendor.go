package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/spelling"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// What stands for keys that are not given.
const (
	defaultTimeout = 10 * time.Second
	longestTimeout = 10 * time.Minute
)

var (
	defaultPoll = Poll{First: 30 * time.Second, Interval: 30 * time.Second, MaxInterval: 10 * time.Minute,
		GiveUpAfter: 72 * time.Hour, Grace: 20 * time.Minute}
)

// vendorSection is a vendor's section while it is read.
type vendorSection struct {
	section
	descriptor vendors.Descriptor
	enabled    bool
}

// vendor reads one vendor's section; false when nobody knows the vendor. A
// vendor that is off is checked for the keys and values that stand there, but
// nothing is missing.
func (r *reader) vendor(f field, registry []vendors.Descriptor) (Vendor, bool) {
	i := slices.IndexFunc(registry, func(d vendors.Descriptor) bool { return d.Name == f.name })
	if i < 0 {
		r.add(f.key, f.path, "unknown vendor", spelling.Sorted(f.name, names(registry))...)
		return Vendor{}, false
	}
	before := len(r.errors)
	s := vendorSection{section: f.mapping(), descriptor: registry[i]}
	s.keepKnown()
	s.enabled = read(&s.section, "enabled", s.descriptor.Discontinued == "", parseBool)
	v := Vendor{Name: f.name, Descriptor: s.descriptor, Enabled: s.enabled,
		Timeout:        read(&s.section, "timeout", defaultTimeout, parseTimeout),
		UnavailableFor: read(&s.section, "unavailable_for", record.Opt[time.Duration]{}, parseSomeDuration),
		Poll:           s.poll(), Statement: s.statement(), NotTaken: s.notTaken(),
		Settings: vendors.Settings{BaseURL: s.baseURL(), Values: map[string]string{}, Lists: map[string][]string{}},
	}
	v.Rate, v.Gateway = s.rate()
	s.secrets(v.Settings.Values)
	s.options(v.Settings)
	v.Settings.Paths, v.Prices = s.offers()
	if v.Enabled && len(r.errors) == before {
		s.try(v.Settings)
	}
	return v, true
}

// keepKnown reports keys that the vendor does not have.
func (s *vendorSection) keepKnown() {
	known := s.known()
	s.fields = slices.DeleteFunc(s.fields, func(f field) bool {
		switch {
		case slices.Contains(known, f.name):
			return false
		case slices.Contains(datasetNames(), f.name):
			s.r.add(f.key, f.path, s.name+" does not sell "+f.name, s.sold()...)
		default:
			s.r.add(f.key, f.path, "unknown key", spelling.Sorted(f.name, known)...)
		}
		return true
	})
}

func (s *vendorSection) known() []string {
	keys := []string{"enabled", "base_url", "timeout", "unavailable_for", "rate", "poll", "not_taken", "statement"}
	for _, k := range s.descriptor.Secrets {
		keys = append(keys, k.Name, k.Name+fileSuffix)
	}
	for _, k := range s.descriptor.Options {
		keys = append(keys, k.Name)
	}
	return append(keys, s.sold()...)
}

func (s *vendorSection) sold() []string {
	var all []string
	for _, o := range s.descriptor.Offers {
		all = append(all, string(o.Dataset))
	}
	return all
}

func parseTimeout(text string) (time.Duration, error) {
	d, err := parsePositiveDuration(text)
	if err == nil && d > longestTimeout {
		return 0, fmt.Errorf("%s is longer than %v, which no call takes", quote(text), longestTimeout)
	}
	return d, err
}

// asInterval reads a duration that lies between two questions about one order.
func asInterval(parse func(string) (time.Duration, error)) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		d, err := parse(text)
		if err == nil && d > record.LongestInterval {
			return 0, fmt.Errorf("%s is longer than %d days: a report would be fetched long after it is there", quote(text), int(record.LongestInterval.Hours())/24)
		}
		return d, err
	}
}

func (s *vendorSection) poll() Poll {
	p, f := defaultPoll, s.child("poll", "first", "interval", "max_interval", "give_up_after", "closed", "grace")
	p.First = read(&f, "first", p.First, asInterval(parseDuration))
	p.Interval = read(&f, "interval", p.Interval, asInterval(parsePositiveDuration))
	p.MaxInterval = read(&f, "max_interval", max(p.MaxInterval, p.Interval), asInterval(parsePositiveDuration))
	p.GiveUpAfter = read(&f, "give_up_after", p.GiveUpAfter, parsePositiveDuration)
	p.Closed = read(&f, "closed", p.Closed, ratelimit.ParseHours)
	p.Grace = read(&f, "grace", p.Grace, parseDuration)
	if longest, ok := f.get("max_interval"); ok && p.MaxInterval < p.Interval {
		longest.wrong(fmt.Sprintf("%v is shorter than interval, %v", p.MaxInterval, p.Interval))
	}
	return p
}

const helpBaseURL = "the vendor's address, https://HOST, stands in your contract with it"

func (s *vendorSection) baseURL() string {
	f, ok := s.get("base_url")
	if !ok {
		if s.enabled && s.descriptor.DefaultBaseURL == "" {
			s.lacks("base_url", "is missing: "+helpBaseURL)
		}
		return strings.TrimRight(s.descriptor.DefaultBaseURL, "/")
	}
	text, _, ok := s.expanded(f)
	if !ok {
		return ""
	}
	base, err := parseBaseURL(text, s.descriptor.BasePath)
	if err != nil && s.r.keyless && strings.Contains(text, madeUp) {
		return "https://" + madeUp + ".invalid"
	}
	if err != nil {
		f.wrong(err.Error())
	}
	return base
}

// options reads the vendor's own keys that are no secrets.
func (s *vendorSection) options(to vendors.Settings) {
	for _, k := range s.descriptor.Options {
		f, ok := s.get(k.Name)
		switch {
		case ok && k.List:
			to.Lists[k.Name] = s.list(f, k)
		case ok:
			if text, ok := s.option(f, k); ok {
				to.Values[k.Name] = text
			}
		case k.Default != "" && k.List:
			to.Lists[k.Name] = strings.Split(k.Default, ",")
		case k.Default != "":
			to.Values[k.Name] = k.Default
		case k.Required && s.enabled:
			s.lacks(k.Name, missing(k, "is missing"))
		}
	}
}

func (s *vendorSection) option(f field, k vendors.Key) (string, bool) {
	text, _, ok := s.expanded(f)
	if ok && s.enabled && len(k.OneOf) > 0 && !slices.Contains(k.OneOf, text) {
		f.wrong("is none of the values that fit", spelling.Sorted(text, k.OneOf)...)
	}
	return text, ok
}

func (s *vendorSection) list(f field, k vendors.Key) []string {
	var all []string
	for _, item := range f.items() {
		if text, ok := s.option(item, k); ok {
			all = append(all, text)
		}
	}
	return all
}

func missing(k vendors.Key, problem string) string {
	if k.Help != "" {
		return problem + ": " + k.Help
	}
	return problem
}

// try builds the adapter once, for the checks that only it can make, and puts
// its complaint at the key that it names.
func (s *vendorSection) try(settings vendors.Settings) {
	if s.descriptor.New == nil {
		return
	}
	_, err := s.descriptor.New(settings, func() time.Time { return time.Time{} })
	if err == nil {
		return
	}
	at, text := s.field, s.r.blank(err.Error())
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \"'`:,;.=()", r) })
	for _, f := range s.fields {
		if slices.Contains(words, f.name) {
			at = f
			break
		}
	}
	s.r.add(at.at(), at.path, text)
}
