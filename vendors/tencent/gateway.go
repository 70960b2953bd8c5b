package tencent

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

// The gateways under which the marketplace's products are reached. They differ in
// address, signature and in what they say when they refuse.
const (
	gatewayOld    = "apigateway"  // https://service-XXXX.REGION.apigateway.myqcloud.com, of which the product's page tells
	gatewayMarket = "cloudmarket" // https://REGION.cloudmarket-apigw.com/service-XXXX, which follows it
)

const (
	hostOld       = ".apigateway.myqcloud.com"
	hostMarket    = ".cloudmarket-apigw.com"
	exampleMarket = "https://ap-shanghai" + hostMarket + "/service-XXXX"
	servicePrefix = "/service-"
)

// gateway is how one of the two is called.
type gateway struct {
	name   string
	signer signer
}

func newGateway(s vendors.Settings) (gateway, error) {
	g := gateway{name: cmp.Or(s.Values[keyGateway], gatewayOld)}
	if g.name != gatewayOld && g.name != gatewayMarket {
		return g, fmt.Errorf("tencent: %s: %q is not known; known are %s and %s", keyGateway, g.name, gatewayOld, gatewayMarket)
	}
	var err error
	g.signer, err = newSigner(g.name, s.Values, s.NewID)
	return g, err
}

// address joins the base and a path and makes sure that a query can follow.
func (g gateway) address(base, path, key string) (string, error) {
	base = strings.TrimRight(cmp.Or(base, defaultBaseURL), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", fmt.Errorf("tencent: base_url: %q is not an address such as %s", base, defaultBaseURL)
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ") {
		return "", fmt.Errorf("tencent: %s: %q is not a path such as %s", key, path, defaultOrder)
	}
	if err := g.fits(u, path); err != nil {
		return "", err
	}
	return base + path, nil
}

// fits tells whether an address is one of this gateway: what is signed for the
// other is refused there, call by call.
func (g gateway) fits(base *url.URL, path string) error {
	host := strings.ToLower(base.Hostname())
	switch {
	case g.name == gatewayOld && strings.HasSuffix(host, hostMarket):
		return fmt.Errorf("tencent: base_url: %s is the newer gateway: write gateway: %s beside it", base.Host, gatewayMarket)
	case g.name == gatewayOld && strings.Trim(base.Path, "/") != "":
		return fmt.Errorf("tencent: base_url holds a path: paths stand in the datasets, e.g. submit_path; if the console shows an address such as %s, write gateway: %s beside it",
			exampleMarket, gatewayMarket)
	case g.name == gatewayMarket && strings.HasSuffix(host, hostOld):
		return fmt.Errorf("tencent: base_url: the gateway %s has an address such as %s, which the marketplace's console shows: write it, or leave out gateway: %s",
			gatewayMarket, exampleMarket, gatewayMarket)
	case g.name == gatewayMarket && strings.HasSuffix(host, hostMarket) && !strings.HasPrefix(base.Path+path, servicePrefix):
		return fmt.Errorf("tencent: base_url: an address of the gateway %s goes on with the number of the service: %s", gatewayMarket, exampleMarket)
	}
	return nil
}

// notBilled is Descriptor.NotBilled: the newer gateway bills no answer with a
// status from 300 on. Of the older one no page says so.
func notBilled(s vendors.Settings) []vendors.NotTaken {
	if s.Values[keyGateway] != gatewayMarket {
		return nil
	}
	return []vendors.NotTaken{{From: http.StatusMultipleChoices, ByStatus: true}}
}

// refusalForm is what is looked at in a refusal to tell whose it is.
type refusalForm struct {
	Code    loose.Text `json:"code"`
	Message loose.Text `json:"message"`
	Msg     loose.Text `json:"msg"`
	ID      loose.Text `json:"requestid"`
	OtherID loose.Text `json:"request_id"`
}

var oldWords = regexp.MustCompile(`(?i)hmac|^unauthorized$|authorization header|id or signature missing|no api match|api (?:quota|rate limit) exceeded`)

// gatewayBy tells which gateway refused a call, by the form of its refusal; ""
// when neither can be told. The older one has a message alone, in English; the
// newer one names the request, or speaks Chinese.
func gatewayBy(status int, body []byte) string {
	var f refusalForm
	if status < http.StatusBadRequest || loose.Unmarshal(body, &f) != nil {
		return ""
	}
	words, names := trim(cmp.Or(f.Message, f.Msg)), trim(cmp.Or(f.ID, f.OtherID)) != ""
	switch {
	case trim(f.Code) != "" && !names, words == "": // a product's own answer, or neither's
		return ""
	case names, strings.ContainsFunc(words, isHan):
		return gatewayMarket
	case oldWords.MatchString(words):
		return gatewayOld
	}
	return ""
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
