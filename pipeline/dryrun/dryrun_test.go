package dryrun_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// This fixture plans each run dry first, and compares what that says with what is planned then.
func TestSaysWhatAPlanComesTo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(seed, 1))
			b := &stagetest.Fixture{T: t, Policy: stagetest.TestPolicy(), Now: stagetest.Noon}
			b.Ledger = memory.New(func() time.Time { return b.Now })
			if seed%3 == 1 {
				b.Derives(record.ColMileageKM, record.ColAccident)
			}
			if seed%2 == 1 {
				r := b.Policy.Routes[record.DatasetMaintenance]
				r.Mode = policy.RouteAll
				b.Policy.Routes[record.DatasetMaintenance] = r
			}
			for range 3 {
				run := b.Plan(record.Datasets(), drawList(draw)...)
				for _, vendor := range []string{"acme", "bolt"} {
					for n := min(draw.IntN(6), b.Sendable(run, vendor)); n > 0; n-- {
						w := b.Intend(run, vendor)
						if said := []string{"found yes 2025-03-02@61000", "no_record no", "refused unknown", "", "ticket T1 yes"}[draw.IntN(5)]; said != "" {
							b.Answer(w, vendors.Submit, said)
						}
					}
				}
				b.Finish(run)
				b.Now = b.Now.Add(time.Duration(draw.IntN(48)) * time.Hour)
			}
		})
	}
}

// drawList is a list of few vehicles, so that most rows are about a vehicle that another row is
// about too.
func drawList(draw *rand.Rand) []record.Vehicle {
	pick := func(from ...string) string { return from[draw.IntN(len(from))] }
	rows := make([]record.Vehicle, draw.IntN(30))
	for i := range rows {
		v := record.Vehicle{VIN: pick("LSVAL41Z882104202", "LFV3A23C0G3000001", "LHGCV1650G2000003", ""), Plate: pick("", "", "粤B8J7L1", "京A12345"), PlateType: "02",
			EngineNo: pick("", "0071234", "77"), ModelID: pick("", "2049"), CityID: "198", FirstRegistered: pick("", "2014-09")}
		if draw.IntN(2) == 0 {
			v.MileageKM = record.Some(int64(draw.IntN(2)) * 85000)
		}
		switch draw.IntN(8) {
		case 0:
			v.Faults = []record.Fault{{Column: record.ColVIN, Reason: "it has 16 characters"}}
		case 1:
			v.Faults = []record.Fault{{Column: record.ColEngineNo, Reason: "it cannot be read"}}
		case 2:
			v.Problems = []string{record.SetApart + "it is hidden"}
		case 3:
			v.Problems = []string{record.WrongCheckDigit + "1, and should be 2"}
		}
		rows[i] = v
	}
	return rows
}
