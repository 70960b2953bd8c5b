package columnar

// Physical is how a column's values are stored.
type Physical int8

// The physical types, as the format numbers them. Nested is no value: a list, a
// map or a structure.
const (
	Nested  Physical = -1
	Boolean Physical = 0
	Int32   Physical = 1
	Int64   Physical = 2
	Int96   Physical = 3
	Float   Physical = 4
	Double  Physical = 5
	Bytes   Physical = 6
	Fixed   Physical = 7
)

// Meaning is what a column's values stand for.
type Meaning int8

// The meanings. Plain is what the physical type says.
const (
	Plain     Meaning = iota
	Text              // also enumerations and JSON: UTF-8
	Number            // an integer of Bits
	Decimal           // the stored integer is divided by ten to the Scale
	Date              // days since 1970-01-01
	Timestamp         // Units since 1970-01-01
	TimeOfDay
	UUID
	Float16
	Null // no value is known
	List
	Map
	Struct
	Other // something that is no single value of a table: Word names it
)

// Units of timestamps: so many in a second.
const (
	Millis int64 = 1_000
	Micros int64 = 1_000_000
	Nanos  int64 = 1_000_000_000
)

// Column is a column of the table; a list, a map or a structure is one, too.
type Column struct {
	Name     string
	Physical Physical
	Meaning  Meaning
	Word     string   // names an Other
	Length   int      // of Fixed, in bytes
	Scale    int      // of a Decimal
	Unit     int64    // of a Timestamp
	UTC      bool     // a Timestamp is a moment; else it is what a clock on the wall showed
	Unsure   bool     // what UTC says is not to be relied on: the program that wrote the file was wrong about it
	Unsigned bool     // of a Number
	Fields   []string // of a Struct: the names of what stands in it

	leaf     int // its place among the stored columns, the first's for what is nested
	optional bool
}

const (
	maxColumns = 1 << 16
	maxNesting = 256
	// maxScale bounds a Decimal's Scale: none has more digits.
	maxScale = 100
)

// element is one entry of the schema, which lists its tree depth first.
type element struct {
	Column
	children   int64
	repetition int64
	converted  int64 // -1: none
	logical    bool  // a logical type was given, which counts more than converted
}

// schema gathers the columns of the table from the tree.
type schema struct {
	columns []Column
	leaves  int
	open    []int64 // children that are still to come, from the root on
	begun   bool
}

func (s *schema) add(t *thrift) {
	e := readElement(t)
	if t.err != nil {
		return
	}
	if s.begun && len(s.open) == 0 || len(s.open) > maxNesting || s.leaves > maxColumns || e.children < 0 {
		t.fail(corrupt("the schema is no tree, or larger than any real one"))
		return
	}
	if len(s.open) == 1 {
		e.leaf = s.leaves
		s.columns = append(s.columns, e.column())
	}
	if len(s.open) == 2 {
		last := &s.columns[len(s.columns)-1]
		last.Fields = append(last.Fields, e.Name)
	}
	if s.begun {
		s.open[len(s.open)-1]--
		if e.children == 0 {
			s.leaves++
		}
	}
	s.begun = true
	if e.children > 0 {
		s.open = append(s.open, e.children)
	}
	for len(s.open) > 0 && s.open[len(s.open)-1] == 0 {
		s.open = s.open[:len(s.open)-1]
	}
}

// whole says whether all children have come.
func (s *schema) whole() bool { return s.begun && len(s.open) == 0 && s.leaves <= maxColumns }

func readElement(t *thrift) element {
	e := element{converted: -1}
	e.Physical = Nested
	t.structure(func(id int16, kind byte) {
		switch id {
		case 1:
			e.Physical = physical(t.integer())
		case 2:
			e.Length = int(t.integer())
		case 3:
			e.repetition = t.integer()
		case 4:
			e.Name = t.text()
		case 5:
			e.children = t.integer()
		case 6:
			e.converted = t.integer()
		case 7:
			e.Scale = int(t.integer())
		case 10:
			t.structure(func(id int16, kind byte) { e.readLogical(t, id, kind) })
		default:
			t.skip(kind)
		}
	})
	return e
}

func physical(n int64) Physical {
	if n < int64(Boolean) || n > int64(Fixed) {
		return Physical(127) // refused where it is used
	}
	return Physical(n)
}

// column settles what an element means.
func (e *element) column() Column {
	c := e.Column
	if !e.logical {
		c.convert(e.converted)
	}
	c.optional = e.repetition == 1
	switch {
	case e.repetition == 2: // an old way to write a list
		c.Physical, c.Meaning = Nested, List
	case e.children > 0 || c.Physical == Nested:
		c.Physical = Nested
		if c.Meaning != List && c.Meaning != Map && c.Meaning != Other {
			c.Meaning = Struct
		}
	}
	return c
}

// readLogical takes a logical type, of which one field is set.
func (e *element) readLogical(t *thrift, id int16, kind byte) {
	e.logical = true
	plain := map[int16]Meaning{1: Text, 2: Map, 3: List, 4: Text, 6: Date, 7: TimeOfDay, 11: Null, 12: Text, 14: UUID, 15: Float16}
	others := map[int16]string{13: "BSON", 16: "VARIANT", 17: "GEOMETRY", 18: "GEOGRAPHY"}
	switch {
	case kind != thriftStruct:
		t.skip(kind)
	case id == 5:
		e.Meaning = Decimal
		t.structure(func(id int16, kind byte) {
			if id == 1 {
				e.Scale = int(t.integer())
			} else {
				t.skip(kind)
			}
		})
	case id == 8:
		e.readTimestamp(t)
	case id == 10:
		e.Meaning = Number
		t.structure(func(id int16, kind byte) {
			if id == 2 {
				e.Unsigned = kind == thriftFalse
			}
			t.skip(kind)
		})
	default:
		if e.Meaning = plain[id]; e.Meaning == Plain {
			e.Word = others[id]
			if e.Word != "" {
				e.Meaning = Other
			} else {
				e.logical = false // one that came after this was written: the type alone counts
			}
		}
		t.skip(kind)
	}
}

func (e *element) readTimestamp(t *thrift) {
	e.Meaning, e.Unit = Timestamp, Millis
	t.structure(func(id int16, kind byte) {
		switch {
		case id == 1:
			e.UTC = kind == thriftTrue
		case id == 2 && kind == thriftStruct:
			t.structure(func(id int16, kind byte) {
				switch id {
				case 2:
					e.Unit = Micros
				case 3:
					e.Unit = Nanos
				}
				t.skip(kind)
			})
			return
		}
		t.skip(kind)
	})
}

// convert takes the older form of a logical type. Its timestamps are moments:
// by the format they count from midnight UTC.
func (c *Column) convert(converted int64) {
	switch {
	case converted == 0 || converted == 4 || converted == 19:
		c.Meaning = Text
	case converted == 1 || converted == 2:
		c.Meaning = Map
	case converted == 3:
		c.Meaning = List
	case converted == 5:
		c.Meaning = Decimal
	case converted == 6:
		c.Meaning = Date
	case converted == 7 || converted == 8:
		c.Meaning = TimeOfDay
	case converted == 9:
		c.Meaning, c.Unit, c.UTC = Timestamp, Millis, true
	case converted == 10:
		c.Meaning, c.Unit, c.UTC = Timestamp, Micros, true
	case converted >= 11 && converted <= 14:
		c.Meaning, c.Unsigned = Number, true
	case converted >= 15 && converted <= 18:
		c.Meaning = Number
	case converted == 20:
		c.Meaning, c.Word = Other, "BSON"
	case converted == 21:
		c.Meaning, c.Word = Other, "INTERVAL"
	}
}
