package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vehiclebatch/vendors/simulator"
)

// By its name every answer of the simulator is known, and no key is blotted out of it.
func TestEveryAnswerSaysThatItIsMadeUp(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, simulator.Options{})
	for _, path := range []string{"/", simulator.MarketService + "/maintenance_report/get"} {
		if r := c.do(httptest.NewRequest(http.MethodGet, path, nil)); r.header.Get("Server") != simulator.Name {
			t.Errorf("%s: %v", path, r.header)
		}
	}
	k, name := simulator.DefaultCredentials(), simulator.Name
	for _, key := range []string{k.WAPIAppID, k.WAPISecret, k.WAPISign, k.TencentSecretID, k.TencentKey, k.JumdataAppID, k.JumdataSecret} {
		if strings.Contains(name, key) {
			t.Errorf("%q is part of the name", key)
		}
	}
}
