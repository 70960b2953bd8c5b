package app

import (
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func TestCountsAfterWhatIsForeseen(t *testing.T) {
	t.Parallel()
	at := func(vendor string, state ledger.State, n int64) ledger.Count {
		return ledger.Count{Dataset: record.DatasetMaintenance, Vendor: vendor, State: state, N: n}
	}
	left := at("tencent", ledger.Planned, 3)
	left.NextAt = time.Unix(1, 0)
	gone, found := at("jumdata", ledger.Planned, 2), at("tencent", ledger.Found, 5)
	moved := map[ledger.Count]int64{at("tencent", ledger.Planned, 0): -1, at("jumdata", ledger.Planned, 0): -2, at("wapi", ledger.Planned, 0): 2, at("tencent", ledger.Found, 0): 1}
	got := after([]ledger.Count{gone, found, left}, moved)
	left.N, found.N = 2, 6
	if want := []ledger.Count{found, left, at("wapi", ledger.Planned, 2)}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
