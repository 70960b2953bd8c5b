package simtest

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"vehiclebatch/sinks"
)

// disk is where outputs are written: files in memory that know what of them
// would outlast a power cut. It promises no more than POSIX does: bytes last
// when the file was synced, names when their folder was.
type disk struct {
	mu      sync.Mutex
	names   map[string]*inode // as programs see them
	lasting map[string]*inode // as a power cut would leave them at worst
	changes []change          // from lasting to names, in order
	touched bool              // since someone looked
}

// inode is a file without its name.
type inode struct {
	data   []byte
	synced int // so many bytes last
	closed bool
}

// change is what one operation did to names: nil is a name that is gone.
type change map[string]*inode

func newDisk() *disk { return &disk{names: map[string]*inode{}, lasting: map[string]*inode{}} }

func apply(names map[string]*inode, c change) {
	for name, file := range c {
		if file == nil {
			delete(names, name)
			continue
		}
		names[name] = file
	}
}

func (d *disk) change(c change) {
	d.touched = true
	apply(d.names, c)
	d.changes = append(d.changes, c)
}

func (d *disk) create(path string) *inode {
	d.mu.Lock()
	defer d.mu.Unlock()
	file := &inode{}
	d.change(change{path: file})
	return file
}

// mkdir makes a folder, whose name lasts as that of a file does. Those above it
// are the workspace's.
func (d *disk) mkdir(dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.names[dir]; !ok {
		d.change(change{dir: &inode{closed: true}})
	}
}

func (d *disk) rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	file, ok := d.names[from]
	if !ok {
		return fs.ErrNotExist
	}
	d.change(change{from: nil, to: file})
	return nil
}

// link gives a file a second name.
func (d *disk) link(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	file, ok := d.names[from]
	if !ok {
		return fs.ErrNotExist
	}
	d.change(change{to: file})
	return nil
}

func (d *disk) remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.names[path]; ok {
		d.change(change{path: nil})
	}
	return nil
}

func (d *disk) syncDir(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes = slices.DeleteFunc(d.changes, func(c change) bool {
		for name := range c {
			if filepath.Dir(name) == dir {
				apply(d.lasting, c)
				return true
			}
		}
		return false
	})
	return nil
}

// powerCut loses what was not synced, or some of it: of the names a first part
// of the changes lasts, or some of them; of a file's bytes a first part, or the
// rest is garbage.
func (d *disk) powerCut(rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	inOrder, first := rng.IntN(2) == 0, rng.IntN(len(d.changes)+1)
	for i, c := range d.changes {
		if inOrder && i < first || !inOrder && rng.IntN(2) == 0 {
			apply(d.lasting, c)
		}
	}
	for _, file := range d.lasting {
		file.tear(rng)
	}
	d.dropOrphans()
	d.settle(d.lasting)
}

// powerCutAtEnd loses all that was not synced.
func (d *disk) powerCutAtEnd() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, file := range d.lasting {
		d.touched = d.touched || file.synced < len(file.data)
		file.data = file.data[:file.synced]
	}
	d.dropOrphans()
	d.settle(d.lasting)
}

// dropOrphans loses the files whose folder is lost.
func (d *disk) dropOrphans() {
	maps.DeleteFunc(d.lasting, func(name string, _ *inode) bool {
		dir := filepath.Dir(name)
		_, ok := d.lasting[dir]
		return !ok && dir != runDir("") // the folder of all runs is there
	})
}

// goOn makes what there is last: the machine lived on.
func (d *disk) goOn() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settle(d.names)
}

// look tells whether anything may have changed since the last look.
func (d *disk) look() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.touched
	d.touched = false
	return was
}

func (d *disk) settle(names map[string]*inode) {
	d.touched = d.touched || len(d.changes) > 0
	d.names, d.lasting, d.changes = maps.Clone(names), names, nil
	for _, file := range names {
		file.synced = len(file.data)
	}
}

func (f *inode) tear(rng *rand.Rand) {
	if f.synced < len(f.data) {
		f.data = append(f.data[:f.synced:f.synced], torn(rng, f.data[f.synced:])...)
		f.closed = false
	}
}

// unfinished lists the files with a final name whose writing never ended, or
// that lost some of their bytes. It is asked before a power cut with what might
// last, and after it with what did.
func (d *disk) unfinished() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for name, file := range d.names {
		if !strings.HasPrefix(filepath.Base(name), ".") && !file.closed {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// materialise writes what is in a folder of the disk into a real one.
func (d *disk) materialise(dir, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	errs := []error{os.RemoveAll(to), os.MkdirAll(to, 0o700)}
	for name, file := range d.names {
		if filepath.Dir(name) == dir {
			errs = append(errs, os.WriteFile(filepath.Join(to, filepath.Base(name)), file.data, 0o600))
		}
	}
	return errors.Join(errs...)
}

// torn is what a power cut leaves of bytes that were written and not synced:
// their beginning, the rest being gone or garbage; or some sectors of them; or,
// with luck, all.
func torn(rng *rand.Rand, tail []byte) []byte {
	out := slices.Clone(tail)
	cut := rng.IntN(len(tail) + 1)
	switch rng.IntN(4) {
	case 0:
		return out[:cut]
	case 1:
		for i := range out[cut:] {
			out[cut+i] = byte(rng.Uint32())
		}
	case 2:
		for from := 0; from < len(out); from += 512 {
			if rng.IntN(2) == 0 {
				clear(out[from:min(from+512, len(out))])
			}
		}
	}
	return out
}

// files is the disk as one process sees it: it may die before and after every
// operation, and does nothing after its death.
type files struct{ process *process }

var _ sinks.FS = files{}

func (f files) do(operation func(*disk) error) error {
	p := f.process
	p.event(fileBegins)
	if p.isDead() {
		return errKilled
	}
	err := operation(p.world.disk)
	p.event(fileDone)
	if p.isDead() {
		return errKilled
	}
	return err
}

// MkdirAll is part of sinks.FS.
func (f files) MkdirAll(dir string) error {
	return f.do(func(d *disk) error { d.mkdir(dir); return nil })
}

// Create is part of sinks.FS.
func (f files) Create(path string) (sinks.File, error) {
	open := &openFile{files: f}
	err := f.do(func(d *disk) error { open.inode = d.create(path); return nil })
	return open, err
}

// Rename is part of sinks.FS.
func (f files) Rename(from, to string) error {
	return f.do(func(d *disk) error { return d.rename(from, to) })
}

// Link is part of sinks.FS.
func (f files) Link(from, to string) error {
	return f.do(func(d *disk) error { return d.link(from, to) })
}

// Remove is part of sinks.FS.
func (f files) Remove(path string) error {
	return f.do(func(d *disk) error { return d.remove(path) })
}

// Open is part of sinks.FS. Nothing is read back through it.
func (f files) Open(string) (*os.File, error) { return nil, errors.ErrUnsupported }

// RemoveAll is part of sinks.FS. There are no workbooks, whose folders it removes.
func (f files) RemoveAll(string) error { return nil }

// Glob is part of sinks.FS. There are no copies by day.
func (f files) Glob(string, string) ([]string, error) { return nil, nil }

// SyncDir is part of sinks.FS.
func (f files) SyncDir(dir string) error {
	return f.do(func(d *disk) error { return d.syncDir(dir) })
}

type openFile struct {
	files files
	inode *inode
}

// Write is part of sinks.File.
func (o *openFile) Write(b []byte) (n int, err error) {
	err = o.files.do(func(*disk) error {
		o.inode.data = append(o.inode.data, b...)
		n = len(b)
		return nil
	})
	return n, err
}

// Sync is part of sinks.File.
func (o *openFile) Sync() error {
	return o.files.do(func(*disk) error { o.inode.synced = len(o.inode.data); return nil })
}

// Close is part of sinks.File. No moment of its own: it makes nothing last.
func (o *openFile) Close() error {
	if o.files.process.isDead() {
		return errKilled
	}
	o.inode.closed = true
	return nil
}
