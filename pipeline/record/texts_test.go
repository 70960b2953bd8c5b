package record

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// Every text that an answer can hold is called with, also one that is added some day.
func TestEachTextKnowsEveryText(t *testing.T) {
	t.Parallel()
	var a Answer
	var want, got []string
	fill(reflect.ValueOf(&a).Elem(), &want)
	a.EachText(func(text string) { got = append(got, text) })
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) < 40 {
		t.Errorf("%d texts, want %d: %q, want %q", len(got), len(want), got, want)
	}
}

// fill puts a text of its own into every text of a value, and says which.
func fill(v reflect.Value, said *[]string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", len(*said)))
		*said = append(*said, v.String())
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), said)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), said)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), said)
		}
	}
}
