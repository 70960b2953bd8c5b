package wapi

import (
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

// The values of result_status (170/379).
const (
	statusDone    = "1"
	statusWorking = "2"
	statusFailed  = "3"
)

// Read says what an answer means. Only a body with a codeid is the vendor's.
func (r reader) Read(d record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	e, err := open(body)
	if err != nil {
		return unreadable(err)
	}
	out := r.read(d, c, &e)
	if out.Kind == vendors.Answered && d == record.DatasetMaintenance {
		out = emptied(car, &e, out)
	}
	if out.Kind != vendors.Answered {
		return out
	}
	if _, err := r.decode(d, car, &e); err != nil {
		out.Flaw = err.Error()
	}
	return out
}

func unreadable(err error) vendors.Outcome {
	return vendors.Outcome{Kind: vendors.Unreadable, Message: err.Error()}
}

func (r reader) read(d record.Dataset, c vendors.Call, e *envelope) vendors.Outcome {
	code, m, known := lookup(string(e.Code))
	if code == codeSuccess && isDebug(e) {
		code, m = codeDebug, meanings[codeDebug-codeSuccess]
	}
	if !known {
		return vendors.Outcome{Kind: vendors.Unknown, Billed: unknownBilled(c), Code: r.said(e.Code),
			Message: r.message("the vendor's page does not know this code", e.Message)}
	}
	out := vendors.Outcome{Kind: m.kind, Class: m.class, Billed: m.billed, Code: strconv.FormatInt(code, 10),
		Message: r.message(m.why, e.Message), ClockOff: code == codeClock}
	if c == vendors.Poll {
		out.Billed = m.polled
	}
	switch code {
	case codeSuccess:
		out = ofProduct(d, c, e, readSuccess(d, c, e, out))
		out.Message = r.hushed(out.Message) // it may name keys of the answer
		return out
	case codeAccepted:
		return readAccepted(d, c, e, out)
	}
	return out
}

func unknownBilled(c vendors.Call) vendors.Billed {
	if c == vendors.Submit {
		return vendors.BilledUnknown
	}
	return unsaid
}

// message puts the vendor's words behind ours, shortened.
func (r reader) message(why string, words loose.Text) string {
	return vendors.Behind(why, r.said(words))
}

func (r reader) said(words loose.Text) string {
	return normalise.Excerpt(r.hushed(string(words)))
}

// readAccepted reads 10023: an order was taken. What cannot be fetched later
// is in doubt.
func readAccepted(d record.Dataset, c vendors.Call, e *envelope, out vendors.Outcome) vendors.Outcome {
	if c == vendors.Poll {
		return out
	}
	out.Kind, out.Ticket = vendors.Ticket, ticketOf(e)
	if d != record.DatasetMaintenance || out.Ticket == "" {
		out.Kind, out.Ticket = vendors.Unknown, ""
		out.Message += "; there is no ticket to fetch the answer with"
	}
	return out
}

// readSuccess reads 10000: something was bought, or a poll was answered.
func readSuccess(d record.Dataset, c vendors.Call, e *envelope, out vendors.Outcome) vendors.Outcome {
	switch {
	case d == record.DatasetMaintenance && c == vendors.Poll:
		return readReport(e, out)
	case d == record.DatasetMaintenance:
		return readOrder(e, out)
	case c == vendors.Submit && d == record.DatasetValuation && isNested(e.text()),
		c == vendors.Submit && d == record.DatasetViolations && holdsViolations(e):
		return out
	}
	return nothingThere(e, out)
}

// nothingThere names what there is instead: the path may be that of a product that
// is not known here.
func nothingThere(e *envelope, out vendors.Outcome) vendors.Outcome {
	out.Kind = vendors.Unknown
	out.Message += "; but the answer holds nothing that can be used"
	if keys := e.keys(); keys != "" {
		out.Message += ": it has " + keys
	}
	return out
}

// readOrder reads a submit that says 10000: a report at once, or a ticket.
func readOrder(e *envelope, out vendors.Outcome) vendors.Outcome {
	s := stateOf(e)
	if s.Status == statusDone && s.Result != "" {
		return out
	}
	out.Ticket = ticketOf(e)
	switch {
	case out.Ticket == "" && s.Status == statusDone: // and empty
		return out
	case out.Ticket == "":
		return nothingThere(e, out)
	}
	out.Kind = vendors.Ticket
	return out
}

// readReport reads a poll that says 10000. While the report is in the making
// nothing new is known about the money.
func readReport(e *envelope, out vendors.Outcome) vendors.Outcome {
	s := stateOf(e)
	switch {
	case s.Status == statusDone, s.Status == "" && s.Result != "":
		return out
	case s.Status == statusWorking:
		out.Kind, out.Billed = vendors.Pending, unsaid
		return out
	case s.Status == statusFailed:
		out.Kind, out.Class = vendors.Refused, rejected
		out.Message = "the vendor could not make the report (result_status 3)"
		return out
	}
	out.Billed = unsaid
	return nothingThere(e, out)
}

// state is how far an order is.
type state struct {
	Status       loose.Text `json:"result_status"`
	RequestID    loose.Text `json:"request_id"`
	CarRequestID loose.Text `json:"car_request_id"`
	Result       loose.Text `json:"result"`
}

func stateOf(e *envelope) state {
	text := e.text()
	if !isNested(text) {
		return state{}
	}
	var list loose.List[state]
	if loose.Unmarshal([]byte(text), &list) != nil || len(list) == 0 {
		return state{}
	}
	return list[0]
}

// ticketOf finds the ticket: in a field of retdata, or retdata itself. A field
// of that name is believed in any form; retdata itself may as well be words.
func ticketOf(e *envelope) string {
	s := stateOf(e)
	for _, field := range []loose.Text{s.RequestID, s.CarRequestID} {
		if id := strings.TrimSpace(string(field)); isID(id) {
			return id
		}
	}
	if text := e.text(); isID(text) && len(text) >= 4 && strings.ContainsAny(text, digits) &&
		strings.Trim(text, digits+letters) == "" {
		return text
	}
	return ""
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
)

// isID tells an identifier (the page shows 32 hexadecimal digits) from words
// and from what programs print for "none".
func isID(s string) bool {
	switch s {
	case "", "0", "true", "false", "null":
		return false
	}
	return len(s) <= 256 && !isNested(s) && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
