package tencent

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// asked fits the masked VIN of the page's report, SA******02383.
func asked() *record.Vehicle { return &record.Vehicle{VIN: "SALWA2VE5EA102383"} }

func decode(t *testing.T, body string) *record.Report {
	t.Helper()
	got, err := newVendor(t, nil).Decode(record.DatasetMaintenance, asked(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return got.Report
}

func TestDecodeThePagesReport(t *testing.T) {
	t.Parallel()
	r := decode(t, string(readFile(t, "report.json")))
	golden(t, "report", r)

	// Read in the page by eye: 11 visits, and one in each view that the list lacks.
	var days []string
	var component, exterior []string
	for _, v := range r.Visits {
		day := v.Date.V.String()
		days = append(days, day)
		if v.Component == record.Some(true) {
			component = append(component, day)
		}
		if v.Exterior == record.Some(true) {
			exterior = append(exterior, day)
		}
		if v.Structural.OK {
			t.Errorf("%s: the page has no view of the structure", day)
		}
		if v.Rollback.V || len(v.Problems) > 0 {
			t.Errorf("%s: rollback %v, problems %q", day, v.Rollback, v.Problems)
		}
	}
	if want := []string{"2013-10-08", "2013-10-25", "2013-10-31", "2014-01-02", "2014-05-10", "2014-05-12", "2014-06-10", "2014-07-14",
		"2015-07-13", "2015-10-31", "2015-11-10", "2016-02-19", "2016-12-28"}; !slices.Equal(days, want) {
		t.Errorf("days %q", days)
	}
	if !slices.Equal(component, []string{"2015-10-31", "2015-11-10"}) || !slices.Equal(exterior, []string{"2014-05-12", "2016-02-19"}) {
		t.Errorf("component %q, exterior %q", component, exterior)
	}
	if r.OdometerRollback != record.Some(false) || r.OdometerNormal != record.Some(true) || r.LastMileageKM != record.Some(int64(85142)) {
		t.Errorf("rollback %v, normal %v, last mileage %v", r.OdometerRollback, r.OdometerNormal, r.LastMileageKM)
	}
	if r.ServicesPerYear != "1.9" || r.MileagePerYearKM.V != 26394 || r.MileageEstimateKM.V != 117369 || r.LastService.V.String() != "2016-06-23" {
		t.Errorf("report %+v", r)
	}
	if r.Visits[0].MileageKM.V != 29 || r.Visits[12].MileageDeltaKM.V != 85142-70857 || r.Visits[5].Type != record.Bodywork {
		t.Errorf("visits %+v", r.Visits)
	}
	if r.Accident.OK || len(r.Problems) > 0 {
		t.Errorf("accident %v, problems %q", r.Accident, r.Problems)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	report := string(readFile(t, "report.json"))
	for name, body := range map[string]string{
		"another vehicle":  strings.Replace(report, "SA******02383", "SA******02384", 1),
		"another VIN":      strings.Replace(report, "SA******02383", "SALWA2VE5EA102384", 1),
		"no record":        string(readFile(t, "no_record.json")),
		"1205 alone":       detail("1", `"resultCode":"1205"`),
		"visits of text":   detail("1", `"resultCode":"1205","normalRepairRecords":"many"`),
		"a broken end":     report[:len(report)/2],
		"nothing":          "",
		"null":             "null",
		"a list":           "[]",
		"detail as a text": `{"code":"0","data":{"result":"1","detail":"soon"}}`,
	} {
		if got, err := v.Decode(record.DatasetMaintenance, asked(), []byte(body)); err == nil || got.Report != nil {
			t.Errorf("%s: %+v, %v", name, got.Report, err)
		}
	}
}

func TestDecodeTolerates(t *testing.T) {
	t.Parallel()
	r := decode(t, detail("1", `"resultCode":1205,"brand":"路虎","brand":"福特","vin":null,"makeDate":2014,"carFireFlag":"1","carWaterFlag":null,
		"carConstructRecordsFlag":1,"constructAnalyzeRepairRecords":[],"carComponentRecordsFlag":0,"componentAnalyzeRepairRecords":{"repairDate":"2015-01-02","mileage":5},
		"mileageIsNormalFlag":7,"mileageEstimate":"0","mileageEveryYear":"many","mainTainTimes":1.9,"lastMainTainTime":"","lastRepairTime":"2013-13-01",
		"normalRepairRecords":[null,{"content":null,"mileage":"8,514.0","mainTainDate":1420128000000,"repairDate":"2015-01-03","type":[]},{"mileage":"5km","content":"换机油"}],
		"outsideAnalyzeRepairRecords":null`))
	if r.Brand != "福特" || r.ModelYear != "2014" || r.Fire != record.Some(true) || r.Flood.OK || r.OdometerNormal.OK || r.MileageEstimateKM.OK || r.ServicesPerYear != "1.9" {
		t.Errorf("report %+v", r)
	}
	if want := []string{`last_repair_date: "2013-13-01" is not a day`, `mileage_per_year_km: "many" is not a plausible number`,
		`odometer_normal: the vendor's code "7" is not known`,
		"structural: the vendor says true, its list has 0", "component: the vendor says false, its list has 1"}; !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q", r.Problems)
	}
	if len(r.Visits) != 3 {
		t.Fatalf("%d visits: %+v", len(r.Visits), r.Visits)
	}
	added, listed, undated := r.Visits[0], r.Visits[1], r.Visits[2]
	if listed.MileageKM.V != 8514 || listed.Date.V.String() != "2015-01-02" || listed.Component != record.Some(false) || listed.Exterior.OK ||
		listed.Structural != record.Some(false) || !slices.Equal(listed.Problems, []string{"visit_date: the time stamp says 2015-01-02, the text 2015-01-03"}) {
		t.Errorf("listed %+v", listed)
	}
	if added.MileageKM.V != 5 || added.Component != record.Some(true) || added.Type != record.Other {
		t.Errorf("added %+v", added)
	}
	if undated.Date.OK || undated.MileageKM.OK || undated.Type != record.Service || len(undated.Problems) != 1 {
		t.Errorf("undated %+v", undated)
	}
}

func TestDecodeBrokenBytes(t *testing.T) {
	t.Parallel()
	body := "\ufeff" + detail("1", "\"resultCode\":\"1205\",\"brand\":\"路\xff\xfe虎\t\",\"normalRepairRecords\":[{\"content\":\"a\\u0000b\\ud800\"}]")
	r := decode(t, body)
	if r.Brand != "路\ufffd虎" || r.Visits[0].Content != "a b\ufffd" || len(r.Problems) != 1 || len(r.Visits[0].Problems) != 1 {
		t.Errorf("brand %q, content %q, problems %q and %q", r.Brand, r.Visits[0].Content, r.Problems, r.Visits[0].Problems)
	}
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	v := newVendor(f, nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		used := slices.Clone(body)
		one, err1 := v.Decode(record.DatasetMaintenance, asked(), used)
		clear(used) // what is kept of a body would change
		two, err2 := v.Decode(record.DatasetMaintenance, asked(), body)
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
	v := newVendor(f, nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		defer func() {
			if !slices.Equal(before, body) {
				t.Errorf("%q was changed to %q", before, body)
			}
		}()
		for _, c := range []vendors.Call{vendors.Submit, vendors.Poll} {
			one, two := v.Read(record.DatasetMaintenance, c, asked(), body), v.Read(record.DatasetMaintenance, c, asked(), body)
			if _, err := v.Decode(record.DatasetMaintenance, asked(), body); one.Kind == vendors.Answered && (one.Flaw == "") != (err == nil) {
				t.Fatalf("the flaw is %q, Decode says %v", one.Flaw, err)
			}
			if one != two || one.Kind == "" || (one.Kind == vendors.Ticket) != (one.Ticket != "") {
				t.Fatalf("%+v and %+v", one, two)
			}
			if c == vendors.Poll && one.Billed != vendors.BilledUnsaid {
				t.Fatalf("a report's request was billed: %+v", one)
			}
		}
	})
}

func seeds(f *testing.F) {
	for _, name := range []string{"report.json", "no_record.json", "order.json", "no_vin.json"} {
		f.Add(readFile(f, name))
	}
	f.Add([]byte(`{"code":0,"data":{"detail":{"normalRepairRecords":{"mileage":"1e99","mainTainDate":-1}}}}`))
}

func BenchmarkDecode(b *testing.B) {
	v, body := newVendor(b, nil), readFile(b, "report.json")
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := v.Decode(record.DatasetMaintenance, asked(), body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	v, body := newVendor(b, nil), readFile(b, "report.json")
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		v.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body)
	}
}
