package sqlite

import (
	"encoding/hex"
	"strconv"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
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
	t := make(text, 0, 512).number(k.ID).number(k.Run).number(k.Row).words(string(k.Dataset)).digest(k.Key).words(k.Vendor).
		number(k.GroupID).truth(k.FanOut).number(k.ReplacedBy).truth(k.Forced).words(string(k.State)).number(int64(k.Attempts)).number(k.Answer).number(k.Source).
		number(k.DependsOn).words(string(k.Stage)).words(string(k.Class)).number(micros(k.AnsweredAt)).number(micros(k.NextAt)).number(int64(k.Tries)).number(int64(k.Polls)).
		number(micros(k.FirstAt)).number(micros(k.TicketAt)).number(micros(k.LastAt)).words(k.Ticket).words(k.Code).words(k.Derived).words(k.Message)
	return integrity.Checksum(t)
}

// sumOfAttempt is the checksum of a row of integrity.SummedAttempts.
func sumOfAttempt(a *ledger.Attempt) int64 {
	t := make(text, 0, 256).number(a.Lookup).number(int64(a.N)).words(a.Vendor).words(string(a.Dataset)).number(int64(a.Fen)).words(string(a.Billed)).
		number(micros(a.IntentAt)).number(micros(a.EndedAt)).words(a.Outcome).words(a.Code).words(a.Ticket)
	return integrity.Checksum(t)
}

// sumOfAnswerWithout is that of a row of integrity.SummedAnswers up to its id, which is known last. What is summed up here
// takes time, and the writer has none.
func sumOfAnswerWithout(a *ledger.Answer, packed []byte) int64 {
	t := make(text, 0, 512).number(a.Lookup).number(int64(a.Attempt)).words(a.Call).words(a.Vendor).number(int64(a.Status)).number(micros(a.ReceivedAt)).words(a.Failure).words(a.Head)
	return integrity.ChecksumOn(integrity.Checksum(t), packed)
}

// answerChecksum is that of a row of integrity.SummedAnswers, from that without its id.
func answerChecksum(without, id int64) int64 {
	return integrity.ChecksumOn(without, append(text{'|'}, text(nil).number(id)...))
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

// sumOfHalt is the checksum of a row of integrity.SummedHalts.
func sumOfHalt(h *ledger.Halt) int64 {
	t := make(text, 0, 256).words(h.Vendor).words(string(h.Dataset)).words(string(h.Stops)).words(string(h.Class)).words(h.Code).number(micros(h.At)).words(h.Message)
	return integrity.Checksum(t)
}

// sumOfPause is the checksum of a row of integrity.SummedPauses.
func sumOfPause(p *ledger.Pause) int64 {
	t := make(text, 0, 256).words(p.Vendor).words(string(p.Dataset)).number(micros(p.Since)).number(micros(p.NextAt)).number(int64(p.Nth)).words(string(p.Class)).words(p.Code).words(p.Message)
	return integrity.Checksum(t)
}

// callsChecksum is that of a row of integrity.SummedCalls.
func callsChecksum(vendor string, day record.Date, n int) int64 {
	return integrity.Checksum(make(text, 0, 64).words(vendor).number(int64(day)).number(int64(n)))
}

// sumOfLoss is the checksum of a row of integrity.SummedLosses.
func sumOfLoss(l *ledger.Loss) int64 {
	return integrity.Checksum(make(text, 0, 256).number(micros(l.At)).words(l.What))
}
