package tencent

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

var _ vendors.Prober = (*adapter)(nil)

// codeNoOrder answers a report's request that names no order (订单号不能为空).
const codeNoOrder = "20804"

// NewProbe asks for a report without saying of which order: a required field that
// is empty is refused before there is anything to pay for, and the page has a
// code for it. What costs money is the order, at another path.
func (a *adapter) NewProbe(ctx context.Context, d record.Dataset) (*http.Request, error) {
	return a.get(ctx, d, a.reportURL, url.Values{"order_id": {""}})
}

// ReadProbe says what the answer to the probe tells of the account. Keys and
// clock are the gateway's business: an answer with a code of the product came
// through it.
func (reader) ReadProbe(_ record.Dataset, status int, body []byte) vendors.Health {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil {
		return vendors.Health{Ill: vendors.Garbled}
	}
	words := string(cmp.Or(e.Message, e.Data.Other))
	said := normalise.Excerpt(words)
	switch code := trim(e.Code); code {
	case "":
		return readGateway(status, words)
	case codeNoOrder:
		return vendors.Health{Code: code, Message: said}
	case "-1":
		return vendors.Health{Ill: vendors.Unavailable, Code: code, Message: behind("the vendor has trouble: try again later", said)}
	default:
		return vendors.Health{Ill: vendors.Unclear, Code: normalise.Excerpt(code),
			Message: behind("not the answer that its page has for a report without an order; the gateway took the keys", said)}
	}
}

// gatewayWords are what the gateway's refusals say of their cause, the first that
// fits: they have an HTTP status in common and no code.
var gatewayWords = []struct {
	words string
	ill   vendors.Ill
	mend  string
}{
	{"quota", vendors.NoQuota, "the bought calls are used up or have expired: buy more at the marketplace"},
	{"no api match", vendors.Address, "no such interface: check base_url and the paths"},
	{"date header", vendors.ClockOff, "the gateway does not believe the time that is signed: set this machine's clock"},
	{"id does not exist", vendors.Signature, "the gateway does not know secret_id: copy it again from the marketplace's console"},
	{"signature", vendors.Signature, "the signature is wrong: check secret_key, and that it belongs to secret_id"},
	{"unauthorized", vendors.Signature, "the gateway misses the signature: check secret_id, secret_key and signing"},
	{"permission", vendors.Permission, "the keys are known and may not use this interface: check at the marketplace that it is bought and not expired"},
	{"forbidden", vendors.Permission, "the keys are known and may not use this interface: check at the marketplace that it is bought and not expired"},
}

// readGateway reads what the gateway says in place of the product.
func readGateway(status int, words string) vendors.Health {
	if status < 400 || words == "" {
		return vendors.Health{Ill: vendors.Garbled}
	}
	low := strings.ToLower(words[:min(len(words), 1000)])
	for _, g := range gatewayWords {
		if strings.Contains(low, g.words) {
			return vendors.Health{Ill: g.ill, Code: httpCode(status), Message: behind(g.mend, normalise.Excerpt(words))}
		}
	}
	return vendors.Health{Ill: vendors.Garbled}
}

func httpCode(status int) string { return "http " + strconv.Itoa(status) }

// behind puts the vendor's words behind ours.
func behind(why, said string) string {
	if said == "" {
		return why
	}
	return why + " (" + said + ")"
}
