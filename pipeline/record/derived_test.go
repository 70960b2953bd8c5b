package record

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestWithFillsBlanksAlone(t *testing.T) {
	t.Parallel()
	derived := []Derived{{Column: ColMileageKM, Value: "61000", Source: "a visit", Basis: "2025-03-02 60000"}, {Column: ColAccident, Value: "0"}}
	v := Vehicle{VIN: "V"}.With(derived)
	if v.MileageKM != Some[int64](61000) || v.Condition.Accident != "0" || !reflect.DeepEqual(v.Derived, derived) {
		t.Errorf("%+v", v)
	}
	if got := v.Sources(); !slices.Equal(got, []string{"mileage_km: a visit"}) {
		t.Errorf("sources are %q", got)
	}
	if km, code := v.Decisive(ColMileageKM), v.Decisive(ColAccident); km != "2025-03-02 60000" || code != "0" {
		t.Errorf("what decides is %q and %q", km, code)
	}
	given := Vehicle{MileageKM: Some[int64](5)}.With(derived)
	if given.MileageKM.V != 5 || given.Decisive(ColMileageKM) != "5" || given.Sources() != nil {
		t.Errorf("the input's mileage became %+v", given)
	}
	if again := v.With(nil); again.MileageKM.OK || again.Condition.Accident != "" || again.Derived != nil {
		t.Errorf("without what was derived it is %+v", again)
	}
}

// With and Bare undo each other, and what is stored comes back.
func TestDerivedComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := Vehicle{MileageKM: Opt[int64]{OK: rapid.Bool().Draw(t, "known")}}
		v.Condition.Accident = rapid.SampledFrom([]string{"", "1"}).Draw(t, "code")
		var list []Derived
		for _, column := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{ColMileageKM, ColAccident}), rapid.ID[string]).Draw(t, "columns") {
			list = append(list, Derived{Column: column, Value: rapid.StringMatching("[0-9]{1,6}").Draw(t, "value"),
				Source: rapid.StringMatching("[ -~]*").Draw(t, "source"), Basis: rapid.StringMatching("[ -~]*").Draw(t, "basis")})
		}
		back, err := ParseDerived(PackDerived(list))
		if err != nil || !slices.Equal(back, list) {
			t.Fatalf("%+v came back as %+v, %v", list, back, err)
		}
		if full := v.With(list); !reflect.DeepEqual(full.Bare(), v) || !reflect.DeepEqual(full.With(list), full) {
			t.Fatalf("%+v with %+v is %+v", v, list, full)
		}
	})
}

func TestParseDerivedRefusesWhatItIsNot(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{", "7", `{"column":"x"}`} {
		if _, err := ParseDerived(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
