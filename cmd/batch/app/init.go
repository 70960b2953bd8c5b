package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"vehiclebatch/sources"
)

// ColumnsOf are the columns of an input that a lookup can be asked with.
func ColumnsOf(path, sheet string) ([]string, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	src, err := sources.Open(f, info.Size(), path, sources.Options{Sheet: sheet})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	columns := []string{}
	for _, c := range src.Info().Columns {
		columns = append(columns, c.Name)
	}
	return columns, nil
}

// WriteDraft writes the file aside and renames it. Only its owner may read it:
// sooner or later somebody writes a key into it.
func WriteDraft(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".batch-init-*")
	if err != nil {
		return pathless(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is left is only clutter
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// pathless is an error of the system without a name that the user never typed.
func pathless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && !noSpace(err) {
		return path.Err
	}
	return err
}
