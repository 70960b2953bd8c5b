package tencent

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// clock stands still at the moment with which the sample code was run.
func clock() time.Time {
	return time.Date(2024, 3, 5, 14, 7, 8, 999, time.FixedZone("somewhere", 8*60*60))
}

func settings() vendors.Settings {
	return vendors.Settings{
		BaseURL: "https://gateway.example",
		Values:  map[string]string{keySecretID: "AKIDexample", keySecretKey: "s3cr3t-key", keySource: "market"},
		Paths:   map[record.Dataset]vendors.Paths{record.DatasetMaintenance: {Submit: "/order", Poll: "/report"}},
	}
}

func newVendor(t testing.TB, change func(*vendors.Settings)) vendors.Vendor {
	t.Helper()
	s := settings()
	if change != nil {
		change(&s)
	}
	v, err := Descriptor().New(s, clock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSignature holds the headers against what the product page's own Python
// and Go samples print for these keys at 2024-03-05 06:07:08 UTC.
func TestSignature(t *testing.T) {
	t.Parallel()
	cases := []struct{ id, key, source, signature string }{
		{"xxxx", "xxxx", "market", "hIyU31kWXH14POvjtq6lfN5F9zM="},
		{"AKIDexample", "s3cr3t-key", "market", "jXtIQA9vqC/anp7u6PH3AtOFFC4="},
		{"AKIDexample", "密钥", "other", "mJS1vDPoNjnb+ZdCAQaObNHN4Is="},
	}
	for _, c := range cases {
		v := newVendor(t, func(s *vendors.Settings) {
			s.Values = map[string]string{keySecretID: c.id, keySecretKey: c.key, keySource: c.source}
		})
		req, err := v.NewPoll(t.Context(), record.DatasetMaintenance, "318bba4664194601800a6376027fffb56")
		if err != nil {
			t.Fatal(err)
		}
		want := `hmac id="` + c.id + `", algorithm="hmac-sha1", headers="x-date x-source", signature="` + c.signature + `"`
		if got := req.Header.Get("Authorization"); got != want {
			t.Errorf("Authorization\ngot  %s\nwant %s", got, want)
		}
		if got := req.Header.Get("X-Date"); got != "Tue, 05 Mar 2024 06:07:08 GMT" {
			t.Errorf("X-Date %s", got)
		}
		if got := req.Header.Get("X-Source"); got != c.source {
			t.Errorf("X-Source %s", got)
		}
	}
}

// TestSignatureOfTheNewerGateway: the signatures were computed with openssl
// (dgst -sha1 -hmac) over "x-date: Tue, 05 Mar 2024 06:07:08 GMT".
func TestSignatureOfTheNewerGateway(t *testing.T) {
	t.Parallel()
	cases := []struct{ id, key, signature string }{
		{"xxxx", "xxxx", "du1cewSNi8JmOjdtWKy3KzzHExI="},
		{"AKIDexample", "s3cr3t-key", "YTxN5tUM7geJUMu1sOlBtIYck9g="},
		{"AKIDexample", "密钥", "iHTkGHBcHR64IizmFL/CZX5yvD8="},
	}
	for _, c := range cases {
		ids := 0
		v := newVendor(t, func(s *vendors.Settings) {
			s.BaseURL = "https://ap-shanghai.cloudmarket-apigw.com/service-plb7hsqv"
			s.Values = map[string]string{keySecretID: c.id, keySecretKey: c.key, keyGateway: gatewayMarket, keySource: defaultSource, keySigning: signHMACDateSrc}
			s.NewID = func() string { ids++; return "00000000-0000-4000-8000-00000000000" + strconv.Itoa(ids) }
		})
		order, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, &record.Vehicle{VIN: "SBL666666BM9D9331"})
		if err != nil {
			t.Fatal(err)
		}
		want := `{"id":"` + c.id + `","x-date":"Tue, 05 Mar 2024 06:07:08 GMT","signature":"` + c.signature + `"}`
		if got := order.Header.Get("Authorization"); got != want {
			t.Errorf("Authorization\ngot  %s\nwant %s", got, want)
		}
		if got := order.URL.String(); got != "https://ap-shanghai.cloudmarket-apigw.com/service-plb7hsqv/order?engine_number=&plate_number=&vin=SBL666666BM9D9331" {
			t.Errorf("order at %s", got)
		}
		report, err := v.NewPoll(t.Context(), record.DatasetMaintenance, "1")
		if err != nil {
			t.Fatal(err)
		}
		if one, two := order.Header.Get("request-id"), report.Header.Get("request-id"); one == two || !strings.HasSuffix(one, "0001") || !strings.HasSuffix(two, "0002") {
			t.Errorf("ids %s and %s", one, two)
		}
		if order.Header.Get("X-Source") != "" || order.Header.Get("X-Date") != "" {
			t.Error("what only the older gateway reads is sent")
		}
	}
	bare := newVendor(t, func(s *vendors.Settings) { s.Values[keyGateway] = gatewayMarket })
	req, err := bare.NewPoll(t.Context(), record.DatasetMaintenance, "1")
	if err != nil || req.Header["Request-Id"] != nil {
		t.Errorf("%v, without ids %v", err, req.Header)
	}
}

// An address that is the other gateway's is refused with the line to write.
func TestAddressesOfTheGateways(t *testing.T) {
	t.Parallel()
	market := "https://ap-shanghai.cloudmarket-apigw.com/service-plb7hsqv"
	for _, c := range []struct{ gateway, base, path, want string }{
		{"", defaultBaseURL, "/release/maintenance/order", ""},
		{gatewayOld, "https://gateway.example", "/order", ""},
		{gatewayMarket, market, "/maintenance/order", ""},
		{gatewayMarket, market + "/", "/maintenance/order", ""},
		{gatewayMarket, market + "/api/v2", "/order", ""},
		{gatewayMarket, "https://AP-BEIJING.cloudmarket-apigw.com", "/service-plb7hsqv/order", ""},
		{gatewayMarket, "https://proxy.example", "/order", ""},
		{"", market, "/order", "write gateway: cloudmarket"},
		{gatewayOld, "https://ap-guangzhou.CloudMarket-apigw.com/service-1", "/order", "write gateway: cloudmarket"},
		{gatewayOld, "https://gateway.example/service-1", "/order", "write gateway: cloudmarket"},
		{gatewayMarket, defaultBaseURL, "/order", "https://ap-shanghai.cloudmarket-apigw.com/service-XXXX"},
		{gatewayMarket, "", "/order", "leave out gateway: cloudmarket"},
		{gatewayMarket, "https://ap-shanghai.cloudmarket-apigw.com", "/order", "the number of the service"},
		{"cloudmarkt", market, "/order", "known are apigateway and cloudmarket"},
	} {
		s := settings()
		s.BaseURL, s.Values[keyGateway] = c.base, c.gateway
		s.Paths[record.DatasetMaintenance] = vendors.Paths{Submit: c.path, Poll: c.path}
		_, err := Descriptor().New(s, clock)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s: %v, want %q", c.gateway, c.base, err, c.want)
		}
	}
	s := settings()
	s.Values[keyGateway], s.Values[keySource] = gatewayMarket, "shop"
	if _, err := Descriptor().New(s, clock); err == nil || !strings.Contains(err.Error(), "source") {
		t.Errorf("a source that nobody signs: %v", err)
	}
}

// Nothing that the newer gateway answers from HTTP 300 on is billed; of the older one
// nobody says so.
func TestNotBilledByGateway(t *testing.T) {
	t.Parallel()
	s := settings()
	if rules := Descriptor().NotBilled(s); rules != nil {
		t.Errorf("of the older gateway: %+v", rules)
	}
	s.Values[keyGateway] = gatewayMarket
	rules := Descriptor().NotBilled(s)
	for status, want := range map[int]vendors.Kind{200: vendors.Unknown, 299: vendors.Unknown, 403: vendors.AccountTrouble, 500: vendors.Busy, 502: vendors.Busy, 504: vendors.Busy} {
		r := vendors.Response{Status: status, Body: []byte(`{"code":"-1","message":"服务异常"}`)}
		got := vendors.ReadResponse(newVendor(t, nil), rules, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, r)
		if got.Kind != want || (got.Billed == vendors.BilledNo) != (status >= 300) {
			t.Errorf("%d: %+v, want %s", status, got, want)
		}
	}
	good := vendors.Response{Status: 502, Body: readFile(t, "order.json")}
	if got := vendors.ReadResponse(newVendor(t, nil), rules, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, good); got.Kind != vendors.Ticket {
		t.Errorf("an order that was taken: %+v", got)
	}
}

func TestGatewayBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status     int
		body, want string
	}{
		{403, `{"requestid":"0","code":403,"message":"签名时间超时"}`, gatewayMarket},
		{403, `{"requestId":"0","code":"403","message":"forbidden"}`, gatewayMarket},
		{401, `{"request_id":"0","msg":"未携带签名信息"}`, gatewayMarket},
		{404, `{"message":"服务不存在"}`, gatewayMarket},
		{403, `{"message":"HMAC signature does not match"}`, gatewayOld},
		{401, `{"message":"Unauthorized"}`, gatewayOld},
		{404, `{"message":"There is no api match host and path"}`, gatewayOld},
		{401, `{"message":"authorization headers is invalidate"}`, gatewayOld},
		{403, `{"message":"API quota exceeded"}`, gatewayOld},
		{200, `{"message":"HMAC"}`, ""},
		{500, `{"code":"-1","message":"服务异常"}`, ""},
		{403, `{"message":"forbidden"}`, ""},
		{403, `{"requestid":"0"}`, ""},
		{403, `<html>`, ""},
		{403, ``, ""},
	} {
		if got := gatewayBy(c.status, []byte(c.body)); got != c.want {
			t.Errorf("%d %s is of %q, want %q", c.status, c.body, got, c.want)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	vehicle := &record.Vehicle{VIN: "SBL666666BM9D9331", Plate: "粤B12345", EngineNo: "A&B 1"}
	order, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, vehicle)
	if err != nil {
		t.Fatal(err)
	}
	checkRequest(t, order, "/order", url.Values{"engine_number": {"A&B 1"}, "plate_number": {"粤B12345"}, "vin": {"SBL666666BM9D9331"}})
	bare, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, &record.Vehicle{VIN: "SBL666666BM9D9331"})
	if err != nil {
		t.Fatal(err)
	}
	if bare.URL.RawQuery != "engine_number=&plate_number=&vin=SBL666666BM9D9331" {
		t.Errorf("the page's own query differs: %s", bare.URL.RawQuery)
	}
	report, err := v.NewPoll(t.Context(), record.DatasetMaintenance, "e192e8de8e6660****46f41b")
	if err != nil {
		t.Fatal(err)
	}
	checkRequest(t, report, "/report", url.Values{"order_id": {"e192e8de8e6660****46f41b"}})
}

func checkRequest(t *testing.T, req *http.Request, path string, query url.Values) {
	t.Helper()
	if req.Method != http.MethodGet || req.URL.Host != "gateway.example" || req.URL.Path != path || req.URL.Query().Encode() != query.Encode() {
		t.Errorf("%s %s, want %s with %v", req.Method, req.URL, path, query)
	}
	if req.GetBody != nil || req.Header.Get("Idempotency-Key") != "" || req.Header.Get("X-Idempotency-Key") != "" {
		t.Error("net/http may send the request twice")
	}
	if req.Body != nil {
		if body, _ := io.ReadAll(req.Body); len(body) > 0 {
			t.Errorf("a GET with the body %q", body)
		}
	}
	if strings.Contains(req.URL.String()+strings.Join(slices.Concat(req.Header["Authorization"]), ""), "s3cr3t-key") {
		t.Error("the key is sent")
	}
}

func TestRequestsRefused(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	if _, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, &record.Vehicle{}); err == nil {
		t.Error("an order without a VIN")
	}
	if _, err := v.NewSubmit(t.Context(), record.DatasetValuation, &record.Vehicle{VIN: "V"}); err == nil {
		t.Error("a valuation")
	}
	if _, err := v.NewPoll(t.Context(), record.DatasetMaintenance, ""); err == nil {
		t.Error("a report without an order")
	}
	if _, err := v.Decode(record.DatasetViolations, &record.Vehicle{}, readFile(t, "report.json")); err == nil {
		t.Error("violations decoded")
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	if got := v.Missing(record.DatasetMaintenance, &record.Vehicle{}); !slices.Equal(got, []string{record.ColVIN}) {
		t.Errorf("missing %q", got)
	}
	if got := v.Missing(record.DatasetMaintenance, &record.Vehicle{VIN: "V"}); got != nil {
		t.Errorf("missing %q", got)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	v := newVendor(t, func(s *vendors.Settings) { s.BaseURL, s.Paths = "", nil; delete(s.Values, keySource) })
	order, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, &record.Vehicle{VIN: "V"})
	if err != nil {
		t.Fatal(err)
	}
	if got := order.URL.Host + order.URL.Path; got != "service-plb7hsqv-1257199080.ap-shanghai.apigateway.myqcloud.com/release/maintenance/order" {
		t.Errorf("order at %s", got)
	}
	if order.Header.Get("X-Source") != "market" {
		t.Errorf("source %s", order.Header.Get("X-Source"))
	}
	if d := Descriptor(); d.Name != v.Name() || d.Offers[0].PriceFen.String() != "17.00" {
		t.Errorf("descriptor %+v", d)
	}
}

func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*vendors.Settings){
		"base_url":    func(s *vendors.Settings) { s.BaseURL = "gateway.example" },
		"submit_path": func(s *vendors.Settings) { s.Paths[record.DatasetMaintenance] = vendors.Paths{Submit: "order"} },
		"poll_path":   func(s *vendors.Settings) { s.Paths[record.DatasetMaintenance] = vendors.Paths{Poll: "/a?b"} },
		"secret_id":   func(s *vendors.Settings) { s.Values[keySecretID] = "a\"b" },
		"secret_key":  func(s *vendors.Settings) { s.Values[keySecretKey] = "" },
		"source":      func(s *vendors.Settings) { s.Values[keySource] = "a\r\nb" },
		"signing":     func(s *vendors.Settings) { s.Values[keySigning] = "none" },
	} {
		s := settings()
		change(&s)
		_, err := Descriptor().New(s, clock)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Descriptor().New(settings(), nil); err == nil {
		t.Error("no clock")
	}
}
