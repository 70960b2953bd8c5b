package vendors

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"vehiclebatch/pipeline/record"
)

// Response is what came back for one request, as raw as it came.
type Response struct {
	Status     int           // 0 when no status line came
	RetryAfter time.Duration // from the header, 0 when absent
	Date       time.Time     // from the header, by the server's clock; zero when absent
	Body       []byte        // decompressed; what arrived, when Err is set
	Err        error         // the call or the reading of its body failed
	// NeverSent is true only when it is certain that the vendor did not see
	// the request: the connection never opened, or the call's turn never came.
	NeverSent bool
}

// Sender sends one request once, when its turn has come, and says what came
// back. It is safe for concurrent use.
type Sender interface {
	// Do takes the turn where the request's first bytes are written: the
	// connection is open by then. Without a turn (nil) nothing is waited for.
	// A request whose turn does not come was NeverSent, and Err wraps the
	// turn's error. A call whose connection never opened takes no turn.
	Do(req *http.Request, turn Turn) Response
}

// Turn is a call's place in a vendor's pace.
type Turn interface {
	// Start returns nil when the request may be written, or the error with
	// which it may not be. It gives up when ctx ends. It is called once at most.
	Start(ctx context.Context) error
	// Sent says that the first write has returned. It is called right after
	// it, once at most, and only after Start.
	Sent()
}

// ReadResponse says what a response means: the transport and HTTP first, then
// the vendor's own words, which win wherever they can be read.
func ReadResponse(v Vendor, d record.Dataset, c Call, car *record.Vehicle, r Response) Outcome {
	if r.Err != nil {
		return readFailure(r)
	}
	if r.Status == http.StatusTooManyRequests {
		return Outcome{Kind: Busy, Billed: billedNo(c), Class: record.RateLimited, Code: httpCode(r.Status),
			Message: "too many requests", RetryAfter: r.RetryAfter}
	}
	out := v.Read(d, c, car, r.Body)
	if out.Kind == Unreadable {
		out = readStatus(c, r)
	}
	if out.Kind == Busy && out.RetryAfter == 0 {
		out.RetryAfter = r.RetryAfter
	}
	return out
}

func readFailure(r Response) Outcome {
	if r.NeverSent {
		return Outcome{Kind: Busy, Billed: BilledUnsaid, Class: record.Unavailable, Code: "connect", Message: r.Err.Error()}
	}
	return Outcome{Kind: Unknown, Code: "connection", Message: r.Err.Error()}
}

// readStatus reads a response whose body is not the vendor's own: a proxy, a
// gateway or a login page speaks.
func readStatus(c Call, r Response) Outcome {
	code := httpCode(r.Status)
	switch {
	case r.Status >= 300 && r.Status < 400:
		return Outcome{Kind: AccountTrouble, Billed: billedNo(c), Class: record.Auth, Code: code,
			Message: "the address redirects elsewhere: check base_url and the paths"}
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		return Outcome{Kind: AccountTrouble, Billed: billedNo(c), Class: record.Auth, Code: code,
			Message: "the gateway refused the signature or the permission"}
	case r.Status == http.StatusPaymentRequired:
		return Outcome{Kind: AccountTrouble, Billed: billedNo(c), Class: record.Balance, Code: code, Message: "payment required"}
	case r.Status == http.StatusNotFound || r.Status == http.StatusMethodNotAllowed:
		return Outcome{Kind: AccountTrouble, Billed: billedNo(c), Class: record.Auth, Code: code,
			Message: "no such interface: check base_url and the paths"}
	case r.Status == http.StatusRequestTimeout:
		return Outcome{Kind: Unknown, Code: code, Message: "request timeout"}
	case r.Status >= 400 && r.Status < 500 && c == Submit:
		return Outcome{Kind: Refused, Billed: billedNo(c), Class: record.Rejected, Code: code, Message: "the gateway refused the request"}
	case r.Status >= 400: // of a poll, it says nothing about the ticket
		return Outcome{Kind: Unknown, Code: code, Message: "trouble at the vendor's gateway"}
	}
	return Outcome{Kind: Unknown, Code: code, Message: "the answer is not in the vendor's format"}
}

// billedNo is what a refusal says about money: a refused submit was not
// bought; a refused poll says nothing about the submit before it.
func billedNo(c Call) Billed {
	if c == Submit {
		return BilledNo
	}
	return BilledUnsaid
}

func httpCode(status int) string { return fmt.Sprintf("http %d", status) }
