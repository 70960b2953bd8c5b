package simulator

import (
	"bytes"
	"testing"
	"time"
)

// The bill holds what a vendor charged, and nothing of another vendor.
func TestStatementIsTheBook(t *testing.T) {
	t.Parallel()
	s := New(Options{Seed: 1})
	at := time.Date(2026, 1, 2, 16, 4, 5, 600, time.UTC)
	ids := joinIDs("LSVAL41Z882104202", "粤B8J7L1", "")
	no, key := s.orders.add(order{ids: ids, at: at.UnixNano(), vendor: tencentNo})
	s.book.charge(charge{ids: ids, at: at.UnixNano(), order: no, fen: 1705, vendor: tencentNo, dataset: maintenanceNo})
	s.book.charge(charge{ids: ids, at: at.UnixNano(), order: -1, fen: 14, vendor: wapiNo, dataset: violationsNo})
	s.book.charge(charge{ids: joinIDs("model 1", "", ""), at: at.UnixNano(), order: -1, fen: 500, vendor: wapiNo, dataset: valuationNo})
	header := "扣费时间,接口名称,订单号,车架号,车牌号,金额(元)\n"
	for vendor, want := range map[string]string{
		Tencent: "2026-01-03 00:04:05,维保记录查询," + formatTicket(tencentNo, key) + ",LSVAL41Z882104202,粤B8J7L1,17.05\n",
		WAPI:    "2026-01-03 00:04:05,违章查询,,LSVAL41Z882104202,粤B8J7L1,0.14\n2026-01-03 00:04:05,车辆估值,,,,5.00\n",
		Jumdata: "",
	} {
		var out bytes.Buffer
		if err := s.Book().WriteStatement(&out, vendor); err != nil || out.String() != header+want {
			t.Errorf("the bill of %s is\n%swant\n%s%v", vendor, out.String(), header+want, err)
		}
	}
}
