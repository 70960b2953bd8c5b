package runner

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/simulator"
)

// What the answer to a free call says of a vendor that is waited for. "No such order" means that
// the vendor is there; a gateway that refuses the clock or the keys keeps the breaker open.
func TestResultOfTencentsProbe(t *testing.T) {
	t.Parallel()
	d, _ := all.Find("tencent")
	k := simulator.DefaultCredentials()
	for _, gateway := range []string{"apigateway", "cloudmarket"} {
		v, err := d.New(vendors.Settings{BaseURL: "https://gateway.example", Values: map[string]string{"gateway": gateway, "secret_id": k.TencentSecretID, "secret_key": k.TencentKey}},
			func() time.Time { return time.Unix(0, 0) })
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			status int
			body   string
			want   breaker.Result
		}{
			{200, `{"code":"20804","message":"订单号不能为空"}`, breaker.Answered},
			{200, `{"code":"-1","message":"订单不存在"}`, breaker.Answered},
			{200, `{"code":"77","message":"no such order"}`, breaker.Answered},
			{200, `{"code":"-1","message":"服务异常"}`, breaker.Failed},
			{200, `<html>login`, breaker.Failed},
			{502, `<html>`, breaker.Failed},
			{403, `{"requestid":"0","code":403,"message":"签名时间超时"}`, breaker.Refused},
			{403, `{"requestid":"0","code":-1,"message":"签名错误"}`, breaker.Refused},
			{401, `{"message":"Unauthorized"}`, breaker.Refused},
			{403, `{"message":"HMAC id does not exist"}`, breaker.Refused},
		} {
			got, why := resultOfProbe(vendors.ReadProbe(v.(vendors.Prober), record.DatasetMaintenance, vendors.Response{Status: c.status, Body: []byte(c.body)}))
			if got != c.want || why.Message == "" {
				t.Errorf("%s, %d %s: %v %+v, want %v", gateway, c.status, c.body, got, why, c.want)
			}
		}
	}
}
