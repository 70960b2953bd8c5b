package sinks

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS is what the writer needs of a file system. Disk is the real one; a test
// puts one that fails in its place. Errors name the path.
type FS interface {
	// MkdirAll makes a folder and those above it, for the owner alone.
	MkdirAll(dir string) error
	// Create begins a file for the owner alone; what was there is gone.
	Create(path string) (File, error)
	// Rename puts a file in another's place in one step.
	Rename(from, to string) error
	// Link gives a file a second name. Not every disk can.
	Link(from, to string) error
	// Remove removes a file; that there is none is no error.
	Remove(path string) error
	// SyncDir makes what was created, renamed and removed in a folder last.
	SyncDir(dir string) error
}

// File is a file being written.
type File interface {
	io.WriteCloser
	// Sync returns when what was written is on the disk.
	Sync() error
}

// Disk is the FS of the machine.
type Disk struct{}

var _ FS = Disk{}

// MkdirAll makes folders with mode 0700; the last one has it even if it was there.
func (Disk) MkdirAll(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return modeless(os.Chmod(dir, 0o700))
}

// modeless drops the refusal of a file system that has no modes, as a USB stick's
// has none: what was paid for must be writable there as well.
func modeless(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// Create makes a file with mode 0600, whatever was there.
func (Disk) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := modeless(f.Chmod(0o600)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Rename renames within a folder.
func (Disk) Rename(from, to string) error { return os.Rename(from, to) }

// Link makes a hard link.
func (Disk) Link(from, to string) error { return os.Link(from, to) }

// Remove removes a file if it is there.
func (Disk) Remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SyncDir syncs a folder.
func (Disk) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // nothing was written
	return d.Sync()
}

// partialName is the name of a file that is not whole yet, beside its final one.
func partialName(name string) string { return "." + name + ".partial" }

// partial is a file written aside. The first error sticks: the Parquet
// library drops some of them. Not safe for concurrent use.
type partial struct {
	fs    FS
	dir   string
	name  string // the final name
	file  File   // nil once it is closed
	to    *bufio.Writer
	sum   hash.Hash
	bytes int64
	err   error
}

const writeBuffer = 256 << 10

func createPartial(fsys FS, dir, name string) (*partial, error) {
	p := &partial{fs: fsys, dir: dir, name: name, sum: sha256.New()}
	file, err := fsys.Create(p.path())
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	p.file, p.to = file, bufio.NewWriterSize(file, writeBuffer)
	return p, nil
}

func (p *partial) path() string { return filepath.Join(p.dir, partialName(p.name)) }

// Write adds to the file, its length and its checksum.
func (p *partial) Write(b []byte) (int, error) {
	n, err := p.to.Write(b) // repeats an earlier error
	p.sum.Write(b[:n])
	p.bytes += int64(n)
	p.fail("write", err)
	return n, p.err
}

// finish puts what was written on the disk and closes the file.
func (p *partial) finish() error {
	if p.err == nil {
		p.fail("write", p.to.Flush())
	}
	if p.err == nil {
		p.fail("sync", p.file.Sync())
	}
	p.fail("close", p.close())
	return p.err
}

func (p *partial) close() error {
	if p.file == nil {
		return nil
	}
	file := p.file
	p.file = nil
	return file.Close()
}

func (p *partial) fail(doing string, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("%s %s: %w", doing, p.name, err)
	}
}

// publish gives the finished file its final name.
func (p *partial) publish() error {
	if err := p.fs.Rename(p.path(), filepath.Join(p.dir, p.name)); err != nil {
		return fmt.Errorf("put %s in its place: %w", p.name, err)
	}
	return nil
}

func (p *partial) checksum() string { return hex.EncodeToString(p.sum.Sum(nil)) }
