package workbook

import (
	"encoding/binary"
	"errors"
	"os"
)

// scratch is a file for blocks of texts that take too much memory, in the system's folder
// for temporary files. It is made with the first block and has no name: it goes with the
// process, however that ends. Where a file that is open cannot be removed, close does it.
type scratch struct {
	dir  string // "" is the system's
	file *os.File
	left error // why its name could not be taken off at once
	end  int64
	buf  []byte
}

// endSize is the size of the end of one text in the file.
const endSize = 4

// add writes a block and returns where it is.
func (s *scratch) add(text []byte, ends []uint32) (at int64, err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, "batch-texts-*"); err != nil {
			return 0, scratchError(err)
		}
		s.left = os.Remove(s.file.Name())
	}
	s.buf = s.buf[:0]
	for _, e := range ends {
		s.buf = binary.LittleEndian.AppendUint32(s.buf, e)
	}
	s.buf = append(s.buf, text...)
	at = s.end
	if _, err := s.file.WriteAt(s.buf, at); err != nil {
		return 0, scratchError(err)
	}
	s.end += int64(len(s.buf))
	return at, nil
}

// get reads a block of so many bytes and texts.
func (s *scratch) get(at int64, size, count int) (text string, ends []uint32, err error) {
	b := make([]byte, count*endSize+size)
	if _, err := s.file.ReadAt(b, at); err != nil {
		return "", nil, scratchError(err)
	}
	ends = make([]uint32, count)
	for i := range ends {
		ends[i] = binary.LittleEndian.Uint32(b[i*endSize:])
	}
	return string(b[count*endSize:]), ends, nil
}

func (s *scratch) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.left != nil {
		s.left = os.Remove(s.file.Name())
	}
	return errors.Join(err, s.left)
}

func scratchError(err error) error {
	return &Error{Problem: "the texts of the workbook cannot be kept in the folder for temporary files",
		Hint: "free some space there, or name another folder in TMPDIR; a sheet that is saved as CSV UTF-8 needs none", Err: err}
}
