package config

import (
	"fmt"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// vendorDraft is a vendor's section while it is written.
type vendorDraft struct {
	*draft
	v    vendors.Descriptor
	on   bool   // it is bought from; else all of it is a comment
	mark string // before each line
}

// keys writes the address, the secrets and the options.
func (s *vendorDraft) keys() {
	s.address()
	for _, k := range s.v.Secrets {
		name, set := s.variable(s.v.Name, k.Name)
		if !set && s.on && k.Required {
			s.blanks = append(s.blanks, Blank{Vendor: s.v.Name, Key: k.Name, Help: k.Help, Variable: name, Line: s.lines + 1})
		}
		s.line(s.mark+k.Name+": ${"+name+"}", k.Help)
	}
	for _, k := range s.v.Options {
		switch {
		case k.Required:
			s.value(k.Name, k.Help)
		case k.List:
			s.line(s.mark+"#"+k.Name+": []", firstOf(k.Help, ";"))
		default:
			s.line(s.mark+"#"+k.Name+": "+k.Default, k.Help)
		}
	}
}

func (s *vendorDraft) address() {
	if s.v.DefaultBaseURL == "" {
		s.value("base_url", helpBaseURL)
		return
	}
	if name, set := s.variable(s.v.Name, "base_url"); set {
		s.line(s.mark+"base_url: ${"+name+"}", "")
		return
	}
	s.line(s.mark+"#base_url: "+s.v.DefaultBaseURL, "")
}

// value writes a key that is no secret: what the user has said, a variable that
// is set, or a blank.
func (s *vendorDraft) value(key, help string) {
	if said := strings.TrimSpace(s.wish.Values[s.v.Name+"."+key]); said != "" {
		s.line(s.mark+key+": "+strconv.Quote(said), help)
		return
	}
	if name, set := s.variable(s.v.Name, key); set {
		s.line(s.mark+key+": ${"+name+"}", help)
		return
	}
	if s.on {
		s.blanks = append(s.blanks, Blank{Vendor: s.v.Name, Key: key, Help: help, Line: s.lines + 1})
	}
	s.line(s.mark+key+": "+Placeholder, help)
}

// terms writes pace and patience, which have defaults.
func (s *vendorDraft) terms() {
	r, p := defaultRate, defaultPoll
	s.line(fmt.Sprintf("%s#timeout: %s", s.mark, defaultTimeout), "of one call")
	s.line(fmt.Sprintf("%s#unavailable_for: 2h", s.mark), "how long the vendor is waited for while it answers nobody")
	s.line(fmt.Sprintf("%s#rate: {per_second: %g, burst: %d, in_flight: %d, per_day: %d}", s.mark, r.PerSecond, r.Burst, r.InFlight, r.PerDay), "what the vendor allows; 0 is no limit")
	closed, mark := `"18:30-09:00"`, s.mark+"#"
	if s.v.DeskClosed != "" {
		closed, mark = strconv.Quote(s.v.DeskClosed), s.mark
	}
	s.line(fmt.Sprintf("%spoll: {first: %s, interval: %s, max_interval: %s, give_up_after: %s, closed: %s, grace: %s}", mark,
		short(p.First), short(p.Interval), short(p.MaxInterval), short(p.GiveUpAfter), closed, short(p.Grace)), "when a report is asked for; while its desk is closed (China time), only that of a young order")
}

// offer writes one dataset with its paths and guide price.
func (s *vendorDraft) offer(o vendors.Offer) {
	missing := s.missingColumns(o)
	paths := "path: " + o.Path
	if o.TwoStep {
		paths = "submit_path: " + o.Path + ", poll_path: " + o.PollPath
	}
	mark := s.mark
	remark := o.Note
	switch {
	case len(missing) > 0:
		mark += "#"
		remark = fmt.Sprintf("left out: %s has no %s", s.wish.Input, strings.Join(missing, ", no "))
		s.lacking = append(s.lacking, fmt.Sprintf("%s at %s wants %s", o.Dataset, s.v.Name, record.Listed(missing, "and")))
	case s.on:
		s.sold = append(s.sold, sale{s.v.Name, o})
	}
	s.line(fmt.Sprintf("%s%s: {%s, price: %s}", mark, o.Dataset, paths, o.PriceFen), remark)
}

// short prints a duration without zeros at its end: 10m0s is 10m.
func short(d fmt.Stringer) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// firstOf is the part of a text before a mark.
func firstOf(text, mark string) string {
	first, _, _ := strings.Cut(text, mark)
	return first
}
