package vendors

import (
	"cmp"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/record"
)

func TestWords(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("<html><title>系统繁忙</title></html>")
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`{"code":500,"msg":"渠道余额不足"}`:                                    "渠道余额不足",
		`{"code":500,"Message":"m"}`:                                     "m",
		`{"error":"e","message":"m"}`:                                    "m",
		`{"error":"invalid_client","error_description":"d"}`:             "d",
		`{"error":{"code":5,"message":"inner"}}`:                         "inner",
		`{"Response":{"Error":{"Code":"AuthFailure","Message":"deep"}}}`: "deep",
		`{"errors":[{"code":1},{"detail":"second"}]}`:                    "second",
		`{"z":{"msg":"z"},"a":{"msg":"a"}}`:                              "a",
		`{"msg":"","err_msg":"other"}`:                                   "other",
		`{"msg":17,"code":500}`:                                          `{"msg":17,"code":500}`,
		"\ufeff{\"msg\":\"marked\"}":                                     "marked",
		`"only a text"`:                                                  "only a text",
		`null`:                                                           "",
		`[]`:                                                             "",
		nginx503:                                                         "503 Service Temporarily Unavailable",
		haproxy3:                                                         "403 Forbidden Request forbidden by administrative rules.",
		"<html><title> </title><script>var x</script><p>down &amp; out</p>": "down & out",
		"<TITLE lang=zh>\n登录\n</TITLE>":                                     "登录",
		gbk:                                                                 "系统繁忙",
		"upstream connect error or disconnect/reset before headers": "upstream connect error or disconnect/reset before headers",
		"":                           "",
		" \n ":                       "",
		"--- ***":                    "",
		"\x00\x01\xff":               "",
		strings.Repeat("long ", 100): strings.Repeat("long ", 12) + "…",
		`{"a":{"a":{"a":{"a":{"a":{"msg":"too deep to be a message"}}}}}}`: `{"a":{"a":{"a":{"a":{"a":{"msg":"too deep to be a message"}}` + "…",
	} {
		if got := Words(Response{Body: []byte(body)}); got != want {
			t.Errorf("%q says %q, want %q", body, got, want)
		}
	}
}

// An answer always has a reason, and the adapter's own comes first.
func TestNeverAnEmptyReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said Outcome
		r    Response
		want string
	}{
		{Outcome{Kind: Unknown, Billed: BilledUnknown}, answer(200, `{"code":500,"msg":"系统异常"}`), "系统异常"},
		{Outcome{Kind: Unknown, Message: "own"}, answer(200, `{"code":500,"msg":"系统异常"}`), "own"},
		{Outcome{Kind: Refused}, answer(200, ""), "HTTP 200 without a word"},
		{Outcome{Kind: AccountTrouble}, answer(200, `{"code":"7"}`), `{"code":"7"}`},
		{Outcome{Kind: Answered}, answer(200, `{"msg":"ok"}`), ""},
		{Outcome{Kind: Unreadable}, answer(500, ""), "trouble at the vendor's gateway (HTTP 500 without a word)"},
		{Outcome{Kind: Unreadable}, answer(502, nginx502), "trouble at the vendor's gateway (502 Bad Gateway)"},
		{Outcome{Kind: Unreadable}, answer(200, "<title>登录</title>"), "the answer is not in the vendor's format (登录)"},
		{Outcome{Kind: Unreadable}, answer(429, `{"message":"API rate limit exceeded"}`), "too many requests (API rate limit exceeded)"},
		{Outcome{Kind: Unreadable}, answer(400, "bad vin"), "the gateway refused the request (bad vin)"},
	} {
		if got := read(c.said, Submit, c.r); got.Message != c.want {
			t.Errorf("%+v with %d %q: %q, want %q", c.said, c.r.Status, c.r.Body, got.Message, c.want)
		}
	}
}

// Clock and keys concern every call, whatever status of a refusal a gateway has for them; a
// refusal of the question does not.
func TestGatewayRefusesTheSignatureByAnyStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 402, 405, 407, 412, 419, 422, 440, 498} {
		for words, want := range map[string]Ill{`{"requestid":"1","code":400,"message":"签名时间超时"}`: ClockOff, `{"message":"invalid signature"}`: Signature, "timestamp expired": ClockOff} {
			r := answer(status, words)
			for _, call := range []Call{Submit, Poll} {
				if got := read(Outcome{Kind: Unknown, Billed: BilledUnknown, Code: "400"}, call, r); got.Kind != AccountTrouble || got.From != FromGateway {
					t.Errorf("%s %d %s with a code of its own: %+v", call, status, words, got)
				}
				if got := read(Outcome{Kind: Unreadable}, call, r); got.Kind != AccountTrouble || got.Class != record.Auth || (got.Billed == BilledNo) != (call == Submit) {
					t.Errorf("%s %d %s: %+v", call, status, words, got)
				}
			}
			if h := ReadProbe(teller{Health{Ill: Garbled}}, record.DatasetMaintenance, r); h.Ill != want {
				t.Errorf("%d %s: %+v", status, words, h)
			}
		}
	}
	for _, words := range []string{"bad vin", `{"timestamp":"2026-11-29T21:00:00Z","status":400,"error":"Bad Request"}`, `{"message":"余额不足"}`} {
		if got := read(Outcome{Kind: Unreadable}, Submit, answer(400, words)); got.Kind != Refused {
			t.Errorf("%s: %+v", words, got)
		}
	}
	if got := read(Outcome{Kind: Unreadable}, Submit, answer(500, "invalid signature")); got.Kind != Unknown {
		t.Errorf("500: %+v", got)
	}
}

// A gateway's refusal begins with what to do, where its words tell.
func TestWhatAGatewayRefused(t *testing.T) {
	t.Parallel()
	const (
		clock   = "the gateway does not believe the time"
		address = "the gateway does not take calls from here: add this machine's address"
		keys    = "the gateway refused the signature: check the keys"
		all     = "the gateway refused the signature or the permission: check the keys"
		page    = "a gateway refused the call, perhaps its limiter"
		quota   = "the bought calls are used up or have expired: buy more"
		balance = "the gateway says that the account is empty: top it up"
	)
	classes := map[string]record.Class{quota: record.Quota, balance: record.Balance}
	for words, want := range map[string]string{
		`{"message":"HMAC signature cannot be verified, a valid x-date header is required"}`: clock,
		`{"message":"HMAC signature cannot be verified, a valid date header is required"}`:   clock,
		`{"msg":"签名时间已过期"}`:             clock,
		`{"msg":"时间戳错误"}`:               clock,
		`{"error":"invalid timestamp"}`: clock,
		`{"error":"signature expired"}`: clock,
		`request has expired`:           clock,
		`{"requestid":"00000000-0000-0000-0000-000000000000","code":403,"message":"签名时间超时"}`: clock,
		`{"code":403,"message":"签名时间与服务器时间相差过大"}`:                                            clock,
		`{"message":"签名已过期"}`:                                          clock,
		`{"message":"签名已过时"}`:                                          clock,
		`{"message":"请求日期与服务器不符"}`:                                     clock,
		`{"requestid":"1","code":401,"message":"invalid credentials"}`: keys,
		`{"requestid":"1","code":401,"message":"request expired"}`:     clock,
		`{"message":"请求时间无效"}`:                                         clock,
		`{"message":"请求已过期"}`:                                          clock,
		`{"message":"服务器时间与客户端时间偏差过大"}`:                                clock,
		`{"message":"HMAC signature cannot be verified, the x-date header is out of date for HMAC Authentication"}`: clock,
		`{"message":"HMAC signature cannot be verified, a validate authorization header is required"}`:              keys,
		`{"message":"authorization headers is invalidate"}`:                                                         keys,
		`{"message":"id or signature missing"}`:                                                                     keys,
		`{"message":"HMAC id does not exist"}`:                                                                      keys,
		`{"message":"HMAC algorithm hmac-md5 not supported"}`:                                                       keys,
		`{"requestid":"1","code":403,"message":"签名错误"}`:                                                             keys,
		`{"requestid":"1","code":401,"message":"鉴权失败"}`:                                                             keys,
		`{"requestid":"1","code":403,"message":"密钥已过期"}`:                                                            keys,
		`{"timestamp":"2026-11-29T21:00:00.000+08:00","status":403,"error":"Forbidden","path":"/x"}`:                all,
		`{"requestid":"1","code":403,"message":"没有调用该接口的权限"}`:                                                       all,
		`{"message":"服务有效时间已过期"}`:                                                                                   all,
		`{"requestid":"1","code":403,"message":"套餐余量不足或已过期"}`:                                                       quota,
		`{"message":"HMAC signature does not match"}`:                                                               keys,
		`{"msg":"签名错误"}`:                                                                                            keys,
		`{"message":"Unknown appkey"}`:                                                                              keys,
		`{"message":"your API key has expired"}`:                                                                    keys,
		`{"msg":"请求IP不在白名单中"}`:                                                                                      address,
		`{"message":"Your IP address is not allowed"}`:                                                              address,
		`{"message":"not in whitelist"}`:                                                                            address,
		`{"message":"skip: forbidden zip"}`:                                                                         all,
		`{"message":"your subscription has expired"}`:                                                               all,
		`{"message":"Unauthorized"}`:                                                                                all,
		`{"message":"API quota exceeded: the package of this api is used up or has expired"}`:                       quota,
		`{"msg":"剩余次数不足"}`:                                                                                          quota,
		`{"msg":"账户余额不足"}`:                                                                                          balance,
		`{"message":"Insufficient balance"}`:                                                                        balance,
		``:                                                                                                          all,
		haproxy3:                                                                                                    page,
	} {
		r := answer(403, words)
		got := read(Outcome{Kind: Unreadable}, Submit, r)
		if !strings.HasPrefix(got.Message, want) || got.Kind != AccountTrouble || got.Class != cmp.Or(classes[want], record.Auth) {
			t.Errorf("%s is %+v, want %q", words, got, want)
		}
		if said := Words(r); !strings.HasSuffix(got.Message, "("+said+")") && said != "" {
			t.Errorf("%s: its words are not told: %s", words, got.Message)
		}
	}
}

// TestMarksInGBK: a rule's words and a gateway's title are found in a page in GBK.
func TestMarksInGBK(t *testing.T) {
	t.Parallel()
	page, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("<html><head><title>系统繁忙</title></head></html>"))
	if err != nil {
		t.Fatal(err)
	}
	r := Response{Status: 503, Body: page}
	if !(NotTaken{Body: regexp.MustCompile("系统繁忙")}).Matches(r) {
		t.Error("the rule does not find its words")
	}
	if p, ok := PageOf(r); !ok || p.Rule != "{status: 503, body: '<title>系统繁忙</title>'}" {
		t.Errorf("the page's rule is %q, %v", p.Rule, ok)
	}
}
