package config_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/all"
)

// known is an environment with the given variables; every value is a secret that
// no draft may hold.
func known(names ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if strings.HasSuffix(name, "_BASE_URL") {
			return "https://hush.example", slices.Contains(names, name)
		}
		return "hush-value-of-" + name, slices.Contains(names, name)
	}
}

func draftOf(t *testing.T, w config.Wish) (string, []config.Blank) {
	t.Helper()
	text, blanks, err := config.Draft(all.Descriptors(), w)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hush") {
		t.Errorf("a secret stands in the draft:\n%s", text)
	}
	return string(text), blanks
}

var wapiVariables = []string{"WAPI_SECRET", "WAPI_APP_ID", "WAPI_BASE_URL"}

// With its variables set a draft loads, and buys all at guide prices from every
// vendor that is not discontinued.
func TestDraftLoads(t *testing.T) {
	t.Parallel()
	env := known(append(wapiVariables, "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY")...)
	text, blanks := draftOf(t, config.Wish{Getenv: env})
	c, err := config.Parse("batch.yaml", []byte(text), env, all.Descriptors())
	if err != nil || len(blanks) > 0 || len(c.Warnings) > 0 {
		t.Fatalf("%v, blanks %v, warnings %q\n%s", err, blanks, c.Warnings, text)
	}
	if len(c.Datasets) != len(record.Datasets()) || !c.Budget.MaxSpend.OK {
		t.Errorf("datasets %v, budget %v", c.Datasets, c.Budget)
	}
	for _, d := range all.Descriptors() {
		v, ok := c.Vendor(d.Name)
		if ok != (d.Discontinued == "") {
			t.Errorf("%s is there: %v", d.Name, ok)
			continue
		}
		for _, o := range d.Offers {
			if ok && (v.Prices[o.Dataset] != o.PriceFen || v.Settings.Paths[o.Dataset].Submit != o.Path) {
				t.Errorf("%s %s: %v, %v", d.Name, o.Dataset, v.Prices, v.Settings.Paths)
			}
		}
	}
	if w, _ := c.Vendor("wapi"); w.Poll.Closed.String() == "" || w.Settings.BaseURL != "https://hush.example" {
		t.Errorf("wapi: closed %v, %s", w.Poll.Closed, w.Settings.BaseURL)
	}
	if route := c.Datasets[record.DatasetMaintenance].Route; !slices.Equal(route, []string{"tencent", "wapi"}) {
		t.Errorf("route %v, want the cheapest first", route)
	}
}

var commented = regexp.MustCompile(`(?m)^( *)#((?: *#)* *[a-z_]+:)`)

// uncommented is a draft with every key in force that a # leaves out.
func uncommented(text string) string {
	for commented.MatchString(text) {
		text = commented.ReplaceAllString(text, "$1$2")
	}
	return text
}

// Every key that a # leaves out is one that fits, with a value that fits.
func TestDraftLoadsWithoutItsMarks(t *testing.T) {
	t.Parallel()
	anything := func(name string) (string, bool) {
		if name == "BATCH_DATABASE" {
			return "postgres://user@host:5432/database", true
		}
		return "https://value.example", true
	}
	for name, w := range map[string]config.Wish{
		"all":    {Getenv: known()},
		"some":   {Getenv: known("TENCENT_SECRET_ID"), Input: "two.csv", Columns: []string{"vin", "plate"}},
		"chosen": {Getenv: known(), Vendors: []string{"jumdata"}, Input: "x.csv", Columns: []string{"vin", "license_image_url"}},
	} {
		text, _ := draftOf(t, w)
		text = strings.ReplaceAll(uncommented(text), config.Placeholder, "https://filled.example")
		c, err := config.Parse("batch.yaml", []byte(text), anything, all.Descriptors())
		if err != nil || len(c.Vendors) != len(all.Descriptors()) || c.Notify.IsZero() {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// A key of the documented example that no draft mentions would be one that a new
// user never hears of.
func TestDraftNamesEveryKey(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	text, _ := draftOf(t, config.Wish{Getenv: known()})
	keys := regexp.MustCompile(`([a-z_]+):(?: |$)`).FindAllStringSubmatch(regexp.MustCompile(`#.*`).ReplaceAllString(example, ""), -1)
	for _, m := range keys {
		if !regexp.MustCompile(`(?m)\b` + m[1] + `:( |$)`).MatchString(text) {
			t.Errorf("the draft does not mention %s", m[1])
		}
	}
	if len(keys) < 50 {
		t.Errorf("only %d keys were found: is the search broken?", len(keys))
	}
}

// What only the user knows is blank, refused with its line, and made up where
// nobody is called.
func TestDraftBlanks(t *testing.T) {
	t.Parallel()
	text, blanks := draftOf(t, config.Wish{Getenv: known()})
	var open []string
	for _, b := range blanks {
		line := strings.Split(text, "\n")[b.Line-1]
		if !strings.HasPrefix(strings.TrimSpace(line), b.Key+": ") || b.Help == "" {
			t.Errorf("%+v: line %q", b, line)
		}
		if b.Variable == "" {
			open = append(open, b.Vendor+"."+b.Key)
		} else if !strings.Contains(line, "${"+b.Variable+"}") {
			t.Errorf("%+v: line %q", b, line)
		}
	}
	if want := []string{"wapi.base_url", "wapi.app_id"}; !slices.Equal(open, want) || len(blanks) != 5 {
		t.Errorf("open %v of %v, want %v", open, blanks, want)
	}
	_, err := config.Parse("batch.yaml", []byte(text), known("WAPI_SECRET", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"), all.Descriptors())
	if err == nil || strings.Count(err.Error(), "is still to be filled in: ") != len(open) {
		t.Errorf("%v", err)
	}
	path := t.TempDir() + "/batch.yaml"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.LoadKeyless(path, known(), all.Descriptors())
	if err != nil || len(c.Datasets) != 3 {
		t.Errorf("without keys: %v, %v", c, err)
	}
}

// The input's columns, the variables and the user's choice decide what is drafted.
func TestDraftLeavesOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wish     config.Wish
		vendors  []string
		datasets []record.Dataset
		says     string
	}{
		"no model id": {config.Wish{Getenv: known(append(wapiVariables, "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY")...), Input: "f.csv", Columns: []string{"vin", "plate", "engine_no"}},
			[]string{"wapi", "tencent"}, []record.Dataset{record.DatasetMaintenance, record.DatasetViolations}, "left out: f.csv has no model_id, no city_id"},
		"mileage from the reports": {config.Wish{Getenv: known(wapiVariables...), Input: "f.csv", Columns: []string{"vin", "model_id", "city_id", "first_registered"}},
			[]string{"wapi"}, []record.Dataset{record.DatasetMaintenance, record.DatasetValuation}, "    derive: [mileage_km, accident]"},
		"one vendor's keys": {config.Wish{Getenv: known("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY")},
			[]string{"tencent"}, []record.Dataset{record.DatasetMaintenance}, "left out, no variable with its keys is set, as WAPI_SECRET"},
		"chosen": {config.Wish{Getenv: known(append(wapiVariables, "JUMDATA_ID", "JUMDATA_APP_SECRET")...), Vendors: []string{"jumdata"}},
			[]string{"jumdata"}, []record.Dataset{record.DatasetMaintenance}, "left out, not chosen"},
		"what the user says": {config.Wish{Getenv: known("WAPI_SECRET"), Values: map[string]string{"wapi.base_url": "https://a.example", "wapi.app_id": `00"7`}},
			[]string{"wapi"}, record.Datasets(), `app_id: "00\"7"`},
	} {
		text, _ := draftOf(t, c.wish)
		conf, err := config.Parse("batch.yaml", []byte(text), c.wish.Getenv, all.Descriptors())
		if err != nil || !strings.Contains(text, c.says) {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		var on []string
		for _, v := range conf.Vendors {
			on = append(on, v.Name)
		}
		var datasets []record.Dataset
		for _, d := range record.Datasets() {
			if _, ok := conf.Datasets[d]; ok {
				datasets = append(datasets, d)
			}
		}
		if !slices.Equal(on, c.vendors) || !slices.Equal(datasets, c.datasets) {
			t.Errorf("%s: %v %v\n%s", name, on, datasets, text)
		}
	}
	for want, w := range map[string]config.Wish{
		"unknown vendor":         {Getenv: known(), Vendors: []string{"wapy"}},
		"is enough for no datas": {Getenv: known(), Input: "f.csv", Columns: []string{"plate"}},
	} {
		if _, _, err := config.Draft(all.Descriptors(), w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
