package messages

import (
	"fmt"
	"testing"
)

// A failure ledger of a bad list: rows that are wrong, each in its own way, and some words of vendors.
func BenchmarkWord(b *testing.B) {
	zh := chinese(b)
	texts := make([]string, 0, 1000)
	for i := range cap(texts) {
		switch i % 4 {
		case 0:
			texts = append(texts, fmt.Sprintf("vin: the VIN has %d characters, it must have 17", i))
		case 1:
			texts = append(texts, fmt.Sprintf("vin: B%d: this is the date 2020-01-02: format the column as text and enter it again; wapi needs engine_no, plate", i))
		case 2:
			texts = append(texts, fmt.Sprintf(`plate: the plate stands beside "%d号": leave the plate alone in its cell; mileage_km: the mileage is "%d", not a number: no`, i, i))
		default:
			texts = append(texts, fmt.Sprintf("the vendor refused the question (查无此车 %d, 请核对; 或稍后再试)", i))
		}
	}
	for b.Loop() {
		for _, text := range texts {
			zh.Word(text)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(texts)), "µs/text")
}
