package vendors

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

const (
	nginx503 = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
	nginx502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
	haproxy3 = "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"
	apisix3  = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>openresty</center>\r\n<p><em>Powered by <a href=\"https://apisix.apache.org/\">APISIX</a>.</em></p></body>\r\n</html>\r\n"
)

// answer makes a response with headers, by name and value in turn.
func answer(status int, body string, headers ...string) Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return Response{Status: status, Body: []byte(body), Head: HeadOf(h)}
}

// All conditions that are given must hold.
func TestNotTakenMatches(t *testing.T) {
	t.Parallel()
	page := regexp.MustCompile("<center>nginx")
	html := []string{"Content-Type", "text/html; charset=utf-8", "Server", "nginx/1.22.1"}
	for name, c := range map[string]struct {
		rule NotTaken
		r    Response
		want bool
	}{
		"no condition":             {NotTaken{}, answer(503, nginx503), false},
		"status":                   {NotTaken{Statuses: []int{500, 503}}, answer(503, ""), true},
		"other status":             {NotTaken{Statuses: []int{500, 503}}, answer(502, ""), false},
		"body":                     {NotTaken{Body: page}, answer(200, nginx503), true},
		"other body":               {NotTaken{Body: page}, answer(503, apisix3), false},
		"body beyond what is read": {NotTaken{Body: page}, answer(503, string(make([]byte, mostRead))+nginx503), false},
		"status and body":          {NotTaken{Statuses: []int{503}, Body: page}, answer(503, nginx503), true},
		"status, not body":         {NotTaken{Statuses: []int{503}, Body: page}, answer(503, "busy"), false},
		"body, not status":         {NotTaken{Statuses: []int{503}, Body: page}, answer(502, nginx502), false},
		"header there":             {NotTaken{Header: "retry-after"}, answer(500, "", "Retry-After", "soon"), true},
		"header not there":         {NotTaken{Header: "retry-after"}, answer(500, ""), false},
		"header's value":           {NotTaken{Header: "server: NGINX"}, answer(500, "", html...), true},
		"header's other value":     {NotTaken{Header: "Server: caddy"}, answer(500, "", html...), false},
		"type":                     {NotTaken{ContentType: "Text/HTML"}, answer(500, "", html...), true},
		"other type":               {NotTaken{ContentType: "text"}, answer(500, "", html...), false},
		"type that nobody kept":    {NotTaken{ContentType: "text/html"}, answer(500, ""), false},
		"all":                      {NotTaken{Statuses: []int{503}, Header: "Server", Body: page, ContentType: "text/html"}, answer(503, nginx503, html...), true},
		"all but one":              {NotTaken{Statuses: []int{503}, Header: "Retry-After", Body: page, ContentType: "text/html"}, answer(503, nginx503, html...), false},
	} {
		if got := c.rule.Matches(c.r); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Statuses, headers and bodies by call and rule.
func TestRefusedBeforeItWasTaken(t *testing.T) {
	t.Parallel()
	declared := []NotTaken{{Statuses: []int{503, 500, 200}, Body: regexp.MustCompile("<center>|busy")}}
	for name, c := range map[string]struct {
		rules  []NotTaken
		r      Response
		kind   Kind
		class  record.Class
		billed Billed // of a submit
	}{
		"429":                        {nil, answer(429, "x"), Busy, record.RateLimited, BilledNo},
		"503 with Retry-After":       {nil, answer(503, nginx503, "Retry-After", "1"), Busy, record.Unavailable, BilledNo},
		"503 with any Retry-After":   {nil, answer(503, "", "Retry-After", "Sun, 06 Nov 1994 08:49:37 UTC"), Busy, record.Unavailable, BilledNo},
		"503 without":                {nil, answer(503, nginx503), Unknown, "", BilledUnsaid},
		"500 with Retry-After":       {nil, answer(500, "", "Retry-After", "1"), Unknown, "", BilledUnsaid},
		"declared 503":               {declared, answer(503, nginx503), Busy, record.RateLimited, BilledNo},
		"declared, with Retry-After": {declared, answer(503, nginx503, "Retry-After", "1"), Busy, record.RateLimited, BilledNo},
		"declared 200":               {declared, answer(200, "busy"), Busy, record.RateLimited, BilledNo},
		"not declared":               {declared, answer(502, nginx502), Unknown, "", BilledUnsaid},
		"nginx":                      {GatewayRules("nginx"), answer(503, nginx503), Busy, record.RateLimited, BilledNo},
		"nginx and its dead server":  {GatewayRules("nginx"), answer(502, nginx502), Unknown, "", BilledUnsaid},
		"haproxy":                    {GatewayRules("haproxy"), answer(403, haproxy3), Busy, record.RateLimited, BilledNo},
		"haproxy's limit elsewhere":  {GatewayRules("nginx"), answer(403, haproxy3), AccountTrouble, record.Auth, BilledNo},
	} {
		for _, call := range []Call{Submit, Poll} {
			got := ReadResponse(parrot{Outcome{Kind: Unreadable}}, c.rules, record.DatasetMaintenance, call, &record.Vehicle{}, c.r)
			billed := c.billed
			if call == Poll {
				billed = BilledUnsaid
			}
			if got.Kind != c.kind || got.Class != c.class || got.Billed != billed || got.Message == "" {
				t.Errorf("%s, %s: %+v", name, call, got)
			}
			if got.Limited() != (c.class == record.RateLimited) {
				t.Errorf("%s, %s: limited is %v", name, call, got.Limited())
			}
		}
	}
	for _, name := range []string{"nginx", "haproxy"} {
		if GatewayRules(name) == nil {
			t.Errorf("no rules of %s", name)
		}
	}
	if GatewayRules("unheard") != nil {
		t.Error("rules of a gateway that nobody knows")
	}
}

// A rule overrules what is unknown, and nothing that the vendor says.
func TestTheVendorsWordWinsOverRules(t *testing.T) {
	t.Parallel()
	rules := []NotTaken{{Statuses: []int{200, 500, 503}}}
	r := Response{Status: 503, RetryAfter: time.Minute}
	for _, c := range []struct {
		said        Outcome
		call        Call
		overruled   bool
		whatItMeans string
	}{
		{Outcome{Kind: Unreadable}, Submit, true, "not the vendor's"},
		{Outcome{Kind: Unknown, Billed: BilledUnknown}, Submit, true, "a code that no page explains"},
		{Outcome{Kind: Unknown, Billed: BilledYes}, Submit, false, "bought, and no ticket"},
		{Outcome{Kind: Unknown}, Submit, false, "taken, and no ticket"},
		{Outcome{Kind: Unknown}, Poll, true, "a code that no page explains"},
		{Outcome{Kind: Ticket, Ticket: "T", Billed: BilledYes}, Submit, false, "a ticket"},
		{Outcome{Kind: Answered, Billed: BilledUnknown}, Submit, false, "an answer"},
		{Outcome{Kind: Answered}, Poll, false, "an answer"},
		{Outcome{Kind: Pending}, Poll, false, "not ready"},
		{Outcome{Kind: NoRecord, Billed: BilledNo}, Submit, false, "no record"},
		{Outcome{Kind: Unsupported}, Submit, false, "not covered"},
		{Outcome{Kind: Refused, Class: record.Rejected, Billed: BilledNo}, Submit, false, "refused"},
		{Outcome{Kind: AccountTrouble, Class: record.Balance, Billed: BilledNo}, Submit, false, "no balance"},
	} {
		c.said.Code, c.said.Message = "7", "said"
		got := ReadResponse(parrot{c.said}, rules, record.DatasetMaintenance, c.call, &record.Vehicle{}, r)
		if overruled := got.Kind == Busy && got.Class == record.RateLimited; overruled != c.overruled || !overruled && got != c.said {
			t.Errorf("%s at a %s: %+v, overruled %v", c.whatItMeans, c.call, got, overruled)
		}
	}
	busy := ReadResponse(parrot{Outcome{Kind: Busy, Class: record.Unavailable, Message: "said"}}, nil, record.DatasetMaintenance, Submit, &record.Vehicle{}, Response{Status: 429})
	if !busy.Limited() || busy.Message != "said" {
		t.Errorf("a vendor that is busy with a 429 is %+v", busy)
	}
}

// Whatever comes, reading ends, in the same words each time, and says why.
func TestReadResponseIsTotal(t *testing.T) {
	t.Parallel()
	rules := append(GatewayRules("nginx"), NotTaken{Statuses: []int{500}, Header: "Server", ContentType: "text/html"})
	rapid.Check(t, func(rt *rapid.T) {
		body := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.StringMatching(`(\{"(msg|error|a)":|\[|<title>|<!--|&#|</|"x"|\}|\]|签名){0,12}`), func(s string) []byte { return []byte(s) })).Draw(rt, "body")
		h := http.Header{"Content-Type": {rapid.String().Draw(rt, "type")}, "Server": {rapid.String().Draw(rt, "server")}}
		r := Response{Status: rapid.IntRange(0, 599).Draw(rt, "status"), Body: body, Head: HeadOf(h)}
		call := rapid.SampledFrom([]Call{Submit, Poll}).Draw(rt, "call")
		read := func() Outcome {
			return ReadResponse(parrot{Outcome{Kind: Unreadable}}, rules, record.DatasetMaintenance, call, &record.Vehicle{}, r)
		}
		got := read()
		if got != read() || got.Kind == Unreadable || got.Message == "" || len(got.Message) > 1000 {
			rt.Fatalf("%+v, then %+v", got, read())
		}
	})
}

// What is kept of a header is short, one line each, and found again.
func TestHead(t *testing.T) {
	t.Parallel()
	h := http.Header{"Server": {"nginx\x1b[31m"}, "Retry-After": {"5"}, "Content-Type": {"text/html"}, "Set-Cookie": {"secret"}}
	head := HeadOf(h)
	if want := Head("Content-Type: text/html\nRetry-After: 5\nServer: nginx [31m"); head != want {
		t.Errorf("%q, want %q", head, want)
	}
	if head.Get("RETRY-AFTER") != "5" || head.Get("Set-Cookie") != "" || Head("").Get("Server") != "" {
		t.Errorf("%q is not found again", head)
	}
	h.Set("Server", string(make([]byte, 9000))+"a")
	if long := HeadOf(h); len(long) > 1000 {
		t.Errorf("%d bytes are kept", len(long))
	}
}
