package memory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func keptRun(r ledger.Run) ledger.Run {
	r.Datasets, r.Corrected = copied(r.Datasets), copied(r.Corrected)
	r.StartedAt, r.FinishedAt, r.PurgedAt = stored(r.StartedAt), stored(r.FinishedAt), stored(r.PurgedAt)
	if !r.MaxSpend.OK {
		r.MaxSpend.V = 0
	}
	return r
}

// NewRun starts a run in state planning.
func (l *Ledger) NewRun(r ledger.Run) (ledger.Run, error) {
	r.State = ledger.RunPlanning
	err := l.write(func(s *state) error {
		r.Seq = 1
		for seq, other := range s.runs {
			if other.ID == r.ID {
				return fmt.Errorf("there is a run %s", r.ID)
			}
			r.Seq = max(r.Seq, seq+1)
		}
		kept := keptRun(r)
		kept.FinishedAt, kept.PurgedAt, kept.InputRows, kept.FirstLookup, kept.LastLookup = time.Time{}, time.Time{}, 0, 0, 0
		s.runs[r.Seq] = kept
		return nil
	})
	return r, err
}

// SetRun writes how far a run has come and how its outputs are to be written. What the run was planned from stays.
func (l *Ledger) SetRun(r ledger.Run) error {
	return l.change(func(s *state) {
		k, ok := s.runs[r.Seq]
		if !ok {
			return
		}
		k.State, k.FinishedAt, k.InputRows, k.Formats, k.FirstLookup, k.LastLookup = r.State, r.FinishedAt, r.InputRows, r.Formats, r.FirstLookup, r.LastLookup
		k.MaxSpend, k.Lang, k.ReportLang, k.ReportTop, k.Partitioned, k.BOM = r.MaxSpend, r.Lang, r.ReportLang, r.ReportTop, r.Partitioned, r.BOM
		s.runs[r.Seq] = keptRun(k)
	})
}

// HoldRun puts a planned run back into the state planning.
func (l *Ledger) HoldRun(r ledger.Run) error {
	r.State = ledger.RunPlanning
	return l.SetRun(r)
}

// DropRun forgets a run that was only planned.
func (l *Ledger) DropRun(r ledger.Run) error {
	if err := l.HoldRun(r); err != nil {
		return err
	}
	return l.DropPlanning()
}

// DropPlanning forgets runs whose planning never ended: nothing was bought in them.
func (l *Ledger) DropPlanning() error {
	return l.change(func(s *state) {
		planning := func(run int64) bool { return s.runs[run].State == ledger.RunPlanning }
		maps.DeleteFunc(s.lookups, func(_ int64, k ledger.Lookup) bool { return planning(k.Run) })
		maps.DeleteFunc(s.rows, func(p place, _ row) bool { return planning(p.run) })
		maps.DeleteFunc(s.written, func(run int64, _ string) bool { return planning(run) })
		maps.DeleteFunc(s.runs, func(run int64, _ ledger.Run) bool { return planning(run) })
	})
}

// Runs lists the runs, the newest first.
func (l *Ledger) Runs(context.Context) ([]ledger.Run, error) {
	var out []ledger.Run
	for _, r := range l.read().runs {
		out = append(out, keptRun(r))
	}
	slices.SortFunc(out, func(a, b ledger.Run) int { return cmp.Compare(b.Seq, a.Seq) })
	return out, nil
}

// RunByID finds a run.
func (l *Ledger) RunByID(_ context.Context, id string) (ledger.Run, bool, error) {
	for _, r := range l.read().runs {
		if r.ID == id {
			return keptRun(r), true, nil
		}
	}
	return ledger.Run{}, false, nil
}

// Written is the fingerprint of what the outputs of a run were made of when it wrote them last.
func (l *Ledger) Written(_ context.Context, r ledger.Run) (string, error) {
	return l.read().written[r.Seq], nil
}

// SetWritten sets the fingerprint that Written returns.
func (l *Ledger) SetWritten(r ledger.Run, fingerprint string) error {
	return l.change(func(s *state) { s.written[r.Seq] = fingerprint })
}

// Fingerprint changes whenever the outputs of a run would change: it covers everything that they can be made of.
func (l *Ledger) Fingerprint(_ context.Context, r ledger.Run, with string) (string, error) {
	s := l.read()
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %+v %+v", with, keptRun(r), s.lookups) // fmt sorts maps by their keys
	for _, number := range s.rowsOf(r.Seq) {
		row := s.rows[place{r.Seq, number}]
		fmt.Fprintf(sum, "%+v %+v", row.vehicle, row)
	}
	fmt.Fprintf(sum, "%+v %d", s.attempts, len(s.runs))
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// Ahead is how far the newest moment in the ledger is ahead of the clock; up to an hour counts as none.
func (l *Ledger) Ahead(context.Context) (time.Duration, error) {
	s := l.read()
	var newest time.Time
	if len(s.runs) > 0 {
		newest = s.runs[slices.Max(slices.Collect(maps.Keys(s.runs)))].StartedAt
	}
	if n := len(s.answers); n > 0 && s.answers[n-1].ReceivedAt.After(newest) {
		newest = s.answers[n-1].ReceivedAt
	}
	if ahead := newest.Sub(l.now()); !newest.IsZero() && ahead > time.Hour {
		return ahead, nil
	}
	return 0, nil
}

// SetHalt writes down that a vendor takes no calls or orders, and why.
func (l *Ledger) SetHalt(h ledger.Halt) error {
	h.At = stored(h.At)
	return l.change(func(s *state) { s.halts[trouble{h.Vendor, h.Dataset}] = h })
}

// ClearHalts forgets every halt: the user goes on.
func (l *Ledger) ClearHalts() error { return l.change(func(s *state) { clear(s.halts) }) }

// Halts lists the halts, by vendor and dataset.
func (l *Ledger) Halts(context.Context) ([]ledger.Halt, error) { return sorted(l.read().halts), nil }

// sorted lists the values of a map by vendor and dataset.
func sorted[T any](of map[trouble]T) (out []T) {
	for _, at := range slices.SortedFunc(maps.Keys(of), trouble.compare) {
		out = append(out, of[at])
	}
	return out
}

// SetPause writes down that a vendor is waited for, and until when.
func (l *Ledger) SetPause(p ledger.Pause) error {
	p.Since, p.NextAt = stored(p.Since), stored(p.NextAt)
	return l.change(func(s *state) { s.pauses[trouble{p.Vendor, p.Dataset}] = p })
}

// ClearPause forgets that a vendor was waited for: it answers.
func (l *Ledger) ClearPause(vendor string, d record.Dataset) error {
	return l.change(func(s *state) { delete(s.pauses, trouble{vendor, d}) })
}

// Pauses lists the pauses, by vendor and dataset.
func (l *Ledger) Pauses(context.Context) ([]ledger.Pause, error) { return sorted(l.read().pauses), nil }

// CountCalls adds calls to a vendor's count of the day.
func (l *Ledger) CountCalls(vendor string, day record.Date, n int) error {
	return l.change(func(s *state) { s.calls[callsOf{vendor, day}] += n })
}

// CallsOn tells how many calls a vendor had on a day.
func (l *Ledger) CallsOn(_ context.Context, vendor string, day record.Date) (int, error) {
	return l.read().calls[callsOf{vendor, day}], nil
}
