package jumdata

import (
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// both is a meaning that differs in the charge alone: what answers a get says
// nothing new about the charge for the report.
func both(kind vendors.Kind, class record.Class, billed vendors.Billed) vendors.ByCall {
	return vendors.ByCall{Submit: vendors.Outcome{Kind: kind, Class: class, Billed: billed}, Poll: vendors.Outcome{Kind: kind, Class: class}}
}

const codeOK = "200" // 成功(计费): success, charged; what it means is in data

// codes are the values of `code` but 200. The page marks one code as charged
// (计费), 200, which says that the others are not; of 701 and 999, which may
// stand for a report in the making, nothing can be said.
var codes = map[string]vendors.ByCall{
	"400": both(vendors.Refused, record.Rejected, vendors.BilledNo),       // 参数错误: wrong parameters
	"404": both(vendors.AccountTrouble, record.Auth, vendors.BilledNo),    // 请求地址不正确: wrong address
	"500": both(vendors.Busy, record.Unavailable, vendors.BilledNo),       // 系统维护,请稍候再试: maintenance, try later
	"601": both(vendors.AccountTrouble, record.Auth, vendors.BilledNo),    // 接口未开通: interface not opened for the account
	"602": both(vendors.AccountTrouble, record.Auth, vendors.BilledNo),    // 账号停用: account stopped
	"603": both(vendors.AccountTrouble, record.Balance, vendors.BilledNo), // 余额不足请充值: balance too low
	"604": both(vendors.AccountTrouble, record.Auth, vendors.BilledNo),    // 接口停用: interface stopped
	"701": { // 报告还未生成,请稍后查询: not generated yet. Without a number nobody can ask later
		Submit: vendors.Outcome{Kind: vendors.Unknown, Billed: vendors.BilledUnknown},
		Poll:   vendors.Outcome{Kind: vendors.Pending},
	},
	"702": both(vendors.Refused, record.Rejected, vendors.BilledNo), // 查询失败: the query failed
	"703": both(vendors.Unsupported, "", vendors.BilledNo),          // 暂不支持该品牌: brand not supported
	"999": both(vendors.Unknown, "", vendors.BilledUnknown),         // 其他,以实际返回为准: see the message
}

// The outcomes of 200, and of codes that the page does not have.
var (
	reported = both(vendors.Answered, "", vendors.BilledYes)
	// empty is a report that says nothing: the vendor knows nothing of the vehicle, and
	// says so with the code that is charged.
	empty    = both(vendors.NoRecord, "", vendors.BilledYes)
	accepted = vendors.Outcome{Kind: vendors.Ticket, Billed: vendors.BilledYes}
	// started has a number but not the code for success.
	started = vendors.Outcome{Kind: vendors.Ticket, Billed: vendors.BilledUnknown}
	// nothing is a success without a report and without a number.
	nothing = both(vendors.Unknown, "", vendors.BilledYes)
	unclear = both(vendors.Unknown, "", vendors.BilledUnknown)
)
