package jumdata

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

// The page's own values in its Java snippet.
const (
	pageAppID     = "xyzxy2121zxyz"
	pageSecret    = "efcefcef1121cefcefc1212121"
	pageTimestamp = "1555378976238"
	// pageSign is what the snippet gives for them, run with Java's SHA-256 and
	// printed in hexadecimal; sha256sum gives the same.
	pageSign = "6ddcdc405743c576cb6d34b17b47ed56e2b9b6670fae1fe85ed01244fd31558b"
)

// clock stands still at the page's time stamp.
func clock() time.Time { return time.UnixMilli(1555378976238) }

func settings() vendors.Settings {
	return vendors.Settings{
		BaseURL: "https://api.example",
		Values:  map[string]string{keyAppID: pageAppID, keyAppSecret: pageSecret},
		Paths:   map[record.Dataset]vendors.Paths{record.DatasetMaintenance: {Submit: "/generate", Poll: "/get"}},
	}
}

func newVendor(t testing.TB) vendors.Vendor {
	t.Helper()
	v, err := Descriptor().New(settings(), clock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func vehicle() *record.Vehicle {
	return &record.Vehicle{VIN: "LSVAM4187C2184847", LicenseImageURL: "https://img.example/a.jpg?x=1&y=2"}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	generate, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, vehicle())
	if err != nil {
		t.Fatal(err)
	}
	checkRequest(t, generate, "/generate", url.Values{"vin": {"LSVAM4187C2184847"}, "licenseImgUrl": {"https://img.example/a.jpg?x=1&y=2"}})
	get, err := v.NewPoll(t.Context(), record.DatasetMaintenance, "f39MnWfC3r1oErniJ65pn63jgjW6691E")
	if err != nil {
		t.Fatal(err)
	}
	checkRequest(t, get, "/get", url.Values{"requestId": {"f39MnWfC3r1oErniJ65pn63jgjW6691E"}})
}

func checkRequest(t *testing.T, req *http.Request, path string, form url.Values) {
	t.Helper()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	form.Set("appId", pageAppID)
	form.Set("timestamp", pageTimestamp)
	form.Set("sign", pageSign)
	if string(body) != form.Encode() || req.ContentLength != int64(len(body)) {
		t.Errorf("form\ngot  %s\nwant %s", body, form.Encode())
	}
	if req.Method != http.MethodPost || req.URL.String() != "https://api.example"+path || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s %v", req.Method, req.URL, req.Header)
	}
	if req.GetBody != nil || req.Header.Get("Idempotency-Key") != "" {
		t.Error("net/http may send the request twice")
	}
	if strings.Contains(string(body), pageSecret) {
		t.Error("the secret is sent")
	}
}

func TestRequestsRefused(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	if _, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, &record.Vehicle{VIN: "V"}); err == nil || !strings.Contains(err.Error(), record.ColLicenseImageURL) {
		t.Errorf("a report without a picture: %v", err)
	}
	if _, err := v.NewSubmit(t.Context(), record.DatasetViolations, vehicle()); err == nil {
		t.Error("violations")
	}
	if _, err := v.NewPoll(t.Context(), record.DatasetMaintenance, ""); err == nil {
		t.Error("a report without a number")
	}
	if _, err := v.Decode(record.DatasetValuation, vehicle(), readFile(t, "get.json")); err == nil {
		t.Error("a valuation decoded")
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	if got := v.Missing(record.DatasetMaintenance, &record.Vehicle{}); !slices.Equal(got, []string{record.ColVIN, record.ColLicenseImageURL}) {
		t.Errorf("missing %q", got)
	}
	if got := v.Missing(record.DatasetMaintenance, vehicle()); got != nil {
		t.Errorf("missing %q", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*vendors.Settings){
		"base_url":    func(s *vendors.Settings) { s.BaseURL = "ftp://api.example" },
		"submit_path": func(s *vendors.Settings) { s.Paths[record.DatasetMaintenance] = vendors.Paths{Submit: "x"} },
		"poll_path":   func(s *vendors.Settings) { s.Paths[record.DatasetMaintenance] = vendors.Paths{Poll: "x"} },
		"app_id":      func(s *vendors.Settings) { s.Values[keyAppID] = "" },
		"app_secret":  func(s *vendors.Settings) { s.Values[keyAppSecret] = "" },
	} {
		s := settings()
		change(&s)
		if _, err := Descriptor().New(s, clock); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Descriptor().New(settings(), nil); err == nil {
		t.Error("no clock")
	}
	v, err := Descriptor().New(vendors.Settings{Values: settings().Values}, clock)
	if err != nil {
		t.Fatal(err)
	}
	req, err := v.NewSubmit(t.Context(), record.DatasetMaintenance, vehicle())
	if err != nil || req.URL.String() != "https://api.jumdata.com/vehicle/maintenance-report/generate" {
		t.Errorf("%v, %v", req.URL, err)
	}
	if d := Descriptor(); d.Name != v.Name() || d.Discontinued == "" {
		t.Errorf("descriptor %+v", d)
	}
}
