package simulator

import (
	"maps"
	"sync"
)

// trouble is why an account cannot buy.
type trouble uint8

const (
	noTrouble trouble = iota
	noBalance
	noQuota
)

// accounts holds what the customer has at each vendor.
type accounts struct {
	mu      sync.Mutex
	forced  map[string]string // code that every call gets
	balance map[string]int64  // fen left; absent is without end
	quota   map[string]int64  // billable calls left; absent is without end
}

func newAccounts(f Faults) *accounts {
	a := &accounts{forced: map[string]string{}, balance: map[string]int64{}, quota: map[string]int64{}}
	maps.Copy(a.forced, f.Account)
	maps.Copy(a.balance, f.Balance)
	maps.Copy(a.quota, f.Quota)
	return a
}

// reserve takes the price of a billable call before it is accepted.
func (a *accounts) reserve(vendor string, fen int64) trouble {
	a.mu.Lock()
	defer a.mu.Unlock()
	left, limited := a.balance[vendor]
	calls, counted := a.quota[vendor]
	switch {
	case limited && left < fen:
		return noBalance
	case counted && calls < 1:
		return noQuota
	}
	if limited {
		a.balance[vendor] = left - fen
	}
	if counted {
		a.quota[vendor] = calls - 1
	}
	return noTrouble
}

// release gives back what reserve took, for a call that is not billed.
func (a *accounts) release(vendor string, fen int64) { a.add(vendor, fen, 1) }

func (a *accounts) add(vendor string, fen, calls int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if left, limited := a.balance[vendor]; limited {
		a.balance[vendor] = left + fen
	}
	if left, counted := a.quota[vendor]; counted {
		a.quota[vendor] = left + calls
	}
}

func (a *accounts) force(vendor, code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forced[vendor] = code
}

func (a *accounts) code(vendor string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.forced[vendor]
}

// TopUp adds money and billable calls to an account whose Faults limit them.
func (s *Simulator) TopUp(vendor string, fen, calls int64) { s.accounts.Load().add(vendor, fen, calls) }

// SetAccount makes a vendor answer every rightly signed call with the code of an
// account trouble: wapi "10001" to "10024", tencent "401", "403", "429" or
// "-1", jumdata "601" to "604", "500" or "999". "" ends it.
func (s *Simulator) SetAccount(vendor, code string) { s.accounts.Load().force(vendor, code) }
