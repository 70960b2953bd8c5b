package reconcile

import (
	"regexp"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// motion is which way money went, as the words of a line say.
type motion int

const (
	unsaid     motion = iota // the sign of the amount alone tells
	charged                  // 消费, 支出
	paidBack                 // 退款, 冲正, 收入
	reversed                 // 红冲 of what the sign tells: a charge taken back
	topUp                    // money moved into or out of the account
	neither                  // 不计收支
	notPaid                  // an order that was closed before it was paid
	notBack                  // a refund that was refused, or is not yet paid
	contradict               // the words say two things
	unclear                  // closed, and nobody can say whether it was charged
)

// Words of bills, upper case as CleanIdentifier makes them.
var (
	topUpWords = []string{"充值", "提现", "开票", "发票", "转账", "入金", "结转", "余额转", "期初", "期末", "授信", "还款", "TOP-UP", "TOPUP", "TOP UP", "RECHARGE", "DEPOSIT", "WITHDRAW"}
	// productTopUps are of a product's name, which may well be of invoices.
	productTopUps = []string{"充值", "提现", "开票", "入金", "TOP-UP", "TOPUP", "TOP UP", "RECHARGE", "DEPOSIT"}
	// heldWords are of money that is set aside and given free again.
	heldWords   = []string{"冻结", "解冻", "预授权"}
	refundWords = []string{"退款", "退费", "退回", "退还", "退单", "返还", "返款", "冲正", "冲销", "红冲", "撤销", "冲账", "冲回", "REFUND", "REVERSAL", "REVERSED", "CHARGEBACK", "CHARGE BACK", "PAID BACK"}
	chargeWords = []string{"消费", "扣费", "扣款", "支出", "支付", "付款", "计费", "CONSUM", "CHARGE", "PAYMENT", "DEBIT", "PURCHASE"}
	// notPaidWords are of a status: nothing was taken.
	notPaidWords = []string{"扣费失败", "扣款失败", "支付失败", "付款失败", "交易失败", "交易关闭", "未支付", "未付款", "待支付", "待付款", "未扣费", "未扣款", "UNPAID", "NOT CHARGED"}
	// closedWords are of a status that does not say whether anything was taken.
	closedWords = []string{"关闭", "取消", "作废", "CLOSED", "CANCEL"}
	// notBackWords are of a refund: it was not paid, or not yet.
	notBackWords = []string{"失败", "关闭", "驳回", "拒绝", "退款取消", "处理中", "退款中", "退费中", "待退", "申请", "审核", "未退", "无退", "不退", "可退", "支持退", "允许退", "FAIL", "REJECT", "DENIED", "PENDING", "NOT REFUNDED", "NO REFUND"}
	paidOut      = []string{"支出", "支", "出", "借", "借方", "减少", "扣减", "扣费", "扣款", "支付", "付款", "付", "消费", "-", "D", "DR", "DEBIT", "OUT", "EXPENSE"}
	paidIn       = []string{"收入", "收", "入", "贷", "贷方", "增加", "入账", "退款", "+", "C", "CR", "CREDIT", "IN", "INCOME"}
	paidNeither  = []string{"不计收支", "其他", "其它", "中性交易", "中性", "/", "NEUTRAL", "NONE"}
)

func holdsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// saysBack tells whether a text speaks of a refund that was paid, or of one that
// was not.
func saysBack(text string) (back, not bool) {
	if !holdsAny(text, refundWords) {
		return false, false
	}
	not = holdsAny(text, notBackWords)
	return !not, not
}

// said are the words of a line.
type said struct{ direction, kind, status, product string }

// motion reads the words of a line, the surest first.
func (w said) motion() motion {
	if holdsAny(w.kind, topUpWords) || holdsAny(w.product, productTopUps) {
		return topUp
	}
	kindBack, kindNot := saysBack(w.kind + " " + w.product)
	statusBack, statusNot := saysBack(w.status)
	in := slices.Contains(paidIn, w.direction) || slices.Contains(paidIn, w.kind)
	out := slices.Contains(paidOut, w.direction)
	switch {
	case holdsAny(w.kind, []string{"退款撤销", "退款冲正", "撤销退款", "冲正退款", "退费撤销"}):
		return contradict
	case kindBack || in && !out:
		return w.refund(in, out, statusNot)
	case kindNot:
		return notBack
	case slices.Contains(paidNeither, w.direction):
		return w.ofNeither(statusBack)
	case holdsAny(w.kind, heldWords):
		return neither
	case holdsAny(w.status, notPaidWords):
		return notPaid
	case !statusBack && !statusNot && holdsAny(w.status, closedWords):
		return unclear
	case out || slices.Contains(paidOut, w.kind) || holdsAny(w.kind, chargeWords):
		return charged
	}
	return unsaid
}

// refund is the motion of a line whose type or direction says that money came back.
func (w said) refund(in, out, statusNot bool) motion {
	failed := w.status != "" && (statusNot || holdsAny(w.status, notBackWords) || holdsAny(w.status, notPaidWords))
	consumed := holdsAny(w.kind, []string{"消费", "扣费", "扣款", "CONSUM", "PURCHASE"}) && !holdsAny(w.kind, refundWords)
	switch {
	case failed:
		return notBack
	case in && consumed:
		return contradict
	case out:
		return reversed
	}
	return paidBack
}

// ofNeither is the motion of a line that is counted neither as paid nor as received.
func (w said) ofNeither(statusBack bool) motion {
	switch {
	case statusBack:
		return paidBack
	case holdsAny(w.kind, chargeWords):
		return contradict
	}
	return neither
}

// refundedBy is what a status says of a charge: paid back in full, or in part, and how
// much of it (0: not said).
func refundedBy(status string) (full, part bool, fen record.Fen) {
	back, _ := saysBack(status)
	if !back {
		return false, false, 0
	}
	if m := amountIn.FindStringSubmatch(status); m != nil {
		if fen, said, err := readAmount(m[1], false); err == nil && said {
			return false, fen > 0, fen
		}
	}
	if holdsAny(status, []string{"部分", "PART"}) {
		return false, true, 0
	}
	return true, false, 0
}

// amountIn is an amount in the words of a status: 已退款(￥5.00), 已退款5元.
var amountIn = regexp.MustCompile(`[(:\x{00a5}]?\s*(\x{00a5}?\s*\d[\d,]*(?:\.\d+)?\s*元?)\)?$`)

var (
	// sumWord is a cell that names a sum.
	sumWord = regexp.MustCompile(`^(本页|本月|本期|当页|当前页|全部|支出|收入|金额|费用|交易|充值|消费|退款|账单)?(合计|总计|小计|共计|总额|总和|汇总|累计|总金额|总笔数|总费用)(\s*[:(].*|金额|笔数|数|\s*[共\d¥].*|元)?$|^(SUB-?|GRAND )?TOTAL\b`)
	// count is a cell that counts lines: 12笔, 共12条, 支出:12笔.
	count = regexp.MustCompile(`^(共|支出|收入|退款|消费|充值)?[:\s]*\d+\s*(笔|条|次|单|个|行)([,;。].*)?$`)
	// rule is a line drawn with signs.
	rule = regexp.MustCompile(`^[-=_*#~+\x{2500}\x{2014}.\s]+$`)
	// word is a text such as no number of an order holds.
	word = regexp.MustCompile(`[\p{Han}\s:#]`)
)

func isSum(cell string) bool { return sumWord.MatchString(sources.CleanIdentifier(cell)) }

func isCount(cell string) bool { return count.MatchString(sources.CleanIdentifier(cell)) }
