package vendortest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

// noSuchDataset is a dataset that nobody offers.
const noSuchDataset record.Dataset = "horoscope"

func (s *suite) testUnknownDataset(t *testing.T) {
	car := &record.Vehicle{VIN: "LS5A2DKRXPA011111"}
	if _, err := s.v.NewSubmit(t.Context(), noSuchDataset, car); err == nil {
		t.Error("NewSubmit takes a dataset that is not offered")
	}
	if _, err := s.v.NewPoll(t.Context(), noSuchDataset, "ticket1"); err == nil {
		t.Error("NewPoll takes a dataset that is not offered")
	}
	if _, err := s.v.Decode(noSuchDataset, car, []byte("{}")); err == nil {
		t.Error("Decode takes a dataset that is not offered")
	}
}

type contextKey struct{}

func (s *suite) testRequests(t *testing.T, q Question) {
	ctx := context.WithValue(t.Context(), contextKey{}, true)
	submit := func() (*http.Request, error) { return s.v.NewSubmit(ctx, q.Dataset, &q.Vehicle) }
	s.testRequest(t, q, submit, []string{q.Vehicle.VIN, q.Vehicle.Plate, q.Vehicle.EngineNo})
	poll := func() (*http.Request, error) { return s.v.NewPoll(ctx, q.Dataset, q.Ticket) }
	if !s.offer(q.Dataset).TwoStep {
		if _, err := poll(); err == nil {
			t.Error("NewPoll makes a request for what is answered in one call")
		}
		return
	}
	req, body := s.testRequest(t, q, poll, []string{q.Ticket})
	if text, _ := url.QueryUnescape(req.URL.RawQuery + "&" + body); !strings.Contains(text, q.Ticket) {
		t.Error("the poll does not carry its ticket")
	}
	_, err := s.v.NewPoll(ctx, q.Dataset, "")
	if err == nil {
		t.Fatal("NewPoll takes an empty ticket")
	}
	noSecrets(t, s.c, "the error about a poll", err.Error())
}

// testRequest checks one request; inBody are the values that a POST has to
// keep out of its address.
func (s *suite) testRequest(t *testing.T, q Question, make func() (*http.Request, error), inBody []string) (*http.Request, string) {
	t.Helper()
	req, body := s.sent(t, make)
	again, bodyAgain := s.sent(t, make)
	if req.URL.String() != again.URL.String() || body != bodyAgain {
		t.Errorf("one moment, one question, two requests:\n%s %s\n%s %s", req.URL, body, again.URL, bodyAgain)
	}
	base := s.c.Settings.BaseURL
	if base == "" {
		base = s.d.DefaultBaseURL
	}
	if !strings.HasPrefix(req.URL.String(), base+"/") {
		t.Errorf("%s does not lie below %s", req.URL, base)
	}
	if req.GetBody != nil {
		t.Error("the request can be made anew: GetBody is set")
	}
	if req.Context().Value(contextKey{}) == nil {
		t.Error("the request lost its context")
	}
	address, _ := url.QueryUnescape(req.URL.String())
	noSecrets(t, s.c, "the address", address)
	for _, value := range inBody {
		if req.Method == http.MethodPost && value != "" && strings.Contains(address, value) {
			t.Errorf("%s stands in the address of a POST", value)
		}
	}
	q.Signed(t, again, body)
	return req, body
}

func (s *suite) sent(t *testing.T, make func() (*http.Request, error)) (*http.Request, string) {
	t.Helper()
	req, err := make()
	if err != nil {
		t.Fatalf("no request: %v", err)
	}
	if req.Body == nil {
		return req, ""
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatalf("reading the body of the request: %v", err)
	}
	if req.ContentLength != int64(len(body)) {
		t.Errorf("the length is said to be %d, it is %d", req.ContentLength, len(body))
	}
	return req, string(body)
}
