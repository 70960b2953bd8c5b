package jumdata

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/record"
)

// NewSubmit builds the request that generates a report.
func (a *adapter) NewSubmit(ctx context.Context, d record.Dataset, v *record.Vehicle) (*http.Request, error) {
	if missing := a.Missing(d, v); len(missing) > 0 {
		return nil, fmt.Errorf("jumdata: a report needs %s", strings.Join(missing, ", "))
	}
	return a.post(ctx, d, a.generateURL, url.Values{"vin": {v.VIN}, "licenseImgUrl": {v.LicenseImageURL}})
}

// NewPoll builds the request for a report that was generated before.
func (a *adapter) NewPoll(ctx context.Context, d record.Dataset, ticket string) (*http.Request, error) {
	if ticket == "" {
		return nil, errors.New("jumdata: a report is fetched by its requestId")
	}
	return a.post(ctx, d, a.getURL, url.Values{"requestId": {ticket}})
}

// post signs and sends a form. GET would work too, but leaves identifiers in
// proxies' logs.
func (a *adapter) post(ctx context.Context, d record.Dataset, address string, form url.Values) (*http.Request, error) {
	if d != record.DatasetMaintenance {
		return nil, fmt.Errorf("jumdata: %s is not sold here", d)
	}
	timestamp := strconv.FormatInt(a.now().UnixMilli(), 10)
	form.Set("appId", a.appID)
	form.Set("timestamp", timestamp)
	form.Set("sign", sign(a.appID, a.appSecret, timestamp))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("jumdata: building the request: %w", err)
	}
	// Without it net/http cannot send the form a second time by itself, which
	// could buy a second report.
	req.GetBody = nil
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// sign is sha256(appId + appSecret + timestamp) in lower-case hexadecimal.
func sign(appID, appSecret, timestamp string) string {
	sum := sha256.Sum256([]byte(appID + appSecret + timestamp))
	return hex.EncodeToString(sum[:])
}
