package app

import (
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// A run knows its input again by the bytes and by what of them was asked for.
func TestAnInputIsKnownAgain(t *testing.T) {
	t.Parallel()
	for path, in := range map[string]input{
		"fleet.csv":                     {name: "fleet.csv"},
		"fleet.xlsx#sheet=二车队":          {name: "fleet.xlsx", sheet: "二车队"},
		"fleet.csv#limit=3":             {name: "fleet.csv", limit: 3},
		"fleet.xlsx#sheet=1#2#limit=20": {name: "fleet.xlsx", sheet: "1#2", limit: 20},
		"-":                             {name: "-"},
	} {
		if got := in.path(); got != path {
			t.Errorf("the path is %s, want %s", got, path)
		}
		r := ledger.Run{InputPath: path}
		if got := InputFile(r); got != in.name {
			t.Errorf("the file of %s is %s, want %s", path, got, in.name)
		}
		other := in
		other.limit++
		renamed := in
		renamed.name = "copy.csv"
		if !in.is(r) || other.is(r) || !renamed.is(r) {
			t.Errorf("%s is not known again: itself %v, with another limit %v, renamed %v", path, in.is(r), other.is(r), renamed.is(r))
		}
	}
}
