package wapi

import (
	"net/http"
	"net/url"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/vendortest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"md5", "hash"} {
		t.Run(sign, func(t *testing.T) {
			t.Parallel()
			settings := testSettings()
			settings.Values["sign"] = sign
			var sent []string
			if sign == "hash" {
				sent = []string{testSecret}
			}
			vendortest.Run(t, Descriptor(), vendortest.Config{
				Settings: settings, Now: testClock(), Secrets: []string{testSecret}, Sent: sent,
				Questions: []vendortest.Question{maintenanceQuestion(t), valuationQuestion(t), violationsQuestion(t)},
			})
		})
	}
}

func signed(t *testing.T, req *http.Request, body string) {
	t.Helper()
	f, err := url.ParseQuery(body)
	if err != nil || f.Get("sign") == "" || f.Get("time") != "1700000000" || f.Get("appid") != testAppID || req.Method != http.MethodPost {
		t.Errorf("%s %s (%v): not signed", req.Method, body, err)
	}
}

func maintenanceQuestion(t *testing.T) vendortest.Question {
	car := maintenanceCar()
	car.EngineNo, car.Plate = "E123", "粤AJ44E6"
	return vendortest.Question{
		Dataset: record.DatasetMaintenance, Vehicle: car, Ticket: ticket, Signed: signed,
		Samples: []vendortest.Sample{
			{Name: "ticket", Call: vendors.Submit, Body: sampleBody(t, "maintenance_ticket"), Kind: vendors.Ticket},
			{Name: "bought", Call: vendors.Submit, Body: sampleBody(t, "maintenance_bought"), Kind: vendors.Ticket, Billed: vendors.BilledYes},
			{Name: "balance", Call: vendors.Submit, Body: sampleBody(t, "balance"), Kind: vendors.AccountTrouble, Billed: vendors.BilledNo},
			{Name: "working", Call: vendors.Poll, Body: sampleBody(t, "maintenance_working"), Kind: vendors.Pending},
			{Name: "waiting", Call: vendors.Poll, Body: sampleBody(t, "maintenance_ticket"), Kind: vendors.Pending},
			{Name: "failed", Call: vendors.Poll, Body: sampleBody(t, "maintenance_failed"), Kind: vendors.Refused, Billed: vendors.BilledYes},
			{Name: "no record", Call: vendors.Poll, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
			{Name: "done", Call: vendors.Poll, Body: sampleBody(t, "maintenance_done"), Kind: vendors.Answered, Billed: vendors.BilledYes,
				NamesVehicle: true, Check: checkReport},
			{Name: "flat", Call: vendors.Poll, Body: sampleBody(t, "maintenance_flat"), Kind: vendors.Answered, Billed: vendors.BilledYes, NamesVehicle: true},
		},
	}
}

func valuationQuestion(t *testing.T) vendortest.Question {
	return vendortest.Question{
		Dataset: record.DatasetValuation, Vehicle: valuationCar(), Signed: signed,
		Samples: []vendortest.Sample{
			{Name: "prices", Call: vendors.Submit, Body: sampleBody(t, "valuation"), Kind: vendors.Answered, Billed: vendors.BilledYes, Check: checkValuation},
			{Name: "no record", Call: vendors.Submit, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
		},
	}
}

func violationsQuestion(t *testing.T) vendortest.Question {
	return vendortest.Question{
		Dataset: record.DatasetViolations, Vehicle: pageCar(), Signed: signed,
		Samples: []vendortest.Sample{
			{Name: "one", Call: vendors.Submit, Body: sampleBody(t, "violations"), Kind: vendors.Answered, Billed: vendors.BilledYes,
				NamesVehicle: true, Check: checkViolations},
			{Name: "none", Call: vendors.Submit, Body: sampleBody(t, "violations_none"), Kind: vendors.Answered, Billed: vendors.BilledYes, NamesVehicle: true},
			{Name: "no record", Call: vendors.Submit, Body: sampleBody(t, "no_record"), Kind: vendors.NoRecord, Billed: vendors.BilledNo},
		},
	}
}
