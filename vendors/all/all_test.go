package all

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/vendortest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	configs := map[string]func(*testing.T) vendortest.Config{"wapi": wapiConfig, "tencent": tencentConfig, "jumdata": jumdataConfig}
	t.Run("tencent's newer gateway", func(t *testing.T) {
		t.Parallel()
		d, _ := Find("tencent")
		vendortest.Run(t, d, marketConfig(t))
	})
	for _, d := range Descriptors() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			config := configs[d.Name]
			if config == nil {
				t.Fatal("the conformance suite is not wired for this vendor")
			}
			vendortest.Run(t, d, config(t))
		})
	}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, d := range Descriptors() {
		names[d.Name] = true
		if got, ok := Find(d.Name); !ok || got.Name != d.Name {
			t.Errorf("%s is not found", d.Name)
		}
	}
	if want := []string{"jumdata", "tencent", "wapi"}; !slices.Equal(slices.Sorted(maps.Keys(names)), want) {
		t.Errorf("vendors %v, want %v", names, want)
	}
	if d, ok := Find("nobody"); ok {
		t.Errorf("nobody is %s", d.Name)
	}
}

const longSecret = "4f1d0c7be2a94e6f8b3a5c6d7e8f9a0b"

func clock() time.Time { return time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC) }

// body reads an answer from an adapter's own folder.
func body(t testing.TB, vendor, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", vendor, "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// signedForm checks a POST that carries its signature among its parameters.
func signedForm(keys ...string) func(*testing.T, *http.Request, string) {
	return func(t *testing.T, req *http.Request, body string) {
		t.Helper()
		f, err := url.ParseQuery(body)
		for _, key := range keys {
			if err != nil || req.Method != http.MethodPost || f.Get(key) == "" {
				t.Errorf("%s %s (%v): %s is missing", req.Method, body, err, key)
			}
		}
	}
}

func signedHeaders(t *testing.T, req *http.Request, _ string) {
	t.Helper()
	for _, key := range []string{"Authorization", "X-Date", "X-Source"} {
		if req.Header.Get(key) == "" {
			t.Errorf("the header %s is missing", key)
		}
	}
}

// visitsFrom checks the number of visits and the day of the first: a day that
// differs by one on machines in another zone.
func visitsFrom(count int, first string) func(*testing.T, record.Answer) {
	return func(t *testing.T, a record.Answer) {
		t.Helper()
		visits := a.Report.Visits
		if len(visits) != count || visits[0].Date.V.String() != first {
			t.Errorf("%d visits, want %d from %s: %+v", len(visits), count, first, visits)
		}
	}
}

func wapiConfig(t *testing.T) vendortest.Config {
	signed := signedForm("sign", "time", "appid")
	car := record.Vehicle{VIN: "LS5A2DKRXPA011111", Plate: "闽DX009U", PlateType: "02", EngineNo: "AD50EG081600062",
		ModelID: "52", CityID: "101100", FirstRegistered: "2022-01", MileageKM: record.Some[int64](36200),
		Condition: record.Condition{Transfers: "1", Color: "2", Accident: "0", Appearance: "1", Interior: "1", Electrical: "1", Engine: "1"}}
	sample := func(name string, c vendors.Call, k vendors.Kind, b vendors.Billed) vendortest.Sample {
		return vendortest.Sample{Name: name, Call: c, Body: body(t, "wapi", name), Kind: k, Billed: b}
	}
	report := sample("maintenance_done", vendors.Poll, vendors.Answered, vendors.BilledYes)
	report.NamesVehicle, report.Check = true, visitsFrom(2, "2014-09-21")
	return vendortest.Config{
		Settings: vendors.Settings{BaseURL: "https://vendor.example", Values: map[string]string{"app_id": "10086", "secret": longSecret}},
		Now:      clock(), Secrets: []string{longSecret},
		Questions: []vendortest.Question{
			{Dataset: record.DatasetMaintenance, Vehicle: car, Ticket: "9d10df45964fd60941aaf0f59d4b80c2", Signed: signed,
				Probes:  []vendortest.ProbeSample{{Name: "no data", Body: `{"codeid":10025,"message":"查无数据","retdata":[]}`}},
				Samples: []vendortest.Sample{sample("maintenance_ticket", vendors.Submit, vendors.Ticket, ""), report}},
			{Dataset: record.DatasetValuation, Vehicle: car, Signed: signed,
				Samples: []vendortest.Sample{sample("valuation", vendors.Submit, vendors.Answered, vendors.BilledYes)}},
			{Dataset: record.DatasetViolations, Vehicle: car, Signed: signed,
				Samples: []vendortest.Sample{sample("violations", vendors.Submit, vendors.Answered, vendors.BilledYes)}},
		},
	}
}

func tencentConfig(t *testing.T) vendortest.Config {
	sample := func(name string, c vendors.Call, k vendors.Kind, b vendors.Billed) vendortest.Sample {
		return vendortest.Sample{Name: name, Call: c, Body: body(t, "tencent", name), Kind: k, Billed: b}
	}
	report := sample("report", vendors.Poll, vendors.Answered, "")
	report.NamesVehicle, report.Check = true, visitsFrom(13, "2013-10-08")
	return vendortest.Config{
		Settings: vendors.Settings{Values: map[string]string{"secret_id": "AKIDexample", "secret_key": longSecret}},
		Now:      clock(), Secrets: []string{longSecret},
		Questions: []vendortest.Question{{
			Dataset: record.DatasetMaintenance, Ticket: "e192e8de8e6660****46f41b", Signed: signedHeaders,
			Vehicle: record.Vehicle{VIN: "SALWA2VE5EA102383", Plate: "粤B12345", EngineNo: "E1"},
			Probes: []vendortest.ProbeSample{
				{Name: "no order", Body: `{"code":"20804","message":"订单号不能为空","result":{}}`},
				{Name: "trouble", Body: `{"code":"-1","message":"服务异常"}`, Ill: vendors.Unavailable},
				{Name: "a report", Body: `{"code":"0","message":"成功","data":{"result":"1"}}`, Ill: vendors.Unclear},
				{Name: "key", Status: 403, Body: `{"message":"HMAC signature does not match"}`, Ill: vendors.Signature},
				{Name: "id", Status: 403, Body: `{"message":"HMAC id does not exist"}`, Ill: vendors.Signature},
				{Name: "none", Status: 401, Body: `{"message":"Unauthorized"}`, Ill: vendors.Signature},
				{Name: "clock", Status: 403, Body: `{"message":"HMAC signature cannot be verified, a valid x-date header is required for HMAC Authentication"}`, Ill: vendors.ClockOff},
				{Name: "quota", Status: 403, Body: `{"message":"API quota exceeded: the package of this api is used up or has expired"}`, Ill: vendors.NoQuota},
				{Name: "permission", Status: 403, Body: `{"message":"Forbidden: no permission for this api"}`, Ill: vendors.Permission},
				{Name: "path", Status: 404, Body: `{"message":"There is no api match host and path"}`, Ill: vendors.Address},
				{Name: "other words", Status: 403, Body: `{"message":"?"}`, Ill: vendors.Signature},
				{Name: "misses it", Status: 401, Body: `{"message":"HMAC signature cannot be verified, a validate authorization header is required"}`, Ill: vendors.Signature},
				{Name: "clock, other words", Status: 403, Body: `{"message":"HMAC signature cannot be verified, the x-date header is out of date for HMAC Authentication"}`, Ill: vendors.ClockOff},
				{Name: "an order nobody knows", Body: `{"code":"-1","message":"订单不存在","result":{}}`},
				{Name: "the other gateway", Status: 401, Body: `{"requestid":"0","code":401,"message":"签名信息格式错误"}`, Ill: vendors.Address},
				{Name: "the other gateway's clock", Status: 403, Body: `{"requestid":"0","code":403,"message":"签名时间超时"}`, Ill: vendors.Address},
			},
			Samples: []vendortest.Sample{
				sample("order", vendors.Submit, vendors.Ticket, vendors.BilledYes),
				sample("no_vin", vendors.Submit, vendors.Refused, vendors.BilledNo),
				sample("no_record", vendors.Poll, vendors.NoRecord, ""),
				report,
			},
		}},
	}
}

// marketConfig is tencent by its newer gateway: the same product behind another door.
func marketConfig(t *testing.T) vendortest.Config {
	c := tencentConfig(t)
	c.Settings.BaseURL = "https://ap-shanghai.cloudmarket-apigw.com/service-plb7hsqv"
	c.Settings.Values["gateway"] = "cloudmarket"
	c.Settings.NewID = func() string { return "5d0d4d5e-8a5c-4f0e-9a43-0f7f3c1b2a10" }
	q := &c.Questions[0]
	q.Signed = func(t *testing.T, req *http.Request, _ string) {
		var signed map[string]string
		if err := json.Unmarshal([]byte(req.Header.Get("Authorization")), &signed); err != nil || len(signed) != 3 || signed["signature"] == "" ||
			signed["id"] != "AKIDexample" || signed["x-date"] != "Mon, 02 Nov 2026 03:04:05 GMT" || req.Header.Get("request-id") == "" {
			t.Errorf("%v: signed with %v", err, req.Header)
		}
	}
	refusal := func(name, words string, ill vendors.Ill, status string) vendortest.ProbeSample {
		code, _ := strconv.Atoi(status)
		return vendortest.ProbeSample{Name: name, Status: code, Ill: ill, Body: `{"requestid":"0","code":` + status + `,"message":"` + words + `"}`}
	}
	q.Probes = []vendortest.ProbeSample{
		{Name: "no order", Body: `{"code":"20804","message":"订单号不能为空","result":{}}`},
		{Name: "an order nobody knows", Body: `{"code":"-1","message":"订单不存在","result":{}}`},
		{Name: "trouble", Body: `{"code":"-1","message":"服务异常"}`, Ill: vendors.Unavailable},
		{Name: "a report", Body: `{"code":"0","message":"成功","data":{"result":"1"}}`, Ill: vendors.Unclear},
		refusal("clock", "签名时间超时", vendors.ClockOff, "403"),
		refusal("clock, 401", "签名时间无效", vendors.ClockOff, "401"),
		refusal("key", "签名错误", vendors.Signature, "403"),
		refusal("id", "密钥不存在", vendors.Signature, "403"),
		refusal("none", "未携带签名信息", vendors.Signature, "401"),
		refusal("permission", "没有调用该接口的权限", vendors.Permission, "403"),
		refusal("quota", "套餐余量不足或已过期", vendors.NoQuota, "403"),
		refusal("path", "请求的服务或路径不存在", vendors.Address, "404"),
		refusal("other words", "?", vendors.Signature, "403"),
		{Name: "without a code", Status: 403, Body: `{"message":"签名时间超时"}`, Ill: vendors.ClockOff},
		{Name: "the other gateway", Status: 401, Body: `{"message":"Unauthorized"}`, Ill: vendors.Address},
		{Name: "the other gateway's words", Status: 403, Body: `{"message":"HMAC signature does not match"}`, Ill: vendors.Address},
	}
	return c
}

func jumdataConfig(t *testing.T) vendortest.Config {
	sample := func(name string, c vendors.Call, k vendors.Kind, b vendors.Billed) vendortest.Sample {
		return vendortest.Sample{Name: name, Call: c, Body: body(t, "jumdata", name), Kind: k, Billed: b}
	}
	report := sample("get", vendors.Poll, vendors.Answered, "")
	report.NamesVehicle, report.Check = true, visitsFrom(1, "2016-05-25")
	ticket := vendortest.Sample{Name: "ticket", Call: vendors.Submit, Kind: vendors.Ticket, Billed: vendors.BilledYes,
		Body: []byte(`{"msg":"成功","code":200,"data":{"requestId":"f39MnWfC3r1oErniJ65pn63jgjW6691E","info":{}}}`)}
	return vendortest.Config{
		Settings: vendors.Settings{Values: map[string]string{"app_id": "app10086", "app_secret": longSecret}},
		Now:      clock(), Secrets: []string{longSecret},
		Questions: []vendortest.Question{{
			Dataset: record.DatasetMaintenance, Ticket: "f39MnWfC3r1oErniJ65pn63jgjW6691E", Signed: signedForm("sign", "timestamp", "appId"),
			Vehicle: record.Vehicle{VIN: "LSVAM4187C2184847", LicenseImageURL: "https://img.example/a.jpg"},
			Probes: []vendortest.ProbeSample{
				{Name: "failed", Body: `{"msg":"查询失败","code":702}`},
				{Name: "not yet", Body: `{"msg":"报告还未生成,请稍后查询 ","code":"701"}`},
				{Name: "parameters", Body: `{"msg":"参数错误","code":400}`, Ill: vendors.Unclear},
				{Name: "account", Body: `{"msg":"接口未开通","code":601}`, Ill: vendors.Permission},
				{Name: "balance", Body: `{"msg":"余额不足请充值","code":603}`, Ill: vendors.NoBalance},
				{Name: "path", Body: `{"msg":"接口地址不正确","code":404}`, Ill: vendors.Address},
				{Name: "maintained", Body: `{"msg":"系统维护","code":500}`, Ill: vendors.Unavailable},
				{Name: "success", Body: `{"msg":"成功","code":200,"data":{}}`, Ill: vendors.Unclear},
				{Name: "other", Body: `{"msg":"渠道维护中","code":999}`, Ill: vendors.Unclear},
			},
			Samples: []vendortest.Sample{
				ticket,
				sample("generate", vendors.Submit, vendors.Answered, vendors.BilledYes),
				sample("wrong_address", vendors.Submit, vendors.AccountTrouble, vendors.BilledNo),
				sample("not_ready", vendors.Poll, vendors.Pending, ""),
				report,
			},
		}},
	}
}
