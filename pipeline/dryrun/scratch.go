package dryrun

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// scratch holds texts in a file without a name, which vanishes with the process however that ends. Where an open file
// cannot be removed, close removes it. What was added last is still in memory; a small amount never reaches the file.
type scratch struct {
	file *os.File
	left error // why the file could not be removed while open
	away int64 // bytes in the file
	tail []byte
}

const (
	// tailSize is how much is kept in memory before it is written to the file.
	tailSize = 1 << 20
	// headSize is the size of the length that stands before each text.
	headSize = 4
	// usualSize is a size that most texts stay below.
	usualSize = 1 << 10
)

func (s *scratch) end() int64 { return s.away + int64(len(s.tail)) }

// add keeps a text and returns its place.
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

// get returns the text that is kept at a place. It is valid until the next call of add.
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
