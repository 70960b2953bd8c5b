package tencent

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

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
// through it, unless its status says that the gateway itself refused.
func (a *adapter) ReadProbe(_ record.Dataset, status int, body []byte) vendors.Health {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil {
		return vendors.Health{Ill: vendors.Garbled}
	}
	words, code := string(cmp.Or(e.Message, e.Data.Other)), trim(e.Code)
	by := gatewayBy(status, body)
	if code == "" || by != "" || status == http.StatusUnauthorized || status == http.StatusForbidden {
		return a.readGateway(status, by, words)
	}
	said := normalise.Excerpt(words)
	switch code {
	case codeNoOrder:
		return vendors.Health{Code: code, Message: said, By: a.gateway}
	case "-1":
		return vendors.Health{Ill: vendors.Unavailable, Code: code, Message: vendors.Behind("the vendor has trouble: try again later", said), By: a.gateway}
	default:
		return vendors.Health{Ill: vendors.Unclear, Code: normalise.Excerpt(code), By: a.gateway,
			Message: vendors.Behind("not the answer that its page has for a report without an order; the gateway took the keys", said)}
	}
}

// gatewayWords are what the gateways' refusals say of their cause, the first that
// fits. What they say of clock and addresses is the same of every vendor.
var gatewayWords = []struct {
	words *regexp.Regexp
	ill   vendors.Ill
	mend  string
}{
	{regexp.MustCompile(`(?i)quota|套餐|额度|余量|次数`), vendors.NoQuota, "the bought calls are used up or have expired: buy more at the marketplace"},
	{regexp.MustCompile(`(?i)no api match|路径不存在|服务不存在|接口不存在`), vendors.Address, "no such interface: check base_url and the paths"},
	{regexp.MustCompile(`(?i)\bdate header|签名时间|时间戳|白名单`), vendors.Garbled, ""},
	{regexp.MustCompile(`(?i)id does not exist|密钥不存在|secret_?id`), vendors.Signature, "the gateway does not know secret_id: copy it again from the marketplace's console"},
	{regexp.MustCompile(`(?i)authorization header|missing|未携带|缺少|格式`), vendors.Signature, "the gateway misses the signature: check secret_id, secret_key and gateway"},
	{regexp.MustCompile(`(?i)signature|签名`), vendors.Signature, "the signature is wrong: check secret_key, and that it belongs to secret_id"},
	{regexp.MustCompile(`(?i)unauthorized|未授权`), vendors.Signature, "the gateway misses the signature: check secret_id, secret_key and gateway"},
	{regexp.MustCompile(`(?i)permission|forbidden|权限|无权|过期|禁止`), vendors.Permission, "the keys are known and may not use this interface: check at the marketplace that it is bought and not expired"},
}

// readGateway reads what a gateway says in place of the product.
func (a *adapter) readGateway(status int, by, words string) vendors.Health {
	h := vendors.Health{Ill: vendors.Garbled, By: by}
	if status < 400 || words == "" {
		return h
	}
	if by != "" && by != a.gateway {
		h.Ill, h.Code = vendors.Address, httpCode(status)
		h.Message = vendors.Behind("the gateway at base_url is the other one of the marketplace: write gateway: "+by+" under vendors.tencent", normalise.Excerpt(words))
		return h
	}
	for _, g := range gatewayWords {
		if !g.words.MatchString(words[:min(len(words), 1000)]) {
			continue
		}
		if g.ill != vendors.Garbled {
			h.Ill, h.Code, h.Message = g.ill, httpCode(status), vendors.Behind(g.mend, normalise.Excerpt(words))
		}
		return h
	}
	return h
}

func httpCode(status int) string { return "http " + strconv.Itoa(status) }
