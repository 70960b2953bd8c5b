package columnar

// Vector holds the values of one column in a batch of rows.
type Vector struct {
	null    []bool // nil: no row is null
	spare   []bool // null, when it is not needed
	numbers []int64
	bytes   []byte
	ends    []int // of the texts in bytes
	text    string
	longest int
	long    []longText
	is      bool // it holds texts
}

// longText is a text that was cut.
type longText struct{ row, size int }

// Null says whether a row has no value.
func (v *Vector) Null(row int) bool { return v.null != nil && v.null[row] }

// Number is the value of a row of a Boolean (0, 1), an Int32 or an Int64; of Float
// and Double it is the bits of the value.
func (v *Vector) Number(row int) int64 { return v.numbers[row] }

// Text is the value of a row of Bytes, Fixed or Int96: its bytes as they are.
// Texts of one batch share their memory.
func (v *Vector) Text(row int) string {
	from := 0
	if row > 0 {
		from = v.ends[row-1]
	}
	return v.text[from:v.ends[row]]
}

// Long is the size of a row's text in bytes if it was cut for being too long,
// else 0.
func (v *Vector) Long(row int) int {
	for _, l := range v.long {
		if l.row == row {
			return l.size
		}
	}
	return 0
}

// add appends a text; longest 0 is no bound.
func (v *Vector) add(b []byte) {
	if v.longest > 0 && len(b) > v.longest {
		v.long = append(v.long, longText{len(v.ends), len(b)})
		b = b[:v.longest]
	}
	v.bytes = append(v.bytes, b...)
	v.ends = append(v.ends, len(v.bytes))
}

// begin empties a vector for n rows.
func (v *Vector) begin(n int) {
	v.null, v.long = nil, v.long[:0]
	v.bytes, v.ends = v.bytes[:0], v.ends[:0]
	if !v.is {
		if cap(v.numbers) < n {
			v.numbers = make([]int64, n)
		}
		v.numbers = v.numbers[:n]
	}
}

// nulls is where rows without a value are marked.
func (v *Vector) nulls() []bool {
	if v.null == nil {
		if v.spare == nil {
			v.spare = make([]bool, batchRows)
		}
		v.null = v.spare
		clear(v.null)
	}
	return v.null
}

// end makes the texts of what has come.
func (v *Vector) end() {
	if v.is {
		v.text = string(v.bytes)
	}
}
