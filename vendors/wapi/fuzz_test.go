package wapi

import (
	"bytes"
	"reflect"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

func seeds(f *testing.F) {
	for _, name := range []string{"maintenance_done", "maintenance_flat", "maintenance_working", "maintenance_ticket",
		"maintenance_bought", "no_record", "balance", "valuation", "violations", "violations_none"} {
		f.Add(sampleBody(f, name))
	}
	for _, body := range []string{"", "null", `{"codeid":{"value":10000},"message":17,"retdata":true}`,
		`{"codeid":10000,"retdata":[[],[]]}`, `{"codeid":10000,"retdata":{"data":{"data":{"data":{"data":{"data":"x"}}}}}}`} {
		f.Add([]byte(body))
	}
}

func FuzzRead(f *testing.F) {
	v := newTest(f, nil)
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		defer func() { unchanged(t, before, body) }()
		for _, d := range record.Datasets() {
			for _, c := range []vendors.Call{vendors.Submit, vendors.Poll} {
				out := v.Read(d, c, &record.Vehicle{}, body)
				if out != v.Read(d, c, &record.Vehicle{}, body) || (out.Kind == vendors.Ticket) != (out.Ticket != "") {
					t.Fatalf("%s %s: %+v", d, c, out)
				}
				if out.Kind == vendors.Answered && out.Billed != vendors.BilledYes {
					t.Fatalf("%s %s: an answer that is not billed: %+v", d, c, out)
				}
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	v := newTest(f, nil)
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		defer func() { unchanged(t, before, body) }()
		for _, d := range record.Datasets() {
			car := violationsCar()
			used := bytes.Clone(body)
			a, err := v.Decode(d, &car, used)
			clear(used) // what is kept of a body would change
			b, again := v.Decode(d, &car, body)
			if (err == nil) != (again == nil) || !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: two results of the same bytes", d)
			}
			if err == nil && a.Report == nil && a.Valuation == nil && a.Violations == nil {
				t.Fatalf("%s: an answer without records", d)
			}
		}
	})
}

func unchanged(t *testing.T, before, body []byte) {
	t.Helper()
	if !bytes.Equal(before, body) {
		t.Fatalf("%q was changed to %q", before, body)
	}
}

func BenchmarkReadAndDecode(b *testing.B) {
	v := newTest(b, nil)
	body, car := sampleBody(b, "maintenance_done"), maintenanceCar()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if v.Read(record.DatasetMaintenance, vendors.Poll, &record.Vehicle{}, body).Kind != vendors.Answered {
			b.Fatal("not answered")
		}
		if _, err := v.Decode(record.DatasetMaintenance, &car, body); err != nil {
			b.Fatal(err)
		}
	}
}
