package transport

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"vehiclebatch/vendors"
	"vehiclebatch/vendors/redact"
)

// Hush returns a sender whose answers hold none of the secrets, and nothing
// that proves the request they answer (its Authorization, its sign or
// signature): each byte of one becomes a star before anybody reads or stores
// the answer. All other bytes are as they came, and their count as well.
//
// An error page that repeats the request would else put the account's keys into
// the ledger. They are known in every spelling that the package redact undoes, and
// secrets as their digests as well; those shorter than redact.Shortest are left alone. The
// response lends what is hidden to a second look, at what is made of it (vendors.ReadNew).
func Hush(next vendors.Sender, secrets []string) vendors.Sender {
	return &hushed{next: next, secrets: redact.New(secrets)}
}

type hushed struct {
	next    vendors.Sender
	secrets *redact.Redactor
	last    atomic.Pointer[hiding]
}

// hiding is what hides the proofs of a request, beside the secrets.
type hiding struct {
	proofs []string
	all    *redact.Redactor
}

var _ vendors.Sender = (*hushed)(nil)

// Do sends the request and hides what it must not say again.
func (h *hushed) Do(req *http.Request, turn vendors.Turn) vendors.Response {
	hidden := h.hidingOf(req)
	resp := h.next.Do(req, turn)
	resp.Body, resp.Head = hidden.Hide(resp.Body), vendors.Head(hidden.Hide([]byte(resp.Head)))
	resp.Secrets = hidden
	return resp
}

// hidingOf is what hides the secrets and the proofs of a request. Where a vendor has the time signed and
// nothing else, all requests of a second show the same: the last one is kept.
func (h *hushed) hidingOf(req *http.Request) *redact.Redactor {
	shown := proofs(req)
	if last := h.last.Load(); last != nil && slices.Equal(last.proofs, shown) {
		return last.all
	}
	all := h.secrets.With(shown)
	h.last.Store(&hiding{shown, all})
	return all
}

// proofs are what a request shows to be believed: by it, and within its time, the
// same order could be placed again.
func proofs(req *http.Request) []string {
	auth := req.Header.Get("Authorization")
	out := []string{auth}
	for _, m := range signature.FindAllStringSubmatch(auth, -1) {
		out = append(out, m[1], strings.TrimRight(m[1], "=")) // padding may be escaped, and tells nothing
	}
	fields := req.URL.Query()
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && req.Body != nil {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		req.Body = io.NopCloser(bytes.NewReader(body))
		if form, ferr := url.ParseQuery(string(body)); err == nil && ferr == nil {
			out = append(append(out, form["sign"]...), form["signature"]...)
		}
	}
	return append(append(out, fields["sign"]...), fields["signature"]...)
}

// signature finds it in the header of either kind: signature="…", or JSON.
var signature = regexp.MustCompile(`signature"?\s*[=:]\s*"([^"]*)"`)
