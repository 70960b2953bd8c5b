package jumdata

import (
	"context"
	"net/http"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

var _ vendors.Prober = (*adapter)(nil)

// noReport has the form of the vendor's numbers (32 letters and digits) and is
// none of them.
var noReport = strings.Repeat("0", 32)

// NewProbe asks for a report that cannot exist: the page bills 200 (成功) alone.
func (a *adapter) NewProbe(ctx context.Context, d record.Dataset) (*http.Request, error) {
	return a.NewPoll(ctx, d, noReport)
}

// probeCodes are what the codes say of an account that asks for a report that does
// not exist. The page has no code for a wrong signature.
var probeCodes = map[string]struct {
	ill  vendors.Ill
	mend string
}{
	"200": {vendors.Unclear, "the vendor calls it a success, which its page bills, though there is no such report: look whether it stands on the bill"},
	"400": {vendors.Unclear, "the vendor calls the parameters wrong: perhaps app_id and app_secret, perhaps only the number, which does not exist"},
	"404": {vendors.Address, "no such interface: check base_url and the paths"},
	"500": {vendors.Unavailable, "the vendor is being maintained: try again later"},
	"601": {vendors.Permission, "the interface is not open for this account, or app_id and app_secret are wrong (the vendor has no other code for that)"},
	"602": {vendors.Permission, "the account is stopped: ask the vendor"},
	"603": {vendors.NoBalance, "the balance is too low: top it up at the vendor"},
	"604": {vendors.Permission, "the interface is stopped: ask the vendor"},
	"701": {vendors.Well, ""},
	"702": {vendors.Well, ""},
	"703": {vendors.Well, ""},
}

// ReadProbe says what the answer to the probe tells of the account.
func (reader) ReadProbe(_ record.Dataset, _ int, body []byte) vendors.Health {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil || trim(e.Code) == "" {
		return vendors.Health{Ill: vendors.Garbled}
	}
	p, known := probeCodes[trim(e.Code)]
	if !known {
		p.ill, p.mend = vendors.Unclear, "not an answer that its page has for a report that does not exist"
	}
	return vendors.Health{Ill: p.ill, Code: normalise.Excerpt(trim(e.Code)), Message: vendors.Behind(p.mend, normalise.Excerpt(string(e.Msg)))}
}
