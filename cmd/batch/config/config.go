// Package config reads batch.yaml: it checks every key, resolves secrets from
// the environment and from files, and reports all mistakes at once, each with
// its line, its key and what would fit.
//
// A Config holds secrets. It prints none of them, whatever verb or logger it is
// given.
package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vehiclebatch/cmd/batch/notify"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// Config is a checked configuration.
type Config struct {
	Path     string // of the file, as it was given
	Wording  Wording
	Budget   Budget
	InDoubt  InDoubt
	Vendors  []Vendor                   // in the order of the file, those that are off included
	Datasets map[record.Dataset]Dataset // those that can be bought: every route has a vendor
	// StrictVIN refuses VINs with a wrong check digit where --strict-vin does not say
	// otherwise.
	StrictVIN bool
	Ledger    string        // the address of a ledger on a server, perhaps with a password; "" is a file in the workspace
	Notify    notify.Target // where the end of a run is posted; zero is nowhere
	Warnings  []string      // remarks on how secrets are kept and on what may cost money, with file and line
}

// Wording is in which language people are spoken to, and how much a report shows.
type Wording struct {
	Lang       messages.Lang   // "" when the file does not say
	ReportLang messages.Lang   // of the html report; "" is Lang
	ReportTop  record.Opt[int] // vehicles that a report shows in detail
	CSVMark    record.Flag     // whether CSV begins with a byte order mark; unknown: as the language
}

// Budget bounds what a run may cost.
type Budget struct {
	MaxSpend record.Opt[record.Fen] // unknown: no bound
}

// InDoubt says what may be bought again without asking, and how much doubt is
// borne.
type InDoubt struct {
	// ResubmitBelow: a lookup whose outcome is unknown and that costs less may
	// be bought again. 0 is never.
	ResubmitBelow record.Fen
	// PauseAbove: when so much has come into doubt, the orders of a vendor's dataset
	// pause. 0 is no bound.
	PauseAbove record.Fen
}

const defaultPauseAbove record.Fen = 100_00

// Vendor is one vendor's section.
type Vendor struct {
	Name       string
	Descriptor vendors.Descriptor
	Settings   vendors.Settings // holds secrets; not complete when the vendor is off
	Timeout    time.Duration    // of one call
	// UnavailableFor is how long the vendor is waited for while it answers nobody;
	// unknown where it is not given.
	UnavailableFor record.Opt[time.Duration]
	Rate           ratelimit.Limits
	Gateway        string // that keeps the rate, one of Gateways; "" when nobody said
	Poll           Poll
	Statement      Statement
	NotTaken       []vendors.NotTaken            // answers that say that a call was refused before it was taken
	Prices         map[record.Dataset]record.Fen // of one lookup; its keys are the datasets configured
	Enabled        bool
}

// Poll says when a ticket is asked for its answer.
type Poll struct {
	First       time.Duration // after the ticket came
	Interval    time.Duration // the first one; it grows
	MaxInterval time.Duration
	GiveUpAfter time.Duration // after the ticket came
	// Closed are the hours of the vendor's desk. In them a ticket that is
	// younger than Grace is still polled: the automatic channel answers at
	// night too.
	Closed ratelimit.Hours
	Grace  time.Duration
}

// Dataset says how one dataset is bought.
type Dataset struct {
	Route      []string         // vendors, in the order in which they are asked; never empty
	All        bool             // every vendor of the route is asked; else one after the other
	FallbackOn []record.Status  // of one vendor, after which the next is asked
	MaxAge     time.Duration    // a younger answer is used again; 0 is never. Unset: 90 days, 30 days, 20 hours
	Defaults   record.Condition // of a valuation, where the input says nothing
	Derive     []string         // of a valuation: columns taken from the vehicle's maintenance answers
}

// Vendor returns the section of a vendor.
func (c *Config) Vendor(name string) (Vendor, bool) {
	i := slices.IndexFunc(c.Vendors, func(v Vendor) bool { return v.Name == name })
	if i < 0 {
		return Vendor{}, false
	}
	return c.Vendors[i], true
}

// Load reads a configuration file. getenv is os.LookupEnv outside of tests. The
// error holds one *Error for each mistake, or wraps fs.ErrNotExist and the like.
func Load(path string, getenv func(string) (string, bool), registry []vendors.Descriptor) (*Config, error) {
	return load(path, &reader{getenv: getenv}, registry)
}

// LoadKeyless is Load for what calls no vendor of the user's: a variable that is
// not set, and a value that is still to be filled in, are no mistakes there, and
// made up. What is set must be well formed all the same.
func LoadKeyless(path string, getenv func(string) (string, bool), registry []vendors.Descriptor) (*Config, error) {
	return load(path, &reader{getenv: getenv, keyless: true}, registry)
}

func load(path string, r *reader, registry []vendors.Descriptor) (*Config, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > mostBytes {
		return nil, &Error{File: path, Problem: fmt.Sprintf("the file has %d bytes: too many for a configuration", info.Size())}
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return r.parse(path, src, registry)
}

// Parse reads a configuration from memory. name stands in errors, and secret
// files are relative to its folder.
func Parse(name string, src []byte, getenv func(string) (string, bool), registry []vendors.Descriptor) (*Config, error) {
	return (&reader{getenv: getenv}).parse(name, src, registry)
}

func (r *reader) parse(name string, src []byte, registry []vendors.Descriptor) (*Config, error) {
	r.mistakes, r.folder = mistakes{file: name}, filepath.Dir(name)
	c := &Config{Path: name}
	if top := r.parseDocument(src); top != nil {
		r.config(c, field{r: r, node: top, key: position{1, 1}}, registry)
	}
	if err := r.joined(); err != nil {
		return nil, err
	}
	c.Warnings = r.warnings()
	return c, nil
}

func (r *reader) config(c *Config, top field, registry []vendors.Descriptor) {
	s := top.section("lang", "report", "csv", "budget", "in_doubt", "vendors", "datasets", "strict_vin", "ledger", "notify", "notify_format")
	c.Wording.Lang = read(&s, "lang", "", parseLang)
	report := s.child("report", "lang", "top")
	c.Wording.ReportLang = read(&report, "lang", "", parseLang)
	c.Wording.ReportTop = read(&report, "top", record.Opt[int]{}, parseTop)
	csv := s.child("csv", "bom")
	c.Wording.CSVMark = read(&csv, "bom", record.Flag{}, parseFlag)
	budget := s.child("budget", "max_spend")
	c.Budget.MaxSpend = read(&budget, "max_spend", record.Opt[record.Fen]{}, parseSomeFen)
	doubt := s.child("in_doubt", "resubmit_below", "pause_above")
	c.InDoubt.ResubmitBelow = read(&doubt, "resubmit_below", 0, parseFen)
	c.InDoubt.PauseAbove = read(&doubt, "pause_above", defaultPauseAbove, parseFen)

	c.StrictVIN = read(&s, "strict_vin", false, parseBool)
	c.Ledger = r.ledger(&s)
	c.Notify = r.notify(&s)
	all := s.child("vendors")
	if len(all.fields) == 0 && len(r.errors) == 0 {
		r.add(all.key, "vendors", "no vendor is configured: give one a section here", names(registry)...)
	}
	for _, f := range all.fields {
		if v, ok := r.vendor(f, registry); ok {
			c.Vendors = append(c.Vendors, v)
		}
	}
	datasets := s.child("datasets", datasetNames()...)
	c.Datasets = r.datasets(&datasets, c.Vendors, registry)
}

func names(registry []vendors.Descriptor) []string {
	all := make([]string, len(registry))
	for i, d := range registry {
		all[i] = d.Name
	}
	return all
}

func datasetNames() []string {
	var all []string
	for _, d := range record.Datasets() {
		all = append(all, string(d))
	}
	return all
}

// worldReadable tells whether everyone on the machine may read a file.
func worldReadable(info fs.FileInfo) bool { return info.Mode().Perm()&0o004 != 0 }
