package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
)

// These read only rows of planned runs; an input that is still being read is no run yet. Each of
// them reads a whole table: they are for a user who asks, not for a run.
const (
	isRun         = ` run IN (SELECT seq FROM runs WHERE state <> 'planning') `
	isVIN         = `(vin <> '' AND (vin=?1 OR vin LIKE ?5 ESCAPE '\'))`
	selectMatches = `SELECT run, row, vehicle_id, vin, plate, ` + isVIN + ` FROM vehicles WHERE ` + isRun + ` AND (` + isVIN +
		` OR plate <> '' AND (plate=?2 OR plate LIKE ?6 ESCAPE '\') OR engine_no <> '' AND engine_no=?3 OR vehicle_id <> '' AND vehicle_id=?4) ORDER BY run DESC, row LIMIT ?7`
	selectTicketIDs = `SELECT v.vehicle_id FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row WHERE k.ticket=?1
		UNION SELECT v.vehicle_id FROM attempts a JOIN lookups k ON k.id=a.lookup JOIN vehicles v ON v.run=k.run AND v.row=k.row WHERE a.ticket=?1 LIMIT ?2`
	selectPlaces = `SELECT run, row, vehicle_id, vin, plate, 1 FROM vehicles WHERE ` + isRun + ` AND vehicle_id IN (SELECT value FROM json_each(?)) ORDER BY run DESC, row`
)

// mostMatches bounds how many rows are looked at when a part fits too many vehicles.
const mostMatches = 20_000

// FindVehicles lists the vehicles that are sought, those of the newest runs first, but
// no more than most.
func (l *Ledger) FindVehicles(ctx context.Context, s ledger.Sought, most int) ([]ledger.KnownVehicle, error) {
	found, named, err := l.places(ctx, selectMatches, s.VIN, s.Plate, s.EngineNo, s.VehicleID, likeness(s.VINParts), likeness(s.PlateParts), mostMatches)
	if err != nil {
		return nil, fmt.Errorf("look for the vehicle: %w", err)
	}
	found = found[:min(len(found), most)]
	var ids []string // ids of vehicles that may have other rows
	for _, k := range found {
		ids = append(ids, k.VehicleID)
	}
	if s.Ticket != "" {
		tickets, err := l.texts(ctx, selectTicketIDs, s.Ticket, most)
		if err != nil {
			return nil, fmt.Errorf("look for the ticket: %w", err)
		}
		ids, named = append(ids, tickets...), named && len(tickets) == 0
	}
	if named || len(ids) == 0 { // vehicles that were found by their VIN have no other rows
		return found, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	if found, _, err = l.places(ctx, selectPlaces, string(list)); err != nil {
		return nil, fmt.Errorf("look for the vehicle's rows: %w", err)
	}
	return found, nil
}

// likeness is the LIKE pattern for parts; "" fits no identifier.
func likeness(parts []string) string {
	plain := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = plain.Replace(p)
	}
	if len(parts) == 1 {
		return "%" + quoted[0] + "%"
	}
	return strings.Join(quoted, "%")
}

func (l *Ledger) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := l.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// places gathers rows by vehicle. named tells that all of the vehicles were found by their VIN.
func (l *Ledger) places(ctx context.Context, query string, args ...any) (out []ledger.KnownVehicle, named bool, err error) {
	rows, err := l.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	at := map[string]int{}
	named = true
	for rows.Next() {
		var p ledger.Place
		var id, vin, plate string
		var byVIN bool
		if err := rows.Scan(&p.Run, &p.Row, &id, &vin, &plate, &byVIN); err != nil {
			return nil, false, err
		}
		i, seen := at[id]
		if !seen {
			i, at[id] = len(out), len(out)
			out = append(out, ledger.KnownVehicle{VehicleID: id})
		}
		out[i].Add(p, vin, plate)
		named = named && byVIN
	}
	return out, named, rows.Err()
}

const (
	selectKeptAnswers = "SELECT " + answerColumns + ` FROM answers s WHERE lookup=?1 OR id=?2
		OR ?3 AND lookup IN (SELECT id FROM lookups INDEXED BY lookups_of_group WHERE group_id=?4 AND group_id>0) ORDER BY id`
	selectSourceRun = "SELECT r.id FROM lookups k JOIN runs r ON r.seq=k.run WHERE k.id=? AND r.seq<>?"
)

// Trace reads the course of a lookup, as far as it is kept.
func (l *Ledger) Trace(ctx context.Context, k *ledger.Lookup) (ledger.Trace, error) {
	var t ledger.Trace
	var err error
	if t.Attempts, err = attemptsOf(ctx, l.reader, k); err != nil {
		return t, fmt.Errorf("read the submissions of lookup %d: %w", k.ID, err)
	}
	if t.Answers, err = l.keptAnswers(ctx, k); err != nil {
		return t, fmt.Errorf("read the answers of lookup %d: %w", k.ID, err)
	}
	err = l.reader.QueryRowContext(ctx, selectSourceRun, k.Source, k.Run).Scan(&t.From)
	if noRows(err) {
		err = nil
	}
	return t, err
}

func (l *Ledger) keptAnswers(ctx context.Context, k *ledger.Lookup) ([]ledger.Answer, error) {
	rows, err := l.reader.QueryContext(ctx, selectKeptAnswers, k.ID, k.Answer, k.Continues(), k.GroupID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Answer
	for rows.Next() {
		var r answerRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, err
		}
		a, err := r.answer(l.packer)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// selectRowsAt is selectRows for some rows of a run.
const selectRowsAt = "SELECT " + vehicleColumns + `, o.maintenance, o.valuation, o.violations
	FROM vehicles v JOIN vehicles o ON o.run=v.run AND o.row=IIF(v.duplicate_of = 0, v.Row, v.duplicate_of)
	WHERE v.run=? AND v.row IN (SELECT value FROM json_each(?)) ORDER BY v.row`

// RowsAt is RowsSince for some rows of a run, given by their numbers.
func (l *Ledger) RowsAt(ctx context.Context, r ledger.Run, s ledger.Span, numbers []int64, do func(*ledger.Row) error) error {
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	return l.rowsOf(ctx, r, s, rowsQuery{text: selectRowsAt, args: []any{r.Seq, string(list)}}, do)
}
