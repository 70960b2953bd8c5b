package config_test

import (
	"strings"
	"testing"

	"vehiclebatch/vendors"
)

func TestNotTaken(t *testing.T) {
	t.Parallel()
	const declared = `
vendors:
  tencent:
    secret_id: "${TENCENT_SECRET_ID}"
    secret_key: "${TENCENT_SECRET_KEY}"
    not_taken:
      - 503
      - [500, 403]
      - {status: 503, body: '<center>nginx'}
      - status: [502]
        header: "Server: Caddy"
        content_type: text/html
      - header: retry-after
      - body: 请求过于频繁
`
	c := mustParse(t, declared)
	v, _ := c.Vendor("tencent")
	var said []string
	for _, n := range v.NotTaken {
		body := ""
		if n.Body != nil {
			body = n.Body.String()
		}
		for _, status := range []int{200, 403, 500, 502, 503} {
			h := vendors.Head("Content-Type: text/html\nRetry-After: 1\nServer: Caddy")
			if n.Matches(vendors.Response{Status: status, Head: h, Body: []byte("<center>nginx 请求过于频繁")}) {
				said = append(said, strings.Join([]string{n.Header, body, n.ContentType}, "|")+":"+string(rune('0'+status/100))+string(rune('0'+status%10)))
			}
		}
	}
	equal(t, "rules", said, []string{"||:53", "||:43", "||:50", "|<center>nginx|:53", "Server: Caddy||text/html:52",
		"retry-after||:20", "retry-after||:43", "retry-after||:50", "retry-after||:52", "retry-after||:53",
		"|请求过于频繁|:20", "|请求过于频繁|:43", "|请求过于频繁|:50", "|请求过于频繁|:52", "|请求过于频繁|:53"})
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "batch.yaml:10:18: vendors.tencent.not_taken[4].status[1]: 502 is what a gateway says when the server behind it did not answer") {
		t.Errorf("warnings %q", c.Warnings)
	}
}
