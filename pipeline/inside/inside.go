// Package inside keeps reading and writing within one folder, whatever names
// say and links lead to: a workspace may come from somebody else, and links in it
// may be changed while a command works.
package inside

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Folder is a folder and what is below it. Paths are as the user knows them and
// begin with Dir. The folder is opened for each operation, so Dir itself may
// be a link; a link below it that leads out, or that is not relative, is an
// *OutsideError. The zero Folder holds nothing.
type Folder struct{ Dir string }

// OutsideError is a path that leads out of its folder.
type OutsideError struct {
	Folder, Path string
	Link         string // what leads out; "" where the path itself does
}

func (e *OutsideError) Error() string {
	if e.Link == "" {
		return fmt.Sprintf("%s is not in %s: it is neither read nor written", e.Path, e.Folder)
	}
	return fmt.Sprintf("%s is a link that leads out of %s, or that is not relative: nothing behind it is read, written or removed. "+
		"Put in its place what it leads to; a workspace as a whole may stand behind a link", e.Link, e.Folder)
}

// MkdirAll makes a folder and those above it for the owner alone; the last one
// is the owner's alone even if it was there.
func (f Folder) MkdirAll(path string) error {
	return f.do(path, func(root *os.Root, name string) error {
		if err := root.MkdirAll(name, 0o700); err != nil {
			return err
		}
		return modeless(root.Chmod(name, 0o700))
	})
}

// modeless drops the refusal of a file system that has no modes, as a USB stick's
// has none: what was paid for must be writable there as well.
func modeless(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// Create begins a file for the owner alone. What was there under the name is
// gone, and not written into: it may be a link.
func (f Folder) Create(path string) (file *os.File, err error) {
	err = f.do(path, func(root *os.Root, name string) error {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		file, err = root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if err := modeless(file.Chmod(0o600)); err != nil {
			return errors.Join(err, file.Close())
		}
		return nil
	})
	return file, err
}

// Open opens a file to be read. A pipe or a device is refused: it may have no end.
func (f Folder) Open(path string) (file *os.File, err error) {
	err = f.do(path, func(root *os.Root, name string) error {
		file, err = root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
		if err != nil {
			return err
		}
		info, err := file.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = &fs.PathError{Op: "read", Path: name, Err: errors.New("it is no file")}
		}
		if err != nil {
			return errors.Join(err, file.Close())
		}
		return nil
	})
	return file, err
}

// ReadFile reads a file of at most so many bytes.
func (f Folder) ReadFile(path string, most int64) ([]byte, error) {
	file, err := f.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(text)) > most {
		return nil, fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return text, err
}

// WriteFile writes a file anew in place, for the owner alone.
func (f Folder) WriteFile(path string, text []byte) error {
	file, err := f.OpenToWrite(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Truncate(int64(len(text))), modeless(file.Chmod(0o600)), file.Close())
}

// OpenToWrite opens a file to be read and changed, and makes it if it is not there. A file that has other names is
// refused: they may be outside of the folder. So is a pipe or a device.
func (f Folder) OpenToWrite(path string) (file *os.File, err error) {
	err = f.do(path, func(root *os.Root, name string) error {
		file, err = root.OpenFile(name, os.O_CREATE|os.O_RDWR|syscall.O_NONBLOCK, 0o600) // a pipe is not waited for
		if err != nil {
			return err
		}
		info, err := file.Stat()
		switch {
		case err != nil:
		case !info.Mode().IsRegular():
			err = &fs.PathError{Op: "write", Path: name, Err: errors.New("it is no file")}
		case Names(info) > 1:
			err = &fs.PathError{Op: "write", Path: name, Err: errors.New("it has another name elsewhere (a hard link), and would be changed there as well")}
		}
		if err != nil {
			return errors.Join(err, file.Close())
		}
		return nil
	})
	return file, err
}

// Stat describes what a path leads to.
func (f Folder) Stat(path string) (info fs.FileInfo, err error) {
	err = f.do(path, func(root *os.Root, name string) error {
		info, err = root.Stat(name)
		return err
	})
	return info, err
}

// Lstat describes what stands at a path, be it a link.
func (f Folder) Lstat(path string) (info fs.FileInfo, err error) {
	err = f.do(path, func(root *os.Root, name string) error {
		info, err = root.Lstat(name)
		return err
	})
	return info, err
}

// Rename puts a file in another's place in one step.
func (f Folder) Rename(from, to string) error {
	return f.both(from, to, func(root *os.Root, from, to string) error { return root.Rename(from, to) })
}

// Link makes a hard link.
func (f Folder) Link(from, to string) error {
	return f.both(from, to, func(root *os.Root, from, to string) error { return root.Link(from, to) })
}

// Symlink makes a link with the text it is given.
func (f Folder) Symlink(text, path string) error {
	return f.do(path, func(root *os.Root, name string) error { return root.Symlink(text, name) })
}

// Remove removes a file, a link or an empty folder, if it is there.
func (f Folder) Remove(path string) error {
	err := f.do(path, func(root *os.Root, name string) error { return root.Remove(name) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// RemoveAll removes what is at a path with all below it; of a link, the link.
func (f Folder) RemoveAll(path string) error {
	return f.do(path, func(root *os.Root, name string) error { return root.RemoveAll(name) })
}

// SyncDir makes what was created, renamed and removed in a folder last.
func (f Folder) SyncDir(path string) error {
	return f.do(path, func(root *os.Root, name string) error {
		if err := isFolder(root.FS(), filepath.ToSlash(name)); err != nil {
			return err
		}
		dir, err := root.Open(name)
		if err != nil {
			return err
		}
		defer dir.Close() //nolint:errcheck // nothing was written
		return dir.Sync()
	})
}

// Glob finds paths below one of the folder's own, and gives them as they stand
// below it. Of a folder that is not there, none; what would have to be looked
// for behind a link that leads out is an error.
func (f Folder) Glob(dir, pattern string) (found []string, err error) {
	err = f.do(dir, func(root *os.Root, name string) error {
		if err := isFolder(root.FS(), filepath.ToSlash(name)); err != nil {
			return err
		}
		below, err := root.OpenRoot(name)
		if err != nil {
			return err
		}
		defer below.Close() //nolint:errcheck // nothing was written
		if err := f.nothingHidden(below, dir, path.Dir(pattern)); err != nil {
			return err
		}
		found, err = fs.Glob(folders{below.FS()}, pattern)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return found, err
}

// nothingHidden refuses links that lead out among the folders of a pattern: what
// is behind them would not be found, and nobody would know.
func (f Folder) nothingHidden(below *os.Root, dir, names string) error {
	if names == "." {
		return nil
	}
	if err := f.nothingHidden(below, dir, path.Dir(names)); err != nil {
		return err
	}
	found, err := fs.Glob(folders{below.FS()}, names)
	if err != nil {
		return err
	}
	for _, name := range found {
		if _, err := below.Stat(name); err != nil && escapes(err) {
			return &OutsideError{Folder: f.Dir, Path: filepath.Join(dir, name), Link: filepath.Join(dir, name)}
		}
	}
	return nil
}

// isFolder refuses what is no folder before it is opened: opening a pipe waits for ever.
func isFolder(in fs.FS, name string) error {
	info, err := fs.Stat(in, name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("it is no folder")}
	}
	return err
}

// folders is a file system in which only folders are opened to be listed.
type folders struct{ fs.FS }

var _ fs.ReadDirFS = folders{}

// ReadDir lists a folder.
func (f folders) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := isFolder(f.FS, name); err != nil {
		return nil, err
	}
	return fs.ReadDir(f.FS, name)
}

// do opens the folder, and does something with the name that a path has in it.
func (f Folder) do(path string, what func(root *os.Root, name string) error) error {
	return f.both(path, path, func(root *os.Root, name, _ string) error { return what(root, name) })
}

func (f Folder) both(path, other string, what func(root *os.Root, name, other string) error) error {
	name, err := f.name(path)
	otherName, otherErr := f.name(other)
	if err = cmp.Or(err, otherErr); err != nil {
		return err
	}
	if info, err := os.Stat(f.Dir); err == nil && !info.IsDir() { // opening a pipe waits for ever
		return &fs.PathError{Op: "open", Path: f.Dir, Err: errors.New("it is no folder")}
	}
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written through it alone
	return f.explain(root, what(root, name, otherName))
}

// name is what a path is called in the folder.
func (f Folder) name(path string) (string, error) {
	name, err := filepath.Rel(f.Dir, path)
	if err != nil || f.Dir == "" || !filepath.IsLocal(name) {
		return "", &OutsideError{Folder: f.Dir, Path: path}
	}
	return name, nil
}

// explain gives an error the path that the user knows, and says which link leads out.
func (f Folder) explain(root *os.Root, err error) error {
	var out *OutsideError
	if err == nil || errors.As(err, &out) {
		return err
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		if escapes(at.Err) {
			return f.outside(root, at.Path)
		}
		return &fs.PathError{Op: plainly(at.Op), Path: f.path(at.Path), Err: at.Err}
	}
	var two *os.LinkError
	if !errors.As(err, &two) {
		return err
	}
	if escapes(two.Err) {
		return f.outside(root, two.Old, two.New)
	}
	return &os.LinkError{Op: plainly(two.Op), Old: f.path(two.Old), New: f.path(two.New), Err: two.Err}
}

// escapes knows os.Root's word for what leads out of it, which has no other name.
// It stands within other errors, and may stand there as text alone.
func escapes(err error) bool { return strings.HasSuffix(err.Error(), "path escapes from parent") }

// plainly is an operation without the system's "at": openat, open.
func plainly(op string) string { return strings.TrimSuffix(op, "at") }

func (f Folder) path(name string) string { return filepath.Join(f.Dir, name) }

// outside names the first link on the way of the names.
func (f Folder) outside(root *os.Root, names ...string) error {
	for _, name := range names {
		for end := range len(name) + 1 {
			if end < len(name) && !os.IsPathSeparator(name[end]) {
				continue
			}
			info, err := root.Lstat(name[:end])
			if err == nil && info.Mode()&fs.ModeSymlink != 0 && !f.leadsIn(root, name[:end]) {
				return &OutsideError{Folder: f.Dir, Path: f.path(name), Link: f.path(name[:end])}
			}
		}
	}
	return &OutsideError{Folder: f.Dir, Path: f.path(names[0])}
}

// leadsIn tells whether a link is one that is followed.
func (f Folder) leadsIn(root *os.Root, name string) bool {
	_, err := root.Stat(name)
	return err == nil || !escapes(err)
}
