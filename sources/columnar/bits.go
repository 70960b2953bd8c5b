package columnar

import "encoding/binary"

// bitsAt reads width bits, at most 64, at a bit's place; what lies behind the end
// is 0.
func bitsAt(src []byte, bit, width int) uint64 {
	at, shift := bit>>3, uint(bit&7)
	var word uint64
	if at+8 <= len(src) {
		word = binary.LittleEndian.Uint64(src[at:])
	} else {
		for i := len(src) - 1; i >= at; i-- {
			word = word<<8 | uint64(src[i])
		}
	}
	word >>= shift
	if int(shift)+width > 64 && at+8 < len(src) {
		word |= uint64(src[at+8]) << (64 - shift)
	}
	if width < 64 {
		word &= 1<<uint(width) - 1
	}
	return word
}

// hybrid reads runs and packed groups of small numbers: levels, places in a
// dictionary, booleans. A run is not expanded before it is asked for.
type hybrid struct {
	src   []byte
	width int
	// the run under way
	left   int
	packed []byte // nil: the same value again and again
	bit    int
	value  uint32
}

const maxRun = 1 << 31

func (h *hybrid) begin() error {
	head, n := binary.Uvarint(h.src)
	if n <= 0 || head>>1 >= maxRun {
		return corrupt("a run has no length")
	}
	h.src = h.src[n:]
	if head&1 == 0 {
		return h.beginRun(int(head >> 1))
	}
	// Some writers leave off what fills up the last group.
	groups := int(head >> 1)
	bytes := min(groups*h.width, len(h.src))
	h.packed, h.bit, h.left = h.src[:bytes:bytes], 0, groups*8
	if h.width > 0 {
		h.left = min(h.left, bytes*8/h.width)
	}
	h.src = h.src[bytes:]
	if h.packed == nil {
		h.packed = []byte{}
	}
	return nil
}

func (h *hybrid) beginRun(length int) error {
	bytes := (h.width + 7) / 8
	if len(h.src) < bytes {
		return corrupt("a run has no value")
	}
	h.value = 0
	for i := bytes - 1; i >= 0; i-- {
		h.value = h.value<<8 | uint32(h.src[i])
	}
	if h.width < 32 && h.value>>h.width != 0 {
		return corrupt("a run has a value that is too large")
	}
	h.src = h.src[bytes:]
	h.left, h.packed = length, nil
	return nil
}

// next fills dst.
func (h *hybrid) next(dst []uint32) error {
	for len(dst) > 0 {
		if h.left == 0 {
			if err := h.begin(); err != nil {
				return err
			}
			continue
		}
		n := min(h.left, len(dst))
		if h.packed == nil {
			for i := range dst[:n] {
				dst[i] = h.value
			}
		} else {
			for i := range dst[:n] {
				dst[i] = uint32(bitsAt(h.packed, h.bit, h.width))
				h.bit += h.width
			}
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

// same passes over n values if a run says that all of them are value.
func (h *hybrid) same(n int, value uint32) bool {
	for h.left == 0 {
		if h.begin() != nil {
			return false
		}
	}
	if h.packed != nil || h.left < n || h.value != value {
		return false
	}
	h.left -= n
	return true
}

// delta reads DELTA_BINARY_PACKED.
type delta struct {
	src   []byte
	total int
	left  int // values that were not read yet
	begun bool

	value, least int64
	blocks       int // miniblocks of a block
	length       int // values of a miniblock
	widths       []byte
	block        int // of widths, the one under way
	bit, in      int // in it: the next bit, values that are left
	width        int
	packed       []byte
}

// newDelta reads the head. There may be at most so many values.
func newDelta(src []byte, most int) (*delta, error) {
	d := &delta{src: src}
	size, blocks, total := d.uvarint(), d.uvarint(), d.uvarint()
	d.value = d.zigzag()
	if d.src == nil || size == 0 || blocks == 0 || size > 1<<20 || size%blocks != 0 || size/blocks%8 != 0 || total > uint64(most) {
		return nil, corrupt("the head of a delta encoding is wrong")
	}
	d.blocks, d.length, d.total = int(blocks), int(size/blocks), int(total)
	d.left, d.block = d.total, d.blocks
	return d, nil
}

// uvarint makes src nil when there is none.
func (d *delta) uvarint() uint64 {
	x, n := binary.Uvarint(d.src)
	if n <= 0 {
		d.src = nil
		return 0
	}
	d.src = d.src[n:]
	return x
}

func (d *delta) zigzag() int64 {
	n := d.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

// next fills dst.
func (d *delta) next(dst []int64) error {
	if len(dst) > d.left {
		return corrupt("a delta encoding holds less values than its page")
	}
	d.left -= len(dst)
	if len(dst) > 0 && !d.begun {
		d.begun, dst[0], dst = true, d.value, dst[1:]
	}
	for len(dst) > 0 {
		if d.in == 0 {
			if err := d.miniblock(); err != nil {
				return err
			}
		}
		n := min(d.in, len(dst))
		for i := range dst[:n] {
			d.value += d.least + int64(bitsAt(d.packed, d.bit, d.width))
			d.bit += d.width
			dst[i] = d.value
		}
		d.in -= n
		dst = dst[n:]
	}
	return nil
}

func (d *delta) miniblock() error {
	if d.block == d.blocks {
		d.least = d.zigzag()
		if len(d.src) < d.blocks {
			return corrupt("a delta encoding ends within a block")
		}
		d.widths, d.src, d.block = d.src[:d.blocks], d.src[d.blocks:], 0
	}
	d.width = int(d.widths[d.block])
	bytes := d.width * d.length / 8
	if d.width > 64 || bytes > len(d.src) {
		return corrupt("a delta encoding ends within a block")
	}
	d.packed, d.src = d.src[:bytes], d.src[bytes:]
	d.bit, d.in = 0, d.length
	d.block++
	return nil
}

// rest is what stands behind all values. The values can still be read.
func (d *delta) rest() ([]byte, error) {
	ahead := *d
	var skipped [256]int64
	for ahead.left > 0 {
		if err := ahead.next(skipped[:min(ahead.left, len(skipped))]); err != nil {
			return nil, err
		}
	}
	return ahead.src, nil
}
