package vendors

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"vehiclebatch/pipeline/record"
)

// wrong is what an account's trouble is, and how a message about it begins.
type wrong struct {
	ill  Ill
	mend string
}

// refusedFor are the words of gateways that refuse a call (401, 403), the first
// that fits: what is said of the clock names the signature too.
var refusedFor = []struct {
	words *regexp.Regexp
	wrong
}{
	{regexp.MustCompile(`(?i)(?:签名|系统|本地|本机|客户端|服务器)时间|签名.{0,4}(?:过期|超时|失效|过时)|(?:签名|请求)日期|请求时间(?:戳|已|过|超|无效|不|与)|请求已?(?:过期|失效)|时间(?:戳|偏差|误差|不同步|不一致|校验)|时钟|` +
		`time-?stamp|\bclock\b|x-date|\bdate header|request (?:time|has)\b.*(?:expired|too)|(?:signature|request|token)\b.*\bexpired|^\W*expired`),
		wrong{ClockOff, "the gateway does not believe the time that is signed"}},
	{regexp.MustCompile(`(?i)白名单|\bips?\b|ip ?地址|\bwhite-?list|\ballow-?list|\baddress`),
		wrong{Permission, "the gateway does not take calls from here: add this machine's address at the vendor"}},
	{regexp.MustCompile(`(?i)签名|密钥|鉴权|signature|authorization header|\bsign\b|hmac|secret|app[-_ ]?(?:key|id)\b|api[-_ ]?key|credential`),
		wrong{Signature, "the gateway refused the signature: check the keys"}},
	{regexp.MustCompile(`(?i)余额|欠费|\binsufficient (?:balance|funds)\b|\barrears\b`),
		wrong{NoBalance, "the gateway says that the account is empty: top it up at the vendor"}},
	{regexp.MustCompile(`(?i)额度|余量|次数|套餐|\bquota\b`),
		wrong{NoQuota, "the bought calls are used up or have expired: buy more at the vendor"}},
}

// class is how a failure ledger names what is wrong.
func (w wrong) class() record.Class {
	switch w.ill {
	case NoBalance:
		return record.Balance
	case NoQuota:
		return record.Quota
	}
	return record.Auth
}

// advice is what happened and what to do.
func (w wrong) advice(r Response) string {
	if w.ill == ClockOff {
		return w.mend + ": " + r.clockAdvice()
	}
	return w.mend
}

// whatRefused says which of clock, address, keys and money a gateway's refusal is
// about, where its words tell; else all that it can be.
func whatRefused(r Response, named cause) wrong {
	if w, ok := named(); ok {
		return w
	}
	if r.Status == http.StatusForbidden && GatewayOf(r) != "" {
		return wrong{Permission, "a gateway refused the call, perhaps its limiter: check the keys and this machine's address, lower rate.per_second, or declare the answer as not_taken"}
	}
	return wrong{Signature, "the gateway refused the signature or the permission: check the keys"}
}

// cause is what the words of an answer name as the cause of a refusal. They are looked
// through once, and only where it is asked for.
type cause func() (wrong, bool)

func causeOf(r Response) cause {
	return sync.OnceValues(func() (wrong, bool) { return causeInWords(r) })
}

func causeInWords(r Response) (wrong, bool) {
	said := allWords(r)
	if said == "" {
		return wrong{}, false
	}
	for _, f := range refusedFor {
		if f.words.MatchString(said) {
			return f.wrong, true
		}
	}
	return wrong{}, false
}

// isUnsigned tells whether a gateway refuses clock or keys in words, whatever its status
// from 400 to 499: that concerns every call, and no vehicle.
func isUnsigned(r Response, named cause) (wrong, bool) {
	if r.Status < http.StatusBadRequest || r.Status >= http.StatusInternalServerError {
		return wrong{}, false
	}
	w, ok := named()
	return w, ok && (w.ill == ClockOff || w.ill == Signature)
}

// allWords is the text of an answer, longer than what is shown of it: of JSON what it
// says and not what its fields are called ("timestamp").
func allWords(r Response) string {
	const most = 2000
	body := readable(r)
	var v any
	if json.Unmarshal(body, &v) == nil {
		body = []byte(strings.Join(textsIn(v, nil), "\n"))
	}
	return strings.ToValidUTF8(shownText(string(body[:min(len(body), most)])), "")
}

// textsIn gathers the texts of a JSON value, in the order of their names.
func textsIn(v any, texts []string) []string {
	switch v := v.(type) {
	case string:
		texts = append(texts, v)
	case []any:
		for _, item := range v {
			texts = textsIn(item, texts)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			texts = textsIn(v[name], texts)
		}
	}
	return texts
}
