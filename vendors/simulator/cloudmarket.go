package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Tencent's products are reached by a second, newer gateway as well: what stands
// before the path of an interface is the number of the service. It signs the date
// alone and refuses in Chinese, with a code of its own. Both lead to the same
// product, with one book.

// MarketService is a path that the newer gateway knows, to stand behind the
// simulator's address in base_url. It knows any number of a service.
const MarketService = marketPrefix + "simulator"

const marketPrefix = "/service-"

// route finds the endpoint of a path, nil when there is none, and tells whether
// the newer gateway leads there. That takes the path with the older one's stage
// (/release) or without.
func (s *Simulator) route(path string) (ep *endpoint, isNew bool) {
	if after, ok := strings.CutPrefix(path, marketPrefix); ok {
		number, rest, _ := strings.Cut(after, "/")
		for _, known := range []string{"/" + rest, "/release/" + rest} {
			if ep := s.routes[known]; number != "" && ep != nil && ep.vendor == tencentNo {
				return ep, true
			}
		}
		return nil, true
	}
	return s.routes[path], false
}

// marketError is how the newer gateway refuses. Its words for the clock are known
// from its customers; the others are like them.
func (x *exchange) marketError(status int, message string) {
	x.status, x.contentType = status, "application/json; charset=utf-8"
	id := x.req.Header.Get("Request-Id")
	if id == "" {
		id = "00000000-0000-0000-0000-000000000000"
	}
	x.out.open('{')
	x.out.str("requestid", id)
	x.out.num("code", int64(status))
	x.out.str("message", message)
	x.out.close('}')
}

// withdrawn answers a call that fails behind the newer gateway, which bills nothing that it
// answers with a status from 300 on. It is true when the fault is such a one.
func withdrawn(w http.ResponseWriter, f Fault) bool {
	if f != GatewayAfter {
		return false
	}
	page := gatewayPages[f]
	send(w, page.status, htmlType, []byte(page.page))
	return true
}

func (x *exchange) marketForced() (int, string) {
	switch x.sim.accounts.Load().code(Tencent) {
	case "401":
		return http.StatusUnauthorized, "未携带签名信息"
	case "403":
		return http.StatusForbidden, "没有调用该接口的权限"
	case "429":
		return http.StatusTooManyRequests, "请求过于频繁"
	case "-1":
		return http.StatusOK, "服务异常"
	}
	return 0, ""
}

// marketCheck reads the Authorization header, which is JSON:
// {"id":"ID","x-date":"DATE","signature":"BASE64"}. The signature is over the date alone.
func (x *exchange) marketCheck() (int, string) {
	var signed struct {
		ID        string `json:"id"`
		Date      string `json:"x-date"`
		Signature string `json:"signature"`
	}
	header := x.req.Header.Get("Authorization")
	if header == "" {
		return http.StatusUnauthorized, "未携带签名信息"
	}
	if err := json.Unmarshal([]byte(header), &signed); err != nil {
		return http.StatusUnauthorized, "签名信息格式错误"
	}
	at, err := time.Parse(tencentDate, signed.Date)
	if off := x.now.Sub(at); err != nil || off > tencentWindow || off < -tencentWindow {
		return http.StatusForbidden, "签名时间超时"
	}
	if !sameText(signed.ID, x.sim.keys.TencentSecretID) {
		return http.StatusForbidden, "密钥不存在"
	}
	mac := hmac.New(sha1.New, []byte(x.sim.keys.TencentKey))
	mac.Write([]byte("x-date: " + signed.Date))
	if !sameText(signed.Signature, base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
		return http.StatusForbidden, "签名错误"
	}
	return 0, ""
}

// usedUp is how the gateway says that nothing is left of what was bought.
func (x *exchange) usedUp() string {
	if x.isNew {
		return "套餐余量不足或已过期"
	}
	return "API quota exceeded: the package of this api is used up or has expired"
}
