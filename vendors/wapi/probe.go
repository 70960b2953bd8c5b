package wapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

var _ vendors.Prober = (*vendor)(nil)

// noOrder has the form of the vendor's tickets (32 hexadecimal digits) and is
// none of them.
var noOrder = strings.Repeat("0", 32)

// NewProbe asks for the report of an order that cannot exist. The pages bill 10000
// alone, and there is no report that could be answered with it. Valuations and
// violations are bought by their only call, so they have no probe.
func (v *vendor) NewProbe(ctx context.Context, d record.Dataset) (*http.Request, error) {
	if d != record.DatasetMaintenance {
		return nil, fmt.Errorf("wapi: no call about %s is certainly free", d)
	}
	return v.NewPoll(ctx, d, noOrder)
}

// ReadProbe says what the answer to the probe tells of the account.
func (r reader) ReadProbe(d record.Dataset, _ int, body []byte) vendors.Health {
	var out vendors.Outcome
	if e, err := open(body); err != nil {
		out = unreadable(err)
	} else {
		out = r.read(d, vendors.Poll, &e)
	}
	h := vendors.Health{Ill: illOf(out), Code: out.Code, Message: out.Message}
	if out.Code == strconv.Itoa(codeSuccess) && h.Ill == vendors.Unclear {
		h.Message = "the vendor calls it a success, which its page bills, though there is no such order: look whether it stands on the bill"
	}
	return h
}

// illOf reads a code as an answer to a question about an order that does not
// exist: to say so, in whatever way, the vendor must have believed the request.
func illOf(out vendors.Outcome) vendors.Ill {
	switch out.Code {
	case "10001", "10002", "10003", "10005":
		return vendors.Signature
	case "10004", "10017":
		return vendors.ClockOff
	case "10009", "10020":
		return vendors.Address
	}
	if out.OtherProduct {
		return vendors.Address
	}
	switch out.Kind {
	case vendors.Unreadable:
		return vendors.Garbled
	case vendors.Refused, vendors.NoRecord, vendors.Pending:
		return vendors.Well
	case vendors.Busy:
		return vendors.Unavailable
	case vendors.AccountTrouble:
		return illOfClass(out.Class)
	case vendors.Ticket, vendors.Answered, vendors.Unsupported, vendors.Unknown:
	}
	return vendors.Unclear
}

func illOfClass(c record.Class) vendors.Ill {
	switch c {
	case record.Balance:
		return vendors.NoBalance
	case record.Quota:
		return vendors.NoQuota
	}
	return vendors.Permission
}
