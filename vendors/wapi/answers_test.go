package wapi

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// TestOtherProduct: a path of another product halts the vendor and is named; its
// answer is no report, and what was paid for it stays said.
func TestOtherProduct(t *testing.T) {
	t.Parallel()
	const m, p, s = record.DatasetMaintenance, record.DatasetValuation, record.DatasetViolations
	older := sampleBody(t, "older_product")
	inText, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(`{"codeid":"10000","retdata":"{\"carFireFlag\":1,\"vin\":\"LS5A2DKRXPA011111\",\"brand\":\"大众\"}"}`))
	if err != nil {
		t.Fatal(err)
	}
	valuation, violations := sampleBody(t, "valuation"), sampleBody(t, "violations")
	report := sampleBody(t, "maintenance_done")
	v := newTest(t, nil)
	for name, c := range map[string]struct {
		dataset record.Dataset
		body    []byte
		words   []string
	}{
		"as it comes": {m, older, []string{"96/224", "car_report", "maintenance.submit_path", "maintenance.poll_path"}},
		"flat":        {m, answerOf(10000, map[string]any{"vin": "LS5A2DKRXPA011111", "carFireFlag": 0, "carWaterFlag": 1}), []string{"96/224", "carFireFlag"}},
		"done": {m, answerOf("10000", map[string]any{"result_status": 1, "result": []any{map[string]any{"mainTainDate": nil, "date": "2010-04-20", "content": "换机油", "mileage": "10"}}}),
			[]string{"mainTainDate"}},
		"a text in GBK":            {m, inText, []string{"carFireFlag"}},
		"a valuation":              {m, valuation, []string{"a valuation (201/377)", "maintenance.poll_path"}},
		"violations":               {m, violations, []string{"violations (65/173)"}},
		"a report as a valuation":  {p, report, []string{"a maintenance report (170/379)", "valuation.path"}},
		"an older one":             {p, older, []string{"96/224", "valuation.path"}},
		"a report as violations":   {s, report, []string{"violations.path"}},
		"a valuation as violation": {s, valuation, []string{"violations.path"}},
	} {
		car := record.Vehicle{VIN: "LS5A2DKRXPA011111"}
		for call, billed := range map[vendors.Call]vendors.Billed{vendors.Submit: vendors.BilledYes, vendors.Poll: vendors.BilledUnsaid} {
			if c.dataset != m && call == vendors.Poll {
				continue
			}
			out := v.Read(c.dataset, call, &car, c.body)
			if out.Kind != vendors.AccountTrouble || !out.OtherProduct || out.Class != record.Auth || out.Billed != billed || out.Code != "10000" || out.Flaw != "" {
				t.Errorf("%s: %s is %+v", name, call, out)
			}
			for _, word := range c.words {
				if !strings.Contains(out.Message, word) {
					t.Errorf("%s: %q lacks %q", name, out.Message, word)
				}
			}
		}
	}
	if _, err := v.Decode(m, &record.Vehicle{VIN: "LSVAM4187C2184841"}, older); err == nil {
		t.Error("the older report is decoded")
	}
}

// TestOwnProductWithMore: a key more does not make another product of an answer.
func TestOwnProductWithMore(t *testing.T) {
	t.Parallel()
	body := answerOf(10000, map[string]any{"result_status": 1, "carFireFlag": 1, "result": []any{map[string]any{"maintain_dateline": 1411228800, "content": "保养", "mainTainDate": nil}}})
	if out := newTest(t, nil).Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body); out.Kind != vendors.Answered || out.Flaw != "" {
		t.Errorf("it is %+v", out)
	}
	unknown := answerOf(10000, map[string]any{"zeta": 1, "alpha": 2})
	if out := newTest(t, nil).Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, unknown); out.Kind != vendors.Unknown || !strings.Contains(out.Message, "it has alpha, zeta") {
		t.Errorf("an unknown product is %+v", out)
	}
}

// TestDebugWords: made-up data is none, whatever the code.
func TestDebugWords(t *testing.T) {
	t.Parallel()
	body := []byte(`{"codeid":10000,"message":"调试模式数据","retdata":{"result_status":1,"car_is_fire":1}}`)
	for _, call := range []vendors.Call{vendors.Submit, vendors.Poll} {
		if out := newTest(t, nil).Read(record.DatasetMaintenance, call, &record.Vehicle{}, body); out.Kind != vendors.AccountTrouble || !strings.Contains(out.Message, "debug") {
			t.Errorf("%s: %+v", call, out)
		}
	}
}

// TestEmptyReport: a report that is done and says nothing is no record, and charged.
func TestEmptyReport(t *testing.T) {
	t.Parallel()
	v, car := newTest(t, nil), maintenanceCar()
	zeros := map[string]any{"result_status": "1", "vin": "LS5A2DKRXPA011111", "brand_id": 76, "car_is_fire": 0, "car_is_water": "0", "structure_is_repair": nil,
		"kilomete_is_normal": 0, "last_kilometer": "0", "last_maintain_time": 0, "result": []any{}}
	for name, retdata := range map[string]any{
		"zeros": zeros, "a list of one": []any{zeros}, "a list alone": map[string]any{"result_status": 1, "result": nil},
		"flags alone": map[string]any{"result_status": 1, "car_is_fire": 0}, "a text": `{"result_status":"1","result":"","kilomete_is_normal":"0"}`,
		"rows of zeros": map[string]any{"result_status": 1, "result": []any{map[string]any{"maintain_dateline": 0, "kilomete": "0", "content": ""}}},
	} {
		body := answerOf(10000, retdata)
		for _, call := range []vendors.Call{vendors.Submit, vendors.Poll} {
			if out := v.Read(record.DatasetMaintenance, call, &car, body); out.Kind != vendors.NoRecord || out.Billed != vendors.BilledYes || out.Message != normalise.EmptyReport {
				t.Errorf("%s: %s is %+v", name, call, out)
			}
		}
	}
	for name, c := range map[string]struct {
		retdata any
		flaw    bool
	}{
		"neither list nor findings": {map[string]any{"result_status": 1}, true},
		"another vehicle":           {map[string]any{"result_status": 1, "vin": "LS5A2DKRXPA011112", "car_is_fire": 0}, true},
		"a reading":                 {map[string]any{"result_status": 1, "last_kilometer": "5"}, false},
		"its word for no":           {map[string]any{"result_status": 1, "car_is_fire": 2}, false},
		"a visit":                   {map[string]any{"result_status": 1, "result": []any{map[string]any{"content": "保养"}}}, false},
	} {
		if out := v.Read(record.DatasetMaintenance, vendors.Poll, &car, answerOf(10000, c.retdata)); out.Kind != vendors.Answered || (out.Flaw != "") != c.flaw {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

func TestOddCodesAreSaid(t *testing.T) {
	t.Parallel()
	r := decoded(t, record.DatasetMaintenance, maintenanceCar(), answerOf(10000, map[string]any{"result_status": "1", "car_is_fire": 3, "car_is_water": -1, "last_kilometer": "5"})).Report
	if r.Fire.OK || r.Flood.OK || !reflect.DeepEqual(r.Problems, []string{`fire: the vendor's code "3" is not known`}) {
		t.Errorf("%+v", r)
	}
}

func TestVisitOfManyForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row  map[string]any
		want record.ServiceType
	}{
		{map[string]any{"maintain_type": "内部结算", "content": "左前门钣金&nbsp;喷漆"}, record.Bodywork},
		{map[string]any{"maintain_type": "维修 保险公司", "content": "前杠<br>喷漆"}, record.Bodywork},
		{map[string]any{"maintain_type": "内部结算", "content": "", "material": []any{"机油:4", "滤芯"}}, record.Service},
		{map[string]any{"maintain_type": "(为空)", "content": []any{"检查", "全车检测"}}, record.Inspection},
	} {
		c.row["maintain_dateline"] = "2014/9/21"
		v := decoded(t, record.DatasetMaintenance, maintenanceCar(), answerOf(10000, map[string]any{"result_status": 1, "result": []any{c.row}})).Report.Visits[0]
		if v.Type != c.want || v.Date != dateOf(t, "2014-09-21") || v.Problems != nil || strings.ContainsAny(v.Content+v.VendorType, "&<(") {
			t.Errorf("%v: %+v", c.row, v)
		}
	}
}

// TestBrokenCharactersAreSaid: in each dataset.
func TestBrokenCharactersAreSaid(t *testing.T) {
	t.Parallel()
	value := decoded(t, record.DatasetValuation, valuationCar(), []byte("{\"codeid\":10000,\"retdata\":{\"car_fullname\":\"奥迪\xff\",\"car_personal\":1}}"))
	violation := decoded(t, record.DatasetViolations, pageCar(), []byte("{\"codeid\":10000,\"retdata\":[{\"vioTime\":\"2017-10-29 02:39:17\",\"vioAddress\":\"季华六路\xff\"}]}"))
	report := decoded(t, record.DatasetMaintenance, maintenanceCar(), []byte("{\"codeid\":10000,\"retdata\":{\"result\":[{\"content\":\"保养\xff\"}]}}"))
	if len(value.Problems) != 1 || len(violation.Problems) != 1 || len(report.Report.Visits[0].Problems) != 1 {
		t.Errorf("problems %q, %q, %q", value.Problems, violation.Problems, report.Report.Visits[0].Problems)
	}
}

// TestAnswersInGB18030: the same records, whatever the bytes.
func TestAnswersInGB18030(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]struct {
		dataset record.Dataset
		car     record.Vehicle
	}{"maintenance_done": {record.DatasetMaintenance, maintenanceCar()}, "valuation": {record.DatasetValuation, valuationCar()}, "violations": {record.DatasetViolations, pageCar()}} {
		body := sampleBody(t, name)
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(body)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := decoded(t, q.dataset, q.car, body), decoded(t, q.dataset, q.car, gb); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}
