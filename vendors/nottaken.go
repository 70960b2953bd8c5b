package vendors

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

// NotTaken is what an answer looks like that was given before the vendor saw the
// call: a limiter or a gateway in front of it refused. All conditions that are
// given must hold; a rule without any matches nothing.
type NotTaken struct {
	Statuses []int // one of them
	From     int   // the status is at least this; 0 is no condition
	// Header is the name of one of KeptHeaders, which must be there; with a value
	// behind a colon ("Server: nginx") that must be part of it, in any case.
	Header      string
	Body        *regexp.Regexp // found somewhere in the first mostRead bytes
	ContentType string         // without its parameters: text/html
	// ByStatus says that no limiter speaks: such an answer to an order is never billed,
	// and its status says what is wrong.
	ByStatus bool
}

// Matches tells whether an answer fits the rule. It is pure.
func (n NotTaken) Matches(r Response) bool {
	conditions := 0
	holds := func(given, found bool) bool {
		if given {
			conditions++
		}
		return !given || found
	}
	return holds(len(n.Statuses) > 0, slices.Contains(n.Statuses, r.Status)) &&
		holds(n.From > 0, r.Status >= n.From) &&
		holds(n.Header != "", n.headerIn(r.Head)) &&
		holds(n.ContentType != "", strings.EqualFold(n.ContentType, mediaType(r.Head))) &&
		holds(n.Body != nil, n.Body != nil && n.Body.Match(textOf(r))) &&
		conditions > 0
}

func (n NotTaken) headerIn(h Head) bool {
	name, want, _ := strings.Cut(n.Header, ":")
	value := h.Get(strings.TrimSpace(name))
	return value != "" && strings.Contains(strings.ToLower(value), strings.ToLower(strings.TrimSpace(want)))
}

func mediaType(h Head) string {
	name, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.TrimSpace(name)
}

// The pages that gateways have of their own, by which their refusals are known.
// They are never written to.
var (
	nginxPage   = regexp.MustCompile(`(?i)<center>nginx`)
	haproxyPage = regexp.MustCompile(`Request forbidden by administrative rules`)
)

// GatewayRules are the rules for the limiter of a gateway of that name, as its
// users set it up without a status or a page of their own; nil for any other
// name. They are likely, not sure: only the user knows what stands before a vendor.
func GatewayRules(name string) []NotTaken {
	switch name {
	case "nginx":
		return []NotTaken{{Statuses: []int{http.StatusServiceUnavailable}, Body: nginxPage}}
	case "haproxy":
		return []NotTaken{{Statuses: []int{http.StatusForbidden}, Body: haproxyPage}}
	}
	return nil
}

// refusal reads an answer by what is sure of every vendor (429; 503 with
// Retry-After) and by the rules of this one; false when nothing says that the
// call was not taken.
func refusal(rules []NotTaken, c Call, r Response) (Outcome, bool) {
	out := Outcome{Kind: Busy, From: FromGateway, Billed: billedNo(c), Class: record.RateLimited, Code: httpCode(r.Status)}
	matches := func(byStatus bool) bool {
		return slices.ContainsFunc(rules, func(n NotTaken) bool { return n.ByStatus == byStatus && n.Matches(r) })
	}
	switch {
	case r.Status == http.StatusTooManyRequests:
		out.Message = "too many requests"
	case matches(false):
		out.Message = "refused before it was taken"
	case r.Status == http.StatusServiceUnavailable && (r.RetryAfter > 0 || r.Head.Get("Retry-After") != ""):
		out.Class, out.Message = record.Unavailable, "not taken: the vendor asks to wait"
	case c == Submit && matches(true):
		return notBilled(r), true
	default:
		return Outcome{}, false
	}
	out.Message = behind(out.Message, Words(r))
	return out, true
}

// notBilled reads the answer to an order that is never billed: nothing of it is in
// doubt, and what failed may be tried again.
func notBilled(r Response) Outcome {
	out := readStatus(Submit, r, causeOf(r))
	out.From, out.Billed = FromGateway, BilledNo
	if out.Kind == Unknown {
		out.Kind, out.Class = Busy, record.Unavailable
	}
	return out
}

// IsLimited tells whether an answer, to whatever call, is a limiter's refusal: 429, or by
// a rule.
func IsLimited(rules []NotTaken, r Response) bool {
	out, ok := refusal(rules, Poll, r)
	return ok && r.Err == nil && out.Limited()
}

// mayOverrule tells whether a rule counts more than what the vendor's adapter read:
// where that is nothing, or where it knows of no order. A ticket, an answer or a
// code that says something wins; so does an order that was taken (with its charge, or
// one that is still open) whatever else is unknown of it.
func mayOverrule(c Call, read Outcome) bool {
	switch read.Kind {
	case Unreadable:
		return true
	case Unknown:
		return c == Poll || read.Billed == BilledUnknown
	}
	return false
}
