package sources_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"vehiclebatch/sources"
)

// fleet makes up rows without end or up to a number: an endless file in no memory.
type fleet struct {
	rows, made int
	rest       []byte
}

func (f *fleet) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if f.made == f.rows {
			return 0, io.EOF
		}
		if f.made == 0 {
			f.rest = []byte("vin,plate,engine_no,备注,first_registered,mileage_km,color\r\n")
		}
		f.rest = fmt.Appendf(f.rest, "LSVAL41Z8821%05d,粤B·%05d,EA211%06d,\"长安, 自用\",2022-01,%d,白色\r\n",
			f.made%100000, f.made%100000, f.made%1000000, f.made%300000)
		f.made++
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func TestLongStreamsNeedConstantMemory(t *testing.T) {
	const rows = 300_000
	c, err := sources.OpenCSV(&fleet{rows: rows}, "fleet.csv")
	if err != nil {
		t.Fatal(err)
	}
	before, peak := liveHeap(), uint64(0)
	read := 0
	for ; ; read++ {
		v, err := c.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(v.Faults) > 0 || v.Row != int64(read+1) {
			t.Fatalf("row %d: %+v, %v", read+1, v, err)
		}
		if read%50_000 == 0 {
			peak = max(peak, liveHeap())
		}
	}
	if read != rows {
		t.Errorf("%d rows, want %d", read, rows)
	}
	if peak > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, peak)
	}
}

// liveHeap is what is still reachable.
func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What a vehicle keeps does not include the columns that are not used.
func TestAllocationsPerRow(t *testing.T) {
	c, err := sources.OpenCSV(&fleet{rows: 10_000}, "fleet.csv")
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1000, func() {
		if _, err := c.Next(); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 25 {
		t.Errorf("%.0f allocations a row", allocs)
	}
}

func BenchmarkCSV(b *testing.B) {
	f := &fleet{rows: b.N}
	c, err := sources.OpenCSV(f, "fleet.csv")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := c.Next(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
