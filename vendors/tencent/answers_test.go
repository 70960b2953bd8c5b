package tencent

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// lsv is the vehicle of the made-up answers.
func lsv() *record.Vehicle { return &record.Vehicle{VIN: "LSVAM4187C2184841"} }

func decodeFile(t *testing.T, name string) *record.Report {
	t.Helper()
	got, err := newVendor(t, nil).Decode(record.DatasetMaintenance, lsv(), readFile(t, name+".json"))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return got.Report
}

func days(r *record.Report) []string {
	var out []string
	for _, v := range r.Visits {
		out = append(out, v.Date.Text())
	}
	return out
}

// TestVisitsNameTheirDay: as repairDate, as date, and as a stamp that may be null.
func TestVisitsNameTheirDay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"visit_date_native", "stamp_null"} {
		r := decodeFile(t, name)
		golden(t, name, r)
		if got := days(r); !slices.Equal(got, []string{"2004-04-27", "2005-10-05", "2013-10-11"}) {
			t.Errorf("%s: days %q", name, got)
		}
		if r.ReportNo != "20180124000000001" || r.ReportDate.V.String() != "2018-01-24" || r.ProductionArea != "合资" || r.BodyType != "三厢" {
			t.Errorf("%s: %+v", name, r)
		}
		for i, want := range []bool{true, false, true} {
			if v := r.Visits[i]; v.Exterior != record.Some(want) || v.MileageKM.V != []int64{960, 20025, 115361}[i] || v.Problems != nil {
				t.Errorf("%s: visit %+v", name, v)
			}
		}
	}
}

// TestFormsOfADay: each form that a day comes in, under each name.
func TestFormsOfADay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fields, want string
		problems     int
	}{
		{`"date":"2018-05-25","mainTainDate":null`, "2018-05-25", 0},
		{`"date":"2018/5/25","mainTainDate":"0"`, "2018-05-25", 0},
		{`"date":"20180525","mainTainDate":"-"`, "2018-05-25", 0},
		{`"date":"2018-05-25 10:11:12","mainTainDate":""`, "2018-05-25", 0},
		{`"date":null,"mainTainDate":1527177600000`, "2018-05-25", 0},
		{`"date":null,"mainTainDate":"1527177600000"`, "2018-05-25", 0},
		{`"mainTainDate":1527177600`, "2018-05-25", 0},
		{`"mainTainDate":"1527177600"`, "2018-05-25", 0},
		{`"mainTainDate":"2018-05-25"`, "2018-05-25", 0},
		{`"date":1527177600`, "2018-05-25", 0},
		{`"repairDate":"","date":"2018-05-25","mainTainDate":0`, "2018-05-25", 0},
		{`"repairDate":"2018-05-25","date":"2018-05-26"`, "2018-05-25", 1},
		{`"repairDate":"2018-05-26","date":"2018-05-26","mainTainDate":1527177600000`, "2018-05-25", 1},
		{`"date":"2018-05-32","mainTainDate":null`, "", 1},
		{`"date":"-","mainTainDate":"null"`, "", 0},
		{`"mainTainDate":-1`, "", 0},
	} {
		v := decode(t, detail("1", `"resultCode":"1205","normalRepairRecords":[{"content":"保养",`+c.fields+`}]`)).Visits[0]
		if v.Date.Text() != c.want || len(v.Problems) != c.problems {
			t.Errorf("%s: %s %q", c.fields, v.Date.Text(), v.Problems)
		}
	}
}

// TestEmptyReport: what says nothing is no record, and never a clean car.
func TestEmptyReport(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	const zeros = `"carFireFlag":0,"carWaterFlag":"0","carComponentRecordsFlag":0,"carConstructRecordsFlag":-1,"carOutsideRecordsFlag":null,"mileageIsNormalFlag":0`
	for name, body := range map[string]string{
		"nothing at all":    string(readFile(t, "empty.json")),
		"named":             string(readFile(t, "empty_named.json")),
		"flags alone":       detail("1", `"resultCode":"1205","vin":"LSVAM4187C2184841",`+zeros),
		"texts":             detail("1", `"resultCode":"1205","mileageEstimate":"0","lastRepairTime":"-","mainTainTimes":"0.0","normalRepairRecords":"",`+zeros),
		"no code":           detail("1", `"resultCode":1205,"outsideAnalyzeRepairRecords":[{}],"normalRepairRecords":[null]`),
		"a number of it":    detail("1", `"resultCode":"1205","reportNo":"1","makeReportDate":"2018-01-24","score":0,"normalRepairRecords":[],`+zeros),
		"a row of nothings": detail("1", `"resultCode":"1205","normalRepairRecords":[{"content":null,"date":null,"mainTainDate":0,"mileage":"0","materal":[]}],`+zeros),
		"another accident":  detail("1", `"resultCode":"1205","carAccidentFlag":"0","normalRepairRecords":{},`+zeros),
	} {
		for call, billed := range map[vendors.Call]vendors.Billed{vendors.Poll: vendors.BilledUnsaid, vendors.Submit: vendors.BilledUnknown} {
			got := v.Read(record.DatasetMaintenance, call, lsv(), []byte(body))
			if got.Kind != vendors.NoRecord || got.Billed != billed || got.Message != normalise.EmptyReport {
				t.Errorf("%s: %s is %+v", name, call, got)
			}
		}
		// An answer that was taken for a report once is still read from the ledger.
		a, err := v.Decode(record.DatasetMaintenance, lsv(), []byte(body))
		if r := a.Report; err == nil && (r.Fire.OK || r.Flood.OK || r.Structural.OK || r.Component.OK || r.Exterior.OK || r.OdometerNormal.OK || r.Accident.OK || len(r.Problems) == 0) {
			t.Errorf("%s: %+v", name, r)
		}
		if err == nil && (normalise.GravestAccident([]record.Report{*a.Report}).OK || normalise.ReadOdometer([]record.Report{*a.Report}, "2012-01", 20000).OK) {
			t.Errorf("%s: a valuation is derived from it", name)
		}
	}
}

// TestNearlyEmptyReport: what says something is a report; its 0s are no noes as
// long as there is no visit.
func TestNearlyEmptyReport(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	const zeros = `"resultCode":"1205","carFireFlag":0,"normalRepairRecords":null,"vin":"LSVAM4187C2184841"`
	for fields, want := range map[string]record.Flag{
		`,"mileageEstimate":120000`:                         {},
		`,"lastRepairTime":"2013-10-11"`:                    {},
		`,"mileageIsNormalFlag":1`:                          {},
		`,"carWaterFlag":1`:                                 {},
		`,"outsideAnalyzeRepairRecords":[{"content":"钣金"}]`: record.Some(false),
	} {
		body := []byte(detail("1", zeros+fields))
		got := v.Read(record.DatasetMaintenance, vendors.Poll, lsv(), body)
		a, err := v.Decode(record.DatasetMaintenance, lsv(), body)
		if got.Kind != vendors.Answered || got.Flaw != "" || err != nil || a.Report.Fire != want {
			t.Errorf("%s: %+v, %v, %+v", fields, got, err, a.Report)
		}
	}
	other := []byte(detail("1", `"resultCode":"1205","normalRepairRecords":[],"vin":"LSVAM4187C2184842"`))
	if got := v.Read(record.DatasetMaintenance, vendors.Poll, lsv(), other); got.Kind != vendors.Answered || !strings.Contains(got.Flaw, "LSVAM4187C2184842") {
		t.Errorf("another vehicle's empty report is %+v", got)
	}
}

func TestTypeByWordAndContent(t *testing.T) {
	t.Parallel()
	r := decodeFile(t, "type_words")
	golden(t, "type_words", r)
	if len(r.Visits) != 10 {
		t.Fatalf("%d visits", len(r.Visits))
	}
	for _, v := range r.Visits {
		if v.Type != record.Bodywork {
			t.Errorf("%s, %s is %s", v.VendorType, v.Content, v.Type)
		}
	}
}

func TestOtherRowFields(t *testing.T) {
	t.Parallel()
	r := decodeFile(t, "row_fields")
	golden(t, "row_fields", r)
	v := r.Visits[0]
	if v.Date.V.String() != "2016-01-29" || v.Materials != "机油:4" || v.Content != "换机油; 检查右前门" || v.MileageKM.V != 38500 || v.Problems != nil {
		t.Errorf("visit %+v", v)
	}
	v = decode(t, detail("1", `"resultCode":"1205","normalRepairRecords":[{"detail":"换机油&nbsp;机滤<br>检查;","remark":"客户自带","other":null,"mile":"38,500",
		"materal":["机油:4","机滤:1"],"material":"机油:4; 机滤:1","payType":"(为空)","totalMoney":"¥1,234.50","type":"保养&nbsp;首保"}]`)).Visits[0]
	if v.Content != "换机油 机滤 检查; 客户自带" || v.Materials != "机油:4; 机滤:1" || v.PaymentType != "" || v.Amount.V.String() != "1234.50" ||
		v.MileageKM.V != 38500 || v.VendorType != "保养 首保" || v.Type != record.Service || v.Problems != nil {
		t.Errorf("visit %+v", v)
	}
	v = decode(t, detail("1", `"resultCode":"1205","normalRepairRecords":[{"content":"x","payType":"现金","totalMoney":"a lot"}]`)).Visits[0]
	if v.PaymentType != "现金" || v.Amount.OK || len(v.Problems) != 1 {
		t.Errorf("visit %+v", v)
	}
}

// TestFlagCodes: 1 yes, 0 no, -1 not sure; what the page does not have is said.
func TestFlagCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]record.Flag{`1`: record.Some(true), `"0"`: record.Some(false), `true`: record.Some(true), `false`: record.Some(false),
		`-1`: {}, `"-1"`: {}, `null`: {}, `""`: {}, `"不确定"`: {}} {
		r := decode(t, detail("1", `"resultCode":"1205","carAccidentFlag":`+code+`,"normalRepairRecords":[{"content":"x"}]`))
		if r.Accident != want || r.Problems != nil {
			t.Errorf("%s: %v, %q", code, r.Accident, r.Problems)
		}
	}
}

// TestViewWithoutReadings: it repeats the records of its days, and is not counted again.
func TestViewWithoutReadings(t *testing.T) {
	t.Parallel()
	r := decode(t, detail("1", `"resultCode":"1205","carOutsideRecordsFlag":1,"carComponentRecordsFlag":0,"componentAnalyzeRepairRecords":null,
		"normalRepairRecords":[{"date":"2015-01-11","mileage":1000,"content":"左前门喷漆"},{"date":"2015-02-11","mileage":2000,"content":"保养"}],
		"outsideAnalyzeRepairRecords":[{"date":"2015-01-11","mileage":null,"content":"喷漆"}]`))
	if len(r.Visits) != 2 || r.Visits[0].Exterior != record.Some(true) || r.Visits[1].Exterior != record.Some(false) || r.Visits[0].Component.OK || r.Problems != nil {
		t.Errorf("report %+v", r)
	}
}

// TestReportInGB18030: the same records, whatever the bytes.
func TestReportInGB18030(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	for _, name := range []string{"report", "visit_date_native", "type_words", "no_record"} {
		body := readFile(t, name+".json")
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(body)
		if err != nil {
			t.Fatal(err)
		}
		car := lsv()
		if name == "report" {
			car = asked()
		}
		want, got := v.Read(record.DatasetMaintenance, vendors.Poll, car, body), v.Read(record.DatasetMaintenance, vendors.Poll, car, gb)
		if got != want || bytes.Equal(body, gb) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		a, errA := v.Decode(record.DatasetMaintenance, car, body)
		b, errB := v.Decode(record.DatasetMaintenance, car, gb)
		if (errA == nil) != (errB == nil) || errA == nil && !equalReports(t, a.Report, b.Report) {
			t.Errorf("%s: %+v, want %+v", name, b.Report, a.Report)
		}
	}
}

func equalReports(t *testing.T, a, b *record.Report) bool {
	t.Helper()
	return goldenText(t, a) == goldenText(t, b)
}
