package postgres

import (
	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

const (
	number = "bigint"
	words  = "text"
	truth  = "boolean"
	bytea  = "bytea"
)

var lookupTable = table{"lookups", join(columns(number, "id", "run", "row"), columns(words, "dataset"), columns(bytea, "key"), columns(words, "vendor"), columns(number, "group_id"),
	columns(truth, "fan_out"), columns(number, "replaced_by"), columns(truth, "forced"), columns(words, "state"), columns(number, "next_at", "attempts", "tries", "polls"), columns(words, "ticket"),
	columns(number, "answer", "source", "depends_on"), columns(words, "derived", "stage", "class", "code", "message"), columns(number, "first_at", "ticket_at", "last_at", "answered_at", "sum"))}

// lookupValues are what lookupTable has of a lookup, with its checksum.
func lookupValues(k *ledger.Lookup) []any {
	return []any{k.ID, k.Run, k.Row, string(k.Dataset), someBytes(k.Key), kept(k.Vendor), k.GroupID, k.FanOut, k.ReplacedBy, k.Forced, string(k.State), stored.Micros(k.NextAt), int64(k.Attempts), int64(k.Tries), int64(k.Polls),
		kept(k.Ticket), k.Answer, k.Source, k.DependsOn, kept(k.Derived), kept(string(k.Stage)), kept(string(k.Class)), kept(k.Code), kept(k.Message),
		stored.Micros(k.FirstAt), stored.Micros(k.TicketAt), stored.Micros(k.LastAt), stored.Micros(k.AnsweredAt), stored.SumOfLookup(k)}
}

// someBytes are bytes as a column holds them that is never NULL.
func someBytes(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// lookupRow is a row of lookupTable.
type lookupRow struct {
	k                                             ledger.Lookup
	dataset, state, stage, class                  string
	nextAt, firstAt, ticketAt, lastAt, answeredAt int64
	attempts, tries, polls                        int64
	sum                                           int64
}

func (r *lookupRow) dest() []any {
	k := &r.k
	return []any{&k.ID, &k.Run, &k.Row, &r.dataset, &k.Key, &k.Vendor, &k.GroupID, &k.FanOut, &k.ReplacedBy, &k.Forced, &r.state, &r.nextAt, &r.attempts, &r.tries, &r.polls,
		&k.Ticket, &k.Answer, &k.Source, &k.DependsOn, &k.Derived, &r.stage, &r.class, &k.Code, &k.Message, &r.firstAt, &r.ticketAt, &r.lastAt, &r.answeredAt, &r.sum}
}

// lookup is the row, unless it is not what was written down.
func (r *lookupRow) lookup() (ledger.Lookup, error) {
	k := &r.k
	if err := restore(&k.Vendor, &k.Ticket, &k.Derived, &r.stage, &r.class, &k.Code, &k.Message); err != nil {
		return *k, err
	}
	k.Dataset, k.State, k.Stage, k.Class = record.Dataset(r.dataset), ledger.State(r.state), record.Stage(r.stage), record.Class(r.class)
	k.Attempts, k.Tries, k.Polls = int(r.attempts), int(r.tries), int(r.polls)
	k.NextAt, k.FirstAt, k.TicketAt = stored.Moment(r.nextAt), stored.Moment(r.firstAt), stored.Moment(r.ticketAt)
	k.LastAt, k.AnsweredAt = stored.Moment(r.lastAt), stored.Moment(r.answeredAt)
	if r.sum != stored.SumOfLookup(k) {
		return *k, stored.Damage("read lookup %d: it is not what was written down", k.ID)
	}
	return *k, nil
}

func scanLookup(rows pgx.Rows) (ledger.Lookup, error) {
	var r lookupRow
	if err := rows.Scan(r.dest()...); err != nil {
		return ledger.Lookup{}, err
	}
	return r.lookup()
}

var attemptTable = table{"attempts", join(columns(number, "lookup", "n"), columns(words, "vendor", "dataset"), columns(number, "fen"), columns(words, "billed"),
	columns(number, "intent_at", "ended_at"), columns(words, "outcome", "code", "ticket"), columns(number, "sum"))}

func attemptValues(a *ledger.Attempt) []any {
	return []any{a.Lookup, int64(a.N), kept(a.Vendor), string(a.Dataset), int64(a.Fen), string(a.Billed), stored.Micros(a.IntentAt), stored.Micros(a.EndedAt),
		kept(a.Outcome), kept(a.Code), kept(a.Ticket), stored.SumOfAttempt(a)}
}

// attemptRow is a row of attemptTable, or nothing at all.
type attemptRow struct {
	lookup, n, fen, intentAt, endedAt, sum         *int64
	vendor, dataset, billed, outcome, code, ticket *string
}

func (r *attemptRow) dest() []any {
	return []any{&r.lookup, &r.n, &r.vendor, &r.dataset, &r.fen, &r.billed, &r.intentAt, &r.endedAt, &r.outcome, &r.code, &r.ticket, &r.sum}
}

// attempt is the row, unless it is not what was written down; the empty one is none.
func (r *attemptRow) attempt() (ledger.Attempt, error) {
	if r.n == nil {
		return ledger.Attempt{}, nil
	}
	if err := restore(r.vendor, r.outcome, r.code, r.ticket); err != nil {
		return ledger.Attempt{}, err
	}
	a := ledger.Attempt{Lookup: *r.lookup, N: int(*r.n), Vendor: *r.vendor, Dataset: record.Dataset(*r.dataset), Fen: record.Fen(*r.fen), Billed: ledger.Billed(*r.billed),
		IntentAt: stored.Moment(*r.intentAt), EndedAt: stored.Moment(*r.endedAt), Outcome: *r.outcome, Code: *r.code, Ticket: *r.ticket}
	if *r.sum != stored.SumOfAttempt(&a) {
		return a, stored.Damage("read order %d of lookup %d: it is not what was written down", a.N, a.Lookup)
	}
	return a, nil
}

func scanAttempt(rows pgx.Rows) (ledger.Attempt, error) {
	var r attemptRow
	if err := rows.Scan(r.dest()...); err != nil {
		return ledger.Attempt{}, err
	}
	return r.attempt()
}

var vehicleTable = table{"vehicles", join(columns(number, "run", "row"), columns(words, "vehicle_id", "vin", "plate", "plate_type", "engine_no", "details"),
	columns(number, "duplicate_of", "maintenance", "valuation", "violations", "sum"))}

func vehicleValues(r *stored.Vehicle) []any {
	return []any{r.Run, r.Row, kept(r.VehicleID), kept(r.VIN), kept(r.Plate), kept(r.PlateType), kept(r.EngineNo), kept(r.Details), r.DuplicateOf, r.Maintenance, r.Valuation, r.Violations, r.Sum}
}

func vehicleDest(r *stored.Vehicle) []any {
	return []any{&r.Run, &r.Row, &r.VehicleID, &r.VIN, &r.Plate, &r.PlateType, &r.EngineNo, &r.Details, &r.DuplicateOf, &r.Maintenance, &r.Valuation, &r.Violations, &r.Sum}
}

// restoreVehicle gives a row its texts back.
func restoreVehicle(r *stored.Vehicle) error {
	return restore(&r.VehicleID, &r.VIN, &r.Plate, &r.PlateType, &r.EngineNo, &r.Details)
}

// scanVehicle reads a row of vehicleTable, and what stands after it.
func scanVehicle(rows pgx.Rows, more ...any) (stored.Vehicle, error) {
	var r stored.Vehicle
	if err := rows.Scan(append(vehicleDest(&r), more...)...); err != nil {
		return r, err
	}
	return r, restoreVehicle(&r)
}

// answerTable is in the order in which an answer is written.
var answerTable = table{"answers", join(columns(number, "id", "lookup", "attempt"), columns(words, "call", "vendor"), columns(number, "status"), columns(words, "failure"),
	columns(number, "received_at"), columns(words, "head"), columns(number, "sum"), columns(bytea, "body"))}

func answerValues(a *ledger.Answer, sum int64, packed []byte) []any {
	return []any{a.ID, a.Lookup, int64(a.Attempt), kept(a.Call), kept(a.Vendor), int64(a.Status), kept(a.Failure), stored.Micros(a.ReceivedAt), kept(a.Head), sum, someBytes(packed)}
}

// answerRow is a row of answerTable, or nothing at all.
type answerRow struct {
	id, lookup, attempt, status, receivedAt, sum *int64
	call, vendor, failure, head                  *string
	packed                                       []byte
}

func (r *answerRow) dest() []any {
	return []any{&r.id, &r.lookup, &r.attempt, &r.call, &r.vendor, &r.status, &r.failure, &r.receivedAt, &r.head, &r.sum, &r.packed}
}

// packed is the answer as it is stored, with what unpacking holds it against; ID 0 is none.
func (r *answerRow) packedAnswer() (ledger.PackedAnswer, error) {
	a, err := r.answer()
	if err != nil || a.ID == 0 {
		return ledger.PackedAnswer{}, err
	}
	return ledger.PackedAnswer{ID: a.ID, Vendor: a.Vendor, ReceivedAt: *r.receivedAt, Body: r.packed, Text: stored.AnswerText(&a), Sum: *r.sum}, nil
}

// answer is the row without its body.
func (r *answerRow) answer() (ledger.Answer, error) {
	if r.id == nil {
		return ledger.Answer{}, nil
	}
	if err := restore(r.call, r.vendor, r.failure, r.head); err != nil {
		return ledger.Answer{}, err
	}
	return ledger.Answer{ID: *r.id, Lookup: *r.lookup, Attempt: int(*r.attempt), Call: *r.call, Vendor: *r.vendor, Status: int(*r.status), Failure: *r.failure,
		ReceivedAt: stored.Moment(*r.receivedAt), Head: *r.head}, nil
}

// unpacked is the answer with its body, unless it is not what was written down.
func (l *Ledger) unpacked(r *answerRow) (ledger.Answer, error) {
	a, err := r.answer()
	if err != nil {
		return a, err
	}
	if *r.sum != stored.SumOfAnswer(stored.SumWithoutID(stored.AnswerText(&a), r.packed), a.ID) {
		return a, changedAnswer(a.ID)
	}
	a.Body, err = l.packer.Unpack(r.packed)
	return a, err
}

func changedAnswer(id int64) error {
	return stored.Damage("read answer %d: it is not what was written down", id)
}
