package columnar

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// fields is a structure in Thrift's compact protocol: numbers, texts, booleans,
// structures and lists of them, by ascending number.
type fields []field

type field struct {
	id    int
	value any
}

func (f fields) encode(to *bytes.Buffer) {
	last := 0
	for _, x := range f {
		kind := map[bool]byte{true: thriftTrue, false: thriftFalse}[x.value == true]
		switch x.value.(type) {
		case int:
			kind = thriftI64
		case string:
			kind = thriftBinary
		case fields:
			kind = thriftStruct
		case []fields, []int:
			kind = thriftList
		}
		to.WriteByte(byte(x.id-last)<<4 | kind)
		last = x.id
		encodeValue(to, x.value)
	}
	to.WriteByte(thriftStop)
}

func encodeValue(to *bytes.Buffer, value any) {
	switch v := value.(type) {
	case int:
		to.Write(binary.AppendVarint(nil, int64(v)))
	case string:
		to.Write(binary.AppendUvarint(nil, uint64(len(v))))
		to.WriteString(v)
	case fields:
		v.encode(to)
	case []fields:
		to.WriteByte(0xF0 | thriftStruct)
		to.Write(binary.AppendUvarint(nil, uint64(len(v))))
		for _, x := range v {
			x.encode(to)
		}
	case []int:
		to.WriteByte(0xF0 | thriftI64)
		to.Write(binary.AppendUvarint(nil, uint64(len(v))))
		for _, x := range v {
			encodeValue(to, x)
		}
	}
}

func (f fields) bytes() []byte {
	var b bytes.Buffer
	f.encode(&b)
	return b.Bytes()
}

// made is a file of one column and one row group, as a test wants it.
type made struct {
	column fields // of the schema, without its name
	codec  int
	pages  []madePage
	values int // of the chunk
	rows   int // of the row group
	all    int // of the file
	chunk  fields
	behind []fields // more row groups
}

type madePage struct {
	kind     int
	encoding int
	values   int
	size     int // 0: that of body
	body     []byte
	head     fields // instead of one made of the rest
	sum      bool
}

func (p madePage) encode(to *bytes.Buffer) {
	size := p.size
	if size == 0 {
		size = len(p.body)
	}
	head := fields{{1, p.kind}, {2, size}, {3, len(p.body)}}
	if p.sum {
		head = append(head, field{4, int(int32(crc32.ChecksumIEEE(p.body)))})
	}
	data := fields{{1, p.values}, {2, p.encoding}}
	switch {
	case p.head != nil:
		head = p.head
	case p.kind == pageDictionary:
		head = append(head, field{7, data})
	case p.kind == pageData2:
		head = append(head, field{8, fields{{1, p.values}, {2, 0}, {3, p.values}, {4, p.encoding}, {5, 0}, {6, 0}, {7, true}}})
	default:
		head = append(head, field{5, data})
	}
	head.encode(to)
	to.Write(p.body)
}

func (m made) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	for _, p := range m.pages {
		p.encode(&b)
	}
	kind := m.column[0].value.(int)
	chunk := fields{{2, len(magic)}, {3, fields{{1, kind}, {4, m.codec}, {5, m.values}, {9, len(magic)}}}}
	if m.chunk != nil {
		chunk = m.chunk
	}
	column := fields{}
	named := false
	for _, f := range m.column {
		if f.id > 4 && !named {
			column, named = append(column, field{4, "c"}), true
		}
		column = append(column, f)
	}
	if !named {
		column = append(column, field{4, "c"})
	}
	footer := fields{{1, 2}, {2, []fields{{{4, "root"}, {5, 1}}, column}}, {3, m.all},
		{4, append([]fields{{{1, []fields{chunk}}, {2, 0}, {3, m.rows}}}, m.behind...)}}.bytes()
	b.Write(footer)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	b.WriteString(magic)
	return b.Bytes()
}

// texts is a column of so many rows in one page of required texts.
func textsFile(rows int, pages ...madePage) made {
	return made{column: fields{{1, int(Bytes)}, {3, 0}, {6, 0}}, pages: pages, values: rows, rows: rows, all: rows}
}

func numbersFile(p Physical, rows int, pages ...madePage) made {
	return made{column: fields{{1, int(p)}, {3, 0}}, pages: pages, values: rows, rows: rows, all: rows}
}

// plain writes texts as PLAIN.
func plain(texts ...string) []byte {
	var b []byte
	for _, s := range texts {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	return b
}
