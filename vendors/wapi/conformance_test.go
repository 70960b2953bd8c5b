package wapi

import (
	"net/http"
	"net/url"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/vendortest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"md5", "hash"} {
		t.Run(sign, func(t *testing.T) {
			t.Parallel()
			settings := testSettings()
			settings.Values["sign"] = sign
			var sent []string
			if sign == "hash" {
				sent = []string{testSecret}
			}
			vendortest.Run(t, Descriptor(), vendortest.Config{
				Settings: settings, Now: testClock(), Secrets: []string{testSecret}, Sent: sent,
				Questions: []vendortest.Question{maintenanceQuestion(t), valuationQuestion(t), violationsQuestion(t)},
			})
		})
	}
}

func signed(t *testing.T, req *http.Request, body string) {
	t.Helper()
	f, err := url.ParseQuery(body)
	if err != nil || f.Get("sign") == "" || f.Get("time") != "1700000000" || f.Get("appid") != testAppID || req.Method != http.MethodPost {
		t.Errorf("%s %s (%v): not signed", req.Method, body, err)
	}
}

func maintenanceQuestion(t *testing.T) vendortest.Question {
	car := maintenanceCar()
	car.EngineNo, car.Plate = "E123", "粤AJ44E6"
	return vendortest.Question{
		Dataset: record.DatasetMaintenance, Vehicle: car, Ticket: ticket, Signed: signed,
		Probes: []vendortest.ProbeSample{
			{Name: "no such order", Body: `{"codeid":10019,"message":"car_request_id错误","retdata":""}`},
			{Name: "no data", Body: `{"codeid":"10025","message":"查无数据","retdata":[]}`},
			{Name: "signature", Body: `{"codeid":10003,"message":"sign值验证不通过","retdata":""}`, Ill: vendors.Signature},
			{Name: "app_id", Body: `{"codeid":"10005","message":"appid错误","retdata":""}`, Ill: vendors.Signature},
			{Name: "clock", Body: `{"codeid":10004,"message":"时差不能超过10分钟","retdata":""}`, Ill: vendors.ClockOff},
			{Name: "network address", Body: `{"codeid":10006,"message":"当前IP地址未授权","retdata":""}`, Ill: vendors.Permission},
			{Name: "path", Body: `{"codeid":10009,"message":"api接口不存在","retdata":""}`, Ill: vendors.Address},
			{Name: "calls", Body: `{"codeid":10018,"message":"次数不足","retdata":""}`, Ill: vendors.NoQuota},
			{Name: "balance", Body: `{"codeid":10022,"message":"帐户余额不足","retdata":""}`, Ill: vendors.NoBalance},
			{Name: "trouble", Body: `{"codeid":10021,"message":"服务器发生错误","retdata":""}`, Ill: vendors.Unavailable},
			{Name: "success", Body: `{"codeid":10000,"message":"返回成功","retdata":""}`, Ill: vendors.Unclear},
			{Name: "another product", Body: `{"codeid":10000,"retdata":{"car_report":{"carFireFlag":0}}}`, Ill: vendors.Address},
			{Name: "unknown", Body: `{"codeid":10099,"message":"?","retdata":""}`, Ill: vendors.Unclear},
			{Name: "gateway", Status: 502, Body: `{}`, Ill: vendors.Unavailable},
		},
		Samples: []vendortest.Sample{
			{Name: "ticket", Call: vendors.Submit, Body: sampleBody(t, "maintenance_ticket"), Kind: vendors.Ticket},
			{Name: "bought", Call: vendors.Submit, Body: sampleBody(t, "maintenance_bought"), Kind: vendors.Ticket, Billed: vendors.BilledYes},
			{Name: "balance", Call: vendors.Submit, Body: sampleBody(t, "balance"), Kind: vendors.AccountTrouble, Billed: vendors.BilledNo},
			{Name: "working", Call: vendors.Poll, Body: sampleBody(t, "maintenance_working"), Kind: vendors.Pending},
			{Name: "waiting", Call: vendors.Poll, Body: sampleBody(t, "maintenance_ticket"), Kind: vendors.Pending},
			{Name: "failed", Call: vendors.Poll, Body: sampleBody(t, "maintenance_failed"), Kind: vendors.Refused, Billed: vendors.BilledYes},
			{Name: "no record", Call: vendors.Poll, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
			{Name: "another product", Call: vendors.Poll, Body: sampleBody(t, "older_product"), Kind: vendors.AccountTrouble},
			{Name: "done", Call: vendors.Poll, Body: sampleBody(t, "maintenance_done"), Kind: vendors.Answered, Billed: vendors.BilledYes,
				NamesVehicle: true, Check: checkReport},
			{Name: "flat", Call: vendors.Poll, Body: sampleBody(t, "maintenance_flat"), Kind: vendors.Answered, Billed: vendors.BilledYes, NamesVehicle: true},
		},
	}
}

func valuationQuestion(t *testing.T) vendortest.Question {
	return vendortest.Question{
		Dataset: record.DatasetValuation, Vehicle: valuationCar(), Signed: signed,
		Samples: []vendortest.Sample{
			{Name: "prices", Call: vendors.Submit, Body: sampleBody(t, "valuation"), Kind: vendors.Answered, Billed: vendors.BilledYes, Check: checkValuation},
			{Name: "no record", Call: vendors.Submit, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
		},
	}
}

func violationsQuestion(t *testing.T) vendortest.Question {
	return vendortest.Question{
		Dataset: record.DatasetViolations, Vehicle: pageCar(), Signed: signed,
		Samples: []vendortest.Sample{
			{Name: "one", Call: vendors.Submit, Body: sampleBody(t, "violations"), Kind: vendors.Answered, Billed: vendors.BilledYes,
				NamesVehicle: true, Check: checkViolations},
			{Name: "none", Call: vendors.Submit, Body: sampleBody(t, "violations_none"), Kind: vendors.Answered, Billed: vendors.BilledYes, NamesVehicle: true},
			{Name: "no record", Call: vendors.Submit, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
		},
	}
}
