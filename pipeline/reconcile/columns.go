package reconcile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// Mapping names the columns of a vendor's bill. A column without a name is
// looked for by its usual ones.
type Mapping struct {
	Time, VIN, Plate, Ticket, Amount, Dataset string
	// Refund is the column of what was paid back, beside or in place of Amount;
	// Direction that of 收/支; Type that of 消费, 退款, 充值; Status that of 已退款.
	Refund, Direction, Type, Status string
	// Charges is "positive" or "negative": the sign of a charge in Amount; "":
	// found out.
	Charges string
	// Names are texts by which the dataset column names a dataset, for products
	// whose names do not say it.
	Names map[record.Dataset]string
	// Vendor stands in messages, in the name of a key.
	Vendor string

	prefer *string // the header of the tickets, "" for none but the usual ones; nil: not yet known
}

// say is how a key is set in the configuration, for a hint.
func (m *Mapping) say(keys string) string {
	vendor := m.Vendor
	if vendor == "" {
		vendor = "NAME"
	}
	return fmt.Sprintf("statement: {%s}, under vendors.%s in the configuration", keys, vendor)
}

// role is what a column of a bill is for.
type role int

const (
	colTime role = iota
	colDay       // the day, where colTime holds the time of day alone
	colAmount
	colPaid // colAmount, where the name of the column says that it is of charges alone
	colBack
	colTicket
	colOriginal // the ticket of the order that a refund is of
	colVIN
	colPlate
	colDataset
	colType
	colDirection
	colStatus
	colBackStatus // whether it was paid back, beside the status of the order
	colBalance
	roles
)

// usualNames are the names of the columns, the likeliest first, in the form that
// sources.FoldHeader gives them.
var usualNames = [roles][]string{
	colTime: {"time", "chargedat", "createdat", "datetime", "date", "扣费时间", "计费时间", "消费时间", "交易时间", "调用时间", "请求时间",
		"查询时间", "下单时间", "订单时间", "创建时间", "交易创建时间", "付款时间", "支付时间", "账单时间", "账务时间", "发生时间", "记账时间", "入账时间",
		"退款时间", "操作时间", "完成时间", "时间", "交易日期", "消费日期", "扣费日期", "记账日期", "发生日期", "日期"},
	colDay: {"日期", "date", "交易日期", "消费日期", "扣费日期", "记账日期", "发生日期"},
	colAmount: {"amount", "amountcny", "charge", "charged", "fee", "cost", "金额", "扣费金额", "计费金额", "消费金额", "扣款金额",
		"交易金额", "变动金额", "实付金额", "支付金额", "付款金额", "发生额", "发生金额", "结算金额", "应结订单金额", "收支金额", "金额变动", "费用", "扣费", "订单金额", "应付金额", "总金额", "总价", "price", "价格", "单价"},
	colPaid:     {"支出", "支出金额", "借方", "借方金额", "借方发生额", "借", "debit", "debitamount", "paid"},
	colBack:     {"收入", "收入金额", "贷方", "贷方金额", "贷方发生额", "贷", "credit", "creditamount", "退款金额", "成功退款", "成功退款金额", "已退款金额", "已退金额", "累计退款金额", "退款额", "退款", "退费", "退费金额", "退还金额", "refund", "refundamount", "refunded"},
	colTicket:   {"ticket", "orderid", "orderno", "requestid", "carrequestid", "订单号", "订单编号", "订单id", "请求号", "请求id", "查询单号", "工单号"},
	colOriginal: {"原订单号", "原交易单号", "原交易订单号", "原单号", "原请求号", "原商户单号", "原商户订单号", "原商家订单号", "原流水号", "原交易流水号", "原业务单号", "关联订单号", "关联单号", "originalorderid", "originalticket"},
	colDataset: {"dataset", "product", "interface", "api", "service", "接口", "接口名称", "产品", "产品名称", "数据集", "商品", "商品名称", "商品说明", "商品描述", "商品信息", "服务", "服务名称",
		"业务", "业务类型", "查询类型", "类型"},
	colType: {"交易类型", "费用类型", "账务类型", "资金类型", "变动类型", "操作类型", "流水类型", "记账类型", "扣费类型", "业务类型", "类型", "交易类别",
		"类别", "type", "transactiontype", "kind", "摘要", "交易摘要"},
	colDirection:  {"收/支", "收支", "收支方向", "收支类型", "收入/支出", "资金流向", "资金方向", "借贷", "借/贷", "借贷标志", "借贷方向", "方向", "direction", "in/out"},
	colBalance:    {"余额", "账户余额", "账号余额", "当前余额", "可用余额", "剩余金额", "交易后余额", "balance"},
	colStatus:     {"状态", "交易状态", "当前状态", "订单状态", "支付状态", "扣费状态", "资金状态", "status", "state"},
	colBackStatus: {"退款状态", "退费状态", "是否退款", "是否已退款", "refundstatus"},
}

// columns are the places of a bill's columns, -1 for one that is not there.
type columns struct {
	at  [roles]int
	fen bool // amounts are in fen
}

func columnsOf(t *sources.Table, m *Mapping) columns {
	mapped := [roles]string{colTime: m.Time, colAmount: m.Amount, colBack: m.Refund, colTicket: m.Ticket, colVIN: m.VIN, colPlate: m.Plate,
		colDataset: m.Dataset, colType: m.Type, colDirection: m.Direction, colStatus: m.Status}
	var c columns
	bare := bareHeaders(t.Headers)
	for r := range roles {
		switch {
		case mapped[r] != "":
			c.at[r] = t.Column(mapped[r])
		case r == colTicket:
			c.at[r] = m.ticketColumn(t.Headers, bare)
		case r == colVIN:
			c.at[r] = t.VehicleColumn(record.ColVIN)
		case r == colPlate:
			c.at[r] = t.VehicleColumn(record.ColPlate)
		default:
			c.at[r] = firstOf(bare, usualNames[r])
		}
	}
	c.settle(m)
	for _, r := range []role{colAmount, colPaid, colBack} {
		c.fen = c.fen || c.at[r] >= 0 && inFen(t.Headers[c.at[r]])
	}
	return c
}

// settle decides between columns that may do the same work.
func (c *columns) settle(m *Mapping) {
	switch {
	case m.Amount != "":
		c.at[colPaid] = -1
	case c.at[colPaid] >= 0 && (c.at[colBack] >= 0 || c.at[colAmount] < 0):
		c.at[colAmount] = c.at[colPaid]
	default:
		c.at[colPaid] = -1
	}
	if c.at[colDay] == c.at[colTime] {
		c.at[colDay] = -1
	}
	if c.at[colType] == c.at[colDataset] {
		c.at[colType] = -1 // its words are looked at all the same
	}
}

// bareHeaders are the headers, folded, without the units of money behind them.
func bareHeaders(headers []string) []string {
	bare := make([]string, len(headers))
	for i, h := range headers {
		if h != "" {
			bare[i] = sources.FoldHeader(withoutUnit(h))
		}
	}
	return bare
}

// firstOf is the place of the first of some names that is there, -1 when none is.
func firstOf(headers, names []string) int {
	for _, name := range names {
		if i := slices.Index(headers, name); i >= 0 {
			return i
		}
	}
	return -1
}

func withoutUnit(header string) string {
	h := strings.TrimSpace(norm.NFKC.String(header))
	h = strings.TrimRight(h, ":")
	for _, unit := range []string{"单位:元", "单位:分", "+元", "-元", "人民币", "CNY", "cny", "RMB", "rmb", "¥", "元", "分"} {
		for _, form := range []string{"(" + unit + ")", "[" + unit + "]", "【" + unit + "】", "/" + unit, ":" + unit, "_" + unit, " " + unit} {
			h = strings.TrimSuffix(h, form)
		}
	}
	if strings.HasSuffix(h, "金额元") {
		h = strings.TrimSuffix(h, "元")
	}
	return strings.TrimSpace(h)
}

// inFen tells whether an amount's header says that it is in 分.
func inFen(header string) bool {
	h := strings.TrimRight(strings.TrimSpace(norm.NFKC.String(header)), ")]】 ")
	return strings.HasSuffix(h, "分")
}

// score says how well cells would do as the header of a bill.
func score(cells []string, m *Mapping) (known int, whole bool) {
	for _, cell := range cells {
		if isData(cell) {
			return 0, false
		}
	}
	c := columnsOf(&sources.Table{Headers: cells}, m)
	seen := map[int]bool{}
	for _, at := range c.at {
		if at >= 0 && !seen[at] {
			seen[at] = true
			known++
		}
	}
	return known, c.whole()
}

// isData tells whether a cell is a value of a bill, such as no header holds.
func isData(cell string) bool {
	if !strings.ContainsAny(cell, "0123456789") {
		return false
	}
	if sources.CheckVIN(sources.CleanIdentifier(cell)) == nil {
		return true
	}
	_, _, err := readTime(cell)
	return err == nil
}

// whole tells whether a charge can be read of these columns.
func (c *columns) whole() bool {
	return c.at[colTime] >= 0 && (c.at[colAmount] >= 0 || c.at[colBack] >= 0) && c.names()
}

// names tells whether lines name what they are of.
func (c *columns) names() bool {
	return c.at[colVIN] >= 0 || c.at[colPlate] >= 0 || c.at[colTicket] >= 0
}

// check refuses a bill that lacks a column that is mapped, or one that is needed.
func (c *columns) check(t *sources.Table, m *Mapping) error {
	for _, f := range []struct {
		at     role
		mapped string
		key    string
	}{
		{colTime, m.Time, "time"}, {colAmount, m.Amount, "amount"}, {colVIN, m.VIN, "vin"}, {colPlate, m.Plate, "plate"}, {colTicket, m.Ticket, "ticket"},
		{colDataset, m.Dataset, "dataset"}, {colBack, m.Refund, "refund"}, {colDirection, m.Direction, "direction"}, {colType, m.Type, "type"}, {colStatus, m.Status, "status"},
	} {
		if c.at[f.at] < 0 && f.mapped != "" {
			return t.Wrong(t.HeaderLine, fmt.Sprintf("the bill has no column %q, which the configuration names as %s; %s", f.mapped, f.key, t),
				"write the name of a column that it has: "+m.say(f.key+": COLUMN")+", or leave "+f.key+" out")
		}
	}
	var lacks, keys []string
	if c.at[colTime] < 0 {
		lacks, keys = append(lacks, "time"), append(keys, "time: COLUMN")
	}
	if c.at[colAmount] < 0 && c.at[colBack] < 0 {
		lacks, keys = append(lacks, "amount"), append(keys, "amount: COLUMN")
	}
	if !c.names() {
		lacks, keys = append(lacks, "ticket or vehicle"), append(keys, "ticket: COLUMN")
	}
	switch {
	case len(lacks) == 0:
		return nil
	case slices.ContainsFunc(t.Headers, isData):
		return t.Wrong(t.HeaderLine, fmt.Sprintf("the bill has no header: no line of the first ones names columns; %s", t),
			"put a line with the names of the columns above it, such as 时间,订单号,车架号,金额")
	}
	hint := "write the names of these columns: " + m.say(strings.Join(keys, ", "))
	if !c.names() {
		hint += "; vin or plate do as well as ticket"
	}
	return t.Wrong(t.HeaderLine, fmt.Sprintf("no column of the bill is known as its %s; %s", strings.Join(lacks, ", nor as its "), t), hint)
}

// noAmount are the ends of the names of columns about refunds that hold no amount.
var noAmount = regexp.MustCompile(`(?i)(号|号码|时间|日期|状态|原因|说明|笔数|次数|方式|类型|id|no|time|status|reason)$`)

// unreadBacks are the columns that speak of refunds by their names and are not read.
func (c *columns) unreadBacks(headers []string) []int {
	var out []int
	for i, h := range headers {
		bare := withoutUnit(h)
		speaks := strings.Contains(bare, "退") || strings.Contains(strings.ToLower(bare), "refund")
		if speaks && !noAmount.MatchString(bare) && !slices.Contains(c.at[:], i) {
			out = append(out, i)
		}
	}
	return out
}
