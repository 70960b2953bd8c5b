package reconcile

import (
	"strings"
	"testing"
)

// A line that has no vehicle in a column of its own has one in its text.
func TestVehiclesInTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, header, line, want string }{
		{"Alipay", "商品说明,订单号", "维保记录查询 @A,T1", carA}, {"a remark", "备注,订单号", "@A 维保,T1", carA}, {"an empty column", "车架号,商品", ",维保 @A", carA},
		{"a column with more", "车架号,商品", "VIN：@A,维保", carA}, {"a plate", "商品,订单号", "违章 粤B8J7L1,T1", "粤B8J7L1"}, {"a column of its own counts", "车架号,商品", "@A,维保 @B", carA},
		{"two of them", "商品,订单号", "维保 @A @B,T1", ""}, {"a masked one is not replaced", "车架号,商品", "LSV***********000,维保 @A", "LSV***********000"}, {"none", "商品,订单号", "维保,T1", ""},
	} {
		b, err := readBill(t, bill("时间,金额,"+c.header+"\n@T,17.00,"+c.line+"\n"), Mapping{})
		if err != nil || len(b.Lines) != 1 {
			t.Errorf("%s: %+v, %v", c.name, b, err)
			continue
		}
		if got := b.Lines[0].car(); got != c.want {
			t.Errorf("%s: the vehicle is %q, want %q", c.name, got, c.want)
		}
	}
	b, err := readBill(t, bill("时间,金额,商品说明\n@T,17.00,维保 @A\n"), Mapping{VIN: "商品说明"})
	if err != nil || b.Lines[0].VIN != carA || b.Lines[0].Dataset != "maintenance" {
		t.Errorf("a text that is named as the VIN: %+v, %v", b, err)
	}
}

// Every charge of a bill is of an order, or listed: one that was paid back in full too.
func TestChargesWithoutAnOrderAreListed(t *testing.T) {
	t.Parallel()
	text := "时间,订单号,车架号,产品,金额\n" + lineOf(0, "S0") + lineOf(3, "X3") + backLine(3, "X3", "17.00") + lineOf(4, "X4") + backLine(4, "X4", "7.00") + lineOf(5, "X5")
	r, err := planAt(t, text, kept{sureOf(1, 0, "S0")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range r.Findings {
		got = append(got, string(r.Findings[i].Kind)+" "+r.Findings[i].Line.Ticket+" "+r.Findings[i].Why)
	}
	if want := "only_on_bill X3 ¥17.00 charged, and paid back; only_on_bill X4 ; only_on_bill X5 "; strings.Join(got, "; ") != want {
		t.Errorf("found %q, want %q", strings.Join(got, "; "), want)
	}
}
