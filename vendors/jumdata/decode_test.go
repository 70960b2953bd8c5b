package jumdata

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

func decode(t *testing.T, body string) *record.Report {
	t.Helper()
	got, err := newVendor(t).Decode(record.DatasetMaintenance, vehicle(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return got.Report
}

func TestDecodeThePagesReports(t *testing.T) {
	t.Parallel()
	get := decode(t, string(readFile(t, "get.json")))
	golden(t, "report", get)
	if generate := decode(t, string(readFile(t, "generate.json"))); !reflect.DeepEqual(generate, get) {
		t.Errorf("the same report differs:\n%+v\n%+v", generate, get)
	}
	if len(get.Visits) != 1 {
		t.Fatalf("%d visits", len(get.Visits))
	}
	v := get.Visits[0]
	if v.Date.V.String() != "2016-05-25" || v.Type != record.Repair || v.VendorType != "汽车维修" || v.Amount.V.String() != "100.00" || v.MileageKM.V != 9636 {
		t.Errorf("visit %+v", v)
	}
	if !slices.Equal(v.Problems, []string{"visit_date: the time stamp says 2016-05-25, the text 2018-05-25"}) {
		t.Errorf("problems of the visit %q", v.Problems)
	}
	if get.Exterior != record.Some(true) || get.Component != record.Some(false) || get.Structural != record.Some(false) || get.Accident != record.Some(false) {
		t.Errorf("flags %+v", get)
	}
	if get.AccidentGrade != "B" || get.AccidentReason != "左前大灯;" || get.ServicesPerYear != "3" || get.MileagePerYearKM.OK ||
		get.MileageEstimateKM.V != 9636 || get.LastMileageKM.V != 9636 || get.LastVisit.V.String() != "2016-05-25" || get.OdometerRollback.OK {
		t.Errorf("report %+v", get)
	}
	if want := []string{"visits: the vendor says 3, the list has 1", "first_visit_date: the vendor says 2015-12-13, the list has 2016-05-25",
		"first_mileage_km: the vendor says 2197, the list has 9636"}; !slices.Equal(get.Problems, want) {
		t.Errorf("problems %q", get.Problems)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	report := string(readFile(t, "get.json"))
	for name, body := range map[string]string{
		"another vehicle": strings.Replace(report, "LSV******", "LSG******", 1),
		"not ready":       string(readFile(t, "not_ready.json")),
		"a number alone":  `{"code":200,"data":{"requestId":"x"}}`,
		"visits of text":  `{"code":200,"data":{"result_content":"many"}}`,
		"a broken end":    report[:len(report)/2],
		"nothing":         "",
		"null":            "null",
		"a text":          `"x"`,
		"data as a text":  `{"code":200,"data":"x"}`,
	} {
		if got, err := v.Decode(record.DatasetMaintenance, vehicle(), []byte(body)); err == nil || got.Report != nil {
			t.Errorf("%s: %+v, %v", name, got.Report, err)
		}
	}
}

func TestDecodeTolerates(t *testing.T) {
	t.Parallel()
	r := decode(t, "\ufeff"+`{"code":"200","data":{"vinNO":null,"brand_name":"大\u0000众","overview":{"appearance":[],"engine":{"is_exception":"0"},"airbag":{},"frame":{"is_exception":true}},
		"is_accident":"1","content_numbers":2,"first_time_to_shop":"","last_time_to_shop":"0000-00-00","last_mileage":0,"total_mileage":"9,636.4","avg_mileage_year":"x",
		"first_mileage":"","result_content":{"date":"2018-05-25","mainTainDate":null,"materal":["a"],"remark":"客户自带机油","type":null,"content":"常规保养","mileage":"0","type_code":"","payType":null,"totalMoney":"¥1,234.5"}}}`)
	if r.Brand != "大 众" || r.Exterior.OK || r.Component.OK || r.Structural != record.Some(true) || r.Accident != record.Some(true) || r.LastMileageKM.OK || r.MileageEstimateKM.V != 9636 {
		t.Errorf("report %+v", r)
	}
	if want := []string{`mileage_per_year_km: "x" is not a plausible number`, "visits: the vendor says 2, the list has 1"}; !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q", r.Problems)
	}
	v := r.Visits[0]
	if v.Date.V.String() != "2018-05-25" || v.MileageKM.OK || v.Type != record.Service || v.VendorType != "" || v.Content != "常规保养; 客户自带机油" ||
		v.Materials != "a" || v.Amount.V.String() != "1234.50" || len(v.Problems) > 0 {
		t.Errorf("visit %+v", v)
	}
}

func TestServiceType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, word, content string
		want                record.ServiceType
	}{
		{"1", "汽车维修", "", record.Service}, {"2", "保养", "", record.Repair}, {"3", "", "", record.Inspection}, {"4", "保养", "", record.Other},
		{"", "钣金", "保养", record.Bodywork}, {"9", "检测", "", record.Inspection}, {"", "", "更换机油", record.Service}, {"", "", "", record.Other},
	} {
		body := `{"code":200,"data":{"result_content":[{"type_code":"` + c.code + `","type":"` + c.word + `","content":"` + c.content + `","mileage":1}]}}`
		if got := decode(t, body).Visits[0].Type; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	v := newVendor(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		used := slices.Clone(body)
		one, err1 := v.Decode(record.DatasetMaintenance, vehicle(), used)
		clear(used) // what is kept of a body would change
		two, err2 := v.Decode(record.DatasetMaintenance, vehicle(), body)
		if !reflect.DeepEqual(one, two) || (err1 == nil) != (err2 == nil) || !slices.Equal(before, body) {
			t.Fatalf("not pure: %+v, %v and %+v, %v", one, err1, two, err2)
		}
		if (err1 == nil) != (one.Report != nil) {
			t.Fatalf("report %v with error %v", one.Report, err1)
		}
	})
}

func FuzzRead(f *testing.F) {
	seeds(f)
	v := newVendor(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		defer func() {
			if !slices.Equal(before, body) {
				t.Errorf("%q was changed to %q", before, body)
			}
		}()
		for _, c := range []vendors.Call{vendors.Submit, vendors.Poll} {
			one, two := v.Read(record.DatasetMaintenance, c, &record.Vehicle{}, body), v.Read(record.DatasetMaintenance, c, &record.Vehicle{}, body)
			if one != two || one.Kind == "" || (one.Kind == vendors.Ticket && one.Ticket == "") {
				t.Fatalf("%+v and %+v", one, two)
			}
			if c == vendors.Poll && (one.Billed == vendors.BilledNo || one.Billed == vendors.BilledUnknown || one.Ticket != "") {
				t.Fatalf("a get took back a charge or gave a number: %+v", one)
			}
		}
	})
}

func seeds(f *testing.F) {
	for _, name := range []string{"generate.json", "get.json", "not_ready.json", "wrong_address.json"} {
		f.Add(readFile(f, name))
	}
	f.Add([]byte(`{"code":"200","data":{"requestId":1,"info":{"result_content":{"totalMoney":"1e99","mainTainDate":-1}}}}`))
}
