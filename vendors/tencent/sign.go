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

// newSigner makes the signer of a gateway from the settings.
func newSigner(gateway string, values map[string]string, newID func() string) (signer, error) {
	id, key, source := values[keySecretID], values[keySecretKey], cmp.Or(values[keySource], defaultSource)
	switch scheme := cmp.Or(values[keySigning], signHMACDateSrc); {
	case scheme != signHMACDateSrc:
		return nil, fmt.Errorf("tencent: %s: %q is not known; known is %s", keySigning, scheme, signHMACDateSrc)
	case key == "":
		return nil, fmt.Errorf("tencent: %s is empty", keySecretKey)
	case !headerSafe(id):
		return nil, fmt.Errorf("tencent: %s is empty or holds characters that a header cannot carry", keySecretID)
	case !headerSafe(source):
		return nil, fmt.Errorf("tencent: %s holds characters that a header cannot carry", keySource)
	}
	if gateway == gatewayOld {
		return dateSourceSigner{id: id, key: key, source: source}, nil
	}
	if source != defaultSource {
		return nil, fmt.Errorf("tencent: %s: only the gateway %s signs it: leave it out", keySource, gatewayOld)
	}
	return dateSigner{id: id, key: key, newID: newID}, nil
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
	signature := hmacSHA1(s.key, "x-date: "+date+"\nx-source: "+s.source)
	h.Set("X-Date", date)
	h.Set("X-Source", s.source)
	h.Set("Authorization", fmt.Sprintf(`hmac id="%s", algorithm="hmac-sha1", headers="x-date x-source", signature="%s"`, s.id, signature))
}

// dateSigner signs the date alone, as the newer gateway wants it: all that it
// reads stands in one header, as JSON.
type dateSigner struct {
	id, key string
	newID   func() string // nil: requests go without an id, which the gateway takes as well
}

func (s dateSigner) sign(h http.Header, now time.Time) {
	date := now.UTC().Format(http.TimeFormat)
	h.Set("Authorization", fmt.Sprintf(`{"id":"%s","x-date":"%s","signature":"%s"}`, s.id, date, hmacSHA1(s.key, "x-date: "+date)))
	if s.newID != nil {
		h.Set("Request-Id", s.newID())
	}
}

// hmacSHA1 is what both gateways call a signature, in base64.
func hmacSHA1(key, text string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
