package repair

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// mostGuesses bounds how many lookups a rescue writes anew when only their place between others is
// known: a damaged number must not fill the disk.
const mostGuesses = 2_000_000

// idRange is the range of lookup ids of a run.
type idRange struct {
	seq, first, last int64
	rows             int64
	datasets         []record.Dataset
	open             bool
	lost             bool // only the run's number is known
}

func (s *idRange) empty() bool { return s.last < s.first }

// trace is what orders and answers tell of a lost lookup.
type trace struct {
	n       int64 // the last of its orders
	dataset record.Dataset
}

// gaps writes lookups anew that no row names any more. Whether their orders are still there or are
// lost with them, they may have cost money, and the budget of their run must count that.
func (f *repairer) gaps() error {
	traces, err := f.traces()
	if err != nil {
		return err
	}
	runs, err := f.idRanges(traces)
	if err != nil {
		return err
	}
	written := int64(0)
	for i := range runs {
		n, err := f.fillGaps(&runs[i], traces)
		if err != nil {
			return err
		}
		written += n
	}
	if written > 0 {
		f.r.LostLookups += written
		f.unnamed = append(f.unnamed, fmt.Sprintf("the vehicles of %d lookups", written))
	}
	return nil
}

// traces finds the lost lookups of which orders or answers are left.
func (f *repairer) traces() (map[int64]trace, error) {
	rows, err := f.db.QueryContext(f.ctx, `SELECT lookup, MAX(n), MAX(dataset) FROM (SELECT lookup, n, dataset FROM attempts
		UNION ALL SELECT lookup, attempt, '' FROM answers) WHERE lookup NOT IN (SELECT id FROM lookups) GROUP BY lookup`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]trace{}
	for rows.Next() {
		var id int64
		var t trace
		if err := rows.Scan(&id, &t.n, &t.dataset); err != nil {
			return nil, err
		}
		out[id] = t
	}
	return out, rows.Err()
}

// idRanges are the ranges of the runs. Those of lost runs reach as far as
// their neighbours, and every trace lies in one.
func (f *repairer) idRanges(traces map[int64]trace) ([]idRange, error) {
	runs, err := f.readIDRanges()
	if err != nil {
		return nil, err
	}
	highest, err := f.number("SELECT MAX(COALESCE((SELECT MAX(id) FROM lookups), 0), COALESCE((SELECT MAX(lookup) FROM attempts), 0), COALESCE((SELECT MAX(lookup) FROM answers), 0))")
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if runs[i].lost {
			widen(runs, i, max(highest, f.mark.Lookup))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(traces)) {
		runs = assignRun(runs, id)
	}
	for i := range runs {
		if err := f.writeIDRange(&runs[i]); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

func (f *repairer) readIDRanges() ([]idRange, error) {
	rows, err := f.db.QueryContext(f.ctx, `SELECT seq, state='open', input_path='(lost)', input_rows, datasets,
		IIF(input_path='(lost)', COALESCE((SELECT MIN(id) FROM lookups WHERE run=seq AND `+integrity.Planned+`), 0), first_lookup),
		IIF(input_path='(lost)', COALESCE((SELECT MAX(id) FROM lookups WHERE run=seq AND `+integrity.Planned+`), -1), last_lookup)
		FROM runs WHERE state<>'planning' AND seq>0 ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []idRange
	for rows.Next() {
		var s idRange
		var datasets string
		if err := rows.Scan(&s.seq, &s.open, &s.lost, &s.rows, &datasets, &s.first, &s.last); err != nil {
			return nil, err
		}
		s.datasets = ledger.SplitDatasets(datasets)
		out = append(out, s)
	}
	return out, rows.Err()
}

// widen gives a lost run the ids between its neighbours.
func widen(runs []idRange, i int, highest int64) {
	first, last := int64(1), highest
	for j := range runs {
		switch {
		case runs[j].empty():
		case j < i:
			first = max(first, runs[j].last+1)
		case j > i:
			last = min(last, runs[j].first-1)
		}
	}
	if first <= last {
		runs[i].first, runs[i].last = first, last
	}
}

// assignRun makes sure that a lookup's id lies in a run: in the run before it if that run's plan
// may have gone further, or else in a lost run.
func assignRun(runs []idRange, id int64) []idRange {
	before := -1
	for i := range runs {
		if !runs[i].empty() && runs[i].first <= id {
			if id <= runs[i].last {
				return runs
			}
			before = i
		}
	}
	seq, next := int64(1), before+1
	if before >= 0 {
		seq = runs[before].seq + 1
	}
	free := next == len(runs) || runs[next].seq > seq
	if before >= 0 && (runs[before].open && next == len(runs) || !free) {
		runs[before].last = id
		return runs
	}
	if !free { // it lies before the first run
		runs[next].first = id
		if runs[next].last < id {
			runs[next].last = id
		}
		return runs
	}
	return slices.Insert(runs, next, idRange{seq: seq, first: id, last: id, open: true, lost: true, datasets: []record.Dataset{record.DatasetMaintenance}})
}

// writeIDRange writes where a run's lookups lie, and the run if it is new.
func (f *repairer) writeIDRange(s *idRange) error {
	res, err := f.db.ExecContext(f.ctx, `INSERT INTO runs (seq, id, state, started_at, input_path, input_sha256, datasets, formats, first_lookup, last_lookup)
		VALUES (?, 'rescued-' || ?, 'open', ?, '(lost)', '', ?, 'parquet,csv', ?, ?) ON CONFLICT (seq) DO NOTHING`,
		s.seq, s.seq, f.now.UnixMicro(), ledger.JoinDatasets(s.datasets), s.first, s.last)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	f.r.LostRuns += n
	if err != nil || n > 0 {
		return err
	}
	_, err = f.db.ExecContext(f.ctx, "UPDATE runs SET first_lookup=?, last_lookup=? WHERE seq=?", s.first, s.last, s.seq)
	return err
}

// fillGaps writes the lost lookups of a run, in rows that are lost.
func (f *repairer) fillGaps(s *idRange, traces map[int64]trace) (int64, error) {
	ids, err := f.missingIDs(s)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	free, err := f.freePlaces(s)
	if err != nil {
		return 0, err
	}
	written, unplaced := int64(0), int64(0)
	for _, known := range []bool{true, false} {
		for _, id := range ids {
			t, traced := traces[id]
			if traced != known || !traced && f.allOrders {
				continue // without a trace, and no order is lost: it was not bought
			}
			p, ok := free.take(t.dataset, traced || s.lost)
			if !ok { // not lost: a plan may skip numbers
				unplaced++
				continue
			}
			if err := f.insertLost(lost{id: id, run: s.seq, row: p.row, dataset: p.dataset, key: fmt.Appendf(nil, "lost-%d", id)}, true); err != nil {
				return written, err
			}
			written++
		}
	}
	if err := f.fanOutUnplaced(s, unplaced); err != nil {
		return written, err
	}
	_, err = f.db.ExecContext(f.ctx, "UPDATE runs SET input_rows=MAX(input_rows, ?) WHERE seq=?", free.rows, s.seq)
	return written, err
}

// missingIDs are the lookups of a run that are not there.
func (f *repairer) missingIDs(s *idRange) ([]int64, error) {
	rows, err := f.db.QueryContext(f.ctx, `SELECT id FROM lookups WHERE id BETWEEN ? AND ? ORDER BY id`, s.first, s.last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	next := s.first
	until := func(id int64) {
		for ; next < id && len(out) < mostGuesses; next++ {
			out = append(out, next)
		}
		next = id + 1
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		until(id)
	}
	until(s.last + 1)
	return out, rows.Err()
}

// place is where in the outputs a lookup appears.
type place struct {
	row     int64
	dataset record.Dataset
}

// places are the places in lost rows that no lookup has.
type places struct {
	free     []place
	rows     int64 // the run's
	datasets []record.Dataset
}

func (f *repairer) freePlaces(s *idRange) (*places, error) {
	taken := map[place]bool{}
	present := map[int64]bool{}
	for query, add := range map[string]func(row int64, d record.Dataset){
		"SELECT row, dataset FROM lookups WHERE run=?": func(row int64, d record.Dataset) { taken[place{row, d}] = true },
		"SELECT row, '' FROM vehicles WHERE run=?":     func(row int64, _ record.Dataset) { present[row] = true },
	} {
		if err := f.eachPlace(query, s.seq, add); err != nil {
			return nil, err
		}
	}
	out := &places{rows: s.rows, datasets: s.datasets}
	for row := int64(1); row <= s.rows; row++ {
		for _, d := range s.datasets {
			if p := (place{row, d}); !present[row] && !taken[p] {
				out.free = append(out.free, p)
			}
		}
	}
	return out, nil
}

func (f *repairer) eachPlace(query string, run int64, add func(int64, record.Dataset)) error {
	rows, err := f.db.QueryContext(f.ctx, query, run)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p place
		if err := rows.Scan(&p.row, &p.dataset); err != nil {
			return err
		}
		add(p.row, p.dataset)
	}
	return rows.Err()
}

// take gives a place for a dataset; "" means any dataset. If there is none, it adds a row to the
// run, if add allows that.
func (p *places) take(d record.Dataset, add bool) (place, bool) {
	for {
		i := slices.IndexFunc(p.free, func(at place) bool { return d == "" || at.dataset == d })
		if i >= 0 {
			out := p.free[i]
			p.free = slices.Delete(p.free, i, i+1)
			return out, true
		}
		if !add {
			return place{}, false
		}
		p.rows++
		if d != "" && !slices.Contains(p.datasets, d) {
			p.datasets = append(p.datasets, d)
		}
		for _, each := range p.datasets {
			p.free = append(p.free, place{p.rows, each})
		}
	}
}

// insertLost writes a lookup anew; nameless says that nobody knows its vehicle.
func (f *repairer) insertLost(k lost, nameless bool) error {
	_, err := f.db.ExecContext(f.ctx, insertLost,
		sql.Named("id", k.id), sql.Named("run", k.run), sql.Named("row", k.row), sql.Named("dataset", string(k.dataset)), sql.Named("key", k.key),
		sql.Named("vendor", k.vendor), sql.Named("group_id", k.groupID), sql.Named("fan_out", k.fanOut), sql.Named("now", f.now.UnixMicro()), sql.Named("lost", lostMessage), sql.Named("all", f.allOrders && !nameless))
	if err != nil {
		return fmt.Errorf("write lookup %d anew: %w", k.id, err)
	}
	return nil
}
