package vendors

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
)

// A clock that is not believed is measured against the answer's Date, in the halt as
// in the doctor's words.
func TestClockIsMeasured(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for off, want := range map[time.Duration]string{
		20 * time.Minute:                "this machine's clock is 20 minutes ahead of the vendor's (by the answer's Date header): set it",
		-20 * time.Minute:               "this machine's clock is 20 minutes behind the vendor's (by the answer's Date header): set it",
		16*time.Minute + 31*time.Second: "is 17 minutes ahead of",
		time.Minute:                     "is 1 minute ahead of",
		8 * time.Hour:                   "is 8 hours ahead of",
		-8*time.Hour - 3*time.Minute:    "is 8 hours 3 minutes behind",
		27 * time.Hour:                  "is 1 day 3 hours ahead of",
		-48 * time.Hour:                 "is 2 days behind",
		59 * time.Second:                "agrees with the answer's Date header: see what holds calls up on the way",
		0:                               "agrees with the answer's Date header",
	} {
		r := Response{Status: 403, Date: date, Received: date.Add(off), Body: []byte(`{"requestid":"1","code":403,"message":"签名时间超时"}`)}
		for _, call := range []Call{Submit, Poll} {
			got := read(Outcome{Kind: Unknown, Billed: BilledUnknown, Code: "403"}, call, r)
			if got.Kind != AccountTrouble || got.Class != record.Auth || !strings.Contains(got.Message, want) || !strings.HasSuffix(got.Message, "(签名时间超时)") {
				t.Errorf("%v, %s: %+v, want %s", off, call, got, want)
			}
		}
		if h := ReadProbe(teller{Health{Ill: Garbled}}, record.DatasetMaintenance, r); h.Ill != ClockOff || !strings.Contains(h.Message, want) {
			t.Errorf("%v: %+v, want %s", off, h, want)
		}
		if h := ReadProbe(teller{Health{Ill: ClockOff, Message: "own"}}, record.DatasetMaintenance, Response{Status: 200, Date: r.Date, Received: r.Received}); !strings.HasPrefix(h.Message, "own; ") || !strings.Contains(h.Message, want) {
			t.Errorf("%v in the vendor's own words: %+v", off, h)
		}
		own := read(Outcome{Kind: AccountTrouble, Class: record.Auth, Message: "own", ClockOff: true}, Submit, Response{Status: 200, Date: r.Date, Received: r.Received})
		if !strings.HasPrefix(own.Message, "own; ") || !strings.Contains(own.Message, want) {
			t.Errorf("%v: %+v", off, own)
		}
	}
	for _, r := range []Response{{Status: 403, Body: []byte("签名时间超时")}, {Status: 403, Date: date, Body: []byte("签名时间超时")}, {Status: 403, Received: date, Body: []byte("签名时间超时")}} {
		if got := read(Outcome{Kind: Unreadable}, Submit, r); !strings.Contains(got.Message, "set this machine's clock") {
			t.Errorf("unmeasured: %+v", got)
		}
	}
	if got := (Response{}).withClock("own"); got != "own" {
		t.Errorf("unmeasured: %s", got)
	}
}

// teller is a Prober that reads every answer the same way.
type teller struct{ says Health }

func (t teller) ReadProbe(record.Dataset, int, []byte) Health { return t.says }
func (teller) NewProbe(context.Context, record.Dataset) (*http.Request, error) {
	return nil, context.Canceled
}

// A gateway's 401 or 403 is no product's trouble, whatever code it has; and who knows
// of no such order has believed the keys.
func TestReadProbeOfGatewaysAndOrders(t *testing.T) {
	t.Parallel()
	unclear, trouble := Health{Ill: Unclear, Code: "7", Message: "m", By: "b"}, Health{Ill: Unavailable, Code: "-1", Message: "m"}
	for _, c := range []struct {
		says   Health
		status int
		body   string
		want   Ill
	}{
		{unclear, 403, `{"code":403,"message":"签名错误"}`, Signature},
		{trouble, 401, `{"code":-1,"message":"签名时间超时"}`, ClockOff},
		{Health{Ill: Well, Code: "20804", Message: "m"}, 403, "", Well},
		{trouble, 200, `{"code":"-1","message":"订单不存在"}`, Well},
		{unclear, 200, `{"code":"777","msg":"Order not found"}`, Well},
		{unclear, 404, `{"code":"777","msg":"无此订单"}`, Well},
		{trouble, 200, `{"code":"-1","message":"订单号无效"}`, Well},
		{trouble, 200, `{"code":"-1","message":"查无此订单"}`, Well},
		{trouble, 200, `{"code":"-1","message":"no such order"}`, Well},
		{trouble, 200, `{"code":"-1","message":"invalid order_id"}`, Well},
		{trouble, 500, `{"code":"-1","message":"订单不存在"}`, Unavailable},
		{trouble, 403, `{"code":"-1","message":"订单不存在"}`, Signature},
		{trouble, 200, `{"code":"-1","message":"接口不存在"}`, Unavailable},
		{trouble, 200, `{"code":"-1","message":"订单服务异常"}`, Unavailable},
		{unclear, 200, `{"code":"9","message":"HMAC id does not exist"}`, Unclear},
		{Health{Ill: NoBalance, Message: "m"}, 200, `{"message":"订单不存在"}`, NoBalance},
	} {
		got := ReadProbe(teller{c.says}, record.DatasetMaintenance, Response{Status: c.status, Body: []byte(c.body)})
		if got.Ill != c.want || got.Message == "" || got.By != c.says.By {
			t.Errorf("%d %s: %+v, want %q", c.status, c.body, got, c.want)
		}
	}
}
