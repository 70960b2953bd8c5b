package simulator

import (
	"crypto/cipher"
	"strconv"
	"strings"
	"sync"
	"time"
)

// order is one accepted order: about 150 bytes with its place in the index.
type order struct {
	ids    string // VIN, plate and engine number, each ended by idsEnd
	key    ticketKey
	at     int64 // Unix nanoseconds
	ready  int64
	fen    int32
	polls  uint16 // asked for so often, this time included
	vendor uint8
	flags  uint8
}

const (
	orderSettled uint8 = 1 << iota // billed, or known not to be
	orderAdopted                   // accepted by an earlier simulator
	orderEngine                    // an engine number came with it
)

const idsEnd = "\x00"

func joinIDs(vin, plate, engine string) string {
	return vin + idsEnd + plate + idsEnd + engine
}

func splitIDs(ids string) (vin, plate, engine string) {
	vin, rest, _ := strings.Cut(ids, idsEnd)
	plate, engine, _ = strings.Cut(rest, idsEnd)
	return vin, plate, engine
}

func (o *order) isReady(now time.Time) bool { return now.UnixNano() >= o.ready }
func (o *order) isPolledAgain() bool        { return o.polls > 1 }

// orders is the table of all orders of all vendors. Safe for concurrent use.
type orders struct {
	mu      sync.Mutex
	rows    rows[order]
	index   map[ticketKey]int32
	ciphers [len(vendorNames)]cipher.Block
	seed    uint64
}

func newOrders(seed uint64) *orders {
	t := &orders{index: map[ticketKey]int32{}, seed: seed}
	for v, name := range vendorNames {
		t.ciphers[v] = newTicketCipher(seed, name)
	}
	return t
}

// add writes an order down under a new ticket and returns its number.
func (t *orders) add(o order) (int32, ticketKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o.key = t.newKey(&o)
	return t.insert(o), o.key
}

func (t *orders) insert(o order) int32 {
	no := int32(t.rows.count)
	t.rows.add(o)
	t.index[o.key] = no
	return no
}

// newKey finds a ticket that is not taken. It depends on the order alone, and
// on how many orders of the same vehicle came within the same second.
func (t *orders) newKey(o *order) ticketKey {
	vin, _, engine := splitIDs(o.ids)
	second := o.at / int64(time.Second)
	for again := 0; ; again++ {
		k, ok := sealTicket(t.ciphers[o.vendor], vin, second+int64(again>>againBits), engine != "", again&(1<<againBits-1))
		if !ok {
			k = looseKey(t.seed, o.vendor, vin, second, again)
		}
		if _, taken := t.index[k]; !taken {
			return k
		}
	}
}

// looseKey is the ticket of a VIN that does not fit into one.
func looseKey(seed uint64, vendor uint8, vin string, second int64, again int) (k ticketKey) {
	c := newChance(seed, "loose", vendorNames[vendor], vin, strconv.FormatInt(second, 10), strconv.Itoa(again))
	for i := range k {
		k[i] = byte(c.next())
	}
	return k
}

// poll finds the order of a ticket and counts the asking. An order of an
// earlier simulator is taken over.
func (s *Simulator) poll(vendor uint8, ticket string, now time.Time) (order, int32, bool) {
	k, ok := parseTicket(vendor, ticket)
	if !ok {
		return order{}, 0, false
	}
	t := s.orders
	t.mu.Lock()
	defer t.mu.Unlock()
	no, ok := t.index[k]
	if !ok {
		if no, ok = s.adopt(vendor, k, now); !ok {
			return order{}, 0, false
		}
	}
	o := t.rows.at(int(no))
	if o.vendor != vendor {
		return order{}, 0, false
	}
	if o.polls < 1<<16-1 {
		o.polls++
	}
	return *o, no, true
}

func (s *Simulator) adopt(vendor uint8, k ticketKey, now time.Time) (int32, bool) {
	vin, at, engine, ok := openTicket(s.orders.ciphers[vendor], k, now)
	if !ok {
		return 0, false
	}
	o := order{ids: joinIDs(vin, "", ""), key: k, at: at.UnixNano(), vendor: vendor, flags: orderAdopted,
		ready: s.readyAt(vendor, vin, at).UnixNano(), fen: int32(s.price(vendorNames[vendor], Maintenance))}
	if engine {
		o.flags |= orderEngine
	}
	return s.orders.insert(o), true
}

// settle marks an order as settled. It is true the first time only.
func (t *orders) settle(no int32) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.rows.at(int(no))
	if o.flags&orderSettled != 0 {
		return false
	}
	o.flags |= orderSettled
	return true
}

// rows is a growing table that never moves what it holds, so growing costs no
// second copy of a million rows.
type rows[T any] struct {
	chunks [][]T
	count  int
}

const rowsPerChunk = 1024

func (r *rows[T]) add(v T) {
	if r.count%rowsPerChunk == 0 {
		r.chunks = append(r.chunks, make([]T, 0, rowsPerChunk))
	}
	last := &r.chunks[len(r.chunks)-1]
	*last = append(*last, v)
	r.count++
}

func (r *rows[T]) at(i int) *T { return &r.chunks[i/rowsPerChunk][i%rowsPerChunk] }
