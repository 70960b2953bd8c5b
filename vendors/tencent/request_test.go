package tencent

import (
	"io"
	"net/http"
	"net/url"
	"slices"
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
