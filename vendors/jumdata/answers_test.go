package jumdata

import (
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

func decodeLSV(t *testing.T, body []byte) *record.Report {
	t.Helper()
	got, err := newVendor(t).Decode(record.DatasetMaintenance, lsv(), body)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return got.Report
}

// TestMoreParts: fire, flood and odometer stand in the overview, an accident as a code or a boolean.
func TestMoreParts(t *testing.T) {
	t.Parallel()
	for name, accident := range map[string]bool{"more_parts": false, "accident_boolean": true} {
		r := decodeLSV(t, readFile(t, name+".json"))
		golden(t, name, r)
		if r.Fire != record.Some(false) || r.Flood != record.Some(true) || r.OdometerNormal != record.Some(false) || r.Accident != record.Some(accident) ||
			r.Exterior != record.Some(true) || r.Structural != record.Some(false) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func parts(overview string) []byte {
	return []byte(`{"code":200,"data":{"vinNO":"","brand_name":"大众","overview":{` + overview + `},"result_content":[{"content":"x"}]}}`)
}

func TestPartForms(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]record.Flag{
		`"fire":{"is_exception":1}`: record.Some(true), `"fire":{"is_exception":"0"}`: record.Some(false), `"fire":{"is_exception":true}`: record.Some(true),
		`"fire":{"is_exception":false}`: record.Some(false), `"fire":1`: record.Some(true), `"fire":"0"`: record.Some(false),
		`"fire":{"is_exception":-1}`: {}, `"fire":null`: {}, `"fire":[]`: {}, `"fire":{"is_exception":null}`: {}, ``: {},
	} {
		if r := decodeLSV(t, parts(body)); r.Fire != want || r.Problems != nil {
			t.Errorf("%s: %v, %q", body, r.Fire, r.Problems)
		}
	}
	for body, want := range map[string]string{
		`"fire":{"is_exception":3}`:                      `fire: the vendor's code "3" is not known`,
		`"water":{"is_exception":0,"exceptions":["地毯"]}`: "flood: the vendor says false, its list has 1",
		`"recall":{"is_exception":1}`:                    "recall: the vendor lists one, which has no column",
	} {
		if r := decodeLSV(t, parts(body)); !slices.Equal(r.Problems, []string{want}) {
			t.Errorf("%s: %q", body, r.Problems)
		}
	}
	if r := decodeLSV(t, parts(`"mileage":{"is_exception":0}`)); r.OdometerNormal != record.Some(true) {
		t.Errorf("a good odometer is %v", r.OdometerNormal)
	}
	for code, want := range map[string]record.Flag{`-1`: record.Some(false), `"-1"`: record.Some(false), `0`: {}, `""`: {}, `1`: record.Some(true), `true`: record.Some(true), `false`: record.Some(false)} {
		r := decodeLSV(t, []byte(`{"code":200,"data":{"is_accident":`+code+`,"result_content":[{"content":"x"}]}}`))
		if r.Accident != want || r.Problems != nil {
			t.Errorf("is_accident %s: %v, %q", code, r.Accident, r.Problems)
		}
	}
}

// TestRecords: visits stand under records, with the words of the family.
func TestRecords(t *testing.T) {
	t.Parallel()
	const row = `{"date":"2016/5/25","mainTainDate":null,"mile":"9,636","detail":"前杠&nbsp;喷漆","other":"检查","material":["漆:1","机油:4"],"payType":"(为空)","type":"内部结算"}`
	for _, body := range []string{`"records":[` + row + `]`, `"records":` + row, `"result_content":[],"records":[` + row + `]`, `"result_content":[` + row + `],"records":[` + row + `]`} {
		r := decodeLSV(t, []byte(`{"code":200,"data":{"brand_name":"大众",`+body+`}}`))
		if len(r.Visits) != 1 {
			t.Fatalf("%s: %d visits", body, len(r.Visits))
		}
		v := r.Visits[0]
		if v.Date.Text() != "2016-05-25" || v.MileageKM.V != 9636 || v.Content != "前杠 喷漆; 检查" || v.Materials != "漆:1; 机油:4" || v.PaymentType != "" ||
			v.Type != record.Bodywork || v.Problems != nil {
			t.Errorf("%s: %+v", body, v)
		}
	}
	out := newVendor(t).Read(record.DatasetMaintenance, vendors.Poll, lsv(), []byte(`{"code":200,"data":{"records":[`+row+`]}}`))
	if out.Kind != vendors.Answered || out.Flaw != "" {
		t.Errorf("visits under records are %+v", out)
	}
}

// TestEmptyReport: what says nothing is no record, billed as its code says.
func TestEmptyReport(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	const zeros = `"overview":{"frame":{"is_exception":0,"exceptions":[]},"fire":{"is_exception":"0"}},"is_accident":0,"content_numbers":"0","total_mileage":"","last_mileage":0`
	for _, data := range []string{
		`"brand_name":"大众","vinNO":"LSVAM4187C2184841","result_content":[],` + zeros,
		`"brand_name":"","vinNO":"","result_content":null,` + zeros,
		`"records":[{}],"is_accident":false,"first_time_to_shop":"-","brand_name":"大众"`,
		`"brand_name":"大众","result_content":[{"content":"","date":null,"mileage":"","type_code":"0"}],` + zeros,
		`"info":{"brand_name":"大众","result_content":[],` + zeros + `}`,
	} {
		body := []byte(`{"code":"200","msg":"成功","data":{` + data + `}}`)
		for call, billed := range map[vendors.Call]vendors.Billed{vendors.Submit: vendors.BilledYes, vendors.Poll: vendors.BilledUnsaid} {
			if got := v.Read(record.DatasetMaintenance, call, lsv(), body); got.Kind != vendors.NoRecord || got.Billed != billed || got.Message != normalise.EmptyReport {
				t.Errorf("%s: %s is %+v", data, call, got)
			}
		}
		a, err := v.Decode(record.DatasetMaintenance, lsv(), body)
		if r := a.Report; err == nil && (r.Fire.OK || r.Structural.OK || r.Accident.OK || r.Component.OK) {
			t.Errorf("%s: %+v", data, r)
		}
	}
	said := []byte(`{"code":200,"data":{"brand_name":"大众","result_content":[],"is_accident":-1,"overview":{"frame":{"is_exception":0}}}}`)
	if got := v.Read(record.DatasetMaintenance, vendors.Poll, lsv(), said); got.Kind != vendors.Answered || got.Flaw != "" {
		t.Errorf("a report that says no accident is %+v", got)
	}
	if r := decodeLSV(t, said); r.Accident != record.Some(false) || r.Structural.OK || len(r.Problems) != 1 {
		t.Errorf("a report that says no accident: %+v", r)
	}
	number := []byte(`{"code":200,"data":{"requestId":"x","info":{"brand_name":"大众","result_content":[]}}}`)
	if got := v.Read(record.DatasetMaintenance, vendors.Submit, lsv(), number); got.Kind != vendors.Ticket || got.Ticket != "x" {
		t.Errorf("an empty report with a number is %+v", got)
	}
	other := []byte(`{"code":200,"data":{"vinNO":"LSVAM4187C2184842","result_content":[]}}`)
	if got := v.Read(record.DatasetMaintenance, vendors.Poll, lsv(), other); got.Kind != vendors.Answered || !strings.Contains(got.Flaw, "LSVAM4187C2184842") {
		t.Errorf("another vehicle's empty report is %+v", got)
	}
}

// TestChargeFlag: the vendor's own word on the charge.
func TestChargeFlag(t *testing.T) {
	t.Parallel()
	const yes, no, open, unsaid = vendors.BilledYes, vendors.BilledNo, vendors.BilledUnknown, vendors.BilledUnsaid
	for _, c := range []struct {
		body          string
		generate, get vendors.Billed
	}{
		{`{"code":702,"charge":true}`, yes, yes}, {`{"code":702,"charge":"false"}`, no, unsaid}, {`{"code":999,"charge":false}`, no, unsaid},
		{`{"code":999,"data":{"charge":1}}`, yes, yes}, {`{"code":200,"charge":false,"data":{"requestId":"x"}}`, open, unsaid},
		{`{"code":200,"charge":true,"data":{"requestId":"x"}}`, yes, yes}, {`{"code":703,"charge":null}`, no, unsaid}, {`{"code":703,"charge":"perhaps"}`, no, unsaid},
	} {
		if g, p := read(t, vendors.Submit, c.body).billed, read(t, vendors.Poll, c.body).billed; g != c.generate || p != c.get {
			t.Errorf("%s: %q and %q", c.body, g, p)
		}
	}
}

func TestReportInGB18030(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(readFile(t, "more_parts.json"))
	if err != nil {
		t.Fatal(err)
	}
	if r := decodeLSV(t, gb); r.Brand != "大众" || r.Visits[0].Content != "换机油" || r.Problems == nil {
		t.Errorf("%+v", r)
	}
}
