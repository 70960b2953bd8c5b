package sqlite

import (
	"encoding/hex"
	"strconv"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

// text writes the columns of a row one after the other, as integrity.Summed has them.
type text []byte

func (t text) number(n int64) text { return append(strconv.AppendInt(t, n, 10), '|') }

func (t text) words(word string) text { return append(append(t, word...), '|') }

func (t text) digest(digest []byte) text { return append(hex.AppendEncode(t, digest), '|') }

func (t text) truth(b bool) text {
	if b {
		return t.number(1)
	}
	return t.number(0)
}

// sumOfLookup is the checksum of a row of integrity.SummedLookups.
func sumOfLookup(k *ledger.Lookup) int64 {
	t := make(text, 0, 256).number(k.ID).number(k.Run).number(k.Row).words(string(k.Dataset)).digest(k.Question).words(k.Vendor).
		number(k.Lead).truth(k.Every).number(k.Passed).truth(k.Forced).words(string(k.State)).number(int64(k.Attempts)).words(k.Ticket).number(k.Answer).number(k.Source).
		number(k.Awaits).words(k.Derived).words(string(k.Stage)).words(string(k.Class)).number(micros(k.AnsweredAt))
	return integrity.Checksum(t)
}

// sumOfRun is the checksum of a row of integrity.SummedRuns.
func sumOfRun(r *ledger.Run) int64 {
	t := make(text, 0, 512).number(r.Seq).words(r.ID).words(string(r.State)).number(micros(r.StartedAt)).number(micros(r.FinishedAt)).number(micros(r.PurgedAt)).
		words(r.InputPath).words(r.InputSHA256).number(r.InputRows).truth(r.StrictVIN).words(ledger.JoinDatasets(r.Datasets)).words(r.Formats).words(r.Lang).words(r.ReportLang).
		number(int64(r.ReportTop)).truth(r.Partitioned).truth(r.BOM).words(r.Corrects).words(ledger.JoinDatasets(r.Corrected)).number(r.FirstLookup).number(r.LastLookup)
	if r.MaxSpend.OK {
		return integrity.Checksum(t.number(int64(r.MaxSpend.V)))
	}
	return integrity.Checksum(t.words(""))
}

// checksum is that of a row of integrity.SummedVehicles.
func (r *vehicleRow) checksum() int64 {
	t := make(text, 0, 512).number(r.run).number(r.row).words(r.vehicleID).words(r.vin).words(r.plate).words(r.plateType).words(r.engineNo).
		number(r.duplicateOf).number(r.maintenance).number(r.valuation).number(r.violation).words(r.details)
	return integrity.Checksum(t)
}
