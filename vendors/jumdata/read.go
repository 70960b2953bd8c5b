package jumdata

import (
	"cmp"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

// envelope is what every answer has around a report. The report's fields are
// read as texts here: only whether they say something matters.
type envelope struct {
	Code loose.Text `json:"code"`
	Msg  loose.Text `json:"msg"`
	// Charge is on one page of the vendor's: whether the call is charged.
	Charge loose.Text                `json:"charge"`
	Data   loose.Object[readingData] `json:"data"`
}

// readingData is data of both calls: generate has a number and the report in
// info, get has the report itself.
type readingData struct {
	RequestID loose.Text                `json:"requestId"`
	Charge    loose.Text                `json:"charge"`
	Info      loose.Object[readingInfo] `json:"info"`
	readingInfo
}

type readingInfo struct {
	Brand loose.Text `json:"brand_name"`
	VIN   loose.Text `json:"vinNO"`
	stated
}

// hasReport tells whether something names a vehicle or happened to it.
func (i *readingInfo) hasReport() bool {
	return i.Brand != "" || i.VIN != "" || i.Content.Some || i.List.Some
}

// report is the part of data that Decode reads.
func (d *readingData) report() *readingInfo {
	if d.Info.OK {
		return &d.Info.V
	}
	return &d.readingInfo
}

// Read says what an answer means. A body without a code is not the vendor's.
func (r reader) Read(d record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil || trim(e.Code) == "" {
		return vendors.Outcome{Kind: vendors.Unreadable}
	}
	out := e.judge(c, car)
	out.Billed = e.charged(c, out.Billed)
	out.Code, out.Message = normalise.Excerpt(trim(e.Code)), normalise.Excerpt(string(cmp.Or(e.Msg, e.Data.Other)))
	if out.Kind == vendors.NoRecord {
		out.Message = normalise.EmptyReport
	}
	if out.Kind == vendors.Ticket || out.Kind == vendors.Answered && c == vendors.Submit {
		out.Ticket = trim(e.Data.V.RequestID)
	}
	if out.Kind != vendors.Answered {
		return out
	}
	if _, err := r.Decode(d, car, body); err != nil {
		out.Flaw = err.Error()
	}
	return out
}

func (e *envelope) judge(c vendors.Call, car *record.Vehicle) vendors.Outcome {
	code := trim(e.Code)
	if code == codeOK {
		return e.judgeSuccess(c, car)
	}
	m, known := codes[code]
	if !known {
		m = unclear
	}
	v := m.Of(c)
	// A number is never dropped: it fetches what may have been paid for.
	if c == vendors.Submit && v.Kind == vendors.Unknown && trim(e.Data.V.RequestID) != "" {
		return started
	}
	return v
}

func (e *envelope) judgeSuccess(c vendors.Call, car *record.Vehicle) vendors.Outcome {
	report, number := e.Data.V.report(), c == vendors.Submit && trim(e.Data.V.RequestID) != ""
	isEmpty := report.empty() && normalise.SameVIN(car.VIN, string(report.VIN))
	switch {
	case isEmpty && number: // a get costs nothing and may have more
		return accepted
	case isEmpty:
		return empty.Of(c)
	case report.hasReport():
		return reported.Of(c)
	case number:
		return accepted
	}
	return nothing.Of(c)
}

// charged takes in the vendor's word on the charge itself, where the answer has it.
// It wins over the table of codes; against 200, which the page calls charged, "not
// charged" leaves the charge open. Of a get it says nothing new but that there is one.
func (e *envelope) charged(c vendors.Call, byCode vendors.Billed) vendors.Billed {
	switch strings.ToLower(trim(cmp.Or(e.Charge, e.Data.V.Charge))) {
	case "true", "1":
		return vendors.BilledYes
	case "false", "0":
		if c == vendors.Poll {
			return byCode
		}
		if byCode == vendors.BilledYes {
			return vendors.BilledUnknown
		}
		return vendors.BilledNo
	}
	return byCode
}

func trim(t loose.Text) string { return strings.TrimSpace(string(t)) }
