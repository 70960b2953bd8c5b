package sinks

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// Finish ends every file, puts all of them in their places and writes the
// manifest last; it returns the manifest with RunID, Outputs and SchemaVersion
// filled in. A manifest that was there goes before the first file changes, so
// that at every moment a manifest lists whole files. After an error there is
// either the old set with its manifest, or none, or the new set with its own;
// Create and Finish again put it right.
func (w *Writer) Finish(m Manifest) (Manifest, error) {
	defer w.Abort()
	if w.err != nil {
		return Manifest{}, fmt.Errorf("the outputs cannot be finished: %w", w.err)
	}
	w.err = errors.New("the outputs are finished")
	outputs, err := w.endFiles()
	if err != nil {
		return Manifest{}, fmt.Errorf("end the outputs: %w", err)
	}
	m.RunID, m.RunDate, m.Outputs, m.SchemaVersion = w.run, w.partition.day(), outputs, SchemaVersion
	if err := w.publish(m); err != nil {
		return Manifest{}, fmt.Errorf("publish the outputs: %w", err)
	}
	return m, nil
}

// endFiles writes what is pending and syncs every file, still aside.
func (w *Writer) endFiles() ([]Output, error) {
	for _, o := range w.outputs {
		if err := o.flush(); err != nil {
			return nil, err
		}
	}
	outputs := make([]Output, 0, len(w.outputs))
	for _, o := range w.outputs {
		if err := o.Close(); err != nil {
			return nil, err
		}
		outputs = append(outputs, Output{Path: o.file.name, Rows: o.rows(), Bytes: o.file.bytes, SHA256: o.file.checksum()})
	}
	if err := w.releaseBooks(); err != nil {
		return nil, fmt.Errorf("remove temporary files: %w", err)
	}
	slices.SortFunc(outputs, func(a, b Output) int { return cmp.Compare(a.Path, b.Path) })
	return outputs, nil
}

// WriteBatch writes a batch of the table.
func (o *output) WriteBatch(batch arrow.Record) error {
	return o.explain("write", o.table.WriteBatch(batch))
}

// Close writes the footer and puts the file on the disk, still aside.
func (o *output) Close() error {
	if err := o.explain("end", o.table.Close()); err != nil {
		return err
	}
	return o.file.finish()
}

// explain names the file in an error. An error of the file itself goes first: the
// format's library may have changed it, or dropped it.
func (o *output) explain(doing string, err error) error {
	if o.file.err != nil {
		return o.file.err
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", doing, o.file.name, err)
	}
	return nil
}

func (w *Writer) publish(m Manifest) error {
	if err := w.clear(m); err != nil {
		return err
	}
	for _, o := range w.outputs {
		if err := o.file.publish(); err != nil {
			return err
		}
	}
	if err := w.fs.SyncDir(w.dir); err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	if err := w.publishCopies(); err != nil { // the manifest tells of them
		return err
	}
	return w.publishManifest(m)
}

// clear takes the old manifest away, and after it the files of formats that
// were not asked for this time.
func (w *Writer) clear(next Manifest) error {
	if err := w.fs.Remove(filepath.Join(w.dir, manifestName)); err != nil {
		return fmt.Errorf("remove the old manifest: %w", err)
	}
	if err := w.fs.SyncDir(w.dir); err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	for _, name := range outputNames() {
		if next.lists(name) {
			continue
		}
		if err := w.fs.Remove(filepath.Join(w.dir, name)); err != nil {
			return fmt.Errorf("remove %s of an earlier export: %w", name, err)
		}
	}
	return nil
}

func (w *Writer) publishManifest(m Manifest) error {
	text, err := m.Text()
	if err != nil {
		return err
	}
	file, err := createPartial(w.fs, w.dir, manifestName)
	if err != nil {
		return err
	}
	defer file.close() //nolint:errcheck // after publish it is closed already; before, it is given up
	if _, err := file.Write(text); err != nil {
		return err
	}
	if err := file.finish(); err != nil {
		return err
	}
	if err := file.publish(); err != nil {
		return err
	}
	if err := w.fs.SyncDir(w.dir); err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	return nil
}

// Abort removes what was written aside; final names stay as they are. It may
// be called more than once, and after Finish.
func (w *Writer) Abort() {
	_ = w.stop(errors.New("the outputs were aborted")) // the first error stays
	for _, o := range w.outputs {
		// Best effort: Create removes what stays.
		_ = o.file.close()
		_ = w.fs.Remove(o.file.path())
	}
	_ = w.releaseBooks()
	_ = w.fs.Remove(filepath.Join(w.dir, partialName(manifestName)))
	w.outputs = nil
}
