package integrity

import (
	"context"
	"database/sql"
	"fmt"
	"hash/crc32"
)

// Rows that decide what is bought carry a checksum of what they say. SQLite has none
// of its own: a bit that turned on the disk, or a state that somebody has edited, would
// be believed. The text that is summed up is what SQL makes of the row's columns, so that
// a look at all of them is one query.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum is that of a row's text.
func Checksum(text []byte) int64 { return int64(crc32.Checksum(text, castagnoli)) }

// Summed is a table whose rows carry a checksum.
type Summed struct {
	Broken string // what is wrong when rows do not agree with theirs; the number of rows follows
	Table  string
	Key    string // two numbers that name a row
	Names  string // the columns of those numbers, as a condition
	Text   string // what is summed up
}

// Tables whose rows carry a checksum.
var (
	SummedRuns = Summed{Broken: "runs are not what was written down", Table: "runs", Key: "seq, 0", Names: "seq=? AND 0=?",
		Text: `seq||'|'||id||'|'||state||'|'||started_at||'|'||finished_at||'|'||purged_at||'|'||input_path||'|'||input_sha256||'|'||input_rows||'|'||strict_vin||'|'||datasets
			||'|'||formats||'|'||lang||'|'||report_lang||'|'||report_top||'|'||partitioned||'|'||bom||'|'||corrects||'|'||corrected||'|'||first_lookup||'|'||last_lookup
			||'|'||COALESCE(max_spend, '')||'|'`}
	SummedVehicles = Summed{Broken: "rows are not what was written down", Table: "vehicles", Key: "run, row", Names: "run=? AND row=?",
		Text: `run||'|'||row||'|'||vehicle_id||'|'||vin||'|'||plate||'|'||plate_type||'|'||engine_no||'|'||duplicate_of||'|'||maintenance||'|'||valuation||'|'||violations
			||'|'||details||'|'`}
	SummedLookups = Summed{Broken: "lookups are not what was written down", Table: "lookups", Key: "id, 0", Names: "id=? AND 0=?",
		Text: `id||'|'||run||'|'||row||'|'||dataset||'|'||lower(hex(question))||'|'||vendor||'|'||lead||'|'||every||'|'||passed||'|'||forced||'|'||state||'|'||attempts
			||'|'||ticket||'|'||answer||'|'||source||'|'||awaits||'|'||derived||'|'||stage||'|'||class||'|'||answered_at||'|'`}
)

// WrongRow is a row that does not agree with its checksum.
type WrongRow struct {
	Key  [2]int64
	Text []byte
	Sum  int64
}

// Resum gives every row that does not agree with its checksum the one of what it says: for a rescue, which vouches
// for all of them.
func Resum(ctx context.Context, conn *sql.Conn) error { return resum(ctx, conn, "1") }

// ResumMarked gives rows that were changed on purpose, and marked with Unsummed, their checksum.
func ResumMarked(ctx context.Context, conn *sql.Conn) error { return resum(ctx, conn, "sum="+Unsummed) }

func resum(ctx context.Context, conn *sql.Conn, where string) error {
	for _, s := range []Summed{SummedRuns, SummedVehicles, SummedLookups} {
		wrong, err := s.wrong(ctx, conn, where)
		if err != nil {
			return err
		}
		for _, r := range wrong {
			if _, err := conn.ExecContext(ctx, "UPDATE "+s.Table+" SET sum=? WHERE "+s.Names, Checksum(r.Text), r.Key[0], r.Key[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Unsummed is the checksum of a row that was changed on purpose, until Resum has given it its own.
const Unsummed = "-1"

// Wrong lists the rows that do not agree with their checksum.
func (s *Summed) Wrong(ctx context.Context, db Querier) ([]WrongRow, error) {
	return s.wrong(ctx, db, "1")
}

func (s *Summed) wrong(ctx context.Context, db Querier, where string) ([]WrongRow, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %s, CAST(%s AS BLOB), sum FROM %s WHERE %s", s.Key, s.Text, s.Table, where))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []WrongRow
	for rows.Next() {
		var r WrongRow
		if err := rows.Scan(&r.Key[0], &r.Key[1], &r.Text, &r.Sum); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.Table, err)
		}
		if r.Sum != Checksum(r.Text) {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}
