package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// Work of a lookup, its vehicle and its last attempt, by row.
var (
	workColumns = lookupTable.names("k.") + ", " + vehicleTable.names("v.") + ", " + attemptTable.names("a.") +
		" FROM lookups k JOIN vehicles v ON v.run=k.run AND v.row=k.row LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts "
	selectWork      = "SELECT false, " + workColumns
	selectContested = "SELECT EXISTS (SELECT FROM lookups o WHERE o.key=k.key AND o.id<>k.id), " + workColumns
	selectLookups   = "SELECT " + lookupTable.names("k.") + " FROM lookups k "
)

func scanWork(rows pgx.Rows) (w ledger.Work, err error) {
	var k lookupRow
	var v stored.Vehicle
	var a attemptRow
	if err := rows.Scan(append(append(append([]any{&w.Contested}, k.dest()...), vehicleDest(&v)...), a.dest()...)...); err != nil {
		return w, err
	}
	if err := restoreVehicle(&v); err != nil {
		return w, err
	}
	vehicle, err := v.Vehicle()
	if err != nil {
		return w, err
	}
	if w.Lookup, err = k.lookup(); err != nil {
		return w, err
	}
	if w.Vehicle, err = stored.AskedAbout(vehicle, &w.Lookup); err != nil {
		return w, err
	}
	w.Attempt, err = a.attempt()
	return w, err
}

func (l *Ledger) work(ctx context.Context, text string, args ...any) ([]ledger.Work, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanWork, text, args...)
}

func (l *Ledger) lookups(ctx context.Context, where string, args ...any) ([]ledger.Lookup, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanLookup, selectLookups+where, args...)
}

const (
	whereDue      = "WHERE k.state='waiting' AND k.vendor=$1 AND k.next_at<=$2 ORDER BY k.next_at, k.id LIMIT $3"
	whereToSend   = " k.state='planned' AND k.depends_on=0 AND k.run=$1 AND k.vendor=$2 AND k.dataset <> ALL($4::text[]) "
	whereSendable = "WHERE" + whereToSend + "AND k.next_at<=$3 ORDER BY k.next_at, k.id LIMIT $5"
	minNextSend   = "SELECT MIN(k.next_at) FROM lookups k WHERE" + whereToSend + "AND k.next_at>$3"
	minNextPoll   = "SELECT MIN(k.next_at) FROM lookups k WHERE k.state='waiting' AND k.vendor=$1 AND k.next_at>$2"
)

// Due lists the tickets of a vendor, of any run, that may be asked about now, the longest due first.
func (l *Ledger) Due(ctx context.Context, vendor string, now time.Time, limit int) ([]ledger.Work, error) {
	return l.work(ctx, selectWork+whereDue, kept(vendor), stored.Micros(now), int64(limit))
}

// NextPoll tells when, after now, the next ticket of any run falls due at a vendor.
func (l *Ledger) NextPoll(ctx context.Context, vendor string, now time.Time) (record.Opt[time.Time], error) {
	return l.earliest(ctx, minNextPoll, kept(vendor), stored.Micros(now))
}

// Sendable lists the planned lookups of a run at a vendor that may be sent now, but for those of the datasets in skip,
// and tells whether others ask the same.
func (l *Ledger) Sendable(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset, limit int) ([]ledger.Work, error) {
	return l.work(ctx, selectContested+whereSendable, run, kept(vendor), stored.Micros(now), textsOf(skip), int64(limit))
}

// NextSend tells when, after now, the next planned lookup of the run falls due at a vendor.
func (l *Ledger) NextSend(ctx context.Context, run int64, vendor string, now time.Time, skip []record.Dataset) (record.Opt[time.Time], error) {
	return l.earliest(ctx, minNextSend, run, kept(vendor), stored.Micros(now), textsOf(skip))
}

func textsOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = kept(string(v))
	}
	return out
}

func (l *Ledger) earliest(ctx context.Context, text string, args ...any) (record.Opt[time.Time], error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	var us *int64
	if err := l.pool.one(ctx, []any{&us}, text, args...); err != nil || us == nil {
		return record.Opt[time.Time]{}, err
	}
	return record.Some(stored.Moment(*us)), nil
}

// Unresolved lists the lookups, of any run, whose call was under way when the process ended.
func (l *Ledger) Unresolved(ctx context.Context) ([]ledger.Work, error) {
	return l.work(ctx, selectWork+"WHERE k.state='submitting' ORDER BY k.id")
}

// OpenCount counts the lookups of a run that are not settled.
func (l *Ledger) OpenCount(ctx context.Context, r ledger.Run) (n int64, err error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	err = l.pool.one(ctx, []any{&n}, "SELECT COUNT(*) FROM lookups WHERE run=$1 AND state IN ('planned','submitting','waiting','following')", r.Seq)
	return n, err
}

// PlannedWork lists planned lookups of a run after a given id, in pages, without those that depend on another one.
func (l *Ledger) PlannedWork(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	return l.work(ctx, selectWork+"WHERE k.run=$1 AND k.id > $2 AND k.state='planned' AND k.depends_on=0 ORDER BY k.id LIMIT $3", r.Seq, after, int64(limit))
}

const request = "CASE WHEN k.group_id > 0 THEN k.group_id ELSE k.id END"

// Failures calls do with the lookups of a run's failure ledger that match, in the order in which their requests were
// planned, page by page.
func (l *Ledger) Failures(ctx context.Context, r ledger.Run, f ledger.Filter, do func(ledger.Work) error) error {
	const page = 500
	var after [2]int64
	for {
		work, err := l.work(ctx, selectWork+"WHERE k.run=$1 AND k.replaced_by=0 AND k.state IN ('failed','in_doubt') AND ("+request+", k.id) > ($2, $3) ORDER BY "+request+", k.id LIMIT $4",
			r.Seq, after[0], after[1], int64(page))
		if err != nil || len(work) == 0 {
			return err
		}
		for i := range work {
			w := work[i]
			after = [2]int64{w.Lookup.Request(), w.Lookup.ID}
			if !f.Matches(&w.Lookup) {
				continue
			}
			if err := do(w); err != nil {
				return err
			}
		}
	}
}

// whereUnblocked picks the planned lookups that depend on another one and need wait no longer: the other is settled, with
// all lookups of its fan-out, or is gone. If a lookup depends on itself, only the decision what to ask is left.
const whereUnblocked = ` AND k.depends_on > 0 AND k.state='planned' AND (k.depends_on = k.id OR NOT EXISTS (SELECT FROM lookups m WHERE m.id=k.depends_on AND m.state IN ('planned','submitting','waiting','following'))
	AND NOT EXISTS (SELECT FROM lookups m WHERE m.group_id > 0 AND m.group_id=k.depends_on AND m.state IN ('planned','submitting','waiting','following')))`

// Unblocked lists planned lookups of a run, after a given id and in pages, that need wait no longer.
func (l *Ledger) Unblocked(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	return l.work(ctx, selectWork+"WHERE k.run=$1 AND k.id > $2"+whereUnblocked+" ORDER BY k.id LIMIT $3", r.Seq, after, int64(limit))
}

// UnblockedBy lists the planned lookups that have waited for one that is now settled, and need wait no longer.
func (l *Ledger) UnblockedBy(ctx context.Context, settled *ledger.Lookup) ([]ledger.Work, error) {
	return l.work(ctx, selectWork+"WHERE k.depends_on IN ($1, $2)"+whereUnblocked+" ORDER BY k.id", settled.ID, settled.Request())
}

// HasBlocked tells whether any lookup of a run waits for the answer of another.
func (l *Ledger) HasBlocked(ctx context.Context, r ledger.Run) (some bool, err error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	err = l.pool.one(ctx, []any{&some}, "SELECT EXISTS (SELECT FROM lookups WHERE depends_on > 0 AND state='planned' AND run=$1)", r.Seq)
	return some, err
}

// whereServing picks those that serve some requests now. A request is named by its first lookup.
const whereServing = "WHERE (k.id = ANY($1::bigint[]) OR k.group_id > 0 AND k.group_id = ANY($1::bigint[])) AND k.replaced_by=0 ORDER BY k.id"

// MaintenanceOf lists the lookups that ask for the maintenance record of a row: none, one, or several side by side.
func (l *Ledger) MaintenanceOf(ctx context.Context, run, row int64) ([]ledger.Lookup, error) {
	return l.lookups(ctx, `JOIN vehicles v ON k.id=v.maintenance OR k.group_id > 0 AND k.group_id=v.maintenance
		WHERE v.run=$1 AND v.row=$2 AND v.maintenance > 0 AND k.replaced_by=0 ORDER BY k.id`, run, row)
}

const (
	// Of the lookups with one key the 60 newest count.
	whereAsked   = "WHERE k.key=$1 ORDER BY k.run DESC, k.id DESC LIMIT 60"
	whereAskedIn = "WHERE k.key=$1 AND k.run=$2 AND k.replaced_by=0 AND ($3 = '' OR k.vendor = $3) ORDER BY k.id LIMIT 1"
)

// Asked lists the lookups with a key, at any vendor and in any run, the newest first.
func (l *Ledger) Asked(ctx context.Context, key []byte) ([]ledger.Lookup, error) {
	return l.lookups(ctx, whereAsked, someBytes(key))
}

// SameInRun finds the lookup of a run that has a key and that no other has taken the place of.
func (l *Ledger) SameInRun(ctx context.Context, run int64, key []byte) (ledger.Lookup, bool, error) {
	return first(l.lookups(ctx, whereAskedIn, someBytes(key), run, ""))
}

// LookupByID reads one lookup.
func (l *Ledger) LookupByID(ctx context.Context, id int64) (ledger.Lookup, error) {
	k, ok, err := first(l.lookups(ctx, "WHERE k.id=$1", id))
	if err == nil && !ok {
		err = errNone
	}
	return k, err
}

func (l *Ledger) answers(ctx context.Context, where string, args ...any) (a ledger.Answer, ok bool, err error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return first(collect(ctx, l.pool, l.scanAnswer, "SELECT "+answerTable.names("s.")+" FROM answers s "+where, args...))
}

func (l *Ledger) scanAnswer(rows pgx.Rows) (ledger.Answer, error) {
	var r answerRow
	if err := rows.Scan(r.dest()...); err != nil {
		return ledger.Answer{}, err
	}
	return l.unpacked(&r)
}

// AnswerByID reads one raw answer back.
func (l *Ledger) AnswerByID(ctx context.Context, id int64) (ledger.Answer, error) {
	a, ok, err := l.answers(ctx, "WHERE s.id=$1", id)
	if err == nil && !ok {
		err = errNone
	}
	return a, err
}

// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
func (l *Ledger) LastAnswer(ctx context.Context, lookup int64, attempt int) (ledger.Answer, bool, error) {
	return l.answers(ctx, "WHERE s.lookup=$1 AND s.attempt=$2 ORDER BY s.id DESC LIMIT 1", lookup, int64(attempt))
}

// UnpackInto returns the raw bytes of an answer in the memory of a buffer, if they fit.
func (l *Ledger) UnpackInto(p ledger.PackedAnswer, buffer []byte) (ledger.Answer, error) {
	if p.ID > 0 && p.Sum != stored.SumOfAnswer(stored.SumWithoutID(p.Text, p.Body), p.ID) {
		return ledger.Answer{}, changedAnswer(p.ID)
	}
	body, err := l.packer.UnpackInto(p.Body, buffer)
	return ledger.Answer{ID: p.ID, Vendor: p.Vendor, ReceivedAt: stored.Moment(p.ReceivedAt), Body: body}, err
}
