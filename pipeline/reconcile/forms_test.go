package reconcile

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// sums is what a bill comes to: charges, refunds, lines skipped and unreadable, and the
// numbers of these.
func sums(b *Bill) string {
	text := fmt.Sprintf("%d %s, %d back %s", b.Charges, b.Charged, b.Refunds, b.Refunded)
	for _, a := range b.Skipped {
		if a.Why != Header && a.Why != AboveHeader {
			text += fmt.Sprintf(", %s %d", a.Why, a.No)
		}
	}
	for i := range b.Unread {
		text += fmt.Sprintf(", unread %d", b.Unread[i].No)
	}
	return text
}

const (
	carA = "LSVCLUKK2R4000000"
	carB = "LFV3GMPB8NV000001"
	at   = "2026-11-29 20:04:49"
)

// bill puts cars and times into a text: @A and @B are cars, @T a time, @L a later one.
func bill(text string) string {
	return strings.NewReplacer("@A", carA, "@B", carB, "@T", at, "@L", "2026-11-29 20:30:00").Replace(text)
}

// Refunds in every usual form: two charges of ¥17.00, of which the first is paid back.
func TestRefundsInTheirUsualForms(t *testing.T) {
	t.Parallel()
	const usual = "2 34.00, 1 back 17.00"
	for _, c := range []struct{ name, text, want string }{
		{"negative", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,-17.00\n", usual},
		{"in brackets", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,(17.00)\n", usual},
		{"brackets of full width", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,（17.00）\n", usual},
		{"a minus of full width", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,－17.00\n", usual},
		{"the minus of mathematics", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,\u221217.00\n", usual},
		{"a minus behind", "时间,车架号,金额\n@T,@A,17.00\n@T,@B,17.00\n@L,@A,17.00-\n", usual},
		{"currency and unit", "时间,车架号,金额\n@T,@A,¥17.00\n@T,@B,17.00元\n@L,@A,-￥17.00\n", usual},
		{"the sign behind the currency", "时间,车架号,金额\n@T,@A,CNY 17.00\n@T,@B,17.00 CNY\n@L,@A,¥-17.00\n", usual},
		{"digits of full width", "时间,车架号,金额\n@T,@A,１７．００\n@T,@B,+17\n@L,@A,－１７．００\n", usual},
		{"收/支, positive", "时间,收/支,车架号,金额\n@T,支出,@A,17.00\n@T,支出,@B,17.00\n@L,收入,@A,17.00\n", usual},
		{"收支 as one sign", "时间,收支,车架号,金额\n@T,支,@A,17.00\n@T,支,@B,17.00\n@L,收,@A,17.00\n", usual},
		{"借贷", "时间,借贷标志,车架号,金额\n@T,借,@A,17.00\n@T,借,@B,17.00\n@L,贷,@A,17.00\n", usual},
		{"收支 and signs", "时间,收支方向,车架号,金额\n@T,支出,@A,-17.00\n@T,支出,@B,-17.00\n@L,收入,@A,+17.00\n", usual},
		{"交易类型", "时间,交易类型,车架号,金额\n@T,消费,@A,17.00\n@T,消费,@B,17.00\n@L,退款,@A,17.00\n", usual},
		{"交易类型, and a minus", "时间,交易类型,车架号,金额\n@T,扣费,@A,17.00\n@T,扣费,@B,17.00\n@L,退费,@A,-17.00\n", usual},
		{"冲正", "时间,类型,车架号,金额\n@T,扣费,@A,17.00\n@T,扣费,@B,17.00\n@L,冲正,@A,17.00\n", usual},
		{"a reversal as a negative charge", "时间,类型,车架号,金额\n@T,消费,@A,17.00\n@T,消费,@B,17.00\n@L,消费,@A,-17.00\n", usual},
		{"English words", "time,type,vin,amount\n@T,charge,@A,17.00\n@T,charge,@B,17.00\n@L,refund,@A,17.00\n", usual},
		{"in the product's name", "时间,商品,车架号,金额\n@T,维保查询,@A,17.00\n@T,维保查询,@B,17.00\n@L,退款-维保查询,@A,17.00\n", usual},
		{"two columns", "时间,车架号,收入金额,支出金额\n@T,@A,,17.00\n@T,@B,0.00,17.00\n@L,@A,17.00,\n", usual},
		{"two columns, signs and units", "时间,车架号,收入（+元）,支出（-元）\n@T,@A,,-17.00\n@T,@B,,-17.00\n@L,@A,+17.00,\n", usual},
		{"two columns, dashes", "时间,车架号,借方金额,贷方金额\n@T,@A,17.00,-\n@T,@B,17.00,--\n@L,@A,-,17.00\n", usual},
		{"a column of refunds", "时间,车架号,金额,退款金额\n@T,@A,17.00,0.00\n@T,@B,17.00,0.00\n@L,@A,0.00,17.00\n", usual},
		{"a column of refunds on the charge's line", "时间,车架号,金额,退款金额\n@T,@A,17.00,17.00\n@T,@B,17.00,\n", "2 34.00, 0 back 17.00"},
		{"a status", "时间,车架号,金额,状态\n@T,@A,17.00,已退款\n@T,@B,17.00,成功\n", "2 34.00, 0 back 17.00"},
		{"a status, and the refund as well", "时间,车架号,金额,状态\n@T,@A,17.00,已全额退款\n@T,@B,17.00,成功\n@L,@A,-17.00,退款成功\n", usual},
		{"a status with an amount", "时间,车架号,金额,状态\n@T,@A,17.00,已退款(￥5.00)\n@T,@B,17.00,支付成功\n", "2 34.00, 0 back 5.00"},
		{"a status of a part, and no amount", "时间,车架号,金额,状态\n@T,@A,17.00,部分退款\n@T,@B,17.00,支付成功\n", "1 17.00, 0 back 0.00, unread 2"},
		{"a status of a part, and the refund as well", "时间,订单号,金额,状态\n@T,T1,17.00,部分退款\n@T,T2,17.00,成功\n@L,T1,-5.00,退款成功\n", "2 34.00, 1 back 5.00"},
		{"a status that may be of the refund", "时间,订单号,金额,状态\n@T,T1,17.00,支付成功\n@L,T1,17.00,退款成功\n", "1 17.00, 0 back 0.00, unread 3"},
		{"不计收支, and paid back", "时间,收/支,车架号,金额,状态\n@T,支出,@A,17.00,交易成功\n@T,支出,@B,17.00,交易成功\n@L,不计收支,@A,17.00,退款成功\n", usual},
		{"不计收支", "时间,收/支,车架号,金额,状态\n@T,支出,@A,17.00,交易成功\n@L,不计收支,,99.00,交易成功\n", "1 17.00, 0 back 0.00, counted neither as paid nor as received 3"},
		{"a refund that was refused", "时间,交易类型,车架号,金额,状态\n@T,消费,@A,17.00,成功\n@L,退款,@A,17.00,退款失败\n", "1 17.00, 0 back 0.00, refund that was not paid 3"},
		{"a refund that is under way", "时间,车架号,金额,状态\n@T,@A,17.00,退款中\n@T,@B,17.00,未退款\n", "2 34.00, 0 back 0.00"},
		{"an order that was closed", "时间,车架号,金额,状态\n@T,@A,17.00,交易关闭\n@T,@B,17.00,成功\n", "1 17.00, 0 back 0.00, not paid: closed or failed 2"},
		{"an order that was cancelled", "时间,车架号,金额,状态\n@T,@A,17.00,已取消\n@T,@B,17.00,成功\n", "1 17.00, 0 back 0.00, unread 2"},
		{"money that was held", "时间,交易类型,车架号,金额\n@T,冻结,@A,-17.00\n@T,解冻,@A,17.00\n@T,扣费,@A,-17.00\n", "1 17.00, 0 back 0.00, counted neither as paid nor as received 2, counted neither as paid nor as received 3"},
		{"a product about invoices", "时间,产品,车架号,金额\n@T,发票查验,@A,17.00\n", "1 17.00, 0 back 0.00"},
		{"成功退款", "时间,车架号,金额（元）,成功退款（元）\n@T,@A,17.00,17.00\n@T,@B,17.00,0.00\n@L,@A,-17.00,0.00\n", usual},
		{"two columns of status", "时间,车架号,金额,订单状态,退款状态\n@T,@A,17.00,成功,已退款\n@T,@B,17.00,成功,未退款\n", "2 34.00, 0 back 17.00"},
		{"是否退款", "时间,车架号,金额,状态,是否退款\n@T,@A,17.00,成功,是\n@T,@B,17.00,成功,否\n", "2 34.00, 0 back 17.00"},
		{"statuses that speak of no refund", "时间,车架号,金额,状态\n@T,@A,17.00,已完成(退款0.00元)\n@T,@B,17.00,支付成功 可退款\n", "2 34.00, 0 back 0.00"},
		{"words against each other", "时间,收/支,交易类型,车架号,金额\n@T,支出,消费,@A,17.00\n@T,收入,消费,@B,17.00\n", "1 17.00, 0 back 0.00, unread 3"},
		{"a refund taken back", "时间,交易类型,车架号,金额\n@T,消费,@A,17.00\n@L,退款撤销,@A,17.00\n", "1 17.00, 0 back 0.00, unread 3"},
		{"a refund by the number of its order", "时间,交易类型,订单号,原订单号,金额\n@T,消费,T1,,17.00\n@T,消费,T2,,17.00\n@L,退款,R9,T1,17.00\n", usual},
		{"top-ups", "时间,交易类型,车架号,金额\n@T,充值,,10000.00\n@T,消费,@A,17.00\n@T,提现,,-5.00\n", "1 17.00, 0 back 0.00, top-up or other movement of the account 2, top-up or other movement of the account 4"},
		{"a second table", "订单号,时间,车架号,金额\nT1,@T,@A,17.00\nT2,@T,@B,17.00\n退款明细\n订单号,退款时间,退款金额\nT1,@L,17.00\n", "2 34.00, 1 back 17.00, text 4"},
		{"amounts in fen", "时间,车架号,金额(分)\n@T,@A,1700\n@T,@B,1700\n@L,@A,-1700\n", usual},
		{"thousands", "时间,车架号,金额\n@T,@A,\"1,234.00\"\n@T,@B,\"1，234.00元\"\n", "2 2468.00, 0 back 0.00"},
		{"thousands that are not in quotes", "时间,车架号,金额\n@T,@A,1,234.00\n@T,@B,17.00\n", "1 17.00, 0 back 0.00, unread 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, err := readBill(t, bill(c.text), Mapping{})
			if err != nil {
				t.Fatal(err)
			}
			var left record.Fen
			for i := range b.Lines {
				left += b.Lines[i].Fen
			}
			if left != b.Total {
				t.Errorf("%s are left, and the total is %s", left, b.Total)
			}
			if got := sums(b); got != c.want {
				t.Errorf("read %s, want %s; %+v", got, c.want, b.Unread)
			}
		})
	}
}

// The sign of a charge is found out over the whole bill, or named.
func TestSignOfCharges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, sign, want string }{
		{"all negative", "时间,车架号,金额\n@T,@A,-17.00\n@T,@B,-17.00\n", "", "2 34.00, 0 back 0.00"},
		{"negative by their words", "时间,交易类型,车架号,金额\n@T,消费,@A,-17.00\n@L,退款,@A,17.00\n@L,退款,@B,17.00\n", "", "1 17.00, 2 back 34.00"},
		{"negative, and a positive one follows", "时间,车架号,金额\n@T,@A,-17.00\n@L,@A,17.00\n", "", "1 17.00, 1 back 17.00"},
		{"positive, and a negative one follows", "时间,车架号,金额\n@T,@A,17.00\n@L,@A,-17.00\n", "", "1 17.00, 1 back 17.00"},
		{"positive, and a part of it follows", "时间,车架号,金额\n@T,@A,17.00\n@L,@A,-5.00\n", "", "1 17.00, 1 back 5.00"},
		{"more charges than refunds of earlier ones", "时间,车架号,金额\n@T,@A,17.00\n@T,@A,17.00\n@L,@B,-17.00\n", "", "2 34.00, 1 back 17.00"},
		{"nobody can say", "时间,车架号,金额\n@T,@A,17.00\n@L,@B,-17.00\n@L,@B,-17.00\n", "", "1 amount is positive and 2 amounts are negative, and nothing says which of them are the charges: say which sign they have: statement: {charges: negative}, under vendors.tencent in the configuration, or positive"},
		{"a top-up without a word", "时间,车架号,金额\n@T,,10000.00\n@T,@A,-17.00\n", "", "1 17.00, 1 back 10000.00"},
		{"told by the balance", "时间,车架号,金额,余额\n@T,@A,-17.00,83.00\n@L,@B,17.00,100.00\n", "", "1 17.00, 1 back 17.00"},
		{"told by the balance, the newest first", "时间,车架号,金额,余额\n@L,@B,-17.00,100.00\n@L,@B,-17.00,83.00\n@T,@A,17.00,66.00\n", "", "1 17.00, 2 back 34.00"},
		{"told by the balance, the newest first, as a bank", "时间,车架号,金额,余额\n@L,@B,17.00,83.00\n@T,@A,-17.00,66.00\n@T,@A,-17.00,83.00\n", "", "2 34.00, 1 back 17.00"},
		{"nobody can say, and it is named", "时间,车架号,金额\n@T,@A,17.00\n@L,@B,-17.00\n@L,@B,-17.00\n", "negative", "2 34.00, 1 back 17.00"},
		{"named as positive", "时间,车架号,金额\n@T,@A,17.00\n@L,@B,-17.00\n@L,@B,-17.00\n", "positive", "1 17.00, 2 back 34.00"},
		{"all negative, and named as refunds", "时间,车架号,金额\n@L,@B,-17.00\n", "positive", "0 0.00, 1 back 17.00"},
		{"one refund has the sign of a charge", "时间,交易类型,车架号,金额\n@T,消费,@A,17\n@L,退款,@A,-17\n@L,退款,@B,17\n", "", "1 17.00, 1 back 17.00, unread 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, err := readBill(t, bill(c.text), Mapping{Charges: c.sign, Vendor: "tencent"})
			var got string
			if err == nil {
				got = sums(b)
			} else {
				got = err.Error()
			}
			if !strings.HasSuffix(got, c.want) {
				t.Errorf("read %s, want %s", got, c.want)
			}
		})
	}
}

// Text above, between and below the lines of a bill, in the encodings and with the
// delimiters that there are.
func TestBillsWithTextAroundThem(t *testing.T) {
	t.Parallel()
	const plain = "订单号,扣费时间,车架号,产品名称,扣费金额\n`T1\t,@T,@A,维保,17.00\n`T2\t,@T,@B,维保,17.00\n"
	const two = "2 34.00, 0 back 0.00"
	for _, c := range []struct{ name, text, want string }{
		{"plain", plain, two},
		{"lines of signs", "----------------,,,,\n账号：[10086],,,,\n导出时间：2026-11-30 09:00:00,,,,\n" + plain, two},
		{"a title", "腾讯云市场账务明细\n\n" + plain, two},
		{"keys with colons of full width", "账号：,10086,导出时间：,2026-11-30 09:00:00\n交易时间：,2026-11-29,至,2026-11-30\n" + plain, two},
		{"commented", "#账单\n#起始日期：[2026年11月29日 00:00:00]   终止日期：[2026年11月30日 00:00:00]\n" + plain + "#---结束---\n#支出合计：2笔，共-34.00元\n", two + ", text 6, text 7"},
		{"a sum in the first column", plain + "合计,,,2笔,34.00\n", two + ", sum 4"},
		{"a sum in the second", plain + ",总计：,,,34.00\n", two + ", sum 4"},
		{"a sum in the product", plain + ",,,小计,34.00\n,,,总计,34.00\n", two + ", sum 4, sum 5"},
		{"a sum with a day", plain + ",2026-11-29,本页小计,,34.00\n", two + ", sum 4"},
		{"a count", plain + "共2笔,,,,34.00\n", two + ", sum 4"},
		{"a sum without a word", plain + ",,,,34.00\n", two + ", sum 4"},
		{"a sum in English", plain + "Total,,,,34.00\n", two + ", sum 4"},
		{"text below", plain + "说明：本账单仅供参考,如有疑问,请联系客服 400-800-1234\n制表人：张三\n导出时间：2026-11-30 09:00:00,,,,\n", two + ", text 4, text 5, text 6"},
		{"the header on every page", plain + "第2页\n" + strings.Replace(plain, "T1", "T3", 1), "4 68.00, 0 back 0.00, text 4"},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), two},
		{"tabs", "订单号\t扣费时间\t车架号\t扣费金额\nT1\t@T\t@A\t17.00\nT2\t@T\t@B\t17.00\n", two},
		{"pipes", strings.ReplaceAll(plain, ",", "|"), two},
		{"sep=", "sep=;\n" + strings.ReplaceAll(plain, ",", ";"), two},
		{"quotes and formulas", "订单号,时间,车架号,金额\n\"=\"\"T1\"\"\",\"'@T\",=\"@A\",\"17.00\"\n“T2”,@T,'@B',17.00\n", two},
		{"commas at the end", "订单号,时间,车架号,金额,\nT1,@T,@A,17.00,\nT2,@T,@B,17.00,\n", two},
		{"day and time in two columns", "订单号,日期,时间,金额\nT1,2026-11-29,20:04:49,17.00\nT2,2026/11/29,20:05,17.00\n", two},
		{"signs of full width in the time", "订单号,时间,金额\nT1,２０２６－１１－２９ ２０：０４：４９,17.00\nT2,1764417889,17.00\n", two},
		{"units in the headers", "订单号,时间,金额（元）\nT1,@T,17.00\nT2,@T,17.00\n", two},
		{"a comma in the text of a quoted line", "订单号,时间,产品,金额\nT1,@T,\"维保,C版\",17.00\nT2,@T,\"维保\nC版\",17.00\n", two},
		{"a table of sums above", "类型,笔数,金额\n维保,2,34.00\n\n" + plain, two},
		{"a table with more columns below", plain + "\n订单号,原订单号,退款时间,车架号,产品名称,退款金额,状态\nR1,T1,@L,@A,维保,17.00,退款成功\n", "2 34.00, 1 back 17.00"},
		{"a table whose columns nobody knows above", "a,b,c\n@T,@A,17.00\n" + plain, two + ", unread 2"},
		{"a table of sums below", plain + "类型,笔数,金额\n维保,2,34.00\n", two + ", of a table without charges 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := bill(c.text)
			gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range []string{text, "\ufeff" + text, gb, strings.ReplaceAll(text, "\n", "\r\n"), inUTF16(text)} {
				b, err := readBill(t, form, Mapping{})
				if err != nil {
					t.Fatal(err)
				}
				if got := sums(b); got != c.want {
					t.Errorf("read %s, want %s; %+v", got, c.want, b.Unread)
				}
				if len(b.Lines) > 1 && b.Lines[0].Ticket != "T1" && !strings.HasPrefix(b.Lines[0].Ticket, "T") {
					t.Errorf("the ticket is %q", b.Lines[0].Ticket)
				}
			}
		})
	}
}

func inUTF16(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// A line that cannot be read is listed, and the others are read.
func TestOneLineThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const good = "T2,@T,@B,维保,17.00\n"
	for _, c := range []struct{ name, line, why string }{
		{"amount", "T1,@T,@A,维保,17.OO", `the amount "17.OO" cannot be read`},
		{"no amount", "T1,@T,@A,维保,", `the amount "" cannot be read`},
		{"a third place", "T1,@T,@A,维保,17.005", `the amount "17.005" cannot be read`},
		{"two signs", "T1,@T,@A,维保,-(17.00)", "cannot be read"},
		{"time", "T1,2026-02-30 01:00:00,@A,维保,17.00", `the time "2026-02-30 01:00:00" cannot be read`},
		{"no time", "T1,,@A,维保,17.00", `the time "" cannot be read`},
		{"a day before the month", "T1,29/11/2026,@A,维保,17.00", "the time"},
		{"lost digits, and no vehicle", "1.23457E+16,@T,,维保,17.00", "was written by a spreadsheet in place of the value"},
		{"too wide", "T1,@T,@A,维保,1,234.00", "the line has 6 values, the header has 5"},
		{"an open quote", `T1,@T,@A,"维保,17.00`, "a quote (\") is opened here and not closed"},
		{"bytes of another encoding", "T1,@T,@A,\xce\xac\xb1\xa3\xff,17.00", "the line holds bytes that are not UTF-8"},
		{"a number alone", "T1,,,,", "the time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, quoted := range []bool{false, true} {
				after := good
				if quoted {
					after = strings.Replace(good, "维保", `"维保"`, 1)
				}
				b, err := readBill(t, bill("订单号,时间,车架号,产品,金额\n"+after+c.line+"\n"+strings.ReplaceAll(after, "T2", "T3")), Mapping{})
				if err != nil {
					t.Fatal(err)
				}
				if len(b.Lines) != 2 || len(b.Unread) != 1 || b.Unread[0].No != 3 || !strings.Contains(b.Unread[0].Why, c.why) || b.Records() != 4 {
					t.Errorf("read %s; %+v, want %s", sums(b), b.Unread, c.why)
				}
			}
		})
	}
}

// An order number whose digits are lost is dropped where the vehicle is there, and said.
func TestLostOrderNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, second string
		lost, unread  int
	}{
		{"1.23457E+16,@T,@A", "1.23457E+16,@T,@B", 2, 0},
		{"1.23457E+16,@T,@A", "T2,@T,@B", 1, 0},
		{"1.23457E+16,@T,", "T2,@T,@B", 0, 1},
		{"20261129200449000,@T,@A", "20261129200451000,@T,@B", 2, 0},
		{"20261129200449000,@T,@A", "20261129200451000,@T,", 1, 1},
		{"20261129200449000,@T,@A", "20261129200451001,@T,@B", 0, 0},
		{"20261129200449000,@T,@A", "T2,@T,@B", 0, 0},
		{"2026112920044900,@T,@A", "2026112920045100,@T,@B", 0, 0},
	} {
		b, err := readBill(t, bill("订单号,时间,车架号,金额\n"+c.first+",17.00\n"+c.second+",17.00\n"), Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for i := range b.Lines {
			if b.Lines[i].Ticket == "" {
				lost++
			}
		}
		if lost != c.lost || len(b.Unread) != c.unread || (lost > 0) != (len(b.Notes) == 1 && strings.HasPrefix(b.Notes[0], several(lost, "order number was", "order numbers were"))) {
			t.Errorf("%s, %s: %+v", c.first, c.second, b)
		}
	}
}

// The usual names of columns are found as they are compared.
func TestUsualNamesAreFolded(t *testing.T) {
	t.Parallel()
	for r, names := range append(usualNames[:], perhapsTickets) {
		for _, name := range names {
			if folded := sources.FoldHeader(name); folded != name {
				t.Errorf("role %d: %q is compared as %q", r, name, folded)
			}
			if bare := withoutUnit(name); bare != name {
				t.Errorf("role %d: %q loses its unit: %q", r, name, bare)
			}
		}
	}
}

// A column that speaks of refunds and is not known is named, and read when it is
// named as the note says.
func TestColumnOfRefundsThatIsNotKnown(t *testing.T) {
	t.Parallel()
	text := bill("时间,车架号,金额,退了多少,退款单号\n@T,@A,17.00,17.00,4200001\n@T,@B,17.00,0.00,4200002\n")
	b, err := readBill(t, text, Mapping{Vendor: "tencent"})
	if err != nil || len(b.Notes) != 1 || !strings.Contains(b.Notes[0], "statement: {refund: 退了多少}, under vendors.tencent") {
		t.Fatalf("%+v, %v", b, err)
	}
	b, err = readBill(t, text, Mapping{Refund: "退了多少"})
	if err != nil || len(b.Notes) != 0 || sums(b) != "2 34.00, 0 back 17.00" {
		t.Errorf("%+v, %v", b, err)
	}
}
