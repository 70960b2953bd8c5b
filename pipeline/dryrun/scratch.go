package dryrun

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// scratch holds texts in a file without a name, which goes with the process, however that ends. Where a file that is
// open cannot be removed, close does it. What was added last is in memory, and all of it as long as that is little.
type scratch struct {
	file *os.File
	left error // why its name could not be taken off at once
	away int64 // bytes in the file
	tail []byte
}

const (
	// tailSize is how much waits in memory for the file.
	tailSize = 1 << 20
	// headSize is the size of what stands before a text: its length.
	headSize = 4
	// usualSize is what most texts are shorter than.
	usualSize = 1 << 10
)

func (s *scratch) end() int64 { return s.away + int64(len(s.tail)) }

// add keeps a text and returns where.
func (s *scratch) add(text []byte) (at int64, err error) {
	if len(s.tail)+headSize+len(text) > tailSize {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	at = s.end()
	s.tail = binary.LittleEndian.AppendUint32(s.tail, uint32(len(text))) //nolint:gosec // a row of a list is not that long
	s.tail = append(s.tail, text...)
	return at, nil
}

func (s *scratch) flush() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "batch-plan-*"); err != nil {
			return scratchError(err)
		}
		s.left = os.Remove(s.file.Name())
	}
	if _, err := s.file.WriteAt(s.tail, s.away); err != nil {
		return scratchError(err)
	}
	s.away, s.tail = s.end(), s.tail[:0]
	return nil
}

// get returns the text that is kept at a place; it stands until the next call of add.
func (s *scratch) get(at int64) ([]byte, error) {
	if at >= s.away {
		return textOf(s.tail[at-s.away:]), nil
	}
	b := make([]byte, min(usualSize, s.away-at))
	if _, err := s.file.ReadAt(b, at); err != nil {
		return nil, scratchError(err)
	}
	size := headSize + int(binary.LittleEndian.Uint32(b))
	if size > len(b) {
		b = make([]byte, size)
		if _, err := s.file.ReadAt(b, at); err != nil {
			return nil, scratchError(err)
		}
	}
	return textOf(b), nil
}

func textOf(b []byte) []byte { return b[headSize : headSize+int(binary.LittleEndian.Uint32(b))] }

func (s *scratch) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.left != nil {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

func scratchError(err error) error {
	return fmt.Errorf("keep the rows of the plan in the folder for temporary files (TMPDIR names another one): %w", err)
}
