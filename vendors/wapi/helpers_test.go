package wapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

const (
	testAppID  = "10086"
	testSecret = "5f4dcc3b5aa765d61d8327deb882cf99"
	testTime   = 1700000000
)

func testClock() time.Time { return time.Unix(testTime, 0) }

func testSettings() vendors.Settings {
	return vendors.Settings{
		BaseURL: "https://vendor.example",
		Values:  map[string]string{"app_id": testAppID, "secret": testSecret},
	}
}

func newTest(t testing.TB, change func(*vendors.Settings)) vendors.Vendor {
	t.Helper()
	s := testSettings()
	if change != nil {
		change(&s)
	}
	v, err := Descriptor().New(s, testClock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sampleBody(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The vehicles of the pages' examples.
func maintenanceCar() record.Vehicle { return record.Vehicle{VIN: "LS5A2DKRXPA011111"} }

func valuationCar() record.Vehicle {
	return record.Vehicle{ModelID: "52", CityID: "101100", FirstRegistered: "2022-01", MileageKM: record.Some[int64](36200),
		Condition: record.Condition{Transfers: "1", Color: "2", Accident: "1", Appearance: "1", Interior: "1", Electrical: "1", Engine: "1"}}
}

func violationsCar() record.Vehicle {
	return record.Vehicle{VIN: "LNBSCC3H8GF308384", Plate: "粤AJ44E6", PlateType: "02", EngineNo: "AD50EG081600062"}
}

func postForm(t *testing.T, req *http.Request, err error) url.Values {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := req.ParseForm(); err != nil {
		t.Fatal(err)
	}
	return req.PostForm
}

func dateOf(t testing.TB, s string) record.Opt[record.Date] {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return record.Some(record.Date(d.Unix() / 86400))
}

// answerOf wraps retdata.
func answerOf(code any, retdata any) []byte {
	body, _ := json.Marshal(map[string]any{"codeid": code, "message": "m", "retdata": retdata})
	return body
}
