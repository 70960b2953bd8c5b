package wapi

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// The signatures were made by running the Python code of the vendor's own
// pages (170/379, 201/377, 65/173) up to the line that makes sign, with
// appid 10086, secret 5f4dcc3b5aa765d61d8327deb882cf99 and time 1700000000.
// The rule of their PHP code (strlen above 0), followed in Python, gives the same
// ones. The "zero" values come from the same code with the named parameters set
// to the text "0".
func TestSignaturesOfThePages(t *testing.T) {
	t.Parallel()
	v := newTest(t, nil)
	zeroCar := valuationCar()
	zeroCar.Condition.Accident, zeroCar.Condition.Transfers = "0", "0"
	zeroType := violationsCar()
	zeroType.PlateType = "0"
	tests := []struct {
		name    string
		dataset record.Dataset
		car     record.Vehicle
		want    string
	}{
		{"valuation", record.DatasetValuation, valuationCar(), "61111952f15a3ce1d53808a3a17a65d8"},
		{"valuation with zeros", record.DatasetValuation, zeroCar, "e75deb39d2585cebd24efd759c362c36"},
		{"violations, Chinese plate", record.DatasetViolations, violationsCar(), "c1ca8dd4b49d48cab0c956f107fa8db9"},
		{"violations, car_type 0", record.DatasetViolations, zeroType, "2b48845894f4847b676c58a6eaacf61d"},
	}
	for _, tt := range tests {
		req, err := v.NewSubmit(t.Context(), tt.dataset, &tt.car)
		if got := postForm(t, req, err).Get("sign"); got != tt.want {
			t.Errorf("%s: sign is %s, want %s", tt.name, got, tt.want)
		}
	}
	for ticket, want := range map[string]string{
		"9d10df45964fd60941aaf0f59d4b80c2": "fd9a0dc41d626eca8f1794069860b78b",
		"0":                                "dcf6e1a3fc5efe4c5233bee054d0507c",
	} {
		req, err := v.NewPoll(t.Context(), record.DatasetMaintenance, ticket)
		if got := postForm(t, req, err).Get("sign"); got != want {
			t.Errorf("poll of %s: sign is %s, want %s", ticket, got, want)
		}
	}
}

// TestSubmitOfMaintenance signs by the same rule (made by Python's hashlib over
// the sorted parameters), since no page shows the submit.
func TestSubmitOfMaintenance(t *testing.T) {
	t.Parallel()
	car := record.Vehicle{VIN: "LS5A2DKRXPA011111", EngineNo: "0", Plate: "粤B12345"}
	req, err := newTest(t, nil).NewSubmit(t.Context(), record.DatasetMaintenance, &car)
	got := postForm(t, req, err)
	want := url.Values{"appid": {testAppID}, "format": {"json"}, "time": {"1700000000"}, "vin": {car.VIN},
		"engine_no": {"0"}, "car_no": {"粤B12345"}, "sign": {"2e22a37292cedb06df6d821810cbf658"}}
	if got.Encode() != want.Encode() {
		t.Errorf("form %s\nwant %s", got.Encode(), want.Encode())
	}
	if req.URL.String() != "https://vendor.example/pyi/170/378" || req.Header.Get("Content-Type") != contentType {
		t.Errorf("%s, %v", req.URL, req.Header)
	}
}

func TestEmptyValuesAreNeitherSentNorSigned(t *testing.T) {
	t.Parallel()
	car := maintenanceCar()
	req, err := newTest(t, nil).NewSubmit(t.Context(), record.DatasetMaintenance, &car)
	f := postForm(t, req, err)
	if f.Has("engine_no") || f.Has("car_no") {
		t.Errorf("empty values are sent: %v", f)
	}
}

func TestHashSendsTheSecret(t *testing.T) {
	t.Parallel()
	v := newTest(t, func(s *vendors.Settings) { s.Values["sign"] = "hash" })
	req, err := v.NewPoll(t.Context(), record.DatasetMaintenance, "t1")
	if got := postForm(t, req, err).Get("sign"); got != testSecret {
		t.Errorf("sign is %s, want the secret", got)
	}
	if strings.Contains(req.URL.String(), testSecret) {
		t.Error("the secret stands in the address")
	}
}

func TestPathsAreConfigured(t *testing.T) {
	t.Parallel()
	v := newTest(t, func(s *vendors.Settings) {
		s.BaseURL += "/gate/"
		s.Paths = map[record.Dataset]vendors.Paths{record.DatasetMaintenance: {Submit: "/a", Poll: "/b"}}
	})
	car := maintenanceCar()
	submit, err := v.NewSubmit(context.Background(), record.DatasetMaintenance, &car)
	if err != nil || submit.URL.String() != "https://vendor.example/gate/a" {
		t.Errorf("submit to %v (%v)", submit.URL, err)
	}
	poll, err := v.NewPoll(context.Background(), record.DatasetMaintenance, "t1")
	if err != nil || poll.URL.String() != "https://vendor.example/gate/b" {
		t.Errorf("poll at %v (%v)", poll.URL, err)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*vendors.Settings){
		"base_url": func(s *vendors.Settings) { s.BaseURL = "vendor.example" },
		"query":    func(s *vendors.Settings) { s.BaseURL += "/?secret=1" },
		"maintenance": func(s *vendors.Settings) {
			s.Paths = map[record.Dataset]vendors.Paths{record.DatasetMaintenance: {Poll: "379"}}
		},
	}
	for word, change := range tests {
		s := testSettings()
		change(&s)
		if _, err := Descriptor().New(s, testClock); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: error is %v", word, err)
		}
	}
	if _, err := Descriptor().New(testSettings(), nil); err == nil {
		t.Error("New works without a clock")
	}
}

func TestEngineNumberHint(t *testing.T) {
	t.Parallel()
	asks := func(v vendors.Vendor, vin string) bool {
		return len(v.Missing(record.DatasetMaintenance, &record.Vehicle{VIN: vin})) == 1
	}
	byDefault := newTest(t, nil)
	own := newTest(t, func(s *vendors.Settings) { s.Lists = map[string][]string{"engine_no_prefixes": {" lvs ", ""}} })
	off := newTest(t, func(s *vendors.Settings) { s.Lists = map[string][]string{"engine_no_prefixes": {}} })
	for _, prefix := range defaultPrefixes() {
		if vin := prefix + "00000000000000"; !asks(byDefault, vin) || asks(own, vin) || asks(off, vin) {
			t.Errorf("%s: the hint is not the configured one", prefix)
		}
	}
	if asks(byDefault, "LVS00000000000000") || !asks(own, "LVS00000000000000") {
		t.Error("LVS: the hint is not the configured one")
	}
	car := record.Vehicle{VIN: "LGB00000000000000", EngineNo: "E1"}
	if got := byDefault.Missing(record.DatasetMaintenance, &car); got != nil {
		t.Errorf("with an engine number %v is missing", got)
	}
	car.EngineNo = ""
	if _, err := byDefault.NewSubmit(t.Context(), record.DatasetMaintenance, &car); err == nil || !strings.Contains(err.Error(), "engine_no") {
		t.Errorf("NewSubmit without engine number: %v", err)
	}
}
