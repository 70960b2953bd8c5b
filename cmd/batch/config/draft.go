package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Wish is what is known of a user who has no configuration yet.
type Wish struct {
	Getenv  func(string) (string, bool)
	Vendors []string // chosen by name; empty: by the variables that are set
	Input   string   // the file of vehicles, "" when none was named
	Columns []string // of the input, by canonical name; nil when there is none
	// Values are what the user has said, by vendor and key: "wapi.app_id".
	Values map[string]string
}

// Blank is something of a draft that only the user knows.
type Blank struct {
	Vendor, Key string
	Help        string
	Variable    string // that is not set yet; "" when the value stands in the file itself
	Line        int    // of the draft
}

// Draft writes a configuration with comments from the vendors' descriptors: what
// can be found out is in it, secrets are named and never written, and what the
// input cannot be asked for is commented out with the reason. It fails for a
// vendor that nobody knows, and when the input is enough for no dataset.
func Draft(registry []vendors.Descriptor, w Wish) ([]byte, []Blank, error) {
	for _, name := range w.Vendors {
		if !slices.Contains(names(registry), name) {
			return nil, nil, fmt.Errorf("unknown vendor %q; there are %s", name, strings.Join(names(registry), ", "))
		}
	}
	w.Input = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar // a comment ends with its line
		}
		return r
	}, w.Input)
	d := &draft{wish: w, registry: registry}
	d.head()
	for _, v := range registry {
		d.vendor(v)
	}
	d.tail()
	if len(d.sold) == 0 {
		return nil, nil, fmt.Errorf("%s is enough for no dataset: %s", w.Input, strings.Join(slices.Compact(d.lacking), "; "))
	}
	return []byte(d.text.String()), d.blanks, nil
}

// draft is a configuration while it is written.
type draft struct {
	wish     Wish
	registry []vendors.Descriptor
	text     strings.Builder
	lines    int
	blanks   []Blank
	sold     []sale   // what can be bought with it
	lacking  []string // why something cannot
}

// sale is a dataset at a vendor.
type sale struct {
	vendor string
	offer  vendors.Offer
}

// roomForRemark is how long a line may be for a remark to stand behind it.
const roomForRemark = 60

// line writes one line; a remark goes behind it, or above a long one.
func (d *draft) line(text, remark string) {
	switch {
	case remark == "":
	case len(text) > roomForRemark:
		margin := len(text) - len(strings.TrimLeft(text, " #"))
		d.line(strings.TrimRight(text[:margin], "#")+"# "+remark, "")
	default:
		text = fmt.Sprintf("%-34s# %s", text+" ", remark)
	}
	d.lines++
	d.text.WriteString(strings.TrimRight(text, " ") + "\n")
}

func (d *draft) head() {
	d.line("# batch.yaml: whom to ask, for what, and for how much. Written by `batch init`; the program never changes it.", "")
	d.line("# docs/configuration.md explains every key. A # before a key leaves it out; what stands there is the default or an example.", "")
	d.line("# Keys of the vendors come from the environment, ${NAME}, or from a file (secret_file: PATH); they are not written here.", "")
	d.line("", "")
	d.line("#lang: en", "what is said to people: en, or zh for Chinese")
	d.line("#report: {lang: en, top: 50}", "of the report for people: its language, and how many vehicles in detail")
	d.line("#csv: {bom: true}", "a byte order mark, for Excel; by default with lang: zh alone")
	d.line("#strict_vin: true", "refuse VINs with a wrong check digit; by default they are bought with a remark")
	d.line("", "")
	d.line("budget:", "")
	d.line("  max_spend: "+draftBudget, "yuan for one run, with what is reserved or in doubt; --max-spend wins over it")
	d.line("", "")
	d.line("#in_doubt:", "")
	d.line("#  resubmit_below: 1.00", "buy a cheaper lookup again by itself when its outcome is unknown; by default never")
	d.line("#  pause_above: 100.00", "when so much has come into doubt at a vendor, its orders pause until it answers again")
	d.line("", "")
	d.line("vendors:", "")
}

// draftBudget is low, so that a slip on the first day is a cheap one.
const draftBudget = "1000.00"

// on tells whether a vendor is drafted as one to buy from, else why not.
func (d *draft) on(v vendors.Descriptor) (on bool, why string) {
	switch {
	case len(d.wish.Vendors) > 0:
		return slices.Contains(d.wish.Vendors, v.Name), "not chosen"
	case v.Discontinued != "":
		return false, v.Discontinued
	case d.knowsKeysOf(v):
		return true, ""
	}
	for _, other := range d.registry {
		if d.knowsKeysOf(other) && other.Discontinued == "" {
			return false, "no variable with its keys is set, as " + variableNames(v.Name, v.Secrets[0].Name)[0]
		}
	}
	return true, ""
}

func (d *draft) knowsKeysOf(v vendors.Descriptor) bool {
	return slices.ContainsFunc(v.Secrets, func(k vendors.Key) bool { _, set := d.variable(v.Name, k.Name); return set })
}

func (d *draft) vendor(v vendors.Descriptor) {
	on, why := d.on(v)
	mark := "  "
	d.line("", "")
	if !on {
		d.line("  # "+v.Title+": left out, "+why, "")
		mark = "  #"
	} else {
		d.line("  # "+v.Title, "")
	}
	d.line(mark+v.Name+":", "")
	s := vendorDraft{draft: d, v: v, on: on, mark: mark + "  "}
	if v.Discontinued != "" {
		s.line(s.mark+"enabled: true", v.Discontinued)
	}
	s.keys()
	s.terms()
	for _, o := range v.Offers {
		s.offer(o)
	}
}

func (d *draft) tail() {
	d.line("", "")
	d.line("datasets:", "")
	for _, name := range record.Datasets() {
		d.dataset(name)
	}
	d.line("", "")
	d.line("#ledger: ${BATCH_DATABASE}", "postgres://user@host/database: keep the ledger there instead of in the workspace")
	d.line("#notify: ${BATCH_WEBHOOK}", "post the summary when a run ends; the webhooks of WeCom, DingTalk and Feishu get a short text")
	d.line("#notify_format: json", "or wecom, dingtalk, feishu: when the address does not tell")
}

// dataset writes how one dataset is bought: from the cheapest first.
func (d *draft) dataset(name record.Dataset) {
	var sellers []sale
	for _, s := range d.sold {
		if s.offer.Dataset == name {
			sellers = append(sellers, s)
		}
	}
	if len(sellers) == 0 {
		d.line("  #"+string(name)+":", "left out: no vendor above sells it for this input")
		return
	}
	slices.SortStableFunc(sellers, func(a, b sale) int { return cmp.Compare(a.offer.PriceFen, b.offer.PriceFen) })
	var route []string
	for _, s := range sellers {
		route = append(route, s.vendor)
	}
	d.line("  "+string(name)+":", "")
	remark := ""
	if len(route) > 1 {
		remark = "in order, the cheapest first; the next is asked after one of fallback_on"
	}
	d.line("    route: ["+strings.Join(route, ", ")+"]", remark)
	if name == record.DatasetMaintenance && len(route) > 1 {
		d.line("    #route_mode: first", "or all: every vendor is asked side by side, and their visits become one history")
	}
	d.line("    #fallback_on: [no_record, unsupported]", "")
	d.line("    max_age: "+strconv.Itoa(int(defaultMaxAge(name).Hours()))+"h", "a younger answer in the workspace is used again instead of bought")
	if name == record.DatasetValuation {
		d.line("    defaults: {"+draftConditions+"}", "condition codes where the input has none (colour 2 is grey, 0 is the best)")
		mark := "#"
		if d.derives(record.ColMileageKM) {
			mark = ""
		}
		d.line("    "+mark+"derive: [mileage_km, accident]", "where the input says nothing, from the vehicle's maintenance answer")
	}
}

// draftConditions are those of a car of which nothing bad is known.
const draftConditions = "color: 2, transfers: 0, accident: 0, appearance: 0, interior: 0, electrical: 0, engine: 0"

// derives tells whether the input lacks a column that a maintenance answer may have.
func (d *draft) derives(column string) bool {
	return column == record.ColMileageKM && d.wish.Columns != nil && !slices.Contains(d.wish.Columns, column) && slices.Contains(d.wish.Columns, record.ColVIN)
}

// missingColumns names what the input lacks for an offer. Conditions have
// defaults, the type of a plate is worked out from it, and a mileage is derived.
func (d *draft) missingColumns(o vendors.Offer) []string {
	if d.wish.Columns == nil {
		return nil
	}
	var missing []string
	for _, column := range o.Requires {
		if !slices.Contains(d.wish.Columns, column) && !slices.Contains(conditionColumns(), column) && column != record.ColPlateType && !d.derives(column) {
			missing = append(missing, column)
		}
	}
	return missing
}

// variableNames are the environment variables that may hold a key of a vendor,
// the likeliest first: WAPI_APP_ID, WAPI_APPID, WAPI_ID.
func variableNames(vendor, key string) []string {
	v, k := strings.ToUpper(vendor), strings.ToUpper(key)
	all := []string{v + "_" + k, v + "_" + strings.ReplaceAll(k, "_", "")}
	for _, prefix := range []string{"APP_", "BASE_"} {
		if short, ok := strings.CutPrefix(k, prefix); ok {
			all = append(all, v+"_"+short)
		}
	}
	all = append(all, "BATCH_"+v+"_"+k)
	return slices.Compact(all)
}

// variable is the one to name for a key, and whether it is set.
func (d *draft) variable(vendor, key string) (name string, set bool) {
	all := variableNames(vendor, key)
	for _, name := range all {
		if value, ok := d.wish.Getenv(name); ok && strings.TrimSpace(value) != "" {
			return name, true
		}
	}
	return all[0], false
}

// CheckValue says what is wrong with what a user types for a blank of a draft,
// in words that go on after the key's name.
func CheckValue(key, text string) error {
	if key == "base_url" {
		_, err := parseBaseURL(text, false)
		return err
	}
	return checkLine(text)
}
