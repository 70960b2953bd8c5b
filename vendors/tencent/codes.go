package tencent

import (
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// verdict is what a code means in the answer to one of the two calls.
type verdict struct {
	kind   vendors.Kind
	class  record.Class
	billed vendors.Billed
}

// meaning is what a code means in the answers to both calls.
type meaning struct{ order, report verdict }

// transportCodes are the values of `code` but "0", which says that the outcome
// stands in data. A report's request never changes what is known of the charge.
//
// The page says "bought" (购买成功) of result code 1200 alone and says of no code
// that it is free. So a charge is known in two cases: 1200, and a required field
// that was empty (必填项校验), which is found before there is an order to pay for.
var transportCodes = map[string]meaning{
	"-1": { // 服务或其它异常: the service's or another trouble; an order may stand behind it
		order:  verdict{kind: vendors.Unknown, billed: vendors.BilledUnknown},
		report: verdict{kind: vendors.Busy, class: record.Unavailable},
	},
	"20704": { // 车架号不能为空: no VIN
		order:  verdict{kind: vendors.Refused, class: record.Rejected, billed: vendors.BilledNo},
		report: verdict{kind: vendors.Refused, class: record.Rejected},
	},
	"20804": { // 订单号不能为空: no number of an order
		order:  verdict{kind: vendors.Refused, class: record.Rejected, billed: vendors.BilledNo},
		report: verdict{kind: vendors.Refused, class: record.Rejected},
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
	ordered        = verdict{kind: vendors.Ticket, billed: vendors.BilledYes}
	orderedUnsaid  = verdict{kind: vendors.Ticket, billed: vendors.BilledUnknown}
	boughtNoTicket = verdict{kind: vendors.Unknown, billed: vendors.BilledYes}
	reported       = meaning{order: verdict{kind: vendors.Answered, billed: vendors.BilledUnknown}, report: verdict{kind: vendors.Answered}}
	nothingKnown   = meaning{order: verdict{kind: vendors.NoRecord, billed: vendors.BilledUnknown}, report: verdict{kind: vendors.NoRecord}}
	inTheMaking    = verdict{kind: vendors.Pending}
	unclear        = meaning{order: verdict{kind: vendors.Unknown, billed: vendors.BilledUnknown}, report: verdict{kind: vendors.Unknown}}
)

func (m meaning) of(c vendors.Call) verdict {
	if c == vendors.Submit {
		return m.order
	}
	return m.report
}
