package vendors

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ownPages are what the pages that gateways make themselves have in common. They
// are never written to.
var ownPages = []struct {
	gateway string
	page    *regexp.Regexp
}{
	{"APISIX", regexp.MustCompile(`(?i)apisix\.apache\.org`)},
	{"nginx", regexp.MustCompile(`(?i)<center>(?:nginx|openresty|tengine)`)},
	{"HAProxy", regexp.MustCompile(`Request forbidden by administrative rules|No server is available to handle this request`)},
	{"Apache", regexp.MustCompile(`(?i)<address>Apache`)},
}

// GatewayOf names the gateway whose own page an answer is, or Caddy, which answers
// with nothing; "" when no known one can be told.
func GatewayOf(r Response) string {
	body := textOf(r)
	for _, p := range ownPages {
		if p.page.Match(body) {
			return p.gateway
		}
	}
	if len(body) == 0 && strings.EqualFold(r.Head.Get("Server"), "caddy") {
		return "Caddy"
	}
	return ""
}

// Page is an answer that was likely made before the vendor: by a gateway, perhaps by its
// limiter. The zero Page is none. Pages can be compared.
type Page struct {
	Status  int
	Gateway string // "" when it is not known
	// Rule is the rule of not_taken that fits answers like it, as YAML on one line.
	Rule string
}

// String names the page: "HTTP 503, nginx".
func (p Page) String() string {
	if p.Gateway == "" {
		return fmt.Sprintf("HTTP %d", p.Status)
	}
	return fmt.Sprintf("HTTP %d, %s", p.Status, p.Gateway)
}

// Upstream tells whether a gateway says that the server behind it failed: that may
// have taken the order, so that it is likely no limiter.
func (p Page) Upstream() bool {
	return p.Status == http.StatusBadGateway || p.Status == http.StatusGatewayTimeout
}

// PageOf tells whether an answer is the page of a gateway, or any other page with the
// status of a failure.
func PageOf(r Response) (Page, bool) {
	p := Page{Status: r.Status, Gateway: GatewayOf(r)}
	isHTML := strings.Contains(mediaType(r.Head), "html") || strings.HasPrefix(strings.TrimSpace(string(r.Body[:min(len(r.Body), 100)])), "<")
	if r.Err != nil || r.Status < 400 || p.Gateway == "" && !isHTML {
		return Page{}, false
	}
	p.Rule = fmt.Sprintf("{status: %d%s}", r.Status, markOf(r))
	return p, true
}

// markOf is by what answers like it are known besides their status, as YAML.
func markOf(r Response) string {
	body := textOf(r)
	for _, p := range ownPages {
		if words := p.page.Find(body); words != nil {
			return ", body: " + yamlPattern(string(words))
		}
	}
	if GatewayOf(r) == "Caddy" {
		return ", header: 'Server: Caddy'"
	}
	if m := titleOf.FindSubmatch(body); m != nil && isPlain(string(m[0])) {
		return ", body: " + yamlPattern(string(m[0]))
	}
	if kind := mediaType(r.Head); plainType.MatchString(kind) {
		return ", content_type: " + kind
	}
	return ""
}

var plainType = regexp.MustCompile(`^[a-z]+/[a-z+.-]+$`)

// isPlain tells whether a text can stand in a file as it is, on one line.
func isPlain(text string) bool {
	const most = 200
	return len(text) <= most && utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// yamlPattern is a pattern that finds a text, quoted for YAML.
func yamlPattern(text string) string {
	return "'" + strings.ReplaceAll(regexp.QuoteMeta(text), "'", "''") + "'"
}
