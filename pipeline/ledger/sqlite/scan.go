package sqlite

import (
	"database/sql"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

const vehicleColumns = "v.run, v.Row, v.vehicle_id, v.vin, v.plate, v.plate_type, v.engine_no, v.details, v.duplicate_of, v.maintenance, v.valuation, v.violations, v.sum"

// vehicleRow is a row of the table vehicles.
type vehicleRow struct{ stored.Vehicle }

func (r *vehicleRow) dest() []any {
	return []any{&r.Run, &r.Row, &r.VehicleID, &r.VIN, &r.Plate, &r.PlateType, &r.EngineNo, &r.Details, &r.DuplicateOf, &r.Maintenance, &r.Valuation, &r.Violations, &r.Sum}
}

// VehicleColumns are what ScanNamed reads of a row v of vehicles.
const VehicleColumns = vehicleColumns

// Named is a row of vehicles with the lookups that it names.
type Named struct {
	Run, Row int64
	// Vehicle is what the row is about; only its identifiers are filled in if its other columns
	// cannot be read.
	Vehicle record.Vehicle
	Lookups map[record.Dataset]int64 // 0: none
	FanOut  map[string]int64         // lookups of fan-outs, by vendor
}

// ScanNamed reads a row of VehicleColumns.
func ScanNamed(rows *sql.Rows) (Named, error) {
	var r vehicleRow
	if err := rows.Scan(r.dest()...); err != nil {
		return Named{}, err
	}
	v, _, err := r.Read()
	if err != nil {
		v = record.Vehicle{Row: r.Row, VIN: r.VIN, Plate: r.Plate, PlateType: r.PlateType, EngineNo: r.EngineNo}
	}
	return Named{Run: r.Run, Row: r.Row, Vehicle: v, FanOut: r.FanOut(),
		Lookups: map[record.Dataset]int64{record.DatasetMaintenance: r.Maintenance, record.DatasetValuation: r.Valuation, record.DatasetViolations: r.Violations}}, nil
}

const lookupColumns = `k.id, k.run, k.row, k.dataset, k.key, k.vendor, k.state, k.next_at, k.attempts, k.tries, k.polls, k.ticket, k.answer, k.source,
	k.stage, k.class, k.code, k.message, k.first_at, k.ticket_at, k.last_at, k.answered_at, k.group_id, k.fan_out, k.replaced_by, k.forced, k.depends_on, k.derived, k.sum`

// lookupRow is a row of the table lookups whose moments are still numbers.
type lookupRow struct {
	k                                             ledger.Lookup
	nextAt, firstAt, ticketAt, lastAt, answeredAt int64
	sum                                           int64
}

func (r *lookupRow) dest() []any {
	k := &r.k
	return []any{&k.ID, &k.Run, &k.Row, &k.Dataset, &k.Key, &k.Vendor, &k.State, &r.nextAt, &k.Attempts, &k.Tries, &k.Polls, &k.Ticket, &k.Answer, &k.Source,
		&k.Stage, &k.Class, &k.Code, &k.Message, &r.firstAt, &r.ticketAt, &r.lastAt, &r.answeredAt, &k.GroupID, &k.FanOut, &k.ReplacedBy, &k.Forced, &k.DependsOn, &k.Derived, &r.sum}
}

// lookup is the lookup in the row; it fails if the row differs from what was written down.
func (r *lookupRow) lookup() (ledger.Lookup, error) {
	r.k.NextAt, r.k.FirstAt, r.k.TicketAt = stored.Moment(r.nextAt), stored.Moment(r.firstAt), stored.Moment(r.ticketAt)
	r.k.LastAt, r.k.AnsweredAt = stored.Moment(r.lastAt), stored.Moment(r.answeredAt)
	if r.sum != stored.SumOfLookup(&r.k) {
		return r.k, stored.Damage("read lookup %d: it is not what was written down", r.k.ID)
	}
	return r.k, nil
}

// found is the lookup in the row, if the query has found one.
func (r *lookupRow) found(err error) (ledger.Lookup, bool, error) {
	if noRows(err) {
		return ledger.Lookup{}, false, nil
	}
	if err != nil {
		return ledger.Lookup{}, false, err
	}
	k, err := r.lookup()
	return k, err == nil, err
}

const attemptColumns = "a.lookup, a.n, a.vendor, a.dataset, a.fen, a.billed, a.intent_at, a.ended_at, a.outcome, a.code, a.ticket, a.sum"

// attemptRow is a row of the table attempts, or nothing at all.
type attemptRow struct {
	lookup, n, fen, intentAt, endedAt, sum         *int64
	vendor, dataset, billed, outcome, code, ticket *string
}

func (r *attemptRow) dest() []any {
	return []any{&r.lookup, &r.n, &r.vendor, &r.dataset, &r.fen, &r.billed, &r.intentAt, &r.endedAt, &r.outcome, &r.code, &r.ticket, &r.sum}
}

// attempt is the attempt in the row, empty if there is none; it fails if the row differs from what
// was written down.
func (r *attemptRow) attempt() (ledger.Attempt, error) {
	if r.n == nil {
		return ledger.Attempt{}, nil
	}
	a := ledger.Attempt{Lookup: *r.lookup, N: int(*r.n), Vendor: *r.vendor, Dataset: record.Dataset(*r.dataset), Fen: record.Fen(*r.fen), Billed: ledger.Billed(*r.billed),
		IntentAt: stored.Moment(*r.intentAt), EndedAt: stored.Moment(*r.endedAt), Outcome: *r.outcome, Code: *r.code, Ticket: *r.ticket}
	if *r.sum != stored.SumOfAttempt(&a) {
		return a, stored.Damage("read order %d of lookup %d: it is not what was written down", a.N, a.Lookup)
	}
	if a.Fen < 0 || a.Fen > record.MostFen { // sums of such charges could overflow
		return a, stored.Damage("read order %d of lookup %d: it cannot have cost %s", a.N, a.Lookup, a.Fen.Yuan())
	}
	return a, nil
}

// scanAttempts reads rows of attemptColumns.
func scanAttempts(rows *sql.Rows) ([]ledger.Attempt, error) {
	defer rows.Close()
	var out []ledger.Attempt
	for rows.Next() {
		var r attemptRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, err
		}
		a, err := r.attempt()
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// answerColumns are what answerRow reads of a row s of answers.
const answerColumns = "s.id, s.lookup, s.attempt, s.call, s.vendor, s.status, s.failure, s.received_at, s.head, s.sum, s.body"

// answerRow is a row of the table answers.
type answerRow struct {
	a               ledger.Answer
	receivedAt, sum int64
	packed          []byte
}

func (r *answerRow) dest() []any {
	a := &r.a
	return []any{&a.ID, &a.Lookup, &a.Attempt, &a.Call, &a.Vendor, &a.Status, &a.Failure, &r.receivedAt, &a.Head, &r.sum, &r.packed}
}

// answer is the answer in the row with its body unpacked; it fails if the row differs from what was
// written down.
func (r *answerRow) answer(p *stored.Packer) (ledger.Answer, error) {
	r.a.ReceivedAt = stored.Moment(r.receivedAt)
	if r.sum != stored.SumOfAnswer(stored.SumWithoutID(stored.AnswerText(&r.a), r.packed), r.a.ID) {
		return r.a, changedAnswer(r.a.ID)
	}
	var err error
	r.a.Body, err = p.Unpack(r.packed)
	return r.a, err
}

func changedAnswer(id int64) error {
	return stored.Damage("read answer %d: it is not what was written down", id)
}
