package reconcile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// Mapping names the columns of a vendor's bill. A column without a name is
// looked for by its usual ones.
type Mapping struct {
	Time, VIN, Plate, Ticket, Amount, Dataset string
	// Names are texts by which the dataset column names a dataset, for products
	// whose names do not say it.
	Names map[record.Dataset]string
}

// Line is one charge of a bill.
type Line struct {
	No      int64     // physical line of the file
	From    time.Time // UTC; the charge lies in [From, Until): a second, a minute or a day
	Until   time.Time
	VIN     string // cleaned, as written when it is masked
	Plate   string
	Ticket  string
	Product string         // the text of the dataset column
	Dataset record.Dataset // "" when the bill does not say
	Fen     record.Fen     // what is left of it after what was paid back
	Back    record.Fen     // paid back by other lines

	wholeVIN, wholePlate bool // set by the matcher
}

// Bill is a vendor's list of what it charged.
type Bill struct {
	Lines      []Line
	PassedOver int // lines that are no charge: sums, top-ups
	Total      record.Fen
	From       time.Time // of the first line
	Until      time.Time // of the last one
}

// Open begins to read a bill. Errors are *sources.InputError.
func Open(r io.Reader, name string, m Mapping) (*sources.Table, error) {
	known := func(h string) bool {
		one := &sources.Table{Headers: []string{h}}
		c := columnsOf(one, m)
		return slices.ContainsFunc([]int{c.time, c.vin, c.plate, c.ticket, c.amount, c.dataset}, func(i int) bool { return i == 0 })
	}
	return sources.OpenTable(r, name, known)
}

// Read reads a bill to its end and takes what was paid back off the lines that
// it was paid for. Errors are *sources.InputError with the line.
func Read(t *sources.Table, m Mapping) (*Bill, error) {
	c := columnsOf(t, m)
	if err := c.check(t, m); err != nil {
		return nil, err
	}
	b := &Bill{}
	var back []Line
	for {
		cells, no, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		l, ok, err := c.line(cells, no, m)
		switch {
		case err != nil:
			return nil, t.Wrong(no, err.Error(), "correct it, or name the right column in `statement` of the vendor's configuration")
		case !ok:
			b.PassedOver++
			continue
		case l.Fen < 0:
			back = append(back, l)
		default:
			b.Lines = append(b.Lines, l)
		}
		b.count(&l)
	}
	if len(b.Lines)+len(back) == 0 {
		return nil, t.Wrong(0, "the bill holds no charge", "give the vendor's list of single charges, with a line for each")
	}
	b.payBack(back)
	return b, nil
}

func (b *Bill) count(l *Line) {
	b.Total += l.Fen
	if b.From.IsZero() || l.From.Before(b.From) {
		b.From = l.From
	}
	if l.Until.After(b.Until) {
		b.Until = l.Until
	}
}

// payBack takes refunds off their charges: those with the same ticket, else the
// one charge of the same vehicle, dataset and amount before. A refund that is
// nobody's stays a line of its own.
func (b *Bill) payBack(back []Line) {
	charges := len(b.Lines)
	for _, r := range back {
		var of []int
		for i := range charges {
			if b.Lines[i].paidBackBy(&r) {
				of = append(of, i)
			}
		}
		if len(of) != 1 {
			b.Lines = append(b.Lines, r)
			continue
		}
		b.Lines[of[0]].Fen += r.Fen
		b.Lines[of[0]].Back -= r.Fen
	}
}

func (l *Line) paidBackBy(r *Line) bool {
	switch {
	case l.Fen+r.Fen < 0 || r.Until.Before(l.From):
		return false
	case r.Ticket != "" && l.Ticket != "":
		return r.Ticket == l.Ticket
	}
	vehicle := l.VIN != "" && l.VIN == r.VIN || l.VIN == "" && l.Plate != "" && l.Plate == r.Plate
	return vehicle && l.Dataset == r.Dataset && l.Fen == -r.Fen
}

// columns are the places of a bill's columns, -1 for one that is not there.
type columns struct{ time, vin, plate, ticket, amount, dataset int }

func columnsOf(t *sources.Table, m Mapping) columns {
	pick := func(mapped string, usual ...string) int {
		if mapped != "" {
			usual = []string{mapped}
		}
		return t.Column(usual...)
	}
	c := columns{
		time: pick(m.Time, "time", "charged_at", "created_at", "datetime", "date", "扣费时间", "计费时间", "消费时间", "交易时间", "调用时间", "请求时间",
			"查询时间", "下单时间", "订单时间", "创建时间", "账单时间", "发生时间", "时间", "日期"),
		ticket: pick(m.Ticket, "ticket", "order_id", "order_no", "request_id", "car_request_id", "订单号", "订单编号", "订单id", "请求号", "请求id", "查询单号", "工单号"),
		amount: pick(m.Amount, "amount", "amount_cny", "charge", "charged", "fee", "cost", "price", "金额", "金额(元)", "扣费金额", "计费金额", "消费金额", "扣款金额",
			"交易金额", "实付金额", "费用", "扣费", "价格", "单价"),
		dataset: pick(m.Dataset, "dataset", "product", "interface", "api", "service", "接口", "接口名称", "产品", "产品名称", "数据集", "商品", "商品名称", "服务", "服务名称",
			"业务", "业务类型", "查询类型", "类型"),
		vin: pick(m.VIN), plate: pick(m.Plate),
	}
	if m.VIN == "" {
		c.vin = t.VehicleColumn(record.ColVIN)
	}
	if m.Plate == "" {
		c.plate = t.VehicleColumn(record.ColPlate)
	}
	return c
}

// check refuses a bill that lacks a column that is mapped, or one that is needed.
func (c columns) check(t *sources.Table, m Mapping) error {
	for _, f := range []struct {
		at     int
		mapped string
		key    string
		needed bool
	}{
		{c.time, m.Time, "time", true}, {c.amount, m.Amount, "amount", true}, {c.vin, m.VIN, "vin", false},
		{c.plate, m.Plate, "plate", false}, {c.ticket, m.Ticket, "ticket", false}, {c.dataset, m.Dataset, "dataset", false},
	} {
		switch {
		case f.at >= 0:
		case f.mapped != "":
			return t.Wrong(0, fmt.Sprintf("the bill has no column %q, which the configuration names as %s; %s", f.mapped, f.key, t), "correct statement."+f.key)
		case f.needed:
			return t.Wrong(0, fmt.Sprintf("no column of the bill is known as its %s; %s", f.key, t),
				fmt.Sprintf("name it in the configuration: vendors.NAME.statement.%s", f.key))
		}
	}
	if c.vin < 0 && c.plate < 0 && c.ticket < 0 {
		return t.Wrong(0, fmt.Sprintf("the bill names neither tickets nor vehicles; %s", t), "name the column in the configuration: statement.ticket, statement.vin or statement.plate")
	}
	return nil
}

func cell(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// line reads one record; false means that it is no charge.
func (c columns) line(cells []string, no int64, m Mapping) (Line, bool, error) {
	l := Line{No: no, VIN: sources.CleanIdentifier(cell(cells, c.vin)), Plate: sources.CleanPlate(cell(cells, c.plate)),
		Ticket: cell(cells, c.ticket), Product: cell(cells, c.dataset)}
	when, amount := cell(cells, c.time), cell(cells, c.amount)
	if isTopUp(l.Product) || l.VIN+l.Plate+l.Ticket == "" && (when == "" || amount == "" || !strings.ContainsAny(when, "0123456789")) {
		return l, false, nil
	}
	if err := sources.CheckExcel(l.Ticket); err != nil {
		return l, false, err
	}
	l.Dataset = datasetOf(l.Product, m.Names)
	var err error
	if l.From, l.Until, err = readTime(when); err != nil {
		return l, false, err
	}
	l.Fen, err = readAmount(amount)
	return l, err == nil, err
}

// isTopUp knows the lines that put money into the account.
func isTopUp(product string) bool {
	product = strings.ToLower(product)
	return slices.ContainsFunc([]string{"充值", "提现", "开票", "top-up", "recharge", "deposit"}, func(w string) bool { return strings.Contains(product, w) })
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

// readTime reads a moment or a day in China, as the span that it leaves open.
func readTime(s string) (from, until time.Time, err error) {
	if at, err := normalise.ParseMoment(s); err == nil && at.OK {
		if strings.Count(s, ":") == 1 {
			return at.V, at.V.Add(time.Minute), nil
		}
		return at.V, at.V.Add(time.Second), nil
	}
	day, err := normalise.ParseDay(s)
	if err != nil || !day.OK {
		return from, until, fmt.Errorf("the time %q cannot be read: write it as 2026-01-02 15:04:05, in China time", normalise.Excerpt(s))
	}
	from = day.V.Time().Add(-8 * time.Hour)
	return from, from.Add(24 * time.Hour), nil
}

// readAmount reads an amount in yuan, exactly. What was paid back is negative:
// -17.00, -¥17.00, ¥-17.00 or (17.00).
func readAmount(s string) (record.Fen, error) {
	text := strings.TrimSpace(sources.CleanIdentifier(s))
	sign := record.Fen(1)
	if inner, ok := strings.CutPrefix(text, "("); ok && strings.HasSuffix(inner, ")") {
		text, sign = strings.TrimSuffix(inner, ")"), -1
	} else if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = strings.TrimSpace(rest), -1
	}
	fen, err := normalise.FenOfYuan(text)
	if err != nil || !fen.OK {
		return 0, fmt.Errorf("the amount %q cannot be read: write it in yuan, as 17.00", normalise.Excerpt(s))
	}
	return sign * fen.V, nil
}
