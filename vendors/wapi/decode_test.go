package wapi

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
)

func decoded(t *testing.T, d record.Dataset, car record.Vehicle, body []byte) record.Answer {
	t.Helper()
	a, err := newTest(t, nil).Decode(d, &car, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func checkReport(t *testing.T, a record.Answer) {
	t.Helper()
	r := a.Report
	day := dateOf(t, "2015-07-09").V + 1 // 1436457600 is midnight of 2015-07-10 in China
	want := record.Report{
		VIN: "LS5A2DKRXPA011111", Flood: record.Some(false), Structural: record.Some(false), Component: record.Some(true),
		OdometerNormal: record.Some(true), LastMileageKM: record.Some[int64](107653),
		FirstVisit: dateOf(t, "2014-09-21"), LastVisit: record.Some(day), LastService: record.Some(day), LastRepair: record.Some(day),
		OdometerRollback: record.Some(false),
		Visits: []record.Visit{
			{Seq: 1, Date: dateOf(t, "2014-09-21"), MileageKM: record.Some[int64](74537), Type: record.Inspection,
				VendorType: "内部结算", Content: "2014 BMW秋季活动免费检测"},
			{Seq: 2, Date: record.Some(day), MileageKM: record.Some[int64](107653), Type: record.Repair, VendorType: "一般维修",
				Content: "更换机油机滤", Materials: "机油;机滤", MileageDeltaKM: record.Some[int64](33116), Rollback: record.Some(false)},
		},
	}
	if !reflect.DeepEqual(*r, want) {
		t.Errorf("got  %+v\nwant %+v", *r, want)
	}
}

func TestReportOfThePage(t *testing.T) {
	t.Parallel()
	checkReport(t, decoded(t, record.DatasetMaintenance, maintenanceCar(), sampleBody(t, "maintenance_done")))
}

func TestFlatMaskedReport(t *testing.T) {
	t.Parallel()
	r := decoded(t, record.DatasetMaintenance, maintenanceCar(), sampleBody(t, "maintenance_flat")).Report
	if len(r.Visits) != 1 || r.Visits[0].Date != dateOf(t, "2014-09-21") || r.Visits[0].MileageKM.V != 74537 {
		t.Errorf("visits %+v", r.Visits)
	}
	if r.Structural != record.Some(true) || r.OdometerNormal != record.Some(false) || r.OdometerRollback.OK {
		t.Errorf("flags %+v", r)
	}
}

// TestFlagPolarity: 1 yes, 2 no, 0 and what is not known are not stated.
func TestFlagPolarity(t *testing.T) {
	t.Parallel()
	fields := map[string]func(*record.Report) record.Flag{
		"car_is_fire":               func(r *record.Report) record.Flag { return r.Fire },
		"car_is_water":              func(r *record.Report) record.Flag { return r.Flood },
		"structure_is_repair":       func(r *record.Report) record.Flag { return r.Structural },
		"important_parts_is_repair": func(r *record.Report) record.Flag { return r.Component },
		"appearance_is_repair":      func(r *record.Report) record.Flag { return r.Exterior },
		"kilomete_is_normal":        func(r *record.Report) record.Flag { return r.OdometerNormal },
	}
	values := []struct {
		code any
		want record.Flag
	}{
		{1, record.Some(true)}, {"1", record.Some(true)}, {2, record.Some(false)}, {"2", record.Some(false)},
		{0, record.Flag{}}, {"0", record.Flag{}}, {"", record.Flag{}}, {nil, record.Flag{}}, {3, record.Flag{}}, {true, record.Flag{}},
	}
	for name, field := range fields {
		for _, v := range values {
			body := answerOf(10000, map[string]any{"result_status": "1", name: v.code, "last_kilometer": "5"})
			if got := field(decoded(t, record.DatasetMaintenance, maintenanceCar(), body).Report); got != v.want {
				t.Errorf("%s %v: %v, want %v", name, v.code, got, v.want)
			}
		}
	}
}

func TestReportForms(t *testing.T) {
	t.Parallel()
	visit := `{"maintain_dateline":"1411228800","kilomete":74537}`
	for name, retdata := range map[string]string{
		"object":         `{"result_status":1,"result":[` + visit + `]}`,
		"single":         `{"result_status":1,"result":` + visit + `}`,
		"list":           `[{"result_status":"1","result":[` + visit + `]}]`,
		"visits at once": `[` + visit + `]`,
		"text":           `"{\"result_status\":\"1\",\"result\":[{\"maintain_dateline\":1411228800,\"kilomete\":\"74537\"}]}"`,
		"text inside":    `{"result_status":"1","result":"[{\"maintain_dateline\":1411228800,\"kilomete\":\"74537\"}]"}`,
		"object inside":  `{"result_status":"1","result":{"car_is_fire":0,"result":[` + visit + `,[],null,""]}}`,
		"milliseconds":   `{"result":[{"maintain_dateline":1411228800000,"kilomete":74537}]}`,
		"written day":    `{"result":[{"maintain_dateline":"2014-09-21","kilomete":"74537.0"}]}`,
		"row of zeros":   `{"result":[{"maintain_dateline":0,"kilomete":"0","content":""},` + visit + `]}`,
	} {
		r := decoded(t, record.DatasetMaintenance, maintenanceCar(), []byte(`{"codeid":"10000","retdata":`+retdata+`}`)).Report
		if len(r.Visits) != 1 || r.Visits[0].Date != dateOf(t, "2014-09-21") || r.Visits[0].MileageKM.V != 74537 || len(r.Problems) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	t.Parallel()
	body := answerOf(10000, map[string]any{"last_kilometer": "0", "last_maintain_time": 0, "last_repair_time": "", "car_is_fire": 2,
		"result": []any{map[string]any{"content": "保养", "kilomete": "many", "maintain_dateline": "soon"}}})
	r := decoded(t, record.DatasetMaintenance, maintenanceCar(), body).Report
	if r.LastMileageKM.OK || r.LastService.OK || r.LastRepair.OK || r.LastVisit.OK {
		t.Errorf("zeros became values: %+v", r)
	}
	v := r.Visits[0]
	if v.Date.OK || v.MileageKM.OK || len(v.Problems) != 2 || v.Type != record.Service {
		t.Errorf("visit %+v", v)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const m, p, s = record.DatasetMaintenance, record.DatasetValuation, record.DatasetViolations
	v := newTest(t, nil)
	for _, tt := range []struct {
		dataset record.Dataset
		retdata any
		words   string
	}{
		{m, map[string]any{"result_status": "1", "vin": "LS5A2DKRXPA011112"}, "another vehicle"},
		{m, map[string]any{"result_status": "1", "vin": "LS5*********11112"}, "another vehicle"},
		{m, map[string]any{"result_status": "1", "result": []any{}}, "neither findings nor visits"},
		{m, map[string]any{"result_status": "1", "car_is_fire": 1, "result": []any{map[string]any{"foo": 1}}}, "none of the fields"},
		{m, "系统繁忙", "words instead of data"},
		{p, map[string]any{"car_fullname": "x", "car_calc": map[string]any{"car_referprice": "1万"}}, "no price"},
		{p, map[string]any{"car_personal": 0, "car_retail": "-3"}, "no price"},
		{s, map[string]any{"res": "1", "carNo": "粤AJ44E7"}, "another vehicle"},
		{s, map[string]any{"res": "1", "vioNum": 3, "data": []any{}}, "counts 3 violations"},
		{s, map[string]any{"res": "0", "description": "查询失败"}, "查询失败"},
		{s, []any{[]any{}, []any{}}, "no violations"},
	} {
		car := record.Vehicle{VIN: "LS5A2DKRXPA011111", Plate: "粤AJ44E6"}
		_, err := v.Decode(tt.dataset, &car, answerOf(10000, tt.retdata))
		if err == nil || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s %v: error is %v, want %q in it", tt.dataset, tt.retdata, err, tt.words)
		}
	}
	if _, err := v.Decode(m, &record.Vehicle{}, answerOf(10024, map[string]any{"car_is_fire": 1})); err == nil {
		t.Error("debug data became a report")
	}
}

func checkValuation(t *testing.T, a record.Answer) {
	t.Helper()
	want := record.Valuation{
		ModelName: "奥迪 奥迪Q5L 2024款 40 TFSI 时尚动感型", City: "宣城", FirstRegistered: "2023-10",
		MileageKM: record.Some[int64](10000), EmissionStandard: "国VI",
		DealerBuy: record.Some[record.Fen](26680000), Private: record.Some[record.Fen](28160000),
		DealerSell: record.Some[record.Fen](29640000), NewPrice: record.Some[record.Fen](39880000),
	}
	if *a.Valuation != want {
		t.Errorf("got  %+v\nwant %+v", *a.Valuation, want)
	}
}

func TestValuationOfThePage(t *testing.T) {
	t.Parallel()
	body := sampleBody(t, "valuation")
	asked := record.Vehicle{FirstRegistered: "2023-10", MileageKM: record.Some[int64](10000)}
	a := decoded(t, record.DatasetValuation, asked, body)
	checkValuation(t, a)
	if len(a.Problems) > 0 {
		t.Errorf("problems %v", a.Problems)
	}
	if a := decoded(t, record.DatasetValuation, valuationCar(), body); len(a.Problems) != 2 {
		t.Errorf("the question was another one, problems are %v", a.Problems)
	}
}

func TestValuationForms(t *testing.T) {
	t.Parallel()
	for name, retdata := range map[string]string{
		"flat":   `{"car_purchase":"26.68","car_referprice":"39.88万元"}`,
		"list":   `[{"car_referprice":39.88,"car_calc":[{"car_purchase":26.68}]}]`,
		"text":   `{"car_referprice":"39.88 万","car_calc":"{\"car_purchase\":2.668e1}"}`,
		"pieces": `{"car_referprice":"39.88万","car_personal":"","car_retail":0,"car_calc":{"car_purchase":26.680}}`,
	} {
		v := decoded(t, record.DatasetValuation, valuationCar(), []byte(`{"codeid":10000,"retdata":`+retdata+`}`)).Valuation
		if v.DealerBuy != record.Some[record.Fen](26680000) || v.NewPrice != record.Some[record.Fen](39880000) || v.Private.OK || v.DealerSell.OK {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func checkViolations(t *testing.T, a record.Answer) {
	t.Helper()
	want := []record.Violation{{
		Seq: 1, OccurredAt: record.Some(time.Date(2017, 10, 28, 18, 39, 17, 0, time.UTC)),
		City: "佛山", CityCode: "440600", Address: "季华六路与南海大道交叉路口", Code: "1208",
		Action: "机动车通过有灯控路口时,不按所需行进方向驶入导向车道的",
		Points: record.Some[int64](2), Status: record.UnprocessedUnpaid, OnlineHandling: true,
		MonitorNo: "4406147906221925", HandleNo: "e0f838560b99462279c6be29588225",
	}}
	if !reflect.DeepEqual(a.Violations, want) || len(a.Problems) > 0 {
		t.Errorf("got  %+v\nwant %+v\nproblems %v", a.Violations, want, a.Problems)
	}
}

func pageCar() record.Vehicle {
	return record.Vehicle{VIN: "LNBSCC3H8GF308384", Plate: "闽DX009U", PlateType: "02", EngineNo: "AD50EG081600062"}
}

func TestViolationsOfThePage(t *testing.T) {
	t.Parallel()
	checkViolations(t, decoded(t, record.DatasetViolations, pageCar(), sampleBody(t, "violations")))
	none := decoded(t, record.DatasetViolations, pageCar(), sampleBody(t, "violations_none"))
	if none.Violations == nil || len(none.Violations) != 0 || len(none.Problems) > 0 {
		t.Errorf("a clean car: %+v", none)
	}
}

func TestViolationDefaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		handle, online any
		status         record.ViolationStatus
		can            bool
		problems       int
	}{
		{nil, nil, record.UnprocessedUnpaid, false, 0}, {"", "", record.UnprocessedUnpaid, false, 0},
		{1, 1, record.UnprocessedUnpaid, true, 0}, {"2", "2", record.ProcessedUnpaid, false, 0},
		{"3", 2, record.ProcessedPaid, false, 0}, {9, 9, "", false, 2},
	} {
		body := answerOf(10000, []any{map[string]any{"vioTime": "2017-10-29 02:39:17", "handleSign": tt.handle, "onlineHandle": tt.online}})
		a := decoded(t, record.DatasetViolations, pageCar(), body)
		if v := a.Violations[0]; v.Status != tt.status || v.OnlineHandling != tt.can || len(a.Problems) != tt.problems {
			t.Errorf("%v %v: %+v, problems %v", tt.handle, tt.online, v, a.Problems)
		}
	}
}

func TestViolationsAreSortedAndHeldAgainstTotals(t *testing.T) {
	t.Parallel()
	body := answerOf(10000, map[string]any{"carNo": "闽D·X0**U", "vioNum": "4", "fineTotal": "350.00", "integralTotal": 3, "data": []any{
		map[string]any{"vioCode": "c", "vioFine": "not yet"},
		map[string]any{"vioCode": "b", "vioTime": "2020-01-01 00:00:00", "vioFine": "200.5", "vioScore": "3"},
		map[string]any{"vioCode": "a", "vioTime": "2019-12-31 23:59:59", "vioFine": 150, "vioScore": 0},
	}})
	a := decoded(t, record.DatasetViolations, pageCar(), body)
	var order string
	for i, v := range a.Violations {
		order += v.Code
		if v.Seq != i+1 {
			t.Errorf("%s has place %d", v.Code, v.Seq)
		}
	}
	if order != "abc" || a.Violations[2].Fine.OK || a.Violations[2].Points.OK || a.Violations[0].Points != record.Some[int64](0) {
		t.Errorf("order %s: %+v", order, a.Violations)
	}
	problems := strings.Join(a.Problems, "\n")
	for _, want := range []string{"violation 1 of the answer: fine_cny", "violations: the vendor says 4, the list has 3", "the vendor says 350.00 in all, the list has 350.50"} {
		if !strings.Contains(problems, want) {
			t.Errorf("problems lack %q:\n%s", want, problems)
		}
	}
	if len(a.Problems) != 3 {
		t.Errorf("problems:\n%s", problems)
	}
	open := answerOf(10000, map[string]any{"vioNum": 2, "fineTotal": 50, "integralTotal": 9, "data": []any{
		map[string]any{"vioCode": "a", "vioFine": ""}, map[string]any{"vioCode": "b", "vioScore": 3},
	}})
	if a := decoded(t, record.DatasetViolations, pageCar(), open); len(a.Problems) > 0 {
		t.Errorf("totals above a list with open amounts: %v", a.Problems)
	}
}
