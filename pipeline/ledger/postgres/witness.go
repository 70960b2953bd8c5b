package postgres

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
)

// WitnessName is the file of a workspace that says where its ledger is, and how far that had come: a database that was
// restored to an older state has forgotten what was bought since, and would buy it again.
const WitnessName = "ledger.postgres"

// witnessed is what a workspace has seen of its ledger.
type witnessed struct {
	Address  string `json:"address"`  // without a password
	Schema   string `json:"schema"`   // it may have been found by the name of the user
	System   string `json:"system"`   // the server's system identifier, "" where the user may not ask for it
	Timeline int64  `json:"timeline"` // another one after a restore or a failover
	Ledger   int64  `json:"ledger"`   // when the ledger was made: it tells which one is meant
	Commits  int64  `json:"commits"`  // that the ledger had seen
	Lookup   int64  `json:"lookup"`   // the last intent: its lookup,
	Attempt  int64  `json:"attempt"`  // and which of its submissions
	Answer   int64  `json:"answer"`   // the id of the last raw answer
	Turn     uint64 `json:"turn"`     // the number of this write
}

func (s witnessed) bought() bool { return s.Lookup > 0 || s.Answer > 0 }

const (
	// placeBytes is how far the two places of the file are from each other, and more than one of them takes.
	placeBytes = 8 << 10
	// witnessMost is more than the file has.
	witnessMost = 1 << 20
)

// witness is the open file. As the mark of a ledger in a file it is written after each commit and before anything
// leaves, without an fsync, and alternately to two places: it may be behind the ledger, never ahead, and a write that
// is cut off leaves the other one whole. The writer alone uses it.
type witness struct {
	file *os.File
	seen witnessed
}

// line is one place of the file: a checksum and what was seen.
func (s *witnessed) line() ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	b := fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(text), text)
	if len(b) > placeBytes {
		return nil, fmt.Errorf("the address of the ledger has %d bytes: too many", len(s.Address))
	}
	return append(b, bytes.Repeat([]byte(" "), placeBytes-len(b)-1)...), nil
}

func parsePlace(b []byte) (s witnessed, ok bool) {
	sum, rest, _ := bytes.Cut(b, []byte(" "))
	text, _, whole := bytes.Cut(rest, []byte("\n"))
	if !whole || string(sum) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(text)) {
		return s, false
	}
	err := json.Unmarshal(text, &s)
	return s, err == nil
}

// readWitness reads what a workspace has seen of its ledger; there may be none, or none that can be read.
func readWitness(dir string) (s witnessed, there, ok bool) {
	b, err := inside.Folder{Dir: dir}.ReadFile(filepath.Join(dir, WitnessName), witnessMost)
	if err != nil {
		return s, !errors.Is(err, fs.ErrNotExist), false
	}
	for at := 0; at < len(b) && at <= placeBytes; at += placeBytes {
		if one, good := parsePlace(b[at:]); good && (!ok || one.Turn >= s.Turn) {
			s, ok = one, true
		}
	}
	return s, len(b) > 0, ok
}

// AddressIn is the address of the ledger of a workspace, without a password; "" where its ledger is not on a server.
func AddressIn(dir string) (string, error) {
	s, there, ok := readWitness(dir)
	if there && !ok {
		return "", &ledger.UserError{Problem: filepath.Join(dir, WitnessName) + " cannot be read, and it says where the ledger is", Hint: "name the ledger with --ledger"}
	}
	return s.Address, nil
}

// openWitness opens the file for writing; it begins with what the ledger holds now.
func openWitness(dir string, from witnessed) (*witness, error) {
	folder := inside.Folder{Dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("cannot make the workspace %s (%v)", dir, err), Hint: "choose another folder with --out"}
	}
	old, _, _ := readWitness(dir)
	f, err := folder.OpenToWrite(filepath.Join(dir, WitnessName))
	if err != nil {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("cannot write in the workspace %s (%v)", dir, err), Hint: "check who owns it, or choose another folder with --out"}
	}
	w := &witness{file: f, seen: from}
	w.seen.Turn = old.Turn
	// The place whose value counts now is written last.
	if err := errors.Join(w.write(), f.Sync(), w.write(), f.Sync(), folder.SyncDir(dir)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

func (w *witness) write() error {
	w.seen.Turn++
	b, err := w.seen.line()
	if err == nil {
		_, err = w.file.WriteAt(b, int64(w.seen.Turn%2)*placeBytes)
	}
	if err != nil {
		return fmt.Errorf("write down in the workspace how far the ledger is: %w", err)
	}
	return nil
}

// committed writes down that a commit has arrived.
func (w *witness) committed(commits int64, group []*change, made []bool) error {
	if w == nil {
		return nil
	}
	w.seen.Commits = commits
	for i, c := range group {
		if c.intent != nil && made[i] {
			w.seen.Lookup, w.seen.Attempt = c.intent.Lookup, int64(c.intent.N)
		}
		if c.answer != nil {
			w.seen.Answer = max(w.seen.Answer, c.answer.ID)
		}
	}
	return w.write()
}

func (w *witness) close() error {
	if w == nil {
		return nil
	}
	return errors.Join(w.file.Sync(), w.file.Close())
}

// asker asks for one row.
type asker func(dest []any, text string, args ...any) error

// lookAt is what a workspace would see of a ledger now.
func lookAt(one asker, address string) (s witnessed, err error) {
	s.Address = address
	err = one([]any{&s.Schema, &s.Ledger, &s.Commits, &s.Answer, &s.Lookup, &s.Attempt}, `SELECT COALESCE(current_schema(), ''), w.created_at, w.commits,
		COALESCE((SELECT MAX(id) FROM answers), 0), COALESCE(a.lookup, 0), COALESCE(a.n, 0)
		FROM workspace w LEFT JOIN (SELECT lookup, n FROM attempts ORDER BY intent_at DESC, lookup DESC, n DESC LIMIT 1) a ON true`)
	if err != nil {
		return s, fmt.Errorf("look how far the ledger is: %w", err)
	}
	err = one([]any{&s.System, &s.Timeline}, "SELECT (SELECT system_identifier FROM pg_control_system())::text, (SELECT timeline_id FROM pg_control_checkpoint())::bigint")
	if isCode(err, "42501", "42883", "0A000") { // not everybody may know it, and not every server tells it
		err = nil
	}
	return s, err
}

// whyStale says what suggests that a ledger is not as far as its workspace has seen it; "" means nothing does. The
// witness was read before the ledger, so that a commit in between cannot make it look as if it were ahead.
func whyStale(one asker, dir string, was witnessed, there, ok bool, is *witnessed) (string, error) {
	path := filepath.Join(dir, WitnessName)
	switch {
	case there && !ok && is.bought():
		return fmt.Sprintf("has orders, and %s, which would say that they are the last ones, cannot be read", path), nil
	case !there && is.bought():
		return fmt.Sprintf("has orders, and there is no %s which says that they are the last ones: no command has worked with it in this folder, so nobody can tell here whether the database was restored to an older state", path), nil
	case !ok:
		return "", nil
	case was.Ledger != is.Ledger && (was.bought() || is.bought()):
		return fmt.Sprintf("is not the one that %s was written for (%s, schema %s)", path, was.Address, was.Schema), nil
	case was.Ledger != is.Ledger:
		return "", nil
	case is.Commits < was.Commits:
		return fmt.Sprintf("has seen %d commits, and this workspace has seen %d: the database was restored to an older state%s", is.Commits, was.Commits, otherServer(&was, is)), nil
	}
	var intent, answer bool
	err := one([]any{&intent, &answer}, "SELECT EXISTS (SELECT FROM attempts WHERE lookup=$1 AND n=$2), EXISTS (SELECT FROM answers WHERE id=$3)", was.Lookup, was.Attempt, was.Answer)
	switch {
	case err != nil:
		return "", fmt.Errorf("hold the ledger against what the workspace has seen of it: %w", err)
	case was.Lookup > 0 && !intent:
		return fmt.Sprintf("lacks an order (number %d of lookup %d) that this workspace has seen: the database was restored to an older state%s", was.Attempt, was.Lookup, otherServer(&was, is)), nil
	case was.Answer > 0 && !answer:
		return fmt.Sprintf("lacks an answer (number %d) that this workspace has seen: the database was restored to an older state%s", was.Answer, otherServer(&was, is)), nil
	}
	return "", nil
}

// otherServer says by what else a restore shows.
func otherServer(was, is *witnessed) string {
	switch {
	case was.System != "" && is.System != "" && was.System != is.System:
		return ", on another server"
	case was.Timeline > 0 && is.Timeline > 0 && was.Timeline != is.Timeline:
		return fmt.Sprintf(" (the server's timeline was %d and is %d)", was.Timeline, is.Timeline)
	}
	return ""
}

// StaleError says why a ledger may have forgotten what was bought.
type StaleError struct{ Dir, What string }

func (e *StaleError) Error() string {
	return fmt.Sprintf("the ledger %s. Nothing is bought with it: what it has forgotten would be bought again.\n"+
		"  If there is a newer state of the database, restore that. Only if you know that nothing was bought after this one: batch doctor --out %s --accept", e.What, e.Dir)
}

// Unwrap makes it one that the user puts right.
func (e *StaleError) Unwrap() error { return &ledger.UserError{Problem: "the ledger " + e.What} }

// askIn asks in a session.
func askIn(s *session) asker {
	return func(dest []any, text string, args ...any) error { return s.one(dest, text, args...) }
}
