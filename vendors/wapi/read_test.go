package wapi

import (
	"strconv"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// TestEveryCode reads every code of the page in both calls, as a number and as
// a string, with no data behind it.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	const (
		account = vendors.AccountTrouble
		refused = vendors.Refused
		busy    = vendors.Busy
	)
	type want struct {
		kind   vendors.Kind
		class  record.Class
		submit vendors.Billed
		poll   vendors.Billed
	}
	tests := map[int]want{
		10001: {account, "auth", "no", ""}, 10002: {account, "auth", "no", ""}, 10003: {account, "auth", "no", ""},
		10004: {account, "auth", "no", ""}, 10005: {account, "auth", "no", ""}, 10006: {account, "auth", "no", ""},
		10007: {account, "auth", "no", ""}, 10008: {account, "auth", "no", ""}, 10009: {account, "auth", "no", ""},
		10010: {account, "auth", "no", ""}, 10011: {account, "auth", "no", ""}, 10012: {account, "auth", "no", ""},
		10013: {account, "auth", "no", ""}, 10014: {busy, "unavailable", "no", ""}, 10015: {refused, "rejected", "no", ""},
		10017: {refused, "rejected", "no", ""}, 10018: {account, "quota", "no", ""}, 10019: {refused, "rejected", "no", ""},
		10020: {account, "auth", "no", ""}, 10021: {busy, "unavailable", "no", ""}, 10022: {account, "balance", "no", ""},
		10024: {account, "auth", "no", ""}, 10025: {vendors.NoRecord, "", "no", "no"},
		// What no page names, and success with nothing behind it.
		10016: {vendors.Unknown, "", "unknown", ""}, 9999: {vendors.Unknown, "", "unknown", ""},
		10026: {vendors.Unknown, "", "unknown", ""}, 10999: {vendors.Unknown, "", "unknown", ""},
		10000: {vendors.Unknown, "", "yes", ""},
	}
	v := newTest(t, nil)
	for code, w := range tests {
		for _, form := range []any{code, strconv.Itoa(code)} {
			submit := v.Read(record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, answerOf(form, ""))
			poll := v.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, answerOf(form, ""))
			if got := (want{submit.Kind, submit.Class, submit.Billed, poll.Billed}); got != w || poll.Kind != w.kind || poll.Class != w.class {
				t.Errorf("%v: %+v, poll %s %s; want %+v", form, got, poll.Kind, poll.Class, w)
			}
			if submit.Code != strconv.Itoa(code) || submit.Message == "" {
				t.Errorf("%v: code %q, message %q", form, submit.Code, submit.Message)
			}
		}
	}
}

func TestMessagesHelp(t *testing.T) {
	t.Parallel()
	v := newTest(t, nil)
	for body, words := range map[string][]string{
		`{"codeid":10004,"message":"时差不能超过10分钟"}`:              {"clock", "时差不能超过10分钟"},
		`{"codeid":10024,"message":""}`:                        {"debug mode is on at the vendor"},
		`{"codeid":10019,"message":"车架号错误"}`:                   {"车架号错误"},
		`{"codeid":10003,"message":"key ` + testSecret + ` "}`: {"key …"},
	} {
		got := v.Read(record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, []byte(body)).Message
		for _, word := range words {
			if !strings.Contains(got, word) || strings.Contains(got, testSecret) {
				t.Errorf("%s: message %q, want %q in it", body, got, word)
			}
		}
	}
}

const ticket = "9d10df45964fd60941aaf0f59d4b80c2"

func TestTickets(t *testing.T) {
	t.Parallel()
	v := newTest(t, nil)
	for name, tt := range map[string]struct {
		retdata any
		want    string
	}{
		"request_id":     {map[string]any{"request_id": ticket}, ticket},
		"car_request_id": {map[string]any{"car_request_id": ticket, "result_status": "2"}, ticket},
		"string":         {ticket, ticket},
		"number":         {123456, "123456"},
		"list":           {[]any{map[string]any{"request_id": ticket}}, ticket},
		"JSON in string": {`{"request_id":"` + ticket + `"}`, ticket},
		"odd request_id": {map[string]any{"request_id": "a*b"}, "a*b"},
		"no request_id":  {map[string]any{"request_id": 0, "car_request_id": false}, ""},
		"words in id":    {map[string]any{"request_id": "请稍候"}, ""},
		"words":          {"订单提交成功", ""},
		"english words":  {"success", ""},
		"zero":           {0, ""},
		"true":           {true, ""},
		"null":           {nil, ""},
		"empty object":   {map[string]any{}, ""},
		"empty id":       {map[string]any{"request_id": ""}, ""},
		"empty lists":    {[]any{[]any{}, []any{}}, ""},
	} {
		for code, billed := range map[int]vendors.Billed{10000: vendors.BilledYes, 10023: vendors.BilledUnsaid} {
			out := v.Read(record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, answerOf(code, tt.retdata))
			kind := vendors.Ticket
			if tt.want == "" {
				kind = vendors.Unknown
			}
			if out.Kind != kind || out.Ticket != tt.want || out.Billed != billed {
				t.Errorf("%s, %d: %+v, want %s %q billed %q", name, code, out, kind, tt.want, billed)
			}
		}
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	v := newTest(t, nil)
	visit := map[string]any{"content": "保养"}
	for name, tt := range map[string]struct {
		call    vendors.Call
		code    int
		retdata any
		kind    vendors.Kind
		class   record.Class
		billed  vendors.Billed
	}{
		"done":              {vendors.Poll, 10000, map[string]any{"result_status": "1", "result": []any{visit}}, vendors.Answered, "", "yes"},
		"done, number":      {vendors.Poll, 10000, map[string]any{"result_status": 1}, vendors.Answered, "", "yes"},
		"done, list":        {vendors.Poll, 10000, []any{map[string]any{"result_status": "1"}}, vendors.Answered, "", "yes"},
		"done, text":        {vendors.Poll, 10000, `{"result_status":"1"}`, vendors.Answered, "", "yes"},
		"result, no status": {vendors.Poll, 10000, map[string]any{"result": []any{visit}}, vendors.Answered, "", "yes"},
		"working":           {vendors.Poll, 10000, map[string]any{"result_status": "2"}, vendors.Pending, "", ""},
		"failed":            {vendors.Poll, 10000, map[string]any{"result_status": "3"}, vendors.Refused, "rejected", "yes"},
		"status 4":          {vendors.Poll, 10000, map[string]any{"result_status": "4", "result": []any{visit}}, vendors.Unknown, "", ""},
		"words":             {vendors.Poll, 10000, "系统繁忙", vendors.Unknown, "", ""},
		"nothing":           {vendors.Poll, 10000, nil, vendors.Unknown, "", ""},
		"wait":              {vendors.Poll, 10023, "", vendors.Pending, "", ""},
		"at once":           {vendors.Submit, 10000, map[string]any{"result_status": "1", "result": []any{visit}, "request_id": ticket}, vendors.Answered, "", "yes"},
	} {
		out := v.Read(record.DatasetMaintenance, tt.call, &record.Vehicle{}, answerOf(tt.code, tt.retdata))
		if out.Kind != tt.kind || out.Class != tt.class || out.Billed != tt.billed {
			t.Errorf("%s: %+v, want %s %s billed %q", name, out, tt.kind, tt.class, tt.billed)
		}
	}
}

func TestOneCallAnswers(t *testing.T) {
	t.Parallel()
	v := newTest(t, nil)
	const valuation, violations = record.DatasetValuation, record.DatasetViolations
	one := map[string]any{"vioTime": "2017-10-29 02:39:17"}
	for name, tt := range map[string]struct {
		dataset record.Dataset
		code    int
		retdata any
		kind    vendors.Kind
		billed  vendors.Billed
	}{
		"valuation":           {valuation, 10000, map[string]any{"car_personal": 1}, vendors.Answered, "yes"},
		"valuation, list":     {valuation, 10000, []any{map[string]any{"car_personal": 1}}, vendors.Answered, "yes"},
		"valuation, nothing":  {valuation, 10000, "", vendors.Unknown, "yes"},
		"valuation, wait":     {valuation, 10023, ticket, vendors.Unknown, ""},
		"violations":          {violations, 10000, map[string]any{"data": []any{one}}, vendors.Answered, "yes"},
		"violations, list":    {violations, 10000, []any{one}, vendors.Answered, "yes"},
		"violations, none":    {violations, 10000, []any{}, vendors.Answered, "yes"},
		"violations, res 1":   {violations, 10000, map[string]any{"res": "1"}, vendors.Answered, "yes"},
		"violations, count 0": {violations, 10000, map[string]any{"vioNum": 0, "data": []any{}}, vendors.Answered, "yes"},
		"violations, res 0":   {violations, 10000, map[string]any{"res": "0", "vioNum": 0}, vendors.Unknown, "yes"},
		"violations, words":   {violations, 10000, "系统繁忙", vendors.Unknown, "yes"},
		"violations, null":    {violations, 10000, nil, vendors.Unknown, "yes"},
		"violations, lists":   {violations, 10000, []any{[]any{}, []any{}}, vendors.Unknown, "yes"},
		"violations, no data": {violations, 10025, "", vendors.NoRecord, "no"},
	} {
		out := v.Read(tt.dataset, vendors.Submit, &record.Vehicle{}, answerOf(tt.code, tt.retdata))
		if out.Kind != tt.kind || out.Billed != tt.billed {
			t.Errorf("%s: %+v, want %s billed %q", name, out, tt.kind, tt.billed)
		}
	}
}

// An answer without retdata says nothing: least of all that there is no violation.
func TestMissingRetdataIsNoEmptyList(t *testing.T) {
	t.Parallel()
	v, body := newTest(t, nil), []byte(`{"codeid":10000,"message":"查询成功"}`)
	if out := v.Read(record.DatasetViolations, vendors.Submit, &record.Vehicle{}, body); out.Kind != vendors.Unknown || out.Billed != vendors.BilledYes {
		t.Errorf("it is read as %+v", out)
	}
	if a, err := v.Decode(record.DatasetViolations, &record.Vehicle{}, body); err == nil {
		t.Errorf("it is decoded as %+v", a)
	}
}
