// Package vendortest is the conformance suite of an adapter: what every
// vendors.Vendor promises beyond its own vendor's words. An adapter that passes
// can be wired; what the vendor's codes and fields mean stands in the
// adapter's own tests.
package vendortest

import (
	"net/http"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Config is what the suite needs to know of one adapter.
type Config struct {
	Settings vendors.Settings // complete settings that work
	Now      time.Time        // what the clock says
	// Secrets are the values that may never stand in a URL, an error or a
	// message. Each should be long enough not to occur by chance.
	Secrets []string
	// Sent are those secrets that requests carry, so that a careless answer can
	// repeat them.
	Sent      []string
	Questions []Question // one for each dataset that is offered
}

// Question is a dataset with a vehicle to ask about and answers to it.
type Question struct {
	Dataset record.Dataset
	// Vehicle holds every column that the descriptor requires and uses.
	Vehicle record.Vehicle
	// Ticket is a ticket as the vendor makes them; "" with one call.
	Ticket string
	// Signed checks that a request carries its signature.
	Signed func(t *testing.T, req *http.Request, body string)
	// Samples must hold an Answered one, and a Ticket one with two calls.
	Samples []Sample
	// Probes are answers to the free request, where the offer has one; one of
	// them must be Well.
	Probes []ProbeSample
}

// ProbeSample is an answer to the free request and what it tells.
type ProbeSample struct {
	Name   string
	Status int // 0 is 200
	Body   string
	Ill    vendors.Ill
}

// Sample is an answer of the vendor and what it means.
type Sample struct {
	Name   string
	Call   vendors.Call
	Body   []byte
	Kind   vendors.Kind
	Billed vendors.Billed
	// NamesVehicle says that an Answered body names the vehicle, so that it
	// must be refused for another one.
	NamesVehicle bool
	// Check, when set, looks at what an Answered body decodes to.
	Check func(t *testing.T, a record.Answer)
}

// Run holds an adapter against the contract. Its subtests run in parallel.
func Run(t *testing.T, d vendors.Descriptor, c Config) {
	t.Helper()
	t.Run("descriptor", func(t *testing.T) { t.Parallel(); testDescriptor(t, d, c) })
	t.Run("settings", func(t *testing.T) { t.Parallel(); testSettings(t, d, c) })
	s := suite{d: d, c: c, v: build(t, d, c, c.Settings)}
	t.Run("unknown dataset", func(t *testing.T) { t.Parallel(); s.testUnknownDataset(t) })
	for _, q := range c.Questions {
		t.Run(string(q.Dataset), func(t *testing.T) {
			t.Parallel()
			t.Run("missing", func(t *testing.T) { t.Parallel(); s.testMissing(t, q) })
			t.Run("requests", func(t *testing.T) { t.Parallel(); s.testRequests(t, q) })
			t.Run("probe", func(t *testing.T) { t.Parallel(); s.testProbe(t, q) })
			t.Run("samples", func(t *testing.T) { t.Parallel(); s.testSamples(t, q) })
			t.Run("bad bodies", func(t *testing.T) { t.Parallel(); s.testBadBodies(t, q) })
			t.Run("purity", func(t *testing.T) { t.Parallel(); s.testPurity(t, q) })
		})
	}
}

// suite is one adapter under test.
type suite struct {
	d vendors.Descriptor
	c Config
	v vendors.Vendor
}

func build(t *testing.T, d vendors.Descriptor, c Config, s vendors.Settings) vendors.Vendor {
	t.Helper()
	v, err := d.New(s, func() time.Time { return c.Now })
	if err != nil {
		t.Fatalf("New refuses the settings: %v", err)
	}
	return v
}

func (s *suite) offer(d record.Dataset) vendors.Offer {
	for _, o := range s.d.Offers {
		if o.Dataset == d {
			return o
		}
	}
	return vendors.Offer{}
}

// calls are the calls that a question has.
func (s *suite) calls(q Question) []vendors.Call {
	if s.offer(q.Dataset).TwoStep {
		return []vendors.Call{vendors.Submit, vendors.Poll}
	}
	return []vendors.Call{vendors.Submit}
}
