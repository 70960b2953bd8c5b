package vendors

import (
	"regexp"
	"strings"
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
	body := r.Body[:min(len(r.Body), searched)]
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
