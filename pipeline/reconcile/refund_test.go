package reconcile

import (
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// backLine is a refund for a vehicle, minutes after noon.
func backLine(n int, ticket, yuan string) string {
	return strings.Replace(strings.Replace(lineOf(n, ticket), " 12:", " 15:", 1), "17.00", "-"+yuan, 1)
}

// What is paid back in part is of the only charge of its vehicle; where it is not certain of which
// charge it is, no doubt that it may be of is settled.
func TestRefundsInPart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, lines, want string }{
		{"in part", lineOf(1, "") + backLine(1, "", "7.00"), "amount_differs paid_and_lost"},
		{"in two parts", lineOf(1, "") + backLine(1, "", "7.00") + backLine(1, "", "5.00"), "amount_differs paid_and_lost"},
		{"in full, and a part", lineOf(1, "") + backLine(1, "", "17.00") + backLine(1, "", "7.00"), "ambiguous refund_alone"},
		{"in parts that are too much", lineOf(1, "") + backLine(1, "", "12.00") + backLine(1, "", "12.00"), "ambiguous refund_alone"},
		{"more than was paid", lineOf(1, "") + backLine(1, "", "20.00"), "paid_and_lost refund_alone"},
		{"in part, by another number", lineOf(1, "T1") + backLine(1, "R7", "7.00"), "ambiguous refund_alone"},
		{"in part, of two charges", lineOf(1, "") + strings.Replace(lineOf(1, ""), "12:01", "14:59", 1) + backLine(1, "", "7.00"), "ambiguous only_on_bill refund_alone"},
		{"both of two charges at once", lineOf(1, "") + strings.Replace(lineOf(1, ""), "12:01", "14:59", 1) + backLine(1, "", "34.00"), "ambiguous only_on_bill refund_alone"},
		{"in part, of another dataset", lineOf(1, "") + strings.Replace(backLine(1, "", "7.00"), "维保", "违章", 1), "paid_and_lost refund_alone"},
		{"too much, by its number", lineOf(1, "T1") + backLine(1, "T1", "20.00"), "ambiguous refund_alone"},
		{"in part, by its number", lineOf(1, "T1") + backLine(1, "T1", "7.00"), "amount_differs paid_and_lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := planOf(t, "时间,订单号,车架号,产品,金额\n"+lineOf(0, "")+c.lines, kept{sureOf(1, 0, ""), doubtOf(2, 1)})
			var kinds []string
			for _, k := range []Kind{Ambiguous, Differs, OnlyOnBill, PaidAndLost, NotBought, RefundAlone, PaidBack} {
				if r.Count(k) > 0 {
					kinds = append(kinds, string(k))
				}
			}
			if got := strings.Join(kinds, " "); got != c.want {
				t.Errorf("found %s, want %s\n%s", got, c.want, told(r))
			}
			for _, s := range r.settlements {
				if strings.HasPrefix(c.want, "ambiguous") || s.Billed != ledger.BilledYes {
					t.Errorf("settled %+v\n%s", s, told(r))
				}
			}
		})
	}
}
