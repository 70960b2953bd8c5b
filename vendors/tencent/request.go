package tencent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"vehiclebatch/pipeline/record"
)

// NewSubmit builds the order. The gateway takes GET alone, so this GET costs
// money each time it is sent. Optional parameters are sent empty, as the sample
// code sends them.
func (a *adapter) NewSubmit(ctx context.Context, d record.Dataset, v *record.Vehicle) (*http.Request, error) {
	if len(a.Missing(d, v)) > 0 {
		return nil, errors.New("tencent: an order needs a VIN")
	}
	return a.get(ctx, d, a.orderURL, url.Values{
		"engine_number": {v.EngineNo},
		"plate_number":  {v.Plate},
		"vin":           {v.VIN},
	})
}

// NewPoll builds the free request for the report of an order.
func (a *adapter) NewPoll(ctx context.Context, d record.Dataset, ticket string) (*http.Request, error) {
	if ticket == "" {
		return nil, errors.New("tencent: a report needs the number of its order")
	}
	return a.get(ctx, d, a.reportURL, url.Values{"order_id": {ticket}})
}

func (a *adapter) get(ctx context.Context, d record.Dataset, address string, query url.Values) (*http.Request, error) {
	if d != record.DatasetMaintenance {
		return nil, fmt.Errorf("tencent: %s is not sold here", d)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("tencent: building the request: %w", err)
	}
	a.signer.sign(req.Header, a.now())
	return req, nil
}
