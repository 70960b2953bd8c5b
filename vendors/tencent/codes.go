package tencent

import (
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// transportCodes are the values of `code` but "0", which says that the outcome
// stands in data. A report's request never changes what is known of the charge.
//
// The page says "bought" (购买成功) of result code 1200 alone and says of no code
// that it is free. So a charge is known in two cases: 1200, and a required field
// that was empty (必填项校验), which is found before there is an order to pay for.
var transportCodes = map[string]vendors.ByCall{
	"-1": { // 服务或其它异常: the service's or another trouble; an order may stand behind it
		Submit: vendors.Outcome{Kind: vendors.Unknown, Billed: vendors.BilledUnknown},
		Poll:   vendors.Outcome{Kind: vendors.Busy, Class: record.Unavailable},
	},
	"20704": { // 车架号不能为空: no VIN
		Submit: vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected, Billed: vendors.BilledNo},
		Poll:   vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected},
	},
	"20804": { // 订单号不能为空: no number of an order
		Submit: vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected, Billed: vendors.BilledNo},
		Poll:   vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected},
	},
}

// The values of data.result.
const (
	resultData     = "1" // 查询成功,有数据 or 有报告
	resultNoRecord = "2" // 查询成功,无记录
)

// The values of data.detail.resultCode.
const (
	codeBought   = "1200" // 购买成功: bought, orderId fetches the report
	codeReport   = "1205" // 已出报告: the report is out
	codeNoRecord = "1206" // 无维修保养记录: no maintenance records
)

// The outcomes that data tells. Of an order that is answered with "no record" or
// with a report at once the page does not say whether it was charged.
var (
	ordered        = vendors.Outcome{Kind: vendors.Ticket, Billed: vendors.BilledYes}
	orderedUnsaid  = vendors.Outcome{Kind: vendors.Ticket, Billed: vendors.BilledUnknown}
	boughtNoTicket = vendors.Outcome{Kind: vendors.Unknown, Billed: vendors.BilledYes}
	reported       = vendors.ByCall{Submit: vendors.Outcome{Kind: vendors.Answered, Billed: vendors.BilledUnknown}, Poll: vendors.Outcome{Kind: vendors.Answered}}
	nothingKnown   = vendors.ByCall{Submit: vendors.Outcome{Kind: vendors.NoRecord, Billed: vendors.BilledUnknown}, Poll: vendors.Outcome{Kind: vendors.NoRecord}}
	inTheMaking    = vendors.Outcome{Kind: vendors.Pending}
	unclear        = vendors.ByCall{Submit: vendors.Outcome{Kind: vendors.Unknown, Billed: vendors.BilledUnknown}, Poll: vendors.Outcome{Kind: vendors.Unknown}}
)
