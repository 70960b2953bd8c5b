package postgres

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

// An answer or a failure that was taken over names the lookup that it is from, and so on to the one that was sent.
const withOrigin = `WITH RECURSIVE back(id) AS (SELECT $1::bigint UNION SELECT k.source FROM back JOIN lookups k ON k.id=back.id WHERE k.attempts=0 AND k.source>0) `

var selectOrigins = withOrigin + "SELECT " + attemptTable.names("a.") + " FROM back JOIN attempts a ON a.lookup=back.id"

// until is when what a lookup has from its origin ends: what came of that after it was taken over is not part of it. A
// lookup that was sent itself is its own origin.
func until(k *ledger.Lookup) int64 {
	if k.Attempts > 0 {
		return math.MaxInt64
	}
	return stored.Micros(k.LastAt)
}

func mayHavePaid(k *ledger.Lookup, attempts []ledger.Attempt) bool {
	return slices.ContainsFunc(attempts, func(a ledger.Attempt) bool {
		return stored.Micros(a.IntentAt) <= until(k) && maybePaid(&a, k.Vendor)
	})
}

// maybePaid tells whether a submission went to a vendor and was charged, or may have been.
func maybePaid(a *ledger.Attempt, vendor string) bool {
	return a.Vendor == vendor && a.Outcome != ledger.OutcomeWithdrawn && (a.Billed == ledger.BilledYes || a.Billed == ledger.BilledUnknown)
}

func (l *Ledger) attempts(ctx context.Context, text string, args ...any) ([]ledger.Attempt, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanAttempt, text, args...)
}

// MayHavePaid tells whether any submission of a lookup to its vendor, or of what it has taken over from an earlier run,
// was charged or may have been.
func (l *Ledger) MayHavePaid(ctx context.Context, k *ledger.Lookup) (bool, error) {
	attempts, err := l.attempts(ctx, selectOrigins, k.ID)
	return mayHavePaid(k, attempts), err
}

// Origin is the last submission behind what a lookup has taken over from an earlier run; its N is 0 when nothing is
// known of one.
func (l *Ledger) Origin(ctx context.Context, k *ledger.Lookup) (last ledger.Attempt, err error) {
	attempts, err := l.attempts(ctx, selectOrigins+" ORDER BY a.n", k.Source)
	for _, a := range attempts {
		if stored.Micros(a.IntentAt) <= until(k) {
			last = a
		}
	}
	return last, err
}

// selectAttemptsOf are the submissions for a lookup, the first one first, with those to the vendors before it.
var selectAttemptsOf = "SELECT " + attemptTable.names("a.") + ` FROM attempts a WHERE a.lookup=$1
	OR $2 AND a.lookup IN (SELECT o.id FROM lookups o WHERE o.group_id=$3 AND o.group_id>0) ORDER BY a.lookup, a.n`

// HasPaid tells whether any submission for the request of a lookup to a vendor was charged or may have been.
func (l *Ledger) HasPaid(ctx context.Context, k *ledger.Lookup, vendor string) (bool, error) {
	attempts, err := l.attempts(ctx, selectAttemptsOf, k.ID, k.Continues(), k.GroupID)
	return slices.ContainsFunc(attempts, func(a ledger.Attempt) bool { return maybePaid(&a, vendor) }), err
}

// Orders lists the submissions of a lookup to the vendor where it stands, the first one first.
func (l *Ledger) Orders(ctx context.Context, k *ledger.Lookup) ([]ledger.Attempt, error) {
	return l.attempts(ctx, "SELECT "+attemptTable.names("a.")+" FROM attempts a WHERE a.lookup=$1 AND a.vendor=$2 ORDER BY a.n", k.ID, kept(k.Vendor))
}

// Sender is the lookup that sent the order behind another: itself, or the one of another run that it stands for, and so
// on. The way there is one question.
func (l *Ledger) Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error) {
	if k.Attempts > 0 || k.Source == 0 {
		return k, nil
	}
	way, err := l.lookups(ctx, "JOIN ("+withOrigin+"SELECT id FROM back) b ON b.id=k.id", k.Source)
	if err != nil {
		return k, err
	}
	at := make(map[int64]ledger.Lookup, len(way))
	for _, of := range way {
		at[of.ID] = of
	}
	for range len(way) + 1 { // a damaged ledger may go round in a circle
		if k.Attempts > 0 || k.Source == 0 {
			break
		}
		of, ok := at[k.Source]
		if !ok {
			return k, errNone
		}
		k = of
	}
	return k, nil
}

var selectCharges = "SELECT r.id, " + lookupTable.names("k.") + ", " + vehicleTable.names("v.") + ", " + attemptTable.names("a.") + `
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run JOIN vehicles v ON v.run = k.run AND v.row = k.row
	WHERE a.vendor = $1 AND a.outcome <> 'withdrawn' AND a.intent_at >= $2 AND a.intent_at < $3 AND r.state <> 'planning'
	ORDER BY a.intent_at, a.lookup, a.n`

// Charges lists the submissions to a vendor, of any run, whose intent lies from since on and before until, in the order
// of their intents.
func (l *Ledger) Charges(ctx context.Context, vendor string, since, until time.Time) ([]ledger.Charge, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanCharge, selectCharges, kept(vendor), stored.Micros(since), stored.Micros(until))
}

// scanCharge puts a submission together, unless one of its rows is not what was written down.
func scanCharge(rows pgx.Rows) (c ledger.Charge, err error) {
	var runID string
	var kr lookupRow
	var v stored.Vehicle
	var ar attemptRow
	if err := rows.Scan(append(append(append([]any{&runID}, kr.dest()...), vehicleDest(&v)...), ar.dest()...)...); err != nil {
		return c, err
	}
	if err := restore(&runID); err != nil {
		return c, err
	}
	k, err := kr.lookup()
	if err != nil {
		return c, err
	}
	a, err := ar.attempt()
	if err != nil {
		return c, err
	}
	if err := restoreVehicle(&v); err != nil {
		return c, err
	}
	if err := v.Check(); err != nil {
		return c, err
	}
	c = ledger.Charge{Lookup: k.ID, N: a.N, Last: a.N == k.Attempts, Run: k.Run, RunID: runID, Row: k.Row, VIN: v.VIN, Plate: v.Plate, Dataset: a.Dataset, Fen: a.Fen, Billed: a.Billed,
		IntentAt: a.IntentAt, EndedAt: a.EndedAt, Ticket: a.Ticket, State: k.State, Passed: k.ReplacedBy > 0}
	if c.Last && k.Source == 0 && k.AnsweredAt.After(c.EndedAt) {
		c.EndedAt = k.AnsweredAt
	}
	if c.Last && c.Ticket == "" && k.Vendor == a.Vendor {
		c.Ticket = k.Ticket
	}
	return c, nil
}

// HeldDoubts lists the lookups that were never sent and are in doubt because another lookup, their Source, is.
func (l *Ledger) HeldDoubts(ctx context.Context) ([]ledger.Lookup, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanLookup, selectLookups+"WHERE k.state='in_doubt' AND k.attempts=0 AND k.source>0 ORDER BY k.id")
}

const selectOwners = `SELECT t.ticket, t.vendor, t.id, t.row FROM (
	SELECT CASE WHEN a.ticket = '' AND a.n = k.attempts AND k.vendor = a.vendor THEN k.ticket ELSE a.ticket END AS ticket, a.vendor, r.id, k.row, a.intent_at, a.lookup, a.n
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run) t
	WHERE t.ticket <> '' AND t.ticket = ANY($1::text[]) ORDER BY t.intent_at, t.lookup, t.n`

// TicketOwners lists the orders, of any run, vendor and time, that have one of some tickets, the oldest first. It reads
// every submission once.
func (l *Ledger) TicketOwners(ctx context.Context, tickets []string) ([]ledger.TicketOwner, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (o ledger.TicketOwner, err error) {
		if err := rows.Scan(&o.Ticket, &o.Vendor, &o.RunID, &o.Row); err != nil {
			return o, err
		}
		return o, restore(&o.Ticket, &o.Vendor, &o.RunID)
	}, selectOwners, textsOf(tickets))
}

const selectNamed = `SELECT DISTINCT ON (n.vendor) n.vendor, COUNT(*) OVER w, COUNT(*) FILTER (WHERE n.open) OVER w, r.id, k.row
	FROM (SELECT vendor, lookup, bool_or(open) AS open FROM (
		SELECT vendor, id AS lookup, state IN ('waiting', 'submitting') AS open FROM lookups WHERE vendor <> '' UNION ALL SELECT vendor, lookup, false FROM attempts) named GROUP BY vendor, lookup) n
	JOIN lookups k ON k.id=n.lookup JOIN runs r ON r.seq=k.run WINDOW w AS (PARTITION BY n.vendor) ORDER BY n.vendor, NOT n.open, n.lookup`

// VendorsNamed lists the vendors that lookups or orders name, by name.
func (l *Ledger) VendorsNamed(ctx context.Context) ([]ledger.NamedVendor, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (v ledger.NamedVendor, err error) {
		if err := rows.Scan(&v.Name, &v.Lookups, &v.Open, &v.Run, &v.Row); err != nil {
			return v, err
		}
		return v, restore(&v.Name, &v.Run)
	}, selectNamed)
}

// Remarked counts a run's planned lookups about vehicles on which the plan has a remark that begins so.
func (l *Ledger) Remarked(ctx context.Context, r ledger.Run, remark string) (out ledger.Remarked, err error) {
	const planned = ` FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row WHERE k.run=$1 AND k.state='planned' AND strpos(v.details, $2) > 0`
	ctx, cancel := l.long(ctx)
	defer cancel()
	err = l.snapshot(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT COUNT(DISTINCT v.row), COUNT(DISTINCT v.vin)"+planned, r.Seq, remark).Scan(&out.Rows, &out.VINs); err != nil {
			return err
		}
		out.Lookups, err = collect(ctx, tx, func(rows pgx.Rows) (ledger.Count, error) {
			c := ledger.Count{State: ledger.Planned}
			if err := rows.Scan((*string)(&c.Dataset), &c.Vendor, &c.N); err != nil {
				return c, err
			}
			return c, restore(&c.Vendor)
		}, "SELECT k.dataset, k.vendor, COUNT(*)"+planned+" GROUP BY 1, 2 ORDER BY 1, 2", r.Seq, remark)
		return err
	})
	return out, err
}
