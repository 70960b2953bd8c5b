package repair

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// PurgePlan is what a purge of one run forgets, and what it must leave.
type PurgePlan struct {
	Run      ledger.Run
	Vehicles int64      // rows whose identifiers and columns go
	Lookups  int64      // whose key, ticket and words go
	Answers  int64      // raw answers that go
	Charged  record.Fen // what those lookups cost; the money itself stays
	Doubts   int64      // lookups that stay because they are in doubt
	Held     int64      // lookups that stay because a run that stays needs them
	Unread   int64      // paid reports that never came or cannot be read: their tickets go
}

// Empty tells whether there is nothing to forget.
func (p PurgePlan) Empty() bool { return p.Vehicles+p.Lookups+p.Answers == 0 }

// The runs of a purge are a JSON list in ?1.
const (
	// withStaying selects the lookups that a purge leaves as they are: those that are open or in doubt, and those that
	// a staying lookup refers to: the one it follows, the one that its answer comes from, or the owner of that answer;
	// and so on from there.
	withStaying = `WITH RECURSIVE purged(run) AS (SELECT value FROM json_each(?1)),
	staying(id) AS (
		SELECT id FROM lookups WHERE run IN purged AND state IN ('planned','submitting','waiting','following','in_doubt')
		UNION SELECT source FROM lookups WHERE run NOT IN purged AND source > 0
		UNION SELECT s.lookup FROM lookups k JOIN answers s ON s.id=k.answer WHERE k.run NOT IN purged AND s.lookup <> k.id
		UNION SELECT k.source FROM staying y JOIN lookups k ON k.id=y.id WHERE k.source > 0
		UNION SELECT s.lookup FROM staying y JOIN lookups k ON k.id=y.id JOIN answers s ON s.id=k.answer
	) `

	whereForgotten    = " run IN purged AND key <> " + integrity.ForgottenKey + " AND id NOT IN staying"
	whereRowForgotten = ` run IN purged AND vehicle_id <> '' AND maintenance NOT IN staying AND valuation NOT IN staying AND violations NOT IN staying
		AND NOT EXISTS (SELECT 1 FROM lookups b WHERE b.group_id IN (maintenance, valuation, violations) AND b.group_id>0 AND b.id IN staying)`

	countForgotten = withStaying + `SELECT
		(SELECT COUNT(*) FROM vehicles WHERE run=?2 AND` + whereRowForgotten + `),
		(SELECT COUNT(*) FROM lookups WHERE run=?2 AND replaced_by=0 AND` + whereForgotten + `),
		(SELECT COUNT(*) FROM answers WHERE lookup IN (SELECT id FROM lookups WHERE run=?2 AND` + whereForgotten + `)),
		(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE billed='yes' AND lookup IN (SELECT id FROM lookups WHERE run=?2 AND` + whereForgotten + `)),
		(SELECT COUNT(*) FROM lookups WHERE run=?2 AND replaced_by=0 AND state='in_doubt'),
		(SELECT COUNT(*) FROM lookups WHERE run=?2 AND replaced_by=0 AND state<>'in_doubt' AND id IN staying),
		(SELECT COUNT(*) FROM lookups WHERE run=?2 AND state='failed' AND ticket<>'' AND class IN ('expired','bad_response') AND` + whereForgotten + `)`
)

// forget are the changes of a purge, in an order in which no change removes what a later one must know.
var forget = []string{
	withStaying + `UPDATE vehicles SET vehicle_id='', vin='', plate='', plate_type='', engine_no='', details='{}', sum=` + integrity.Unsummed + ` WHERE` + whereRowForgotten,
	withStaying + `DELETE FROM answers WHERE lookup IN (SELECT id FROM lookups WHERE` + whereForgotten + `)`,
	// A code is a short word of the vendor's or ours; what is longer may be anything.
	withStaying + `UPDATE attempts SET ticket='', code=IIF(length(code) <= 12 AND code NOT GLOB '*[^ -~]*', code, ''), sum=` + integrity.Unsummed + `
		WHERE lookup IN (SELECT id FROM lookups WHERE` + whereForgotten + `)`,
	withStaying + `UPDATE lookups SET key=` + integrity.ForgottenKey + `, ticket='', answer=0, source=0, message='', derived='', sum=` + integrity.Unsummed + `,
		code=IIF(class IN ('invalid_input','missing_input') OR length(code) <= 12 AND code NOT GLOB '*[^ -~]*', code, '') WHERE` + whereForgotten,
}

// PlanPurge tells, run by run, what a purge of finished runs would forget.
func PlanPurge(ctx context.Context, l *sqlite.Ledger, runs []ledger.Run) ([]PurgePlan, error) {
	list, err := seqsOf(runs)
	if err != nil {
		return nil, err
	}
	out := make([]PurgePlan, 0, len(runs))
	for _, r := range runs {
		p := PurgePlan{Run: r}
		err := l.QueryRow(ctx, countForgotten, list, r.Seq).Scan(&p.Vehicles, &p.Lookups, &p.Answers, &p.Charged, &p.Doubts, &p.Held, &p.Unread)
		if err != nil {
			return nil, fmt.Errorf("count what run %s would forget: %w", r.ID, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// Purge forgets, in one commit, the vehicles and answers of finished runs that PlanPurge has counted, and halts that no
// run waits for. Runs, attempts with their charges, states, counts and moments stay. Vacuum must follow: until then the
// file may hold traces.
func Purge(ctx context.Context, l *sqlite.Ledger, runs []ledger.Run) error {
	list, err := seqsOf(runs)
	if err != nil {
		return err
	}
	if _, err := l.WriterConn().ExecContext(ctx, "PRAGMA secure_delete=ON"); err != nil {
		return fmt.Errorf("overwrite what is forgotten: %w", err)
	}
	now := l.Now().UnixMicro()
	return l.Maintain(func(c sqlite.Changes) error {
		if err := c.ForgetAnswers(); err != nil {
			return err
		}
		for _, q := range forget {
			if err := c.Exec(q, list); err != nil {
				return fmt.Errorf("forget: %w", err)
			}
		}
		if err := c.Exec("UPDATE runs SET purged_at=?, input_sha256='', sum="+integrity.Unsummed+" WHERE seq IN (SELECT value FROM json_each(?)) AND purged_at=0", now, list); err != nil {
			return err
		}
		// They hold the vendor's words, and matter while a run waits for their end.
		for _, table := range []string{"halts", "pauses"} {
			if err := c.Exec("DELETE FROM " + table + " WHERE NOT EXISTS (SELECT 1 FROM runs WHERE state <> 'finished')"); err != nil {
				return err
			}
		}
		if err := c.Exec("UPDATE workspace SET traces=1"); err != nil {
			return err
		}
		if err := c.Resum(); err != nil {
			return fmt.Errorf("sum up what is left: %w", err)
		}
		return nil
	})
}

func seqsOf(runs []ledger.Run) (string, error) {
	seqs := make([]int64, 0, len(runs))
	for _, r := range runs {
		if r.State != ledger.RunFinished {
			return "", fmt.Errorf("run %s is not finished: what it has ordered is still needed", r.ID)
		}
		seqs = append(seqs, r.Seq)
	}
	text, err := json.Marshal(seqs)
	return string(text), err
}

// NeedsVacuum tells whether a purge was cut short before the file was written anew.
func NeedsVacuum(ctx context.Context, l *sqlite.Ledger) (bool, error) {
	var needs bool
	err := l.QueryRow(ctx, "SELECT traces FROM workspace").Scan(&needs)
	return needs, err
}

// errLookedAt means that another process reads the ledger.
var errLookedAt = errors.New("another process looks into the workspace; run `batch purge` again when it has ended")

// Vacuum rewrites the file without what was forgotten, and empties the log: deleted rows leave traces in both. It needs
// as much space again as the ledger takes, both beside the ledger and in the system's temporary folder. Nothing else
// may be written while it runs.
func Vacuum(ctx context.Context, l *sqlite.Ledger) error {
	// The copy goes to a file, not to memory: a ledger may be large.
	for _, q := range []string{"PRAGMA temp_store=FILE", "VACUUM"} {
		if _, err := l.WriterConn().ExecContext(ctx, q); err != nil {
			return fmt.Errorf("write the ledger anew without what was forgotten: %w", sqlite.Advised(err))
		}
	}
	if err := emptyLog(ctx, l.WriterConn()); err != nil {
		return err
	}
	return l.Maintain(func(c sqlite.Changes) error { return c.Exec("UPDATE workspace SET traces=0") })
}

func emptyLog(ctx context.Context, conn *sql.Conn) error {
	var busy, log, moved int64
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("empty the ledger's log: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("empty the ledger's log: %w", errLookedAt)
	}
	return nil
}
