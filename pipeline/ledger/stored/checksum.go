package stored

import (
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum is the checksum of a row's text.
func Checksum(text []byte) int64 { return ChecksumOn(0, text) }

// ChecksumOn goes on from a checksum: the checksum of two texts is that of the second, going on from that of the first.
func ChecksumOn(sum int64, text []byte) int64 {
	return int64(crc32.Update(uint32(sum), castagnoli, text))
}

// text writes the columns of a row one after the other.
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

// SumOfLookup is the checksum of a row of lookups.
func SumOfLookup(k *ledger.Lookup) int64 {
	t := make(text, 0, 512).number(k.ID).number(k.Run).number(k.Row).words(string(k.Dataset)).digest(k.Key).words(k.Vendor).
		number(k.GroupID).truth(k.FanOut).number(k.ReplacedBy).truth(k.Forced).words(string(k.State)).number(int64(k.Attempts)).number(k.Answer).number(k.Source).
		number(k.DependsOn).words(string(k.Stage)).words(string(k.Class)).number(Micros(k.AnsweredAt)).number(Micros(k.NextAt)).number(int64(k.Tries)).number(int64(k.Polls)).
		number(Micros(k.FirstAt)).number(Micros(k.TicketAt)).number(Micros(k.LastAt)).words(k.Ticket).words(k.Code).words(k.Derived).words(k.Message)
	return Checksum(t)
}

// SumOfAttempt is the checksum of a row of attempts.
func SumOfAttempt(a *ledger.Attempt) int64 {
	t := make(text, 0, 256).number(a.Lookup).number(int64(a.N)).words(a.Vendor).words(string(a.Dataset)).number(int64(a.Fen)).words(string(a.Billed)).
		number(Micros(a.IntentAt)).number(Micros(a.EndedAt)).words(a.Outcome).words(a.Code).words(a.Ticket)
	return Checksum(t)
}

// AnswerText is the part of an answer's checksummed text that comes before its body.
func AnswerText(a *ledger.Answer) []byte {
	return make(text, 0, 512).number(a.Lookup).number(int64(a.Attempt)).words(a.Call).words(a.Vendor).number(int64(a.Status)).number(Micros(a.ReceivedAt)).words(a.Failure).words(a.Head)
}

// SumWithoutID is the checksum of an answer up to its id, which is the last part because it is known last. Callers
// compute this part before they hand the answer to the writer, because it takes time and the writer must not be held
// up.
func SumWithoutID(answerText, packed []byte) int64 { return ChecksumOn(Checksum(answerText), packed) }

// SumOfAnswer is the checksum of a row of answers; without is the checksum without the id.
func SumOfAnswer(without, id int64) int64 {
	return ChecksumOn(without, append(text{'|'}, text(nil).number(id)...))
}

// SumOfRun is the checksum of a row of runs.
func SumOfRun(r *ledger.Run) int64 {
	t := make(text, 0, 512).number(r.Seq).words(r.ID).words(string(r.State)).number(Micros(r.StartedAt)).number(Micros(r.FinishedAt)).number(Micros(r.PurgedAt)).
		words(r.InputPath).words(r.InputSHA256).number(r.InputRows).truth(r.StrictVIN).words(ledger.JoinDatasets(r.Datasets)).words(r.Formats).words(r.Lang).words(r.ReportLang).
		number(int64(r.ReportTop)).truth(r.Partitioned).truth(r.BOM).words(r.Corrects).words(ledger.JoinDatasets(r.Corrected)).number(r.FirstLookup).number(r.LastLookup)
	if r.MaxSpend.OK {
		return Checksum(t.number(int64(r.MaxSpend.V)))
	}
	return Checksum(t.words(""))
}

// SumOfNewWorkspace is the checksum of a workspace that has no halts, pauses, calls or losses yet.
func SumOfNewWorkspace(simulated bool, created time.Time) int64 {
	return Checksum(make(text, 0, 64).number(1).truth(simulated).number(Micros(created)).number(0).number(0).number(0).number(0))
}

// SumOfHalt is the checksum of a row of halts.
func SumOfHalt(h *ledger.Halt) int64 {
	t := make(text, 0, 256).words(h.Vendor).words(string(h.Dataset)).words(string(h.Stops)).words(string(h.Class)).words(h.Code).number(Micros(h.At)).words(h.Message)
	return Checksum(t)
}

// SumOfPause is the checksum of a row of pauses.
func SumOfPause(p *ledger.Pause) int64 {
	t := make(text, 0, 256).words(p.Vendor).words(string(p.Dataset)).number(Micros(p.Since)).number(Micros(p.NextAt)).number(int64(p.Nth)).words(string(p.Class)).words(p.Code).words(p.Message)
	return Checksum(t)
}

// SumOfCalls is the checksum of a row of calls.
func SumOfCalls(vendor string, day record.Date, n int) int64 {
	return Checksum(make(text, 0, 64).words(vendor).number(int64(day)).number(int64(n)))
}

// SumOfLoss is the checksum of a row of losses.
func SumOfLoss(l *ledger.Loss) int64 {
	return Checksum(make(text, 0, 256).number(Micros(l.At)).words(l.What))
}
