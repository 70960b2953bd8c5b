package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// Line is one charge of a bill, or what was paid back of one that the bill does not tell.
type Line struct {
	No      int64     // physical line of the file, or row of the sheet
	From    time.Time // UTC; the charge lies in [From, Until): a second, a minute or a day
	Until   time.Time
	VIN     string // cleaned, as written when it is masked
	Plate   string
	Ticket  string
	Product string         // the text of the dataset column
	Dataset record.Dataset // "" when the bill does not say
	Fen     record.Fen     // what is left of it after what was paid back
	Back    record.Fen     // paid back by other lines, or by this one's status
	Why     string         // of a line that cannot be read: why

	when                 string // as written
	linked               bool   // a refund was taken off it
	perhapsBack          bool   // a refund may be of it, or of another line
	wholeVIN, wholePlate bool   // known by know
}

// Bill is a vendor's list of what it charged. Every line with text is a charge, a
// refund, skipped, or cannot be read.
type Bill struct {
	Lines    []Line // charges, and refunds that are of none of them
	Skipped  []Skipped
	Unread   []Line // with what could be read of them
	Charges  int
	Refunds  int
	Charged  record.Fen
	Refunded record.Fen // by lines of their own, or within the line of the charge
	Within   record.Fen // of Refunded, what the lines of charges say alone
	Total    record.Fen // Charged less Refunded
	From     time.Time  // of the first line
	Until    time.Time  // of the last one
	// Notes say how the bill was understood, where that is no matter of course.
	Notes []string
	// Unused are columns that are not read and may hold the tickets, where no other one does.
	Unused []string

	ticketColumn string  // the header of the column of tickets, "" when it is named or there is none
	others       []*Bill // the same bill, read with other columns of tickets
	several      bool    // its name alone does not tell the ticket
	mapping      *Mapping
}

// Records is how many lines with text the bill has.
func (b *Bill) Records() int { return b.Charges + b.Refunds + len(b.Skipped) + len(b.Unread) }

// Count tells how many lines were skipped for a reason, and the first few of them.
func (b *Bill) Count(w Why) (n int, first []int64) {
	for _, a := range b.Skipped {
		if a.Why != w {
			continue
		}
		if n++; n <= 5 {
			first = append(first, a.No)
		}
	}
	return n, first
}

// Open begins to read a bill: CSV, or a sheet of a workbook. Text may stand above its
// header. Errors are *sources.InputError.
func Open(r io.Reader, name, sheet string, m Mapping) (*sources.Table, error) {
	t, err := sources.OpenTable(r, name, sheet, func(cells []string) (int, bool) { return score(cells, &m) })
	if wrong := new(sources.InputError); errors.As(err, &wrong) {
		wrong.Hint = strings.ReplaceAll(wrong.Hint, sources.FromPipe, "batch reconcile -")
	}
	return t, err
}

// Read reads a bill to its end and takes what was paid back off the lines that
// it was paid for. A line that cannot be read is listed and stops nothing. Errors
// are *sources.InputError: no line can be read, or nobody can say which sign a charge has.
func Read(t *sources.Table, m Mapping) (*Bill, error) {
	c := columnsOf(t, &m)
	if err := c.check(t, &m); err != nil {
		return nil, err
	}
	recs, err := rest(t)
	if err != nil {
		return nil, err
	}
	return readEach(t, recs, &m, &c)
}

// read makes a bill of the records of a table.
func read(t *sources.Table, recs []sources.Record, m *Mapping) (*Bill, error) {
	r := &reading{table: t, m: m, backs: map[string]int{}, bill: &Bill{Notes: slices.Clone(t.Notes)}}
	r.use(t)
	for _, rec := range t.Above {
		r.above(rec)
	}
	r.skip(sources.Record{Line: t.HeaderLine, Cells: t.Headers}, Header)
	for _, rec := range recs {
		r.take(rec)
	}
	return r.finish()
}

// above takes a record above the header. Where it looks like a charge, the bill has another
// table, whose header is not known.
func (r *reading) above(rec sources.Record) {
	timed := slices.ContainsFunc(rec.Cells, func(c string) bool { _, _, err := readTime(c); return err == nil })
	car := slices.ContainsFunc(rec.Cells, func(c string) bool {
		_, err := sources.PlateType(sources.CleanPlate(c))
		return err == nil || sources.CheckVIN(sources.CleanIdentifier(c)) == nil
	})
	if timed && car {
		r.unread(Line{No: rec.Line}, errors.New("it stands above the header and looks like a charge: take the lines above it out, or name their columns"))
		return
	}
	r.skip(rec, AboveHeader)
}

// finish makes charges and refunds of the entries.
func (r *reading) finish() (*Bill, error) {
	b := r.bill
	r.rounded()
	if len(r.entries) == 0 {
		return nil, r.nothing()
	}
	negative, err := r.sign()
	if err != nil {
		return nil, err
	}
	if negative {
		b.note("its charges are negative amounts, and are read as charges")
	}
	if r.lost > 0 {
		b.note("%s written by a spreadsheet as 1.2E+16, or with zeros for the lost digits: such lines are told by their vehicles", several(r.lost, "order number was", "order numbers were"))
	}
	for _, name := range slices.Sorted(maps.Keys(r.backs)) {
		b.note("the column %q holds amounts (%d) and is not read. If it is what was paid back, name it: %s", name, r.backs[name], r.m.say("refund: "+name))
	}
	var back []Line
	b.Lines, back = r.split(negative)
	b.add(back)
	if len(b.Lines)+len(back) == 0 {
		return nil, r.nothing()
	}
	if len(b.Lines) == 0 && len(back) > 0 {
		b.note("every line of it is money that came back. If these are the charges, write the name of their column: %s", r.m.say("amount: COLUMN"))
	}
	b.payBack(back)
	slices.SortStableFunc(b.Lines, inOrder)
	return b, nil
}

func (b *Bill) note(format string, args ...any) {
	b.Notes = append(b.Notes, fmt.Sprintf(format, args...))
}

// nothing says why a bill without any charge is refused.
func (r *reading) nothing() error {
	if un := r.bill.Unread; len(un) > 0 {
		return r.table.Wrong(un[0].No, un[0].Why, fmt.Sprintf("no charge of the bill can be read (%s, this is the first): correct them, or write the names of other columns: %s",
			several(len(un), "line", "lines"), r.m.say("time: COLUMN, amount: COLUMN")))
	}
	return r.table.Wrong(0, "the bill holds no charge", "give the vendor's list of single charges, with a line for each")
}

// add counts the lines, before anything is taken off them.
func (b *Bill) add(back []Line) {
	for i := range b.Lines {
		l := &b.Lines[i]
		b.Charges, b.Charged, b.Refunded = b.Charges+1, b.Charged+l.Fen+l.Back, b.Refunded+l.Back
		b.Within += l.Back
		b.stretch(l)
	}
	for i := range back {
		b.Refunds, b.Refunded = b.Refunds+1, b.Refunded-back[i].Fen
		b.stretch(&back[i])
	}
	b.Total = b.Charged - b.Refunded
}

func (b *Bill) stretch(l *Line) {
	if b.From.IsZero() || l.From.Before(b.From) {
		b.From = l.From
	}
	if l.Until.After(b.Until) {
		b.Until = l.Until
	}
}

// inOrder sorts lines by what they say, so that it does not matter how the bill has
// them. Lines that say the same stand as in the file.
func inOrder(a, b Line) int {
	return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until), cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.VIN, b.VIN), cmp.Compare(a.Plate, b.Plate),
		cmp.Compare(a.Product, b.Product), cmp.Compare(a.Fen+a.Back, b.Fen+b.Back), cmp.Compare(a.Back, b.Back), cmp.Compare(a.No, b.No))
}
