package reconcile

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// kept is a ledger of charges, each of a lookup of its own.
type kept []ledger.Charge

func (k kept) Charges(context.Context, string, time.Time, time.Time) ([]ledger.Charge, error) {
	return slices.Clone(k), nil
}

func (kept) HeldDoubts(context.Context) ([]ledger.Lookup, error) { return nil, nil }

func (k kept) TicketOwners(_ context.Context, tickets []string) ([]ledger.TicketOwner, error) {
	var out []ledger.TicketOwner
	for i := range k {
		if slices.Contains(tickets, k[i].Ticket) {
			out = append(out, ledger.TicketOwner{Ticket: k[i].Ticket, Vendor: "tencent", RunID: "R", Row: int64(i + 1)})
		}
	}
	return out, nil
}

func (k kept) LookupByID(_ context.Context, id int64) (ledger.Lookup, error) {
	return ledger.Lookup{ID: id, Run: 1, Vendor: "tencent", State: k[id-1].State, Attempts: 1}, nil
}

// row is a line of a bill that is to be written.
type row struct {
	at     time.Time
	ticket string
	car    string
	fen    record.Fen // positive
	refund bool
}

// forms write the same rows in the ways of different vendors.
var forms = map[string]struct {
	header string
	line   func(when, ticket, car, yuan string, refund bool) []string
}{
	"signs": {"时间,订单号,车架号,金额", func(w, n, c, y string, back bool) []string { return []string{w, n, c, pick(back, "-"+y, y)} }},
	"other signs": {"时间,交易类型,订单号,车架号,金额", func(w, n, c, y string, back bool) []string {
		return []string{w, pick(back, "退款", "消费"), n, c, pick(back, y, "-"+y)}
	}},
	"收支": {"交易时间,收/支,订单号,车架号,金额(元)", func(w, n, c, y string, back bool) []string {
		return []string{w, pick(back, "收入", "支出"), "`" + n + "\t", c, "¥" + y}
	}},
	"交易类型": {"交易时间,交易类型,订单号,车架号,金额", func(w, n, c, y string, back bool) []string {
		return []string{w, pick(back, "退款", "消费"), n, c, y + "元"}
	}},
	"two columns": {"记账时间,订单号,车架号,收入金额,支出金额", func(w, n, c, y string, back bool) []string {
		return []string{w, n, c, pick(back, y, ""), pick(back, "", y)}
	}},
	"a refund one": {"记账时间,订单号,车架号,金额,退款金额", func(w, n, c, y string, back bool) []string {
		return []string{w, n, c, pick(back, "0.00", y), pick(back, y, "0.00")}
	}},
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// written is a bill of rows in a form.
func written(t fataler, form string, rows []row, above string) string {
	var out strings.Builder
	out.WriteString(above + forms[form].header + "\n")
	w := csv.NewWriter(&out)
	for _, r := range rows {
		when := r.at.In(record.China()).Format(time.DateTime)
		if err := w.Write(forms[form].line(when, r.ticket, r.car, r.fen.String(), r.refund)); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	w.Flush()
	return out.String() + "合计," + fmt.Sprint(len(rows)) + "笔\n"
}

func planOf(t fataler, text string, k kept) *Report {
	table, err := Open(strings.NewReader(text), "bill.csv", "", Mapping{})
	if err != nil {
		t.Fatalf("open: %v\n%s", err, text)
	}
	b, err := Read(table, Mapping{})
	if err != nil {
		t.Fatalf("read: %v\n%s", err, text)
	}
	lines := strings.Count(text, "\n")
	if b.Records() != lines {
		t.Fatalf("%d lines are %s and %d skipped: something vanished\n%s", lines, sums(b), len(b.Skipped), text)
	}
	r, err := plan(context.Background(), k, b, Options{Vendor: "tencent", Within: time.Hour, Now: noon.Add(48 * time.Hour), Since: noon.Add(-time.Hour), Until: noon.Add(24 * time.Hour),
		Polls: func(record.Dataset) bool { return false }})
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return r
}

// told is what a report says of each charge, whatever the numbers of the lines.
func told(r *Report) string {
	var out []string
	for i := range r.Findings {
		f := &r.Findings[i]
		text := string(f.Kind)
		if f.Charge != nil {
			text += fmt.Sprint(" ", f.Charge.Lookup, " ", f.Billed)
		}
		if l := f.Line; l != nil {
			text += fmt.Sprint(" ", l.From.Unix(), " ", l.Ticket, " ", l.VIN, " ", l.Fen, " ", l.Back, " ", l.Why)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	for _, s := range r.settlements {
		out = append(out, fmt.Sprint("settled ", s.Lookup, " ", s.Billed))
	}
	slices.Sort(out)
	return fmt.Sprint(r.Agreed, " agreed\n", strings.Join(out, "\n"))
}

// carNo is a VIN for each number.
func carNo(n int) string { return fmt.Sprintf("LSVAL41Z882%06d", 100000+n) }

// order is an order of the ledger and what the vendor did with it.
type order struct {
	charge ledger.Charge
	rows   []row
	want   Kind // "": nothing is found
	billed ledger.Billed
}

// anOrder draws an order: charged, refused or lost, and paid back in full, in part or not.
func anOrder(t *rapid.T, n int) order {
	label := fmt.Sprint("order ", n, " ")
	c := ledger.Charge{Lookup: int64(n + 1), N: 1, Last: true, Run: 1, RunID: "R", Row: int64(n + 1), VIN: carNo(n), Dataset: record.DatasetMaintenance, Fen: 1700,
		IntentAt: noon.Add(time.Duration(n) * time.Minute), State: ledger.Found, Billed: ledger.BilledYes}
	c.EndedAt = c.IntentAt.Add(2 * time.Second)
	o := order{charge: c, billed: ledger.BilledYes}
	doubt := n > 0 && rapid.Bool().Draw(t, label+"in doubt")
	bought := !doubt || rapid.Bool().Draw(t, label+"bought")
	if doubt {
		o.charge.State, o.charge.Billed = ledger.InDoubt, ledger.BilledUnknown
		o.want = PaidAndLost
	}
	if !bought {
		o.want, o.billed = NotBought, ledger.BilledNo
		return o
	}
	charge := row{at: c.IntentAt, ticket: fmt.Sprint("T", n), car: c.VIN, fen: 1700}
	o.rows = []row{charge}
	back := charge
	back.refund, back.at = true, charge.at.Add(time.Duration(30+rapid.IntRange(0, 90).Draw(t, label+"later"))*time.Minute)
	if rapid.Bool().Draw(t, label+"by vehicle") {
		back.ticket = ""
	}
	switch rapid.SampledFrom([]string{"", "", "full", "part"}).Draw(t, label+"back") {
	case "full":
		o.rows = append(o.rows, back)
		o.want = PaidBack
		if doubt {
			o.want, o.billed = NotBought, ledger.BilledNo
		}
	case "part":
		back.fen, back.ticket = 500, charge.ticket
		o.rows = append(o.rows, back)
		if !doubt {
			o.want = PaidBack
		}
	}
	return o
}

// What was in doubt, charged and paid back in full was not billed; paid back in part, it
// was. Whatever form the bill has, and in whatever order its lines stand.
func TestWhatIsPaidBackIsNotCharged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var k kept
		var rows []row
		want := map[int64]order{}
		for n := range rapid.IntRange(1, 8).Draw(t, "orders") {
			o := anOrder(t, n)
			k, rows = append(k, o.charge), append(rows, o.rows...)
			want[o.charge.Lookup] = o
		}
		form := rapid.SampledFrom(names(forms)).Draw(t, "form")
		above := rapid.SampledFrom([]string{"", "----\n", "账号：[10086]\n#交易时间：2026-11-03\n"}).Draw(t, "above")
		text := written(t, form, rows, above)
		report := planOf(t, text, k)
		found := map[int64]Kind{}
		for i := range report.Findings {
			f := &report.Findings[i]
			c := f.Charge
			if c == nil {
				t.Fatalf("%s of no order: %+v\n%s", f.Kind, f.Line, text)
			}
			if f.Kind == Differs { // part of a doubt's price was paid back: listed besides
				continue
			}
			if found[c.Lookup] = f.Kind; f.Billed != want[c.Lookup].billed {
				t.Fatalf("order %d is billed %s, want %s\n%s", c.Lookup, f.Billed, want[c.Lookup].billed, text)
			}
		}
		settled := map[int64]ledger.Billed{}
		for _, s := range report.settlements {
			settled[s.Lookup] = s.Billed
		}
		for id, o := range want {
			if found[id] != o.want {
				t.Fatalf("order %d: %q, want %q\n%s\n%s", id, found[id], o.want, text, told(report))
			}
			if doubt := o.charge.Billed == ledger.BilledUnknown; doubt && settled[id] != o.billed || !doubt && settled[id] != "" {
				t.Fatalf("order %d is settled as %q, want %s\n%s", id, settled[id], o.billed, text)
			}
		}
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		if again := planOf(t, written(t, form, shuffled, above), k); told(again) != told(report) {
			t.Fatalf("in another order\n%s\nsays\n%s\ninstead of\n%s", written(t, form, shuffled, above), told(again), told(report))
		}
	})
}

func names[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// A bill made of the ledger itself leaves nothing over, though cars are asked about more
// than once.
func TestTheLedgersOwnBill(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var k kept
		var rows []row
		for n := range rapid.IntRange(1, 12).Draw(t, "orders") {
			c := ledger.Charge{Lookup: int64(n + 1), N: 1, Last: true, Run: 1, Row: int64(n + 1), VIN: carNo(rapid.IntRange(0, 4).Draw(t, "car")), Dataset: record.DatasetMaintenance, Fen: 1700,
				IntentAt: noon.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "minute")) * time.Minute), State: ledger.Found, Billed: ledger.BilledYes}
			c.EndedAt = c.IntentAt.Add(time.Second)
			if rapid.Bool().Draw(t, "ticket") {
				c.Ticket = fmt.Sprint("T", n)
			}
			k = append(k, c)
			rows = append(rows, row{at: c.IntentAt, ticket: c.Ticket, car: c.VIN, fen: 1700})
		}
		form := rapid.SampledFrom(names(forms)).Draw(t, "form")
		text := written(t, form, rapid.Permutation(rows).Draw(t, "order"), "")
		if r := planOf(t, text, k); r.Agreed != len(k) || len(r.Findings) > 0 {
			t.Fatalf("%d of %d agree\n%s\n%s", r.Agreed, len(k), text, told(r))
		}
	})
}

// What a line that cannot be read may be of is left alone.
func TestUnreadableLinesBlindTheBill(t *testing.T) {
	t.Parallel()
	doubt := func(n int) ledger.Charge {
		return ledger.Charge{Lookup: int64(n + 1), N: 1, Last: true, Run: 1, Row: int64(n + 1), VIN: carNo(n), Dataset: record.DatasetMaintenance, Fen: 1700,
			IntentAt: noon.Add(time.Duration(n) * time.Minute), EndedAt: noon.Add(time.Duration(n) * time.Minute), State: ledger.InDoubt, Billed: ledger.BilledUnknown}
	}
	sure := doubt(0)
	sure.State, sure.Billed = ledger.Found, ledger.BilledYes
	const head = "时间,订单号,车架号,产品,金额\n"
	good := "2026-11-03 12:00:00,T0," + carNo(0) + ",维保,17.00\n2026-11-03 12:00:30,T8," + carNo(8) + ",维保,17.00\n"
	for _, c := range []struct{ name, lines, want string }{
		{"nothing unreadable", "", "not_bought not_bought"},
		{"of one of them, no amount", "2026-11-03 12:01:00,T1," + carNo(1) + ",维保,?\n", "ambiguous not_bought"},
		{"of one of them, at no time", "2026-11-03 25:01:00,T1," + carNo(1) + ",维保,17.00\n", "ambiguous not_bought"},
		{"of another vehicle", "2026-11-03 12:01:00,T9," + carNo(9) + ",维保,?\n", "not_bought not_bought"},
		{"of another dataset", "2026-11-03 12:01:00,T9," + carNo(1) + ",违章,?\n", "not_bought not_bought"},
		{"of any vehicle", "2026-11-03 12:01:00,,,维保,?\n", "ambiguous ambiguous"},
		{"of any vehicle, at another time", "2026-11-03 19:01:00,,,维保,?\n", "not_bought not_bought"},
		{"a charge, and what may be its refund", "2026-11-03 12:01:00,T1," + carNo(1) + ",维保,17.00\n2026-11-03 13:01:00,," + carNo(1) + ",维保,?17.00\n", "ambiguous not_bought"},
		{"one refund of two charges", "2026-11-03 12:01:00,T1," + carNo(1) + ",维保,17.00\n2026-11-03 12:02:00,T2," + carNo(1) + ",维保,17.00\n2026-11-03 13:01:00,," + carNo(1) + ",维保,-17.00\n", "ambiguous not_bought"},
		{"a refund of another number", "2026-11-03 12:01:00,T1," + carNo(1) + ",维保,17.00\n2026-11-03 13:01:00,R7," + carNo(1) + ",维保,-17.00\n", "ambiguous not_bought"},
		{"a refund without a charge", "2026-11-03 13:01:00,R7," + carNo(1) + ",维保,-17.00\n", "ambiguous not_bought"},
		{"two refunds of two charges", "2026-11-03 12:01:00,T1," + carNo(1) + ",维保,17.00\n2026-11-03 12:02:00,T2," + carNo(2) + ",维保,17.00\n2026-11-03 13:01:00,," + carNo(1) + ",维保,-17.00\n2026-11-03 13:02:00,," + carNo(2) + ",维保,-17.00\n", "not_bought not_bought"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := planOf(t, head+good+c.lines, kept{sure, doubt(1), doubt(2)})
			found := map[int64]string{}
			for i := range r.Findings {
				if f := &r.Findings[i]; f.Charge != nil && f.Charge.Billed == ledger.BilledUnknown {
					found[f.Charge.Lookup] = string(f.Kind)
				}
			}
			if got := found[2] + " " + found[3]; got != c.want {
				t.Errorf("found %s, want %s\n%s", got, c.want, told(r))
			}
		})
	}
}

// Whatever stands in a bill, no line vanishes: it is a charge, a refund, skipped or
// unreadable. A total says no more than its lines.
func TestNoLineOfABillVanishes(t *testing.T) {
	t.Parallel()
	cells := rapid.SampledFrom([]string{"", "", "2026-11-03 12:00:00", "2026-11-03", "12:00:00", "T1", "T2", carNo(1), carNo(2), "LSV***********204", "17.00", "-17.00", "+5", "(3.00)", "1,7", "x",
		"合计", "12笔", "共12笔", "#", "----", "退款", "充值", "消费", "支出", "收入", "不计收支", "已退款", "部分退款", "退款失败", "交易关闭", "已取消", "订单号", "时间", "金额", "说明：无", "1.2E+16", "/", "-", "粤B8J7L1", "维保"})
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SampledFrom([]string{"时间|订单号|车架号|金额", "时间|类型|收/支|车架号|金额|状态|余额", "日期|时间|订单号|收入|支出", "时间|原订单号|订单号|金额|退款金额|状态"}).Draw(t, "header")
		lines := []string{header}
		for range rapid.IntRange(1, 12).Draw(t, "lines") {
			line := rapid.SliceOfN(cells, 1, 7).Draw(t, "cells")
			lines = append(lines, strings.Join(line, "|"))
		}
		text := strings.Join(lines, "\n") + "\n"
		table, err := Open(strings.NewReader(text), "bill.csv", "", Mapping{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		b, err := Read(table, Mapping{})
		if err != nil {
			return // refused by name
		}
		with := 0
		for _, line := range lines {
			if strings.Trim(line, "|") != "" {
				with++
			}
		}
		if b.Records() != with {
			t.Fatalf("%d of %d lines: %s\n%s", b.Records(), with, sums(b), text)
		}
		var left record.Fen
		for i := range b.Lines {
			left += b.Lines[i].Fen
		}
		if left != b.Total {
			t.Fatalf("what is left of the lines is %s, the total %s: %s\n%s", left, b.Total, sums(b), text)
		}
	})
}
