package columnar

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// pack writes numbers of so many bits, the lowest bit first.
func pack(values []uint64, width int) []byte {
	out := make([]byte, (len(values)*width+7)/8)
	for i, v := range values {
		for b := range width {
			at := i*width + b
			out[at/8] |= byte(v>>b&1) << (at % 8)
		}
	}
	return out
}

// packDelta writes DELTA_BINARY_PACKED.
func packDelta(values []int64, block, minis int) []byte {
	out := binary.AppendUvarint(nil, uint64(block))
	out = binary.AppendUvarint(out, uint64(minis))
	out = binary.AppendUvarint(out, uint64(len(values)))
	if len(values) == 0 {
		return append(out, 0)
	}
	out = binary.AppendVarint(out, values[0])
	var deltas []int64
	for i := range values[1:] {
		deltas = append(deltas, values[i+1]-values[i])
	}
	for part := range slices.Chunk(deltas, block) {
		least := slices.Min(part)
		out = binary.AppendVarint(out, least)
		widths, body := make([]byte, minis), []byte(nil)
		i := 0
		for mini := range slices.Chunk(part, block/minis) {
			wide := make([]uint64, block/minis)
			for j, d := range mini {
				wide[j] = uint64(d - least)
				widths[i] = max(widths[i], byte(bits.Len64(wide[j])))
			}
			body = append(body, pack(wide, int(widths[i]))...)
			i++
		}
		out = append(append(out, widths...), body...)
	}
	return out
}

func TestDeltaProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-9, 9)), 0, 400).Draw(t, "values")
		minis := rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "minis")
		d, err := newDelta(append(packDelta(values, 128, minis), "rest"...), len(values))
		if err != nil {
			t.Fatal(err)
		}
		if rest, err := d.rest(); err != nil || string(rest) != "rest" {
			t.Fatalf("%q, %v", rest, err)
		}
		got := make([]int64, len(values))
		for from := 0; from < len(got); {
			n := rapid.IntRange(1, len(got)-from).Draw(t, "n")
			if err := d.next(got[from : from+n]); err != nil {
				t.Fatal(err)
			}
			from += n
		}
		if !slices.Equal(got, values) {
			t.Fatalf("%v", got)
		}
		if d.next(make([]int64, 1)) == nil {
			t.Fatal("there is one more")
		}
	})
}

func TestHybridProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 32).Draw(t, "width")
		var src []byte
		var want []uint32
		for range rapid.IntRange(0, 9).Draw(t, "runs") {
			n := rapid.IntRange(1, 40).Draw(t, "length")
			if rapid.Bool().Draw(t, "packed") {
				values := make([]uint64, n*8)
				for i := range values {
					values[i] = rapid.Uint64().Draw(t, "value") & (1<<width - 1)
					want = append(want, uint32(values[i]))
				}
				src = append(binary.AppendUvarint(src, uint64(n)<<1|1), pack(values, width)...)
				continue
			}
			value := rapid.Uint64().Draw(t, "value") & (1<<width - 1)
			src = append(binary.AppendUvarint(src, uint64(n)<<1), pack([]uint64{value}, (width+7)/8*8)...)
			for range n {
				want = append(want, uint32(value))
			}
		}
		h := hybrid{src: src, width: width}
		got := make([]uint32, len(want))
		for from := 0; from < len(got); {
			n := rapid.IntRange(1, len(got)-from).Draw(t, "n")
			if len(got) > from && h.same(n, want[from]) {
				for i := range n {
					got[from+i] = want[from]
				}
			} else if err := h.next(got[from : from+n]); err != nil {
				t.Fatal(err)
			}
			from += n
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if h.next(make([]uint32, 1)) == nil {
			t.Fatal("there is one more")
		}
	})
}
