package sqlite

import (
	"context"
	"encoding/json"

	"vehiclebatch/pipeline/ledger"
)

// selectOwners reads the tickets of all submissions, as selectCharges does.
const selectOwners = `SELECT t.ticket, t.vendor, t.id, t.row FROM (
	SELECT IIF(a.ticket = '' AND a.n = k.attempts AND k.vendor = a.vendor, k.ticket, a.ticket) AS ticket, a.vendor AS vendor, r.id AS id, k.row AS row, a.intent_at AS at
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run) t
	WHERE t.ticket <> '' AND t.ticket IN (SELECT value FROM json_each(?)) ORDER BY t.at`

// TicketOwners lists the orders, of any run, vendor and time, that have one of some tickets, the
// oldest first. It reads every submission once.
func (l *Ledger) TicketOwners(ctx context.Context, tickets []string) ([]ledger.TicketOwner, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	wanted, err := json.Marshal(tickets)
	if err != nil {
		return nil, err
	}
	rows, err := l.reader.QueryContext(ctx, selectOwners, string(wanted))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.TicketOwner
	for rows.Next() {
		var o ledger.TicketOwner
		if err := rows.Scan(&o.Ticket, &o.Vendor, &o.RunID, &o.Row); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}
