package columnar

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Kinds of pages.
const (
	pageData       = 0
	pageDictionary = 2
	pageData2      = 3
)

// pageHead stands before a page.
type pageHead struct {
	kind         int64
	size, packed int64 // in bytes, expanded and as it lies in the file
	sum          uint32
	summed       bool
	values       int64 // nulls count, too
	encoding     int64
	levels       int64 // their encoding
	// of the second kind of data pages: sizes of the levels, which are not compressed
	repeats, defines int64
	plain            bool // nor is the rest
}

func readPageHead(in *bufio.Reader) (*pageHead, error) {
	t := &thrift{r: in}
	h := &pageHead{kind: -1, encoding: -1, levels: encRLE}
	t.structure(func(id int16, kind byte) {
		switch {
		case id == 1:
			h.kind = t.integer()
		case id == 2:
			h.size = t.integer()
		case id == 3:
			h.packed = t.integer()
		case id == 4:
			h.sum, h.summed = uint32(t.integer()), true
		case kind == thriftStruct && (id == 5 || id == 7):
			h.readData(t)
		case kind == thriftStruct && id == 8:
			h.readData2(t)
		default:
			t.skip(kind)
		}
	})
	if t.err == nil && (h.size < 0 || h.packed < 0 || h.values < 0 || h.repeats < 0 || h.defines < 0 || h.repeats+h.defines > min(h.size, h.packed)) {
		return nil, corrupt("the head of a page holds impossible sizes")
	}
	return h, t.err
}

// readData is of data pages of the first kind and of dictionaries.
func (h *pageHead) readData(t *thrift) {
	t.structure(func(id int16, kind byte) {
		switch {
		case id == 1:
			h.values = t.integer()
		case id == 2:
			h.encoding = t.integer()
		case id == 3 && kind == thriftI32:
			h.levels = t.integer()
		default:
			t.skip(kind)
		}
	})
}

func (h *pageHead) readData2(t *thrift) {
	t.structure(func(id int16, kind byte) {
		switch id {
		case 1:
			h.values = t.integer()
		case 4:
			h.encoding = t.integer()
		case 5:
			h.defines = t.integer()
		case 6:
			h.repeats = t.integer()
		case 7:
			h.plain = kind == thriftFalse
		default:
			t.skip(kind)
		}
	})
}

// column reads the values of one column, row group by row group.
type column struct {
	Column
	file  *File
	chunk chunk
	room  *int64 // bytes that pages may take, of all columns together

	in    *bufio.Reader
	from  *io.SectionReader
	left  int64 // values of the chunk that lie behind the page under way
	body  []byte
	plain []byte // body expanded
	zstd  *zstd.Decoder
	taken int64 // of room

	here    int // values of the page that were not read yet
	levels  levels
	numbers numberDecoder
	texts   textDecoder
	dict    *dictionary
	some    [256]uint32
}

func (c *Column) isText() bool {
	return c.Physical == Bytes || c.Physical == Fixed || c.Physical == Int96
}

// size is that of every text in bytes, 0 when it varies.
func (c *Column) size() int {
	if c.Physical == Fixed {
		return c.Length
	}
	return c.Physical.width()
}

// open goes to a row group's chunk.
func (c *column) open(ch chunk) error {
	if ch.start < int64(len(magic)) || ch.start >= c.file.size {
		return corrupt("it lies outside of the file")
	}
	c.chunk, c.left, c.here = ch, ch.values, 0
	c.dict = nil
	c.release()
	c.from = io.NewSectionReader(c.file.r, ch.start, c.file.size-int64(tailSize)-ch.start)
	if c.in == nil {
		c.in = bufio.NewReaderSize(c.from, 64<<10)
	} else {
		c.in.Reset(c.from)
	}
	return nil
}

// spareRoom is how large a buffer may be that is kept for later pages which need half of it or less, in bytes.
const spareRoom = 4 << 20

// fitting is a buffer for so many bytes, nil when a new one is better made: a single large page must not hold its memory
// for the rest of the file.
func fitting(buffer []byte, size int64) []byte {
	if cap(buffer) > spareRoom && int64(cap(buffer))/2 >= size {
		return nil
	}
	return buffer
}

// release gives back the room of what is done with. What the buffers hold stays taken.
func (c *column) release() {
	c.body, c.plain = fitting(c.body, 0), fitting(c.plain, 0)
	c.reserve(int64(cap(c.body) + cap(c.plain)))
}

// reserve takes so much room in place of what was taken before.
func (c *column) reserve(need int64) {
	*c.room += c.taken - need
	c.taken = need
}

// take reserves room for a page and the dictionary.
func (c *column) take(h *pageHead) error {
	c.body, c.plain = fitting(c.body, h.packed), fitting(c.plain, h.size)
	need := max(h.packed, int64(cap(c.body))) + max(h.size, int64(cap(c.plain)))
	if c.dict != nil {
		need += 2 * c.dict.size
	}
	if need > *c.room+c.taken {
		return &Error{Problem: fmt.Sprintf("it has a page of %d bytes, more than fits in memory beside those of the other columns", h.size),
			Hint: "write the file with row groups of 100,000 rows"}
	}
	c.reserve(need)
	return nil
}

// load goes to the next data page.
func (c *column) load() error {
	for {
		if c.left <= 0 {
			return corrupt("it ends before the row group")
		}
		h, err := readPageHead(c.in)
		if err != nil {
			return err
		}
		if h.packed > c.from.Size() {
			return corrupt("a page is larger than the file")
		}
		if err := c.take(h); err != nil {
			return err
		}
		if err := c.readBody(h); err != nil {
			return err
		}
		switch h.kind {
		case pageDictionary:
			if err := c.readDictionary(h); err != nil {
				return err
			}
		case pageData, pageData2:
			if h.values == 0 {
				continue
			}
			return c.begin(h)
		}
	}
}

func (c *column) readBody(h *pageHead) error {
	if int64(cap(c.body)) < h.packed {
		c.body = make([]byte, h.packed)
	}
	c.body = c.body[:h.packed]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return fmt.Errorf("a page ends too early: %w", err)
	}
	if h.summed && crc32.ChecksumIEEE(c.body) != h.sum {
		return corrupt("the checksum of a page is not that of its bytes: they were changed")
	}
	return nil
}

func (c *column) readDictionary(h *pageHead) error {
	src, err := c.expand(c.body, h.size)
	if err != nil {
		return err
	}
	if h.encoding != encPlain && h.encoding != encPlainDict {
		return unknownEncoding(h.encoding)
	}
	c.dict, err = newDictionary(src, &c.Column, int(h.values))
	return err
}

// begin makes the decoders of a data page.
func (c *column) begin(h *pageHead) error {
	if h.values > c.left {
		return corrupt("it holds more values than the row group")
	}
	c.left -= h.values
	c.here = int(h.values)
	var values, defined []byte
	var err error
	if h.kind == pageData2 {
		defined, values, err = c.splitPage2(h)
	} else {
		defined, values, err = c.splitPage(h)
	}
	if err != nil {
		return err
	}
	c.levels = levels{hybrid: hybrid{src: defined, width: 1}, none: !c.optional}
	if h.levels == encBitPacked && h.kind == pageData {
		c.levels.old = defined
	}
	if c.isText() {
		c.texts, err = newTexts(values, h.encoding, c.size(), c.here, c.dict)
	} else {
		c.numbers, err = newNumbers(values, h.encoding, c.Physical, c.here, c.dict)
	}
	return err
}

// splitPage parts levels and values of a page of the first kind, where both are
// compressed together.
func (c *column) splitPage(h *pageHead) (defined, values []byte, err error) {
	src, err := c.expand(c.body, h.size)
	if err != nil || !c.optional {
		return nil, src, err
	}
	if h.levels == encBitPacked {
		n := (c.here + 7) / 8
		if n > len(src) {
			return nil, nil, endsEarly
		}
		return src[:n], src[n:], nil
	}
	if len(src) < 4 {
		return nil, nil, endsEarly
	}
	n := int64(uint32(src[0]) | uint32(src[1])<<8 | uint32(src[2])<<16 | uint32(src[3])<<24)
	if n > int64(len(src)-4) {
		return nil, nil, endsEarly
	}
	return src[4 : 4+n], src[4+n:], nil
}

func (c *column) splitPage2(h *pageHead) (defined, values []byte, err error) {
	levels := h.repeats + h.defines
	defined, values = c.body[h.repeats:levels], c.body[levels:]
	if h.plain || len(values) == 0 {
		return defined, values, nil
	}
	values, err = c.expand(values, h.size-levels)
	return defined, values, err
}

// levels say which rows of a column have a value.
type levels struct {
	hybrid
	none bool   // all have one
	old  []byte // packed from the highest bit on, as was done once
	at   int
}

// next marks the rows of null that have no value, and counts those that have.
func (l *levels) next(null []bool, some []uint32) (int, error) {
	have := 0
	for len(null) > 0 {
		got := some[:min(len(some), len(null))]
		if err := l.take(got); err != nil {
			return 0, err
		}
		for i, x := range got {
			null[i] = x == 0
			have += int(x)
		}
		null = null[len(got):]
	}
	return have, nil
}

func (l *levels) take(got []uint32) error {
	if l.old == nil {
		return l.hybrid.next(got)
	}
	for i := range got {
		got[i] = uint32(l.old[l.at>>3]>>(7-l.at&7)) & 1
		l.at++
	}
	return nil
}

// all says that the next n rows have a value, if that can be seen at once.
func (l *levels) all(n int) bool { return l.none || l.old == nil && l.same(n, 1) }

// read appends n rows to v, of which it has so many.
func (c *column) read(v *Vector, have, n int) error {
	for n > 0 {
		for c.here == 0 {
			if err := c.load(); err != nil {
				return err
			}
		}
		step := min(n, c.here)
		if err := c.readPart(v, have, step); err != nil {
			return err
		}
		c.here -= step
		have += step
		n -= step
	}
	return nil
}

// readPart reads rows that lie in one page.
func (c *column) readPart(v *Vector, have, n int) error {
	filled := n
	if !c.levels.all(n) {
		var err error
		if filled, err = c.levels.next(v.nulls()[have:have+n], c.some[:]); err != nil {
			return err
		}
	}
	if c.isText() {
		return c.readTexts(v, have, n, filled)
	}
	out := v.numbers[have : have+n]
	if err := c.numbers.next(out[:filled]); err != nil || filled == n {
		return err
	}
	// The values came without gaps: from the last on, each goes to its row.
	for row, from := n-1, filled-1; row >= 0; row-- {
		if v.null[have+row] {
			out[row] = 0
			continue
		}
		out[row] = out[from]
		from--
	}
	return nil
}

func (c *column) readTexts(v *Vector, have, n, filled int) error {
	if filled == n {
		return c.texts.next(v, n)
	}
	for row := have; row < have+n; {
		end := row
		for end < have+n && v.null[end] == v.null[row] {
			end++
		}
		if v.null[row] {
			for range end - row {
				v.ends = append(v.ends, len(v.bytes))
			}
		} else if err := c.texts.next(v, end-row); err != nil {
			return err
		}
		row = end
	}
	return nil
}
