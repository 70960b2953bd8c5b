package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const token = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"

func TestParse(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]Format{
		"https://hooks.example/T00/" + token:                      JSON,
		"http://127.0.0.1:9/x":                                    JSON,
		"http://localhost:9":                                      JSON,
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=":   WeCom,
		"https://oapi.dingtalk.com/robot/send?access_token=":      DingTalk,
		"https://open.feishu.cn/open-apis/bot/v2/hook/" + token:   Feishu,
		"https://OPEN.larksuite.com/open-apis/bot/v2/hook/":       Feishu,
		"https://qyapi.weixin.qq.com.example/cgi-bin/webhook/key": JSON,
	} {
		target, err := Parse(address, "")
		if err != nil || target.format != want || target.IsZero() {
			t.Errorf("%s: %q, %v; want %q", address, target.format, err, want)
		}
	}
	if target, err := Parse("https://proxy.example/", DingTalk); err != nil || target.format != DingTalk {
		t.Errorf("a format of one's own: %v, %v", target.format, err)
	}
	for _, address := range []string{"", token, "hooks.example/" + token, "http://hooks.example/" + token, "ftp://a/" + token,
		"https://me:" + token + "@a/", "https:///" + token, "mailto:" + token, "https://a/%zz" + token} {
		if target, err := Parse(address, ""); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v, %v", address, target, err)
		}
	}
	if _, err := Parse("https://a/", "slack"); err == nil {
		t.Error("slack is taken")
	}
}

func TestNothingPrintsTheAddress(t *testing.T) {
	t.Parallel()
	target, err := Parse("https://hooks.example/T00/"+token, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(target)
	for _, said := range []string{fmt.Sprintf("%v %+v %#v %s %q %d", target, target, target, target, target, target), string(text), target.LogValue().String()} {
		if err != nil || strings.Contains(said, token) || !strings.Contains(said, "hooks.example") {
			t.Error(said, err)
		}
	}
}

// receiver answers with what it is given, in turn, and keeps what comes.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	answers []func(http.ResponseWriter)
	came    []string
}

func receive(t *testing.T, answers ...func(http.ResponseWriter)) *receiver {
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.came = append(r.came, req.Method+" "+req.URL.RequestURI()+" "+req.Header.Get("Content-Type")+" "+string(body))
		r.answers[min(len(r.came), len(r.answers))-1](w)
	}))
	t.Cleanup(r.Close)
	return r
}

func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

func says(text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) }
}

func cut(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func later(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusTooManyRequests)
}

func redirect(w http.ResponseWriter) {
	w.Header().Set("Location", "https://elsewhere.example/")
	w.WriteHeader(http.StatusFound)
}

var message = Message{Summary: []byte(`{"run_id":"R","exit_code":0}`), Text: "batch: \"done\"\n24 rows"}

func TestSend(t *testing.T) {
	t.Parallel()
	ok := status(http.StatusNoContent)
	for name, c := range map[string]struct {
		format  Format
		answers []func(http.ResponseWriter)
		posts   int
		body    string
		problem string // "" is delivered
	}{
		"json":              {JSON, []func(http.ResponseWriter){ok}, 1, `{"run_id":"R","exit_code":0}`, ""},
		"trouble, then ok":  {JSON, []func(http.ResponseWriter){status(500), cut, status(503), ok}, 4, "", ""},
		"too many":          {JSON, []func(http.ResponseWriter){later, ok}, 2, "", ""},
		"always trouble":    {JSON, []func(http.ResponseWriter){status(502)}, 4, "", "it says http 502"},
		"always too many":   {JSON, []func(http.ResponseWriter){status(429)}, 4, "", "it says http 429"},
		"never there":       {JSON, []func(http.ResponseWriter){cut}, 4, "", "the connection ended"},
		"not found":         {JSON, []func(http.ResponseWriter){status(404)}, 1, "", "it says http 404: check the address"},
		"elsewhere":         {JSON, []func(http.ResponseWriter){redirect}, 1, "", "it says http 302"},
		"wecom":             {WeCom, []func(http.ResponseWriter){says(`{"errcode":0,"errmsg":"ok"}`)}, 1, `{"msgtype":"text","text":{"content":"batch: \"done\"\n24 rows"}}`, ""},
		"wecom refuses":     {WeCom, []func(http.ResponseWriter){says(`{"errcode":93000,"errmsg":"invalid webhook url ` + token + `"}`)}, 1, "", "the wecom robot refuses the message (93000 invalid webhook url " + strings.Repeat("*", len(token)) + ")"},
		"dingtalk":          {DingTalk, []func(http.ResponseWriter){says(`{"errcode":0,"errmsg":"ok"}`)}, 1, `{"msgtype":"text","text":{"content":"batch: \"done\"\n24 rows"}}`, ""},
		"dingtalk keyword":  {DingTalk, []func(http.ResponseWriter){says(`{"errcode":310000,"errmsg":"keywords not in content"}`)}, 1, "", "310000 keywords not in content"},
		"feishu":            {Feishu, []func(http.ResponseWriter){says(`{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`)}, 1, `{"content":{"text":"batch: \"done\"\n24 rows"},"msg_type":"text"}`, ""},
		"feishu refuses":    {Feishu, []func(http.ResponseWriter){says(`{"code":19001,"data":{},"msg":"param invalid: incoming webhook access token invalid"}`)}, 1, "", "19001"},
		"not a robot":       {Feishu, []func(http.ResponseWriter){says("<html>")}, 1, "", "not that of a feishu robot"},
		"json takes a page": {JSON, []func(http.ResponseWriter){says("<html>")}, 1, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, c.answers...)
			target, err := Parse(r.URL+"/hook/"+token, c.format)
			if err != nil {
				t.Fatal(err)
			}
			err = target.Send(t.Context(), message, Options{First: time.Millisecond})
			if (err == nil) != (c.problem == "") || err != nil && (!strings.Contains(err.Error(), c.problem) || strings.Contains(err.Error(), token)) {
				t.Errorf("%v, want %q", err, c.problem)
			}
			if len(r.came) != c.posts || !strings.HasPrefix(r.came[0], "POST /hook/"+token+" application/json; charset=utf-8 "+c.body) {
				t.Errorf("%d posts, want %d: %q", len(r.came), c.posts, r.came)
			}
		})
	}
}

// What is over is not waited for.
func TestSendEndsInTime(t *testing.T) {
	t.Parallel()
	r := receive(t, status(500))
	target, err := Parse(r.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Send(t.Context(), message, Options{First: time.Hour, Within: time.Minute}); err == nil || len(r.came) != 1 {
		t.Errorf("%v after %d posts: a pause of an hour does not fit into a minute", err, len(r.came))
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := target.Send(stopped, message, Options{}); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("stopped: %v", err)
	}
}
