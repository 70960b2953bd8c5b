package repair

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// sums deals with rows that are not what was written down. Where one change makes a row
// agree with its checksum again, that is what it was. Else a row of the input is lost, and
// of a lookup nobody can say whether it was bought.
func (f *repairer) sums() error {
	for _, t := range []struct {
		summed integrity.Summed
		mend   func(*integrity.WrongRow) error
	}{{integrity.SummedLookups, f.mendLookup}, {integrity.SummedVehicles, f.mendRow}} {
		wrong, err := t.summed.Wrong(f.ctx, f.db)
		if err != nil {
			return err
		}
		for i := range wrong {
			if err := t.mend(&wrong[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// resum gives every row that was mended the checksum of what it says now.
func (f *repairer) resum() error { return integrity.Resum(f.ctx, f.db) }

// guess is a column of a row's text, and where to look for what it may have been: of the row that ?1 and ?2 name.
type guess struct {
	at    int
	set   string // the column, as it is set
	query string
}

const (
	namedBy = "SELECT %[1]s FROM vehicles WHERE run=?1 AND vehicle_id=(SELECT vehicle_id FROM vehicles WHERE run=?1 AND row=?2) UNION " +
		"SELECT IIF(lead>0, lead, id) FROM lookups WHERE run=?1 AND row=?2 AND dataset='%[1]s' UNION SELECT 0"
	together = "SELECT id FROM lookups WHERE (run, row)=(SELECT run, row FROM lookups WHERE id=?1) AND ?2=0 UNION SELECT 0"
)

// lookupGuesses are those of integrity.SummedLookups, rowGuesses of integrity.SummedVehicles.
var (
	lookupGuesses = []guess{
		{10, "state=?", `SELECT value FROM json_each('["planned","submitting","waiting","following","found","no_record","unsupported","failed","in_doubt"]') WHERE ?1 AND ?2=0`},
		{5, "vendor=?", "SELECT vendor FROM lookups WHERE ?1 AND ?2=0 UNION SELECT vendor FROM attempts UNION SELECT vendor FROM answers"},
		{11, "attempts=?", "SELECT COUNT(*) FROM attempts WHERE lookup=?1 AND ?2=0"},
		{12, "ticket=?", "SELECT ticket FROM attempts WHERE lookup=?1 AND ?2=0 UNION SELECT ''"},
		{13, "answer=?", "SELECT id FROM answers WHERE lookup=?1 AND ?2=0 UNION SELECT 0"},
		{14, "source=?", "SELECT 0 WHERE ?1 AND ?2=0"},
		{19, "answered_at=?", "SELECT received_at FROM answers WHERE lookup=?1 AND ?2=0 UNION SELECT s.received_at FROM lookups k JOIN answers s ON s.id=k.answer WHERE k.id=?1 UNION SELECT 0"},
		{6, "lead=?", together}, {8, "passed=?", together}, {15, "awaits=?", together},
		{9, "forced=?", "SELECT 0 WHERE ?1 AND ?2=0 UNION SELECT 1"},
		{7, "every=?", "SELECT 0 WHERE ?1 AND ?2=0 UNION SELECT 1"},
		{17, "stage=?", "SELECT stage FROM lookups WHERE ?1 AND ?2=0 UNION SELECT ''"},
		{18, "class=?", "SELECT class FROM lookups WHERE ?1 AND ?2=0 UNION SELECT ''"},
		{3, "dataset=?", `SELECT value FROM json_each('["maintenance","valuation","violations"]') WHERE ?1 AND ?2=0`},
		{1, "run=?", "SELECT seq FROM runs WHERE ?1 AND ?2=0"},
		{2, "row=?", "SELECT row FROM vehicles WHERE ?1 IN (maintenance, valuation, violations) AND ?2=0"},
	}
	rowGuesses = []guess{
		{7, "duplicate_of=?", "SELECT row FROM vehicles WHERE run=?1 AND vehicle_id=(SELECT vehicle_id FROM vehicles WHERE run=?1 AND row=?2) UNION SELECT 0"},
		{8, "maintenance=?", fmt.Sprintf(namedBy, record.DatasetMaintenance)},
		{9, "valuation=?", fmt.Sprintf(namedBy, record.DatasetValuation)},
		{10, "violations=?", fmt.Sprintf(namedBy, record.DatasetViolations)},
		{0, "run=?", "SELECT seq FROM runs WHERE ?1 AND ?2"},
		{1, "row=?", `WITH RECURSIVE n(row) AS (SELECT 1 UNION ALL SELECT row+1 FROM n WHERE row<(SELECT input_rows FROM runs WHERE seq=?1) AND ?2)
			SELECT row FROM n WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=?1 AND v.row=n.row)`},
	}
)

// mend tries what a column may have been, and tells whether the row agrees with its checksum then.
func (f *repairer) mendBy(s *integrity.Summed, r *integrity.WrongRow, g guess, guesses []string) (bool, error) {
	columns := bytes.Split(r.Text, []byte("|"))
	if g.at >= len(columns) {
		return false, nil
	}
	for _, was := range guesses {
		if columns[g.at] = []byte(was); integrity.Checksum(bytes.Join(columns, []byte("|"))) == r.Sum {
			_, err := f.db.ExecContext(f.ctx, fmt.Sprintf("UPDATE OR IGNORE %s SET %s WHERE %s", s.Table, g.set, s.Names), was, r.Key[0], r.Key[1])
			return true, err
		}
	}
	return false, nil
}

func (f *repairer) mendByAll(s *integrity.Summed, r *integrity.WrongRow, all []guess) (bool, error) {
	for _, g := range all {
		guesses, err := f.guesses(g.query, r.Key)
		if err != nil {
			return false, err
		}
		if ok, err := f.mendBy(s, r, g, guesses); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (f *repairer) guesses(query string, key [2]int64) ([]string, error) {
	rows, err := f.db.QueryContext(f.ctx, query, key[0], key[1])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var was string
		if err := rows.Scan(&was); err != nil {
			return nil, err
		}
		out = append(out, was)
	}
	return out, rows.Err()
}

// mendLookup puts the one column of a lookup right that was changed, where others say what it was.
func (f *repairer) mendLookup(r *integrity.WrongRow) error {
	if ok, err := f.mendByAll(&integrity.SummedLookups, r, lookupGuesses); ok || err != nil {
		return err
	}
	asked, err := f.questionsOf(r.Key[0])
	if err != nil {
		return err
	}
	if ok, err := f.mendBy(&integrity.SummedLookups, r, guess{at: 4, set: "question=unhex(?)"}, asked); ok || err != nil {
		return err
	}
	if err := f.doubtUnordered(fmt.Sprintf("id=%d AND state='planned'", r.Key[0])); err != nil {
		return err
	}
	return f.doubt(fmt.Sprintf("id=%d AND state IN ('failed', 'no_record', 'unsupported')", r.Key[0]))
}

// questionsOf are what a lookup may have asked, by what its row says.
func (f *repairer) questionsOf(id int64) ([]string, error) {
	var dataset record.Dataset
	var derived string
	rows, err := f.db.QueryContext(f.ctx, "SELECT "+sqlite.VehicleColumns+" FROM vehicles v JOIN lookups k ON v.run=k.run AND v.row=k.row WHERE k.id=?", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	v, err := sqlite.ScanNamed(rows)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(rows.Close(), f.db.QueryRowContext(f.ctx, "SELECT dataset, derived FROM lookups WHERE id=?", id).Scan(&dataset, &derived)); err != nil {
		return nil, err
	}
	out := []string{hex.EncodeToString(f.known.Question(dataset, &v.Vehicle))}
	if list, err := record.ParseDerived(derived); err == nil && len(list) > 0 {
		with := v.Vehicle.With(list)
		out = append(out, hex.EncodeToString(f.known.Question(dataset, &with)))
	}
	return out, nil
}

// mendRow puts the one number of a row of the input right that was changed, or the one byte of its texts.
func (f *repairer) mendRow(r *integrity.WrongRow) error {
	if ok, err := f.mendByAll(&integrity.SummedVehicles, r, rowGuesses); ok || err != nil {
		return err
	}
	at := 0
	columns := bytes.SplitN(r.Text, []byte("|"), 12)
	for i, value := range columns {
		if i == len(columns)-1 {
			value = bytes.TrimSuffix(value, []byte("|"))
		}
		if name := rowTexts[i]; name != "" {
			if was, ok := changedByte(r, at, at+len(value)); ok {
				_, err := f.db.ExecContext(f.ctx, "UPDATE vehicles SET "+name+"=? WHERE run=? AND row=?", string(was), r.Key[0], r.Key[1])
				return err
			}
		}
		at += len(value) + 1
	}
	f.allRows = false
	_, err := f.db.ExecContext(f.ctx, "DELETE FROM vehicles WHERE run=? AND row=?", r.Key[0], r.Key[1])
	return err
}

// rowTexts are the columns of integrity.SummedVehicles that are texts.
var rowTexts = [12]string{2: "vehicle_id", 3: "vin", 4: "plate", 5: "plate_type", 6: "engine_no", 11: "details"}

// changedByte looks for the one byte of a text, between two places, with which the row agrees with its
// checksum. It returns the part between the places as it was.
func changedByte(r *integrity.WrongRow, from, to int) ([]byte, bool) {
	text := slices.Clone(r.Text)
	for at := from; at < to; at++ {
		is := text[at]
		for b := range 256 {
			if text[at] = byte(b); integrity.Checksum(text) == r.Sum {
				return text[from:to], true
			}
		}
		text[at] = is
	}
	return nil, false
}
