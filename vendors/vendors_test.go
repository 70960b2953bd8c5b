package vendors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
)

// parrot reads a body as the outcome that it was told, or not at all.
type parrot struct{ says Outcome }

func (p parrot) Read(record.Dataset, Call, *record.Vehicle, []byte) Outcome { return p.says }
func (p parrot) Name() string                                               { return "parrot" }
func (p parrot) Missing(record.Dataset, *record.Vehicle) []string {
	return nil
}

func (p parrot) Decode(record.Dataset, *record.Vehicle, []byte) (record.Answer, error) {
	return record.Answer{}, nil
}

func (p parrot) NewSubmit(context.Context, record.Dataset, *record.Vehicle) (*http.Request, error) {
	return nil, errors.New("a parrot sends nothing")
}

func (p parrot) NewPoll(context.Context, record.Dataset, string) (*http.Request, error) {
	return nil, errors.New("a parrot sends nothing")
}

var _ Vendor = parrot{}

func read(says Outcome, c Call, r Response) Outcome {
	return ReadResponse(parrot{says}, nil, record.DatasetMaintenance, c, &record.Vehicle{}, r)
}

// A body that is not the vendor's own is understood by its status. A submit
// that may have been taken is unknown, one that was not is not billed.
func TestReadResponseByStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		statuses []int
		kind     Kind
		class    record.Class
		billed   Billed // of a submit
	}{
		{[]int{200, 201, 202, 204, 206, 299, 100, 102, 0}, Unknown, "", BilledUnsaid},
		{[]int{301, 302, 303, 304, 307, 308}, AccountTrouble, record.Auth, BilledNo},
		{[]int{401, 403, 404, 405}, AccountTrouble, record.Auth, BilledNo},
		{[]int{402}, AccountTrouble, record.Balance, BilledNo},
		{[]int{408}, Unknown, "", BilledUnsaid},
		{[]int{400, 406, 409, 411, 413, 414, 415, 422, 431, 451, 499}, Refused, record.Rejected, BilledNo},
		{[]int{429}, Busy, record.RateLimited, BilledNo},
		{[]int{500, 501, 502, 503, 504, 507, 520, 599}, Unknown, "", BilledUnsaid},
	} {
		for _, status := range c.statuses {
			for _, call := range []Call{Submit, Poll} {
				want := Outcome{Kind: c.kind, From: FromGateway, Class: c.class, Billed: c.billed, Code: fmt.Sprintf("http %d", status)}
				if call == Poll { // a poll says nothing of what the submit cost
					want.Billed = BilledUnsaid
				}
				if call == Poll && c.kind == Refused { // nor is a gateway's refusal the end of a ticket
					want.Kind, want.Class = Unknown, ""
				}
				got := read(Outcome{Kind: Unreadable, Billed: BilledYes, Class: record.Quota}, call, Response{Status: status, Body: []byte("<html>")})
				if got.Message == "" {
					t.Errorf("%s %d says nothing", call, status)
				}
				got.Message = ""
				if got != want {
					t.Errorf("%s %d is %+v, want %+v", call, status, got, want)
				}
			}
		}
	}
}

// What the vendor says in its own words wins, whatever the status: a ticket that
// comes with a 429 is paid for all the same.
func TestReadResponseInTheVendorsWords(t *testing.T) {
	t.Parallel()
	said := Outcome{Kind: Answered, Ticket: "T", Billed: BilledYes, Code: "10000", Message: "ok"}
	for _, status := range []int{200, 204, 302, 400, 401, 402, 403, 404, 408, 429, 500, 503} {
		for _, call := range []Call{Submit, Poll} {
			if got := read(said, call, Response{Status: status}); got != said {
				t.Errorf("%s %d is %+v", call, status, got)
			}
		}
	}
}

// A gateway's 401 or 403 may carry a code of the gateway's own, which is none of the
// vendor's: nothing is in doubt then.
func TestReadResponseOfAGatewayWithACode(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		got := read(Outcome{Kind: Unknown, Billed: BilledUnknown, Code: "4001"}, Submit, Response{Status: status, Body: []byte(`{"code":4001,"message":"签名时间已过期"}`)})
		if got.Kind != AccountTrouble || got.From != FromGateway || got.Billed != BilledNo || !strings.Contains(got.Message, "clock") {
			t.Errorf("%d: %+v", status, got)
		}
	}
}

// A gateway's refusal is read before codes that only say "later": a clock that is wrong
// does not mend itself. What the vendor says for certain still wins.
func TestReadResponseOfAGatewayBeforeBusyCodes(t *testing.T) {
	t.Parallel()
	body := []byte(`{"code":-1,"message":"签名时间超时"}`)
	for _, status := range []int{401, 403} {
		for _, call := range []Call{Submit, Poll} {
			got := read(Outcome{Kind: Busy, Class: record.Unavailable, Code: "-1"}, call, Response{Status: status, Body: body})
			if got.Kind != AccountTrouble || got.From != FromGateway || got.Class != record.Auth || !strings.Contains(got.Message, "clock") {
				t.Errorf("%s %d: %+v", call, status, got)
			}
			for _, kind := range []Kind{Ticket, NoRecord, Refused, Pending, Unsupported, AccountTrouble} {
				if got := read(Outcome{Kind: kind, Billed: BilledNo, Message: "m"}, call, Response{Status: status, Body: body}); got.Kind != kind || got.Message != "m" {
					t.Errorf("%s %d: %s is %+v", call, status, kind, got)
				}
			}
		}
	}
	if got := read(Outcome{Kind: Busy, Class: record.Unavailable}, Poll, Response{Status: 503, Body: body}); got.Kind != Busy {
		t.Errorf("503 is %+v", got)
	}
}

// An answer that is never billed by its status leaves nothing in doubt: what failed is
// tried again, what is wrong with the account halts. Polls are read as ever.
func TestReadResponseNeverBilledByStatus(t *testing.T) {
	t.Parallel()
	rules := []NotTaken{{From: 300, ByStatus: true}}
	own := Outcome{Kind: Unknown, Billed: BilledUnknown, Code: "500", Message: "own"}
	for _, said := range []Outcome{{Kind: Unreadable}, own} {
		for status, want := range map[int]Kind{302: AccountTrouble, 400: Refused, 401: AccountTrouble, 403: AccountTrouble, 404: AccountTrouble, 405: AccountTrouble,
			408: Busy, 429: Busy, 500: Busy, 502: Busy, 503: Busy, 504: Busy, 599: Busy} {
			got := ReadResponse(parrot{said}, rules, record.DatasetMaintenance, Submit, &record.Vehicle{}, Response{Status: status, Body: []byte(`{"code":1,"message":"m"}`)})
			if got.Kind != want || got.Billed != BilledNo || got.Message == "" || want == Busy && got.Limited() != (status == 429) {
				t.Errorf("%d of %s: %+v, want %s", status, said.Kind, got, want)
			}
			poll := ReadResponse(parrot{said}, rules, record.DatasetMaintenance, Poll, &record.Vehicle{}, Response{Status: status})
			if bare := read(said, Poll, Response{Status: status}); poll != bare {
				t.Errorf("a poll with %d: %+v, else %+v", status, poll, bare)
			}
		}
		if got := ReadResponse(parrot{said}, rules, record.DatasetMaintenance, Submit, &record.Vehicle{}, Response{Status: 200, Body: []byte("x")}); got.Kind != Unknown {
			t.Errorf("200 is %+v", got)
		}
	}
	for _, said := range []Outcome{{Kind: Ticket, Ticket: "T", Billed: BilledYes}, {Kind: Unknown, Billed: BilledYes, Message: "bought"}, {Kind: Refused, Billed: BilledNo, Message: "m"}} {
		if got := ReadResponse(parrot{said}, rules, record.DatasetMaintenance, Submit, &record.Vehicle{}, Response{Status: 500}); got != said {
			t.Errorf("%+v became %+v", said, got)
		}
	}
	if got := ReadResponse(parrot{Outcome{Kind: Unreadable}}, rules, record.DatasetMaintenance, Submit, &record.Vehicle{}, Response{Err: errors.New("reset")}); got.Kind != Unknown {
		t.Errorf("a call that broke off is %+v", got)
	}
}

// An unknown ticket is told by status or in words, and by nothing else.
func TestGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		out  Outcome
		want bool
	}{
		{Outcome{Kind: AccountTrouble, From: FromGateway, Code: "http 404"}, true},
		{Outcome{Kind: Unknown, From: FromGateway, Code: "http 410"}, true},
		{Outcome{Kind: AccountTrouble, From: FromGateway, Code: "http 403", Message: "not found"}, false},
		{Outcome{Kind: Unknown, Code: "777", Message: "订单不存在"}, true},
		{Outcome{Kind: Unknown, Code: "777", Message: "Order not found"}, true},
		{Outcome{Kind: Unknown, Code: "777", Message: "查询中"}, false},
		{Outcome{Kind: Unknown, From: FromNobody, Message: "no such host"}, false},
		{Outcome{Kind: Pending, Message: "不存在"}, false},
		{Outcome{Kind: AccountTrouble, Message: "接口不存在"}, false},
	} {
		if got := c.out.Gone(); got != c.want {
			t.Errorf("%+v is gone: %v", c.out, got)
		}
	}
}

func TestReadResponseRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said Outcome
		want time.Duration
	}{
		{Outcome{Kind: Busy, Class: record.Unavailable}, time.Minute},
		{Outcome{Kind: Busy, Class: record.Unavailable, RetryAfter: time.Second}, time.Second},
		{Outcome{Kind: Pending}, 0},
		{Outcome{Kind: Unreadable}, time.Minute},
		{Outcome{Kind: Refused, Class: record.Rejected}, 0},
	} {
		if got := read(c.said, Poll, Response{Status: 503, RetryAfter: time.Minute}); got.RetryAfter != c.want {
			t.Errorf("%+v: retry after %v, want %v", c.said, got.RetryAfter, c.want)
		}
	}
}

// A call that broke off is unknown, however much of its answer came, unless it
// is certain that it never left.
func TestReadResponseOfBrokenCalls(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for _, status := range []int{0, 200, 404, 429, 503} {
		for _, call := range []Call{Submit, Poll} {
			got := read(Outcome{Kind: Answered, Billed: BilledNo}, call, Response{Status: status, Err: broken, Body: []byte("{}")})
			if got != (Outcome{Kind: Unknown, From: FromNobody, Code: "connection", Message: "connection reset"}) {
				t.Errorf("%s %d broken off is %+v", call, status, got)
			}
			got = read(Outcome{Kind: Answered}, call, Response{Err: broken, NeverSent: true})
			if got != (Outcome{Kind: Busy, From: FromNobody, Class: record.Unavailable, Code: "connect", Message: "connection reset"}) {
				t.Errorf("%s never sent is %+v", call, got)
			}
		}
	}
}

func TestSettingsShowNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-k3y"
	s := Settings{BaseURL: "https://user:" + secret + "@api.example", Values: map[string]string{"app_secret": secret},
		Lists: map[string][]string{"brands": {secret}}, Paths: map[record.Dataset]Paths{record.DatasetValuation: {Submit: "/" + secret}}}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%10.3v", "%!"} {
		shown[verb] = fmt.Sprintf(verb, s)
		shown[verb+" pointer"] = fmt.Sprintf(verb, &s)
		shown[verb+" inside"] = fmt.Sprintf(verb, struct{ S Settings }{s})
		shown[verb+" in a list"] = fmt.Sprintf(verb, []Settings{s})
		shown[verb+" in a map"] = fmt.Sprintf(verb, map[string]any{"s": s})
	}
	for name, v := range map[string]any{"json": s, "json pointer": &s, "json inside": map[string]any{"s": s}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown[name] = string(text)
	}
	shown["text log"] = logged(func(w *strings.Builder) slog.Handler { return slog.NewTextHandler(w, nil) }, s)
	shown["json log"] = logged(func(w *strings.Builder) slog.Handler { return slog.NewJSONHandler(w, nil) }, s)
	shown["error"] = fmt.Errorf("cannot use %v", s).Error()
	hex := fmt.Sprintf("%x", secret)
	for how, text := range shown {
		if strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), hex) || strings.Contains(text, "app_secret") {
			t.Errorf("%s shows %s", how, text)
		}
	}
	if !strings.Contains(shown["%v"], "api.example") {
		t.Errorf("printed settings say nothing: %s", shown["%v"])
	}
}

func logged(handler func(*strings.Builder) slog.Handler, s Settings) string {
	var out strings.Builder
	log := slog.New(handler(&out))
	log.Info("configured", "settings", s, "pointer", &s, "inside", struct{ S Settings }{s})
	return out.String()
}
