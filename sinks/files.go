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

	"vehiclebatch/pipeline/inside"
)

// FS is what the writer needs of a file system. Disk is the real one; a test
// puts one that fails in its place. Errors name the path.
type FS interface {
	// MkdirAll makes a folder and those above it, for the owner alone.
	MkdirAll(dir string) error
	// Create begins a file for the owner alone; what was there is gone.
	Create(path string) (File, error)
	// Open opens a file to be read.
	Open(path string) (*os.File, error)
	// Rename puts a file in another's place in one step.
	Rename(from, to string) error
	// Link gives a file a second name. Not every disk can.
	Link(from, to string) error
	// Remove removes a file; that there is none is no error.
	Remove(path string) error
	// RemoveAll removes a folder with all that is in it.
	RemoveAll(path string) error
	// Glob finds paths below a folder; of one that is not there, none.
	Glob(dir, pattern string) ([]string, error)
	// SyncDir makes what was created, renamed and removed in a folder last.
	SyncDir(dir string) error
}

// File is a file being written.
type File interface {
	io.WriteCloser
	// Sync returns when what was written is on the disk.
	Sync() error
}

// Disk is the machine's, as far as it lies in one folder, a workspace.
type Disk struct{ inside.Folder }

var _ FS = Disk{}

// DiskIn is the disk in a folder.
func DiskIn(dir string) Disk { return Disk{inside.Folder{Dir: dir}} }

// Create makes a file with mode 0600 in the place of what was there.
func (d Disk) Create(path string) (File, error) {
	f, err := d.Folder.Create(path)
	if err != nil {
		return nil, err // no *os.File that is nil
	}
	return f, nil
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

const writeBuffer = 64 << 10

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
	if err := putInPlace(p.fs, p.path(), filepath.Join(p.dir, p.name)); err != nil {
		return fmt.Errorf("put %s in its place: %w", p.name, err)
	}
	return nil
}

// putInPlace renames a file to its final name, whatever file has it. A folder there is refused, and named.
func putInPlace(fsys FS, from, to string) error {
	err := fsys.Rename(from, to)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is a folder: move it away, and `batch export` writes the file (%w)", to, err)
	}
	return err
}

func (p *partial) checksum() string { return hex.EncodeToString(p.sum.Sum(nil)) }
