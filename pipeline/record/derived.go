package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Derived is a value that the input leaves out and that a lookup is asked with
// all the same.
type Derived struct {
	Column string `json:"column"` // canonical column name
	Value  string `json:"value"`
	// Source says in words where the value comes from; "" is the configured
	// default.
	Source string `json:"source,omitempty"`
	// Basis is what decides the value, if that is more than the value itself: a
	// mileage that is carried forward grows by the day, and what it is carried
	// forward from does not.
	Basis string `json:"basis,omitempty"`
}

// With is the vehicle as a lookup is asked about it: with the values that were
// derived for it, and no others. The input's own values stay.
func (v Vehicle) With(derived []Derived) Vehicle {
	v = v.Bare()
	for _, d := range derived {
		switch {
		case v.Value(d.Column) != "":
			continue
		case d.Column == ColMileageKM:
			km, err := strconv.ParseInt(d.Value, 10, 64)
			v.MileageKM = Opt[int64]{V: km, OK: err == nil}
		case d.Column == ColAccident:
			v.Condition.Accident = d.Value
		}
		v.Derived = append(v.Derived, d)
	}
	return v
}

// Bare is the vehicle as the input has it, without what With has added.
func (v Vehicle) Bare() Vehicle {
	for _, d := range v.Derived {
		switch d.Column {
		case ColMileageKM:
			v.MileageKM = Opt[int64]{}
		case ColAccident:
			v.Condition.Accident = ""
		}
	}
	v.Derived = nil
	return v
}

// Sources tells of each value that was taken from elsewhere, but for configured
// defaults, where it comes from: "mileage_km: 61000 km on 2025-03-02 carried
// forward".
func (v *Vehicle) Sources() []string {
	var out []string
	for _, d := range v.Derived {
		if d.Source != "" {
			out = append(out, d.Column+": "+d.Source)
		}
	}
	return out
}

// Decisive is the value of a column as far as it decides a vendor's answer: what
// a derived one is based on, else the value itself.
func (v *Vehicle) Decisive(column string) string {
	i := slices.IndexFunc(v.Derived, func(d Derived) bool { return d.Column == column })
	if i >= 0 && v.Derived[i].Basis != "" {
		return v.Derived[i].Basis
	}
	return v.Value(column)
}

// PackDerived writes derived values as they are stored; "" for none.
func PackDerived(list []Derived) string {
	if len(list) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // texts alone: nothing can go wrong
	return string(text)
}

// ParseDerived reads what PackDerived wrote.
func ParseDerived(text string) ([]Derived, error) {
	if text == "" {
		return nil, nil
	}
	var list []Derived
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read derived values: %w", err)
	}
	return list, nil
}
