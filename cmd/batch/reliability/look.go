package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// copied opens a copy of a workspace's ledger, as it is on the disk now. The
// ledger itself is left alone: a reader that closes it would tidy up what a
// killed process has left. It is nil when there is nothing to read yet.
func copied(ctx context.Context, workspace, aside string) (*sqlite.Ledger, error) {
	if err := os.RemoveAll(aside); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return nil, err
	}
	for _, name := range []string{sqlite.FileName + "-wal", sqlite.FileName} {
		if err := copyFile(filepath.Join(workspace, name), filepath.Join(aside, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	l, err := sqlite.OpenReadOnly(ctx, aside, time.Now)
	var none *ledger.UserError
	if errors.As(err, &none) {
		return nil, nil //nolint:nilnil // killed before there was a ledger
	}
	return l, err
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

// view is what a ledger says.
type view struct {
	run     ledger.Run // the newest
	runs    int
	settled map[int64]string
	open    int
	doubts  int
	lookups int
	// submitting are those of which a call is under way.
	submitting int
	unasked    int                      // those whose ticket is paid, and whose report is awaited
	doubtsOf   map[string]int           // by dataset
	counted    map[string]record.Fen    // by vehicle and dataset: what its lookups were or may have been charged
	loss       string                   // what a rescue could not name
	spend      map[string]ledger.Totals // by vendor, of all runs
}

// viewOf reads a workspace's ledger while nobody works there.
func viewOf(workspace, aside string) (view, error) {
	v := view{settled: map[int64]string{}, spend: map[string]ledger.Totals{}, doubtsOf: map[string]int{}, counted: map[string]record.Fen{}}
	ctx := context.Background()
	l, err := copied(ctx, workspace, aside)
	if err != nil || l == nil {
		return v, err
	}
	err = v.read(ctx, l)
	return v, errors.Join(err, l.Close())
}

func (v *view) read(ctx context.Context, l *sqlite.Ledger) error {
	loss, err := l.LastLoss(ctx)
	if err != nil {
		return err
	}
	v.loss = loss.What
	runs, err := l.Runs(ctx)
	if err != nil {
		return err
	}
	for i, r := range runs {
		if i == 0 {
			v.run = r
		}
		v.runs++
		if err := l.Rows(ctx, r, func(row *ledger.Row) error { return v.add(l, row) }); err != nil {
			return err
		}
		if err := v.addSpend(ctx, l, r); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) addSpend(ctx context.Context, l *sqlite.Ledger, r ledger.Run) error {
	spend, err := l.Spend(ctx, r)
	for _, s := range spend {
		t := v.spend[s.Vendor]
		t.Charged, t.Unknown, t.Reserved = t.Charged+s.Charged, t.Unknown+s.Unknown, t.Reserved+s.Reserved
		v.spend[s.Vendor] = t
	}
	return err
}

func (v *view) add(l *sqlite.Ledger, row *ledger.Row) error {
	for i := range row.Lookups {
		a := &row.Lookups[i]
		k := &a.Lookup
		v.lookups++
		v.counted[row.Vehicle.VIN+" "+string(k.Dataset)] += a.Charged + a.Unknown
		if k.State.Open() {
			v.addOpen(k)
			continue
		}
		if k.State == ledger.InDoubt {
			v.doubts++
			v.doubtsOf[string(k.Dataset)]++
		}
		text := fmt.Sprintln(k.State, k.Vendor, k.Ticket, k.Answer, k.AnsweredAt, k.Stage, k.Class, k.Code, a.Charged, a.Unknown)
		if a.Packed.ID != 0 {
			raw, err := l.Unpack(a.Packed)
			if err != nil {
				return fmt.Errorf("the answer to lookup %d: %w", k.ID, err)
			}
			text += fmt.Sprintf("%x", sha256.Sum256(raw.Body))
		}
		v.settled[k.ID] = text
	}
	return nil
}

func (v *view) addOpen(k *ledger.Lookup) {
	v.open++
	switch k.State {
	case ledger.Submitting:
		v.submitting++
	case ledger.Waiting:
		v.unasked++
	}
}

// look holds what is settled on disk against what was settled before: nothing
// of it may be lost or changed.
func (t *trial) look() error {
	now, err := viewOf(t.workspace(), filepath.Join(t.dir, "aside"))
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	for id, was := range t.settled {
		if now.settled[id] != was {
			return fmt.Errorf("lookup %d was settled as %q and is now %q", id, was, now.settled[id])
		}
	}
	t.settled = now.settled
	t.over = now.runs > 0 && now.run.State == ledger.RunFinished
	return nil
}
