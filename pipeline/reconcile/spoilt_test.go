package reconcile

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// spoiltByAll is spoilt, read line by line.
func spoiltByAll(m *matcher, lines []Line, c *ledger.Charge) bool {
	return slices.ContainsFunc(lines, func(l Line) bool {
		switch _, known := m.tickets[l.Ticket]; {
		case l.Ticket != "" && l.Ticket == c.Ticket:
			return true
		case known, !sameDataset(l.Dataset, c.Dataset):
			return false
		}
		r := relate(&l, c)
		return r == related || r == perhaps && (l.From.IsZero() || m.inTime(&l, c))
	})
}

func refundByAll(lines []Line, c *ledger.Charge) bool {
	return slices.ContainsFunc(lines, func(l Line) bool {
		return l.Ticket != "" && l.Ticket == c.Ticket || relate(&l, c) == related && sameDataset(l.Dataset, c.Dataset)
	})
}

// TestSpoiltByName: what is looked up by name is what reading every line gives.
func TestSpoiltByName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tickets, datasets := []string{"", "", "T1", "T2", "T3"}, append(record.Datasets(), "")
		vins := []string{"", carNo(1), carNo(2), carNo(1)[:9]}
		plates := []string{"", "粤B8J7L1", "粤B12345", "粤B8"}
		some := func(name string, of []string) string { return rapid.SampledFrom(of).Draw(t, name) }
		at := func(name string) time.Time {
			return noon.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, name)) * time.Hour)
		}
		var lines []Line
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			l := Line{Ticket: some("ticket", tickets), VIN: some("vin", vins), Plate: some("plate", plates), Dataset: rapid.SampledFrom(datasets).Draw(t, "dataset")}
			if rapid.Bool().Draw(t, "timed") {
				l.From = at("from")
				l.Until = l.From.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "long")) * time.Hour / 10)
			}
			lines = append(lines, l)
		}
		var charges []ledger.Charge
		for range rapid.IntRange(1, 4).Draw(t, "charges") {
			charges = append(charges, ledger.Charge{Ticket: some("order", tickets), IntentAt: at("intent")})
			c := &charges[len(charges)-1]
			c.VIN, c.Plate, c.Dataset = some("its vin", vins[:3]), some("its plate", plates[:3]), rapid.SampledFrom(record.Datasets()).Draw(t, "its dataset")
		}
		m := newMatcher(nil, lines, charges, Options{Within: 40 * time.Minute, Now: noon})
		for i := range charges {
			if c := &charges[i]; m.spoilt(c) != spoiltByAll(m, lines, c) || m.spoiltRefund(c) != refundByAll(lines, c) {
				t.Fatalf("%+v of %+v: spoilt %t, refund %t", c, lines, m.spoilt(c), m.spoiltRefund(c))
			}
		}
	})
}

// BenchmarkSpoilt holds 5,000 lines that cannot be read against as many orders.
func BenchmarkSpoilt(b *testing.B) {
	lines, charges := make([]Line, 5000), make([]ledger.Charge, 5000)
	for i := range lines {
		at := noon.Add(time.Duration(i) * time.Minute)
		lines[i] = Line{No: int64(i), Ticket: fmt.Sprint("L", i), VIN: carNo(i), From: at, Until: at.Add(time.Second)}
		charges[i].VIN, charges[i].IntentAt, charges[i].Dataset = carNo(i+len(lines)), at, record.DatasetMaintenance
	}
	for b.Loop() {
		m := newMatcher(nil, lines, charges, Options{Within: time.Minute, Now: noon})
		for i := range charges {
			if m.spoilt(&charges[i]) || m.spoiltRefund(&charges[i]) {
				b.Fatal("a line of another vehicle spoils an order")
			}
		}
	}
}
