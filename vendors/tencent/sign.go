package tencent

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the gateway knows no other digest
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// signer signs one request by its headers. Marketplace products differ in what
// they sign, so the scheme is a setting and not a fact.
type signer interface {
	sign(h http.Header, now time.Time)
}

// newSigner chooses the scheme that the settings name.
func newSigner(values map[string]string) (signer, error) {
	s := dateSourceSigner{id: values[keySecretID], key: values[keySecretKey], source: cmp.Or(values[keySource], defaultSource)}
	switch scheme := cmp.Or(values[keySigning], signHMACDateSrc); {
	case scheme != signHMACDateSrc:
		return nil, fmt.Errorf("tencent: %s: %q is not known; known is %s", keySigning, scheme, signHMACDateSrc)
	case s.key == "":
		return nil, fmt.Errorf("tencent: %s is empty", keySecretKey)
	case !headerSafe(s.id):
		return nil, fmt.Errorf("tencent: %s is empty or holds characters that a header cannot carry", keySecretID)
	case !headerSafe(s.source):
		return nil, fmt.Errorf("tencent: %s holds characters that a header cannot carry", keySource)
	}
	return s, nil
}

// headerSafe tells whether a value can stand inside the quotes of a header.
func headerSafe(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) < 0
}

// dateSourceSigner signs X-Date and X-Source with HMAC-SHA1, as the product
// page's sample code does. A signature is refused about 15 minutes after its
// date: build a request when it is to be sent.
type dateSourceSigner struct{ id, key, source string }

func (s dateSourceSigner) sign(h http.Header, now time.Time) {
	date := now.UTC().Format(http.TimeFormat)
	mac := hmac.New(sha1.New, []byte(s.key))
	fmt.Fprintf(mac, "x-date: %s\nx-source: %s", date, s.source)
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	h.Set("X-Date", date)
	h.Set("X-Source", s.source)
	h.Set("Authorization", fmt.Sprintf(`hmac id="%s", algorithm="hmac-sha1", headers="x-date x-source", signature="%s"`, s.id, signature))
}
