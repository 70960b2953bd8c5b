package repair

import (
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// RunDoubt is what is in doubt in a run after a rescue.
type RunDoubt struct {
	ID       string
	Rows     int64      // of the run
	LostRows int64      // those of them whose vehicle nobody knows any more
	Lookups  int64      // in doubt
	Unknown  record.Fen // perhaps charged, as `batch spend` shows it
	Rebuy    int64      // those of the lookups whose vehicle is known
	AtStake  record.Fen // what buying these again would cost, as `batch retry` asks for it
}

// doubts adds up what is in doubt, run by run, for runs that have doubts or lost rows.
func (f *repairer) doubts() error {
	rows, err := f.db.QueryContext(f.ctx, `WITH d AS (SELECT k.run, NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=k.run AND v.row=k.row AND `+integrity.LostRow+`) AS known,
			COALESCE((SELECT fen FROM attempts a WHERE a.lookup=k.id ORDER BY n DESC LIMIT 1), (SELECT MAX(fen) FROM attempts a WHERE a.vendor=k.vendor AND a.dataset=k.dataset), 0) AS fen
			FROM lookups k WHERE state='in_doubt')
		SELECT r.id, input_rows, (SELECT COUNT(*) FROM vehicles v WHERE v.run=seq AND `+integrity.LostRow+`) AS lost, (SELECT COUNT(*) FROM d WHERE run=seq) AS n,
			(SELECT COALESCE(SUM(fen), 0) FROM attempts a WHERE billed='unknown' AND lookup IN (SELECT id FROM lookups WHERE run=seq)) AS unknown,
			(SELECT COUNT(*) FROM d WHERE run=seq AND known), (SELECT COALESCE(SUM(fen), 0) FROM d WHERE run=seq AND known)
		FROM runs r WHERE lost>0 OR n>0 OR unknown>0 ORDER BY seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var d RunDoubt
		if err := rows.Scan(&d.ID, &d.Rows, &d.LostRows, &d.Lookups, &d.Unknown, &d.Rebuy, &d.AtStake); err != nil {
			return err
		}
		f.r.Doubts = append(f.r.Doubts, d)
	}
	return rows.Err()
}
