package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

// The rows of planned runs alone; what is still being read is no run yet. Every one of these reads a whole table: they
// are for a user who asks, and not for a run.
const (
	isRun         = ` v.run IN (SELECT seq FROM runs WHERE state <> 'planning') `
	isVIN         = `(v.vin <> '' AND (v.vin=$1 OR v.vin ILIKE $5))`
	selectMatches = `SELECT v.run, v.row, v.vehicle_id, v.vin, v.plate, ` + isVIN + ` FROM vehicles v WHERE ` + isRun + ` AND (` + isVIN +
		` OR v.plate <> '' AND (v.plate=$2 OR v.plate ILIKE $6) OR v.engine_no <> '' AND v.engine_no=$3 OR v.vehicle_id <> '' AND v.vehicle_id=$4) ORDER BY v.run DESC, v.row LIMIT $7`
	selectTicketIDs = `SELECT v.vehicle_id FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row WHERE k.ticket=$1
		UNION SELECT v.vehicle_id FROM attempts a JOIN lookups k ON k.id=a.lookup JOIN vehicles v ON v.run=k.run AND v.row=k.row WHERE a.ticket=$1 LIMIT $2`
	selectPlaces = `SELECT v.run, v.row, v.vehicle_id, v.vin, v.plate, true FROM vehicles v WHERE ` + isRun + ` AND v.vehicle_id = ANY($1::text[]) ORDER BY v.run DESC, v.row`
)

// mostMatches bounds how many rows are looked at where a part fits a whole fleet.
const mostMatches = 20_000

// FindVehicles lists the vehicles that are sought, those of the newest runs first, but no more than most.
func (l *Ledger) FindVehicles(ctx context.Context, s ledger.Sought, most int) ([]ledger.KnownVehicle, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	found, named, err := l.places(ctx, selectMatches, kept(s.VIN), kept(s.Plate), kept(s.EngineNo), kept(s.VehicleID), likeness(s.VINParts), likeness(s.PlateParts), int64(mostMatches))
	if err != nil {
		return nil, fmt.Errorf("look for the vehicle: %w", err)
	}
	found = found[:min(len(found), most)]
	var ids []string // of those that have other rows, perhaps
	for _, k := range found {
		ids = append(ids, k.VehicleID)
	}
	if s.Ticket != "" {
		tickets, err := collect(ctx, l.pool, scanText, selectTicketIDs, kept(s.Ticket), int64(most))
		if err != nil {
			return nil, fmt.Errorf("look for the ticket: %w", err)
		}
		ids, named = append(ids, tickets...), named && len(tickets) == 0
	}
	if named || len(ids) == 0 { // whoever is known by the VIN has no other rows
		return found, nil
	}
	if found, _, err = l.places(ctx, selectPlaces, textsOf(ids)); err != nil {
		return nil, fmt.Errorf("look for the vehicle's rows: %w", err)
	}
	return found, nil
}

// likeness is the pattern of parts; "" fits no identifier.
func likeness(parts []string) string {
	plain := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = plain.Replace(kept(p))
	}
	if len(parts) == 1 {
		return "%" + quoted[0] + "%"
	}
	return strings.Join(quoted, "%")
}

// places gathers rows by their vehicle. named tells that all of them were known by the VIN.
func (l *Ledger) places(ctx context.Context, text string, args ...any) (out []ledger.KnownVehicle, named bool, err error) {
	at := map[string]int{}
	named = true
	_, err = collect(ctx, l.pool, func(rows pgx.Rows) (struct{}, error) {
		var p ledger.Place
		var id, vin, plate string
		var byVIN bool
		if err := rows.Scan(&p.Run, &p.Row, &id, &vin, &plate, &byVIN); err != nil {
			return struct{}{}, err
		}
		if err := restore(&id, &vin, &plate); err != nil {
			return struct{}{}, err
		}
		i, seen := at[id]
		if !seen {
			i, at[id] = len(out), len(out)
			out = append(out, ledger.KnownVehicle{VehicleID: id})
		}
		out[i].Add(p, vin, plate)
		named = named && byVIN
		return struct{}{}, nil
	}, text, args...)
	return out, named, err
}

// Trace reads what a lookup has been through, as far as it is kept.
func (l *Ledger) Trace(ctx context.Context, k *ledger.Lookup) (t ledger.Trace, err error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	err = l.snapshot(ctx, func(tx pgx.Tx) error {
		if t.Attempts, err = collect(ctx, tx, scanAttempt, selectAttemptsOf, k.ID, k.Continues(), k.GroupID); err != nil {
			return fmt.Errorf("read the submissions of lookup %d: %w", k.ID, err)
		}
		t.Answers, err = collect(ctx, tx, l.scanAnswer, "SELECT "+answerTable.names("s.")+` FROM answers s WHERE s.lookup=$1 OR s.id=$2
			OR $3 AND s.lookup IN (SELECT o.id FROM lookups o WHERE o.group_id=$4 AND o.group_id>0) ORDER BY s.id`, k.ID, k.Answer, k.Continues(), k.GroupID)
		if err != nil {
			return fmt.Errorf("read the answers of lookup %d: %w", k.ID, err)
		}
		t.From, _, err = first(collect(ctx, tx, scanText, "SELECT r.id FROM lookups o JOIN runs r ON r.seq=o.run WHERE o.id=$1 AND r.seq<>$2", k.Source, k.Run))
		return err
	})
	return t, err
}

// LastLoss tells of the last rescue that left vehicles of which nobody can say what was bought for them: one of a
// ledger that was copied here.
func (l *Ledger) LastLoss(ctx context.Context) (ledger.Loss, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	loss, _, err := first(collect(ctx, l.pool, func(rows pgx.Rows) (loss ledger.Loss, err error) {
		var at, sum int64
		if err := rows.Scan(&at, &loss.What, &sum); err != nil {
			return loss, err
		}
		if err := restore(&loss.What); err != nil {
			return loss, err
		}
		if loss.At = stored.Moment(at); sum != stored.SumOfLoss(&loss) {
			return loss, stored.Damage("read what a rescue could not name: it is not what was written down")
		}
		return loss, nil
	}, "SELECT at, what, sum FROM losses ORDER BY at DESC LIMIT 1"))
	return loss, err
}

// LostRows counts the rows of a run that a rescue could not save and has put blanks for.
func (l *Ledger) LostRows(ctx context.Context, r ledger.Run) (n int64, err error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	err = l.pool.one(ctx, []any{&n}, "SELECT COUNT(*) FROM vehicles v WHERE v.run=$1 AND v.vehicle_id LIKE 'lost-%'", r.Seq)
	return n, err
}
