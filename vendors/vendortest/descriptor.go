package vendortest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

var keyName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func testDescriptor(t *testing.T, d vendors.Descriptor, c Config) {
	if !keyName.MatchString(d.Name) || d.Title == "" || d.New == nil {
		t.Errorf("name %q, title %q, New given %v: all three are needed", d.Name, d.Title, d.New != nil)
	}
	var names []string
	for _, k := range slices.Concat(d.Secrets, d.Options) {
		names = append(names, k.Name)
		testKey(t, k)
	}
	var datasets []record.Dataset
	for _, o := range d.Offers {
		datasets = append(datasets, o.Dataset)
		testOffer(t, o)
	}
	if len(datasets) == 0 || hasDoubles(names) || hasDoubles(datasets) {
		t.Errorf("keys %v, datasets %v: each must be there once", names, datasets)
	}
	for _, q := range c.Questions {
		datasets = slices.DeleteFunc(datasets, func(d record.Dataset) bool { return d == q.Dataset })
	}
	if len(datasets) > 0 {
		t.Errorf("the suite is given no question about %v", datasets)
	}
	if v := build(t, d, c, c.Settings); v.Name() != d.Name {
		t.Errorf("the adapter is called %q, its descriptor %q", v.Name(), d.Name)
	}
}

func hasDoubles[T ~string](list []T) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(list)))) != len(list)
}

func testKey(t *testing.T, k vendors.Key) {
	t.Helper()
	if !keyName.MatchString(k.Name) || k.Help == "" {
		t.Errorf("key %q: needs a plain name and a help text", k.Name)
	}
	if k.Default != "" && len(k.OneOf) > 0 && !slices.Contains(k.OneOf, k.Default) {
		t.Errorf("key %s: the default %q is none of %v", k.Name, k.Default, k.OneOf)
	}
	if k.Required && k.Default != "" {
		t.Errorf("key %s: what has a default need not be given", k.Name)
	}
}

func testOffer(t *testing.T, o vendors.Offer) {
	t.Helper()
	if !o.Dataset.Valid() || o.PriceFen <= 0 || len(o.Requires) == 0 {
		t.Errorf("offer %+v: needs a dataset, a guide price and required columns", o)
	}
	if !o.TwoStep && o.PollPath != "" {
		t.Errorf("offer %s: a path to poll without a second call", o.Dataset)
	}
	for _, path := range []string{o.Path, o.PollPath} {
		if path != "" && !strings.HasPrefix(path, "/") {
			t.Errorf("offer %s: the path %q does not begin with /", o.Dataset, path)
		}
	}
	for _, column := range slices.Concat(o.Requires, o.Uses) {
		if clear := clearers()[column]; clear == nil {
			t.Errorf("offer %s: %q is not an input column", o.Dataset, column)
		}
	}
}

func testSettings(t *testing.T, d vendors.Descriptor, c Config) {
	for _, k := range slices.Concat(d.Secrets, d.Options) {
		if k.Required && !k.List {
			s := cloneSettings(c.Settings)
			delete(s.Values, k.Name)
			refuses(t, d, c, s, k.Name)
		}
		if len(k.OneOf) > 0 {
			s := cloneSettings(c.Settings)
			s.Values[k.Name] = "none-of-these"
			refuses(t, d, c, s, k.Name)
		}
	}
	if d.DefaultBaseURL == "" {
		s := cloneSettings(c.Settings)
		s.BaseURL = ""
		refuses(t, d, c, s, "base_url")
	}
}

func refuses(t *testing.T, d vendors.Descriptor, c Config, s vendors.Settings, key string) {
	t.Helper()
	_, err := d.New(s, func() time.Time { return c.Now })
	if err == nil {
		t.Errorf("New takes settings whose %s cannot work", key)
		return
	}
	if !strings.Contains(err.Error(), key) {
		t.Errorf("the error does not name %s: %v", key, err)
	}
	noSecrets(t, c, "the error about settings", err.Error())
}

func cloneSettings(s vendors.Settings) vendors.Settings {
	s.Values, s.Lists, s.Paths = maps.Clone(s.Values), maps.Clone(s.Lists), maps.Clone(s.Paths)
	if s.Values == nil {
		s.Values = map[string]string{}
	}
	return s
}

func noSecrets(t *testing.T, c Config, where, text string) {
	t.Helper()
	for _, secret := range c.Secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds a secret: %s", where, strings.ReplaceAll(text, secret, "<SECRET>"))
		}
	}
}
