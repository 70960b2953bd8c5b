package columnar

import "math"

// dictionary holds the values of a dictionary page: numbers or texts.
type dictionary struct {
	numbers []int64
	bytes   []byte
	ends    []int // of the texts in bytes
	size    int64 // of the page, which it keeps
}

// newDictionary reads a dictionary page of n values, all plain.
func newDictionary(src []byte, c *Column, n int) (*dictionary, error) {
	d := &dictionary{size: int64(len(src))}
	switch {
	case c.Physical == Boolean:
		return nil, corrupt("booleans have a dictionary")
	case !c.isText():
		if n > len(src)/c.Physical.width() {
			return nil, endsEarly
		}
		d.numbers = make([]int64, n)
		return d, (&plainIntegers{src: src, width: c.Physical.width()}).next(d.numbers)
	case c.size() > 0:
		if n > len(src)/c.size() {
			return nil, endsEarly
		}
	case n > len(src)/4:
		return nil, endsEarly
	}
	// A vector with no bound for texts keeps them all.
	v := Vector{ends: make([]int, 0, n)}
	all, err := newTexts(src, encPlain, c.size(), n, nil)
	if err == nil {
		err = all.next(&v, n)
	}
	d.bytes, d.ends = v.bytes, v.ends
	return d, err
}

func (d *dictionary) text(i uint32) []byte {
	from := 0
	if i > 0 {
		from = d.ends[i-1]
	}
	return d.bytes[from:d.ends[i]]
}

// places reads the places of values in a dictionary.
type places struct {
	hybrid
	some [256]uint32
}

func newPlaces(src []byte, dict *dictionary) (*places, error) {
	switch {
	case dict == nil:
		return nil, corrupt("it has no dictionary")
	case len(src) == 0: // a page of nulls
		return &places{}, nil
	case src[0] > 32:
		return nil, corrupt("the width of its places in the dictionary is wrong")
	}
	p := &places{hybrid: hybrid{src: src[1:], width: int(src[0])}}
	if p.width == 0 { // all are the first, whether runs say so or not
		p.left = math.MaxInt
	}
	return p, nil
}

// take reads up to n places that are less than size.
func (p *places) take(n, size int) ([]uint32, error) {
	got := p.some[:min(n, len(p.some))]
	if err := p.next(got); err != nil {
		return nil, err
	}
	for _, at := range got {
		if int64(at) >= int64(size) {
			return nil, corrupt("a value is not in the dictionary")
		}
	}
	return got, nil
}

type dictIntegers struct {
	*places
	dict *dictionary
}

func (d *dictIntegers) next(dst []int64) error {
	for len(dst) > 0 {
		got, err := d.take(len(dst), len(d.dict.numbers))
		if err != nil {
			return err
		}
		for i, at := range got {
			dst[i] = d.dict.numbers[at]
		}
		dst = dst[len(got):]
	}
	return nil
}

type dictTexts struct {
	*places
	dict *dictionary
}

func (d *dictTexts) next(to *Vector, n int) error {
	for n > 0 {
		got, err := d.take(n, len(d.dict.ends))
		if err != nil {
			return err
		}
		for _, at := range got {
			to.add(d.dict.text(at))
		}
		n -= len(got)
	}
	return nil
}
