package all

import (
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/redact"
)

// What the second look for secrets adds to reading an answer, once for each answer that comes.
func BenchmarkSecondLook(b *testing.B) {
	secrets := redact.New([]string{longSecret, "AKIDsimulatorsimulator"})
	for _, c := range []struct {
		vendor, name string
		dataset      record.Dataset
		call         vendors.Call
		car          record.Vehicle
	}{{"tencent", "report", record.DatasetMaintenance, vendors.Poll, record.Vehicle{VIN: "SALWA2VE5EA102383"}},
		{"wapi", "violations", record.DatasetViolations, vendors.Submit, record.Vehicle{Plate: "闽DX009U"}}} {
		d, _ := Find(c.vendor)
		r := vendors.Response{Status: 200, Body: body(b, c.vendor, c.name)}
		for _, look := range []bool{false, true} {
			name := c.vendor + " once"
			if look {
				name, r.Secrets = c.vendor+" twice", secrets
			}
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					r.Body = secrets.Hide(r.Body)
					if _, out := vendors.ReadNew(d.Reader, nil, c.dataset, c.call, &c.car, r); out.Kind != vendors.Answered || out.Flaw != "" {
						b.Fatalf("%+v", out)
					}
				}
			})
		}
	}
}
