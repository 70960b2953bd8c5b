package columnar

import (
	"bufio"
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// The room that is left and the memory of the buffers never are more than all of it.
func TestRoomCountsBuffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const all = 64 << 20
		room := int64(all)
		file := &File{r: bytes.NewReader(nil), size: 100}
		columns := []*column{{file: file, room: &room}, {file: file, room: &room}}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			c := columns[rapid.IntRange(0, 1).Draw(t, "column")]
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				if err := c.open(chunk{start: 4}); err != nil {
					t.Fatal(err)
				}
			}
			c.in = bufio.NewReader(zeros{})
			h := &pageHead{size: rapid.Int64Range(0, 24<<20).Draw(t, "size"), packed: rapid.Int64Range(0, 24<<20).Draw(t, "packed")}
			if err := c.take(h); err == nil {
				if err := c.readBody(h); err != nil {
					t.Fatal(err)
				}
				c.fit(h.size)
			}
			held := room
			for _, c := range columns {
				held += int64(cap(c.body) + cap(c.plain))
			}
			if held > all || room < 0 {
				t.Fatalf("%d bytes are left or held, of %d", held, all)
			}
		}
	})
}

// A large page gives its memory back.
func TestLargeBufferIsDropped(t *testing.T) {
	t.Parallel()
	room := int64(maxRoom)
	c := &column{file: &File{r: bytes.NewReader(nil), size: 100}, room: &room, body: make([]byte, 9<<20), plain: make([]byte, 1<<20), taken: 10 << 20}
	if err := c.take(&pageHead{size: 1 << 10, packed: 5 << 20}); err != nil || cap(c.body) != 9<<20 {
		t.Errorf("a page of more than half: %d bytes, %v", cap(c.body), err)
	}
	if err := c.take(&pageHead{size: 1 << 10, packed: 1 << 20}); err != nil || c.body != nil || cap(c.plain) != 1<<20 {
		t.Errorf("a small page: %d and %d bytes, %v", cap(c.body), cap(c.plain), err)
	}
}
