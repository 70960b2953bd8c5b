package reconcile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

func readBill(t *testing.T, text string, m Mapping) (*Bill, error) {
	t.Helper()
	table, err := Open(strings.NewReader(text), "bill.csv", "", m)
	if err != nil {
		return nil, err
	}
	return Read(table, m)
}

// show is a line in few words, in China's time.
func show(l *Line) string {
	zone := record.China()
	return fmt.Sprintf("%d %s+%s %s %s %s %s %s back %s", l.No, l.From.In(zone).Format(time.DateTime), l.Until.Sub(l.From), l.VIN, l.Plate, l.Ticket, l.Dataset, l.Fen, l.Back)
}

const (
	vin   = "LSVAL41Z882104202"
	other = "LFV3GMPB8NV000001"
)

func TestBillsAsVendorsWriteThem(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("时间;接口名称;车牌号;金额\n2026年1月2日 15:04:05;违章查询;粤B·8J7L1;￥0.14\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		m          Mapping
		want       string
	}{
		{"chinese", "扣费时间,接口名称,订单号,车架号,车牌号,金额(元)\n2026-01-02 15:04:05,维保记录查询,T1," + vin + ",粤B8J7L1,17.00\n", Mapping{},
			"2 2026-01-02 15:04:05+1s " + vin + " 粤B8J7L1 T1 maintenance 17.00 back 0.00"},
		{"english, tabs, a byte order mark", "\ufeffTime\tProduct\tOrder ID\tVIN\tAmount\n2026/1/2 15:04\tValuation\tAb9\t" + strings.ToLower(vin) + "\t\"1,234.50\"\n", Mapping{},
			"2 2026-01-02 15:04:00+1m0s " + vin + "  Ab9 valuation 1234.50 back 0.00"},
		{"GB18030, semicolons, no ticket", gb, Mapping{}, "2 2026-01-02 15:04:05+1s  粤B8J7L1  violations 0.14 back 0.00"},
		{"a day alone", "date,vin,fee\n20260102," + vin + ",32元\n", Mapping{}, "2 2026-01-02 00:00:00+24h0m0s " + vin + "    32.00 back 0.00"},
		{"another zone", "time,vin,fee\n2026-01-02T07:04:05Z," + vin + ",32\n", Mapping{}, "2 2026-01-02 15:04:05+1s " + vin + "    32.00 back 0.00"},
		{"mapped columns, named products", "记账,对象,单据,数额,编码,金额\n2026-01-02 15:04:05," + vin + ",X7,5.00,product 201/377,99\n",
			Mapping{Time: "记账", VIN: "对象", Ticket: "单据", Amount: "数额", Dataset: "编码", Names: map[record.Dataset]string{record.DatasetValuation: "201/377"}},
			"2 2026-01-02 15:04:05+1s " + vin + "  X7 valuation 5.00 back 0.00"},
		{"sums and top-ups", "时间,类型,订单号,金额\n2026-01-02 15:04:05,账户充值,R1,5000\n2026-01-02 15:04:06,维保,T1,17\n合计,,,17\n,,,\n", Mapping{},
			"3 2026-01-02 15:04:06+1s   T1 maintenance 17.00 back 0.00"},
		{"paid back by ticket, in part", "time,ticket,amount\n2026-01-02 15:04:05,T1,17\n2026-01-02 15:04:05,T2,17\n2026-01-05 09:00:00,T1,-¥7.00\n", Mapping{},
			"2 2026-01-02 15:04:05+1s   T1  10.00 back 7.00\n3 2026-01-02 15:04:05+1s   T2  17.00 back 0.00"},
		{"paid back by vehicle", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",17\n2026-01-05 09:00:00," + vin + ",(17.00)\n", Mapping{},
			"2 2026-01-02 15:04:05+1s " + vin + "    0.00 back 17.00"},
		{"paid back, nobody knows what", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",17\n2026-01-02 15:05:05," + vin + ",17\n2026-01-05 09:00:00," + vin + ",¥-17\n", Mapping{},
			"2 2026-01-02 15:04:05+1s " + vin + "    17.00 back 0.00\n3 2026-01-02 15:05:05+1s " + vin + "    17.00 back 0.00\n4 2026-01-05 09:00:00+1s " + vin + "    -17.00 back 0.00"},
		{"paid back twice by vehicle, the later first", "time,vin,amount\n2026-01-05 12:00:00," + vin + ",-17\n2026-01-03 12:00:00," + vin + ",-17\n2026-01-04 12:00:00," + vin + ",17\n2026-01-02 12:00:00," + vin + ",17\n" +
			"2026-01-02 13:00:00," + other + ",17\n", Mapping{},
			"5 2026-01-02 12:00:00+1s " + vin + "    0.00 back 17.00\n6 2026-01-02 13:00:00+1s " + other + "    17.00 back 0.00\n4 2026-01-04 12:00:00+1s " + vin + "    0.00 back 17.00"},
		{"two products in one name", "time,ticket,product,amount\n2026-01-02 15:04:05,T1,维保+违章,17\n", Mapping{}, "2 2026-01-02 15:04:05+1s   T1  17.00 back 0.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, err := readBill(t, c.text, c.m)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range b.Lines {
				got = append(got, show(&b.Lines[i]))
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestBillsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"no time", "vin,amount\n" + vin + ",17\n", `no column of the bill is known as its time; the columns are "vin", "amount"`},
		{"no header", "2026-01-02 15:04:05,T1," + vin + ",17\n", "bill.csv:1: the bill has no header"},
		{"no amount", "time,vin\n2026-01-02 15:04:05," + vin + "\n", "no column of the bill is known as its amount"},
		{"nothing to match by", "time,amount\n2026-01-02 15:04:05,17\n", "no column of the bill is known as its ticket or vehicle"},
		{"a third place", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",17.005\n", `bill.csv:2: the amount "17.005" cannot be read`},
		{"a price of nothing", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",\n", `the amount "" cannot be read`},
		{"a bad day", "time,vin,amount\n2026-02-30 15:04:05," + vin + ",17\n", `bill.csv:2: the time "2026-02-30 15:04:05" cannot be read`},
		{"digits lost", "time,ticket,amount\n2026-01-02 15:04:05,1.2E+16,17\n", "bill.csv:2: 1.2E+16 was written by a spreadsheet"},
		{"more than any lookup costs", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",10000000.01\n", "bill.csv:2: the amount 10000000.01 is more than ¥10,000,000.00, which no lookup costs"},
		{"a sum that would overflow", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",90000000000000000\n2026-01-02 15:04:06," + vin + ",90000000000000000\n", `bill.csv:2: the amount "90000000000000000" cannot be read`},
		{"a negative one", "time,vin,amount\n2026-01-02 15:04:05," + vin + ",-92233720368547758.08\n", `bill.csv:2: the amount "-92233720368547758.08" cannot be read`},
		{"in fen", "time,vin,amount(分)\n2026-01-02 15:04:05," + vin + ",9223372036854775807\n", `bill.csv:2: the amount "9223372036854775807" cannot be read`},
		{"more than any lookup costs, paid back", "time,vin,amount,refund\n2026-01-02 15:04:05," + vin + ",1.00,10000000.01\n", "bill.csv:2: the amount 10000000.01 is more than ¥10,000,000.00"},
		{"no lines", "time,ticket,amount\n合计,,0\n", "the bill holds no charge"},
		{"a broken workbook", "PK\x03\x04 and so on", "the workbook cannot be opened"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := readBill(t, c.text, Mapping{})
			var input *sources.InputError
			if !errors.As(err, &input) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	_, err := readBill(t, "time,vin,amount\n", Mapping{Ticket: "单据"})
	if err == nil || !strings.Contains(err.Error(), `has no column "单据", which the configuration names as ticket`) {
		t.Errorf("a mapped column that is not there: %v", err)
	}
}

// What is no table is refused by its kind, and none of its bytes is shown as a column.
func TestBillsThatAreNoTables(t *testing.T) {
	t.Parallel()
	random := make([]byte, 20_000)
	source := rand.New(rand.NewPCG(7, 7))
	for i := range random {
		random[i] = byte(1 + source.IntN(255))
	}
	for file, want := range map[string]string{
		string(random):                    "bill.csv: this is a binary file (it is full of control characters), not a table",
		"\x1f\x8b\x08\x00abc":             "bill.csv: this is a gzip file, not CSV: decompress it first: gzip -dc FILE | batch reconcile -",
		"\x89PNG\r\n\x1a\n\x00\x00":       "bill.csv: this is a picture (PNG), not CSV",
		"\xff\xd8\xff\xe0\x00\x10JFIF":    "bill.csv: this is a picture (JPEG), not CSV",
		"\x7fELF\x02\x01\x01\x00\x00":     "bill.csv: this is a program, not CSV",
		"SQLite format 3\x00\x10\x00\x01": "bill.csv: this is an SQLite database, not CSV",
	} {
		_, err := Open(strings.NewReader(file), "bill.csv", "", Mapping{Vendor: "wapi"})
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "columns are") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
