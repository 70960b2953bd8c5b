package postgres

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
)

// spoolName is the file of a workspace with answers that the server did not take.
const spoolName = "ledger.postgres.answers"

// spoolMost bounds what is read of it: far more than all calls under way can bring.
const spoolMost = 8 << 30

// spool keeps the answers that came while the server was away: they are paid. The next command that works with the
// ledger in this workspace writes them down.
type spool struct{ dir string }

func (s *spool) path() string { return filepath.Join(s.dir, spoolName) }

// keep adds an answer to the file, for good.
func (s *spool) keep(a *ledger.Answer) error {
	if s == nil || a == nil {
		return nil
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	folder := inside.Folder{Dir: s.dir}
	f, err := folder.OpenToWrite(s.path())
	if err != nil {
		return fmt.Errorf("keep an answer that the server does not take: %w", err)
	}
	_, err = f.Seek(0, 2)
	if err == nil {
		_, err = f.Write(append(text, '\n'))
	}
	if err := errors.Join(err, f.Sync(), f.Close(), folder.SyncDir(s.dir)); err != nil {
		return fmt.Errorf("keep an answer that the server does not take: %w", err)
	}
	return nil
}

// kept are the answers in the file. A last line that was cut off is none: nobody was told that it was kept.
func (s *spool) kept() ([]ledger.Answer, error) {
	text, err := inside.Folder{Dir: s.dir}.ReadFile(s.path(), spoolMost)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the answers that the server did not take: %w", err)
	}
	var out []ledger.Answer
	for line := range bytes.Lines(text) {
		var a ledger.Answer
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, &ledger.UserError{Problem: fmt.Sprintf("%s holds answers that were paid for, and line %d cannot be read (%v)", s.path(), len(out)+1, err),
				Hint: "put it aside and keep it: it may be wanted by whoever looks into this"}
		}
		out = append(out, a)
	}
	return out, nil
}

// replay writes down what was kept, and forgets the file. An answer that has arrived after all is there already.
func (l *Ledger) replay(s *spool) error {
	list, err := s.kept()
	if err != nil {
		return err
	}
	for i := range list {
		if err := l.receiveOnce(list[i]); err != nil {
			return fmt.Errorf("write down an answer that came while the server was away: %w", err)
		}
	}
	if err := os.Remove(s.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// insertOnce writes an answer unless it is there. One call has one answer at one moment.
var insertOnce = func() string {
	var s statement
	return "INSERT INTO answers (" + answerTable.names("") + ") SELECT " + s.params(&answerTable) +
		" WHERE NOT EXISTS (SELECT FROM answers WHERE lookup=$2::bigint AND attempt=$3::bigint AND call=$4::text AND received_at=$8::bigint)"
}()

func (l *Ledger) receiveOnce(a ledger.Answer) error {
	keeps := l.keeps(&a)
	return l.writer.write(&change{queue: func(w *writer, _ int64) ([]query, error) { // it stays in the file until it is there
		q := keeps(w)
		q.text = insertOnce
		return []query{q}, nil
	}})
}
