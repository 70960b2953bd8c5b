package integrity

import (
	"context"
	"database/sql"
	"fmt"
	"hash/crc32"
	"strings"

	"vehiclebatch/pipeline/ledger/stored"
)

// Rows that decide what is bought carry a checksum of their contents. SQLite has none of its own: a bit that flipped on
// the disk, or a state that somebody has edited, would be believed. The checksum is taken over a text that SQL makes of
// the row's columns, so that all rows can be checked with one query.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Summed is a table whose rows carry a checksum.
type Summed struct {
	Broken  string // what is wrong when rows do not agree with their checksum; the number of rows follows
	Table   string
	Key     string   // two columns, or numbers, that name a row
	Names   string   // those columns, as a condition on ?2 and ?3
	Columns []string // what the checksum covers, each as SQL makes a text of it
}

// Text is the text that the checksum covers, in SQL: the columns one after the other.
func (s *Summed) Text() string { return TextOf("", s.Columns) }

// TextOf is the text of some columns, none of which is NULL; of is put before each.
func TextOf(of string, columns []string) string {
	return "concat_ws('|', " + of + strings.Join(columns, ", "+of) + ", '')"
}

// The tables whose rows carry a checksum. It covers every column, except those that are stored twice and one that may
// change by itself: when a run has written its outputs.
var (
	SummedWorkspace = Summed{Broken: "what the workspace says of itself is not what was written down", Table: "workspace", Key: "id, 0", Names: "id=?2 AND 0=?3",
		Columns: append([]string{"id", "simulated", "created_at"}, counted...)}
	SummedRuns = Summed{Broken: "runs are not what was written down", Table: "runs", Key: "seq, 0", Names: "seq=?2 AND 0=?3",
		Columns: []string{"seq", "id", "state", "started_at", "finished_at", "purged_at", "input_path", "input_sha256", "input_rows", "strict_vin", "datasets", "formats", "lang",
			"report_lang", "report_top", "partitioned", "bom", "corrects", "corrected", "first_lookup", "last_lookup", "COALESCE(max_spend, '')"}}
	SummedVehicles = Summed{Broken: "rows are not what was written down", Table: "vehicles", Key: "run, row", Names: "run=?2 AND row=?3",
		Columns: []string{"run", "row", "vehicle_id", "vin", "plate", "plate_type", "engine_no", "duplicate_of", "maintenance", "valuation", "violations", "details"}}
	SummedLookups = Summed{Broken: "lookups are not what was written down", Table: "lookups", Key: "id, 0", Names: "id=?2 AND 0=?3",
		Columns: []string{"id", "run", "row", "dataset", "lower(hex(key))", "vendor", "group_id", "fan_out", "replaced_by", "forced", "state", "attempts", "answer", "source", "depends_on",
			"stage", "class", "answered_at", "next_at", "tries", "polls", "first_at", "ticket_at", "last_at", "ticket", "code", "derived", "message"}}
	SummedAttempts = Summed{Broken: "orders are not what was written down", Table: "attempts", Key: "lookup, n", Names: "lookup=?2 AND n=?3",
		Columns: []string{"lookup", "n", "vendor", "dataset", "fen", "billed", "intent_at", "ended_at", "outcome", "code", "ticket"}}
	// The id of an answer is known last.
	SummedAnswers = Summed{Broken: "answers are not what was written down", Table: "answers", Key: "id, 0", Names: "id=?2 AND 0=?3",
		Columns: append(AnswerColumns(), "body", "id")}
	SummedHalts = Summed{Broken: "halts are not what was written down", Table: "halts", Key: "vendor, dataset", Names: "vendor=?2 AND dataset=?3",
		Columns: []string{"vendor", "dataset", "stops", "class", "code", "at", "message"}}
	SummedPauses = Summed{Broken: "pauses are not what was written down", Table: "pauses", Key: "vendor, dataset", Names: "vendor=?2 AND dataset=?3",
		Columns: []string{"vendor", "dataset", "since", "next_at", "nth", "class", "code", "message"}}
	SummedCalls = Summed{Broken: "counts of calls are not what was written down", Table: "calls", Key: "vendor, day", Names: "vendor=?2 AND day=?3",
		Columns: []string{"vendor", "day", "n"}}
	SummedLosses = Summed{Broken: "losses are not what was written down", Table: "losses", Key: "at, 0", Names: "at=?2 AND 0=?3",
		Columns: []string{"at", "what"}}
)

// counted are the tables whose number of rows is kept in the workspace row.
var counted = []string{"halts", "pauses", "calls", "losses"}

// Recount writes into the workspace row how many rows the counted tables have. The row's checksum must be worked out
// after that.
func Recount() string {
	sets := make([]string, len(counted))
	for i, table := range counted {
		sets[i] = table + "=(SELECT COUNT(*) FROM " + table + ")"
	}
	return "UPDATE workspace SET " + strings.Join(sets, ", ") + ", sum=" + Unsummed
}

// miscounted are the rules of the counted tables.
func miscounted() []rule {
	out := make([]rule, len(counted))
	for i, table := range counted {
		out[i] = rule{broken: "there are fewer or more " + table + " than were written down", table: "workspace", large: true,
			breaks: table + " <> (SELECT COUNT(*) FROM " + table + ")"}
	}
	return out
}

// AnswerColumns are the columns of an answer that the checksum covers before the body.
func AnswerColumns() []string {
	return []string{"lookup", "attempt", "call", "vendor", "status", "received_at", "failure", "head"}
}

// Summeds are the tables whose rows carry a checksum.
func Summeds() []Summed {
	return append(smallSummeds(), SummedLookups, SummedAttempts, SummedVehicles, SummedAnswers)
}

// smallSummeds are the tables whose check takes no time.
func smallSummeds() []Summed {
	return []Summed{SummedWorkspace, SummedRuns, SummedHalts, SummedPauses, SummedCalls, SummedLosses}
}

// WrongRow is a row that does not agree with its checksum.
type WrongRow struct {
	Key  [2]any
	Text []byte
	Sum  int64
}

// Resum gives every row that does not agree with its checksum the checksum of what it says now. It is for a rescue,
// which has made all rows safe.
func Resum(ctx context.Context, conn *sql.Conn) error { return resum(ctx, conn, "1") }

// ResumMarked gives rows that were changed on purpose, and marked with Unsummed, their checksum.
func ResumMarked(ctx context.Context, conn *sql.Conn) error { return resum(ctx, conn, "sum="+Unsummed) }

func resum(ctx context.Context, conn *sql.Conn, where string) error {
	if _, err := conn.ExecContext(ctx, Recount()); err != nil {
		return err
	}
	for _, s := range Summeds() {
		wrong, err := s.wrong(ctx, conn, where)
		if err != nil {
			return err
		}
		for _, r := range wrong {
			if _, err := conn.ExecContext(ctx, "UPDATE "+s.Table+" SET sum=?1 WHERE "+s.Names, stored.Checksum(r.Text), r.Key[0], r.Key[1]); err != nil {
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
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %s, CAST(%s AS BLOB), sum FROM %s WHERE %s", s.Key, s.Text(), s.Table, where))
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
		if r.Sum != stored.Checksum(r.Text) {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}

// ChangedByte looks for a single byte of a text that, with another value, makes the text agree with a checksum; it
// returns where the byte is and what that value is. It undoes the checksum byte by byte from the end.
func ChangedByte(text []byte, sum int64) (at int, was byte, ok bool) {
	var first [256]byte // of a number of the table, by its highest byte, where in the table it stands
	for i, n := range castagnoli {
		first[n>>24] = byte(i)
	}
	differs := uint32(sum) ^ uint32(stored.Checksum(text))
	for at := len(text) - 1; at >= 0 && differs != 0; at-- {
		i := first[differs>>24]
		if castagnoli[i] == differs {
			return at, text[at] ^ i, true
		}
		differs = (differs^castagnoli[i])<<8 | uint32(i)
	}
	return 0, 0, false
}
