package simulator

import (
	"encoding/csv"
	"io"
	"time"

	"vehiclebatch/pipeline/record"
)

// products are what the datasets are called on a bill.
var products = map[string]string{Maintenance: "维保记录查询", Valuation: "车辆估值", Violations: "违章查询"}

// WriteStatement writes a vendor's bill as it would be downloaded: CSV, a line
// a charge, China time to the second, yuan. A valuation names no vehicle.
func (b *Book) WriteStatement(w io.Writer, vendor string) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"扣费时间", "接口名称", "订单号", "车架号", "车牌号", "金额(元)"}); err != nil {
		return err
	}
	for _, e := range b.Entries() {
		if e.Vendor != vendor {
			continue
		}
		if err := out.Write([]string{e.At.In(record.China()).Format(time.DateTime), products[e.Dataset], e.Ticket, e.VIN, e.Plate, record.Fen(e.Fen).String()}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
