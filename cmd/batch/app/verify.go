package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/sinks"
)

// Verified is what a look at the outputs of a run has come to.
type Verified struct {
	Run      ledger.Run
	Manifest sinks.Manifest
	Found    []sinks.Discrepancy
	ByDate   string // the folder of the copies
}

// Verify reads every output of a run back and holds it against the manifest and the
// ledger. With an error, what was found until then counts.
func (w *Workspace) Verify(ctx context.Context, run ledger.Run) (v Verified, err error) {
	v = Verified{Run: run, ByDate: byDate(w.Dir)}
	dir := runDir(w.Dir, run.ID)
	if _, err := w.disk().Stat(dir); err != nil && !run.PurgedAt.IsZero() {
		return Verified{}, notPurged(run, "verified")
	}
	if v.Manifest, err = w.readManifest(run); err != nil {
		return Verified{}, w.mismatch(ctx, w.unreadable(dir, run, err))
	}
	if v.Found, err = w.checkCopies(run, v.Manifest); err != nil {
		return Verified{}, err
	}
	v.Found = append(v.Found, sinks.CheckFiles(dir, v.Manifest)...)
	if run.PurgedAt.IsZero() && len(v.Found) == 0 {
		if v.Found, err = w.compare(ctx, run, dir, v.Manifest); err != nil {
			return Verified{}, err
		}
	}
	if len(v.Found) > 0 {
		err = w.mismatch(ctx, fmt.Errorf("the outputs in %s are not what the ledger says: write them again with `batch export --out %s --run %s`", dir, w.Dir, run.ID))
	}
	return v, err
}

// unreadable says what to do about a manifest that cannot be read. An export puts a file in
// the place of a link; it does not write through a folder that is one, and that error says enough.
func (w *Workspace) unreadable(dir string, run ledger.Run, err error) error {
	var outside *inside.OutsideError
	if errors.As(err, &outside) {
		if filepath.Dir(outside.Link) != dir {
			return outside
		}
		err = fmt.Errorf("%s is a link that leads out of its folder, and is not read", outside.Link)
	}
	return fmt.Errorf("%w: write the outputs again with `batch export --out %s --run %s`", err, w.Dir, run.ID)
}

// readManifest reads what stands in a run's folder.
func (w *Workspace) readManifest(run ledger.Run) (sinks.Manifest, error) {
	dir, err := w.folderOf(run)
	if err != nil {
		return sinks.Manifest{}, err
	}
	return sinks.ReadManifest(dir)
}

// mismatch is the error for outputs that are not as they should be. While another
// process works in the workspace the reason is that it has not written them yet.
func (w *Workspace) mismatch(ctx context.Context, why error) error {
	if holder, err := w.ledger.Holder(ctx); err == nil && holder != "" {
		why = fmt.Errorf("the workspace %s is in use by %s: its outputs are written when that ends. Verify them then", w.Dir, holder)
	}
	return &CodeError{Code: ExitUnexpected, Err: why}
}

// compare holds every cell, and the manifest's counts, against the ledger.
func (w *Workspace) compare(ctx context.Context, run ledger.Run, dir string, m sinks.Manifest) ([]sinks.Discrepancy, error) {
	c, err := sinks.NewComparer(dir, m)
	if err != nil {
		return nil, err
	}
	forgotten, err := export.Forgotten(ctx, w.ledger, run)
	if err != nil {
		return nil, err
	}
	c.Forget(forgotten)
	said, err := messages.New(messages.Lang(cmp.Or(m.Lang, string(messages.English))))
	if err != nil {
		return []sinks.Discrepancy{{File: "manifest.json", Want: "lang en or zh", Got: "lang " + m.Lang}}, nil
	}
	if err := export.Write(ctx, w.ledger, run, readers(), said, c); err != nil {
		return nil, err
	}
	found, err := c.Close()
	if err != nil {
		return nil, err
	}
	now, err := manifestOf(ctx, w.ledger, run)
	if err != nil {
		return nil, err
	}
	now.Outputs, now.Lang = m.Outputs, m.Lang // an export may have chosen others than the run's
	now.RunDate = m.RunDate                   // held against the files already
	want, err := now.Text()
	if err != nil {
		return nil, err
	}
	got, err := m.Text()
	if err == nil && string(want) != string(got) {
		d := sinks.Discrepancy{File: "manifest.json"}
		d.Want, d.Got = firstDifference(string(want), string(got))
		found = append(found, d)
	}
	return found, err
}

// firstDifference are the first lines of two texts that are not the same.
func firstDifference(a, b string) (inA, inB string) {
	for {
		lineA, restA, _ := strings.Cut(a, "\n")
		lineB, restB, _ := strings.Cut(b, "\n")
		if lineA != lineB || restA == restB {
			return strings.TrimSpace(lineA), strings.TrimSpace(lineB)
		}
		a, b = restA, restB
	}
}
