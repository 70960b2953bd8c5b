package reconcile

import (
	"strings"
	"testing"
)

// Movements of the account are no charges and no refunds, in whatever column they are said.
func TestMovementsOfTheAccount(t *testing.T) {
	t.Parallel()
	const one, skipped = "1 17.00, 0 back 0.00", "1 17.00, 0 back 0.00, top-up or other movement of the account 3"
	for _, c := range []struct{ name, header, line, want string }{
		{"a voucher", "业务类型", "代金券抵扣,,,50.00", skipped}, {"a gift", "业务类型", "赠送,,,50.00", skipped}, {"carried over", "业务类型", "余额结转,,,50.00", skipped},
		{"carried over alone", "业务类型", "结转,,,50.00", skipped}, {"paid in", "交易类型", "预存款,,,500.00", skipped}, {"a gift for a top-up", "交易类型", "充值赠送,R1,,50.00", skipped},
		{"a gift with a number", "交易类型", "赠送,R1,,50.00", skipped}, {"a coupon as a negative amount", "摘要", "优惠券返还金,,,-50.00", "1 17.00, 1 back 50.00"},
		{"a voucher as a negative amount", "摘要", "代金券抵扣,,,-50.00", skipped}, {"a deposit", "交易类型", "保证金,,,1000.00", skipped}, {"an opening balance", "type", "Opening balance,,,1000.00", skipped},
		{"a bonus", "type", "Bonus credit,,,10.00", skipped}, {"interest", "product", "INTEREST,,,0.31", skipped}, {"paid in, in the product", "产品", "预付款,,,500.00", skipped},
		{"in a column that is not read", "备注", "余额结转,,,500.00", skipped},
		{"in a column that is not read, of an order", "备注", "代金券抵扣2元,T7,,17.00", "2 34.00, 0 back 0.00"},
		{"charged to what was paid in", "交易类型", "预存款扣费,T7,,17.00", "2 34.00, 0 back 0.00"},
		{"paid by a voucher", "交易类型", "代金券支付,,@B,17.00", "2 34.00, 0 back 0.00"},
		{"charged to a gift", "交易类型", "赠送余额扣费,,@B,17.00", "2 34.00, 0 back 0.00"},
		{"a product that is asked for as a gift", "产品", "维保查询(赠送),,@B,17.00", "2 34.00, 0 back 0.00"},
		{"a gift that costs nothing", "产品", "赠送,,@B,0.00", "2 17.00, 0 back 0.00"},
		{"a voucher of a vehicle", "交易类型", "代金券抵扣,,@B,-17.00", one + ", unread 3"},
		{"a voucher of an order", "交易类型", "代金券抵扣,T7,,17.00", one + ", unread 3"},
		{"charged to the balance", "交易类型", "余额抵扣,T7,,17.00", "2 34.00, 0 back 0.00"},
		{"charged to what was paid in, as a deduction", "产品", "预存款抵扣,T7,,17.00", "2 34.00, 0 back 0.00"},
		{"paid back as a voucher", "交易类型", "代金券退款,,@A,17.00", "1 17.00, 1 back 17.00"},
	} {
		b, err := readBill(t, bill(strings.Join([]string{c.header + ",时间,订单号,车架号,金额", "维保查询扣费,@T,T1,@A,17.00", strings.Replace(c.line, ",", ",@T,", 1)}, "\n")+"\n"), Mapping{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := sums(b); got != c.want {
			t.Errorf("%s: read %s, want %s", c.name, got, c.want)
		}
	}
}
