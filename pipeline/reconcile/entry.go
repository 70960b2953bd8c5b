package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// Why says why a line was skipped.
type Why string

// The reasons for which a line is no charge and no refund.
const (
	AboveHeader Why = "above the header"
	Header      Why = "header"
	Sum         Why = "sum"
	Text        Why = "text"
	TopUp       Why = "top-up or other movement of the account"
	Neither     Why = "counted neither as paid nor as received"
	NotPaid     Why = "not paid: closed or failed"
	NotBack     Why = "refund that was not paid"
	OtherTable  Why = "of a table without charges"
)

// Whys returns every reason in the order in which they are said.
func Whys() []Why {
	return []Why{AboveHeader, Header, Sum, Text, TopUp, Neither, NotPaid, NotBack, OtherTable}
}

// Skipped is a line that is no charge, no refund, and can be read.
type Skipped struct {
	No   int64 // as Line.No
	Why  Why
	Text string // its beginning
}

// entry is a line of a bill that is about money, before the signs of the whole
// bill are known.
type entry struct {
	line   Line
	motion motion
	fen    record.Fen // as written
	back   record.Fen // paid back by the same line, more than nothing
	full   bool       // the status says: paid back in full
	part   bool       // the status says: paid back in part, nobody knows how much
}

// reading is a bill that is being read.
type reading struct {
	table   *sources.Table
	m       *Mapping
	c       columns
	headers []string // in force
	unknown []int    // columns of it that speak of refunds and are not read
	useful  bool     // the header in force is of charges
	foreign bool     // the header in force is of a table without any vehicle or order
	bill    *Bill
	entries []entry
	lost    int // order numbers whose digits are lost
	moves   []move
	backs   map[string]int // lines with an amount in a column of refunds that is not read
}

// take reads one record.
func (r *reading) take(rec sources.Record) {
	l, why := r.line(rec)
	r.move(rec, &l)
	switch {
	case r.header(rec, &l):
		r.skip(rec, Header)
	case r.foreign && why != Sum:
		r.skip(rec, OtherTable)
	case why != "" && rec.Wrong == "":
		r.skip(rec, why)
	case rec.Wrong != "":
		r.unread(l, errors.New(rec.Wrong))
	case !r.useful:
		r.unread(l, errors.New("the header above it has no column that is known as time, or none as amount"))
	default:
		e, err := r.entry(rec, l)
		if err != nil {
			r.unread(l, err)
			return
		}
		r.sort(rec, &e)
	}
}

// sort skips what is no charge and no refund.
func (r *reading) sort(rec sources.Record, e *entry) {
	why, skipped := map[motion]Why{topUp: TopUp, neither: Neither, notPaid: NotPaid, notBack: NotBack}[e.motion]
	switch {
	case skipped:
		r.skip(rec, why)
	case e.motion == contradict:
		r.unread(e.line, errors.New("its type, direction and status say two things: paid, and paid back"))
	case e.motion == unclear:
		r.unread(e.line, fmt.Errorf("its status says %q, and not whether it was charged: ask the vendor, and take the line out or write what is the case", r.cell(rec, colStatus)))
	default:
		r.entries = append(r.entries, *e)
	}
}

func (r *reading) skip(rec sources.Record, why Why) {
	r.bill.Skipped = append(r.bill.Skipped, Skipped{No: rec.Line, Why: why, Text: normalise.Excerpt(strings.Join(textsOf(rec), " "))})
}

func (r *reading) unread(l Line, why error) {
	l.Why = why.Error()
	r.bill.Unread = append(r.bill.Unread, l)
}

func (r *reading) cell(rec sources.Record, of role) string { return cell(rec.Cells, r.c.at[of]) }

func cell(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// header takes another header over: a list of refunds below that of charges, or the
// same again on the next page.
func (r *reading) header(rec sources.Record, l *Line) bool {
	if !l.From.IsZero() {
		return false
	}
	known, whole := score(rec.Cells, r.m)
	if _, said, err := readAmount(r.cell(rec, colAmount), r.c.fen); known < 2 || said && err == nil {
		return false
	}
	again := &sources.Table{Headers: rec.Cells, HeaderLine: rec.Line}
	r.use(again)
	r.foreign = !whole && !r.c.names()
	return true
}

// use takes a header for the lines below it.
func (r *reading) use(t *sources.Table) {
	r.c, r.headers = columnsOf(t, r.m), t.Headers
	r.useful, r.unknown = r.c.whole(), r.c.unreadBacks(t.Headers)
}

// line reads what a record names, and why it is no charge at a glance.
func (r *reading) line(rec sources.Record) (Line, Why) {
	l := Line{No: rec.Line, VIN: sources.CleanIdentifier(known(r.cell(rec, colVIN))), Plate: sources.CleanPlate(known(r.cell(rec, colPlate))),
		Ticket: norm.NFKC.String(known(r.cell(rec, colTicket))), Product: r.cell(rec, colDataset), when: r.when(rec)}
	l.Dataset = datasetOf(l.Product, r.m.Names)
	from, until, err := readTime(l.when)
	timed := err == nil
	if timed {
		l.From, l.Until = from, until
	}
	r.vehicle(rec, &l)
	l.know()
	return l, r.glance(rec, &l, timed)
}

// vehicle takes the vehicle out of the texts of a record that has none in a column of its own: out of
// that column, the product, or what is not read. Several vehicles are none.
func (r *reading) vehicle(rec sources.Record, l *Line) {
	switch {
	case sources.CheckVIN(l.VIN) == nil:
		return
	case l.VIN != "" || l.Plate != "":
		for _, of := range []role{colVIN, colPlate} {
			if vin, plate := sources.VehicleIn(r.cell(rec, of)); vin+plate != "" {
				l.VIN, l.Plate = cmp.Or(vin, l.VIN), cmp.Or(plate, l.Plate)
				return
			}
		}
		return
	}
	var texts []string
	for i, c := range rec.Cells {
		if i == r.c.at[colDataset] || i == r.c.at[colType] || !slices.Contains(r.c.at[:], i) {
			texts = append(texts, c)
		}
	}
	l.VIN, l.Plate = sources.VehicleIn(strings.Join(texts, " ; "))
}

// when is the text of the time, put together of two columns if need be.
func (r *reading) when(rec sources.Record) string {
	when := norm.NFKC.String(r.cell(rec, colTime))
	if day := r.cell(rec, colDay); day != "" && clock.MatchString(when) {
		return day + " " + when
	}
	return when
}

// known is "" for what stands for nothing.
func known(s string) string {
	switch strings.ToUpper(strings.Trim(s, "-—/\\* ")) {
	case "", "NULL", "NONE", "N/A", "无", "暂无", "未知":
		return ""
	}
	return s
}

// glance says why a record is no charge: a sum, a rule, a text. What names a vehicle or an
// order and might be a charge is none of these.
func (r *reading) glance(rec sources.Record, l *Line, timed bool) Why {
	texts := textsOf(rec)
	all := strings.Join(texts, "")
	_, amount, err := readAmount(r.cell(rec, colAmount), r.c.fen)
	amount = amount && err == nil
	vehicle := l.wholeVIN || l.wholePlate
	named := vehicle || isNumber(l.Ticket)
	switch {
	case (!timed || !named) && !vehicle && slices.ContainsFunc(texts, isSum), !timed && !named && slices.ContainsFunc(texts, isCount):
		return Sum
	case timed && (amount || named):
		return ""
	case strings.HasPrefix(all, "#") && sources.CheckExcel(sources.CleanIdentifier(texts[0])) == nil, rule.MatchString(all),
		!strings.ContainsFunc(all, unicode.IsDigit), len(texts) == 1 && word.MatchString(all):
		return Text
	case amount && len(texts) == 1:
		return Sum // without a word
	case !timed && !named && !r.damaged(l, amount):
		return Text
	}
	return ""
}

func textsOf(rec sources.Record) []string {
	return slices.DeleteFunc(slices.Clone(rec.Cells), func(c string) bool { return c == "" })
}

// damaged tells whether a record without a readable time may have been a charge: it
// has a part of a vehicle, or a time and an amount.
func (r *reading) damaged(l *Line, amount bool) bool {
	part := func(s string) bool { return strings.ContainsAny(s, "*0123456789") && !strings.ContainsAny(s, ":,。 ") }
	return part(l.VIN) || part(l.Plate) || amount && strings.ContainsFunc(l.when, unicode.IsDigit) && !word.MatchString(strings.ReplaceAll(l.when, ":", ""))
}

// isNumber tells whether a text may be the number of an order.
func isNumber(s string) bool {
	return s != "" && !word.MatchString(s) && strings.ContainsFunc(s, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsLetter(r) })
}

// entry reads a record that is about money.
func (r *reading) entry(rec sources.Record, l Line) (entry, error) {
	upper := func(of role) string { return sources.CleanIdentifier(r.cell(rec, of)) }
	w := said{direction: upper(colDirection), kind: upper(colType), status: strings.TrimSpace(upper(colStatus) + " " + backStatus(upper(colBackStatus))), product: upper(colDataset)}
	e := entry{line: l, motion: w.motion()}
	account := r.ofAccount(rec.Cells, &l, w)
	ofOrder := isNumber(l.Ticket) && strings.Contains(w.kind+w.product, "抵扣")
	if account && l.car() == "" && !ofOrder {
		e.motion = topUp
	}
	if e.motion == topUp || e.motion == neither {
		return e, nil
	}
	if slices.ContainsFunc(rec.Cells[min(len(r.headers), len(rec.Cells)):], func(c string) bool { return c != "" }) {
		return e, fmt.Errorf("the line has %d values, the header has %d: is a comma inside of one that is not in quotes?", len(rec.Cells), len(r.headers))
	}
	if l.From.IsZero() {
		_, _, err := readTime(l.when)
		return e, err
	}
	if original := r.cell(rec, colOriginal); original != "" && (e.motion == paidBack || e.motion == reversed) {
		e.line.Ticket = norm.NFKC.String(known(original))
	}
	if err := r.ticket(&e.line); err != nil {
		return e, err
	}
	if err := r.money(rec, &e, w.status); err != nil {
		return e, err
	}
	if account && (e.fen != 0 || e.back != 0) {
		return e, errAccount
	}
	return e, nil
}

// backStatus is what a column says of a refund, in the words of a status.
func backStatus(s string) string {
	switch s {
	case "是", "Y", "YES", "TRUE", "1":
		return "已退款"
	case "否", "N", "NO", "FALSE", "0", "-", "/", "无":
		return ""
	}
	return s
}

// money reads the amounts of a record.
func (r *reading) money(rec sources.Record, e *entry, status string) error {
	for _, i := range r.unknown {
		if fen, _, err := readAmount(cell(rec.Cells, i), r.c.fen); err == nil && fen != 0 {
			r.backs[r.headers[i]]++
		}
	}
	fen, said, err := readAmount(r.cell(rec, colAmount), r.c.fen)
	if err != nil {
		return err
	}
	back, backSaid, err := readAmount(r.cell(rec, colBack), r.c.fen)
	if err != nil {
		return err
	}
	for _, amount := range []record.Fen{fen, back} {
		if max(amount, -amount) > record.MostFen { // and sums of such would not hold
			return fmt.Errorf("the amount %s is more than %s, which no lookup costs: correct it, or take the line out", amount, record.Fen(record.MostFen).Yuan())
		}
	}
	e.fen = fen
	switch {
	case !said && !backSaid:
		return fmt.Errorf("the amount %q cannot be read: write it in yuan, as 17.00", r.cell(rec, colAmount))
	case back != 0 && (fen == 0 || e.motion == paidBack || e.motion == reversed):
		e.motion, e.fen = paidBack, back
		return nil
	case back != 0:
		e.back = max(back, -back)
	}
	if e.motion == unsaid && r.c.at[colPaid] >= 0 {
		e.motion = charged
	}
	return e.byStatus(status)
}

// byStatus takes in what a status says of a charge that was paid back.
func (e *entry) byStatus(status string) error {
	if e.motion == paidBack || e.motion == reversed {
		return nil
	}
	full, part, fen := refundedBy(status)
	size := max(e.fen, -e.fen)
	if fen > 0 && e.back == 0 {
		e.back = fen
	}
	e.full, e.part = full && e.back == 0, part && e.back == 0
	if e.back > size {
		return fmt.Errorf("it says that %s was paid back of %s", e.back, size)
	}
	return nil
}

// datasetOf tells what a product is, "" when its name does not say.
func datasetOf(product string, names map[record.Dataset]string) record.Dataset {
	text := strings.ToLower(product)
	for _, d := range record.Datasets() {
		if name := names[d]; name != "" && strings.Contains(text, strings.ToLower(name)) {
			return d
		}
	}
	found := record.Dataset("")
	for _, k := range []struct {
		word string
		d    record.Dataset
	}{
		{"maintenance", record.DatasetMaintenance}, {"维保", record.DatasetMaintenance}, {"保养", record.DatasetMaintenance}, {"维修", record.DatasetMaintenance},
		{"valuation", record.DatasetValuation}, {"估值", record.DatasetValuation}, {"估价", record.DatasetValuation}, {"残值", record.DatasetValuation},
		{"violation", record.DatasetViolations}, {"违章", record.DatasetViolations}, {"违法", record.DatasetViolations},
	} {
		if !strings.Contains(text, k.word) {
			continue
		}
		if found != "" && found != k.d {
			return "" // a bundle, or a name that says too much
		}
		found = k.d
	}
	return found
}
