package reconcile

import (
	"errors"
	"strings"

	"vehiclebatch/sources"
)

// Some lines move money on the account and are of no lookup: vouchers, gifts, what is carried over.

// accountWords are of such lines, beside topUpWords.
var accountWords = []string{"代金券", "优惠券", "抵用券", "抵扣券", "红包", "赠送", "赠金", "赠款", "奖励", "返现", "返利", "返点", "返券", "补贴", "体验金", "结转", "预存", "预付款", "预付费", "预缴", "存款", "存入",
	"汇款", "打款", "来款", "到账", "划拨", "划转", "调拨", "调账", "余额转", "余额调整", "余额清零", "余额过期", "过期清零", "保证金", "押金", "利息", "结息", "期初", "期末", "上期余额", "本期余额", "上月余额",
	"VOUCHER", "COUPON", "BONUS", "GIFT", "PROMOTION", "PROMOTIONAL", "PREPAY", "PREPAID", "CARRIED FORWARD", "CARRY FORWARD", "BROUGHT FORWARD", "CARRY-OVER", "CARRYOVER", "OPENING BALANCE", "CLOSING BALANCE", "INTEREST"}

// paidByWords are of a charge that was paid by such money: 预存款扣费, 代金券支付.
var paidByWords = []string{"消费", "扣费", "扣款", "扣减", "支出", "支付", "计费", "查询", "调用", "CONSUM", "CHARGE", "PAYMENT", "DEBIT", "PURCHASE", "QUERY", "LOOKUP"}

// errAccount refuses a line that speaks of the account and names a vehicle, or of what was taken off an order.
var errAccount = errors.New("it speaks of a voucher, a gift or the account, and names a vehicle or an order: nobody can say whether it is a charge. Take the line out, or write 消费 or 退款 as its type")

// account tells whether a text speaks of the account, and of no charge and no refund.
func account(text string) bool {
	return holdsAny(text, accountWords) && !paidBy(text) && !holdsAny(text, refundWords)
}

// paidBy tells whether a text is of a charge, whatever paid it. 余额抵扣 is, 代金券抵扣 is not.
func paidBy(text string) bool {
	return holdsAny(text, paidByWords) || strings.Contains(text, "抵扣") && !strings.Contains(text, "券")
}

// ofAccount tells whether a record is of the account. What names neither a vehicle nor an order is
// told by any of its texts, else its type and its product alone tell.
func (r *reading) ofAccount(cells []string, l *Line, w said) bool {
	if l.Dataset != "" {
		return false
	}
	if account(w.kind) || account(w.product) {
		return !paidBy(w.kind) && !holdsAny(w.kind, refundWords)
	}
	if l.car() != "" || isNumber(l.Ticket) || paidBy(w.kind+w.product) || holdsAny(w.kind+w.product, refundWords) {
		return false
	}
	for _, c := range cells {
		if text := sources.CleanIdentifier(c); account(strings.TrimSpace(text)) {
			return true
		}
	}
	return false
}
