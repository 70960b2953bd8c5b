package jumdata

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
	o := newVendor(t).Read(record.DatasetMaintenance, c, &record.Vehicle{}, []byte(body))
	return short{o.Kind, o.Class, o.Billed, o.Code, o.Ticket}
}

// TestEveryCode says again, row by row, what the table of codes says; a code
// that the table gains fails it.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	const no, unsaid = vendors.BilledNo, vendors.BilledUnknown
	type row struct{ generate, get short }
	rows := map[string]row{
		"400": {short{vendors.Refused, record.Rejected, no, "400", ""}, short{vendors.Refused, record.Rejected, "", "400", ""}},
		"404": {short{vendors.AccountTrouble, record.Auth, no, "404", ""}, short{vendors.AccountTrouble, record.Auth, "", "404", ""}},
		"500": {short{vendors.Busy, record.Unavailable, no, "500", ""}, short{vendors.Busy, record.Unavailable, "", "500", ""}},
		"601": {short{vendors.AccountTrouble, record.Auth, no, "601", ""}, short{vendors.AccountTrouble, record.Auth, "", "601", ""}},
		"602": {short{vendors.AccountTrouble, record.Auth, no, "602", ""}, short{vendors.AccountTrouble, record.Auth, "", "602", ""}},
		"603": {short{vendors.AccountTrouble, record.Balance, no, "603", ""}, short{vendors.AccountTrouble, record.Balance, "", "603", ""}},
		"604": {short{vendors.AccountTrouble, record.Auth, no, "604", ""}, short{vendors.AccountTrouble, record.Auth, "", "604", ""}},
		"701": {short{vendors.Unknown, "", unsaid, "701", ""}, short{vendors.Pending, "", "", "701", ""}},
		"702": {short{vendors.Refused, record.Rejected, no, "702", ""}, short{vendors.Refused, record.Rejected, "", "702", ""}},
		"703": {short{vendors.Unsupported, "", no, "703", ""}, short{vendors.Unsupported, "", "", "703", ""}},
		"999": {short{vendors.Unknown, "", unsaid, "999", ""}, short{vendors.Unknown, "", "", "999", ""}},
	}
	for code, want := range rows {
		for _, body := range []string{`{"msg":"m","code":` + code + `}`, `{"code":"` + code + `","data":""}`, `{"code":" ` + code + ` ","data":[]}`} {
			if got := (row{read(t, vendors.Submit, body), read(t, vendors.Poll, body)}); got != want {
				t.Errorf("%s: got %+v, want %+v", body, got, want)
			}
		}
	}
	if known, tested := slices.Sorted(maps.Keys(codes)), slices.Sorted(maps.Keys(rows)); !slices.Equal(known, tested) {
		t.Errorf("the table has %q, tested are %q", known, tested)
	}
}

func TestReadGenerate(t *testing.T) {
	t.Parallel()
	const number = "f39MnWfC3r1oErniJ65pn63jgjW6691E"
	cases := []struct {
		name, body string
		want       short
	}{
		{"the page's report", string(readFile(t, "generate.json")), short{vendors.Answered, "", vendors.BilledYes, "200", number}},
		{"the report in data itself", string(readFile(t, "get.json")), short{vendors.Answered, "", vendors.BilledYes, "200", ""}},
		{"a number alone", `{"code":"200","data":{"requestId":"x"}}`, short{vendors.Ticket, "", vendors.BilledYes, "200", "x"}},
		{"a number as number", `{"code":200,"data":{"requestId":12345678901234567890,"info":null}}`, short{vendors.Ticket, "", vendors.BilledYes, "200", "12345678901234567890"}},
		{"an empty report", `{"code":200,"data":{"requestId":"x","info":{"brand_name":"","result_content":[]}}}`, short{vendors.Ticket, "", vendors.BilledYes, "200", "x"}},
		{"neither", `{"code":200,"data":{}}`, short{vendors.Unknown, "", vendors.BilledYes, "200", ""}},
		{"no data", `{"code":200}`, short{vendors.Unknown, "", vendors.BilledYes, "200", ""}},
		{"not ready, with a number", `{"code":701,"data":{"requestId":"x"}}`, short{vendors.Ticket, "", vendors.BilledUnknown, "701", "x"}},
		{"wrong address", string(readFile(t, "wrong_address.json")), short{vendors.AccountTrouble, record.Auth, vendors.BilledNo, "404", ""}},
		{"a code nobody knows", `{"code":31337}`, short{vendors.Unknown, "", vendors.BilledUnknown, "31337", ""}},
		{"unknown, with a number", `{"code":31337,"data":{"requestId":"x"}}`, short{vendors.Ticket, "", vendors.BilledUnknown, "31337", "x"}},
		{"refused, whatever the number", `{"code":703,"data":{"requestId":"x"}}`, short{vendors.Unsupported, "", vendors.BilledNo, "703", ""}},
	}
	for _, c := range cases {
		if got := read(t, vendors.Submit, c.body); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestReadGet(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body string
		want       short
	}{
		{"the page's report", string(readFile(t, "get.json")), short{kind: vendors.Answered, code: "200"}},
		{"the report in info", string(readFile(t, "generate.json")), short{kind: vendors.Answered, code: "200"}},
		{"not ready", string(readFile(t, "not_ready.json")), short{kind: vendors.Pending, code: "701"}},
		{"a success without a report", `{"code":200,"data":{"requestId":"x"}}`, short{kind: vendors.Unknown, code: "200"}},
		{"a code nobody knows", `{"code":31337,"data":{"requestId":"x"}}`, short{kind: vendors.Unknown, code: "31337"}},
	}
	for _, c := range cases {
		if got := read(t, vendors.Poll, c.body); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestReadForeignBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "<html>", `{"msg":"x"}`, `{"code":""}`, `null`, `[]`, `200`, `{`} {
		for _, c := range []vendors.Call{vendors.Submit, vendors.Poll} {
			if got := read(t, c, body); got != (short{kind: vendors.Unreadable}) {
				t.Errorf("%s: %+v", body, got)
			}
		}
	}
	if got := newVendor(t).Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, readFile(t, "not_ready.json")).Message; got != "报告还未生成,请稍后查询" {
		t.Errorf("message %q", got)
	}
}

// TestReaderNeedsNoKeys: an export reads what was bought without settings.
func TestReaderNeedsNoKeys(t *testing.T) {
	t.Parallel()
	body := readFile(t, "get.json")
	with := newVendor(t).Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body)
	if without := Descriptor().Reader.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body); without != with || with.Kind != vendors.Answered {
		t.Errorf("got %+v, want %+v", without, with)
	}
}
