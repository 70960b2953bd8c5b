package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// Stops is what a halt stops.
type Stops string

// A halt stops all calls to a vendor, or only its orders; then what was bought is still asked for.
const (
	StopsCalls  Stops = "calls"
	StopsOrders Stops = "orders"
)

// Halt is why a vendor takes no calls, or no orders, until the user goes on.
type Halt struct {
	Vendor  string
	Dataset record.Dataset // "" means all datasets
	Stops   Stops
	Class   record.Class
	Code    string
	Message string
	At      time.Time
}

// Covers tells whether a pause belongs to something that is halted.
func (h *Halt) Covers(p *Pause) bool {
	return h.Vendor == p.Vendor && (h.Dataset == "" || h.Dataset == p.Dataset)
}

// Pause is a vendor in trouble that is waited for.
type Pause struct {
	Vendor  string
	Dataset record.Dataset // the dataset whose orders wait; "" means the vendor's polls
	Since   time.Time      // when the first call was not answered
	NextAt  time.Time      // not tried again before this moment
	Nth     int            // the number of that try, 1 is the first
	Class   record.Class
	Code    string
	Message string
}
