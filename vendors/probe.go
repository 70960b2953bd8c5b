package vendors

import (
	"context"
	"net/http"

	"vehiclebatch/pipeline/record"
)

// Prober is what an adapter is besides a Vendor when one of its calls can never
// be billed: by it the keys and the clock are tried before anything is bought.
// The rules of Vendor hold for its methods as well.
type Prober interface {
	// NewProbe builds the request that is free: it goes where polls go, never
	// where something is ordered, and names no order that there could be. It
	// refuses a dataset whose Offer.Probe is empty.
	NewProbe(ctx context.Context, d record.Dataset) (*http.Request, error)

	// ReadProbe says what an answer tells of the account, from its HTTP status and
	// its body. Ill is Garbled when the body is not the vendor's.
	ReadProbe(d record.Dataset, status int, body []byte) Health
}

// Ill is what keeps an account from buying.
type Ill string

// What can be wrong. Well is an answer that only a request in order gets.
const (
	Well         Ill = ""
	Signature    Ill = "signature"   // the keys, or how they sign
	ClockOff     Ill = "clock"       // the vendor does not believe the time that is signed
	Permission   Ill = "permission"  // known, and may not: disabled, expired, not bought, wrong network address
	Address      Ill = "address"     // base_url or a path leads elsewhere
	NoBalance    Ill = "balance"     // nothing left to pay with
	NoQuota      Ill = "quota"       // the bought calls are used up
	Unavailable  Ill = "unavailable" // the vendor has trouble of its own
	Disconnected Ill = "connection"  // nobody answers, or not as a whole
	Unclear      Ill = "unclear"     // an answer that its pages do not explain
	Garbled      Ill = "garbled"     // not in the vendor's language; only Prober.ReadProbe returns it
)

// Ills returns every Ill but Well.
func Ills() []Ill {
	return []Ill{Signature, ClockOff, Permission, Address, NoBalance, NoQuota, Unavailable, Disconnected, Unclear, Garbled}
}

// Health is what one free call tells of an account.
type Health struct {
	Ill     Ill
	Code    string // the vendor's code, or "http 503"
	Message string // what it means and what to do, the vendor's words behind, shortened; never a secret
	By      string // which of a vendor's gateways answered, where it has several and one can be told
}

// ReadProbe says what came back for a probe: the transport and HTTP first, then
// the vendor's own words, which win wherever they can be read.
func ReadProbe(p Prober, d record.Dataset, r Response) Health {
	h := readProbe(p, d, r)
	h.Code, h.Message, h.By = quiet(r.Secrets, h.Code), quiet(r.Secrets, h.Message), quiet(r.Secrets, h.By)
	return h
}

func readProbe(p Prober, d record.Dataset, r Response) Health {
	switch {
	case r.Err != nil:
		return Health{Ill: Disconnected, Code: "connection", Message: r.Err.Error()}
	case r.Status == http.StatusTooManyRequests:
		return Health{Ill: Unavailable, Code: httpCode(r.Status), Message: "too many requests: try again later, and lower rate.per_second"}
	}
	h, named := p.ReadProbe(d, r.Status, r.Body), causeOf(r)
	switch {
	case h.Ill == Garbled, (h.Ill == Unclear || h.Ill == Unavailable) && gatewaySpeaks(r, named):
		by := h.By
		h = healthOfStatus(r, named)
		h.By = by
	case (h.Ill == Unclear || h.Ill == Unavailable) && r.Status < http.StatusInternalServerError && NoSuchOrder(Words(r)):
		h.Ill, h.Message = Well, behind("there is no such order, which is right: none was named", Words(r))
	case h.Ill == ClockOff:
		h.Message = r.withClock(h.Message)
	}
	return h
}

// healthOfStatus reads an answer that a gateway, a proxy or a login page gave.
func healthOfStatus(r Response, named cause) Health {
	status, said := r.Status, Words(r)
	h := Health{Ill: Unclear, Code: httpCode(status), Message: "the answer is not in the vendor's format: check base_url, and what stands between"}
	unsigned, isAccount := isUnsigned(r, named)
	switch {
	case isAccount && !isForbidden(status) && status != http.StatusNotFound:
		h.Ill, h.Message = unsigned.ill, unsigned.advice(r)
	case status >= 300 && status < 400:
		h.Ill, h.Message = Address, "the address redirects elsewhere: check base_url and the paths"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		w := whatRefused(r, named)
		h.Ill, h.Message = w.ill, w.advice(r)
	case status == http.StatusPaymentRequired:
		h.Ill, h.Message = NoBalance, "payment required: top up the account"
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		h.Ill, h.Message = Address, "no such interface: check base_url and the paths"
	case status >= 500:
		h.Ill, h.Message = Unavailable, "trouble at the vendor's gateway: try again later"
	}
	h.Message = behind(h.Message, said)
	return h
}
