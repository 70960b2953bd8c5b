package vendortest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/vendors"
)

// testProbe holds the free request against its promise: it goes where polls go
// and never where something is ordered, is signed like them and names no vehicle;
// and whatever answers it is read without a panic and without a secret.
func (s *suite) testProbe(t *testing.T, q Question) {
	offer := s.offer(q.Dataset)
	p, is := s.v.(vendors.Prober)
	if offer.Probe == "" {
		if is {
			if _, err := p.NewProbe(t.Context(), q.Dataset); err == nil {
				t.Error("NewProbe makes a request, and the offer says that none is free")
			}
		}
		return
	}
	if !is || !offer.TwoStep {
		t.Fatalf("the offer has a probe; the adapter is a Prober: %v, there is a free poll: %v", is, offer.TwoStep)
	}
	s.testProbeRequest(t, q, p)
	s.testProbeAnswers(t, q, p)
}

func (s *suite) testProbeRequest(t *testing.T, q Question, p vendors.Prober) {
	ctx := context.WithValue(t.Context(), contextKey{}, true)
	probe := func() (*http.Request, error) { return p.NewProbe(ctx, q.Dataset) }
	req, body := s.testRequest(t, q, probe, nil)
	poll, _ := s.sent(t, func() (*http.Request, error) { return s.v.NewPoll(ctx, q.Dataset, q.Ticket) })
	submit, _ := s.sent(t, func() (*http.Request, error) { return s.v.NewSubmit(ctx, q.Dataset, &q.Vehicle) })
	if req.URL.Path != poll.URL.Path || req.URL.Path == submit.URL.Path || req.Method != poll.Method {
		t.Errorf("%s %s: a probe goes where polls go, %s, and not where orders go, %s", req.Method, req.URL.Path, poll.URL.Path, submit.URL.Path)
	}
	for _, id := range []string{q.Vehicle.VIN, q.Vehicle.Plate, q.Vehicle.EngineNo, q.Ticket} {
		if id != "" && strings.Contains(req.URL.RawQuery+"&"+body, id) {
			t.Errorf("the probe names %s", id)
		}
	}
	if _, err := p.NewProbe(ctx, noSuchDataset); err == nil {
		t.Error("NewProbe takes a dataset that is not offered")
	}
}

func (s *suite) testProbeAnswers(t *testing.T, q Question, p vendors.Prober) {
	well := false
	for _, sample := range q.Probes {
		r := vendors.Response{Status: cmp.Or(sample.Status, http.StatusOK), Body: []byte(sample.Body)}
		h := vendors.ReadProbe(p, q.Dataset, r)
		if h.Ill != sample.Ill || h.Code == "" || h.Message == "" {
			t.Errorf("%s: %+v, want %q", sample.Name, h, sample.Ill)
		}
		s.testHealth(t, h)
		well = well || sample.Ill == vendors.Well
		for body := range mutants(t, []byte(sample.Body), s.c.Sent) {
			s.testHealth(t, p.ReadProbe(q.Dataset, r.Status, body))
		}
	}
	if !well {
		t.Error("the suite wants an answer to the probe that tells that all is well")
	}
	for name, body := range foreign() {
		if h := p.ReadProbe(q.Dataset, http.StatusOK, []byte(body)); h.Ill != vendors.Garbled {
			t.Errorf("of %s the probe says %+v, want garbled", name, h)
		}
		if h := vendors.ReadProbe(p, q.Dataset, vendors.Response{Status: http.StatusOK, Body: []byte(body)}); h.Ill != vendors.Unclear {
			t.Errorf("of %s ReadProbe says %+v, want unclear", name, h)
		}
	}
	for _, sample := range q.Samples { // a report for nobody is nothing that is well
		if h := p.ReadProbe(q.Dataset, http.StatusOK, sample.Body); h.Ill == vendors.Well && sample.Kind == vendors.Answered {
			t.Errorf("the answer %s is well: %+v", sample.Name, h)
		}
	}
}

func (s *suite) testHealth(t *testing.T, h vendors.Health) {
	t.Helper()
	if h.Ill != vendors.Well && !slices.Contains(vendors.Ills(), h.Ill) {
		t.Errorf("%q is no Ill", h.Ill)
	}
	if len(h.Message) > 1000 || len(h.Code) > 300 {
		t.Errorf("code of %d and message of %d bytes: not shortened", len(h.Code), len(h.Message))
	}
	noSecrets(t, s.c, "the health", h.Code+" "+h.Message)
}
