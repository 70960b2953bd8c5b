package transport

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vehiclebatch/vendors"
)

// echo is a vendor whose answers are what the test says.
type echo struct {
	answer func(req *http.Request, body string) string
}

func (e echo) Do(req *http.Request, _ vendors.Turn) vendors.Response {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	return vendors.Response{Status: 500, Body: []byte(e.answer(req, string(body)))}
}

const hushedSecret = `s3cr&t/+key"1`

func TestHushHidesEverySpellingOfASecret(t *testing.T) {
	t.Parallel()
	sum := md5.Sum([]byte(hushedSecret))
	for name, said := range map[string]string{
		"raw": hushedSecret, "query": url.QueryEscape(hushedSecret), "query, small": "s3cr%26t%2f%2bkey%221", "path": url.PathEscape(hushedSecret),
		"json": `s3cr\u0026t/+key\"1`, "json with slash": `s3cr\u0026t\/+key\"1`, "html": "s3cr&amp;t/+key&#34;1",
		"base64": base64.StdEncoding.EncodeToString([]byte(hushedSecret)), "base64 url": base64.URLEncoding.EncodeToString([]byte(hushedSecret)),
		"hex": hex.EncodeToString([]byte(hushedSecret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(hushedSecret))),
		"md5": hex.EncodeToString(sum[:]), "MD5": strings.ToUpper(hex.EncodeToString(sum[:])),
	} {
		for pad := range 5 { // wherever it stands
			lead := strings.Repeat("x", pad)
			page := lead + "<p>" + said + "</p> and " + said
			h := Hush(echo{func(*http.Request, string) string { return page }}, []string{hushedSecret})
			got := string(h.Do(get(t, "http://vendor.example/"), nil).Body)
			core := strings.TrimRight(said, "=") // padding tells nothing
			if strings.Contains(got, core) || len(got) != len(page) || !strings.HasPrefix(got, lead+"<p>*") || !strings.Contains(got, "</p> and *") {
				t.Errorf("%s: %q became %q", name, page, got)
			}
		}
	}
}

// The few headers that are kept are hushed as the body is.
func TestHushHidesSecretsInTheHead(t *testing.T) {
	t.Parallel()
	said := sayer{vendors.Response{Head: "Server: " + hushedSecret + " v2", Body: []byte("x")}}
	if got := Hush(said, []string{hushedSecret}).Do(get(t, "http://vendor.example/"), nil).Head; got != vendors.Head("Server: "+strings.Repeat("*", len(hushedSecret))+" v2") {
		t.Errorf("the head is %q", got)
	}
}

// Who reads the answer can look for the same once more in what it is read as.
func TestHushLendsWhatItHides(t *testing.T) {
	t.Parallel()
	const sign = "0123456789abcdef0123456789abcdef"
	r := Hush(sayer{vendors.Response{Body: []byte("x")}}, []string{hushedSecret}).Do(get(t, "http://vendor.example/?sign="+sign), nil)
	if got := string(r.Secrets.Hide([]byte("of " + hushedSecret + " and " + sign))); got != "of "+strings.Repeat("*", len(hushedSecret))+" and "+strings.Repeat("*", len(sign)) {
		t.Errorf("%q", got)
	}
}

// The proofs of each request are hidden, whichever went before it through the same sender.
func TestHushHidesTheProofsOfEachRequest(t *testing.T) {
	t.Parallel()
	h := Hush(echo{func(req *http.Request, _ string) string { return req.URL.RawQuery }}, []string{hushedSecret})
	for _, sign := range []string{"0123456789abcdef0123", "0123456789abcdef0123", "fedcba98765432100123", "0123456789abcdef0123"} {
		if got := string(h.Do(get(t, "http://vendor.example/?sign="+sign), nil).Body); got != "sign="+strings.Repeat("*", len(sign)) {
			t.Errorf("%s: the answer says %q", sign, got)
		}
	}
}

// sayer answers the same always.
type sayer struct{ resp vendors.Response }

func (s sayer) Do(*http.Request, vendors.Turn) vendors.Response { return s.resp }

func TestHushHidesWhatProvesTheRequest(t *testing.T) {
	t.Parallel()
	const sign, header = "0123456789abcdef0123456789abcdef", `hmac id="AKID", signature="c2lnbmF0dXJlLW9mLXRoaXM="`
	say := echo{func(req *http.Request, body string) string {
		return body + " " + req.Header.Get("Authorization") + " c2lnbmF0dXJlLW9mLXRoaXM= " + req.URL.RawQuery
	}}
	req := request(t, t.Context(), http.MethodPost, "http://vendor.example/?signature=fedcba9876543210", "sign="+sign+"&vin=LNBSCC3H8GF308384")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	req.Header.Set("Authorization", header)
	got := string(Hush(say, nil).Do(req, nil).Body)
	for _, proof := range []string{sign, header, "c2lnbmF0dXJlLW9mLXRoaXM", "fedcba9876543210"} {
		if strings.Contains(got, proof) {
			t.Errorf("%q holds %q", got, proof)
		}
	}
	if !strings.Contains(got, "vin=LNBSCC3H8GF308384") {
		t.Errorf("%q: the rest must stay", got)
	}
}

// The header of tencent's newer gateway is JSON: whoever repeats it, as it is or inside
// JSON or HTML, shows neither the id nor the signature.
func TestHushHidesAHeaderThatIsJSON(t *testing.T) {
	t.Parallel()
	const id, sign = "AKIDcloudmarket0001", "c2ln+bmF0/dXJlLW9mLXRoaXM="
	for _, form := range []string{`{"id":"` + id + `","x-date":"Tue, 05 Mar 2024 06:07:08 GMT","signature":"` + sign + `"}`,
		`{"id": "` + id + `", "x-date": "Tue, 05 Mar 2024 06:07:08 GMT" , "signature" : "` + sign + `"}`} {
		quoted, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		net := strings.ReplaceAll(string(quoted), "+", `\u002B`)
		gson := strings.ReplaceAll(string(quoted), "=", `\u003d`)
		for name, said := range map[string]string{"raw": form, "json": string(quoted), "net": net, "gson": gson, "php": strings.ReplaceAll(string(quoted), "/", `\/`),
			"html": html.EscapeString(form), "query": url.QueryEscape(form), "the signature alone": sign} {
			req := get(t, "http://vendor.example/")
			req.Header.Set("Authorization", form)
			got := string(Hush(echo{func(*http.Request, string) string { return "you sent " + said + " (403)" }}, []string{id}).Do(req, nil).Body)
			if !strings.HasPrefix(got, "you sent ") || !strings.HasSuffix(got, " (403)") || strings.Contains(got, id) ||
				strings.Contains(got, "c2ln") || strings.Contains(got, "LW9mLXRoaXM") {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
}

// What holds no secret is the same slice, and a secret shorter than twelve bytes
// is no needle: 10086 occurs by chance.
func TestHushLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	body := []byte(`{"codeid":10086,"retdata":[]}`)
	h := Hush(echo{func(*http.Request, string) string { return string(body) }}, []string{"10086", ""})
	if got := h.Do(get(t, "http://vendor.example/"), nil).Body; !bytes.Equal(got, body) {
		t.Errorf("%s became %s", body, got)
	}
}

// Requests arrive whole behind it, once.
func TestHushSendsTheRequestAsItIs(t *testing.T) {
	t.Parallel()
	var seen string
	c, address := serve(t, Options{}, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen += string(body) + " " + r.Header.Get("Content-Length") + ";"
	})
	req := request(t, t.Context(), http.MethodPost, address, "sign=0123456789&a=1")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r := Hush(c, nil).Do(req, nil); r.Err != nil || seen != "sign=0123456789&a=1 ;" && seen != "sign=0123456789&a=1 19;" {
		t.Errorf("%v, the server saw %q", r.Err, seen)
	}
}
