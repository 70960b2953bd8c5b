package wapi

import (
	"fmt"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// Decode turns an answer of codeid 10000 into records.
func (r reader) Decode(d record.Dataset, car *record.Vehicle, body []byte) (record.Answer, error) {
	e, err := open(body)
	if err != nil {
		return record.Answer{}, r.unread(d, err)
	}
	return r.decode(d, car, &e)
}

func (r reader) decode(d record.Dataset, car *record.Vehicle, e *envelope) (record.Answer, error) {
	answer, err := decode(d, car, e)
	if err != nil {
		return record.Answer{}, r.unread(d, err)
	}
	return answer, nil
}

func (r reader) unread(d record.Dataset, err error) error {
	// Errors quote the answer, and an answer may repeat what it was sent.
	return fmt.Errorf("wapi: reading the answer about %s: %s", d, r.hushed(err.Error()))
}

func decode(d record.Dataset, car *record.Vehicle, e *envelope) (record.Answer, error) {
	if code, _, _ := lookup(string(e.Code)); code != codeSuccess {
		return record.Answer{}, fmt.Errorf("codeid is %s, not %d", normalise.Excerpt(string(e.Code)), codeSuccess)
	}
	switch d {
	case record.DatasetMaintenance:
		return decodeReport(car, e)
	case record.DatasetValuation:
		return decodeValuation(car, e)
	case record.DatasetViolations:
		return decodeViolations(car, e)
	}
	return record.Answer{}, fmt.Errorf("%s is not offered", d)
}

// reading gathers what could not be read, so that one bad field does not cost
// the others.
type reading struct{ problems []string }

func (r *reading) note(problem string) { r.problems = normalise.AddProblem(r.problems, problem) }

// value reads one field with a function of normalise.
func value[T any](r *reading, name string, text loose.Text, read func(string) (record.Opt[T], error)) record.Opt[T] {
	v, err := read(string(text))
	if err != nil {
		r.note(name + ": " + err.Error())
		return record.Opt[T]{}
	}
	return v
}

// natural is value, and what is below 0 is noted and unknown.
func natural[T ~int64](r *reading, name string, text loose.Text, read func(string) (record.Opt[T], error)) record.Opt[T] {
	v := value(r, name, text, read)
	if v.OK && v.V < 0 {
		r.note(fmt.Sprintf("%s: %s is below 0", name, normalise.Excerpt(string(text))))
		return record.Opt[T]{}
	}
	return v
}

// words is PlainText, and says where characters are lost.
func words(r *reading, column string, t loose.Text) string {
	s := normalise.PlainText(t)
	r.note(normalise.Broken(column, s))
	return s
}

// sameVehicle compares the identifiers that an answer names with those asked
// about; masked ones are compared on what they show.
func sameVehicle(car *record.Vehicle, vin, plate loose.Text) error {
	if car.VIN != "" && !normalise.SameVIN(car.VIN, string(vin)) {
		return fmt.Errorf("it names another vehicle: VIN %s", normalise.Excerpt(string(vin)))
	}
	if car.Plate != "" && !normalise.SameVIN(bare(car.Plate), bare(string(plate))) {
		return fmt.Errorf("it names another vehicle: plate %s", normalise.Excerpt(string(plate)))
	}
	return nil
}

// bare drops what plates are written with for the eye.
func bare(plate string) string {
	return strings.NewReplacer("·", "", "•", "", " ", "", "-", "").Replace(plate)
}
