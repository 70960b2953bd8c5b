package ledger

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// Stops is what a halt stops.
type Stops string

// A halt stops all calls to a vendor, or its orders alone: what was bought is
// asked for.
const (
	StopsCalls  Stops = "calls"
	StopsOrders Stops = "orders"
)

// Halt is why a vendor takes no calls, or no orders, until the user goes on.
type Halt struct {
	Vendor  string
	Dataset record.Dataset // "" is all of them
	Stops   Stops
	Class   record.Class
	Code    string
	Message string
	At      time.Time
}

// Covers tells whether a pause is of what is halted.
func (h *Halt) Covers(p *Pause) bool {
	return h.Vendor == p.Vendor && (h.Dataset == "" || h.Dataset == p.Dataset)
}

// Pause is a vendor in trouble that is waited for.
type Pause struct {
	Vendor  string
	Dataset record.Dataset // whose orders wait; "" is the vendor's polls
	Since   time.Time      // of the first call that was not answered
	NextAt  time.Time      // tried again not before
	Nth     int            // of that try, 1 is the first
	Class   record.Class
	Code    string
	Message string
}
