package vendors

import (
	"cmp"
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
	Received   time.Time     // when the header came, by this machine's clock; zero when nobody looked
	Head       Head          // the few headers that tell who answered
	Body       []byte        // decompressed; what arrived, when Err is set
	Err        error         // the call or the reading of its body failed
	// NeverSent is true only when it is certain that the vendor did not see
	// the request: the connection never opened, or the call's turn never came.
	NeverSent bool
	// Secrets are what must not be found in what is made of the answer; nil for one that was
	// looked at when it came.
	Secrets Secrets
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

// ReadResponse says what a response means. What the vendor says in its own words
// (a ticket, an answer, a code) wins. Where it says nothing, or nothing that is known,
// the rules tell what was refused before it was taken; the HTTP status says the rest.
// The outcome never lacks a message, unless it is good.
func ReadResponse(v Reader, rules []NotTaken, d record.Dataset, c Call, car *record.Vehicle, r Response) Outcome {
	if r.Err != nil {
		return readFailure(r)
	}
	out, named := v.Read(d, c, car, r.Body), causeOf(r)
	if mayOverrule(c, out) {
		if refused, ok := refusal(rules, c, r); ok {
			out = refused
		}
	}
	if out.Kind == Unreadable || (mayOverrule(c, out) || out.Kind == Busy && !out.Limited()) && gatewaySpeaks(r, named) {
		out = readStatus(c, r, named)
		out.From = FromGateway
	}
	if out.Kind == Busy {
		out.RetryAfter = cmp.Or(out.RetryAfter, r.RetryAfter)
		if r.Status == http.StatusTooManyRequests {
			out.Class = record.RateLimited
		}
	}
	if out.ClockOff {
		out.Message = r.withClock(out.Message)
	}
	if out.Message == "" && wantsReason(out.Kind) {
		out.Message = reason(r)
	}
	return out
}

// gatewaySpeaks tells whether an answer is a gateway's refusal, whatever code it has: the
// code is its own.
func gatewaySpeaks(r Response, named cause) bool {
	_, unsigned := isUnsigned(r, named)
	return isForbidden(r.Status) || unsigned
}

func isForbidden(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

func wantsReason(k Kind) bool {
	return k == Refused || k == AccountTrouble || k == Busy || k == Unknown
}

func readFailure(r Response) Outcome {
	message := cmp.Or(r.Err.Error(), "the call failed without a word")
	if r.NeverSent {
		return Outcome{Kind: Busy, From: FromNobody, Billed: BilledUnsaid, Class: record.Unavailable, Code: "connect", Message: message}
	}
	return Outcome{Kind: Unknown, From: FromNobody, Code: "connection", Message: message}
}

// readStatus reads a response whose body is not the vendor's own: a proxy, a
// gateway or a login page speaks.
func readStatus(c Call, r Response, named cause) Outcome {
	out := Outcome{Kind: AccountTrouble, Billed: billedNo(c), Class: record.Auth, Code: httpCode(r.Status)}
	said := Words(r)
	unsigned, isAccount := isUnsigned(r, named)
	switch {
	case isAccount && !isForbidden(r.Status) && r.Status != http.StatusNotFound:
		out.Message = behind(unsigned.advice(r), said)
	case r.Status >= 300 && r.Status < 400:
		out.Message = behind("the address redirects elsewhere: check base_url and the paths", said)
	case isForbidden(r.Status):
		w := whatRefused(r, named)
		out.Class, out.Message = w.class(), behind(w.advice(r), said)
	case r.Status == http.StatusPaymentRequired:
		out.Class, out.Message = record.Balance, behind("payment required", said)
	case c == Poll && r.Status == http.StatusNotFound:
		out.Message = behind("not found: this order, or the interface (then check base_url and the paths)", said)
	case r.Status == http.StatusNotFound || r.Status == http.StatusMethodNotAllowed:
		out.Message = behind("no such interface: check base_url and the paths", said)
	case r.Status == http.StatusRequestTimeout:
		return Outcome{Kind: Unknown, Code: out.Code, Message: behind("request timeout", said)}
	case r.Status >= 400 && r.Status < 500 && c == Submit:
		out.Kind, out.Class, out.Message = Refused, record.Rejected, behind("the gateway refused the request", said)
	case r.Status >= 400: // of a poll, it says nothing about the ticket
		return Outcome{Kind: Unknown, Code: out.Code, Message: behind("trouble at the vendor's gateway", reason(r))}
	default:
		return Outcome{Kind: Unknown, Code: out.Code, Message: behind("the answer is not in the vendor's format", reason(r))}
	}
	return out
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

// behind puts what was said behind what it means.
func behind(why, said string) string {
	if said == "" {
		return why
	}
	return why + " (" + said + ")"
}
