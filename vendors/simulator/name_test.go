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
	k := simulator.DefaultCredentials()
	for given, name := range map[string]string{"": simulator.Name, simulator.ServedName: simulator.ServedName} {
		c := newCustomer(t, simulator.Options{Name: given})
		for _, path := range []string{"/", simulator.MarketService + "/maintenance_report/get"} {
			if r := c.do(httptest.NewRequest(http.MethodGet, path, nil)); r.header.Get("Server") != name {
				t.Errorf("%s: %v, want %s", path, r.header, name)
			}
		}
		for _, key := range []string{k.WAPIAppID, k.WAPISecret, k.WAPISign, k.TencentSecretID, k.TencentKey, k.JumdataAppID, k.JumdataSecret} {
			if strings.Contains(name, key) {
				t.Errorf("%q is part of the name %q", key, name)
			}
		}
	}
}
