package columnar

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Types of Thrift's compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13
)

const (
	maxThriftDepth = 24
	// maxThriftText bounds a text that is kept: names of columns.
	maxThriftText = 64 << 10
)

// thrift reads the compact protocol in which the footer and the heads of pages
// are written. Its first error stays; readings after it are zero. Nothing that it
// allocates is larger than what has been read.
type thrift struct {
	r     *bufio.Reader
	depth int
	err   error
}

func (t *thrift) fail(err error) {
	if t.err == nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		t.err = err
	}
}

func (t *thrift) octet() byte {
	if t.err != nil {
		return 0
	}
	b, err := t.r.ReadByte()
	if err != nil {
		t.fail(err)
	}
	return b
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(t.r)
	if err != nil {
		t.fail(err)
		return 0
	}
	return n
}

// integer is a zigzag number of any width.
func (t *thrift) integer() int64 {
	n := t.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

// text is a binary that is kept.
func (t *thrift) text() string {
	n := t.uvarint()
	if n > maxThriftText {
		t.fail(corrupt("a name is longer than any real one"))
	}
	if t.err != nil {
		return ""
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(t.r, b); err != nil {
		t.fail(err)
	}
	return string(b)
}

// structure calls field for each field, which must read or skip its value. The
// value of a boolean is its type.
func (t *thrift) structure(field func(id int16, kind byte)) {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(corrupt("structures lie too deep"))
	}
	defer func() { t.depth-- }()
	var id int16
	for t.err == nil {
		head := t.octet()
		kind := head & 0x0F
		if t.err != nil || kind == thriftStop {
			return
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.integer())
		}
		field(id, kind)
	}
}

// list reads the head of a list: the type of its elements and their number.
func (t *thrift) list() (kind byte, n int) {
	head := t.octet()
	kind, n = head&0x0F, int(head>>4)
	if n == 15 {
		long := t.uvarint()
		if long > 1<<31 {
			t.fail(corrupt("a list is longer than any real one"))
			return kind, 0
		}
		n = int(long)
	}
	return kind, n
}

// each calls item for each element of a list of structures.
func (t *thrift) each(item func()) {
	kind, n := t.list()
	if n > 0 && kind != thriftStruct {
		t.fail(corrupt("a list holds something else than it should"))
	}
	for ; n > 0 && t.err == nil; n-- {
		item()
	}
}

// skip passes over a field's value.
func (t *thrift) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
		// the value is the type
	case thriftByte:
		t.octet()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		t.discard(8)
	case thriftUUID:
		t.discard(16)
	case thriftBinary:
		t.discard(t.uvarint())
	case thriftList, thriftSet:
		t.skipList()
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.structure(func(_ int16, kind byte) { t.skip(kind) })
	default:
		t.fail(corrupt("a field has no type"))
	}
}

func (t *thrift) skipList() {
	kind, n := t.list()
	t.depth++
	for ; n > 0 && t.err == nil && t.depth < maxThriftDepth; n-- {
		t.skipElement(kind)
	}
	t.depth--
	if n > 0 {
		t.fail(corrupt("lists lie too deep"))
	}
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if n == 0 {
		return
	}
	kinds := t.octet()
	t.depth++
	for ; n > 0 && t.err == nil && t.depth < maxThriftDepth; n-- {
		t.skipElement(kinds >> 4)
		t.skipElement(kinds & 0x0F)
	}
	t.depth--
	if n > 0 {
		t.fail(corrupt("maps lie too deep"))
	}
}

// skipElement: in lists and maps a boolean takes a byte.
func (t *thrift) skipElement(kind byte) {
	if kind == thriftTrue || kind == thriftFalse {
		t.octet()
		return
	}
	t.skip(kind)
}

func (t *thrift) discard(n uint64) {
	for n > 0 && t.err == nil {
		step := int(min(n, 1<<20))
		if _, err := t.r.Discard(step); err != nil {
			t.fail(err)
		}
		n -= uint64(step)
	}
}
