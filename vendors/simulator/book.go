package simulator

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Book is what the vendors charged and accepted. A charge is booked at the
// moment at which the vendor's page says that it is due, whether or not the
// answer reaches the customer: tencent and jumdata when the order is taken,
// wapi's maintenance when the outcome of the order is data and is asked for the
// first time, wapi's other datasets with each answer that holds data.
//
// Safe for concurrent use.
type Book struct {
	orders *orders

	mu      sync.Mutex
	charges rows[charge]

	requests [endpointCount]atomic.Int64
	refused  [len(vendorNames)]atomic.Int64 // 429 by pace
}

type charge struct {
	ids     string
	at      int64
	order   int32 // -1 without
	fen     int32
	vendor  uint8
	dataset uint8
}

// Entry is one charge.
type Entry struct {
	Seq     int64     `json:"seq"` // 1 is the first
	At      time.Time `json:"at"`  // UTC
	Vendor  string    `json:"vendor"`
	Dataset string    `json:"dataset"`
	// VIN is "" for a valuation, which is not asked by vehicle; Vehicle then
	// holds the question, and else the VIN.
	VIN     string `json:"vin,omitempty"`
	Plate   string `json:"plate,omitempty"`
	Vehicle string `json:"vehicle"`
	Ticket  string `json:"ticket,omitempty"`
	Fen     int64  `json:"fen"`
}

// Order is one accepted order, charged or not yet.
type Order struct {
	At     time.Time `json:"at"` // UTC
	Ready  time.Time `json:"ready"`
	Vendor string    `json:"vendor"`
	VIN    string    `json:"vin"`
	Plate  string    `json:"plate,omitempty"`
	Ticket string    `json:"ticket"`
	Polls  int       `json:"polls"`
}

// Double is a question that was bought more than once.
type Double struct {
	Vendor  string `json:"vendor"`
	Dataset string `json:"dataset"`
	Vehicle string `json:"vehicle"` // VIN, or the question of a valuation
	Orders  int    `json:"orders"`
	Charges int    `json:"charges"`
	Fen     int64  `json:"fen"` // of all charges
}

func (b *Book) charge(c charge) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charges.add(c)
}

// Entries returns every charge, in the order of booking.
func (b *Book) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Entry, b.charges.count)
	for i := range out {
		out[i] = b.entry(i)
	}
	return out
}

func (b *Book) entry(i int) Entry {
	c := b.charges.at(i)
	e := Entry{Seq: int64(i) + 1, At: time.Unix(0, c.at).UTC(), Vendor: vendorNames[c.vendor],
		Dataset: datasetNames[c.dataset], Vehicle: c.vehicle(), Fen: int64(c.fen)}
	if c.dataset != valuationNo {
		e.VIN, e.Plate, _ = splitIDs(c.ids)
	}
	if c.order >= 0 {
		e.Ticket = b.orders.ticket(int(c.order))
	}
	return e
}

func (c *charge) vehicle() string {
	vin, _, _ := splitIDs(c.ids)
	return vin // of a valuation: the whole question
}

// ticket is the text of an order's ticket. The key of a row never changes.
func (t *orders) ticket(no int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.rows.at(no)
	return formatTicket(o.vendor, o.key)
}

// Total is what a vendor charged, in fen; "" means all of them.
func (b *Book) Total(vendor string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	var sum int64
	for i := range b.charges.count {
		if c := b.charges.at(i); vendor == "" || vendorNames[c.vendor] == vendor {
			sum += int64(c.fen)
		}
	}
	return sum
}

// Orders returns every order that this simulator accepted, in the order of
// acceptance.
func (b *Book) Orders() []Order {
	b.orders.mu.Lock()
	defer b.orders.mu.Unlock()
	out := make([]Order, 0, b.orders.rows.count)
	for i := range b.orders.rows.count {
		o := b.orders.rows.at(i)
		if o.flags&orderAdopted != 0 {
			continue
		}
		vin, plate, _ := splitIDs(o.ids)
		out = append(out, Order{At: time.Unix(0, o.at).UTC(), Ready: time.Unix(0, o.ready).UTC(), Polls: int(o.polls),
			Vendor: vendorNames[o.vendor], VIN: vin, Plate: plate, Ticket: formatTicket(o.vendor, o.key)})
	}
	return out
}

// Doubles returns the questions with more than one accepted order or more than
// one charge at the same vendor, sorted. Two different cars of one model, city,
// age, mileage and condition are one question to the valuation, which knows no
// VIN: they show here too.
func (b *Book) Doubles() []Double {
	sums := map[Double]*Double{}
	at := func(vendor, dataset uint8, vehicle string) *Double {
		k := Double{Vendor: vendorNames[vendor], Dataset: datasetNames[dataset], Vehicle: vehicle}
		if sums[k] == nil {
			d := k
			sums[k] = &d
		}
		return sums[k]
	}
	b.countOrders(at)
	b.countCharges(at)
	out := []Double{}
	for _, d := range sums {
		if d.Orders > 1 || d.Charges > 1 {
			out = append(out, *d)
		}
	}
	slices.SortFunc(out, func(x, y Double) int {
		return cmp.Or(cmp.Compare(x.Vendor, y.Vendor), cmp.Compare(x.Dataset, y.Dataset), cmp.Compare(x.Vehicle, y.Vehicle))
	})
	return out
}

func (b *Book) countOrders(at func(vendor, dataset uint8, vehicle string) *Double) {
	b.orders.mu.Lock()
	defer b.orders.mu.Unlock()
	for i := range b.orders.rows.count {
		o := b.orders.rows.at(i)
		if vin, _, _ := splitIDs(o.ids); o.flags&orderAdopted == 0 {
			at(o.vendor, maintenanceNo, vin).Orders++
		}
	}
}

func (b *Book) countCharges(at func(vendor, dataset uint8, vehicle string) *Double) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.charges.count {
		c := b.charges.at(i)
		d := at(c.vendor, c.dataset, c.vehicle())
		d.Charges++
		d.Fen += int64(c.fen)
	}
}

// Requests returns how often each endpoint was called, refused calls included.
func (b *Book) Requests() map[string]int64 {
	out := map[string]int64{}
	for i := range endpoints {
		out[endpoints[i].name] = b.requests[i].Load()
	}
	return out
}

// Refused returns how many calls each vendor refused with 429 because they
// came faster than its Pace.
func (b *Book) Refused() map[string]int64 {
	out := map[string]int64{}
	for i, v := range vendorNames {
		out[v] = b.refused[i].Load()
	}
	return out
}
