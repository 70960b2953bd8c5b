package tencent

import (
	"cmp"
	"errors"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

// envelope is what every answer has around a report. Of the lists only
// matters here whether they hold something.
type envelope struct {
	Code    loose.Text                `json:"code"`
	Message loose.Text                `json:"message"`
	Data    loose.Object[readingData] `json:"data"`
}

type readingData struct {
	Result      loose.Text                  `json:"result"`
	Description loose.Text                  `json:"description"`
	Detail      loose.Object[readingDetail] `json:"detail"`
}

type readingDetail struct {
	identity
	findings
	ResultCode loose.Text     `json:"resultCode"`
	ResultMsg  loose.Text     `json:"resultMsg"`
	OrderID    loose.Text     `json:"orderId"`
	Normal     loose.Presence `json:"normalRepairRecords"`
	Parts      loose.Presence `json:"componentAnalyzeRepairRecords"`
	Structure  loose.Presence `json:"constructAnalyzeRepairRecords"`
	Exterior   loose.Presence `json:"outsideAnalyzeRepairRecords"`
}

func (d readingDetail) hasRecords() bool {
	return d.Normal.Some || d.Parts.Some || d.Structure.Some || d.Exterior.Some
}

// flaw is what Decode would say of the report, without making one.
func (d readingDetail) flaw(v *record.Vehicle) error {
	if d.Normal.Odd || d.Parts.Odd || d.Structure.Odd || d.Exterior.Odd {
		return errors.New("tencent: the report: a visit is not an object")
	}
	return d.fits(v, d.hasRecords())
}

// Read says what an answer means. A body without a code is the gateway's, whose
// meaning is in its HTTP status.
func (reader) Read(_ record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil || trim(e.Code) == "" {
		return vendors.Outcome{Kind: vendors.Unreadable}
	}
	data, detail := e.Data.V, e.Data.V.Detail.V
	out := e.judge(c)
	empty := out.Kind == vendors.Answered && detail.empty() && normalise.SameVIN(car.VIN, string(detail.VIN))
	if empty {
		out = emptyReport.Of(c)
	}
	out.Code = normalise.Excerpt(cmp.Or(trim(detail.ResultCode), trim(e.Code)))
	out.Message = normalise.Excerpt(string(cmp.Or(detail.ResultMsg, data.Description, e.Data.Other, e.Message)))
	if empty {
		out.Message = normalise.EmptyReport
	}
	switch out.Kind {
	case vendors.Ticket:
		out.Ticket = trim(detail.OrderID)
	case vendors.Answered:
		if err := detail.flaw(car); err != nil {
			out.Flaw = err.Error()
		}
	}
	return out
}

func (e *envelope) judge(c vendors.Call) vendors.Outcome {
	if code := trim(e.Code); code != "0" {
		if m, known := transportCodes[code]; known {
			return m.Of(c)
		}
		return unclear.Of(c)
	}
	if c == vendors.Submit {
		return e.judgeOrder()
	}
	return e.judgeReport()
}

// judgeOrder never drops the number of an order: whatever else the answer says,
// the number fetches what was paid for.
func (e *envelope) judgeOrder() vendors.Outcome {
	detail := e.Data.V.Detail.V
	code, ticket := trim(detail.ResultCode), trim(detail.OrderID)
	switch {
	case detail.hasRecords():
		return reported.Submit
	case code == codeBought && ticket != "":
		return ordered
	case ticket != "":
		return orderedUnsaid
	case code == codeBought:
		return boughtNoTicket
	case code == codeNoRecord || trim(e.Data.V.Result) == resultNoRecord:
		return nothingKnown.Submit
	case code == codeReport:
		return reported.Submit
	}
	return unclear.Submit
}

// judgeReport believes records before codes. A report that is out (1205) and has
// no visits may still state something: of one that does not, see emptyReport.
func (e *envelope) judgeReport() vendors.Outcome {
	detail, result := e.Data.V.Detail.V, trim(e.Data.V.Result)
	code := trim(detail.ResultCode)
	switch {
	case detail.hasRecords():
		return reported.Poll
	case code == codeNoRecord || result == resultNoRecord:
		return nothingKnown.Poll
	case code == codeReport:
		return reported.Poll
	case result == resultData:
		return inTheMaking
	}
	return unclear.Poll
}

func trim(t loose.Text) string { return strings.TrimSpace(string(t)) }
