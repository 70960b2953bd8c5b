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
	Code loose.Text                `json:"code"`
	Msg  loose.Text                `json:"msg"`
	Data loose.Object[readingData] `json:"data"`
}

// readingData is data of both calls: generate has a number and the report in
// info, get has the report itself.
type readingData struct {
	RequestID loose.Text                `json:"requestId"`
	Info      loose.Object[readingInfo] `json:"info"`
	Brand     loose.Text                `json:"brand_name"`
	VIN       loose.Text                `json:"vinNO"`
	Visits    loose.List[loose.Text]    `json:"result_content"`
}

type readingInfo struct {
	Brand  loose.Text             `json:"brand_name"`
	VIN    loose.Text             `json:"vinNO"`
	Visits loose.List[loose.Text] `json:"result_content"`
}

// hasReport tells whether something names a vehicle or happened to it.
func (d *readingData) hasReport() bool {
	return d.Brand != "" || d.VIN != "" || len(d.Visits) > 0 ||
		d.Info.V.Brand != "" || d.Info.V.VIN != "" || len(d.Info.V.Visits) > 0
}

// Read says what an answer means. A body without a code is not the vendor's.
func (r reader) Read(d record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil || trim(e.Code) == "" {
		return vendors.Outcome{Kind: vendors.Unreadable}
	}
	v := e.judge(c)
	out := vendors.Outcome{
		Kind:    v.kind,
		Class:   v.class,
		Billed:  v.billed,
		Code:    normalise.Excerpt(trim(e.Code)),
		Message: normalise.Excerpt(string(cmp.Or(e.Msg, e.Data.Other))),
	}
	if v.kind == vendors.Ticket || v.kind == vendors.Answered && c == vendors.Submit {
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

func (e *envelope) judge(c vendors.Call) verdict {
	code := trim(e.Code)
	if code == codeOK {
		return e.judgeSuccess(c)
	}
	m, known := codes[code]
	if !known {
		m = unclear
	}
	v := m.of(c)
	// A number is never dropped: it fetches what may have been paid for.
	if c == vendors.Submit && v.kind == vendors.Unknown && trim(e.Data.V.RequestID) != "" {
		return started
	}
	return v
}

func (e *envelope) judgeSuccess(c vendors.Call) verdict {
	switch {
	case e.Data.V.hasReport():
		return reported.of(c)
	case c == vendors.Submit && trim(e.Data.V.RequestID) != "":
		return accepted
	}
	return nothing.of(c)
}

func trim(t loose.Text) string { return strings.TrimSpace(string(t)) }
