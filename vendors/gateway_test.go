package vendors

import (
	"errors"
	"testing"
)

func TestPageOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r    Response
		want Page
	}{
		"nginx":        {answer(503, nginx503), Page{503, "nginx", "{status: 503, body: '<center>nginx'}"}},
		"dead server":  {answer(502, nginx502), Page{502, "nginx", "{status: 502, body: '<center>nginx'}"}},
		"haproxy":      {answer(403, haproxy3), Page{403, "HAProxy", "{status: 403, body: 'Request forbidden by administrative rules'}"}},
		"apisix":       {answer(503, apisix3), Page{503, "APISIX", `{status: 503, body: 'apisix\.apache\.org'}`}},
		"caddy":        {answer(503, "", "Server", "Caddy"), Page{503, "Caddy", "{status: 503, header: 'Server: Caddy'}"}},
		"any page":     {answer(500, "<html><title>it's down</title>"), Page{500, "", "{status: 500, body: '<title>it''s down</title>'}"}},
		"page by type": {answer(500, "busy", "Content-Type", "text/html"), Page{500, "", "{status: 500, content_type: text/html}"}},
		"login page":   {answer(200, "<html><title>login</title>"), Page{}},
		"json":         {answer(500, `{"code":500}`, "Content-Type", "application/json"), Page{}},
		"text":         {answer(500, "busy"), Page{}},
		"nothing":      {answer(500, ""), Page{}},
		"cut off":      {Response{Status: 503, Body: []byte(nginx503), Err: errors.New("EOF")}, Page{}},
	} {
		got, ok := PageOf(c.r)
		if got != c.want || ok != (c.want != Page{}) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got.Upstream() != (c.want.Status == 502) {
			t.Errorf("%s: behind a gateway: %v", name, got.Upstream())
		}
	}
	if got := (Page{Status: 503, Gateway: "nginx"}).String() + (Page{Status: 500}).String(); got != "HTTP 503, nginxHTTP 500" {
		t.Errorf("pages are called %s", got)
	}
}
