package columnar

import (
	"encoding/binary"
	"fmt"
)

// Encodings, as the format numbers them.
const (
	encPlain       = 0
	encPlainDict   = 2
	encRLE         = 3
	encBitPacked   = 4
	encDelta       = 5
	encDeltaLength = 6
	encDeltaTexts  = 7
	encDict        = 8
	encSplit       = 9
)

// numberDecoder decodes values of a fixed size; floats come as their bits.
type numberDecoder interface{ next(dst []int64) error }

// textDecoder decodes values of bytes.
type textDecoder interface {
	next(to *Vector, n int) error
}

func unknownEncoding(n int64) error {
	return &Error{Problem: fmt.Sprintf("its encoding has the number %d, which cannot be read here", n),
		Hint: "write the file with the encoding PLAIN, or without choosing one"}
}

// newNumbers makes the decoder of a page of n values.
func newNumbers(src []byte, encoding int64, p Physical, n int, dict *dictionary) (numberDecoder, error) {
	width := p.width()
	switch encoding {
	case encPlain:
		if p == Boolean {
			return &plainBits{src: src}, nil
		}
		return &plainIntegers{src: src, width: width}, nil
	case encPlainDict, encDict:
		places, err := newPlaces(src, dict)
		return &dictIntegers{places: places, dict: dict}, err
	case encRLE:
		if p == Boolean && len(src) >= 4 {
			if n := binary.LittleEndian.Uint32(src); int64(n) <= int64(len(src)-4) {
				return &flags{hybrid{src: src[4 : 4+n], width: 1}}, nil
			}
			return nil, corrupt("its booleans end too early")
		}
	case encDelta:
		if p == Int32 || p == Int64 {
			d, err := newDelta(src, n)
			return &deltaIntegers{d, p == Int32}, err
		}
	case encSplit:
		if p != Boolean {
			return &splitIntegers{split{src: src, width: width, values: len(src) / width}}, nil
		}
	}
	return nil, unknownEncoding(encoding)
}

// newTexts makes the decoder of a page of n values; width is of those that have
// one size, else 0.
func newTexts(src []byte, encoding int64, width, n int, dict *dictionary) (textDecoder, error) {
	switch encoding {
	case encPlain:
		if width > 0 {
			return &plainFixed{src: src, width: width}, nil
		}
		return &plainTexts{src: src}, nil
	case encPlainDict, encDict:
		places, err := newPlaces(src, dict)
		return &dictTexts{places: places, dict: dict}, err
	case encDeltaLength:
		return newDeltaLength(src, n)
	case encDeltaTexts:
		return newDeltaTexts(src, n)
	case encSplit:
		if width > 0 {
			return &splitFixed{split{src: src, width: width, values: len(src) / width}, make([]byte, width)}, nil
		}
	}
	return nil, unknownEncoding(encoding)
}

// width is the size of a value in bytes, 0 when it varies or is not fixed by the
// type.
func (p Physical) width() int {
	switch p {
	case Int32, Float:
		return 4
	case Int64, Double:
		return 8
	case Int96:
		return 12
	}
	return 0
}

const endsEarly = corrupt("it ends before its last value")

type plainIntegers struct {
	src   []byte
	width int
}

func (p *plainIntegers) next(dst []int64) error {
	if len(p.src) < len(dst)*p.width {
		return endsEarly
	}
	if p.width == 4 {
		for i := range dst {
			dst[i] = int64(int32(binary.LittleEndian.Uint32(p.src[4*i:])))
		}
	} else {
		for i := range dst {
			dst[i] = int64(binary.LittleEndian.Uint64(p.src[8*i:]))
		}
	}
	p.src = p.src[len(dst)*p.width:]
	return nil
}

type plainBits struct {
	src []byte
	bit int
}

func (p *plainBits) next(dst []int64) error {
	if p.bit+len(dst) > 8*len(p.src) {
		return endsEarly
	}
	for i := range dst {
		dst[i] = int64(bitsAt(p.src, p.bit, 1))
		p.bit++
	}
	return nil
}

type flags struct{ hybrid }

func (f *flags) next(dst []int64) error {
	var some [256]uint32
	for len(dst) > 0 {
		n := min(len(dst), len(some))
		if err := f.hybrid.next(some[:n]); err != nil {
			return err
		}
		for i, x := range some[:n] {
			dst[i] = int64(x)
		}
		dst = dst[n:]
	}
	return nil
}

type deltaIntegers struct {
	*delta
	narrow bool
}

func (d *deltaIntegers) next(dst []int64) error {
	if err := d.delta.next(dst); err != nil {
		return err
	}
	if d.narrow { // sums go round at 32 bits
		for i, x := range dst {
			dst[i] = int64(int32(x))
		}
	}
	return nil
}

// split is BYTE_STREAM_SPLIT: the first bytes of all values, then the second.
type split struct {
	src    []byte
	width  int
	values int
	at     int
}

type splitIntegers struct{ split }

func (s *splitIntegers) next(dst []int64) error {
	if s.at+len(dst) > s.values {
		return endsEarly
	}
	for i := range dst {
		var x uint64
		for b := s.width - 1; b >= 0; b-- {
			x = x<<8 | uint64(s.src[b*s.values+s.at])
		}
		if s.width == 4 {
			x = uint64(int64(int32(uint32(x))))
		}
		dst[i] = int64(x)
		s.at++
	}
	return nil
}

type splitFixed struct {
	split
	value []byte
}

func (s *splitFixed) next(to *Vector, n int) error {
	if s.at+n > s.values {
		return endsEarly
	}
	for range n {
		for b := range s.value {
			s.value[b] = s.src[b*s.values+s.at]
		}
		s.at++
		to.add(s.value)
	}
	return nil
}

type plainTexts struct{ src []byte }

func (p *plainTexts) next(to *Vector, n int) error {
	for range n {
		if len(p.src) < 4 {
			return endsEarly
		}
		length := binary.LittleEndian.Uint32(p.src)
		if int64(length) > int64(len(p.src)-4) {
			return endsEarly
		}
		to.add(p.src[4 : 4+length])
		p.src = p.src[4+length:]
	}
	return nil
}

type plainFixed struct {
	src   []byte
	width int
}

func (p *plainFixed) next(to *Vector, n int) error {
	if len(p.src) < n*p.width {
		return endsEarly
	}
	for range n {
		to.add(p.src[:p.width])
		p.src = p.src[p.width:]
	}
	return nil
}

// deltaLength is DELTA_LENGTH_BYTE_ARRAY: all lengths, then all texts.
type deltaLength struct {
	lengths *delta
	src     []byte
}

func newDeltaLength(src []byte, n int) (*deltaLength, error) {
	lengths, err := newDelta(src, n)
	if err != nil {
		return nil, err
	}
	rest, err := lengths.rest()
	return &deltaLength{lengths, rest}, err
}

// take returns the next text.
func (d *deltaLength) take() ([]byte, error) {
	var length [1]int64
	if err := d.lengths.next(length[:]); err != nil {
		return nil, err
	}
	if length[0] < 0 || length[0] > int64(len(d.src)) {
		return nil, endsEarly
	}
	text := d.src[:length[0]]
	d.src = d.src[length[0]:]
	return text, nil
}

func (d *deltaLength) next(to *Vector, n int) error {
	for range n {
		text, err := d.take()
		if err != nil {
			return err
		}
		to.add(text)
	}
	return nil
}

// deltaTexts is DELTA_BYTE_ARRAY: how many bytes a text shares with the one
// before it, and how it goes on.
type deltaTexts struct {
	shared *delta
	ends   *deltaLength
	last   []byte
}

func newDeltaTexts(src []byte, n int) (*deltaTexts, error) {
	shared, err := newDelta(src, n)
	if err != nil {
		return nil, err
	}
	rest, err := shared.rest()
	if err != nil {
		return nil, err
	}
	ends, err := newDeltaLength(rest, n)
	return &deltaTexts{shared: shared, ends: ends}, err
}

func (d *deltaTexts) next(to *Vector, n int) error {
	var shared [1]int64
	for range n {
		if err := d.shared.next(shared[:]); err != nil {
			return err
		}
		end, err := d.ends.take()
		if err != nil {
			return err
		}
		if shared[0] < 0 || shared[0] > int64(len(d.last)) {
			return corrupt("a text shares more than the one before it has")
		}
		d.last = append(d.last[:shared[0]], end...)
		to.add(d.last)
	}
	return nil
}
