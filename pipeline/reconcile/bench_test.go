package reconcile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkRead reads a bill of 20,000 lines, one in ten of which is paid back.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("订单号,扣费时间,车架号,产品名称,扣费金额\n")
	for i := range 20_000 {
		at := noon.Add(time.Duration(i*10) * time.Second)
		fmt.Fprintf(&text, "T%d,%s,%s,维保,17.00\n", i, at.Format(time.DateTime), carNo(i))
		if i%10 == 0 {
			fmt.Fprintf(&text, "T%d,%s,%s,维保,-17.00\n", i, at.Add(time.Hour).Format(time.DateTime), carNo(i))
		}
	}
	for b.Loop() {
		table, err := Open(strings.NewReader(text.String()), "bill.csv", "", Mapping{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Read(table, Mapping{}); err != nil {
			b.Fatal(err)
		}
	}
}
