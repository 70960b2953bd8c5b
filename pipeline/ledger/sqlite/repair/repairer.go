package repair

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// repairer makes a ledger safe that lacks something. Its rule: a lookup is in doubt if nobody can
// say whether it was bought; if only its answer is lost, the answer is asked for again by its
// ticket, which is free.
type repairer struct {
	ctx  context.Context
	db   *sql.Conn
	r    *Rescued
	dir  string // the workspace
	mark sqlite.Watermark
	// unmarked: no mark says how far the ledger had come.
	unmarked bool
	// logAlone: the ledger's file is gone, and its log does not hold all of it.
	logAlone bool

	now   time.Time
	known Known
	// allOrders: no order is missing, so that the last one known is the last.
	allOrders bool
	allRows   bool // no row is missing

	amounts  [][]byte                 // charges that a changed order had, by its checksum
	searches int                      // rows that were held in vain against every amount
	restored map[[2]any]record.Fen    // orders that have their charge back, and what they count
	most     map[kind]record.Fen      // what mostOf has found
	shift    func(lookup int64) int64 // the number that a lookup has now; nil: none has changed

	unnamed []string // in words, what is lost and cannot be named
	unasked int64    // valuations in doubt for which nobody knows what they were asked with
}

const lostMessage = "the part of the ledger that held it was lost: it may have been bought"

// mend does all steps in one transaction, in this order: each step relies on the steps before it.
func (f *repairer) mend() error {
	for _, step := range []func() error{
		f.sums, f.doubles, f.unreadable, f.named, // what cannot be read, second amounts, and what runs say of themselves
		f.rows, f.rejoin, f.fit, f.recount, f.rowsOfOthers, f.ranges, // rows and lookups in their places
		f.runs, f.lookups, f.unclaimed, f.orphans, f.vehicles, f.orders, // what others name, and is not there
		f.agreeWithReplies, f.agreeWithOrders, f.states, f.answers, f.states, f.waits, // what contradicts itself, before and after answers that are lost are forgotten
		f.truncated, f.derived, // what the lost end may have held
		f.chains, f.charges, f.reopen, f.recordLoss, f.count, f.doubts, f.resum, // who has gone on, sums, and what they leave open
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement with named parameters and tells how many rows it changed.
func (f *repairer) exec(query string) (int64, error) {
	res, err := f.db.ExecContext(f.ctx, query, sql.Named("now", f.now.UnixMicro()), sql.Named("lost", lostMessage))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (f *repairer) number(query string, args ...any) (int64, error) {
	var n int64
	err := f.db.QueryRowContext(f.ctx, query, args...).Scan(&n)
	return n, err
}

// runs writes lost runs anew that rows or lookups belong to. It cannot be known whether the plan of
// such a run was complete, so what the run has not ordered is in doubt.
func (f *repairer) runs() (err error) {
	f.r.LostRuns, err = f.exec(`INSERT INTO runs (seq, id, state, started_at, input_path, input_sha256, input_rows, datasets, formats, first_lookup, last_lookup)
		SELECT s.run, 'rescued-' || s.run, 'open', COALESCE((SELECT MIN(first_at) FROM lookups WHERE run=s.run AND first_at>0), @now), '(lost)', '',
		MAX(COALESCE((SELECT MAX(row) FROM vehicles WHERE run=s.run), 0), COALESCE((SELECT MAX(row) FROM lookups WHERE run=s.run), 0)),
		COALESCE((SELECT group_concat(dataset) FROM (SELECT DISTINCT dataset FROM lookups WHERE run=s.run ORDER BY dataset)), 'maintenance'), 'parquet,csv',
		COALESCE((SELECT MIN(id) FROM lookups WHERE run=s.run AND ` + integrity.Planned + `), 0), COALESCE((SELECT MAX(id) FROM lookups WHERE run=s.run AND ` + integrity.Planned + `), -1)
		FROM (SELECT run FROM lookups UNION SELECT run FROM vehicles) s WHERE s.run NOT IN (SELECT seq FROM runs)`)
	if err != nil {
		return err
	}
	if n, err := f.number("SELECT COUNT(*) FROM runs"); err != nil || n == 0 && !f.allOrders {
		f.unnamed = append(f.unnamed, "every run")
		return err
	}
	if f.r.LostRuns == 0 {
		return nil
	}
	f.unnamed = append(f.unnamed, fmt.Sprintf("what was planned in %d runs", f.r.LostRuns))
	return f.doubtUnordered("state='planned' AND run IN (SELECT seq FROM runs WHERE input_path='(lost)')")
}

// lost is a lookup that a row names and that is missing.
type lost struct {
	id, run, row int64
	dataset      record.Dataset
	key          []byte
	vendor       string // "" where only its orders can say
	groupID      int64
	fanOut       bool
	// derived: the lookup was asked with derived values, so the key that is worked out now is not
	// the key that it was asked with.
	derived bool
}

// lookups writes missing lookups anew that a row names. If no order is missing, the next run treats
// the lookup as cut short: it reads the kept answer to the last order, or asks about its ticket
// again. Otherwise the lookup is in doubt.
func (f *repairer) lookups() error {
	missing, err := f.missingLookups()
	if err != nil {
		return err
	}
	before, err := f.number("SELECT COUNT(*) FROM lookups WHERE code='lost'")
	if err != nil {
		return err
	}
	for _, k := range missing {
		if err := f.insertLost(k, false); err != nil {
			return err
		}
		if k.derived {
			f.unasked++
		}
	}
	f.r.LostLookups = int64(len(missing))
	if err := f.gaps(); err != nil {
		return err
	}
	n, err := f.number("SELECT COUNT(*) FROM lookups WHERE code='lost'")
	f.r.InDoubt += n - before
	return err
}

// askedBefore are the vendors that a lookup has taken the place of: the lookup itself is at none of them.
const askedBefore = "SELECT c.vendor FROM lookups c WHERE @group_id > 0 AND @group_id <> @id AND NOT @fan_out AND (c.id=@group_id OR c.group_id=@group_id)"

const insertLost = `INSERT INTO lookups (id, run, row, dataset, key, group_id, fan_out, sum, vendor, state, next_at, attempts, ticket, stage, class, code, message, first_at, ticket_at, last_at)
	SELECT @id, @run, @row, @dataset, @key, @group_id, @fan_out, 0,
	COALESCE(NULLIF(@vendor, ''), o.vendor, o.asked, (SELECT vendor FROM attempts WHERE dataset=@dataset AND vendor NOT IN (` + askedBefore + `) GROUP BY vendor ORDER BY COUNT(*) DESC, vendor LIMIT 1),
	(SELECT vendor FROM lookups WHERE dataset=@dataset AND vendor NOT IN (` + askedBefore + `) LIMIT 1), ''), o.state, IIF(o.state='waiting', @now, 0), MAX(1, o.n), o.ticket,
	IIF(o.state='in_doubt', 'submit', ''), IIF(o.state='in_doubt', 'in_doubt', ''), IIF(o.state='in_doubt', 'lost', ''), @lost, @now, @now, @now
	FROM (SELECT a.vendor, (SELECT vendor FROM answers s WHERE s.lookup=@id ORDER BY attempt DESC LIMIT 1) AS asked,
		MAX(COALESCE(a.n, 0), COALESCE((SELECT MAX(attempt) FROM answers s WHERE s.lookup=@id), 0)) AS n, COALESCE(t.ticket, '') AS ticket, CASE
		WHEN NOT @all THEN 'in_doubt'
		WHEN EXISTS (SELECT 1 FROM answers s WHERE s.lookup=@id AND s.attempt=a.n) THEN 'submitting'
		WHEN t.ticket IS NOT NULL THEN 'waiting' ELSE 'in_doubt' END AS state
		FROM (SELECT 1) LEFT JOIN attempts a ON a.lookup=@id AND a.n=(SELECT MAX(n) FROM attempts WHERE lookup=@id)
		LEFT JOIN attempts t ON t.lookup=@id AND t.n=a.n AND t.outcome='ticket' AND t.ticket<>'') o`

func (f *repairer) missingLookups() ([]lost, error) {
	rows, err := f.db.QueryContext(f.ctx, `SELECT `+sqlite.VehicleColumns+` FROM vehicles v JOIN runs r ON r.seq=v.run WHERE r.state<>'planning' AND duplicate_of=0
		AND EXISTS (SELECT 1 FROM (SELECT value FROM json_each(json_array(maintenance, valuation, violations)) UNION ALL `+integrity.FanOutOf("v")+`) j
			WHERE j.value>0 AND j.value NOT IN (SELECT id FROM lookups))
		ORDER BY v.run, v.row`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []lost
	seen := map[int64]bool{}
	for rows.Next() {
		v, err := sqlite.ScanNamed(rows)
		if err != nil {
			return nil, err
		}
		for _, k := range f.namedIn(&v) {
			if !seen[k.id] {
				seen[k.id] = true
				out = append(out, k)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	next, err := f.nextLookups()
	if err != nil {
		return nil, err
	}
	return f.onlyMissing(append(out, next...))
}

// nextLookups lists the lookups that have replaced another, as they would be written anew.
func (f *repairer) nextLookups() ([]lost, error) {
	rows, err := f.db.QueryContext(f.ctx, "SELECT replaced_by, run, row, dataset, key, group_id FROM lookups WHERE replaced_by>0 AND replaced_by NOT IN (SELECT id FROM lookups)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []lost
	for rows.Next() {
		var k lost
		if err := rows.Scan(&k.id, &k.run, &k.row, &k.dataset, &k.key, &k.groupID); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// chains sets in each lookup that was replaced which lookup has replaced it, by the order of their
// ids.
func (f *repairer) chains() error {
	// group_id>0 is in the condition of the index: without it every lookup would be held against every other one.
	const grouped = " WHERE fan_out=0 AND (group_id>0 OR EXISTS (SELECT 1 FROM lookups b WHERE b.group_id=lookups.id AND b.group_id>0 AND b.id<>b.group_id))"
	if err := f.all("UPDATE lookups SET group_id=id"+grouped+" AND group_id=0",
		"UPDATE lookups SET replaced_by=COALESCE((SELECT MIN(id) FROM lookups b WHERE b.group_id=lookups.group_id AND b.group_id>0 AND b.id>lookups.id), 0) WHERE fan_out=0 AND group_id>0",
		"UPDATE lookups SET replaced_by=0 WHERE replaced_by>0 AND (fan_out=1 OR group_id=0)"); err != nil {
		return err
	}
	return f.doubt("replaced_by>0 AND state IN ('planned', 'submitting', 'waiting', 'following')")
}

// namedIn lists the lookups that a row names, as they would be written anew.
func (f *repairer) namedIn(v *sqlite.Named) []lost {
	out := f.fanOutIn(v)
	for d, id := range v.Lookups {
		if id > 0 {
			out = append(out, lost{id: id, run: v.Run, row: v.Row, dataset: d, key: f.known.Key(d, &v.Vehicle),
				derived: d == record.DatasetValuation && (!v.Vehicle.MileageKM.OK || v.Vehicle.Condition.Accident == "")})
		}
	}
	return out
}

func (f *repairer) onlyMissing(all []lost) ([]lost, error) {
	var out []lost
	for _, k := range all {
		n, err := f.number("SELECT COUNT(*) FROM lookups WHERE id=?", k.id)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			out = append(out, k)
		}
	}
	return out, nil
}

// orphans removes orders and answers of lookups that are unknown, because new lookups will get
// their ids.
func (f *repairer) orphans() error {
	const orphan = " WHERE lookup NOT IN (SELECT id FROM lookups)"
	fen, err := f.number("SELECT COALESCE(SUM(fen), 0) FROM attempts" + orphan + " AND billed<>'no'")
	if err != nil {
		return err
	}
	orders, err := f.exec("DELETE FROM attempts" + orphan)
	if err != nil {
		return err
	}
	answers, err := f.exec("DELETE FROM answers" + orphan)
	if orders+answers > 0 {
		f.unnamed = append(f.unnamed, fmt.Sprintf("the vehicles of %d orders (%s) and %d answers", orders, record.Fen(fen).Yuan(), answers))
	}
	f.r.LostAnswers += answers
	return err
}

// vehicles puts a blank row in the place of each lost row, so that every row stays in its place.
// What was planned for a lost row is in doubt.
func (f *repairer) vehicles() (err error) {
	if err := f.doubtUnordered("state='planned' AND NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=lookups.run AND v.row=lookups.row)"); err != nil {
		return err
	}
	// The first of those that are left leads the others.
	if _, err := f.exec("UPDATE lookups SET group_id=(SELECT MIN(id) FROM lookups b WHERE b.group_id=lookups.group_id AND b.group_id>0) WHERE group_id>0 AND group_id NOT IN (SELECT id FROM lookups)"); err != nil {
		return err
	}
	nameless, err := f.number(`WITH RECURSIVE n(seq, row, last) AS (SELECT seq, 1, input_rows FROM runs WHERE state<>'planning' AND input_rows>0 UNION ALL SELECT seq, row+1, last FROM n WHERE row<last)
		SELECT COUNT(*) FROM n WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=n.seq AND v.row=n.row) AND NOT EXISTS (SELECT 1 FROM lookups k WHERE k.run=n.seq AND k.row=n.row)`)
	if err != nil {
		return err
	}
	if nameless > 0 {
		f.unnamed = append(f.unnamed, fmt.Sprintf("%d rows of the input", nameless))
	}
	const lookup = "COALESCE((SELECT MIN(IIF(group_id>0, group_id, id)) FROM lookups k WHERE k.run=n.seq AND k.row=n.row AND dataset='"
	f.r.LostRows, err = f.exec(`WITH RECURSIVE n(seq, row, last) AS (SELECT seq, 1, input_rows FROM runs WHERE state<>'planning' AND input_rows>0 UNION ALL SELECT seq, row+1, last FROM n WHERE row<last)
		INSERT INTO vehicles (run, row, vehicle_id, vin, plate, plate_type, engine_no, details, sum, maintenance, valuation, violations)
		SELECT seq, row, 'lost-' || seq || '-' || row, '', '', '', '', json_object('line', row + 1, 'problems', json_array('the row was lost with a part of the ledger')), 0,
		` + lookup + `maintenance'), 0), ` + lookup + `valuation'), 0), ` + lookup + `violations'), 0)
		FROM n WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=n.seq AND v.row=n.row)`)
	return err
}

// orders writes missing orders anew that their lookup counts; their charge is unknown. A lookup
// that counts fewer orders than there are is out of date.
func (f *repairer) orders() error {
	if err := f.counted(); err != nil {
		return err
	}
	if err := f.uncounted(); err != nil {
		return err
	}
	if err := f.doubt("state='planned' AND attempts < (SELECT COUNT(*) FROM attempts a WHERE a.lookup=lookups.id)"); err != nil {
		return err
	}
	if _, err := f.exec("UPDATE lookups SET attempts=c.n FROM (SELECT lookup, MAX(n) AS n FROM attempts GROUP BY lookup) c WHERE c.lookup=id AND c.n>attempts"); err != nil {
		return err
	}
	return f.fillOrders()
}

// fillOrders writes the missing orders: at the vendor whose answer was kept, or else at the
// lookup's own vendor, and at the price that other orders of the kind had. The last one has the
// lookup's ticket, if that is its own.
func (f *repairer) fillOrders() error {
	const missing = `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x < (SELECT MAX(attempts) FROM lookups)),
		m AS (SELECT k.id, n.x, k.dataset, k.first_at, IIF(n.x=k.attempts AND k.source=0, k.ticket, '') AS ticket, COALESCE((SELECT vendor FROM answers s WHERE s.lookup=k.id AND s.attempt=n.x LIMIT 1), k.vendor) AS vendor
		FROM lookups k JOIN n ON n.x <= k.attempts WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.lookup=k.id AND a.n=n.x)) `
	kinds, err := f.kinds(missing + "SELECT DISTINCT vendor, dataset FROM m")
	if err != nil {
		return err
	}
	for _, k := range kinds {
		res, err := f.db.ExecContext(f.ctx, missing+`INSERT INTO attempts (lookup, n, vendor, dataset, fen, fen_twice, billed, billed_twice, intent_at, ended_at, outcome, code, ticket, sum)
			SELECT id, x, vendor, dataset, p.fen, p.fen, 'unknown', 'unknown', MAX(first_at, 1), @now, IIF(ticket='', 'lost', 'ticket'), 'lost', ticket, 0
			FROM m, (SELECT COALESCE(MAX(fen), @price) AS fen FROM attempts WHERE vendor=@vendor AND dataset=@dataset) p WHERE vendor=@vendor AND dataset=@dataset`,
			sql.Named("price", int64(f.known.Price(k.vendor, k.dataset))), sql.Named("now", f.now.UnixMicro()), sql.Named("vendor", k.vendor), sql.Named("dataset", string(k.dataset)))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		f.r.LostOrders += n
		fen, err := f.number("SELECT COALESCE(MAX(fen), 0) FROM attempts WHERE vendor=? AND dataset=?", k.vendor, string(k.dataset))
		if err != nil {
			return err
		}
		f.r.LostFen += record.Fen(n * fen)
	}
	return nil
}

// kind is what decides the price of an order.
type kind struct {
	vendor  string
	dataset record.Dataset
}

func (f *repairer) kinds(query string) ([]kind, error) {
	rows, err := f.db.QueryContext(f.ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []kind
	for rows.Next() {
		var k kind
		if err := rows.Scan(&k.vendor, &k.dataset); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// unreadable removes or mends rows with a column that only the program can read, if it cannot be
// read.
func (f *repairer) unreadable() error {
	for _, r := range sqlite.Readings() {
		bad, err := r.Bad(f.ctx, f.db)
		if err != nil {
			return err
		}
		f.allRows = f.allRows && (r.Table != "vehicles" || len(bad) == 0)
		for _, row := range bad {
			mend := "DELETE FROM " + r.Table
			if r.Mend != "" {
				mend = "UPDATE " + r.Table + " SET " + r.Mend
			}
			if _, err := f.db.ExecContext(f.ctx, mend+" WHERE "+r.Names, row[0], row[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// answers asks again for lost answers, if there is a ticket for them.
func (f *repairer) answers() error {
	const gone = "answer<>0 AND NOT EXISTS (SELECT 1 FROM answers s WHERE s.id=lookups.answer)"
	n, err := f.number("SELECT COUNT(DISTINCT answer) FROM lookups WHERE " + gone)
	if err != nil {
		return err
	}
	f.r.LostAnswers += n
	f.r.AskAgain, err = f.exec(`UPDATE lookups SET state='waiting', answer=0, answered_at=0, source=0, next_at=@now, polls=0, tries=0, ticket_at=@now, last_at=@now,
		message='its answer was lost with a part of the ledger and is asked for again'
		WHERE state='found' AND ` + gone + ` AND ticket<>'' AND (vendor, ticket) IN (SELECT vendor, ticket FROM attempts WHERE outcome='ticket')`)
	if err != nil {
		return err
	}
	// A report that was paid for and could not be read would be bought again if nothing prevented
	// that.
	if err := f.doubt("state='failed' AND source=0 AND attempts>0 AND ticket='' AND class IN ('bad_response', 'expired') AND " + gone); err != nil {
		return err
	}
	if err := f.doubt("state='found' AND key <> " + integrity.ForgottenKey + " AND NOT EXISTS (SELECT 1 FROM answers s WHERE s.id=lookups.answer)"); err != nil {
		return err
	}
	_, err = f.exec("UPDATE lookups SET answer=0 WHERE " + gone)
	return err
}

// states puts lookups in doubt whose state contradicts what else is known of them.
func (f *repairer) states() error {
	for _, breaks := range integrity.Doubtful() {
		if err := f.doubt(breaks); err != nil {
			return err
		}
	}
	return nil
}

// waits makes lookups due that wait longer than they can. Asking about an order once too often
// costs nothing.
func (f *repairer) waits() error {
	for _, breaks := range integrity.WaitTooLong() {
		if _, err := f.exec("UPDATE lookups SET next_at=@now, last_at=@now WHERE " + breaks); err != nil {
			return err
		}
	}
	return nil
}

// truncated deals with a ledger whose end is missing: each lookup without an order may have been
// ordered since.
func (f *repairer) truncated() error {
	created, err := f.number("SELECT created_at FROM workspace")
	if err != nil {
		return err
	}
	orders, err := f.number("SELECT COUNT(*) FROM attempts")
	if err != nil {
		return err
	}
	unknown, err := f.unknownRuns()
	if err != nil {
		return err
	}
	behind, err := f.behindOutputs(created)
	if err != nil || !unknown && !behind && !f.logAlone && !f.mark.Bought() && (!f.unmarked || orders == 0) {
		return err
	}
	there, err := f.number("SELECT COUNT(*) FROM lookups WHERE id=? AND attempts>=?", f.nowOf(f.mark.Lookup), f.mark.Attempt)
	switch {
	case err != nil:
		return err
	case f.logAlone:
		f.unnamed = append(f.unnamed, "what the ledger's file held and its log does not")
	case unknown || f.unmarked:
	case f.mark.Bought() && f.mark.Ledger != created: // the mark belongs to another ledger, or the ledger was started anew over what was left
		f.unnamed = append(f.unnamed, "the ledger that was here before it")
	case !behind && (f.mark.Lookup == 0 || there > 0):
		return nil
	}
	f.r.Truncated = true
	f.unnamed = append(f.unnamed, "what was done last")
	const unsure = "(state='planned' OR state='failed' AND stage<>'validate' AND (ticket='' OR class='rejected') AND key <> " + integrity.ForgottenKey + ") AND run IN (SELECT seq FROM runs WHERE state<>'planning')"
	if err := f.doubtUnordered(unsure); err != nil {
		return err
	}
	return f.fillOrders()
}

// behindOutputs tells whether outputs were written after an order that is not there.
func (f *repairer) behindOutputs(created int64) (bool, error) {
	m, ok := sqlite.SecondMark(f.dir)
	if !ok || m.Ledger != created || m.Lookup == 0 {
		return false, nil
	}
	there, err := f.number("SELECT COUNT(*) FROM lookups WHERE id=? AND attempts>=?", f.nowOf(m.Lookup), m.Attempt)
	return there == 0, err
}

// nowOf is the number that a lookup of a mark has now.
func (f *repairer) nowOf(lookup int64) int64 {
	if f.shift == nil {
		return lookup
	}
	return f.shift(lookup)
}

// derived deals with valuations that may have been asked with values from their vehicle's
// maintenance answer. Other runs cannot find them by their key.
func (f *repairer) derived() error {
	n, err := f.number("SELECT COUNT(*) FROM lookups WHERE state='in_doubt' AND code='lost' AND depends_on > 0")
	if f.unasked += n; f.unasked > 0 {
		f.unnamed = append(f.unnamed, fmt.Sprintf("what %d valuations were asked with", f.unasked))
	}
	return err
}

// unknownRuns writes down the runs of which only the outputs are left, and tells whether there are
// more of them than runs were lost from the ledger.
func (f *repairer) unknownRuns() (bool, error) {
	unknown, err := sqlite.UnknownRuns(f.ctx, f.db, f.dir)
	if err != nil {
		return false, err
	}
	for i := range unknown {
		f.unnamed = append(f.unnamed, unknown[i].Words()+", of which only the outputs are left")
	}
	return int64(len(unknown)) > f.r.LostRuns, adopt(f.ctx, f.db, unknown, f.now)
}

// doubtUnordered puts lookups in doubt for which no order is known: one more order may have been
// sent, and is counted.
func (f *repairer) doubtUnordered(which string) error {
	if _, err := f.exec("UPDATE lookups SET attempts=attempts+1 WHERE " + which); err != nil {
		return err
	}
	return f.doubt(which)
}

// doubt puts lookups in doubt.
func (f *repairer) doubt(which string) error {
	n, err := f.exec(`UPDATE lookups SET state='in_doubt', stage='submit', class='in_doubt', code='lost', message=@lost, answer=0, answered_at=0, next_at=0,
		first_at=IIF(first_at=0, @now, first_at), last_at=@now WHERE ` + which)
	f.r.InDoubt += n
	return err
}

// charges leaves no charge reserved for a lookup that is settled.
func (f *repairer) charges() error {
	_, err := f.exec("UPDATE attempts SET billed='unknown', billed_twice='unknown' WHERE billed='reserved' AND lookup IN (SELECT id FROM lookups WHERE state NOT IN ('submitting', 'waiting'))")
	return err
}

// reopen reopens runs that have an open lookup now.
func (f *repairer) reopen() error {
	_, err := f.exec(`UPDATE runs SET state='open', finished_at=0 WHERE state IN ('settled', 'finished')
		AND EXISTS (SELECT 1 FROM lookups k WHERE k.run=seq AND k.state IN ('planned', 'submitting', 'waiting', 'following'))`)
	return err
}

// recordLoss writes down that something was lost that cannot be named: for a while, every order
// that the ledger does not know is then held in doubt.
func (f *repairer) recordLoss() error {
	f.r.Unnamed = strings.Join(f.unnamed, ", ")
	if f.r.Unnamed == "" {
		return nil
	}
	_, err := f.db.ExecContext(f.ctx, "INSERT OR REPLACE INTO losses (at, what, sum) VALUES (?, ?, 0)", f.now.UnixMicro(), f.r.Unnamed)
	return err
}

func (f *repairer) count() error {
	return f.db.QueryRowContext(f.ctx, `SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM vehicles), (SELECT COUNT(*) FROM lookups WHERE replaced_by=0), (SELECT COUNT(*) FROM answers),
		(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE billed='yes')`).
		Scan(&f.r.Runs, &f.r.Rows, &f.r.Lookups, &f.r.Answers, &f.r.Charged)
}
