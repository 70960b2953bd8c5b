package reconcile

import (
	"fmt"
	"strings"
	"testing"
)

// hexOf is an order number such as a vendor gives.
func hexOf(n int) string { return fmt.Sprintf("4978e04a42abced8b78e6334d630c7%02x", n) }

// payOf is the number of a payment.
func payOf(n int) string { return fmt.Sprintf("4200002920261130%010d", n) }

// The column of the tickets is told by what the ledger knows of its values, then by its name.
func TestColumnOfTickets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, columns string // of the payment's number, then of the order's; - for a column that is not there
		known         bool   // the ledger has an order with a ticket on the bill
		want, note    string
	}{
		{"WeChat", "交易单号,商户单号", true, "ticket_found", ""},
		{"Alipay", "交易订单号,商家订单号", true, "ticket_found", ""},
		{"the example of the documentation", "-,业务单号", true, "ticket_found", ""},
		{"the payment's column is called as tickets are", "订单号,备注单号", true, "ticket_found", `its order numbers are read from the column "备注单号": the ledger knows 1 of them`},
		{"the payment's column is the likelier", "商户单号,流水号", true, "ticket_found", `its order numbers are read from the column "流水号": the ledger knows 1 of them`},
		{"a name that nobody knows", "-,业务编码X", true, "ticket_found", `its order numbers are read from the column "业务编码X": the ledger knows 1 of them`},
		{"English", "transaction_id,out_trade_no", true, "ticket_found", ""},
		{"a name that is known, and no order of it", "-,外部订单号", false, "ticket_found", ""},
		{"two names, and no order of them", "交易单号,商户单号", false, "ticket_found", `its order numbers are read from the column "商户单号", and the ledger knows none of them; "交易单号" may hold them as well. Name the right one: statement: {ticket: COLUMN}`},
		{"a name that nobody knows, and no order of it", "-,业务编码X", false, "paid_and_lost", `the column "业务编码X" is not used, and holds numbers as of orders. If it is the ticket, name it: statement: {ticket: 业务编码X}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pay, order, _ := strings.Cut(c.columns, ",")
			text := "时间," + order + ",车架号,产品,金额," + pay + "\n"
			for n := range 2 {
				text += strings.TrimSpace(lineOf(n, hexOf(n))) + "," + pick(pay == "-", "", payOf(n)) + "\n"
			}
			k := kept{doubtOf(1, 1), sureOf(2, 0, hexOf(0))}
			if !c.known {
				k[1].Ticket = ""
			}
			r, err := planAt(t, text, k)
			if err != nil {
				t.Fatal(err)
			}
			if r.Count(Kind(c.want)) != 1 || len(r.settlements) != 1 || r.Agreed != 1 || c.want == "ticket_found" && r.settlements[0].Ticket != hexOf(1) {
				t.Errorf("want %s\n%s", c.want, told(r))
			}
			if notes := strings.Join(r.Bill.Notes, "; "); !strings.HasPrefix(notes, c.note) || c.note == "" && notes != "" {
				t.Errorf("it says %q, want %q", notes, c.note)
			}
			if (len(r.Bill.Unused) > 0) != (c.want == "paid_and_lost") {
				t.Errorf("unused are %q", r.Bill.Unused)
			}
		})
	}
}

// What only counts the lines, or is of another kind, is no ticket.
func TestColumnsThatHoldNoTickets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, header, first, second string }{
		{"counts", "流水号", "1", "2"}, {"counts with zeros", "单号", "00001", "00002"}, {"texts", "单号", "维保第1次查询", "维保第2次查询"},
		{"times", "导出批次", "20261103120000", "20261103120100"}, {"VINs", "底盘", vin, other}, {"telephones", "联系", "13800138000", "13900139000"},
		{"the same account", "账户", "6222021234567890123", "6222021234567890123"}, {"amounts", "额度", "100000.00", "200000.00"},
	} {
		text := "时间,车架号,产品,金额," + c.header + "\n"
		for n, v := range []string{c.first, c.second} {
			text += strings.TrimSpace(strings.Replace(lineOf(n, ""), ",,", ",", 1)) + "," + v + "\n"
		}
		r, err := planAt(t, text, kept{doubtOf(1, 1), sureOf(2, 0, "")})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if r.Count(PaidAndLost) != 1 || len(r.Bill.Unused)+len(r.Bill.Notes) > 0 {
			t.Errorf("%s: %q %q\n%s", c.name, r.Bill.Unused, r.Bill.Notes, told(r))
		}
	}
}

// What the configuration names as the ticket is the ticket.
func TestNamedColumnOfTickets(t *testing.T) {
	t.Parallel()
	text := "时间,订单号,车架号,金额,商户单号\n2026-11-03 12:00:00," + hexOf(1) + "," + carNo(0) + ",17.00," + payOf(1) + "\n"
	b, err := readBill(t, text, Mapping{Ticket: "商户单号"})
	if err != nil || len(b.others) > 0 || b.Lines[0].Ticket != payOf(1) {
		t.Errorf("%+v, %v", b, err)
	}
	r, err := planAt(t, text, kept{sureOf(1, 0, hexOf(1))})
	if err != nil || r.Agreed != 1 || r.Bill.Lines[0].Ticket != hexOf(1) {
		t.Errorf("%v, %v", told(r), err)
	}
}
