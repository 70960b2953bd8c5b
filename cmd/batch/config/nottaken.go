package config

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"vehiclebatch/vendors"
)

// mostPattern bounds a pattern, which is matched with many answers, in bytes.
const mostPattern = 1000

// notTaken reads the answers by which a vendor's limiter or gateway refuses a call
// before the vendor sees it: a list of statuses and of rules.
func (s *vendorSection) notTaken() []vendors.NotTaken {
	f, ok := s.get("not_taken")
	if !ok {
		return nil
	}
	var all []vendors.NotTaken
	for _, item := range f.items() {
		before := len(s.r.errors)
		if rule := item.notTaken(); len(s.r.errors) == before && item.isSharp(rule) {
			all = append(all, rule)
		}
	}
	return all
}

func (f field) notTaken() vendors.NotTaken {
	if _, ok := f.node.(*ast.MappingNode); !ok {
		if _, ok := f.node.(*ast.MappingValueNode); !ok {
			return vendors.NotTaken{Statuses: f.statuses()}
		}
	}
	s := f.section("status", "header", "body", "content_type")
	rule := vendors.NotTaken{
		Header:      read(&s, "header", "", parseRuleHeader),
		Body:        read(&s, "body", nil, parsePattern),
		ContentType: read(&s, "content_type", "", parseContentType),
	}
	if status, ok := s.get("status"); ok {
		rule.Statuses = status.statuses()
	}
	return rule
}

// statuses reads one status or a list of them.
func (f field) statuses() []int {
	fields := []field{f}
	if _, ok := f.node.(*ast.SequenceNode); ok {
		fields = f.items()
	}
	var all []int
	for _, one := range fields {
		text, ok := one.text()
		if !ok {
			continue
		}
		status, err := parseCount(200, 599)(text)
		if err != nil {
			one.wrong(fmt.Sprintf("%s is not the status of an answer: write a number from 200 to 599", quote(text)))
			continue
		}
		if status == http.StatusBadGateway || status == http.StatusGatewayTimeout {
			f.r.warn(one.at(), one.path, fmt.Sprintf("%d is what a gateway says when the server behind it did not answer; that server may have taken the order: ask the vendor before you declare it free", status))
		}
		all = append(all, status)
	}
	return all
}

// isSharp reports a rule that would match what a vendor answers in earnest.
func (f field) isSharp(n vendors.NotTaken) bool {
	name, _, _ := strings.Cut(n.Header, ":")
	good := slices.ContainsFunc(n.Statuses, func(status int) bool { return status < 300 })
	switch {
	case n.Body != nil:
		return true
	case good:
		f.wrong("a status below 300 is how the vendor itself answers: add body, with words of the refusal")
		return false
	case len(n.Statuses) == 0 && !strings.EqualFold(name, "Retry-After"):
		f.wrong("says too little to know a refusal by: add status or body")
		return false
	}
	return true
}

func parseRuleHeader(text string) (string, error) {
	name, _, _ := strings.Cut(text, ":")
	if !slices.ContainsFunc(vendors.KeptHeaders(), func(kept string) bool { return strings.EqualFold(kept, strings.TrimSpace(name)) }) {
		return "", fmt.Errorf("%s is none of the headers that are kept: write one of %s, or with a value, as \"Server: nginx\"",
			quote(text), strings.Join(vendors.KeptHeaders(), ", "))
	}
	return text, nil
}

func parseContentType(text string) (string, error) {
	if kind, sub, ok := strings.Cut(text, "/"); !ok || kind == "" || sub == "" || strings.ContainsAny(text, "; ") {
		return "", fmt.Errorf("%s is not a content type: write text/html", quote(text))
	}
	return text, nil
}

// parsePattern reads a regular expression that an empty answer does not fit.
func parsePattern(text string) (*regexp.Regexp, error) {
	if len(text) > mostPattern {
		return nil, fmt.Errorf("the pattern has %d bytes: %d are enough", len(text), mostPattern)
	}
	p, err := regexp.Compile(text)
	var wrong *syntax.Error
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s is not a pattern: %s; a \\ before a character takes it as it is", quote(text), wrong.Code)
	case err != nil:
		return nil, fmt.Errorf("%s is not a pattern", quote(text))
	case p.MatchString(""):
		return nil, fmt.Errorf("%s fits every answer: write words of the refusal", quote(text))
	}
	return p, nil
}
