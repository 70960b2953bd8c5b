package stored

import (
	"bytes"
	"testing"
)

func newFuzzPacker(f *testing.F) *Packer {
	f.Helper()
	p, err := NewPacker()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(p.Close)
	return p
}

// FuzzPack: any bytes come back, and a stored answer with a damaged byte, or cut
// short, is an error and never another answer: zstd's checksum says so.
func FuzzPack(f *testing.F) {
	p := newFuzzPacker(f)
	f.Add([]byte(nil), uint32(0), byte(1))
	f.Add([]byte(`{"codeid":10000}`), uint32(3), byte(0xff))
	f.Add(bytes.Repeat([]byte("report "), 50), uint32(40), byte(4))
	f.Add(bytes.Repeat([]byte{0}, 700), uint32(4), byte(4))
	f.Fuzz(func(t *testing.T, body []byte, at uint32, by byte) {
		before := bytes.Clone(body)
		packed := p.Pack(body)
		if got, err := p.Unpack(packed); err != nil || !bytes.Equal(got, body) || !bytes.Equal(body, before) {
			t.Fatalf("%d bytes came back as %d, %v", len(body), len(got), err)
		}
		if len(packed) == 0 || by == 0 {
			return
		}
		damaged := bytes.Clone(packed)
		damaged[int(at)%len(packed)] ^= by
		if got, err := p.Unpack(damaged); err == nil && !bytes.Equal(got, body) {
			t.Fatalf("with byte %d of %d damaged it is read as %.100q", int(at)%len(packed), len(packed), got)
		}
		cut := packed[:int(at)%len(packed)]
		if got, err := p.Unpack(cut); err == nil && len(cut) > 0 && !bytes.Equal(got, body) {
			t.Fatalf("cut to %d of %d bytes it is read as %.100q", len(cut), len(packed), got)
		}
	})
}

// FuzzUnpack: whatever stands in the ledger, reading it ends, with a bounded
// answer or an error.
func FuzzUnpack(f *testing.F) {
	p := newFuzzPacker(f)
	f.Add([]byte{})
	f.Add([]byte("\x28\xb5\x2f\xfd\x00"))
	f.Add(p.Pack([]byte("an answer")))
	f.Add(p.Pack(bytes.Repeat([]byte("x"), 1<<10)))
	f.Fuzz(func(t *testing.T, packed []byte) {
		before := bytes.Clone(packed)
		one, err1 := p.Unpack(packed)
		two, err2 := p.Unpack(packed)
		if (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(one, two) || !bytes.Equal(packed, before) {
			t.Fatalf("read twice: %v and %v", err1, err2)
		}
		if len(one) > maxAnswer {
			t.Fatalf("%d bytes became %d", len(packed), len(one))
		}
	})
}
