package workbook

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
)

// texts are the texts that cells share, in blocks. A text that is given out is a piece of
// its block and costs nothing more; who keeps it keeps the block.
//
// The first blocks stay in memory, the others lie in a scratch file: a workbook may hold
// millions of different texts, and any cell may point to any of them. Cells mostly ask for
// one text after the other, so the blocks that were asked last are kept as well.
type texts struct {
	blocks []block
	recent [recentBlocks]int // blocks of the file that are in memory; 0 is none, it never lies in the file
	oldest int               // among them
	size   int               // bytes of all blocks
	near   int               // the block that was asked last
	most   int               // bytes that stay in memory
	away   scratch
	struck map[int]Struck // those that are struck through, or a part of them: few
}

// block holds some texts, one after the other.
type block struct {
	first, count int // the number of the first one, and how many there are
	text         string
	ends         []uint32 // nil while it is in the file alone
	at           int64    // where it is there
	size         int      // of its text
}

const (
	// blockSize is from which size on a block is full.
	blockSize = 4 << 10
	// keptTexts is how much stays in memory.
	keptTexts = 8 << 20
	// recentBlocks is how many blocks of the file are in memory besides.
	recentBlocks = 16
)

func (t *texts) count() int {
	if len(t.blocks) == 0 {
		return 0
	}
	last := &t.blocks[len(t.blocks)-1]
	return last.first + last.count
}

func (t *texts) add(text []byte, ends []uint32) error {
	if len(ends) == 0 {
		return nil
	}
	b := block{first: t.count(), count: len(ends), size: len(text)}
	if len(t.blocks) == 0 || t.size+len(text) <= t.most {
		b.text, b.ends = string(text), slices.Clone(ends)
	} else {
		var err error
		if b.at, err = t.away.add(text, ends); err != nil {
			return err
		}
	}
	t.blocks = append(t.blocks, b)
	t.size += len(text)
	return nil
}

// errNoText is of a number that no text has.
var errNoText = errors.New("the workbook does not hold the text")

func (t *texts) get(i int) (string, error) {
	if i < 0 || i >= t.count() {
		return "", errNoText
	}
	b := &t.blocks[t.near]
	if i < b.first || i >= b.first+b.count {
		t.near = sort.Search(len(t.blocks), func(n int) bool { return t.blocks[n].first > i }) - 1
		b = &t.blocks[t.near]
	}
	if b.ends == nil {
		if err := t.fetch(t.near); err != nil {
			return "", err
		}
	}
	i -= b.first
	begin := uint32(0)
	if i > 0 {
		begin = b.ends[i-1]
	}
	return b.text[begin:b.ends[i]], nil
}

// fetch reads a block from the file, in the place of the one that has been in memory longest.
func (t *texts) fetch(n int) (err error) {
	b, place := &t.blocks[n], &t.recent[t.oldest]
	if b.text, b.ends, err = t.away.get(b.at, b.size, b.count); err != nil {
		return err
	}
	if *place > 0 {
		t.blocks[*place].text, t.blocks[*place].ends = "", nil
	}
	*place = n
	t.oldest = (t.oldest + 1) % recentBlocks
	return nil
}

// readTexts reads the shared texts, once.
func (b *Book) readTexts() error {
	if b.shared != nil {
		return nil
	}
	b.shared = &texts{most: keptTexts, struck: map[int]Struck{}}
	return b.fillTexts()
}

func (b *Book) fillTexts() error {
	g, err := b.open(b.texts, maxPart)
	if g == nil || err != nil {
		return err
	}
	defer g.Close() //nolint:errcheck // nothing was written
	s := newTokens(g)
	var r runs
	var nested nesting
	var open []byte // the block that is not full yet
	var ends []uint32
	for {
		t, err := s.next()
		if err == nil {
			err = nested.take(t)
		}
		if err = nested.whole(err); errors.Is(err, io.EOF) {
			return b.shared.add(open, ends)
		}
		if err != nil {
			return g.wrong(err)
		}
		if !r.take(t, "si") {
			continue
		}
		g.begin()
		if how := r.struck(); how != NotStruck {
			b.shared.struck[b.shared.count()+len(ends)] = how
		}
		open = append(open, unescape(r.buf)...)
		ends = append(ends, uint32(len(open))) //nolint:gosec // a block and a step of the guard are far smaller
		if b.shared.size+len(open) > maxShared || b.shared.count()+len(ends) > maxShared/8 {
			return &Error{Problem: "the workbook's texts take more memory than a file of vehicles should", Hint: "save the sheet with the vehicles as CSV UTF-8"}
		}
		if len(open) >= blockSize {
			if err := b.shared.add(open, ends); err != nil {
				return err
			}
			open, ends = open[:0], ends[:0]
		}
	}
}

// runs gathers a text of one or several pieces: <t> in <si> or <is>, without
// what says how it is read aloud (<rPh>).
type runs struct {
	buf    []byte
	inText bool
	aside  bool
	strike bool // the piece under work is struck through
	// There are pieces that are struck through, and others.
	crossed, plain bool
}

// struck says how much of the text is struck through.
func (r *runs) struck() Struck {
	switch {
	case !r.crossed:
		return NotStruck
	case r.plain:
		return StruckPart
	}
	return StruckWhole
}

// take takes a token and tells whether it ended the element.
func (r *runs) take(t *token, ends string) bool {
	switch t.kind {
	case started:
		switch string(t.name) {
		case ends:
			r.buf, r.strike, r.crossed, r.plain = r.buf[:0], false, false, false
		case "r":
			r.strike = false
		case "strike":
			r.strike = isOn(string(t.attribute("val")))
		case "t":
			r.inText = !r.aside
		case "rPh":
			r.aside = true
		}
	case ended:
		switch string(t.name) {
		case ends:
			return true
		case "t":
			r.inText = false
		case "rPh":
			r.aside = false
		}
	case chars:
		if r.inText {
			r.buf = append(r.buf, t.text...)
			if len(bytes.TrimSpace(t.text)) > 0 {
				r.crossed, r.plain = r.crossed || r.strike, r.plain || !r.strike
			}
		}
	}
	return false
}

// escaped is how characters that XML cannot hold, or would change, are written.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescape(s []byte) []byte {
	if !bytes.Contains(s, []byte("_x")) { // as nearly all are
		return s
	}
	return escaped.ReplaceAllFunc(s, func(e []byte) []byte {
		n, _ := strconv.ParseUint(string(e[2:6]), 16, 16) // the pattern has checked it
		return []byte(string(rune(n)))
	})
}
