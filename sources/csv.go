package sources

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/ahead"
)

const (
	// headSize is how much is looked at before the first row, in bytes.
	headSize = 64 << 10
	// maxValue is the longest value of a column that is used, in bytes. The
	// longest legitimate one is an address.
	maxValue = 4 << 10
)

// CSV reads vehicles from one file. It holds a few records at a time and is not
// safe for concurrent use.
type CSV struct {
	grid
	s       *scanner // of records once rows are read
	records *ahead.Pieces[textRecords]
	some    []textRecord // of records, that are left
	row     *textRecord  // under work
	dec     *decoder
	ends    []int // of the decoded fields of used, in dec.out
	texts   sharedTexts
}

// OpenCSV reads the head of r (up to 64 KiB, and the first row), detects
// encoding, delimiter and header. Errors are *InputError: the file is empty or
// has no row, is not text, has no usable header. name stands in messages.
func OpenCSV(r io.Reader, name string) (*CSV, error) {
	br := bufio.NewReaderSize(r, headSize)
	head, err := peekHead(br, name)
	if err != nil {
		return nil, err
	}
	if err := checkBinary(name, head); err != nil {
		return nil, err
	}
	c := &CSV{grid: grid{name: name}}
	br, head, c.info.Encoding, err = decodeStream(br, head, name)
	if err != nil {
		return nil, err
	}
	if err := c.open(br, head); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// peekHead looks at the head without taking it.
func peekHead(br *bufio.Reader, name string) ([]byte, error) {
	head, err := br.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(name, 0, err)
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte(bomUTF8)))) == 0 && len(head) < headSize {
		return nil, &InputError{Name: name, Problem: "the file is empty", Hint: "give a CSV file with a header line and a line for each vehicle"}
	}
	return head, nil
}

// decodeStream takes off the byte order mark and turns UTF-16 into UTF-8.
func decodeStream(br *bufio.Reader, head []byte, name string) (*bufio.Reader, []byte, string, error) {
	mark, enc := bomOf(head)
	switch mark {
	case "":
		return br, head, detectEncoding(head), nil
	case bomUTF8:
		_, _ = br.Discard(len(mark)) // cannot fail: it has been peeked
	default:
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM) // the mark decides the order
		br = bufio.NewReaderSize(transform.NewReader(br, utf16.NewDecoder()), headSize)
	}
	head, err := peekHead(br, name)
	return br, head, enc, err
}

// sepLine is Excel's way to name the delimiter in front of the header.
var sepLine = regexp.MustCompile(`(?i)^"?sep=([^\r\n])"?(\r\n|\r|\n|$)`)

// delimiters are those that are looked for. The first wins when nothing speaks for another.
const delimiters = ",;\t|"

// delimitersOf returns those that may be a text's. Where its first line names one, it is that one
// alone, and the line, so many bytes, is to be skipped.
func delimitersOf(name string, head []byte) (delims []byte, passed int, err error) {
	m := sepLine.FindSubmatch(head)
	if m == nil {
		return []byte(delimiters), 0, nil
	}
	if !strings.Contains(delimiters, string(m[1])) {
		return nil, 0, &InputError{Name: name, Line: 1, Problem: fmt.Sprintf("the line sep=%s names a delimiter that is not read", m[1]),
			Hint: "use a comma, a semicolon, a tab or a bar (|)"}
	}
	return m[1], len(m[0]), nil
}

// open finds the delimiter and the header, and reads the first row.
func (c *CSV) open(br *bufio.Reader, head []byte) error {
	delims, passed, err := delimitersOf(c.name, head)
	if err != nil {
		return err
	}
	line := int64(1)
	if passed > 0 {
		head, line = head[passed:], 2
		_, _ = br.Discard(passed) // cannot fail: it has been peeked
		c.info.Notes = append(c.info.Notes, "the first line names the delimiter (sep=)")
	}
	c.info.Kind = KindCSV
	c.dec = newDecoder(c.info.Encoding)
	delim, l, bad := c.detect(head, delims, line)
	if l == nil {
		bad = cmp.Or(notationOf(further, head), bad)
	}
	if big5 := c.asBig5(head, delims, line, l); big5 != nil {
		return big5
	}
	c.info.Delimiter = rune(delim)
	if splitsCharacters(c.info.Encoding, delim) {
		br, c.dec = bufio.NewReaderSize(transform.NewReader(br, simplifiedchinese.GB18030.NewDecoder()), headSize), newDecoder(encUTF8)
	}
	c.s = newScanner(br, delim, line)
	if err := c.passLead(l, bad); err != nil {
		return err
	}
	c.records = ahead.New(piecesAhead, c.fill)
	return c.grid.open("the file", func() int64 { return c.s.line }, c.read)
}

// detect takes the delimiter by which the header shows most known columns, then
// most fields; the comma when they are equal. It says what the first rows are then.
func (c *CSV) detect(head, delims []byte, line int64) (byte, *lead, *InputError) {
	best, bestScore := delims[0], -1
	var found *lead
	var why *InputError
	for _, delim := range delims {
		rows, torn := c.firstRows(head, delim, line)
		score := len(torn)
		var l *lead
		var bad *InputError
		if len(rows) > 0 {
			l, bad = findLead(rows)
			score = len(rows[0].texts) + countKnown(rows[0].texts)*maxFields
		}
		if l != nil {
			score = len(l.names) + countKnown(l.names)*maxFields
		}
		if (l != nil) == (found != nil) && score > bestScore || l != nil && found == nil {
			best, bestScore, found, why = delim, score, l, bad
		}
	}
	return best, found, why
}

// firstRows are the records with text in the head of the file. What stands before an error, such as an
// open quote, is torn, and so is a record that a quote behind a backslash may have put together of several.
func (c *CSV) firstRows(head []byte, delim byte, line int64) (rows []textRow, torn []string) {
	dec, isCut := newDecoder(c.info.Encoding), len(head) >= headSize
	if splitsCharacters(c.info.Encoding, delim) {
		head, dec = []byte(decodeGB18030(head)), newDecoder(encUTF8)
	}
	s := newScanner(bufio.NewReader(bytes.NewReader(head)), delim, line)
	for len(rows) < headerRows+surveyedRows {
		if err := s.scan(); err != nil {
			if len(rows) > 1 && isCut { // the last may be cut off
				rows = rows[:len(rows)-1]
			}
			return rows, dec.fields(&s.textRecord)
		}
		if s.escaped && s.end > s.start {
			return rows, dec.fields(&s.textRecord)
		}
		if !isBlank(s.data) {
			rows = append(rows, textRow{line: s.start, texts: dec.fields(&s.textRecord)})
		}
	}
	return rows, nil
}

// asBig5 refuses a file whose header names more columns when it is read in Big5, the encoding of traditional characters.
func (c *CSV) asBig5(head, delims []byte, line int64, l *lead) *InputError {
	if c.info.Encoding != encGB18030 && (c.info.Encoding != encUTF8 || utf8.Valid(trimPartial(head))) {
		return nil
	}
	known := 0
	if l != nil {
		known = countKnown(l.names)
	}
	text, _ := traditionalchinese.Big5.NewDecoder().Bytes(head) // bad bytes become U+FFFD
	asUTF8 := CSV{grid: grid{info: Info{Encoding: encUTF8}}}
	for _, delim := range delims {
		rows, _ := asUTF8.firstRows(text, delim, line)
		for _, r := range rows[:min(len(rows), headerRows)] {
			if countKnown(r.texts) > known && isHeader(r.texts) {
				return c.named(&InputError{Line: r.line, Problem: "the file is in Big5, an encoding of traditional characters that is not read: the header is " + listHeaders(r.texts),
					Hint: "save it as CSV UTF-8 or as xlsx"})
			}
		}
	}
	return nil
}

// passLead goes behind the header and takes what it says. Without one it says why.
func (c *CSV) passLead(l *lead, bad *InputError) error {
	rows := 1
	if l != nil {
		rows = l.passed()
	}
	for range rows {
		if err := c.scanRow(); err != nil {
			if errors.Is(err, io.EOF) {
				return &InputError{Name: c.name, Line: c.s.line, Problem: "there is no header line", Hint: "give a header line and a line for each vehicle"}
			}
			return err
		}
		if c.s.cut {
			return &InputError{Name: c.name, Line: c.s.start, Problem: "the line is longer than a header can be", Hint: "is this a CSV file?"}
		}
	}
	if l == nil {
		if bad == nil { // no record ends in the head
			bad = &InputError{Line: c.s.start, Problem: fmt.Sprintf("there is no header line in the first %d KiB", headSize>>10), Hint: "put the header at the top"}
		}
		return c.named(bad)
	}
	if bad := c.setLead(l, "line"); bad != nil {
		return c.named(bad)
	}
	return nil
}

// Info returns what was detected. Its encoding is ASCII until a row holds
// something else.
func (c *CSV) Info() Info {
	info := c.grid.Info()
	if info.Encoding == encASCII {
		info.Encoding = c.dec.encoding
	}
	return info
}

// Next returns the next vehicle. Its texts share a few KiB of memory with those of
// its neighbours alone. It returns io.EOF at the end, and an *InputError when the
// file cannot go on; after either, the same again.
//
// Lines and records without any text are no rows and are skipped; records that
// name no vehicle are skipped, and Info says so.
func (c *CSV) Next() (record.Vehicle, error) {
	return c.give(c.read)
}

// Close ends the reading; nothing reads the file when it returns.
func (c *CSV) Close() { c.records.Close() }

func (c *CSV) read() (*record.Vehicle, error) {
	for c.err == nil {
		if c.err = c.nextRow(); c.err != nil {
			break
		}
		v := c.vehicle()
		c.fail(c.swallowed())
		if c.err == nil && !isVehicle(v) {
			skipped, bad := c.skip(c.row.start, c.dec.fields(c.row), false)
			if skipped {
				continue
			}
			c.fail(bad)
		}
		if len(v.Faults) > 0 {
			c.fail(c.distances.cameTooLate(v.Line))
		}
		if c.err == nil {
			c.count(v)
			return v, nil
		}
	}
	return nil, c.err
}

// nextRow goes to the next record that holds any text.
func (c *CSV) nextRow() error {
	for len(c.some) == 0 {
		next, err := c.records.Next()
		if err != nil {
			return err
		}
		c.some = next.all
	}
	c.row, c.some = &c.some[0], c.some[1:]
	return nil
}

// textRecords are some records, one after the other.
type textRecords struct {
	data []byte
	ends []int
	all  []textRecord // of data and ends
}

// Of records as many are read together as fit in these; one that does not fit comes last.
const (
	togetherBytes   = 32 << 10
	togetherRecords = 512
)

// fill reads records ahead.
func (c *CSV) fill(to *textRecords) error {
	to.data, to.ends, to.all = to.data[:0], to.ends[:0], to.all[:0]
	for len(to.data) < togetherBytes && len(to.all) < togetherRecords {
		if err := c.scanRow(); err != nil {
			return err
		}
		to.add(c.s.textRecord)
	}
	return nil
}

func (t *textRecords) add(r textRecord) {
	data, ends := len(t.data), len(t.ends)
	t.data, t.ends = append(t.data, r.data...), append(t.ends, r.ends...)
	r.data, r.ends = t.data[data:], t.ends[ends:]
	t.all = append(t.all, r)
}

// scanRow scans the next record that holds any text.
func (c *CSV) scanRow() error {
	for {
		if err := c.s.scan(); err != nil {
			return c.stop(err)
		}
		if c.s.cut || !isBlank(c.s.data) {
			return nil
		}
	}
}

// stop turns what ended a scan into what the caller is told.
func (c *CSV) stop(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errOpenQuote):
		hint := "close it, or remove it when it is part of the value"
		if c.s.escaped {
			hint = escapedHint
		}
		return &InputError{Name: c.name, Line: c.s.quoteLine,
			Problem: fmt.Sprintf("a quote (\") is opened here and not closed within %d KiB or the file", maxRecord>>10), Hint: hint}
	}
	return readError(c.name, c.s.line, err)
}

func readError(name string, line int64, err error) error {
	return &InputError{Name: name, Line: line, Problem: "reading stopped", Hint: "is the file whole and still there?", Err: err}
}

// vehicle makes a vehicle of the record under work. It is good until the next.
func (c *CSV) vehicle() *record.Vehicle {
	c.next = record.Vehicle{Line: c.row.start}
	v := &c.next
	c.line.begin()
	c.unknown.begin()
	c.checkShape(v)
	misshapen := len(v.Faults) > 0
	text, begin := c.decodeUsed(v), 0
	for i := range c.used {
		value := text[begin:c.ends[i]]
		begin = c.ends[i]
		if col := &c.used[i]; !misshapen || isIdentifier(col.column) {
			c.readValue(v, col, value)
		}
	}
	if misshapen {
		v.Faults, v.Problems = slices.DeleteFunc(v.Faults, isColumnFault), nil
	}
	if v.VIN == "" && v.Plate == "" && !slices.ContainsFunc(v.Faults, isRowFault) {
		fault(v, "", errNoIdentity)
	}
	return v
}

func (c *CSV) readValue(v *record.Vehicle, col *usedColumn, value string) {
	switch {
	case col.column == colState: // nothing in it is a fault
		if value = strings.TrimSpace(value); value != "" {
			col.read(v, value)
		}
		return
	case col.takesPlain(v, value):
	case !readable(value):
		fault(v, "", fmt.Errorf("column %s holds bytes that are not %s: is this line in another encoding than the file?",
			col.column, c.encodingName()))
		return
	default:
		if value = c.unknown.take(col.column, value); value == "" {
			return
		}
		col.read(v, value)
	}
	c.line.holds(col.column)
}

func isRowFault(f record.Fault) bool { return f.Column == "" }

func isColumnFault(f record.Fault) bool { return f.Column != "" }

// isIdentifier names the columns that are read even from a row of the wrong
// width, so that the row can be found again. The others may have slipped into
// the next column: there a value is worse than none, and so is a complaint.
func isIdentifier(column string) bool {
	return column == record.ColVIN || column == record.ColPlate || column == record.ColEngineNo
}

func (c *CSV) encodingName() string {
	return strings.TrimSuffix(c.Info().Encoding, " with BOM")
}

// decodeUsed decodes the used columns into one string, which holds none of the
// columns that are not used.
func (c *CSV) decodeUsed(v *record.Vehicle) string {
	c.dec.begin(c.row.data)
	if len(c.ends) != len(c.used) {
		c.ends = make([]int, len(c.used))
	}
	for i, col := range c.used {
		raw := c.row.field(col.index)
		if len(raw) > maxValue && col.column == colState {
			raw = nil
		} else if len(raw) > maxValue {
			fault(v, "", fmt.Errorf("column %s holds %d bytes, more than the %d that a value may have: is a delimiter or a quote missing?",
				col.column, len(raw), maxValue))
			raw = nil
		}
		c.ends[i] = c.dec.add(raw)
	}
	return c.texts.add(c.dec.out)
}

// sharedTexts makes texts that lie in memory together, which is quicker than to find some for each.
type sharedTexts struct{ strings.Builder }

// sharedBytes are what one text that is kept may hold beside itself.
const sharedBytes = 4 << 10

func (t *sharedTexts) add(b []byte) string {
	if t.Len()+len(b) > t.Cap() {
		t.Reset() // leaves the texts that were made to who has them
		t.Grow(max(sharedBytes, len(b)))
	}
	from := t.Len()
	t.Write(b)
	return t.String()[from:]
}

// escapes tells whether a backslash stands in the record before a delimiter, a line end or a quote. Markdown and some databases write so a
// mark that is a part of a value; where the record ends in empty fields, nothing else shows that its values have slipped.
func (c *CSV) escapes() bool {
	return c.row.escaped || slices.ContainsFunc(c.dec.fields(c.row), func(s string) bool { return strings.HasSuffix(s, `\`) })
}

// escapedHint is what to do about a file in which backslashes stand before marks.
const escapedHint = `a backslash stands in it before a mark that is a part of a value, as MySQL, MariaDB and Markdown write one: take it out, or export the list as CSV with doubled quotes and no backslashes`

// swallowed refuses a file of which a quote behind a backslash has swallowed a line with a vehicle: the record under work
// goes on into that line.
func (c *CSV) swallowed() *InputError {
	if !c.row.escaped || c.row.end == c.row.start {
		return nil
	}
	texts, onward := c.dec.fields(c.row), false // onward: in a later line, if the record has too many or too few fields
	for _, text := range texts {
		_, behind, ok := strings.Cut(text, "\n")
		if ok && holdsIdentity(behind) || onward && holdsIdentity(text) {
			return &InputError{Line: c.row.start, Problem: fmt.Sprintf("a quote behind a backslash is taken for one that opens, and the record runs up to line %d, with another vehicle in it", c.row.end),
				Hint: escapedHint}
		}
		onward = onward || ok && len(texts) != c.lead.width
	}
	return nil
}

// checkShape compares the record with the header. Empty fields beyond the
// header are the spreadsheet's and do no harm. In a table in bars the last field is always empty, and hides nothing.
func (c *CSV) checkShape(v *record.Vehicle) {
	if c.row.cut {
		fault(v, "", fmt.Errorf("the row is longer than %d KiB and was cut: is a line end missing?", maxRecord>>10))
		return
	}
	got := c.row.fields()
	for got > c.lead.width && !c.lead.framed(c.info.Delimiter) && isBlank(c.row.field(got-1)) {
		got--
	}
	escaped := c.row.fields() != c.lead.width && c.escapes()
	if got == c.lead.width && !escaped {
		return
	}
	if escaped {
		got = c.row.fields()
	}
	fields := "fields"
	if got == 1 {
		fields = "field"
	}
	reason := fmt.Sprintf("the row has %d %s, the header has %d", got, fields, c.lead.width)
	if c.row.end > c.row.start {
		reason += fmt.Sprintf("; it runs from line %d to line %d: is a quote not closed?", c.row.start, c.row.end)
	}
	if escaped {
		reason += "; " + escapedHint
	}
	fault(v, "", errors.New(reason))
}
