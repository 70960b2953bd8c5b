package tencent

import (
	"maps"
	"slices"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// short is an outcome without its words.
type short struct {
	kind   vendors.Kind
	class  record.Class
	billed vendors.Billed
	code   string
	ticket string
}

func read(t *testing.T, c vendors.Call, body string) short {
	t.Helper()
	o := newVendor(t, nil).Read(record.DatasetMaintenance, c, &record.Vehicle{}, []byte(body))
	return short{o.Kind, o.Class, o.Billed, o.Code, o.Ticket}
}

func detail(result, fields string) string {
	return `{"code":"0","message":"成功","data":{"result":"` + result + `","description":"d","detail":{` + fields + `}}}`
}

func TestReadOrder(t *testing.T) {
	t.Parallel()
	const unsaid = vendors.BilledUnknown
	cases := []struct {
		name, body string
		want       short
	}{
		{"the page's order", string(readFile(t, "order.json")), short{vendors.Ticket, "", vendors.BilledYes, "1200", "e192e8de8e6660****46f41b"}},
		{"1200 as text", detail("1", `"resultCode":"1200","orderId":"x"`), short{vendors.Ticket, "", vendors.BilledYes, "1200", "x"}},
		{"code 0 as number", `{"code":0,"data":{"result":1,"detail":{"resultCode":1200,"orderId":12345678901234567890}}}`, short{vendors.Ticket, "", vendors.BilledYes, "1200", "12345678901234567890"}},
		{"1200 without a number", detail("1", `"resultCode":1200`), short{vendors.Unknown, "", vendors.BilledYes, "1200", ""}},
		{"1200 with a blank number", detail("1", `"resultCode":1200,"orderId":" "`), short{vendors.Unknown, "", vendors.BilledYes, "1200", ""}},
		{"a number with another code", detail("1", `"resultCode":"1201","orderId":"x"`), short{vendors.Ticket, "", unsaid, "1201", "x"}},
		{"a number beside no record", detail("2", `"resultCode":"1206","orderId":"x"`), short{vendors.Ticket, "", unsaid, "1206", "x"}},
		{"no record", string(readFile(t, "no_record.json")), short{vendors.NoRecord, "", unsaid, "1206", ""}},
		{"no record by result", `{"code":"0","data":{"result":"2"}}`, short{vendors.NoRecord, "", unsaid, "0", ""}},
		{"no record by code", detail("1", `"resultCode":1206`), short{vendors.NoRecord, "", unsaid, "1206", ""}},
		{"a report at once", string(readFile(t, "report.json")), short{vendors.Answered, "", unsaid, "1205", ""}},
		{"something else", detail("1", `"resultCode":"1999"`), short{vendors.Unknown, "", unsaid, "1999", ""}},
		{"no data", `{"code":"0","data":null}`, short{vendors.Unknown, "", unsaid, "0", ""}},
		{"data as text", `{"code":"0","data":"wait"}`, short{vendors.Unknown, "", unsaid, "0", ""}},
		{"trouble", `{"code":"-1","message":"异常"}`, short{vendors.Unknown, "", unsaid, "-1", ""}},
		{"trouble as number", `{"code":-1}`, short{vendors.Unknown, "", unsaid, "-1", ""}},
		{"no VIN", string(readFile(t, "no_vin.json")), short{vendors.Refused, record.Rejected, vendors.BilledNo, "20704", ""}},
		{"no VIN as number", `{"code":20704}`, short{vendors.Refused, record.Rejected, vendors.BilledNo, "20704", ""}},
		{"no order", `{"code":"20804"}`, short{vendors.Refused, record.Rejected, vendors.BilledNo, "20804", ""}},
		{"a code nobody knows", `{"code":"31337","data":{"detail":{"orderId":"x"}}}`, short{vendors.Unknown, "", unsaid, "31337", ""}},
	}
	for _, c := range cases {
		if got := read(t, vendors.Submit, c.body); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestReadReport(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body string
		want       short
	}{
		{"the page's report", string(readFile(t, "report.json")), short{kind: vendors.Answered, code: "1205"}},
		{"no record", string(readFile(t, "no_record.json")), short{kind: vendors.NoRecord, code: "1206"}},
		{"no record by result", `{"code":"0","data":{"result":2,"detail":""}}`, short{kind: vendors.NoRecord, code: "0"}},
		{"1205 without anything", detail("1", `"resultCode":"1205","brand":"路虎","normalRepairRecords":[]`), short{kind: vendors.NoRecord, code: "1205"}},
		{"1205 without visits", detail("1", `"resultCode":"1205","brand":"路虎","normalRepairRecords":[],"mileageIsNormalFlag":1`), short{kind: vendors.Answered, code: "1205"}},
		{"1205 as number", detail("1", `"resultCode":1205`), short{kind: vendors.Answered, code: "1205"}},
		{"records win over codes", detail("2", `"resultCode":"1206","outsideAnalyzeRepairRecords":[{"content":"x"}]`), short{kind: vendors.Answered, code: "1206"}},
		{"in the making", detail("1", `"resultCode":"1201","resultMsg":"处理中"`), short{kind: vendors.Pending, code: "1201"}},
		{"bought, not out", string(readFile(t, "order.json")), short{kind: vendors.Pending, code: "1200"}},
		{"empty elements are no records", detail("1", `"normalRepairRecords":[{}]`), short{kind: vendors.Pending, code: "0"}},
		{"no result", `{"code":"0","data":{}}`, short{kind: vendors.Unknown, code: "0"}},
		{"trouble", `{"code":"-1"}`, short{kind: vendors.Busy, class: record.Unavailable, code: "-1"}},
		{"no VIN", `{"code":"20704"}`, short{kind: vendors.Refused, class: record.Rejected, code: "20704"}},
		{"no order", `{"code":20804,"result":[]}`, short{kind: vendors.Refused, class: record.Rejected, code: "20804"}},
		{"a code nobody knows", `{"code":"31337"}`, short{kind: vendors.Unknown, code: "31337"}},
	}
	for _, c := range cases {
		if got := read(t, vendors.Poll, c.body); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestEveryCodeIsTested fails when the table gains a code that the tables above
// lack.
func TestEveryCodeIsTested(t *testing.T) {
	t.Parallel()
	if known := slices.Sorted(maps.Keys(transportCodes)); !slices.Equal(known, []string{"-1", "20704", "20804"}) {
		t.Errorf("the table has %q", known)
	}
}

func TestReadForeignBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "<html>", `{"message":"HMAC signature does not match"}`, `{"code":""}`, `{"code":null}`, `null`, `[]`, `"0"`, `{`, `{"code":{}}`} {
		for _, c := range []vendors.Call{vendors.Submit, vendors.Poll} {
			if got := read(t, c, body); got != (short{kind: vendors.Unreadable}) {
				t.Errorf("%s: %+v", body, got)
			}
		}
	}
	r := vendors.Response{Status: 401, Body: []byte(`{"message":"HMAC signature does not match"}`)}
	out := vendors.ReadResponse(newVendor(t, nil), nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, r)
	if out.Kind != vendors.AccountTrouble || out.Class != record.Auth || out.Billed != vendors.BilledNo {
		t.Errorf("the gateway's refusal is %+v", out)
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	v := newVendor(t, nil)
	for body, want := range map[string]string{
		string(readFile(t, "no_record.json")):       "无维修保养记录",
		string(readFile(t, "no_vin.json")):          "车架号不能为空",
		`{"code":"0","data":{"description":"d"}}`:   "d",
		`{"code":"0","message":"m","data":"wait"}`:  "wait",
		"{\"code\":\"-1\",\"message\":\"a\xff\n\"}": "a\ufffd",
	} {
		if got := v.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, []byte(body)).Message; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// TestReaderNeedsNoKeys: an export reads what was bought without settings.
func TestReaderNeedsNoKeys(t *testing.T) {
	t.Parallel()
	body := readFile(t, "report.json")
	with := newVendor(t, nil).Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body)
	if without := Descriptor().Reader.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body); without != with || with.Kind != vendors.Answered {
		t.Errorf("got %+v, want %+v", without, with)
	}
}
