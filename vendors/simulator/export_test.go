package simulator

import (
	"fmt"
	"time"
)

// FillOrders accepts n orders at tencent, charged, without HTTP.
func (s *Simulator) FillOrders(n int) {
	x := &exchange{sim: s, now: s.clock.Now()}
	for i := range n {
		ids := joinIDs(fmt.Sprintf("LSVFA49J0J%07d", i), fmt.Sprintf("粤A%05d", i%1e5), "")
		a := x.accept(tencentNo, ids, 1700)
		x.bill(tencentNo, ids, a.no, 1700)
	}
}

// TakePace asks a bucket of the pace for calls at the given moments.
func TakePace(p Pace, moments []time.Duration) []bool {
	b := newBucket(p)
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	out := make([]bool, len(moments))
	for i, m := range moments {
		_, out[i] = b.take(start.Add(m))
	}
	return out
}

// DeskAfter adds working time to a moment.
func DeskAfter(closed string, at time.Time, work time.Duration) (time.Time, error) {
	h, err := parseClosed(closed)
	return h.after(at, work), err
}

// SealAndOpen makes a ticket and reads it.
func SealAndOpen(seed uint64, vendor uint8, vin string, at, now time.Time, engine bool) (string, time.Time, bool, bool) {
	block := newTicketCipher(seed, vendorNames[vendor])
	k, ok := sealTicket(block, vin, at.Unix(), engine, 3)
	if !ok {
		return "", time.Time{}, false, false
	}
	k, ok = parseTicket(vendor, formatTicket(vendor, k))
	if !ok {
		return "", time.Time{}, false, false
	}
	return openTicket(block, k, now)
}
