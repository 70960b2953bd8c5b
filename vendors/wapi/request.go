package wapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// contentType is what the vendor's pages ask of a POST.
const contentType = "application/x-www-form-urlencoded;charset=utf-8"

// NewSubmit builds the billable request: a POST, so that neither keys nor
// plates stand in an address. It refuses a vehicle that lacks something.
func (v *vendor) NewSubmit(ctx context.Context, d record.Dataset, car *record.Vehicle) (*http.Request, error) {
	if missing := v.Missing(d, car); len(missing) > 0 {
		return nil, fmt.Errorf("wapi: asking about %s: the vehicle lacks %s", d, strings.Join(missing, ", "))
	}
	var f form
	switch d {
	case record.DatasetMaintenance:
		f = maintenanceForm(car)
	case record.DatasetValuation:
		f = valuationForm(car)
	case record.DatasetViolations:
		f = violationsForm(car)
	default:
		return nil, fmt.Errorf("wapi: %s is not offered", d)
	}
	return v.post(ctx, v.paths[d].Submit, f)
}

// NewPoll builds the free request for a maintenance report.
func (v *vendor) NewPoll(ctx context.Context, d record.Dataset, ticket string) (*http.Request, error) {
	if d != record.DatasetMaintenance {
		return nil, fmt.Errorf("wapi: %s is answered in one call, there is nothing to poll", d)
	}
	if ticket == "" {
		return nil, errors.New("wapi: asking for a maintenance report: the ticket is empty")
	}
	return v.post(ctx, v.paths[d].Poll, form{{"car_request_id", ticket}})
}

// maintenanceForm uses the names of the answer of 170/379: the vendor shows
// the page of the submit to customers only.
func maintenanceForm(car *record.Vehicle) form {
	return form{{"vin", car.VIN}, {"engine_no", car.EngineNo}, {"car_no", car.Plate}}
}

// valuationForm is the request of 201/377. The distance is in 万 km.
func valuationForm(car *record.Vehicle) form {
	c := &car.Condition
	return form{
		{"car_type_id", car.ModelID}, {"car_city_id", car.CityID},
		{"car_first_regtime", car.FirstRegistered}, {"car_miles", normalise.WanOfKM(car.MileageKM.V)},
		{"car_color", c.Color}, {"car_transfer", c.Transfers}, {"car_accident", c.Accident},
		{"car_appearance", c.Appearance}, {"car_interior", c.Interior},
		{"car_electrical", c.Electrical}, {"car_engine", c.Engine},
	}
}

// violationsForm is the request of 65/173. Letters must be capitals.
func violationsForm(car *record.Vehicle) form {
	return form{
		{"car_no", strings.ToUpper(car.Plate)}, {"car_type", car.PlateType},
		{"engine_number", strings.ToUpper(car.EngineNo)}, {"frame_number", strings.ToUpper(car.VIN)},
	}
}

func (v *vendor) post(ctx context.Context, path string, f form) (*http.Request, error) {
	body := v.signed(f).encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.baseURL+path, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("wapi: base_url and path make no address: check both")
	}
	req.GetBody = nil // a billable request is never made anew
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// signed adds what every request carries: appid, format, time and sign.
func (v *vendor) signed(f form) form {
	f = append(f, field{"appid", v.appID}, field{"format", "json"},
		field{"time", strconv.FormatInt(v.now().Unix(), 10)})
	f = f.sorted()
	if v.hash {
		return append(f, field{"sign", v.secret})
	}
	return append(f, field{"sign", f.md5(v.secret)})
}
