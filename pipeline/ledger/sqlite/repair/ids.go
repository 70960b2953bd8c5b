package repair

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// mostGap is more numbers than are ever left out between two rows: a plan that was cut short takes its numbers with it.
const mostGap = 2_000_000

// fit gives numbers that fit to the rows of which somebody or something has made a number that does not: later rows would
// go on from it, beyond what others say, or until there are no more numbers. What names such a row follows.
func (f *repairer) fit() error {
	for _, fit := range []func() error{f.fitRuns, f.fitAnswers, f.fitLookups} {
		if err := fit(); err != nil {
			return err
		}
	}
	return nil
}

// numbered is a row, or several of the same, by its number.
type numbered struct {
	id     int64
	unsure bool // its checksum does not say that this is its number
	// Of lookups: the run, whether its plan made the lookup, and the last number that the run's plan has given.
	run     int64
	planned bool
}

// apart tells the rows whose numbers do not fit from the others, all in their order: those below 1, those far from all
// below them, and those beyond the last one that is certain, of which nobody can say that they have theirs.
func apart(rows []numbered) (fitting, others []numbered) {
	last, unsures := int64(0), int64(0)
	for _, r := range rows {
		if r.unsure {
			unsures++
		}
		if near := r.id >= 1 && r.id-last <= mostGap; near && !r.unsure {
			last = r.id
		}
	}
	for _, r := range rows {
		if r.id < 1 || r.id > last && (!r.unsure || r.id-last > unsures) {
			others = append(others, r)
		} else {
			fitting = append(fitting, r)
		}
	}
	return fitting, others
}

func (f *repairer) numbered(query string) ([]numbered, error) {
	rows, err := f.db.QueryContext(f.ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []numbered
	for rows.Next() {
		var r numbered
		var run sql.NullInt64
		if err := rows.Scan(&r.id, &r.unsure, &run, &r.planned); err != nil {
			return nil, err
		}
		r.run = run.Int64
		out = append(out, r)
	}
	return out, rows.Err()
}

// after gives the rows that do not fit the numbers that come after all others.
func after(fitting, others []numbered) map[int64]int64 {
	last := int64(0)
	if len(fitting) > 0 {
		last = fitting[len(fitting)-1].id
	}
	out := map[int64]int64{}
	for i, r := range others {
		out[r.id] = last + int64(i) + 1
	}
	return out
}

// rename changes numbers wherever they stand.
func (f *repairer) rename(to map[int64]int64, columns ...[2]string) error {
	for _, from := range slices.Sorted(maps.Keys(to)) {
		for _, c := range columns {
			query := fmt.Sprintf("UPDATE OR REPLACE %s SET %s=? WHERE %[2]s=?", c[0], c[1])
			if _, err := f.db.ExecContext(f.ctx, query, to[from], from); err != nil {
				return fmt.Errorf("give a row of %s a number that fits: %w", c[0], err)
			}
		}
	}
	return nil
}

// fitRuns leaves the runs below 1 alone: those of which only the outputs are left have such numbers.
func (f *repairer) fitRuns() error {
	rows, err := f.numbered("SELECT seq, " + unsureRow("runs", "seq", "0") + `, 0, 0 FROM runs WHERE seq>0
		UNION SELECT run, 1, 0, 0 FROM lookups WHERE run NOT IN (SELECT seq FROM runs) UNION SELECT run, 1, 0, 0 FROM vehicles WHERE run NOT IN (SELECT seq FROM runs) ORDER BY 1`)
	if err != nil {
		return err
	}
	fitting, others := apart(rows)
	others = slices.DeleteFunc(others, func(r numbered) bool { return r.id >= 1 && r.id <= mostGap }) // a lost run's number is as good as any
	return f.rename(after(fitting, others), [2]string{"runs", "seq"}, [2]string{"lookups", "run"}, [2]string{"vehicles", "run"})
}

func (f *repairer) fitAnswers() error {
	rows, err := f.numbered("SELECT id, " + unsureRow("answers", "id", "0") + ", 0, 0 FROM answers ORDER BY id")
	if err != nil {
		return err
	}
	to := after(apart(rows))
	if err := f.rename(to, [2]string{"answers", "id"}, [2]string{"lookups", "answer"}); err != nil {
		return err
	}
	for from, id := range to { // what loseAnswer has turned round
		if _, err := f.db.ExecContext(f.ctx, "UPDATE lookups SET answer=? WHERE answer=? AND ?<>0", -id, -from, from); err != nil {
			return err
		}
	}
	return nil
}

// fitLookups also brings lookups back among those of their run, whose plan gave them one range of numbers: to a number
// of it that is free, or else behind it, and all later ones move on by one.
func (f *repairer) fitLookups() error {
	rows, err := f.numbered("SELECT id, " + unsureRow("lookups", "lookups.id", "0") + ", run, " + integrity.Planned + ` FROM lookups
		UNION ALL SELECT lookup, MAX(u), NULL, 0 FROM (SELECT lookup, ` + unsureRow("attempts", "lookup", "n") + ` AS u FROM attempts UNION ALL SELECT lookup, ` + unsureRow("answers", "id", "0") + ` FROM answers)
		WHERE lookup NOT IN (SELECT id FROM lookups) GROUP BY lookup ORDER BY 1`)
	if err != nil {
		return err
	}
	ranges, err := f.certainRanges()
	if err != nil {
		return err
	}
	fitting, others := apart(rows)
	fitting, strays := strayed(fitting, ranges)
	others = append(strays, others...)
	if len(others) == 0 {
		return nil
	}
	m := moved(fitting, others, ranges)
	f.shift = m.to
	return f.moveLookups(m)
}

// certainRanges are the ranges of the runs that say for certain which they are.
func (f *repairer) certainRanges() (map[int64]idRange, error) {
	rows, err := f.db.QueryContext(f.ctx, "SELECT seq, first_lookup, last_lookup FROM runs WHERE state<>'planning' AND first_lookup BETWEEN 1 AND last_lookup AND last_lookup-first_lookup <= input_rows*64 AND NOT "+unsureRow("runs", "seq", "0"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]idRange{}
	for rows.Next() {
		var s idRange
		if err := rows.Scan(&s.seq, &s.first, &s.last); err != nil {
			return nil, err
		}
		out[s.seq] = s
	}
	return out, rows.Err()
}

func (s *idRange) has(id int64) bool { return s.first <= id && id <= s.last }

// strayed tells the lookups that lie outside of their run's range, or in another run's, from the others.
func strayed(rows []numbered, ranges map[int64]idRange) (home, strays []numbered) {
	all := make([]idRange, 0, len(ranges))
	for _, s := range ranges {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b idRange) int { return cmp.Compare(a.first, b.first) })
	at := 0
	for _, r := range rows {
		for at < len(all) && all[at].last < r.id {
			at++
		}
		own, known := ranges[r.run]
		elsewhere := at < len(all) && all[at].has(r.id) && all[at].seq != r.run
		if r.run != 0 && (r.planned && known && !own.has(r.id) || elsewhere) {
			strays = append(strays, r)
		} else {
			home = append(home, r)
		}
	}
	return home, strays
}

// moves says which number each lookup has afterwards.
type moves struct {
	given map[int64]int64 // to those that did not fit
	room  []int64         // behind each of these numbers, in their order, is one more
}

// moved finds numbers for lookups that do not fit.
func moved(fitting, others []numbered, ranges map[int64]idRange) *moves {
	m := &moves{given: map[int64]int64{}}
	taken := map[int64]bool{}
	last := int64(0)
	for _, r := range fitting {
		taken[r.id], last = true, r.id
	}
	for _, s := range ranges {
		last = max(last, s.last)
	}
	next := map[int64]int64{} // of each run, the first number that may be free
	behind := map[int64][]int64{}
	var end []int64
	for _, r := range others {
		s, known := ranges[r.run]
		if !known || !r.planned {
			end = append(end, r.id)
			continue
		}
		n := max(next[r.run], s.first)
		for ; taken[n] && n <= s.last; n++ {
		}
		if next[r.run] = n + 1; n <= s.last {
			m.given[r.id] = n // as the numbers were, before any moves on
		} else {
			behind[s.last] = append(behind[s.last], r.id)
		}
	}
	places := map[int64]int64{}
	for _, at := range slices.Sorted(maps.Keys(behind)) {
		for _, id := range behind[at] {
			places[id] = at + int64(len(m.room)) + 1
			m.room = append(m.room, at)
		}
	}
	for id, n := range m.given {
		m.given[id] = m.moved(n)
	}
	maps.Copy(m.given, places)
	for i, id := range end {
		m.given[id] = m.moved(last) + int64(i) + 1
	}
	return m
}

// moved is where a number has moved on to.
func (m *moves) moved(id int64) int64 {
	n, _ := slices.BinarySearch(m.room, id)
	return id + int64(n)
}

// to is the number that a lookup has afterwards.
func (m *moves) to(id int64) int64 {
	if now, ok := m.given[id]; ok {
		return now
	}
	return m.moved(id)
}

// moveLookups gives lookups their numbers, wherever they are named.
func (f *repairer) moveLookups(m *moves) error {
	if err := f.all("CREATE TEMP TABLE given (was INTEGER PRIMARY KEY, now INTEGER NOT NULL)", "CREATE TEMP TABLE room (at INTEGER NOT NULL)"); err != nil {
		return err
	}
	for was, now := range m.given {
		if _, err := f.db.ExecContext(f.ctx, "INSERT INTO temp.given VALUES (?, ?)", was, now); err != nil {
			return err
		}
	}
	for _, at := range m.room {
		if _, err := f.db.ExecContext(f.ctx, "INSERT INTO temp.room VALUES (?)", at); err != nil {
			return err
		}
	}
	const now = "COALESCE((SELECT now FROM temp.given WHERE was=%[1]s), %[1]s+(SELECT COUNT(*) FROM temp.room WHERE at<%[1]s))"
	const which = "(%[1]s IN (SELECT was FROM temp.given) OR %[1]s>(SELECT MIN(at) FROM temp.room))"
	for _, c := range [][2]string{{"lookups", "id"}, {"lookups", "group_id"}, {"lookups", "replaced_by"}, {"lookups", "source"}, {"lookups", "depends_on"}, {"attempts", "lookup"}, {"answers", "lookup"},
		{"vehicles", string(record.DatasetMaintenance)}, {"vehicles", string(record.DatasetValuation)}, {"vehicles", string(record.DatasetViolations)}} {
		// By way of numbers that nobody has: a row must not meet another that has yet to move.
		if err := f.all(fmt.Sprintf("UPDATE %[2]s SET %[1]s=-1000000-("+now+") WHERE %[1]s<>0 AND "+which, c[1], c[0]), fmt.Sprintf("UPDATE %s SET %s=-1000000-%[2]s WHERE %[2]s<-1000000", c[0], c[1])); err != nil {
			return fmt.Errorf("give lookups numbers that fit in %s.%s: %w", c[0], c[1], err)
		}
	}
	fannedOut := "UPDATE vehicles SET details=json_set(details, '$.fan_out', (SELECT json_group_object(key, " + fmt.Sprintf(now, "value") + ") FROM json_each(details, '$.fan_out'))) WHERE json_valid(details) AND details->'$.fan_out' IS NOT NULL"
	ends := fmt.Sprintf("UPDATE runs SET first_lookup="+now, "first_lookup") + fmt.Sprintf(", last_lookup="+now, "last_lookup") + " WHERE last_lookup>=first_lookup AND NOT " + unsureRow("runs", "seq", "0")
	if err := f.all(fannedOut, ends); err != nil {
		return err
	}
	for id, at := range m.given { // what came to stand behind a range is part of it
		if _, err := f.db.ExecContext(f.ctx, "UPDATE runs SET last_lookup=MAX(last_lookup, ?1) WHERE last_lookup>=first_lookup AND seq=(SELECT run FROM lookups WHERE id=?1 AND "+integrity.Planned+") AND NOT "+unsureRow("runs", "seq", "0")+" AND ?2<>?1", at, id); err != nil {
			return err
		}
	}
	return nil
}
